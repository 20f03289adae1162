//! JSON, held to the published schema.

use std::sync::LazyLock;

use jsonschema::Validator;
use oacguard::report::{schema, view::View};
use serde_json::Value;

static SCHEMA: LazyLock<Validator> = LazyLock::new(|| {
    let schema = schema::report().to_value();
    jsonschema::validator_for(&schema).unwrap()
});

pub(crate) fn problems(view: View<'_>, text: &str) -> Vec<String> {
    let document: Value = match serde_json::from_str(text) {
        Ok(document) => document,
        Err(error) => return vec![error.to_string()],
    };
    let mut problems: Vec<String> = SCHEMA.iter_errors(&document).map(|error| error.to_string()).collect();
    if document != serde_json::to_value(view.report).unwrap() {
        problems.push("it is not what the report holds".to_owned());
    }
    problems
}
