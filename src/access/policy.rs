//! The policy document that a bucket or a key will have: of which resource, and what of its text the plan shows.

use serde_json::{Value as Json, json};

use super::facts::Evidence;
use super::view::View;
use crate::iam::{Document, LeafPart, LeafReferences, Nested};
use crate::links::estate::{At, Bucket, Key, Setting, dead_ends};
use crate::links::expression::{references, written_with};
use crate::links::resolve::Source;
use crate::plan::World;
use crate::plan::instance::Part;
use crate::plan::value::{Kind, Text};

/// A policy, as far as the plan shows it.
#[derive(Debug)]
pub struct Policy {
    /// The document; none if there certainly is none, or why it cannot be told.
    pub document: Result<Option<Document>, String>,
    /// The resource that holds it.
    pub at: Option<At>,
    /// If there is no document, what there is instead: a sentence's end.
    pub note: String,
    /// Where it was read.
    pub evidence: Vec<Evidence>,
}

impl Policy {
    fn unknown(why: impl Into<String>) -> Self {
        Self { document: Err(why.into()), at: None, note: String::new(), evidence: Vec::new() }
    }

    fn none(note: &str) -> Self {
        Self { document: Ok(None), at: None, note: note.to_owned(), evidence: Vec::new() }
    }

    fn with(mut self, view: &View<'_, '_, '_>, at: At, parts: &[Part<'_>], note: &str) -> Self {
        self.at = Some(at);
        self.evidence.extend(view.evidence(at, parts, note));
        self
    }
}

/// The policy of a bucket.
pub fn of_bucket(view: &View<'_, '_, '_>, bucket: &Bucket) -> Policy {
    let estate = view.estate;
    match estate.settings_of(Setting::Policy, bucket, view.world) {
        [one] => return of_attribute(view, *one, "the bucket policy"),
        [] => {}
        several => {
            let names: Vec<String> = several.iter().map(|at| estate.label(*at)).collect();
            return Policy::unknown(format!(
                "{} all set the bucket policy, and the last to be applied wins",
                names.join(", ")
            ));
        }
    }
    if let Some(adrift) = estate.settings_adrift(Setting::Policy, bucket, view.world).next() {
        let label = estate.label(adrift.at);
        let why =
            format!("{label} may be the bucket policy, and which bucket that is for cannot be told: {}", adrift.why);
        return Policy::unknown(why).with(view, adrift.at, &[Part::Name("bucket")], "may be the policy of this bucket");
    }
    if view.world == World::After
        && let [gone, ..] = estate.settings_of(Setting::Policy, bucket, World::Before)
    {
        return Policy::none("the plan destroys the bucket policy").with(
            &view.in_world(World::Before),
            *gone,
            &[],
            "destroyed by this plan",
        );
    }
    match bucket {
        Bucket::Instance(at) if estate.kind(*at).1 => of_the_bucket_itself(view, *at),
        _ => Policy::unknown("the bucket is not managed in this plan, which does not show its policy"),
    }
}

/// The `policy` argument of the bucket itself: set there, or read back from AWS.
fn of_the_bucket_itself(view: &View<'_, '_, '_>, at: At) -> Policy {
    let none = "the bucket has no bucket policy";
    let parts = [Part::Name("policy")];
    let configured = view.estate.expressions(at).get("policy").is_some();
    match view.values(at).map_or(Text::Unset, |values| values.text("policy")) {
        Text::Known(text) if !text.is_empty() => of_attribute(view, at, "the bucket policy"),
        Text::Unknown if configured => of_attribute(view, at, "the bucket policy"),
        Text::Unknown if !view.estate.instance(at).is_created() => {
            let before = view.in_world(World::Before);
            match before.values(at).map_or(Text::Unset, |values| values.text("policy")) {
                Text::Known(text) if !text.is_empty() => of_attribute(&before, at, "the bucket policy"),
                _ => Policy::none(none).with(view, at, &parts, none),
            }
        }
        _ => Policy::none(none).with(view, at, &parts, none),
    }
}

