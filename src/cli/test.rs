//! `oacguard test`: the unit tests of Rego policies, for those who write them.

use std::path::PathBuf;
use std::time::Duration;

use clap::ValueEnum;
use clap::error::ErrorKind;
use regex::Regex;

use super::Status;
use super::console::{self, Console};
use super::deliver::{self, Delivery};
use super::input::usage;
use super::own::RegoVersion;
use crate::own::{self, OwnError, data, files};
use crate::rego::testing::{Outcome, Suite};
use crate::report::format::RenderError;
use crate::report::text::PLAIN_WIDTH;
use crate::testing::{Report, Verdict, json, junit, text};

const AFTER_HELP: &str = "\
A test is a rule whose name begins with `test_`, in any package and file. It passes when it is `true` and fails when it is \
undefined, `false` or any other value. What is called `todo_test_…` is skipped. Prints of tests that did not pass are shown, \
and -v names those that passed.

Policies are read as `check --policy` reads them, and have no input and no facts but what a test gives them with `with input \
as …` and `with data.oacguard as …`. Coverage counts lines with expressions, in all files but those called `…_test.rego`.

With -p or --policy, `oacguard test` takes conftest's place instead: `oacguard test -p DIR FILE` judges a plan.

Exit status:
  0  every test that was run passed
  1  a test failed, or coverage is below --threshold
  2  no verdict: bad usage, policies that do not load, no test, a test that ends in an error or not in time

Examples:
  oacguard test policy/
      Run all tests below a folder.
  oacguard test --run '^main_test\\.' --coverage policy/
      Run the tests of one package, and tell the lines that they do not reach.
  oacguard test --threshold 90 --format junit=tests.xml policy/
      Fail below 90 % coverage, and keep the results for CI.";

/// Run the unit tests of Rego policies
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    /// The policies with their tests: files, or folders that are searched for `.rego` files
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    /// Run only the tests whose `package.name` matches
    #[arg(long, value_name = "REGEX", value_parser = Regex::new)]
    run: Option<Regex>,
    /// Tell of each file how many lines the tests reach, and which they do not
    #[arg(long)]
    coverage: bool,
    /// Fail when the tests reach fewer of a hundred lines; implies --coverage
    #[arg(long, value_name = "PERCENT", value_parser = percentage)]
    threshold: Option<f64>,
    /// Put the JSON and YAML files in PATH, a file or a folder, below `data`; may be repeated
    #[arg(long, value_name = "PATH")]
    data: Vec<PathBuf>,
    /// The Rego that they are written in: v1 (the default), or v0, that of before OPA 1.0
    #[arg(long, value_name = "VERSION", value_enum, hide_possible_values = true)]
    rego_version: Option<RegoVersion>,
    /// How many seconds all tests may take together, of which each has a share [default: 30]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    policy_timeout: Option<u64>,
    /// How much memory they may take, on Linux [default: 1 GiB]
    #[arg(long, value_name = "BYTES")]
    policy_memory: Option<u64>,
    /// Write the results in this format, to FILE or to standard output: text (the default), json or junit. May be repeated, at
    /// most one without FILE; with files only, the text still goes to standard output
    #[arg(long, value_name = "FORMAT[=FILE]", value_parser = Delivery::<Format>::parse, help_heading = "Display")]
    format: Vec<Delivery<Format>>,
}

/// What results are written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// For whoever shows test results.
    Junit,
}

impl Arguments {
    /// Runs the tests, and writes the results.
    ///
    /// # Errors
    /// Bad usage.
    pub(crate) fn run(self, console: &Console) -> Result<Status, clap::Error> {
        let usual = (!console.is_quiet()).then_some(Format::Text);
        let deliveries = deliver::places(&self.format, usual)
            .map_err(|message| usage("test", ErrorKind::ArgumentConflict, message))?;
        let report = match self.outcome() {
            Ok(outcome) => Report::of(outcome, self.covers(), self.threshold),
            Err(error) => Report::refused(&error),
        };
        let mut status = match report.verdict {
            Verdict::Pass => Status::Pass,
            Verdict::Fail => Status::Block,
            Verdict::None => Status::NoVerdict,
        };
        for delivery in &deliveries {
            let width = if delivery.file.is_some() { PLAIN_WIDTH } else { console::width() };
            let written = delivery.format.render(&report, console.is_verbose(), width).map_err(Into::into);
            let styled = delivery.format == Format::Text;
            if let Err(error) = written.and_then(|document| delivery.bring(&document, styled, console)) {
                console.complain(error);
                status = Status::NoVerdict;
            }
        }
        // Whoever reads only the log must still learn why there is no verdict.
        if !deliveries.contains(&Delivery::printed(Format::Text)) {
            console.complain_of(&report.errors());
        }
        Ok(status)
    }

    fn covers(&self) -> bool {
        self.coverage || self.threshold.is_some()
    }

    /// Reads policies and data, and runs the tests.
    fn outcome(&self) -> Result<Outcome, OwnError> {
        let suite = Suite {
            files: files::read(&self.paths)?,
            data: data::read(&self.data)?,
            v0: self.rego_version == Some(RegoVersion::V0),
            only: self.run.as_ref().map(|run| run.as_str().to_owned()),
            coverage: self.covers(),
            time: self.policy_timeout.map_or(own::TIME, Duration::from_secs),
            now: own::now(),
        };
        own::test(suite, self.policy_memory.unwrap_or(own::MEMORY), Some(&own::this_program()?))
    }
}

impl Format {
    fn render(self, report: &Report, all: bool, width: usize) -> Result<String, RenderError> {
        match self {
            Self::Text => Ok(text::render(report, all, width)),
            Self::Json => json::render(report),
            Self::Junit => junit::render(report),
        }
    }
}

/// A number from 0 to 100.
fn percentage(text: &str) -> Result<f64, String> {
    let number = text.parse::<f64>().ok().filter(|number| (0.0..=100.0).contains(number));
    number.ok_or_else(|| "it is no number from 0 to 100".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentage_is_a_number_from_0_to_100() {
        for text in ["0", "90", "99.5", "100"] {
            assert!(percentage(text).is_ok(), "{text}");
        }
        for text in ["", "-1", "100.1", "NaN", "inf", "90%", "1e3"] {
            assert!(percentage(text).is_err(), "{text}");
        }
    }
}
