//! Names within a plan, and what people select by.

use std::sync::LazyLock;

use oacguard::config::{self, Config};
use oacguard::links::expression;
use oacguard::plan::address::{Address, Mode, Step, parse_module, parse_traversal};
use oacguard::waiver::{Glob, Places, Selector};
use serde_json::{Value, json};

/// What is read is written again as it was meant; a glob means what its stars say; a JSONPath finds places or is refused.
pub(crate) fn references(bytes: &[u8]) {
    let Some(text) = super::text(bytes) else { return };
    traversal(text);
    address(text);
    select(text);
    if let Ok(json) = serde_json::from_str(text) {
        expressions(&json);
    }
    if let Some((pattern, text)) = text.split_once('\n') {
        assert_eq!(
            Glob::new(pattern).matches(text),
            fits(pattern.as_bytes(), text.as_bytes()),
            "{pattern:?} on {text:?}"
        );
    }
}

fn written(steps: &[Step]) -> String {
    let mut text = String::new();
    for step in steps {
        match step {
            Step::Name(name) => text = if text.is_empty() { name.clone() } else { format!("{text}.{name}") },
            Step::Index(key) => text = format!("{text}{key}"),
        }
    }
    text
}

fn traversal(text: &str) {
    let Some(steps) = parse_traversal(text) else { return };
    assert_eq!(parse_traversal(&written(&steps)), Some(steps.clone()), "{text}");
    // One more step is one more step.
    let longer = [steps.as_slice(), &[Step::Name("arn".to_owned())]].concat();
    assert_eq!(parse_traversal(&format!("{text}.arn")), Some(longer), "{text}");
}

fn address(text: &str) {
    if let Some(address) = Address::parse(text) {
        assert_eq!(Address::parse(&address.to_string()).as_ref(), Some(&address), "{text}");
        assert!(parse_traversal(text).is_some());
    }
    if let Some(module) = parse_module(text) {
        let (kind, name) = ("a".to_owned(), "b".to_owned());
        let inside = Address { module: module.clone(), mode: Mode::Managed, kind, name, key: None }.to_string();
        assert_eq!(inside.strip_suffix(".a.b").and_then(parse_module), Some(module), "{text}");
        assert_eq!(Address::parse(text), None, "both a module and a resource: {text}");
    }
}

fn expressions(json: &Value) {
    let found = expression::references(json);
    for reference in &found {
        assert_eq!(parse_traversal(&reference.text).as_ref(), Some(&reference.steps));
    }
    let told = expression::written_with(json);
    assert!(told.is_none() || !found.is_empty(), "told of {told:?}, and found nothing");
    // A list of one block is that block, unless blocks are nested deeper than they ever are.
    let wrapped = expression::references(&json!([json]));
    assert!(wrapped == found || found.starts_with(&wrapped) || wrapped.len() < found.len());
    assert_eq!(expression::references(&json!({"constant_value": json})), []);
}

fn select(text: &str) {
    let selector = match Selector::parse(text) {
        Ok(selector) => selector,
        Err(why) => return assert!(text.starts_with('$') && !why.is_empty()),
    };
    assert_eq!(selector.to_string(), text);
    if let Selector::Glob(glob) = selector {
        return assert!(text.contains('*') || glob.matches(text));
    }
    let mut config = CONFIG.clone();
    for waiver in &mut config.waivers {
        waiver.select = selector.clone();
    }
    match Places::of("oacguard.toml", &config.waivers, [("plan.json", PLAN)].into_iter()) {
        Ok(places) => drop(places),
        Err(error) => assert!(!error.message.is_empty() && !error.help.is_empty()),
    }
}

static CONFIG: LazyLock<Config> = LazyLock::new(|| {
    let text = "[[waiver]]\npolicy = 'oai-sse-kms'\nselect = '*'\nreason = 'x'\nexpires = 2030-01-01\n";
    config::read("oacguard.toml", text, &["oai-sse-kms"]).expect("a configuration")
});

/// Something to search.
const PLAN: &str = r#"{"format_version": "1.2", "resource_changes": [
  {"address": "aws_s3_bucket.a[\"x\"]", "type": "aws_s3_bucket", "name": "a", "index": "x", "mode": "managed",
    "change": {"actions": ["update"], "before": {"tags": {"a": [1, -2.5e3, null]}}, "after": {"tags": {}, "bucket": "a"}}}],
  "configuration": {"root_module": {"resources": [{"address": "aws_s3_bucket.a", "expressions": {}}]}}}"#;

/// The same by a table of all starts of the pattern.
fn fits(pattern: &[u8], text: &[u8]) -> bool {
    let mut fit: Vec<bool> = (0..=text.len()).map(|at| at == 0).collect();
    for token in pattern {
        let mut next = vec![false; fit.len()];
        for at in 0..fit.len() {
            next[at] = match token {
                b'*' => fit[at] || at > 0 && next[at - 1],
                letter => at > 0 && fit[at - 1] && text[at - 1] == *letter,
            };
        }
        fit = next;
    }
    fit.last() == Some(&true)
}
