//! `oacguard query` over several plans, with values, and as JSON.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::unwrap_used, reason = "a test may fail loudly")]

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use assert_cmd::assert::Assert;
use jsonpath_rust::parser::parse_json_path;
use jsonpath_rust::query::js_path_process;
use oacguard::plan::places::Places;
use oacguard::plan::source::Source;
use oacguard::plan::whole;
use oacguard::{MAX_SIZE, Options};
use predicates::str::{contains, is_empty};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A plan with one bucket of this name.
fn plan(name: &str) -> String {
    let values =
        json!({"bucket": name, "id": null, "force_destroy": false, "tags": {"Owner": "hunter2"}, "policy": "hunter2"});
    let marks = json!({"before_sensitive": false, "after_sensitive": {}, "after_unknown": {"arn": true}});
    let mut change = json!({"actions": ["create"], "before": null, "after": values});
    change.as_object_mut().unwrap().extend(marks.as_object().unwrap().clone());
    let bucket = json!({"address": "aws_s3_bucket.a", "mode": "managed", "type": "aws_s3_bucket", "name": "a",
        "provider_name": "registry.terraform.io/hashicorp/aws", "change": change});
    json!({"format_version": "1.2", "terraform_version": "1.11.4", "configuration": {}, "resource_changes": [bucket],
        "variables": {"bucket": {"value": "hunter2"}}})
    .to_string()
}

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn query(folder: &TempDir, arguments: &[&str]) -> Assert {
    Command::cargo_bin("oacguard").unwrap().current_dir(folder.path()).arg("query").args(arguments).assert()
}

fn stdout(assert: &Assert) -> String {
    String::from_utf8(assert.get_output().stdout.clone()).unwrap()
}

const BUCKET: &str = "$['resource_changes'][0]['change']['after']['bucket']";

#[test]
fn lines_of_several_plans_are_led_by_the_plan() {
    let folder = folder(&[("a.plan.json", &plan("one")), ("b.plan.json", &plan("two"))]);
    let line = |plan: &str| format!("{plan}\t{BUCKET}\tstring\taws_s3_bucket.a\n");
    let expression = "$.resource_changes..bucket";
    query(&folder, &[expression, "a.plan.json", "b.plan.json"])
        .code(0)
        .stderr(is_empty())
        .stdout(line("a.plan.json") + &line("b.plan.json"));
    query(&folder, &[expression, "."]).code(0).stdout(line("./a.plan.json") + &line("./b.plan.json"));
    query(&folder, &[expression, "a.plan.json"]).code(0).stdout(format!("{BUCKET}\tstring\taws_s3_bucket.a\n"));
    query(&folder, &["$.nothing", "."]).code(0).stdout(is_empty()).stderr("nothing in these plans matches\n");
}

#[test]
fn a_plan_that_cannot_be_read_does_not_hide_the_others() {
    let folder = folder(&[("a.plan.json", "{"), ("b.plan.json", &plan("two"))]);
    let asked = ["$.resource_changes..bucket", "a.plan.json", "b.plan.json", "c.plan.json"];
    let line = format!("b.plan.json\t{BUCKET}\tstring\taws_s3_bucket.a\n");
    query(&folder, &asked).code(2).stdout(line).stderr(contains("a.plan.json")).stderr(contains("c.plan.json"));
    let both = query(&folder, &[&["--format", "json"], &asked[..]].concat()).code(2).stderr(contains("error["));
    let document: Value = serde_json::from_str(&stdout(&both)).unwrap();
    let matched = json!([{"plan": "b.plan.json", "path": BUCKET, "type": "string", "address": "aws_s3_bucket.a"}]);
    assert_eq!((&document["schema"], &document["matches"]), (&json!("oacguard.query/v1"), &matched));
    let plans: Vec<&Value> = document["errors"].as_array().unwrap().iter().map(|error| &error["plan"]).collect();
    assert_eq!(plans, ["a.plan.json", "c.plan.json"]);
}

#[test]
fn an_expression_that_would_take_for_ever_is_refused() {
    let folder = folder(&[("a.plan.json", &plan("one"))]);
    let expression = format!("$.a{}[? (value*", "[?count(@.b".repeat(30));
    let refused = "error: this is no JSONPath expression\n";
    query(&folder, &[&expression, "."]).code(2).stdout(is_empty()).stderr(contains(refused)).stderr(contains("fewer"));
}

