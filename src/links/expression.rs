//! What an expression of the configuration refers to, as Terraform lists it.
//!
//! `references` names each traversal longest first and then what it was unwrapped to: `["a.b.id", "a.b"]` is one
//! reference. Source: <https://developer.hashicorp.com/terraform/internals/json-format#expression-representation>.

use serde_json::Value as Json;

use crate::plan::address::{Step, parse_traversal};

/// The constant an expression is written with, if it is one.
pub fn constant(expression: &Json) -> Option<&Json> {
    expression.get("constant_value")
}

/// The references of an expression, each as written and in its steps; nested blocks included.
pub fn references(expression: &Json) -> Vec<Reference> {
    let mut found = Vec::new();
    collect(expression, &mut found, 0);
    found
}

/// What a reader would look up of what an expression is written with: each reference once, without those that give only
/// keys, numbers or the place of the configuration.
pub fn written_with(expression: &Json) -> Option<String> {
    let mut told: Vec<String> = Vec::new();
    for reference in references(expression) {
        if !reference.decides() && !told.contains(&reference.text) {
            told.push(reference.text);
        }
    }
    (!told.is_empty()).then(|| told.join(", "))
}

/// One traversal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// As Terraform writes it.
    pub text: String,
    /// Its steps.
    pub steps: Vec<Step>,
}

impl Reference {
    /// Whether it is one of those that give only keys, numbers or the place of the configuration: where it is no index, it
    /// decides between values.
    pub(super) fn decides(&self) -> bool {
        ["each.key", "count.index", "path.", "terraform."].iter().any(|text| self.text.starts_with(text))
    }

    /// Whether it reads an attribute of a resource, or an output of a module, rather than the whole.
    pub(super) fn reads_an_attribute(&self) -> bool {
        let names: Vec<&str> = self
            .steps
            .iter()
            .filter_map(|step| match step {
                Step::Name(name) => Some(name.as_str()),
                Step::Index(_) => None,
            })
            .collect();
        match names.as_slice() {
            ["each" | "count" | "var" | "local" | "path" | "terraform" | "self", ..] => false,
            ["data", _, _, ..] => names.len() > 3,
            _ => names.len() > 2,
        }
    }
}

/// Expressions are nested as deep as blocks are; providers stay far below this.
const DEEPEST_BLOCK: usize = 32;

fn collect(expression: &Json, found: &mut Vec<Reference>, depth: usize) {
    if depth > DEEPEST_BLOCK {
        return;
    }
    match expression {
        Json::Object(fields) => {
            if let Some(Json::Array(list)) = fields.get("references").filter(|list| list_of_text(list)) {
                found.extend(longest(list.iter().filter_map(Json::as_str)));
            } else if !fields.contains_key("constant_value") {
                fields.values().for_each(|field| collect(field, found, depth + 1));
            }
        }
        Json::Array(blocks) => blocks.iter().for_each(|block| collect(block, found, depth + 1)),
        _ => {}
    }
}

fn list_of_text(list: &Json) -> bool {
    list.as_array().is_some_and(|items| items.iter().all(Json::is_string))
}

/// Keeps of each run of unwrapped references the first, longest one.
fn longest<'t>(references: impl Iterator<Item = &'t str>) -> Vec<Reference> {
    let mut kept: Vec<Reference> = Vec::new();
    let mut last: Vec<Step> = Vec::new();
    for text in references {
        let Some(steps) = parse_traversal(text) else { continue };
        let unwraps = steps.len() < last.len() && last.starts_with(&steps);
        last.clone_from(&steps);
        if !unwraps {
            kept.push(Reference { text: text.to_owned(), steps });
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn texts(expression: &Json) -> Vec<String> {
        references(expression).into_iter().map(|reference| reference.text).collect()
    }

    #[test]
    fn what_a_traversal_was_unwrapped_to_is_not_a_reference_of_its_own() {
        assert_eq!(
            texts(&json!({"references": ["a.b.id", "a.b", "m.x[\"k\"].o", "m.x[\"k\"]", "m.x", "a.b", "each.key"]})),
            ["a.b.id", "m.x[\"k\"].o", "a.b", "each.key"]
        );
    }

    #[test]
    fn a_reader_is_told_each_reference_once_and_no_keys() {
        let expression = json!({"references":
            ["a.b.id", "a.b", "count.index", "a.c", "each.key", "each.value.x", "each.value", "path.module", "a.b.id", "a.b"]});
        assert_eq!(written_with(&expression).as_deref(), Some("a.b.id, a.c, each.value.x"));
        assert_eq!(written_with(&json!({"references": ["each.key", "path.module", "terraform.workspace"]})), None);
        assert_eq!(written_with(&json!({"constant_value": "a.b"})), None);
    }

    #[test]
    fn an_attribute_is_told_from_the_whole() {
        for (text, expected) in [
            ("a.b", false),
            ("a.b.id", true),
            ("a.b[\"k\"].id", true),
            ("a.b[\"k\"]", false),
            ("data.a.b", false),
            ("data.a.b.id", true),
            ("module.m", false),
            ("module.m[\"k\"].o", true),
            ("each.value.x.y", false),
            ("var.a.b.c", false),
        ] {
            let [reference] = references(&json!({"references": [text]})).try_into().expect("one reference");
            assert_eq!(reference.reads_an_attribute(), expected, "{text}");
        }
    }

    #[test]
    fn nested_blocks_are_searched_and_constants_are_not() {
        let expression =
            json!([{"rule": [{"a": {"references": ["var.a"]}, "b": {"constant_value": {"references": ["x.y"]}}}]}]);
        assert_eq!(texts(&expression), ["var.a"]);
    }
}