/// The policy of a key.
pub fn of_key(view: &View<'_, '_, '_>, key: At) -> Policy {
    let estate = view.estate;
    let label = estate.label(key);
    let default = "the key has the default policy, which admits only the account itself";
    let separate = |world| {
        let id = view.estate.instance(key).texts(world, &["key_id"]).into_iter().flatten().next();
        let own = estate.key_policies_of(&Key::Instance(key), world);
        let by_name = id.map(|id| estate.key_policies_of(&Key::Named(id), world)).unwrap_or_default();
        if own.is_empty() { by_name } else { own }
    };
    match separate(view.world) {
        [one] => return of_attribute(view, *one, "the key policy"),
        [] => {}
        _ => {
            return Policy::unknown(format!(
                "several resources set the policy of {label}, and the last to be applied wins"
            ));
        }
    }
    if let [adrift, ..] = estate.key_policies_adrift(view.world) {
        let why =
            format!("{} may be the policy of {label}, and which key it is for cannot be told", estate.label(*adrift));
        return Policy::unknown(why).with(view, *adrift, &[Part::Name("key_id")], "may be the policy of this key");
    }
    if !estate.kind(key).1 {
        return Policy::unknown(format!("{label} looks the key up, which does not show its policy"));
    }
    if view.world == World::After
        && let [gone, ..] = separate(World::Before)
    {
        return Policy::none(&format!("the plan destroys {}, and {default}", estate.label(*gone))).with(
            &view.in_world(World::Before),
            *gone,
            &[],
            "destroyed by this plan",
        );
    }
    let parts = [Part::Name("policy")];
    let configured = estate.expressions(key).get("policy").is_some();
    match view.values(key).map_or(Text::Unset, |values| values.text("policy")) {
        Text::Known(text) if !text.is_empty() => of_attribute(view, key, "the key policy"),
        Text::Unknown if configured => of_attribute(view, key, "the key policy"),
        Text::Unknown if !estate.instance(key).is_created() => {
            let before = view.in_world(World::Before);
            match before.values(key).map_or(Text::Unset, |values| values.text("policy")) {
                Text::Known(text) if !text.is_empty() => of_attribute(&before, key, "the key policy"),
                _ => Policy::none(default).with(view, key, &parts, "no policy is configured"),
            }
        }
        _ => Policy::none(default).with(view, key, &parts, "no policy is configured"),
    }
}

/// The document in the `policy` argument of a resource: its text, or the statements of the data source it is made of.
fn of_attribute(view: &View<'_, '_, '_>, at: At, what: &str) -> Policy {
    let parts = [Part::Name("policy")];
    let label = view.estate.label(at);
    let node = view.values(at).and_then(|values| values.get("policy"));
    let found = |document| Policy { document, at: None, note: String::new(), evidence: Vec::new() };
    match node.map(|node| &node.kind) {
        Some(Kind::String(text)) => {
            let sensitive = node.is_some_and(|node| node.sensitive);
            let document =
                Document::from_json(text).map(|document| if sensitive { document.redacted() } else { document });
            let document = document.map(Some).map_err(|error| format!("{what} in {label} cannot be read: {error}"));
            found(document).with(view, at, &parts, what)
        }
        Some(Kind::Unknown) if view.world == World::After => {
            let Some(expression) = view.estate.expressions(at).get("policy") else {
                let why = format!(
                    "the text of {label} is known after apply, and the plan does not show what it was written with"
                );
                return found(Err(why)).with(view, at, &parts, "known after apply");
            };
            let document = behind(view, at, expression, 0)
                .map(Some)
                .map_err(|why| format!("the text of {label} is known after apply: {why}"));
            let written = written_with(expression).map(|names| format!(", written with {names}")).unwrap_or_default();
            found(document).with(view, at, &parts, &format!("known after apply{written}"))
        }
        _ => found(Ok(None)).with(view, at, &parts, "no policy"),
    }
}

/// Documents that are made of others, which are made of others.
const DEEPEST: usize = 8;

/// The document that an expression is: that of the one data source it is a plain reference to.
fn behind(view: &View<'_, '_, '_>, at: At, expression: &Json, depth: usize) -> Result<Document, String> {
    let sources = view.estate.resolve(at, expression);
    let data = |(source, at): &(Source, Option<At>)| match (source, at) {
        (Source::Instance { attribute, .. }, Some(at))
            if view.estate.kind(*at) == ("aws_iam_policy_document", false) =>
        {
            matches!(attribute.as_deref(), Some("json" | "minified_json") | None).then_some(*at)
        }
        _ => None,
    };
    match sources.as_slice() {
        [only] if data(only).is_some() && depth < DEEPEST => {
            data(only).map_or_else(|| Err(String::new()), |at| of_data_source(view, at, depth + 1))
        }
        sources => Err(match written_with(expression) {
            None => dead_ends(sources),
            Some(names) => format!("it is written with {names}, and one unknown part hides a text as a whole"),
        }),
    }
}

