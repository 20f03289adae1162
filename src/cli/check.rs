//! `oacguard check`: the main job.

use std::path::PathBuf;

use super::Status;
use super::config::{self, Decided};
use super::console::Console;
use super::input::{self, Plans};
use super::own::OwnPolicies;
use super::reports::{Formats, Reports};
use super::stream;
use crate::Options;
use crate::baseline::Baseline;
use crate::finding::Severity;
use crate::judge::{self, FailOn};
use crate::report::{Partition, ReportError};
use crate::step::Step;

const AFTER_HELP: &str = "\
Exit status:
  0  pass
  1  block: a finding that this plan introduces is as bad as --fail-on says
  2  no verdict: bad usage, unreadable or unsupported input, a broken policy

`oacguard.toml` holds waivers, severities and defaults for --fail-on, --fail-on-existing, --unresolved and \
--require-paths, which the command line overrides (--fail-on-existing=false). A waiver accepts findings of one policy until \
a day, in UTC or as SOURCE_DATE_EPOCH says; `oacguard schema config` describes the file.

Lines of the text report are as wide as the terminal, at most 120 columns, and 100 columns where there is none. The JSON \
report also says by JSONPath where in the plan each value was seen.

Examples:
  terraform show -json tfplan | oacguard check
      Check the plan that was just made.
  oacguard check --format json=report.json plan.json
      Print the report as text and keep it as JSON.
  oacguard check --fail-on warning --unresolved error envs/
      Check every plan under a directory, and block what may break or cannot be told.
  oacguard check --policy policy/ plan.json
      Check by your own policies as well.";

/// Check whether plans would leave CloudFront unable to read its S3 origins
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    #[command(flatten)]
    plans: Plans,
    /// Judge several plans apart, without links from one to another. An `ndjson` report is then written plan by plan while
    /// later plans are read, if it is the only report and nothing takes all plans at once: policies of your own, waivers that
    /// select by JSONPath, two plans of one name
    #[arg(long, help_heading = "Input")]
    separate: bool,
    /// Judge only the K-th of N shares of the plans, for jobs that divide them; `oacguard merge` puts their reports together
    #[arg(long, value_name = "K/N", value_parser = share, requires = "separate", conflicts_with = "combine", help_heading = "Input")]
    partition: Option<Partition>,
    /// Show findings at the file and line of the Terraform source in DIR, the directory of the root module; of a plan that
    /// lies below DIR beside Terraform files, in those. What a downloaded module holds is shown where the module is called
    #[arg(long, value_name = "DIR", help_heading = "Input")]
    source: Option<String>,
    /// Block from this severity on: error (the default), warning, note or never
    #[arg(long, value_name = "SEVERITY", value_enum, hide_possible_values = true, help_heading = "Judging")]
    fail_on: Option<FailOn>,
    /// Let findings that held before the plan block like those it introduces
    #[arg(long, value_name = "BOOL", help_heading = "Judging")]
    #[arg(num_args = 0..=1, require_equals = true, default_missing_value = "true", hide_possible_values = true)]
    fail_on_existing: Option<bool>,
    /// What a fact that the plan cannot tell counts as: note (the default), warning or error
    #[arg(long, value_name = "SEVERITY", value_enum, hide_possible_values = true, help_heading = "Judging")]
    unresolved: Option<Severity>,
    /// Give no verdict when there is no CloudFront–S3 access path: guards a pipeline that feeds the wrong plan
    #[arg(long, value_name = "BOOL", help_heading = "Judging")]
    #[arg(num_args = 0..=1, require_equals = true, default_missing_value = "true", hide_possible_values = true)]
    require_paths: Option<bool>,
    #[command(flatten)]
    decided: Decided,
    /// Let findings be that FILE holds, which `oacguard baseline` has written: they count as existing
    #[arg(long, value_name = "FILE", help_heading = "Judging")]
    baseline: Option<PathBuf>,
    #[command(flatten)]
    own: OwnPolicies,
    #[command(flatten)]
    formats: Formats,
}

impl Arguments {
    /// Checks, and writes the reports.
    ///
    /// # Errors
    /// Bad usage.
    pub(crate) fn run(mut self, console: &Console) -> Result<Status, clap::Error> {
        let reports = Reports::new("check", &self.formats, console)?;
        let mut options = match self.options() {
            Ok(options) => options,
            Err(errors) => {
                return Ok(reports.deliver(&crate::refused(errors), &judge::Options::default(), console));
            }
        };
        let inputs = self.plans.inputs("check", self.partition.as_mut())?;
        options.partition.clone_from(&self.partition);
        let reading = &self.plans.reading;
        if let Some(report) = reports.by_plan().filter(|_| crate::can_be_streamed(&inputs, &options)) {
            return Ok(stream::check(inputs, &options, reading, report, console));
        }
        let progress = console.progress();
        let watch = |step: Step<'_>| progress.show(step);
        let outcome = crate::check_watched(input::read(inputs, reading, &watch), &options, &watch);
        drop(progress);
        Ok(reports.deliver(&outcome, &options.judging(), console))
    }

    /// How to judge: as the command line says, else as `oacguard.toml` says, else as usual.
    ///
    /// # Errors
    /// What is wrong with the files that decide on it.
    fn options(&self) -> Result<Options, Vec<ReportError>> {
        let decisions = self.decided.load();
        let baseline = self.baseline.as_ref().map(|file| Ok((file.display().to_string(), Baseline::load(file)?)));
        let own = self.own.load().map_err(ReportError::from);
        let (decisions, baseline, own) = match (decisions, baseline.transpose(), own) {
            (Ok(decisions), Ok(baseline), Ok(own)) => (decisions, baseline, own),
            (decisions, baseline, own) => {
                return Err(decisions.err().into_iter().flatten().chain(baseline.err()).chain(own.err()).collect());
            }
        };
        let mut options = config::options(decisions, self.plans.reading.max_size);
        if let Some(fail_on) = self.fail_on {
            options.fail_on = fail_on.severity();
        }
        options.fail_on_existing = self.fail_on_existing.unwrap_or(options.fail_on_existing);
        options.unresolved = self.unresolved.unwrap_or(options.unresolved);
        options.require_paths = self.require_paths.unwrap_or(options.require_paths);
        Ok(Options { separate: self.separate, baseline, source: self.source.clone(), own, ..options })
    }
}

/// Reads `K/N`.
fn share(text: &str) -> Result<Partition, String> {
    let numbers = text.split_once('/').and_then(|(share, of)| Some((share.parse().ok()?, of.parse().ok()?)));
    match numbers {
        Some((share, of)) if (1..=of).contains(&share) => Ok(Partition::new(share, of)),
        _ => Err("write the share and how many there are, as in 1/4, 2/4, 3/4 and 4/4".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_counted_from_one() {
        assert_eq!(share("2/3"), Ok(Partition::new(2, 3)));
        for wrong in ["", "1", "0/2", "3/2", "1/0", "a/b", "-1/2", "1/2/3"] {
            assert!(share(wrong).is_err(), "{wrong}");
        }
    }
}
