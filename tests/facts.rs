//! policies/FACTS.md tells the facts field by field, as their schema does. `UPDATE_DOCS=1` writes it.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use assert_cmd::cargo::cargo_bin_cmd;
use serde_json::{Map, Value};

const HEAD: &str = "# The facts

What `oacguard facts` prints, what the bundled policies get as `input`, and what policies of your own find below `data.oacguard`. \
[WRITING.md](WRITING.md) shows how to use it.

*x, or why not* is `{\"known\": x}`, or `{\"unknown\": why}` where the plan cannot tell: `fact.known` is undefined then, and `why` is \
the end of a sentence. Written by `make docs` from `oacguard schema facts`.
";

#[test]
fn the_page_tells_what_the_schema_tells() {
    let printed = cargo_bin_cmd!("oacguard").args(["schema", "facts"]).output().unwrap().stdout;
    let schema: Value = serde_json::from_slice(&printed).unwrap();
    let page = page(&schema);
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies/FACTS.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&file, page).unwrap();
        return;
    }
    assert_eq!(std::fs::read_to_string(file).unwrap(), page, "policies/FACTS.md is out of date; `make docs` mends it");
}

fn page(schema: &Value) -> String {
    let definitions = schema["$defs"].as_object().unwrap();
    let mut out = HEAD.to_owned();
    section("The document", schema, &mut out, definitions);
    // In the order in which they are met, so that what belongs together stands together.
    let mut pending: Vec<String> = names(schema, definitions);
    let mut done = BTreeSet::new();
    while !pending.is_empty() {
        let name = pending.remove(0);
        if !done.insert(name.clone()) {
            continue;
        }
        let definition = &definitions[&name];
        section(&title(&name), definition, &mut out, definitions);
        let met = names(definition, definitions);
        pending.splice(0..0, met);
    }
    out
}

/// `Bucket` for `BucketFacts`.
fn title(name: &str) -> String {
    name.strip_suffix("Facts").unwrap_or(name).to_owned()
}

fn section(title: &str, definition: &Value, out: &mut String, definitions: &Map<String, Value>) {
    let description = definition["description"].as_str().unwrap_or_default();
    write!(out, "\n## {title}\n\n{}\n", description.replace('\n', " ")).unwrap();
    if let Some(fields) = definition["properties"].as_object() {
        out.push_str("\n| field | is | |\n|---|---|---|\n");
        for (name, field) in fields {
            let about = field["description"].as_str().unwrap_or_default().replace('\n', " ").replace('|', "\\|");
            writeln!(out, "| `{name}` | {} | {about} |", kind(field, definitions)).unwrap();
        }
        return;
    }
    let choices = definition["oneOf"].as_array().or(definition["anyOf"].as_array()).cloned().unwrap_or_default();
    out.push('\n');
    for choice in &choices {
        let about = choice["description"].as_str().unwrap_or_default().replace('\n', " ");
        let value = match (&choice["const"], choice["enum"].as_array()) {
            (Value::Null, Some(values)) => values.iter().map(Value::to_string).collect::<Vec<_>>().join(", "),
            (Value::Null, None) => kind(choice, definitions),
            (value, _) => value.to_string(),
        };
        let value = if value.starts_with('"') { format!("`{value}`") } else { value };
        writeln!(out, "- {value}{}{about}", if about.is_empty() { "" } else { ": " }).unwrap();
    }
    if let Some(values) = definition["enum"].as_array() {
        for value in values {
            writeln!(out, "- `{value}`").unwrap();
        }
    }
}

/// What a value is, in a word or two.
fn kind(schema: &Value, definitions: &Map<String, Value>) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap();
        if let Some(known) = fact(&definitions[name]) {
            return format!("{}, *or why not*", kind(known, definitions));
        }
        let title = title(name);
        return format!("[{title}](#{})", title.to_lowercase());
    }
    if let Some(choices) = schema["anyOf"].as_array().or(schema["oneOf"].as_array()) {
        return choices.iter().map(|choice| kind(choice, definitions)).collect::<Vec<_>>().join(" or ");
    }
    if let Some(values) = schema["enum"].as_array() {
        return values.iter().map(|value| format!("`{value}`")).collect::<Vec<_>>().join(", ");
    }
    match &schema["type"] {
        Value::String(kind) if kind == "array" => format!("list of {}", self::kind(&schema["items"], definitions)),
        Value::String(kind) if kind == "object" && schema["properties"].is_object() => {
            let fields = schema["properties"].as_object().unwrap().iter();
            let fields: Vec<String> =
                fields.map(|(name, field)| format!("`{name}` ({})", self::kind(field, definitions))).collect();
            format!("object with {}", fields.join(", "))
        }
        Value::String(kind) => kind.clone(),
        Value::Array(kinds) => kinds.iter().map(|kind| kind.as_str().unwrap()).collect::<Vec<_>>().join(" or "),
        other => panic!("a schema of no kind: {other} in {schema}"),
    }
}

/// What is known, if this is a fact that may be unknown.
fn fact(definition: &Value) -> Option<&Value> {
    let choices = definition["oneOf"].as_array()?;
    let known = choices.iter().find_map(|choice| choice["properties"].get("known"))?;
    choices.iter().any(|choice| choice["properties"].get("unknown").is_some()).then_some(known)
}

/// The definitions that a schema refers to, in their order, with those that facts are about.
fn names(schema: &Value, definitions: &Map<String, Value>) -> Vec<String> {
    let mut all = Vec::new();
    collect(schema, definitions, &mut all);
    all
}

fn collect(schema: &Value, definitions: &Map<String, Value>, all: &mut Vec<String>) {
    match schema {
        Value::Object(members) => {
            if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
                let name = reference.rsplit('/').next().unwrap();
                match fact(&definitions[name]) {
                    Some(known) => collect(known, definitions, all),
                    None => all.push(name.to_owned()),
                }
            }
            members
                .iter()
                .filter(|(name, _)| *name != "$defs")
                .for_each(|(_, member)| collect(member, definitions, all));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, definitions, all)),
        _ => {}
    }
}
