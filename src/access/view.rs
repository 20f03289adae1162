//! One world of the estate, as the builders of facts look at it.

use super::facts::Evidence;
use super::memo::Memo;
use crate::links::estate::{At, Estate};
use crate::plan::World;
use crate::plan::instance::Part;
use crate::plan::value::Node;

/// What stands in for a value that Terraform marks sensitive.
pub const SENSITIVE: &str = "(sensitive)";

/// What may be told of an attribute of `values` that is `text`: nothing of one that Terraform marks as sensitive, unless it is
/// one of these words, on which the judgement depends and which are AWS's own.
pub fn told<'t>(values: &Node, name: &str, text: &'t str, words: &[&str]) -> &'t str {
    let sensitive = values.sensitive || values.get(name).is_some_and(|value| value.sensitive);
    if sensitive && !words.contains(&text) { SENSITIVE } else { text }
}

/// One world of all plans.
#[derive(Debug, Clone, Copy)]
pub struct View<'v, 's, 'a> {
    /// The plans and what is found in them.
    pub estate: &'v Estate<'s, 'a>,
    /// The plans' sources as given, in their order.
    pub sources: &'v [String],
    /// What is worked out once for all of them.
    pub memo: &'v Memo,
    /// The world.
    pub world: World,
}

impl<'s> View<'_, 's, '_> {
    /// The attributes of an instance in this world.
    pub fn values(&self, at: At) -> Option<&'s Node> {
        self.estate.values(at, self.world)
    }

    /// The same plans in another world.
    #[must_use]
    pub fn in_world(&self, world: World) -> Self {
        Self { world, ..*self }
    }

    /// Evidence for what an attribute shows.
    pub fn evidence(&self, at: At, attribute: &[Part<'_>], note: impl Into<String>) -> Option<Evidence> {
        let path = self.estate.value_place(at, self.world, attribute)?;
        Some(self.evidence_at(at, path, note.into()))
    }

    /// Evidence for how an attribute is written in the configuration.
    pub fn written_evidence(&self, at: At, path: &[Part<'_>], note: impl Into<String>) -> Option<Evidence> {
        Some(self.evidence_at(at, self.estate.place(at, path)?, note.into()))
    }

    fn evidence_at(&self, at: At, path: String, note: String) -> Evidence {
        let plan = self.sources.get(at.plan).cloned().unwrap_or_default();
        Evidence { plan, address: self.estate.label(at), path, note }
    }
}
