//! Makes the model of the access path that a finding is about: from the facts, or from the finding alone without them.

use super::fault::fault;
use super::{Node, Tree};
use crate::access::facts::{
    Access, Algorithm, ChangeFacts, EncryptionFacts, EncryptionSource, Existing, Fact, Facts, KeyFacts, KeyManager,
    PathFacts, WorldFacts,
};
use crate::finding::Finding;

/// The path of `finding`, made from the facts if they hold it; empty for a finding about no path.
pub(crate) fn of(finding: &Finding, facts: Option<&Facts>) -> Tree {
    let path = facts.and_then(|facts| find(finding, facts));
    let worlds = path.and_then(|path| path.after.as_ref().or(path.before.as_ref()).map(|world| (path, world)));
    let Some((path, world)) = worlds else {
        return bare(finding);
    };
    // A path that the plan ends is shown as it was; there is nothing to compare it with.
    let before = path.after.as_ref().and(path.before.as_ref());
    Tree { nodes: nodes(path, &path.change, world, before), fault: fault(finding, world) }
}

/// What is on `path` in `world`: distribution, origin, origin access, bucket and, if there is one, key. What was otherwise in
/// `before` is said of each, and what `change` does to it.
pub(super) fn nodes(
    path: &PathFacts,
    change: &ChangeFacts,
    world: &WorldFacts,
    before: Option<&WorldFacts>,
) -> Vec<Node> {
    let mut nodes = vec![
        distribution(path, change, world),
        origin(path, world, before),
        access(change, world, before),
        bucket(change, world, before),
    ];
    nodes.extend(key(change, world, before));
    nodes
}

/// The resources of `finding` in a row, for a line that stands for the whole path.
pub(crate) fn in_a_row(finding: &Finding) -> String {
    let origin = finding.origin.as_ref().map(|id| format!("origin \"{id}\""));
    let parts = [&finding.distribution, &origin, &finding.bucket, &finding.key];
    parts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" → ")
}

/// The word for an algorithm.
pub(crate) fn algorithm(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::SseS3 => "SSE-S3",
        Algorithm::SseKms => "SSE-KMS",
        Algorithm::DsseKms => "DSSE-KMS",
    }
}

/// The path that `finding` is about.
pub(super) fn find<'a>(finding: &Finding, facts: &'a Facts) -> Option<&'a PathFacts> {
    let is_about = |path: &&PathFacts| {
        facts.plans.get(path.plan).is_some_and(|plan| plan.source == finding.plan)
            && finding.distribution.as_ref() == Some(&path.distribution)
            && finding.origin.as_ref() == Some(&path.origin)
    };
    let runs_through = |path: &&PathFacts| {
        let buckets = [&path.after, &path.before].into_iter().flatten().filter_map(|world| world.bucket.known());
        buckets.into_iter().any(|bucket| finding.bucket.as_ref() == Some(&bucket.label))
    };
    let mut candidates = facts.paths.iter().filter(is_about);
    candidates.clone().find(runs_through).or_else(|| candidates.next())
}

/// What can be drawn without facts.
pub(super) fn bare(finding: &Finding) -> Tree {
    let node = |kind, label: &Option<String>| {
        label.as_ref().map(|label| Node { kind, label: label.clone(), ..Node::default() })
    };
    let origin = finding.origin.as_ref().map(|id| format!("\"{id}\""));
    let nodes = [
        node("", &finding.distribution),
        node("origin", &origin),
        node("bucket", &finding.bucket),
        node("key", &finding.key),
    ];
    Tree { nodes: nodes.into_iter().flatten().collect(), fault: None }
}

fn distribution(path: &PathFacts, change: &ChangeFacts, world: &WorldFacts) -> Node {
    let mut details = changed(change, Some(&path.distribution));
    if world.enabled.known() == Some(&false) {
        details.push("disabled".to_owned());
    }
    if world.staging.known() == Some(&true) {
        details.push("staging".to_owned());
    }
    Node { label: path.distribution.clone(), details, ..Node::default() }
}

fn origin(path: &PathFacts, world: &WorldFacts, before: Option<&WorldFacts>) -> Node {
    let mut details = Vec::new();
    match &world.domain {
        Fact::Known(domain) => {
            let old = before.and_then(|before| before.domain.known()).filter(|old| *old != domain);
            match old {
                Some(old) => details.push(format!("{old} → {domain}")),
                // Many name an origin by its domain.
                None if *domain == path.origin => {}
                None => details.push(domain.clone()),
            }
        }
        Fact::Unknown(_) => details.push("domain not known yet".to_owned()),
    }
    if !world.used {
        details.push("no behaviour leads here".to_owned());
    }
    Node { kind: "origin", label: format!("\"{}\"", path.origin), details, ..Node::default() }
}

fn access(change: &ChangeFacts, world: &WorldFacts, before: Option<&WorldFacts>) -> Node {
    let (kind, label) = access_name(world);
    let address = world
        .oai
        .as_ref()
        .map_or_else(|| world.oac.as_ref().and_then(|oac| oac.address.as_ref()), |oai| oai.address.as_ref());
    let mut node = Node { kind, label, details: changed(change, address), ..Node::default() };
    if let Some(before) = before {
        let (old_kind, old) = access_name(before);
        if (old_kind, &old) != (node.kind, &node.label) {
            node.details.push(format!("was {old_kind}{}{old}", if old_kind.is_empty() { "" } else { " " }));
        }
    }
    if let Some(signing) = world.oac.as_ref().and_then(|oac| oac.signing.known()).filter(|signing| *signing != "always")
    {
        node.details.push(format!("signing {signing}"));
    }
    if world.edge_function.known() == Some(&true) {
        node.notes.push("a Lambda@Edge function rewrites every request to this origin".to_owned());
    }
    node
}

