//! `oacguard check`: the main job.

use std::path::{Path, PathBuf};

use clap::ValueEnum as _;
use clap::builder::PossibleValue;
use clap::error::ErrorKind;

use super::Status;
use super::config::{self, Decided};
use super::console::{self, Console};
use super::deliver::{self, Delivery};
use super::input::{Plans, usage};
use super::repository::Repository;
use super::step_summary;
use crate::baseline::Baseline;
use crate::finding::Severity;
use crate::judge::{self, FailOn};
use crate::report::format::Format;
use crate::report::view::View;
use crate::report::{ReportError, Verdict, text};
use crate::step::Step;
use crate::{Options, Outcome};

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
      Check every plan under a directory, and block what may break or cannot be told.";

/// Check whether plans would leave CloudFront unable to read its S3 origins
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    #[command(flatten)]
    plans: Plans,
    /// Judge several plans apart, without links from one to another
    #[arg(long, help_heading = "Input")]
    separate: bool,
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
    /// Write the report in this format, to FILE or to standard output: text (the default), json, ndjson, sarif, junit, github,
    /// gitlab, azure, markdown, html, atlantis or spacelift. May be repeated, at most one without FILE; with files only, the
    /// text report still goes to standard output
    #[arg(long, value_name = "FORMAT[=FILE]", value_parser = Delivery::parse, help_heading = "Display")]
    format: Vec<Delivery>,
}

impl Arguments {
    /// Checks, and writes the reports.
    ///
    /// # Errors
    /// Bad usage.
    pub(crate) fn run(self, console: &Console) -> Result<Status, clap::Error> {
        let deliveries = deliveries(&self.format, console.is_quiet())
            .map_err(|message| usage("check", ErrorKind::ArgumentConflict, message))?;
        let progress = console.progress();
        let watch = |step: Step<'_>| progress.show(step);
        let (outcome, judging) = match self.options() {
            Ok(options) => {
                let sources = self.plans.gather("check", &watch)?;
                (crate::check_watched(sources, &options, &watch), options.judging())
            }
            Err(errors) => (crate::refused(errors), judge::Options::default()),
        };
        drop(progress);
        let mut status = match outcome.report.verdict {
            Verdict::Pass => Status::Pass,
            Verdict::Block => Status::Block,
            Verdict::None => Status::NoVerdict,
        };
        for delivery in &deliveries {
            if let Err(error) = deliver(delivery, &outcome, &judging, console) {
                console.complain(error);
                status = Status::NoVerdict;
            }
        }
        if deliveries.iter().any(|delivery| delivery.format == Format::Github) {
            // It comes on top of what was asked for, so failing to write it does not change the answer.
            let view = View { report: &outcome.report, facts: outcome.facts.as_ref(), options: &judging };
            if let Err(error) = step_summary::append(view) {
                console.complain(error);
            }
        }
        let host = deliveries.iter().find_map(|delivery| delivery.format.deciding_host());
        if let Some(host) = host.filter(|_| status == Status::Block) {
            console.remark(&format!("block, with exit status 0: {host} decides by what it reads in the report"));
            status = Status::Pass;
        }
        // Whoever reads only the log must still learn why there is no verdict.
        if !deliveries.contains(&Delivery::printed(Format::Text)) {
            console.complain_of(&outcome.report.errors);
        }
        Ok(status)
    }

    /// How to judge: as the command line says, else as `oacguard.toml` says, else as usual.
    ///
    /// # Errors
    /// What is wrong with the files that decide on it.
    fn options(&self) -> Result<Options, Vec<ReportError>> {
        let decisions = self.decided.load();
        let baseline = self.baseline.as_ref().map(|file| Ok((file.display().to_string(), Baseline::load(file)?)));
        let (decisions, baseline) = match (decisions, baseline.transpose()) {
            (Ok(decisions), Ok(baseline)) => (decisions, baseline),
            (decisions, baseline) => {
                return Err(decisions.err().into_iter().flatten().chain(baseline.err()).collect());
            }
        };
        let mut options = config::options(decisions, self.plans.reading.max_size);
        if let Some(fail_on) = self.fail_on {
            options.fail_on = fail_on.severity();
        }
        options.fail_on_existing = self.fail_on_existing.unwrap_or(options.fail_on_existing);
        options.unresolved = self.unresolved.unwrap_or(options.unresolved);
        options.require_paths = self.require_paths.unwrap_or(options.require_paths);
        Ok(Options { separate: self.separate, baseline, source: self.source.clone(), ..options })
    }
}