#[test]
fn values_are_shown_where_they_can_be_no_secret() {
    let folder = folder(&[("plan.json", &plan("acme"))]);
    let shown = stdout(&query(&folder, &["--values", "$.resource_changes[0].change.*.*", "plan.json"]).code(0));
    let mut lines: Vec<&str> = shown.lines().map(|line| line.rsplit_once("['").unwrap().1).collect();
    lines.sort_unstable();
    let column = "aws_s3_bucket.a";
    let expected = [
        format!("arn']\tboolean\t{column}\ttrue"),
        format!("bucket']\tstring\t{column}\t\"acme\""),
        format!("force_destroy']\tboolean\t{column}\tfalse"),
        format!("id']\tnull\t{column}\tnull"),
        format!("policy']\tstring\t{column}\t(withheld)"),
        format!("tags']\tobject\t{column}\t(withheld)"),
    ];
    let actions = format!("actions'][0]\tstring\t{column}\t\"create\"");
    assert_eq!(lines, [&[actions], &expected[..]].concat());
    // The value stands in the fourth column, even where there is no address.
    let version = "$['terraform_version']\tstring\t\t\"1.11.4\"\n";
    query(&folder, &["--values", "$.terraform_version", "plan.json"]).code(0).stdout(version);

    let all = stdout(&query(&folder, &["--values", "--format", "json", "$..*", "plan.json"]).code(0));
    assert!(all.contains("\"acme\"") && !all.contains("hunter2"), "{all}");
    let document: Value = serde_json::from_str(&all).unwrap();
    for found in document["matches"].as_array().unwrap() {
        assert_ne!(found.get("value").is_some(), found.get("withheld") == Some(&json!(true)), "{found}");
    }
}

#[test]
fn hostile_names_break_neither_lines_nor_json() {
    let name = "a\tb\n\u{1b}[31m\"\\\u{202e}##[error]\u{85}";
    let plan = plan(name).replace("\"aws_s3_bucket.a\"", &json!(format!("aws_s3_bucket.a[\"{name}\"]")).to_string());
    let folder = folder(&[("plan.json", &plan)]);
    let asked = ["--values", "$..bucket", "plan.json"];
    let shown = stdout(&query(&folder, &asked).code(0));
    assert_eq!(shown.lines().count(), 2, "{shown}");
    assert!(shown.lines().all(|line| line.split('\t').count() == 4), "{shown}");
    assert!(!shown.contains(['\u{1b}', '\u{202e}', '\u{85}']) && !shown.contains("##["), "{shown}");
    let value = shown.lines().next().unwrap().split('\t').nth(3).unwrap();
    assert_eq!(serde_json::from_str::<Value>(value).unwrap(), json!(name), "the value is JSON");

    let document = stdout(&query(&folder, &[&["--format", "json"], &asked[..]].concat()).code(0));
    assert!(!document.contains(['\u{1b}', '\u{202e}', '\u{85}']) && !document.contains("##["), "{document}");
    let document: Value = serde_json::from_str(&document).unwrap();
    assert_eq!(document["matches"][0]["value"], name);
    assert_eq!(document["matches"][0]["address"], format!("aws_s3_bucket.a[\"{name}\"]"));
}

#[test]
fn the_document_is_what_its_schema_says() {
    let folder = folder(&[("plan.json", &plan("acme")), ("b.plan.json", "{")]);
    let schema = Command::cargo_bin("oacguard").unwrap().args(["schema", "query"]).assert().code(0);
    let schema: Value = serde_json::from_str(&stdout(&schema)).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for arguments in [&["$..*"][..], &["$.nothing"], &["--values", "$..*"]] {
        let document = stdout(&query(&folder, &[&["--format", "json"], arguments, &["."]].concat()).code(2));
        let document: Value = serde_json::from_str(&document).unwrap();
        assert!(validator.is_valid(&document), "{document}");
    }
}

/// Evidence quotes values as well. What it may quote, a query may show: there is one list.
#[test]
fn what_evidence_quotes_is_told_by_a_query() {
    let mut quoted = 0;
    let folders = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata")).unwrap();
    for folder in folders.map(|entry| entry.unwrap().path()) {
        let Ok(bytes) = fs::read(folder.join("plan.json")) else { continue };
        let Ok(document) = whole::read(bytes.clone(), MAX_SIZE) else { continue };
        let source = Source { name: "-".to_owned(), bytes: Ok(bytes) };
        let Some(facts) = oacguard::check(vec![source], &Options::default()).facts else { continue };
        let mut evidence = Vec::new();
        collect(&serde_json::to_value(&facts).unwrap(), &mut evidence);
        for (path, note) in evidence {
            let expression = parse_json_path(&path).unwrap();
            let found = js_path_process(&expression, &document).unwrap();
            let Some(text) = found.first().and_then(|found| found.val.as_str()) else { continue };
            // Old formats have no marks, so a query withholds all.
            if document["format_version"].as_str().is_some_and(|version| version.starts_with("0.")) {
                continue;
            }
            // A word of AWS says nothing of anyone, and evidence gives it even where it is marked.
            if text.len() < 4 || !note.contains(text) || ["aws:kms", "aws:kms:dsse", "AES256"].contains(&text) {
                continue;
            }
            quoted += 1;
            let places = Places::of(&document, found.iter().map(|found| found.val));
            assert!(places.get(found[0].val).unwrap().is_told, "{}: {path}: {note}", folder.display());
        }
    }
    assert!(quoted > 300, "{quoted}");
}

/// Path and note of all evidence in `value`.
fn collect(value: &Value, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(fields) => {
            if let (Some(path), Some(note)) = (fields.get("path"), fields.get("note")) {
                found.extend(path.as_str().zip(note.as_str()).map(|(path, note)| (path.to_owned(), note.to_owned())));
            }
            fields.values().for_each(|field| collect(field, found));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        _ => {}
    }
}
