//! The access paths of all distributions, each world's origins paired with the other's.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde_json::Value as Json;

use super::edge::chooses_origin;
use super::facts::{
    ChangeFacts, Counts, Fact, Grant, GrantFacts, PathEvidence, PathFacts, ReadState, ResourceChange, WorldFacts,
};
use super::grants::of_policies;
use super::memo::Memo;
use super::origin::Origin;
use super::parting;
use super::view::View;
use super::world::{Seen, look};
use crate::aws::distribution::{Name, routes_to_each, routing};
use crate::links::estate::{At, Estate};
use crate::plan::World;
use crate::plan::value::Node;

/// Every access path of every plan.
pub(super) fn all(estate: &Estate<'_, '_>, sources: &[String]) -> Vec<PathFacts> {
    let mut paths = Vec::new();
    let mut distributions: BTreeSet<At> = estate.all(World::Before).into_iter().collect();
    distributions.extend(estate.all(World::After));
    let is_taken_over = taken_over(estate);
    let mut distributions: Vec<At> =
        distributions.into_iter().filter(|at| is_distribution(estate, *at) && !is_taken_over(*at)).collect();
    distributions.sort_by_key(|at| (at.plan, &estate.instance(*at).address));
    let memo = Memo::default();
    let before = View { estate, sources, memo: &memo, world: World::Before };
    let after = before.in_world(World::After);
    for at in distributions {
        paths.extend(of_distribution(&before, &after, at));
    }
    // By keys of their own: paths are large, and to merge them takes as much memory again.
    paths.sort_by_cached_key(|path| (path.plan, path.distribution.clone(), path.origin.clone()));
    for (id, path) in paths.iter_mut().enumerate() {
        path.id = id;
    }
    paths
}

fn is_distribution(estate: &Estate<'_, '_>, at: At) -> bool {
    estate.kind(at) == ("aws_cloudfront_distribution", true)
}

/// Tells whether Terraform lets go of a distribution that another address or state takes in: then it is one, and judged there.
fn taken_over<'e>(estate: &'e Estate<'_, '_>) -> impl Fn(At) -> bool + 'e {
    let arn = |at: At| estate.instance(at).texts(World::After, &["arn"]).into_iter().flatten().next();
    let kept = OnceCell::new();
    let all_kept = move || -> HashSet<String> {
        let all = estate.all(World::After).into_iter().filter(|at| is_distribution(estate, *at));
        all.filter(|at| !estate.instance(*at).is_forgotten()).filter_map(arn).collect()
    };
    move |at| {
        estate.instance(at).is_forgotten() && arn(at).is_some_and(|arn| kept.get_or_init(&all_kept).contains(&arn))
    }
}

/// What an origin is called whose id the plan does not show.
const UNNAMED: &str = "(known after apply)";

/// What an origin is known by, with what was seen of it; none of it when it is no S3 origin.
type Looked = (Name, Option<Seen>);

fn looked(view: &View<'_, '_, '_>, distribution: At) -> Result<Vec<Looked>, String> {
    let Some(values) = view.values(distribution) else { return Ok(Vec::new()) };
    if let Some(why) = view.estate.untold(distribution, view.world) {
        return Err(why.to_owned());
    }
    // Every distribution has an origin; a document without any was cut, or hides them behind what is not known yet.
    let hidden = || "the plan does not show the origins of the distribution".to_owned();
    let origins = Origin::all(view, distribution).filter(|origins| !origins.is_empty()).ok_or_else(hidden)?;
    let names: Vec<Name> = origins.iter().map(|origin| origin.name.clone()).collect();
    let chooses = |behaviour: &Node, written: Option<&Json>| chooses_origin(view, distribution, behaviour, written);
    let expressions = view.estate.expressions(distribution);
    let routing = routing(values, expressions, &names, &chooses);
    // What leads where can differ only where the plan changes the distribution.
    let is_changed = view.estate.instance(distribution).is_changed();
    let mut routes = is_changed.then(|| routes_to_each(values, expressions, &names, &names)).into_iter().flatten();
    Ok(origins
        .iter()
        .zip(routing)
        .map(|(origin, routing)| {
            let routes = routes.next();
            let seen = look(view, origin, routing, &names);
            (origin.name.clone(), seen.map(|seen| Seen { routes, ..seen }))
        })
        .collect())
}

