//! Keys that an earlier default of a bucket may have been. A plan shows the default of today and of afterwards only; that a
//! key's policy lets the distribution decrypt is the one trace that an older one leaves.

use std::collections::{HashMap, HashSet};

use super::encryption;
use super::facts::{Access, Existing, Fact, KeyFacts, PartingKeyFacts, Retirement};
use super::grants::{admits, shuts_out};
use super::policy::of_key;
use super::retired::state;
use super::view::View;
use super::world::Seen;
use crate::iam::{Document, Request, Sources, sources};
use crate::links::estate::At;
use crate::plan::World;

/// The keys that go out of use or are closed to the distribution with this plan, or that CloudFront can use no longer as the origin loses its origin access
/// control, and whose policy lets the distribution decrypt today. None of those that the defaults name, of which more is
/// known.
pub(super) fn keys(view: &View<'_, '_, '_>, before: &Seen, after: &Seen) -> Vec<PartingKeyFacts> {
    let Ok(request) = &before.request else { return Vec::new() };
    if before.facts.access.known() != Some(&Access::Oac) || before.bucket.is_none() || before.bucket != after.bucket {
        return Vec::new();
    }
    let (then, now) = (view.in_world(World::Before), view.in_world(World::After));
    let is_changed_only = match after.facts.access.known() {
        Some(Access::Oac) => true,
        // Where KMS is the default, that says it all.
        Some(_) if after.facts.existing.known() == Some(&Existing::SseS3) => false,
        _ => return Vec::new(),
    };
    let how = |at: At| {
        let is_closed = || after.request.as_ref().is_ok_and(|request| shuts_out(&now, request, at));
        state(&now, at, true).or_else(|| is_closed().then_some(Retirement::Ungranted))
    };
    let needed: Vec<&KeyFacts> = [&before.facts, &after.facts]
        .into_iter()
        .flat_map(|facts| [&facts.key, &facts.existing_key])
        .filter_map(|key| key.as_ref().and_then(Fact::known))
        .collect();
    // S3 uses keys of the Region of the bucket only.
    let region = before.bucket.as_ref().and_then(|bucket| encryption::region(&then, bucket));
    let is_near = |key: &Key| key.region.as_ref().zip(region.as_ref()).is_none_or(|(own, region)| own == region);
    let keys = view.memo.parting.get_or_init(|| Keys::of(&then));
    keys.that_may_admit(request)
        .filter(|key| (key.is_changed || !is_changed_only) && is_near(key))
        .filter(|key| needed.iter().all(|needed| needed.label != key.label))
        .filter(|key| admits(&then, request, key.at, &key.document))
        .filter_map(|key| {
            let how = if is_changed_only { Some(how(key.at)?) } else { None };
            Some(PartingKeyFacts { label: key.label.clone(), how })
        })
        .collect()
}

/// A key that is there and can be used before the plan, with the policy that it has then.
#[derive(Debug)]
struct Key {
    at: At,
    label: String,
    region: Option<String>,
    document: Document,
    is_changed: bool,
}

/// All of these, found by the distributions that their policies may admit.
#[derive(Debug, Default)]
pub(super) struct Keys {
    all: Vec<Key>,
    /// The positions of those that admit distributions by their ARNs only.
    by_source: HashMap<String, Vec<usize>>,
    of_any: Vec<usize>,
}

impl Keys {
    fn of(then: &View<'_, '_, '_>) -> Self {
        let mut keys = Self::default();
        let changed: HashSet<At> = then.estate.keys_changed().iter().copied().collect();
        for at in then.estate.keys_before().iter().copied().filter(|at| state(then, *at, false).is_none()) {
            let Ok(Some(document)) = of_key(then, at).document else { continue };
            let position = keys.all.len();
            match sources(&document) {
                Sources::Any => keys.of_any.push(position),
                Sources::Only(arns) => {
                    for arn in arns {
                        keys.by_source.entry(arn).or_default().push(position);
                    }
                }
            }
            let (label, region) = (then.estate.label(at), then.estate.region(at, World::Before));
            keys.all.push(Key { at, label, region, document, is_changed: changed.contains(&at) });
        }
        keys
    }

    /// Those whose policy may let whoever makes a request decrypt.
    fn that_may_admit(&self, request: &Request) -> impl Iterator<Item = &Key> {
        let (named, all): (_, Vec<usize>) = match request.source() {
            Some(arn) => (self.by_source.get(arn).map_or(&[] as &[usize], Vec::as_slice), self.of_any.clone()),
            None => (&[], (0..self.all.len()).collect()),
        };
        let mut positions: Vec<usize> = named.iter().copied().chain(all).collect();
        positions.sort_unstable();
        positions.into_iter().filter_map(|at| self.all.get(at))
    }
}
