//! The reports that a command was asked for, and the exit status that follows.

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
use crate::report::text;
use crate::report::view::View;
use crate::{Outcome, judge};

/// What reports are wanted.
#[derive(Debug, clap::Args)]
pub(crate) struct Formats {
    /// Write the report in this format, to FILE or to standard output: text (the default), json, ndjson, sarif, junit, github,
    /// gitlab, azure, markdown, html, atlantis or spacelift. May be repeated, at most one without FILE; with files only, the
    /// text report still goes to standard output
    #[arg(long, value_name = "FORMAT[=FILE]", value_parser = <Delivery>::parse, help_heading = "Display")]
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
        deliver::places(&formats.format, (!console.is_quiet()).then_some(Format::Text))
            .map(Self)
            .map_err(|message| usage(command, ErrorKind::ArgumentConflict, message))
    }

    /// The only report, if it is one that can be written plan by plan.
    pub(crate) fn by_plan(&self) -> Option<&Delivery> {
        match self.0.as_slice() {
            [only] if only.format == Format::Ndjson => Some(only),
            _ => None,
        }
    }

    /// Writes all of them.
    pub(crate) fn deliver(&self, outcome: &Outcome, judging: &judge::Options, console: &Console) -> Status {
        let mut status = Status::from(outcome.report.verdict);
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
    let document = delivery.format.render(view, width)?;
    delivery.bring(&document, delivery.format == Format::Text, console)
}