/// The way to the origin, as the kind and the label of a node.
fn access_name(world: &WorldFacts) -> (&'static str, String) {
    match (&world.oai, &world.oac, &world.access) {
        (Some(oai), Some(oac), _) => ("OAI", format!("{} and OAC {}", oai.label, oac.label)),
        (Some(oai), None, _) => ("OAI", oai.label.clone()),
        (None, Some(oac), _) => ("OAC", oac.label.clone()),
        (None, None, Fact::Known(Access::Website)) => ("", "website endpoint, requests unsigned".to_owned()),
        (None, None, Fact::Known(Access::Unsigned)) => ("", "no origin access, requests unsigned".to_owned()),
        (None, None, Fact::Known(Access::Oai)) => ("OAI", "not named in the plan".to_owned()),
        (None, None, Fact::Known(Access::Oac)) => ("OAC", "not named in the plan".to_owned()),
        (None, None, Fact::Unknown(_)) => ("", "origin access not known yet".to_owned()),
    }
}

fn bucket(change: &ChangeFacts, world: &WorldFacts, before: Option<&WorldFacts>) -> Node {
    let mut node = Node { kind: "bucket", ..Node::default() };
    if let Some(gone) = &world.destroyed_bucket {
        node.label.clone_from(gone);
        node.details.push("destroyed".to_owned());
        return node;
    }
    match &world.bucket {
        Fact::Known(bucket) => {
            node.label.clone_from(&bucket.label);
            node.details = changed(change, bucket.address.as_ref());
            let old = before.and_then(|before| before.bucket.known()).map(|old| &old.label);
            node.details.extend(was(old, &bucket.label));
        }
        Fact::Unknown(why) => {
            "not known yet".clone_into(&mut node.label);
            node.notes.push(format!("because {why}"));
        }
    }
    match &world.encryption {
        Fact::Known(now) => {
            let old = before.and_then(|before| before.encryption.known());
            node.details.push(match old {
                Some(old) if old.algorithm != now.algorithm => {
                    format!("{} → {}", algorithm(old.algorithm), algorithm(now.algorithm))
                }
                _ => algorithm(now.algorithm).to_owned(),
            });
            node.notes.extend(encryption_note(change, now));
        }
        Fact::Unknown(why) => {
            node.details.push("encryption not known yet".to_owned());
            node.notes.push(format!("because {why}"));
        }
    }
    let default_is_kms = world.encryption.known().is_some_and(|now| now.algorithm != Algorithm::SseS3);
    if world.existing.known() == Some(&Existing::Kms) && !default_is_kms {
        node.notes.push("objects there today may be encrypted with a KMS key".to_owned());
    }
    node
}

fn encryption_note(change: &ChangeFacts, encryption: &EncryptionFacts) -> Option<String> {
    let done = |address| changed(change, Some(address)).into_iter().next().map(|word| format!(" ({word})"));
    match (encryption.source, &encryption.address) {
        (EncryptionSource::Resource, Some(address)) => {
            Some(format!("set by {address}{}", done(address).unwrap_or_default()))
        }
        (EncryptionSource::Inline, _) => Some("set in the bucket's own block".to_owned()),
        (EncryptionSource::Observed, _) => Some("as AWS reports it; nothing in this plan sets it".to_owned()),
        (EncryptionSource::Resource, None) | (EncryptionSource::Default, _) => None,
    }
}

fn key(change: &ChangeFacts, world: &WorldFacts, before: Option<&WorldFacts>) -> Option<Node> {
    let label = |key: &KeyFacts| key.label.clone();
    let old = before.and_then(|before| before.key.as_ref()).and_then(Fact::known).map(label);
    let mut node = Node { kind: "key", ..Node::default() };
    match world.key.as_ref()? {
        Fact::Known(key) => {
            node.label = label(key);
            node.details = changed(change, key.address.as_ref());
            node.details.extend(was(old.as_ref(), &key.label));
            if key.manager.known() == Some(&KeyManager::Aws) {
                node.details.push("managed by AWS".to_owned());
            }
        }
        Fact::Unknown(why) => {
            "not known yet".clone_into(&mut node.label);
            node.notes.push(format!("because {why}"));
        }
    }
    Some(node)
}

fn was(old: Option<&String>, now: &str) -> Option<String> {
    old.filter(|old| *old != now).map(|old| format!("was {old}"))
}

/// What this plan does to a resource, in a word.
fn changed(change: &ChangeFacts, address: Option<&String>) -> Vec<String> {
    let actions =
        change.resources.iter().find(|resource| Some(&resource.address) == address).map(|found| &found.actions);
    let does = |wanted: &str| actions.is_some_and(|actions| actions.iter().any(|action| action == wanted));
    let word = match (does("create"), does("delete")) {
        (true, true) => "replaced",
        (true, false) => "created",
        (false, true) => "destroyed",
        (false, false) if does("update") => "changed",
        (false, false) if does("forget") => "forgotten",
        (false, false) => return Vec::new(),
    };
    vec![word.to_owned()]
}
