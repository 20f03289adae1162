//! The reports that a command was asked for, and the exit status that follows.

use std::path::{Path, PathBuf};

use clap::ValueEnum as _;
use clap::builder::PossibleValue;
use clap::error::ErrorKind;

use super::Status;
use super::console::{self, Console};
use super::deliver::{self, Delivery};
use super::input::usage;
use super::repository::Repository;
use super::step_summary;
use crate::report::format::Format;
use crate::report::view::View;
use crate::report::{Verdict, text};
use crate::{Outcome, judge};

/// What reports are wanted.
#[derive(Debug, clap::Args)]
pub(crate) struct Formats {
    /// Write the report in this format, to FILE or to standard output: text (the default), json, ndjson, sarif, junit, github,
    /// gitlab, azure, markdown, html, atlantis or spacelift. May be repeated, at most one without FILE; with files only, the
    /// text report still goes to standard output
    #[arg(long, value_name = "FORMAT[=FILE]", value_parser = Delivery::parse, help_heading = "Display")]
    format: Vec<Delivery>,
}

/// Where each report goes.
#[derive(Debug)]
pub(crate) struct Reports(Vec<Delivery>);

impl Reports {
    /// Those that `command` was asked for.
    ///
    /// # Errors
    /// When two would go to one place.
    pub(crate) fn new(command: &str, formats: &Formats, console: &Console) -> Result<Self, clap::Error> {
        deliveries(&formats.format, console.is_quiet())
            .map(Self)
            .map_err(|message| usage(command, ErrorKind::ArgumentConflict, message))
    }

    /// Writes all of them.
    pub(crate) fn deliver(&self, outcome: &Outcome, judging: &judge::Options, console: &Console) -> Status {
        let mut status = match outcome.report.verdict {
            Verdict::Pass => Status::Pass,
            Verdict::Block => Status::Block,
            Verdict::None => Status::NoVerdict,
        };
        for delivery in &self.0 {
            if let Err(error) = deliver(delivery, outcome, judging, console) {
                console.complain(error);
                status = Status::NoVerdict;
            }
        }
        if self.0.iter().any(|delivery| delivery.format == Format::Github) {
            // It comes on top of what was asked for, so failing to write it does not change the answer.
            let view = View { report: &outcome.report, facts: outcome.facts.as_ref(), options: judging };
            if let Err(error) = step_summary::append(view) {
                console.complain(error);
            }
        }
        let host = self.0.iter().find_map(|delivery| delivery.format.deciding_host());
        if let Some(host) = host.filter(|_| status == Status::Block) {
            console.remark(&format!("block, with exit status 0: {host} decides by what it reads in the report"));
            status = Status::Pass;
        }
        // Whoever reads only the log must still learn why there is no verdict.
        if !self.0.contains(&Delivery::printed(Format::Text)) {
            console.complain_of(&outcome.report.errors);
        }
        status
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