fn of_distribution(before: &View<'_, '_, '_>, after: &View<'_, '_, '_>, at: At) -> Vec<PathFacts> {
    let (was, will_be) = (looked(before, at), looked(after, at));
    let failed = will_be.as_ref().err().or(was.as_ref().err()).cloned();
    let (was, will_be) = (was.unwrap_or_default(), will_be.unwrap_or_default());
    let mut paths: Vec<PathFacts> = pair(was, will_be)
        .into_iter()
        .filter(|(before, after)| before.is_some() || after.is_some())
        .map(|(was, will_be)| path(after, at, was, will_be))
        .collect();
    if let Some(why) = failed {
        paths.extend(unknown_path(before, after, at, UNNAMED, &why));
    }
    paths
}

fn path(view: &View<'_, '_, '_>, at: At, before: Option<Seen>, after: Option<Seen>) -> PathFacts {
    let estate = view.estate;
    let after = after.map(|after| settle_acls(before.as_ref(), after));
    let parting = before.as_ref().zip(after.as_ref()).map(|(before, after)| parting::keys(view, before, after));
    let origin = after.as_ref().or(before.as_ref()).map(|seen| seen.origin.clone()).unwrap_or_default();
    let changed: BTreeMap<String, Vec<String>> = [&before, &after]
        .into_iter()
        .flatten()
        .flat_map(|seen| &seen.resources)
        .filter(|at| estate.instance(**at).is_changed())
        .map(|at| (estate.label(*at), estate.instance(*at).actions.clone()))
        .collect();
    let differs = |what: &dyn Fn(&Seen) -> Option<String>| match (&before, &after) {
        (Some(before), Some(after)) => what(before) != what(after),
        _ => false,
    };
    let (grant_before, grant_after) = crossed(view, before.as_ref(), after.as_ref()).unzip();
    let change = ChangeFacts {
        grant_before,
        grant_after,
        resources: changed.into_iter().map(|(address, actions)| ResourceChange { address, actions }).collect(),
        access: differs(&|seen| seen.facts.access.known().map(|access| format!("{access:?}"))),
        bucket: differs(&|seen| seen.bucket.as_ref().map(|bucket| format!("{bucket:?}"))),
        encryption: differs(&|seen| seen.facts.encryption.known().map(|facts| format!("{:?}", facts.algorithm))),
        key: differs(&|seen| Some(seen.facts.key.as_ref()?.known()?.label.clone())),
        viewers: before.as_ref().zip(after.as_ref()).is_some_and(|(before, after)| {
            let routes = before.routes.as_ref().zip(after.routes.as_ref());
            routes.is_some_and(|(before, after)| after.take_more_than(before)) || gains_a_name(view, at)
        }),
    };
    PathFacts {
        id: 0,
        plan: at.plan,
        distribution: estate.label(at),
        origin,
        before: before.map(|seen| seen.facts),
        after: after.map(|seen| WorldFacts { parting_keys: parting.unwrap_or_default(), ..seen.facts }),
        change,
    }
}

/// Whether the plan gives a distribution a host name that another one has today. Of one that is new, nobody is served yet who
/// could lose anything.
fn gains_a_name(view: &View<'_, '_, '_>, at: At) -> bool {
    let names = |world| {
        let values = view.in_world(world).values(at);
        let items = values.and_then(|values| values.get("aliases")).map_or(&[] as &[Node], Node::items);
        items.iter().filter_map(Node::as_str).collect::<BTreeSet<_>>()
    };
    let gained = &names(World::After) - &names(World::Before);
    gained.into_iter().any(|name| view.estate.served_host_name(name))
}

/// Where a bucket policy let the origin read before, ACLs are not how the bucket grants it: they are no doubt afterwards.
fn settle_acls(before: Option<&Seen>, mut after: Seen) -> Seen {
    let granted = before.is_some_and(|before| {
        let grant = before.facts.bucket_grant.known();
        before.bucket == after.bucket && grant.is_some_and(|grant| grant.result == Grant::Allowed)
    });
    if let (true, Some(grant)) = (granted, after.without_acls.take()) {
        after.facts.bucket_grant = Fact::Known(grant);
        let readable = &mut after.facts.readable;
        for state in [&mut readable.existing, &mut readable.new] {
            if *state == ReadState::Unresolved && after.facts.edge_function.known() == Some(&false) {
                *state = ReadState::Unreadable;
            }
        }
    }
    after
}

/// What the bucket policy of each world says to the request of the other, where CloudFront comes to read a bucket in another
/// way: while the plan is applied, one meets the other.
fn crossed(
    view: &View<'_, '_, '_>,
    before: Option<&Seen>,
    after: Option<&Seen>,
) -> Option<(Fact<GrantFacts>, Fact<GrantFacts>)> {
    let (before, after) = (before?, after?);
    let bucket = after.bucket.as_ref().filter(|bucket| before.bucket.as_ref() == Some(*bucket))?;
    let way = |seen: &Seen| (seen.facts.access.clone(), seen.facts.oai.as_ref().map(|oai| oai.label.clone()));
    if way(before) == way(after) {
        return None;
    }
    let ask = |world, seen: &Seen| of_policies(&view.in_world(world), bucket, seen.access_point, &seen.request).fact;
    Some((ask(World::Before, after), ask(World::After, before)))
}

