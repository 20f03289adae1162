//! Which instances of a resource or a module a reference means, where it lost its index.

use std::collections::BTreeSet;

use crate::plan::address::{Key, Step};

/// Which of the existing instances a traversal means: the one it indexes, else the only one, else the one that a key used in
/// the same expression names, else any. Also what is left of the traversal.
///
/// `x[each.key]` and `x["${each.key}-logs"]` look the same in the document. So every instance whose key contains the one
/// named may be meant as well.
pub(super) fn choose<'t>(
    existing: &BTreeSet<Option<Key>>,
    tail: &'t [Step],
    hints: &Hints,
) -> (BTreeSet<Option<Key>>, &'t [Step]) {
    if let [step, rest @ ..] = tail {
        let key = Some(step.as_key());
        if existing.contains(&key) {
            return (BTreeSet::from([key]), rest);
        }
        // Indexed with a key that does not exist, which Terraform would have refused.
        if matches!(step, Step::Index(_)) && !existing.contains(&None) {
            return (BTreeSet::new(), rest);
        }
    }
    let tail = match tail {
        // `x[0]` of a resource that has no `count`.
        [Step::Index(_), rest @ ..] => rest,
        _ => tail,
    };
    if existing.len() == 1 {
        return (existing.clone(), tail);
    }
    let counted = hints.counted.iter().filter(|(_, instances)| *instances == existing.len()).map(|(key, _)| key);
    let hinted: BTreeSet<Option<Key>> =
        hints.keys.iter().chain(counted).cloned().map(Some).filter(|key| existing.contains(key)).collect();
    if hinted.is_empty() {
        return (existing.clone(), tail);
    }
    let may_be = |key: &&Option<Key>| hinted.iter().any(|hint| holds(key.as_ref(), hint.as_ref()));
    (existing.iter().filter(may_be).cloned().collect(), tail)
}

/// Whether a key is this one, perhaps with something before or behind it.
fn holds(key: Option<&Key>, part: Option<&Key>) -> bool {
    match (key, part) {
        (Some(Key::Text(key)), Some(Key::Text(part))) => key.contains(part.as_str()),
        (key, part) => key == part,
    }
}

/// What the words beside a reference say of the index that it lost.
#[derive(Debug, Default)]
pub(super) struct Hints {
    /// Keys that may be it.
    pub(super) keys: BTreeSet<Key>,
    /// The key of this instance, and how many there are, where `count.index` is used: with a different number on the other
    /// side there is arithmetic between the two.
    pub(super) counted: Option<(Key, usize)>,
}