fn of_data_source(view: &View<'_, '_, '_>, at: At, depth: usize) -> Result<Document, String> {
    let label = view.estate.label(at);
    let values = view.values(at).ok_or_else(|| format!("{label} has no values in the plan"))?;
    if let Some(Kind::String(text)) = values.get("json").map(|json| &json.kind) {
        let document = Document::from_json(text).map_err(|error| format!("{label} cannot be read: {error}"))?;
        return Ok(if values.get("json").is_some_and(|json| json.sensitive) { document.redacted() } else { document });
    }
    let leaves = Leaves { view, at };
    let nested = |nested: Nested<'_>| {
        let (item, count) = nested.item?;
        let expression = view.estate.expressions(at).get(nested.attribute)?;
        let all = references(expression);
        let documents: Vec<_> = all
            .iter()
            .filter(|reference| !reference.text.starts_with("each.") && !reference.text.starts_with("count."))
            .collect();
        // The list keeps its order only if every item is one reference.
        let reference = documents.get(item).filter(|_| documents.len() == count)?;
        let others = all.iter().filter(|other| other.text.starts_with("each.") || other.text.starts_with("count."));
        let texts: Vec<&str> =
            std::iter::once(*reference).chain(others).map(|reference| reference.text.as_str()).collect();
        behind(view, at, &json!({ "references": texts }), depth).ok()
    };
    Ok(Document::from_data_source(values, &leaves, &nested))
}

/// What the leaves of a data source's statements were written with.
struct Leaves<'l, 'v, 's, 'a> {
    view: &'l View<'v, 's, 'a>,
    at: At,
}

impl LeafReferences for Leaves<'_, '_, '_, '_> {
    fn references(&self, statement: usize, part: LeafPart<'_>) -> Option<Vec<String>> {
        let statements = self.view.estate.expressions(self.at).get("statement")?.as_array()?;
        let count = self.view.values(self.at)?.get("statement").map_or(0, |list| list.items().len());
        // With a `dynamic` block among them, positions tell nothing.
        if statements.len() != count {
            return None;
        }
        let statement = statements.get(statement)?;
        let plain = |name: &str| statement.get(name);
        let block = |name: &str, matches: &dyn Fn(&Json) -> bool| {
            let blocks: Vec<&Json> = statement.get(name)?.as_array()?.iter().filter(|block| matches(block)).collect();
            match blocks.as_slice() {
                [only] => Some(*only),
                _ => None,
            }
        };
        let constant = |block: &Json, name: &str, value: Option<&str>| {
            block.get(name).and_then(|expression| expression.get("constant_value")).and_then(Json::as_str) == value
        };
        let expression = match part {
            LeafPart::Action => plain("actions"),
            LeafPart::NotAction => plain("not_actions"),
            LeafPart::Resource => plain("resources"),
            LeafPart::NotResource => plain("not_resources"),
            LeafPart::Principal { kind, .. } => {
                block("principals", &|block| constant(block, "type", kind))?.get("identifiers")
            }
            LeafPart::NotPrincipal { kind, .. } => {
                block("not_principals", &|block| constant(block, "type", kind))?.get("identifiers")
            }
            LeafPart::ConditionValue { operator, variable, .. } => {
                let matches = |block: &Json| constant(block, "test", operator) && constant(block, "variable", variable);
                block("condition", &matches)?.get("values")
            }
        }?;
        let names = self.view.estate.resolve(self.at, expression).into_iter().filter_map(|(source, at)| match source {
            // A constant beside the reference is a prefix or a suffix of the text.
            Source::Constant(_) => None,
            Source::Foreign { reference } | Source::DeadEnd { reference } => Some(reference),
            Source::Instance { attribute, .. } => {
                let at = at?;
                let label = self.view.estate.label(at);
                Some(match attribute {
                    Some(attribute) if !stands_for(self.view.estate.kind(at).0, &attribute) => {
                        format!("{label}.{attribute}")
                    }
                    _ => label,
                })
            }
        });
        Some(names.collect())
    }
}

/// Whether an attribute renders a resource as policies name it.
fn stands_for(kind: &str, attribute: &str) -> bool {
    match kind {
        "aws_s3_bucket" => matches!(attribute, "arn" | "id" | "bucket"),
        "aws_cloudfront_origin_access_identity" => matches!(attribute, "iam_arn" | "s3_canonical_user_id"),
        _ => attribute == "arn",
    }
}
