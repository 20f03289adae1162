//! The program in the place of conftest: `conftest test -p POLICY FILE`, as the native policy check of Atlantis calls it.
//!
//! It judges by the bundled policies, by those that it is given, and by `oacguard.toml` as `oacguard check` does. What is not
//! understood is refused: an argument or a policy that is left out in silence would make a pass of what nobody looked at.
//!
//! Sources: <https://www.conftest.dev/options/> and
//! <https://github.com/runatlantis/atlantis/blob/main/server/core/runtime/policy/conftest_client.go>.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::Parser;

use super::Status;
use super::config::{self, Decided};
use super::console::Console;
use super::input::{self, Reading};
use super::own::{OwnPolicies, RegoVersion};
use crate::own::{Own, OwnError, files};
use crate::report::conftest::{self, Output};
use crate::report::view::View;
use crate::report::{ReportError, Verdict};
use crate::step::unwatched;
use crate::{Options, Outcome};

/// The name that makes the program this one.
const NAME: &str = "conftest";

const ABOUT: &str = "Judges Terraform plans by the policies of oacguard, in the place of conftest";

const AFTER_HELP: &str = "\
Exit status:
  0  no failures
  1  failures: findings that block; with --fail-on-warn, only warnings
  2  with --fail-on-warn, failures; no verdict: bad usage, broken policies, an unreadable plan";

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
    /// Files or folders of policies, asked beside those of oacguard, which are built in; a folder without any is fine
    // It tells this command from any other of that name.
    #[arg(short, long, value_name = "PATH", required = true, value_delimiter = ',')]
    policy: Vec<PathBuf>,
    /// Plans, each judged apart
    #[arg(value_name = "FILE", required = true)]
    files: Vec<String>,
    /// The packages whose rules are asked [default: main]
    #[arg(short, long, value_name = "NS", value_delimiter = ',')]
    namespace: Vec<String>,
    /// Ask the rules of all packages
    #[arg(long)]
    all_namespaces: bool,
    /// Files or folders of JSON and YAML to put below `data`
    #[arg(short, long, value_name = "PATH", value_delimiter = ',')]
    data: Vec<PathBuf>,
    /// The Rego that the policies are written in
    #[arg(long, value_name = "VERSION", value_enum, ignore_case = true)]
    rego_version: Option<RegoVersion>,
    /// Give the policies all files at once
    #[arg(long)]
    combine: bool,
    /// Exit with 1 for warnings alone, and with 2 for failures
    #[arg(long)]
    fail_on_warn: bool,
    /// Exit with 0 whatever is found
    #[arg(long)]
    no_fail: bool,
    /// What to print: `stdout` or `json`
    #[arg(short, long, value_name = "OUTPUT", value_enum, default_value_t = Output::Stdout)]
    output: Output,
    /// Print without colour, as is always done
    #[arg(long)]
    no_color: bool,
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
        let reading = Reading::default();
        let own = self.own().map_err(|error| vec![ReportError::from(error)]);
        let (outcome, judging) = match own.and_then(|own| Ok((own, Decided::default().load()?))) {
            Ok((own, decisions)) => {
                let options = Options { separate: true, own, ..config::options(decisions, reading.max_size) };
                let sources = input::gather(&self.files, &reading, "test", &unwatched)?;
                (crate::check(sources, &options), options.judging())
            }
            Err(errors) => (crate::refused(errors), crate::judge::Options::default()),
        };
        let Outcome { report, facts } = &outcome;
        let view = View { report, facts: facts.as_ref(), options: &judging };
        let status = match report.verdict {
            Verdict::Pass if self.fail_on_warn && conftest::warns(view) => Status::Block,
            Verdict::Block if self.fail_on_warn => Status::NoVerdict,
            Verdict::Pass => Status::Pass,
            Verdict::Block => Status::Block,
            // A result on standard output would be taken for an answer.
            Verdict::None => {
                console.complain_of(&report.errors);
                return Ok(Status::NoVerdict);
            }
        };
        let status = if self.no_fail { Status::Pass } else { status };
        let written = match self.output.render(view) {
            Ok(text) => console.deliver(&text),
            Err(error) => {
                console.complain(error);
                Status::NoVerdict
            }
        };
        Ok(if written == Status::Pass { status } else { written })
    }

    /// The policies that were given; none where the folders have none, as those of a server may that has no others.
    fn own(&self) -> Result<Option<Own>, OwnError> {
        let mut paths = Vec::new();
        for path in &self.policy {
            match files::read(std::slice::from_ref(path)) {
                Ok(_) => paths.push(path.clone()),
                // Asked for by name, they have to be there.
                Err(OwnError::NoPolicies { .. }) if self.namespace.is_empty() && self.data.is_empty() => {}
                Err(error) => return Err(error),
            }
        }
        let own = OwnPolicies::new(
            paths,
            self.namespace.clone(),
            self.all_namespaces,
            self.data.clone(),
            self.rego_version,
            self.combine,
        );
        own.load()
    }
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