/// Which origin of before is which of after: by id; then, of those that are left, by bucket and reader, by bucket alone; then
/// the only ones left.
fn pair(before: Vec<Looked>, after: Vec<Looked>) -> Vec<(Option<Seen>, Option<Seen>)> {
    let mut before: Vec<Option<Looked>> = before.into_iter().map(Some).collect();
    let mut after: Vec<Option<Looked>> = after.into_iter().map(Some).collect();
    let mut pairs = Vec::new();
    let by_id = |was: &Looked, will_be: &Looked| matches!(&was.0, Name::Known(_)) && was.0 == will_be.0;
    let by_bucket = |was: &Looked, will_be: &Looked| {
        let bucket = |looked: &Looked| looked.1.as_ref().and_then(|seen| seen.bucket.clone());
        bucket(was).is_some() && bucket(was) == bucket(will_be)
    };
    let alike = |was: &Looked, will_be: &Looked| {
        let reader = |looked: &Looked| {
            let facts = &looked.1.as_ref()?.facts;
            Some((facts.access.clone(), facts.oai.clone(), facts.oac.as_ref().map(|oac| oac.label.clone())))
        };
        by_bucket(was, will_be) && reader(was) == reader(will_be)
    };
    for rule in [&by_id as &dyn Fn(&Looked, &Looked) -> bool, &alike, &by_bucket] {
        for will_be in &mut after {
            let found = before.iter_mut().find(|was| match (was.as_ref(), will_be.as_ref()) {
                (Some(was), Some(will_be)) => rule(was, will_be),
                _ => false,
            });
            if let Some(was) = found.and_then(Option::take) {
                pairs.push((was.1, will_be.take().and_then(|will_be| will_be.1)));
            }
        }
    }
    let before: Vec<Looked> = before.into_iter().flatten().collect();
    let after: Vec<Looked> = after.into_iter().flatten().collect();
    // An id that is known after apply may be the old one; with one left on either side it is the same origin, changed.
    let same =
        matches!((before.as_slice(), after.as_slice()), ([_], [will_be]) if !matches!(will_be.0, Name::Known(_)));
    if same {
        pairs.extend(before.into_iter().zip(after).map(|(was, will_be)| (was.1, will_be.1)));
        return pairs;
    }
    pairs.extend(before.into_iter().map(|was| (was.1, None)));
    pairs.extend(after.into_iter().map(|will_be| (None, will_be.1)));
    pairs
}

/// A path of which nothing is known but that there may be one.
fn unknown_path(
    before: &View<'_, '_, '_>,
    after: &View<'_, '_, '_>,
    at: At,
    origin: &str,
    why: &str,
) -> Option<PathFacts> {
    let facts = |view: &View<'_, '_, '_>| {
        view.values(at)?;
        Some(WorldFacts {
            evidence: PathEvidence {
                access: view.evidence(at, &[], "the distribution").into_iter().collect(),
                ..PathEvidence::default()
            },
            ..WorldFacts::unresolved(why)
        })
    };
    let (before, after_facts) = (facts(before), facts(after));
    (before.is_some() || after_facts.is_some()).then(|| PathFacts {
        id: 0,
        plan: at.plan,
        distribution: after.estate.label(at),
        origin: origin.to_owned(),
        before,
        after: after_facts,
        change: ChangeFacts::default(),
    })
}

/// How much was looked at.
pub(super) fn count(estate: &Estate<'_, '_>, paths: &[PathFacts]) -> Counts {
    let distributions = estate.all(World::After).into_iter().filter(|at| is_distribution(estate, *at));
    let after: Vec<&WorldFacts> = paths.iter().filter_map(|path| path.after.as_ref()).collect();
    let buckets: BTreeSet<&str> =
        after.iter().filter_map(|facts| facts.bucket.known()).map(|bucket| bucket.label.as_str()).collect();
    let keys: BTreeSet<&str> =
        after.iter().filter_map(|facts| facts.key.as_ref()?.known()).map(|key| key.label.as_str()).collect();
    Counts {
        distributions: distributions.count(),
        origins: after.len(),
        buckets: buckets.len(),
        keys: keys.len(),
        paths: paths.len(),
    }
}
