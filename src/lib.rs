//! Finds out, from a Terraform plan, whether CloudFront will still be able to read its S3 origins.
//!
//! The data's way: bytes → [`plan`] → `links` → [`access`] paths in two worlds → facts → [`rego`] → [`finding`]s → [`report`].

pub mod access;
pub mod aws;
pub mod baseline;
pub mod cli;
pub mod config;
pub mod finding;
#[cfg(test)]
mod fixture;
pub mod iam;
pub mod init;
mod jsonpath;
pub mod judge;
pub mod links;
pub mod merge;
mod nearest;
pub mod own;
pub mod plan;
pub mod rego;
pub mod report;
mod run;
mod source;
pub mod step;
pub mod testing;
pub mod waiver;

use access::facts::Facts;
use baseline::Baseline;
use config::Config;
use finding::Severity;
use jiff::civil::Date;
use own::Own;
use plan::binary::Show;
use plan::source::{Input, Source};
use report::{Partition, Report, ReportError};
pub use run::{Sink, Unwritten};
use step::{Watch, unwatched};

/// How many bytes a plan may have unless more, or less, is asked for: 2 GiB.
pub const MAX_SIZE: u64 = 2 * 1024 * 1024 * 1024;

/// How plans are judged.
#[derive(Debug, Clone)]
pub struct Options {
    /// The severity from which a finding blocks; `None` never blocks.
    pub fail_on: Option<Severity>,
    /// Whether findings that held before block like introduced ones.
    pub fail_on_existing: bool,
    /// What an unresolved fact counts as.
    pub unresolved: Severity,
    /// Whether a run without access paths has no verdict.
    pub require_paths: bool,
    /// Whether several plans are judged apart.
    pub separate: bool,
    /// How many bytes a plan may have when it is unpacked.
    pub max_size: u64,
    /// What the project decided, and the day it is, on which waivers depend.
    pub decisions: Option<Decisions>,
    /// The findings that count as existing, and the file they stand in as it is named to people.
    pub baseline: Option<(String, Baseline)>,
    /// The directory of the Terraform source, in which findings get their places.
    pub source: Option<String>,
    /// Policies of the user's own, asked beside those of the program.
    pub own: Option<Own>,
    /// Which of the plans that were named these are; then it cannot be told of a waiver or a baseline that nothing is left.
    pub partition: Option<Partition>,
}

impl Default for Options {
    /// As `oacguard check` without any flag.
    fn default() -> Self {
        Self {
            fail_on: Some(Severity::Error),
            fail_on_existing: false,
            unresolved: Severity::Note,
            require_paths: false,
            separate: false,
            max_size: MAX_SIZE,
            decisions: None,
            baseline: None,
            source: None,
            own: None,
            partition: None,
        }
    }
}

/// What a project decided.
#[derive(Debug, Clone)]
pub struct Decisions {
    /// `oacguard.toml`.
    pub config: Config,
    /// Today.
    pub today: Date,
}

impl Options {
    /// A hash of all that decides on how plans are judged.
    pub fn fingerprint(&self) -> String {
        let own = self.own.as_ref().map(|own| (&own.files, &own.data, own.v0, &own.namespaces));
        // Not by the name of the file, which may lie elsewhere on each machine.
        let decided = self.decisions.as_ref().map(|decisions| &decisions.config);
        let decided = decided.map(|config| (&config.check, &config.policies, &config.waivers));
        let baseline = self.baseline.as_ref().map(|(_, baseline)| baseline);
        let judging = (self.fail_on, self.fail_on_existing, self.unresolved, self.require_paths);
        judge::fingerprint([Some(format!("{judging:?} {own:?} {decided:?} {baseline:?}").as_str())])
    }

    /// The part of them that decides on severities.
    pub fn judging(&self) -> judge::Options {
        let settings = self.decisions.iter().flat_map(|decisions| &decisions.config.policies);
        judge::Options {
            fail_on: self.fail_on,
            fail_on_existing: self.fail_on_existing,
            unresolved: self.unresolved,
            severities: settings.filter_map(|setting| Some((setting.id.clone(), setting.severity?))).collect(),
            baseline: self.baseline.as_ref().map(|(_, baseline)| baseline.clone()),
        }
    }
}

/// What a run found out.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The answer.
    pub report: Report,
    /// What the policies saw of the plans that could be read.
    pub facts: Option<Facts>,
}

/// Judges plans. Never fails: what went wrong is in the report, whose verdict is then `none`.
pub fn check(sources: Vec<Source>, options: &Options) -> Outcome {
    run::check(sources, options, &unwatched)
}

/// The same, telling `watch` how far it is.
pub fn check_watched(sources: Vec<Source>, options: &Options, watch: &Watch<'_>) -> Outcome {
    run::check(sources, options, watch)
}

/// Whether the `ndjson` report on these can be written plan by plan, by [`check_streamed`].
pub fn can_be_streamed(inputs: &[Input], options: &Options) -> bool {
    run::can_be_streamed(inputs, options)
}

/// Judges plans of which [`can_be_streamed`] says that they can be, and gives `sink` the lines of the `ndjson` report on the
/// first of them while others are still read. The outcome says how it ends, and has neither plans nor findings nor paths.
///
/// # Errors
/// Why the report is not whole.
pub fn check_streamed(
    inputs: Vec<Input>,
    options: &Options,
    how: &Show,
    sink: &mut Sink<'_>,
    watch: &Watch<'_>,
) -> Result<Outcome, Unwritten> {
    run::check_streamed(inputs, options, how, sink, watch)
}

/// The outcome of a run that could not begin, such as one whose configuration is refused.
pub fn refused(errors: Vec<ReportError>) -> Outcome {
    run::refused(errors)
}

/// What the policies would see of these plans, none of which may have more than `max_size` bytes when it is unpacked.
///
/// # Errors
/// Why plans could not be read.
pub fn facts(sources: Vec<Source>, separate: bool, max_size: u64) -> Result<Facts, Vec<ReportError>> {
    run::facts(sources, separate, max_size, &unwatched)
}

/// The same, telling `watch` how far it is.
///
/// # Errors
/// As [`facts`].
pub fn facts_watched(
    sources: Vec<Source>,
    separate: bool,
    max_size: u64,
    watch: &Watch<'_>,
) -> Result<Facts, Vec<ReportError>> {
    run::facts(sources, separate, max_size, watch)
}
