//! `oacguard init`: writes the files with which a host runs this program.

use std::path::PathBuf;

use clap::ValueEnum;
use clap::error::ErrorKind;

use super::Status;
use super::console::Console;
use super::deliver::WriteError;
use super::input::usage;
use super::place::{self, Present};
use crate::init::{File, Host};

const AFTER_HELP: &str = "\
Without HOST, the host of which the directory shows signs, if it shows signs of just one. Nothing is written when one of the \
files is there already: merge what --print shows into it, or write over it with --force.

Example:
  oacguard init github
      Write .github/workflows/oacguard.yml, and say what is left to do.";

/// Write what it takes to run oacguard in CI
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    /// The host: github, gitlab, atlantis, spacelift, pre-commit, azure, jenkins, terragrunt or hcp
    #[arg(value_enum, hide_possible_values = true)]
    host: Option<Host>,
    /// The top of the repository
    #[arg(long, value_name = "DIR", default_value = ".")]
    directory: PathBuf,
    /// Print the files instead of writing them
    #[arg(long, conflicts_with = "force")]
    print: bool,
    /// Write over files that are there
    #[arg(long)]
    force: bool,
}

impl Arguments {
    /// Writes the files.
    ///
    /// # Errors
    /// Bad usage.
    pub(crate) fn run(&self, console: &Console) -> Result<Status, clap::Error> {
        let host = match self.host {
            Some(host) => host,
            None => self.guess().map_err(|message| usage("init", ErrorKind::MissingRequiredArgument, &message))?,
        };
        if self.print {
            return Ok(console.deliver(&printed(host)));
        }
        if let Err(error) = self.write(host) {
            console.complain(&error);
            if matches!(error, WriteError::There(_)) {
                let name = name(host);
                console.remark(&format!("`oacguard init {name} --print` shows what to merge into it"));
            }
            return Ok(Status::NoVerdict);
        }
        if console.is_quiet() {
            return Ok(Status::Pass);
        }
        let wrote = host.files().iter().map(|file| format!("wrote {}\n", file.path));
        let left = host.left_to_do().iter().map(|line| format!("  {line}\n"));
        let told: String = wrote.chain(["Left to do:\n".to_owned()]).chain(left).collect();
        Ok(console.deliver(&told))
    }

    /// The only host of which the directory shows signs.
    ///
    /// # Errors
    /// In words, why there is no such host.
    fn guess(&self) -> Result<Host, String> {
        let shown = Host::guess(&self.directory);
        if let [host] = shown.as_slice() {
            return Ok(*host);
        }
        let list = |hosts: &[Host]| hosts.iter().map(|host| name(*host)).collect::<Vec<_>>().join(", ");
        let directory = self.directory.display();
        Err(if shown.is_empty() {
            let known = list(Host::value_variants());
            format!("`{directory}` shows no signs of a host; name one of {known}")
        } else {
            format!("`{directory}` shows signs of several hosts; name one of {}", list(&shown))
        })
    }

    /// Writes all files of `host`, or none when one is there and may not be written over.
    fn write(&self, host: Host) -> Result<(), WriteError> {
        let files: Vec<_> = host.files().iter().map(|file| (file.path, file.text())).collect();
        place::write(&self.directory, &files, if self.force { Present::Replaced } else { Present::Refused })
    }
}

/// What a host is called on the command line.
fn name(host: Host) -> String {
    host.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}

/// The files of `host`, each under its path if there are several.
fn printed(host: Host) -> String {
    let files = host.files();
    let text = |file: &File| {
        let head = if files.len() > 1 { format!("# {}\n", file.path) } else { String::new() };
        format!("{head}{}", file.text())
    };
    files.iter().map(text).collect::<Vec<_>>().join("\n")
}
