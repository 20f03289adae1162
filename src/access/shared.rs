//! The bucket behind an origin whose domain a local hides, through what the two have in common.

use std::collections::{BTreeSet, HashMap};

use super::origin::Origin;
use super::view::View;
use crate::aws::arn::identity_id;
use crate::links::buckets::Bucket;
use crate::links::estate::{At, Link, is_open};
use crate::plan::World;
use crate::plan::value::Text;

/// The bucket that shares with this origin what only the two of them have in common: the OAI that one bucket policy names, or
/// this very distribution.
pub(super) fn shared(view: &View<'_, '_, '_>, origin: &Origin<'_>) -> Option<Link<Bucket>> {
    let identity = origin
        .expression(&["s3_origin_config", "origin_access_identity"])
        .map(|expression| view.estate.resolve(origin.distribution, expression))
        .unwrap_or_default()
        .into_iter()
        .filter_map(|(_, at)| at)
        .find(|at| view.estate.kind(*at).0 == "aws_cloudfront_origin_access_identity");
    let known_identity = origin
        .values
        .block("s3_origin_config")
        .ok()
        .flatten()
        .and_then(|block| block.text("origin_access_identity").non_empty())
        .and_then(|path| view.estate.identity(path, view.world));
    // Another origin that uses the same identity may be the one that the policy is meant for, and so may one of the same
    // distribution where that is all there is to go by.
    let wanted = identity.or(known_identity).unwrap_or(origin.distribution);
    if wanted == origin.distribution && view.values(origin.distribution)?.get("origin")?.items().len() != 1
        || wanted != origin.distribution && uses(view, wanted) != 1
    {
        return None;
    }
    let policies = || view.estate.bucket_policies(wanted.plan, World::After);
    // A policy whose text or bucket is hidden may be the one that matters.
    if policies().any(|at| is_hidden(view, at)) {
        return None;
    }
    let buckets: BTreeSet<Bucket> = policies()
        .filter(|policy| mentions(view, *policy, "policy", wanted, 0))
        .filter_map(|policy| view.estate.bucket_of(policy, "bucket", World::After).target().cloned())
        .collect();
    let mut buckets = buckets.into_iter();
    match (buckets.next(), buckets.next()) {
        // A bucket that is there already has a domain that every reference to it shows.
        (Some(bucket), None) if !view.estate.has_settled_name(&bucket) => Some(Link::To(bucket)),
        _ => None,
    }
}

/// Whether a bucket policy does not show its bucket, or all of what its text was written with.
fn is_hidden(view: &View<'_, '_, '_>, policy: At) -> bool {
    if view.estate.bucket_of(policy, "bucket", World::After).target().is_none() {
        return true;
    }
    if view.estate.instance(policy).texts(World::After, &["policy"]).into_iter().flatten().next().is_some() {
        return false;
    }
    let sources =
        view.estate.expressions(policy).get("policy").map(|expression| view.estate.resolve(policy, expression));
    sources.is_none_or(|sources| sources.is_empty() || is_open(&sources))
}

/// How many origins of all distributions use which identity.
#[derive(Debug, Default)]
pub(super) struct Uses {
    /// By the id of the identity.
    by_id: HashMap<String, usize>,
    /// By the plan, those whose identity is known after apply. Which of several it is does not matter here: any may be.
    unknown: HashMap<usize, usize>,
    /// Those that may use any identity.
    hidden: usize,
}

impl Uses {
    fn of(view: &View<'_, '_, '_>) -> Self {
        let mut uses = Self::default();
        let all = view.estate.all(World::After).into_iter();
        let distributions = all.filter(|at| view.estate.kind(*at) == ("aws_cloudfront_distribution", true));
        for (at, origins) in distributions.filter_map(|at| Some((at, view.values(at)?.get("origin")?.items()))) {
            for origin in origins {
                match origin.block("s3_origin_config") {
                    Ok(None) => {}
                    Ok(Some(block)) => match block.text("origin_access_identity") {
                        Text::Known(path) => *uses.by_id.entry(identity_id(path).to_owned()).or_default() += 1,
                        Text::Unset => {}
                        Text::Unknown => *uses.unknown.entry(at.plan).or_default() += 1,
                    },
                    Err(_) => uses.hidden += 1,
                }
            }
        }
        uses
    }
}

/// How many origins of all distributions may use an identity.
fn uses(view: &View<'_, '_, '_>, identity: At) -> usize {
    let uses = view.memo.uses(view.world).get_or_init(|| Uses::of(view));
    let id = view.estate.instance(identity).texts(World::After, &["id"]).into_iter().flatten().next();
    let by_id = id.and_then(|id| uses.by_id.get(&id)).copied().unwrap_or_default();
    by_id + uses.unknown.get(&identity.plan).copied().unwrap_or_default() + uses.hidden
}

/// Whether a policy names an instance: in its text, or in what it was written with.
fn mentions(view: &View<'_, '_, '_>, holder: At, attribute: &str, wanted: At, depth: usize) -> bool {
    const DEEPEST: usize = 4;
    let named_by = |text: &str| {
        let names = view.estate.instance(wanted).texts(World::After, &["iam_arn", "s3_canonical_user_id", "arn"]);
        names.into_iter().flatten().any(|name| text.contains(&name))
    };
    let text = view.estate.instance(holder).texts(World::After, &[attribute]).into_iter().flatten().next();
    if text.is_some_and(|text| named_by(&text)) {
        return true;
    }
    let expressions = view.estate.expressions(holder);
    let expression = if view.estate.kind(holder).0 == "aws_iam_policy_document" {
        Some(expressions)
    } else {
        expressions.get(attribute)
    };
    let Some(expression) = expression else { return false };
    view.estate.resolve(holder, expression).into_iter().filter_map(|(_, at)| at).any(|at| {
        at == wanted
            || depth < DEEPEST
                && view.estate.kind(at).0 == "aws_iam_policy_document"
                && mentions(view, at, "json", wanted, depth + 1)
    })
}
