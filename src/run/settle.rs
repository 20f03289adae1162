//! What a project decided about findings: policies switched off, waivers, and what its baseline holds.
//!
//! It is heeded plan by plan; what there is to say of the decisions themselves can be told only at the end.

use std::collections::BTreeSet;

use super::read::Document;
use crate::baseline::Known;
use crate::finding::Finding;
use crate::judge::{self, Judgement};
use crate::report::{BaselineSummary, ConfigSummary, ReportError};
use crate::waiver::{self, Places, Tally};
use crate::{Decisions, Options};

/// What became of the decisions in some of the plans.
#[derive(Debug, Default)]
pub(super) struct Heeded {
    config: Option<ConfigSummary>,
    tally: Tally,
    /// What the baseline says of findings, by fingerprint.
    known: BTreeSet<(String, Known)>,
    /// The fingerprints in the baseline of which something is left.
    left: BTreeSet<String>,
}

/// What there is to say of the decisions.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) config: Option<ConfigSummary>,
    pub(super) baseline: Option<BaselineSummary>,
    /// About waivers.
    pub(super) remarks: Vec<Finding>,
}

/// What the waivers select by JSONPath in all plans.
///
/// # Errors
/// Why they cannot be heeded.
pub(super) fn places(texts: &[Document<String>], options: &Options) -> Result<Places, ReportError> {
    let Some(Decisions { config, .. }) = &options.decisions else { return Ok(Places::default()) };
    let readable = texts.iter().filter_map(|(name, text)| Some((name.as_str(), text.as_ref().ok()?.as_str())));
    Places::of(&config.file, &config.waivers, readable)
}

impl Heeded {
    /// Heeds the decisions in what was found; what is left of it stands in the order of the report.
    pub(super) fn of(judgement: Judgement, options: &Options, places: &Places) -> (Self, Vec<Finding>) {
        let Judgement { mut findings, known } = judgement;
        let left = options.baseline.as_ref().map(|(_, baseline)| baseline.left_in(&findings));
        let mut heeded = Self { known, left: left.unwrap_or_default(), ..Self::default() };
        if let Some(Decisions { config, today }) = &options.decisions {
            heeded.config = Some(config.switch_off(&mut findings));
            heeded.tally = waiver::mark(&mut findings, config, *today, places);
        }
        (heeded, findings)
    }

    /// Takes in what became of them in other plans.
    pub(super) fn add(&mut self, other: Self) {
        self.known.extend(other.known);
        self.left.extend(other.left);
        self.tally.add(other.tally);
        match (&mut self.config, other.config) {
            (Some(config), Some(more)) => config.add(more),
            (config, more) => *config = config.take().or(more),
        }
    }

    /// What there is to say of them now that `plans` were judged.
    ///
    /// `complete` says whether everything was: of what was not, it cannot be told that it is gone.
    pub(super) fn said(self, options: &Options, places: &Places, plans: usize, complete: bool) -> Said {
        let complete = complete && options.partition.is_none();
        let baseline = options.baseline.as_ref().map(|(file, baseline)| {
            let those = |wanted: Known| {
                self.known.iter().filter(|(_, known)| *known == wanted).map(|(print, _)| print.clone()).collect()
            };
            let gone = if complete { baseline.without(&self.left) } else { Vec::new() };
            BaselineSummary { file: file.clone(), covered: those(Known::Covered), worse: those(Known::Worse), gone }
        });
        let Some(Decisions { config, today }) = &options.decisions else {
            return Said { baseline, ..Said::default() };
        };
        let context = waiver::Context { config, today: *today, places, complete, plans };
        let mut remarks = waiver::remarks(&self.tally, context);
        remarks.sort_by(judge::order);
        Said { config: self.config, baseline, remarks }
    }
}
