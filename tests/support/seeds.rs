//! What the cases are made of, in the pieces that each law is about.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use oacguard::baseline::Baseline;
use oacguard::plan::source::Source;
use oacguard::report::format::Format;
use oacguard::report::json;
use oacguard::report::view::View;
use oacguard::{Options, check};
use serde_json::Value;

/// Inputs, each once.
pub(crate) type Inputs = BTreeSet<Vec<u8>>;

/// Every file below `folder`, sorted; none if there is no such folder.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().filter_map(Result::ok);
    entries.filter(|entry| entry.file_type().is_file()).map(walkdir::DirEntry::into_path).collect()
}

/// The plans of all cases, as they are.
pub(crate) fn plans() -> Inputs {
    let files = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata"));
    let is_input =
        |file: &&PathBuf| file.file_name().is_some_and(|name| name.to_string_lossy().starts_with("plan.json"));
    files.iter().filter(is_input).map(|file| fs::read(file).expect("it can be read")).collect()
}

/// The plans without what says the same once more, so that a change to one is more often a change to something.
pub(crate) fn lean(plans: &Inputs) -> Inputs {
    let lean = |plan: &Vec<u8>| {
        let mut plan: Value = serde_json::from_slice(plan).ok()?;
        for name in ["planned_values", "relevant_attributes", "timestamp", "variables"] {
            plan.as_object_mut()?.remove(name);
        }
        Some(plan.to_string().into_bytes())
    };
    plans.iter().map(|plan| lean(plan).unwrap_or_else(|| plan.clone())).collect()
}

/// The inputs of a law, from the plans of all cases.
pub(crate) fn of(law: &str, plans: &Inputs) -> Inputs {
    match law {
        "reader" | "whole" => lean(plans),
        "settings" => settings(plans),
        _ => {
            let mut found = Inputs::new();
            for plan in plans.iter().filter_map(|plan| serde_json::from_slice::<Value>(plan).ok()) {
                pieces(&plan, law, "", &mut found);
            }
            found.extend(WRITTEN.iter().filter(|(of, _)| *of == law).map(|(_, text)| text.as_bytes().to_vec()));
            found
        }
    }
}

/// What no plan holds.
const WRITTEN: [(&str, &str); 8] = [
    ("endpoints", "/img/*.png\n/img/a.png"),
    ("endpoints", "images/?*/*\nimages/a/b"),
    ("references", "module.*.aws_cloudfront_distribution.this[*]\nmodule.a[\"x\"].aws_cloudfront_distribution.this[0]"),
    ("references", "$.resource_changes[?@.type == \"aws_s3_bucket\"]"),
    ("references", "$..*[?length(@.address) > 3 && match(@.type, 'aws_.*') || !@.change.after.tags['a'] ]"),
    ("references", "$['resource_changes'][0:-1:2,*]['change'].after..bucket"),
    ("references", "$.a[?count(@.*) >= 1e2 && (value(@..b) != null || search(@.c, \"x\\u0041\") == true)]"),
    ("references", "module.a[\"$${x}\\n\"].data.aws_s3_bucket.this[\"a\\\"b\"]"),
];

fn pieces(value: &Value, law: &str, name: &str, found: &mut Inputs) {
    match value {
        Value::String(text) if is_piece(law, name, text) => drop(found.insert(text.clone().into_bytes())),
        Value::Array(items) => items.iter().for_each(|item| pieces(item, law, name, found)),
        Value::Object(fields) => {
            if law == "references" && name == "expressions" {
                found.insert(value.to_string().into_bytes());
            }
            fields.iter().for_each(|(name, field)| pieces(field, law, name, found));
        }
        _ => {}
    }
}

fn is_piece(law: &str, name: &str, text: &str) -> bool {
    match law {
        "documents" => text.contains("\"Statement\""),
        "endpoints" => {
            text.len() < 200
                && (name.contains("domain")
                    || name.contains("kms")
                    || name.contains("path")
                    || text.starts_with("arn:"))
        }
        _ => ["address", "module_address", "references", "source", "path"].contains(&name),
    }
}

/// Reports and baselines of the cases, and the configuration that the manual shows.
fn settings(plans: &Inputs) -> Inputs {
    let mut found = Inputs::new();
    let manual = include_str!("../../README.md");
    let blocks = manual.split("```toml\n").skip(1).filter_map(|rest| rest.split_once("```"));
    found.extend(blocks.map(|(block, _)| block.as_bytes().to_vec()));
    let options = Options::default();
    let judging = options.judging();
    for plan in plans.iter().step_by(16) {
        let source = Source { name: "plan.json".to_owned(), bytes: Ok(plan.clone()) };
        let outcome = check(vec![source], &options);
        let view = View { report: &outcome.report, facts: None, options: &judging };
        found.insert(Format::Ndjson.render(view, 80).expect("it can be written").into_bytes());
        found.insert(json::render(&Baseline::of(&outcome.report.findings)).expect("it can be written").into_bytes());
    }
    found
}
