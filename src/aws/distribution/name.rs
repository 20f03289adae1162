//! The names that origins, groups and behaviours know each other by, and whether two are the same.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use crate::links::expression::references;
use crate::plan::value::{Node, Text};

/// A name that origins, groups and behaviours know each other by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Name {
    /// Known.
    Known(String),
    /// Known after apply, written with these references.
    Written(BTreeSet<String>),
    /// Nothing is known of it.
    Unknown,
}

impl Name {
    pub(super) fn of(value: Text<'_>, expression: Option<&Json>) -> Self {
        match value {
            Text::Known(text) => Self::Known(text.to_owned()),
            // Both are required, so one that is not there is one that the document hides.
            Text::Unset => Self::Unknown,
            Text::Unknown => {
                let written: BTreeSet<String> = expression
                    .map(references)
                    .unwrap_or_default()
                    .into_iter()
                    .map(|reference| reference.text)
                    .collect();
                if written.is_empty() { Self::Unknown } else { Self::Written(written) }
            }
        }
    }

    pub(super) fn is(&self, other: &Self) -> Match {
        match (self, other) {
            (Self::Known(one), Self::Known(other)) if one == other => Match::Yes,
            (Self::Known(_), Self::Known(_)) => Match::No,
            (Self::Written(one), Self::Written(other)) if one == other => Match::Yes,
            _ => Match::Maybe,
        }
    }
}

/// Whether two names are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Match {
    Yes,
    Maybe,
    No,
}

/// The name of an origin, from its value or from how it was written.
#[must_use]
pub fn origin_name(origin: &Node, written: Option<&Json>) -> Name {
    Name::of(origin.text("origin_id"), written.and_then(|block| block.get("origin_id")))
}

pub(super) fn either(one: Match, other: Match) -> Match {
    match (one, other) {
        (Match::Yes, _) | (_, Match::Yes) => Match::Yes,
        (Match::No, Match::No) => Match::No,
        _ => Match::Maybe,
    }
}

pub(super) fn both(one: Match, other: Match) -> Match {
    match (one, other) {
        (Match::No, _) | (_, Match::No) => Match::No,
        (Match::Yes, Match::Yes) => Match::Yes,
        _ => Match::Maybe,
    }
}
