//! The KMS key that a bucket's default encryption uses.
//!
//! Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html>.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::facts::{Evidence, Fact, KeyFacts, KeyManager};
use super::view::{SENSITIVE, View};
use crate::aws::arn::KeyName;
use crate::aws::encryption::Rule;
use crate::links::estate::{At, dead_ends, is_open};
use crate::links::expression::references;
use crate::links::keys::is_key;
use crate::links::resolve::Source;
use crate::plan::World;
use crate::plan::instance::Part;
use crate::plan::value::Text;

/// A key that was found, or why none was.
#[derive(Debug, Clone)]
pub struct Found {
    /// What is known of it.
    pub facts: Fact<KeyFacts>,
    /// The key, if it is one of a plan's.
    pub at: Option<At>,
    /// Where it was read.
    pub evidence: Vec<Evidence>,
}

/// The key of a KMS rule held by `holder`. `written` is how the rule stands in the configuration, none if it is not shown.
pub fn of_rule(
    view: &View<'_, '_, '_>,
    holder: At,
    rule: Rule<'_>,
    written: Option<&Json>,
    place: &[Part<'_>],
) -> Found {
    let expression = written.and_then(|block| block.get("kms_master_key_id"));
    let (key, note) = match rule.key {
        Text::Unset => (aws_managed(), "no key is named, so S3 uses the AWS managed key aws/s3".to_owned()),
        Text::Known(text) => {
            let shown = if rule.key_is_sensitive { SENSITIVE } else { text };
            let note = if text.is_empty() {
                "no key is named, so S3 uses the AWS managed key aws/s3".to_owned()
            } else {
                format!("kms_master_key_id: \"{shown}\"")
            };
            (named(view, holder.plan, &KeyName::parse(text), rule.key_is_sensitive, 0), note)
        }
        Text::Unknown => match (expression, written) {
            (Some(expression), _) => {
                (behind(view, holder, expression), "kms_master_key_id: known after apply".to_owned())
            }
            // The provider fills in what is not configured; AWS fills it in with its own key.
            (None, Some(_)) => {
                (aws_managed(), "no key is configured, so S3 uses the AWS managed key aws/s3".to_owned())
            }
            (None, None) => {
                let why = "the key is known after apply, and the plan does not show what it was written with";
                (Key::Unresolved(why.to_owned()), "kms_master_key_id: known after apply".to_owned())
            }
        },
    };
    found(view, holder, key, place, note)
}

/// The key of an object that is encrypted with KMS: the one that its `kms_key_id` names, or AWS's own.
pub fn of_object(view: &View<'_, '_, '_>, object: At) -> Found {
    const NAME: &str = "kms_key_id";
    let unnamed = "no key is named, so S3 uses the AWS managed key aws/s3";
    let values = view.values(object);
    let sensitive = values.is_some_and(|values| values.sensitive || values.get(NAME).is_some_and(|key| key.sensitive));
    let expression = view.estate.expressions(object).get(NAME).filter(|_| view.world == World::After);
    let (key, note) = match (values.map_or(Text::Unset, |values| values.text(NAME)), expression) {
        (Text::Known(text), _) if !text.is_empty() => {
            let shown = if sensitive { SENSITIVE } else { text };
            (named(view, object.plan, &KeyName::parse(text), sensitive, 0), format!("{NAME}: \"{shown}\""))
        }
        (Text::Unknown, Some(expression)) => (behind(view, object, expression), format!("{NAME}: known after apply")),
        _ => (aws_managed(), unnamed.to_owned()),
    };
    found(view, object, key, &[Part::Name(NAME)], note)
}

fn found(view: &View<'_, '_, '_>, holder: At, key: Key, place: &[Part<'_>], note: String) -> Found {
    let mut evidence: Vec<Evidence> = view.evidence(holder, place, note).into_iter().collect();
    let at = match &key {
        Key::Instance(at) => Some(*at),
        _ => None,
    };
    if let Some(at) = at {
        evidence.extend(view.evidence(at, &[], "the key"));
    }
    Found { facts: facts(view, key), at, evidence }
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    /// `aws/s3`.
    AwsManaged,
    /// A key, or a look-up of one, in a plan.
    Instance(At),
    /// A key or an alias that no plan has; sensitive or not.
    Named(String, bool),
    Unresolved(String),
}

fn aws_managed() -> Key {
    Key::AwsManaged
}

/// Aliases lead to keys, and through data sources to other aliases; not far.
const DEEPEST: usize = 4;

fn named(view: &View<'_, '_, '_>, plan: usize, name: &KeyName<'_>, sensitive: bool, depth: usize) -> Key {
    if name.is_aws_managed() {
        return Key::AwsManaged;
    }
    match name {
        KeyName::Unset => Key::AwsManaged,
        KeyName::Alias { name: alias, arn } => {
            let found = view.estate.aliases_named(alias, *arn, plan, view.world);
            let targets: BTreeSet<Key> =
                found.iter().filter(|_| depth < DEEPEST).map(|at| target(view, *at, depth + 1)).collect();
            one(targets).unwrap_or_else(|| Key::Named(arn.unwrap_or(alias).to_owned(), sensitive))
        }
        KeyName::Key { id, arn } => {
            let found = view.estate.keys_named(name, plan, view.world);
            // A key that is looked up is the same key as the one that is managed.
            let managed: Vec<At> = found.iter().copied().filter(|at| view.estate.kind(*at).1).collect();
            match if managed.is_empty() { &found } else { &managed }.as_slice() {
                [first, ..] if managed.len() < 2 => Key::Instance(*first),
                _ if aws_alias_leads_to(view, plan, id) => Key::AwsManaged,
                _ => Key::Named(arn.unwrap_or(id).to_owned(), sensitive),
            }
        }
    }
}

