//! Keys that an earlier default of a bucket may have been. A plan shows the default of today and of afterwards only; that a
//! key's policy lets the distribution decrypt is the one trace that an older one leaves.

use super::encryption;
use super::facts::{Access, Existing, Fact, KeyFacts, PartingKeyFacts, Retirement};
use super::grants::{admits, shuts_out};
use super::retired::state;
use super::view::View;
use super::world::Seen;
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
    let is_usable = |at: At| state(&then, at, false).is_none();
    let candidates: Vec<PartingCandidate> = match after.facts.access.known() {
        Some(Access::Oac) => {
            let is_closed = |at: At| after.request.as_ref().is_ok_and(|request| shuts_out(&now, request, at));
            let going = |at: &At| {
                let how = state(&now, *at, true).or_else(|| is_closed(*at).then_some(Retirement::Ungranted))?;
                Some((*at, Some(how)))
            };
            view.estate.keys_changed().iter().filter_map(going).collect()
        }
        // Where KMS is the default, that says it all.
        Some(_) if after.facts.existing.known() == Some(&Existing::SseS3) => {
            view.estate.keys_before().iter().map(|at| (*at, None)).collect()
        }
        _ => Vec::new(),
    };
    let needed: Vec<&KeyFacts> = [&before.facts, &after.facts]
        .into_iter()
        .flat_map(|facts| [&facts.key, &facts.existing_key])
        .filter_map(|key| key.as_ref().and_then(Fact::known))
        .collect();
    // S3 uses keys of the Region of the bucket only.
    let region = before.bucket.as_ref().and_then(|bucket| encryption::region(&then, bucket));
    let is_near = |at: At| {
        let of_key = view.estate.region(at, World::Before);
        of_key.zip(region.as_ref()).is_none_or(|(of_key, region)| of_key == *region)
    };
    candidates
        .into_iter()
        .filter(|(at, _)| is_usable(*at) && is_near(*at))
        .map(|(at, how)| (at, PartingKeyFacts { label: view.estate.label(at), how }))
        .filter(|(_, key)| needed.iter().all(|needed| needed.label != key.label))
        .filter(|(at, _)| admits(&then, request, *at))
        .map(|(_, key)| key)
        .collect()
}

type PartingCandidate = (At, Option<Retirement>);
