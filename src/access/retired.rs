//! Keys that objects need and that are disabled, scheduled for deletion or closed to CloudFront.
//!
//! Source: <https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html>.

use super::encryption::Encryption;
use super::facts::{Fact, Grant, RetiredKeyFacts, Retirement};
use super::grants::Answer;
use super::view::View;
use std::collections::BTreeSet;

use crate::links::estate::At;
use crate::plan::World;
use crate::plan::value::{Kind, Node, Text};

/// An encryption, and what the policy of its key says.
pub(super) type Needed<'n> = (Option<&'n Encryption>, Option<&'n Answer>);

/// The keys among those of new and of existing objects that cannot be used in the view's world. `was_granted` tells that
/// the key of existing objects may have let CloudFront decrypt before.
pub(super) fn keys(
    view: &View<'_, '_, '_>,
    new: Needed<'_>,
    existing: Needed<'_>,
    was_granted: bool,
) -> Vec<RetiredKeyFacts> {
    let (new_key, old_key) = (key_at(new.0), key_at(existing.0));
    let mut retired: Vec<RetiredKeyFacts> = Vec::new();
    if let Some((at, how)) = new_key.and_then(|at| Some((at, state(view, at, false)?))) {
        retired.push(RetiredKeyFacts { label: view.estate.label(at), how, new: true, existing: old_key == new_key });
    }
    if let Some(at) = old_key {
        let refused =
            matches!(existing.1.map(|answer| &answer.fact), Some(Fact::Known(grant)) if grant.result != Grant::Allowed);
        let ungranted = (old_key != new_key && refused && was_granted).then_some(Retirement::Ungranted);
        let how = state(view, at, true).or(ungranted);
        let label = view.estate.label(at);
        match how {
            // The key that goes and the one that takes its address are called the same and are two keys.
            Some(how) if how == Retirement::Replaced || retired.iter().all(|key| key.label != label) => {
                retired.push(RetiredKeyFacts { label, how, new: false, existing: true });
            }
            _ => {}
        }
    }
    retired
}

fn key_at(encryption: Option<&Encryption>) -> Option<At> {
    encryption.and_then(|encryption| encryption.key_at)
}

/// What became of a key; of one that is replaced it matters whether the old or the new one is meant.
pub(super) fn state(view: &View<'_, '_, '_>, at: At, old: bool) -> Option<Retirement> {
    let instance = view.estate.instance(at);
    if old && view.world == World::After && instance.is_destroyed() {
        return Some(if instance.is_created() { Retirement::Replaced } else { Retirement::Destroyed });
    }
    let values = view.values(at)?;
    // Another state, or another address, may have the same key and let go of it the hard way.
    let destroyed_elsewhere = || {
        view.world == World::After && values.text("arn").non_empty().is_some_and(|arn| view.estate.destroys_key(arn))
    };
    if destroyed_elsewhere() {
        return Some(Retirement::Destroyed);
    }
    if matches!(values.text("key_state"), Text::Known("PendingDeletion")) {
        return Some(Retirement::Destroyed);
    }
    is_disabled(values).then_some(Retirement::Disabled)
}

/// The keys of new and of existing objects of which the plan does not tell whether they stay enabled.
pub(super) fn unsettled(view: &View<'_, '_, '_>, new: Option<&Encryption>, old: Option<&Encryption>) -> Vec<String> {
    let is_open = |at: &At| {
        let values = view.values(*at);
        values.is_some_and(|values| {
            FLAGS.iter().any(|name| matches!(values.get(name).map(|flag| &flag.kind), Some(Kind::Unknown)))
        })
    };
    let keys: BTreeSet<At> = [new, old].into_iter().filter_map(key_at).filter(is_open).collect();
    // What a data source will read is no change of the key's.
    keys.into_iter().filter(|at| view.estate.kind(*at).1).map(|at| view.estate.label(at)).collect()
}

const FLAGS: [&str; 2] = ["is_enabled", "enabled"];

/// `is_enabled` of a key, `enabled` of a replica, an external key or a key that is looked up.
fn is_disabled(values: &Node) -> bool {
    FLAGS.iter().any(|name| matches!(values.get(name).map(|flag| &flag.kind), Some(Kind::Bool(false))))
}
