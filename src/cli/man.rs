//! `oacguard man`: the manual, in the language of `man`.

use std::path::PathBuf;
use std::{fs, io};

use clap::builder::Resettable;
use clap::error::ErrorKind;
use clap::{Command, CommandFactory as _};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};

use super::console::Console;
use super::input::usage;
use super::{Cli, Status, deliver};

const AFTER_HELP: &str = "\
Examples:
  oacguard man check | man -l -
      Read the page of a command.
  oacguard man --output /usr/local/share/man/man1
      Install all pages: oacguard.1, and oacguard-COMMAND.1 for each command, such as
      oacguard-policies-export.1.";

/// Print a page of the manual
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    /// The command whose page it is, such as `check` or `policies-export`; without it, the page of the program
    #[arg(value_name = "COMMAND")]
    command: Option<String>,
    /// Write all pages into DIR, which is made if it is not there, a file each
    #[arg(long, value_name = "DIR", conflicts_with = "command")]
    output: Option<PathBuf>,
}

impl Arguments {
    /// Prints a page, or writes all.
    ///
    /// # Errors
    /// A command that there is none of.
    pub(crate) fn run(&self, console: &Console) -> Result<Status, clap::Error> {
        let program = program();
        if let Some(folder) = &self.output {
            return Ok(match write_all(&program, folder) {
                Ok(()) => Status::Pass,
                Err(error) => {
                    console.complain(error);
                    Status::NoVerdict
                }
            });
        }
        let asked = match &self.command {
            None => Some(&program),
            Some(asked) => shown(&program).into_iter().find(|command| name(command) == asked),
        };
        let Some(asked) = asked else {
            let asked = self.command.as_deref().unwrap_or_default();
            let names: Vec<&str> = shown(&program).into_iter().map(name).collect();
            let message = format!("there is no command `{asked}`; the commands are {}", names.join(", "));
            return Err(usage("man", ErrorKind::InvalidValue, &message));
        };
        Ok(match page(asked) {
            Ok(page) => console.deliver(&page),
            Err(error) => {
                console.complain(error);
                Status::NoVerdict
            }
        })
    }
}

/// The command line with all that its pages tell.
fn program() -> Command {
    // Pages are the same for every build of a version.
    let mut program = Cli::command().long_version(Resettable::Reset);
    program.build();
    program
}

/// The commands, each followed by those below it.
fn shown(program: &Command) -> Vec<&Command> {
    let own = program.get_subcommands().filter(|command| !command.is_hide_set());
    own.flat_map(|command| std::iter::once(command).chain(shown(command))).collect()
}

/// What a command is called after the program, such as `policies-export`.
fn name(command: &Command) -> &str {
    let whole = command.get_display_name().unwrap_or(command.get_name());
    whole.split_once('-').map_or(whole, |(_, name)| name)
}

fn write_all(program: &Command, folder: &PathBuf) -> Result<(), Box<dyn std::error::Error>> {
    fs::create_dir_all(folder).map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
    for command in std::iter::once(program).chain(shown(program)) {
        let file = folder.join(Man::new(command.clone()).get_filename());
        deliver::write(&file, &page(command)?)?;
    }
    Ok(())
}

/// The page of a command: what its help says, with headings for the parts that follow the options.
fn page(command: &Command) -> io::Result<String> {
    let after = command.get_after_long_help().or(command.get_after_help());
    let after = after.map(ToString::to_string).unwrap_or_default();
    let man = Man::new(command.clone().after_help(Resettable::Reset)).source(concat!(
        env!("CARGO_PKG_NAME"),
        " ",
        env!("CARGO_PKG_VERSION")
    ));
    let mut page = Vec::new();
    man.render(&mut page)?;
    sections(&after).to_writer(&mut page)?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}

/// What follows the options: paragraphs, and parts that a line with a colon at its end begins, whose lines stay as they are.
fn sections(text: &str) -> Roff {
    let mut roff = Roff::default();
    let (mut begun, mut kept) = (false, false);
    for line in text.lines() {
        let keep = line.starts_with(' ');
        if keep != kept {
            roff.control(if keep { "nf" } else { "fi" }, []);
            kept = keep;
        }
        match line.strip_suffix(':').filter(|_| !keep) {
            Some(heading) => {
                roff.control("SH", [heading.to_uppercase().as_str()]);
                begun = true;
            }
            None if line.is_empty() => {
                roff.control("PP", []);
            }
            None => {
                if !begun {
                    roff.control("SH", ["NOTES"]);
                    begun = true;
                }
                roff.text([roman(line)]);
            }
        }
    }
    if kept {
        roff.control("fi", []);
    }
    roff
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_the_options_has_headings_and_keeps_its_lines() {
        let text = "One.\n\nTwo.\n\nExit status:\n  0  pass\n  1  block\n\nExample:\n  a | b\n      Why.";
        insta::assert_snapshot!(sections(text).to_roff(), @r#"
        .SH NOTES
        One.
        .PP
        Two.
        .PP
        .SH "EXIT STATUS"
        .nf
          0  pass
          1  block
        .fi
        .PP
        .SH EXAMPLE
        .nf
          a | b
              Why.
        .fi
        "#);
    }

    #[test]
    fn hidden_commands_have_no_page() {
        let below = Command::new("a").subcommand(Command::new("c").subcommand(Command::new("d")));
        let mut program =
            Command::new("p").subcommands([below, Command::new("b").hide(true)]).disable_help_subcommand(true);
        program.build();
        assert_eq!(shown(&program).into_iter().map(name).collect::<Vec<_>>(), ["a", "a-c", "a-c-d"]);
    }
}