/// Where the report goes, files first, so that they are there even if standard output fails.
fn deliveries(asked: &[Delivery], quiet: bool) -> Result<Vec<Delivery>, &'static str> {
    let (mut all, mut printed): (Vec<Delivery>, Vec<Delivery>) =
        asked.iter().cloned().partition(|delivery| delivery.file.is_some());
    if printed.len() > 1 {
        return Err(
            "only one --format can go to standard output; give the others a file, as in --format json=report.json",
        );
    }
    for (at, delivery) in all.iter().enumerate() {
        let plain = |delivery: &Delivery| {
            delivery.file.as_ref().map(|file| Path::new(".").join(file).components().collect::<PathBuf>())
        };
        if all.iter().skip(at + 1).any(|other| plain(other) == plain(delivery)) {
            return Err("two --format name the same file");
        }
    }
    if printed.is_empty() && !quiet {
        printed.push(Delivery::printed(Format::Text));
    }
    all.append(&mut printed);
    Ok(all)
}

fn deliver(
    delivery: &Delivery,
    outcome: &Outcome,
    judging: &judge::Options,
    console: &Console,
) -> Result<(), Box<dyn std::error::Error>> {
    let width = if delivery.file.is_some() { text::PLAIN_WIDTH } else { console::width() };
    let name = delivery.format.to_possible_value();
    let _span = tracing::info_span!("report", format = name.as_ref().map(PossibleValue::get_name)).entered();
    let placed = Repository::around().filter(|_| delivery.format.links_to_the_repository());
    let placed = placed.map(|repository| repository.seen_from_top(&outcome.report));
    let report = placed.as_ref().unwrap_or(&outcome.report);
    let view = View { report, facts: outcome.facts.as_ref(), options: judging };
    let mut document = delivery.format.render(view, width)?;
    match &delivery.file {
        Some(file) => {
            if delivery.format == Format::Text {
                document = anstream::adapter::strip_str(&document).to_string();
            }
            deliver::write(file, &document)?;
            tracing::info!(file = %file.display(), "wrote the report");
        }
        None => console.print(&document).map_err(|error| format!("cannot write to standard output: {error}"))?,
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(formats: &[&str], quiet: bool) -> Result<Vec<String>, &'static str> {
        let asked: Vec<Delivery> = formats.iter().map(|text| Delivery::parse(text).unwrap()).collect();
        let name = |delivery: Delivery| {
            let file = delivery.file.map(|file| format!("={}", file.display())).unwrap_or_default();
            format!("{:?}{file}", delivery.format).to_lowercase()
        };
        deliveries(&asked, quiet).map(|all| all.into_iter().map(name).collect())
    }

    #[test]
    fn text_is_printed_unless_something_else_is_or_quiet_is_asked() {
        assert_eq!(of(&[], false).unwrap(), ["text"]);
        assert_eq!(of(&[], true).unwrap(), Vec::<String>::new());
        assert_eq!(of(&["json"], false).unwrap(), ["json"]);
        assert_eq!(of(&["json=a"], false).unwrap(), ["json=a", "text"]);
        assert_eq!(of(&["json=a"], true).unwrap(), ["json=a"]);
        assert_eq!(of(&["text", "json=a"], true).unwrap(), ["json=a", "text"]);
    }

    #[test]
    fn no_two_reports_go_to_one_place() {
        assert!(of(&["json", "text"], false).is_err());
        assert!(of(&["json", "json"], false).is_err());
        assert!(of(&["json=a", "text=a"], false).is_err());
        assert!(of(&["json=a", "text=././a"], false).is_err());
        assert!(of(&["json=a", "text=b", "json"], false).is_ok());
    }
}
