//! `oacguard baseline`: writes down what is found today, so that `check --baseline` lets it be.

use std::path::PathBuf;

use super::Status;
use super::config::Decided;
use super::console::Console;
use super::deliver;
use super::input::Plans;
use super::own::OwnPolicies;
use crate::Options;
use crate::baseline::Baseline;
use crate::report::{Verdict, json};
use crate::step::Step;

const AFTER_HELP: &str = "\
A baseline holds every finding of these plans but those that a waiver accepts or whose policy is switched off. A finding \
that it holds counts as existing: an error becomes a warning, and blocks only with --fail-on-existing. One that has become \
worse than it was counts as introduced. Plans of several workspaces that name their resources alike need a baseline each.

Example:
  oacguard baseline --output oacguard.baseline.json plan.json
  oacguard check --baseline oacguard.baseline.json plan.json";

/// Write down what is found today, for `check --baseline` to let it be
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    #[command(flatten)]
    plans: Plans,
    /// Judge several plans apart, without links from one to another
    #[arg(long, help_heading = "Input")]
    separate: bool,
    #[command(flatten)]
    decided: Decided,
    #[command(flatten)]
    own: OwnPolicies,
    /// Write to FILE, which must not be there yet, instead of standard output
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Write over FILE
    #[arg(long, requires = "output")]
    force: bool,
}

impl Arguments {
    /// Writes the baseline.
    ///
    /// # Errors
    /// Bad usage.
    pub(crate) fn run(self, console: &Console) -> Result<Status, clap::Error> {
        let mut decisions = match self.decided.load() {
            Ok(decisions) => decisions,
            Err(errors) => {
                console.complain_of(&errors);
                return Ok(Status::NoVerdict);
            }
        };
        for setting in decisions.iter_mut().flat_map(|decisions| &mut decisions.config.policies) {
            // How bad a finding is must not depend on what it counts as today.
            setting.severity = None;
        }
        let own = match self.own.load() {
            Ok(own) => own,
            Err(error) => {
                console.complain_of(&[error.into()]);
                return Ok(Status::NoVerdict);
            }
        };
        let options = Options {
            own,
            fail_on_existing: true,
            separate: self.separate,
            max_size: self.plans.reading.max_size,
            decisions,
            ..Options::default()
        };
        let progress = console.progress();
        let watch = |step: Step<'_>| progress.show(step);
        let report = crate::check_watched(self.plans.gather("baseline", &watch)?, &options, &watch).report;
        drop(progress);
        if report.verdict == Verdict::None {
            // A baseline of what could be read would make the rest look new.
            console.complain_of(&report.errors);
            return Ok(Status::NoVerdict);
        }
        let baseline = Baseline::of(&report.findings);
        let document = match json::render(&baseline) {
            Ok(document) => document,
            Err(error) => {
                console.complain(error);
                return Ok(Status::NoVerdict);
            }
        };
        let Some(file) = &self.output else { return Ok(console.deliver(&document)) };
        let written = if self.force { deliver::write(file, &document) } else { deliver::create(file, &document) };
        if let Err(error) = written {
            console.complain(error);
            return Ok(Status::NoVerdict);
        }
        tracing::info!(file = %file.display(), findings = baseline.findings.len(), "wrote the baseline");
        Ok(Status::Pass)
    }
}