/// Whether an alias of AWS's own, looked up in the plan, leads to the key with that id.
fn aws_alias_leads_to(view: &View<'_, '_, '_>, plan: usize, id: &str) -> bool {
    view.estate.aliases_named("alias/aws/s3", None, plan, view.world).into_iter().any(|at| {
        let targets = view.estate.instance(at).texts(view.world, &["target_key_id", "target_key_arn"]);
        targets
            .into_iter()
            .flatten()
            .any(|target| KeyName::parse(&target) == KeyName::parse(id) || target.ends_with(&format!("/{id}")))
    })
}

/// The key that an alias stands for.
fn target(view: &View<'_, '_, '_>, alias: At, depth: usize) -> Key {
    let Some(values) = view.values(alias) else { return Key::Unresolved("the alias does not exist".to_owned()) };
    if values.text("name").non_empty().is_some_and(|name| name.starts_with("alias/aws/")) {
        return Key::AwsManaged;
    }
    // `target_key_arn` is read back from AWS and still shows the old key when the alias moves, so what is set comes first.
    for attribute in ["target_key_id", "target_key_arn"] {
        match values.text(attribute) {
            Text::Known(text) if !text.is_empty() => {
                let sensitive = values.get(attribute).is_some_and(|value| value.sensitive);
                return named(view, alias.plan, &KeyName::parse(text), sensitive, depth);
            }
            Text::Unknown => break,
            _ => {}
        }
    }
    match view.estate.expressions(alias).get("target_key_id") {
        Some(expression) if view.world == World::After => behind_at(view, alias, expression, depth),
        _ => Key::Unresolved(format!("the key that {} stands for is known after apply", view.estate.label(alias))),
    }
}

fn behind(view: &View<'_, '_, '_>, holder: At, expression: &Json) -> Key {
    behind_at(view, holder, expression, 0)
}

/// The key that an expression leads to.
fn behind_at(view: &View<'_, '_, '_>, holder: At, expression: &Json, depth: usize) -> Key {
    let sources = view.estate.resolve(holder, expression);
    let mut keys = BTreeSet::new();
    for at in sources.iter().filter_map(|(_, at)| *at) {
        match view.estate.kind(at).0 {
            kind if is_key(kind) => {
                keys.insert(Key::Instance(at));
            }
            "aws_kms_alias" if depth < DEEPEST => {
                keys.insert(target(view, at, depth + 1));
            }
            _ => {}
        }
    }
    if keys.len() > 1 {
        return Key::Unresolved("it may be any of several keys, and the plan does not say which".to_owned());
    }
    let known_to_be_null =
        keys.is_empty() && !sources.is_empty() && sources.iter().all(|(source, _)| *source == Source::Null);
    if known_to_be_null {
        return Key::AwsManaged;
    }
    if let (Some(key), true) = (keys.first(), is_open(&sources)) {
        let label = match key {
            Key::Instance(at) => view.estate.label(*at),
            _ => "a key of the plan".to_owned(),
        };
        return Key::Unresolved(format!("it may be {label}, but {}", dead_ends(&sources)));
    }
    // `var.own_key ? aws_kms_key.k.arn : null` leaves both; without a key it would be AWS's own.
    let whole = |source: &Source| matches!(source, Source::Instance { attribute: Some(_), .. });
    let beside = sources.iter().any(|(source, _)| matches!(source, Source::Constant(_) | Source::Known | Source::Null));
    if beside && sources.iter().any(|(source, _)| whole(source)) {
        let names = references(expression).into_iter().map(|reference| reference.text).collect::<Vec<_>>().join(", ");
        return Key::Unresolved(format!(
            "the key is known after apply, and written with {names}, which may leave it out"
        ));
    }
    one(keys).unwrap_or_else(|| Key::Unresolved(format!("the key is known after apply: {}", dead_ends(&sources))))
}

fn one(keys: BTreeSet<Key>) -> Option<Key> {
    let mut keys = keys.into_iter();
    keys.next().filter(|_| keys.next().is_none())
}

fn facts(view: &View<'_, '_, '_>, key: Key) -> Fact<KeyFacts> {
    match key {
        Key::AwsManaged => Fact::Known(KeyFacts {
            label: "aws/s3".to_owned(),
            address: None,
            arn: None,
            manager: Fact::Known(KeyManager::Aws),
        }),
        Key::Instance(at) => {
            let label = view.estate.label(at);
            let values = view.values(at);
            let arn = values.and_then(|values| {
                values.get("arn").filter(|arn| !arn.sensitive)?;
                values.text("arn").non_empty().map(str::to_owned)
            });
            let manager = match (view.estate.kind(at).1, values.map(|values| values.text("key_manager"))) {
                (true, _) | (false, Some(Text::Known("CUSTOMER"))) => Fact::Known(KeyManager::Customer),
                (false, Some(Text::Known("AWS"))) => Fact::Known(KeyManager::Aws),
                _ => Fact::Unknown(format!("who manages the key that {label} looks up is known after apply")),
            };
            Fact::Known(KeyFacts { address: Some(label.clone()), label, arn, manager })
        }
        Key::Named(name, sensitive) => {
            let label = if sensitive { SENSITIVE.to_owned() } else { name };
            let arn = (!sensitive && label.starts_with("arn:")).then(|| label.clone());
            // AWS keeps `alias/aws/` to itself, so any other alias is a customer's.
            let manager = if label.contains("alias/") {
                Fact::Known(KeyManager::Customer)
            } else {
                Fact::Unknown(format!("the key {label} is not in this plan"))
            };
            Fact::Known(KeyFacts { label, address: None, arn, manager })
        }
        Key::Unresolved(why) => Fact::Unknown(why),
    }
}
