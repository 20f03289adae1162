//! The command line: one file per command. What a command prints for others to read goes to standard output, everything else
//! to standard error, and the exit status says what came of it.

mod baseline;
mod check;
mod completions;
mod config;
mod conftest;
mod console;
mod deliver;
mod explain;
mod facts;
mod fault;
mod init;
mod input;
mod log;
mod man;
mod merge;
mod own;
mod place;
mod policies;
mod progress;
mod query;
mod replace;
mod reports;
mod repository;
mod schema;
mod spent;
mod step_summary;
mod stream;
mod test;
mod version;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{ArgAction, Parser, Subcommand, ValueEnum};

use self::console::Console;
use crate::own::worker;
use crate::report::Verdict;

const ABOUT: &str = "Blocks Terraform plans that would leave CloudFront unable to read its S3 origin";

const LONG_ABOUT: &str = "\
Blocks Terraform plans that would leave CloudFront unable to read its S3 origin.

oacguard reads what `terraform show -json` prints, follows each CloudFront distribution through its origins to the S3 \
bucket and the KMS key behind it, and blocks the plan after which CloudFront could not read: above all as an origin \
access identity (OAI) in front of SSE-KMS, or with an origin access control (OAC) that is set up so that reads fail.";

const AFTER_HELP: &str = "\
Exit status:
  0  pass
  1  block: a finding that this plan introduces is as bad as --fail-on says
  2  no verdict: bad usage, unreadable or unsupported input, a broken policy

Example:
  terraform plan -out=tfplan && terraform show -json tfplan | oacguard check";

/// The command line of oacguard.
#[derive(Debug, Parser)]
#[command(name = "oacguard", version, long_version = version::long(), about = ABOUT, long_about = LONG_ABOUT, after_help = AFTER_HELP, max_term_width = 100)]
#[command(subcommand_required = true, arg_required_else_help = true, disable_help_subcommand = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    global: Global,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::Arguments),
    Merge(merge::Arguments),
    Baseline(baseline::Arguments),
    Facts(facts::Arguments),
    Policies(policies::Arguments),
    Explain(explain::Arguments),
    Query(query::Arguments),
    Test(test::Arguments),
    Schema(schema::Arguments),
    Completions(completions::Arguments),
    Man(man::Arguments),
    Init(init::Arguments),
}

/// What every command takes.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Display")]
struct Global {
    /// When to colour: `auto` colours a terminal and heeds `NO_COLOR`, `CLICOLOR` and `CLICOLOR_FORCE`
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = Color::Auto, global = true)]
    color: Color,
    /// Print only what is asked for by name: no text report unless `--format text`, no remarks
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Tell on standard error what is being done and how long it took; twice for more
    #[arg(short, long, action = ArgAction::Count, global = true)]
    verbose: u8,
    /// How to write the lines of `--verbose` and of warnings
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = log::Format::Text, global = true)]
    log_format: log::Format,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Color {
    Auto,
    Always,
    Never,
}

impl From<Color> for anstream::ColorChoice {
    fn from(color: Color) -> Self {
        match color {
            Color::Auto => Self::Auto,
            Color::Always => Self::Always,
            Color::Never => Self::Never,
        }
    }
}

/// What a run ends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    /// What was asked for was done, and nothing blocks.
    Pass,
    /// A finding blocks, or a test fails.
    Block,
    /// There is no answer.
    NoVerdict,
}

impl From<Verdict> for Status {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Pass => Self::Pass,
            Verdict::Block => Self::Block,
            Verdict::None => Self::NoVerdict,
        }
    }
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(match status {
            Status::Pass => 0,
            Status::Block => 1,
            Status::NoVerdict => 2,
        })
    }
}

/// Runs the program with the arguments of the process.
///
/// A fault of the program itself ends in "no verdict", never in a pass.
pub fn main() -> ExitCode {
    fault::guard(|| {
        let arguments: Vec<OsString> = std::env::args_os().collect();
        if worker::is_called(&arguments) {
            return worker::run();
        }
        if conftest::is_called(&arguments) { ended(conftest::run(arguments)) } else { run(arguments) }
    })
}

fn run(arguments: Vec<OsString>) -> ExitCode {
    let done = Cli::try_parse_from(arguments).and_then(|cli| {
        let Cli { command, global } = cli;
        let console = Console::new(global.color.into(), global.quiet, global.verbose > 0);
        log::start(&global, console.colours_errors());
        let _total = tracing::info_span!("total").entered();
        match command {
            Command::Check(arguments) => arguments.run(&console),
            Command::Merge(arguments) => arguments.run(&console),
            Command::Baseline(arguments) => arguments.run(&console),
            Command::Facts(arguments) => arguments.run(&console),
            Command::Policies(arguments) => Ok(arguments.run(&console)),
            Command::Explain(arguments) => Ok(arguments.run(&console)),
            Command::Query(arguments) => arguments.run(&console),
            Command::Test(arguments) => arguments.run(&console),
            Command::Schema(arguments) => Ok(arguments.run(&console)),
            Command::Completions(arguments) => Ok(arguments.run(&console)),
            Command::Man(arguments) => arguments.run(&console),
            Command::Init(arguments) => arguments.run(&console),
        }
    });
    ended(done)
}

/// The exit status of a run, once what is wrong with its usage is told.
fn ended(done: Result<Status, clap::Error>) -> ExitCode {
    match done {
        Ok(status) => status.into(),
        Err(usage) => {
            // Help, version and usage errors; whoever closed the stream does not want to read them.
            let _ = usage.print();
            ExitCode::from(u8::try_from(usage.exit_code()).unwrap_or(2))
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
