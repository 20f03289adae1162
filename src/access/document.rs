//! Policy documents that Terraform puts together, read from the data sources they are made of.

use serde_json::{Value as Json, json};

use super::source_arn::Writing;
use super::view::View;
use crate::iam::{Document, LeafPart, LeafReferences, Nested, Reference};
use crate::links::estate::{At, dead_ends};
use crate::links::expression::{references, written_with};
use crate::links::resolve::Source;
use crate::plan::value::Kind;

/// Documents that are made of others, which are made of others.
const DEEPEST: usize = 8;

/// The document that an expression is: that of the one data source it is a plain reference to.
///
/// # Errors
/// Why it cannot be told.
pub(super) fn behind(view: &View<'_, '_, '_>, at: At, expression: &Json, depth: usize) -> Result<Document, String> {
    let sources = view.estate.count(at, expression);
    // Twice the same document is something made of it.
    let data = |((source, at), times): &((Source, Option<At>), usize)| match (source, at) {
        (Source::Instance { attribute, .. }, Some(at))
            if *times == 1 && view.estate.kind(*at) == ("aws_iam_policy_document", false) =>
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
            None => dead_ends(&sources.iter().map(|(source, _)| source.clone()).collect::<Vec<_>>()),
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
    fn references(&self, statement: usize, part: LeafPart<'_>) -> Option<Vec<Reference>> {
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
        let sources = self.view.estate.count(self.at, expression);
        let writing = Writing::of(self.view, &sources);
        let names = sources.iter().filter_map(|((source, at), times)| {
            let reference = match source {
                // A constant beside the reference is a prefix or a suffix of the text.
                Source::Constant(_) | Source::Known | Source::Null => return None,
                Source::Foreign { reference } | Source::DeadEnd { reference } => reference.clone().into(),
                Source::Instance { attribute, .. } => self.referred(&writing, (*at)?, attribute.as_deref()),
            };
            Some(Reference { times: *times, ..reference })
        });
        Some(names.collect())
    }
}

impl Leaves<'_, '_, '_, '_> {
    /// An instance, as what it stands for; otherwise with the attribute left on.
    fn referred(&self, writing: &Writing<'_, '_, '_, '_>, at: At, attribute: Option<&str>) -> Reference {
        let kind = self.view.estate.kind(at).0;
        let named_by = named_by(kind);
        let is_distribution = kind == "aws_cloudfront_distribution";
        let stands = match attribute {
            attribute if is_distribution => writing.names(at, attribute),
            Some(attribute) => named_by.contains(&attribute),
            None => true,
        };
        // The id of a distribution stands for its ARN, and the whole of something for whatever it is named by.
        let read = attribute.filter(|_| !(is_distribution && stands)).map_or(named_by.to_vec(), |only| vec![only]);
        let values = self.view.values(at);
        let text = |attribute: &str| values.and_then(|values| values.text(attribute).non_empty()).map(str::to_owned);
        let label = self.view.estate.label(at);
        let address = match attribute {
            _ if stands => label,
            Some(attribute) => format!("{label}.{attribute}"),
            None => format!("a part of {label}"),
        };
        Reference { known: read.into_iter().filter_map(text).collect(), ..address.into() }
    }
}

/// The attributes that render a resource as policies name it.
fn named_by(kind: &str) -> &'static [&'static str] {
    match kind {
        "aws_s3_bucket" => &["arn", "id", "bucket"],
        "aws_cloudfront_origin_access_identity" => &["iam_arn", "s3_canonical_user_id"],
        _ => &["arn"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::memo::Memo;
    use crate::links::estate::Estate;
    use crate::plan::{Plan, World};

    #[test]
    fn a_document_that_is_referred_to_twice_is_not_what_a_text_is() {
        let grant = r#"{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*"}]}"#;
        let text = json!({
            "format_version": "1.2",
            "complete": true,
            "resource_changes": [{
                "address": "data.aws_iam_policy_document.site", "mode": "data", "type": "aws_iam_policy_document",
                "name": "site", "change": {"actions": ["read"], "before": null, "after": {"json": grant}},
            }],
            "configuration": {"root_module": {}},
        })
        .to_string();
        let plans = [Plan::read(&text).expect("a plan")];
        let estate = Estate::new(&plans);
        let view = View { estate: &estate, sources: &[], memo: &Memo::default(), world: World::After };
        let at = *estate.all(World::After).first().expect("the document");
        let read = |references: &[&str]| behind(&view, at, &json!({ "references": references }), 0);
        let once = ["data.aws_iam_policy_document.site.json", "data.aws_iam_policy_document.site"];
        assert_eq!(read(&once).expect("a document").statements.len(), 1);
        // `replace(x.json, "a", x.json)`, say.
        let why = read(&[once, once].concat()).expect_err("something made of it");
        assert!(why.contains("data.aws_iam_policy_document.site.json"), "{why}");
    }
}
