//! The program in the place of conftest: `conftest test -p POLICY FILE`, as the native policy check of Atlantis calls it.
//!
//! It judges by the bundled policies, and by `oacguard.toml` as `oacguard check` does. What is not understood is refused: an
//! argument or a policy that is left out in silence would make a pass of what nobody looked at.
//!
//! Sources: <https://www.conftest.dev/options/> and
//! <https://github.com/runatlantis/atlantis/blob/main/server/core/runtime/policy/conftest_client.go>.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::Parser;
use thiserror::Error;
use walkdir::WalkDir;

use super::Status;
use super::config::{self, Decided};
use super::console::Console;
use super::input::{self, Reading};
use crate::rego;
use crate::report::Verdict;
use crate::report::conftest::Output;
use crate::report::view::View;
use crate::step::unwatched;
use crate::{Options, Outcome};

/// The name that makes the program this one.
const NAME: &str = "conftest";

const ABOUT: &str = "Judges Terraform plans by the policies of oacguard, in the place of conftest";

const AFTER_HELP: &str = "\
Exit status:
  0  no failures
  1  failures: findings that block
  2  no verdict: bad usage, policies that oacguard does not evaluate, an unreadable plan";

/// The command line under the name of conftest.
#[derive(Debug, Parser)]
#[command(name = NAME, version, about = ABOUT, disable_help_subcommand = true, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Test(Arguments),
}

/// Judge plans by the policies of oacguard, and print what conftest would
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
struct Arguments {
    /// A folder without policies: those of oacguard are built in, and it evaluates no others
    // It tells this command from any other of that name.
    #[arg(short, long, value_name = "FOLDER", required = true)]
    policy: Vec<PathBuf>,
    /// Plans, each judged apart
    #[arg(value_name = "FILE", required = true)]
    files: Vec<String>,
    /// What to print: `stdout` or `json`
    #[arg(short, long, value_name = "OUTPUT", value_enum, default_value_t = Output::Stdout)]
    output: Output,
    /// Print without colour, as is always done
    #[arg(long)]
    no_color: bool,
    /// Evaluate the policies of all packages, as is always done
    #[arg(long)]
    all_namespaces: bool,
}

/// A policy of the user's own, or something in its place.
#[derive(Debug, Error)]
enum PolicyPathError {
    #[error(
        "{} is a policy, and oacguard evaluates none but its own; give -p a folder without .rego files, and let conftest \
         itself run this one",
        .0.display()
    )]
    Policy(PathBuf),
    #[error("-p {} is no folder; oacguard evaluates no policies but its own, so give it an empty one", .0.display())]
    NoFolder(PathBuf),
    #[error("-p {}: {source}", path.display())]
    Unreadable { path: PathBuf, source: walkdir::Error },
}

/// Whether the program was called as conftest would be: by its name, or with its command and a place for policies.
pub(super) fn is_called(arguments: &[OsString]) -> bool {
    let name = arguments.first().and_then(|program| Path::new(program).file_stem()?.to_str());
    let by_name = name.is_some_and(|name| name.eq_ignore_ascii_case(NAME));
    let with_policies = |argument: &OsString| {
        let argument = argument.to_string_lossy();
        argument.starts_with("-p") || argument == "--policy" || argument.starts_with("--policy=")
    };
    by_name || arguments.get(1).is_some_and(|command| command == "test") && arguments.iter().any(with_policies)
}

/// Runs the program in the place of conftest.
///
/// # Errors
/// Bad usage.
pub(super) fn run(arguments: Vec<OsString>) -> Result<Status, clap::Error> {
    let Cli { command: Command::Test(arguments) } = Cli::try_parse_from(arguments)?;
    arguments.run(&Console::new(anstream::ColorChoice::Never, false, true))
}

impl Arguments {
    /// Judges, and prints the results where there are any.
    ///
    /// # Errors
    /// Bad usage.
    fn run(self, console: &Console) -> Result<Status, clap::Error> {
        rego::preload();
        for path in &self.policy {
            if let Err(error) = without_policies(path) {
                console.complain(error);
                return Ok(Status::NoVerdict);
            }
        }
        let reading = Reading::default();
        let (outcome, judging) = match Decided::default().load() {
            Ok(decisions) => {
                let options = Options { separate: true, ..config::options(decisions, reading.max_size) };
                let sources = input::gather(&self.files, &reading, "test", &unwatched)?;
                (crate::check(sources, &options), options.judging())
            }
            Err(errors) => (crate::refused(errors), crate::judge::Options::default()),
        };
        let Outcome { report, facts } = &outcome;
        let status = match report.verdict {
            Verdict::Pass => Status::Pass,
            Verdict::Block => Status::Block,
            // A result on standard output would be taken for an answer.
            Verdict::None => {
                console.complain_of(&report.errors);
                return Ok(Status::NoVerdict);
            }
        };
        let view = View { report, facts: facts.as_ref(), options: &judging };
        let written = match self.output.render(view) {
            Ok(text) => console.deliver(&text),
            Err(error) => {
                console.complain(error);
                Status::NoVerdict
            }
        };
        Ok(if written == Status::Pass { status } else { written })
    }
}

/// Refuses a path that leads to policies, or that nobody can tell from one that does.
fn without_policies(path: &Path) -> Result<(), PolicyPathError> {
    if !path.is_dir() {
        return Err(PolicyPathError::NoFolder(path.to_owned()));
    }
    for entry in WalkDir::new(path).follow_links(true).sort_by_file_name() {
        let entry = entry.map_err(|source| PolicyPathError::Unreadable { path: path.to_owned(), source })?;
        let rego = entry.path().extension().is_some_and(|extension| extension.eq_ignore_ascii_case("rego"));
        if rego && !entry.file_type().is_dir() {
            return Err(PolicyPathError::Policy(entry.into_path()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        <Cli as clap::CommandFactory>::command().debug_assert();
    }

    #[test]
    fn the_name_decides() {
        for (program, called) in [
            ("conftest", true),
            ("/usr/local/bin/conftest", true),
            ("conftest.exe", true),
            ("oacguard", false),
            ("/conftest/oacguard", false),
            ("", false),
        ] {
            assert_eq!(is_called(&[OsString::from(program)]), called, "{program}");
        }
        assert!(!is_called(&[]));
        let called = |arguments: &[&str]| is_called(&arguments.iter().map(OsString::from).collect::<Vec<_>>());
        assert!(called(&["oacguard", "test", "-p", "none", "plan.json"]));
        assert!(called(&["oacguard", "test", "plan.json", "--policy=none"]));
        assert!(!called(&["oacguard", "test", "policies"]) && !called(&["oacguard", "check", "-p"]));
    }
}
