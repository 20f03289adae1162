//! Nothing secret leaves: what is planted wherever a plan can hold a secret is in no output, whatever the command and
//! whatever is wrong with the document.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::unwrap_used)]

#[path = "support/document.rs"]
mod document;
#[path = "support/plant.rs"]
mod plant;
#[allow(dead_code, reason = "other tests read the report as well")]
#[path = "support/program.rs"]
mod program;

use std::path::Path;

use clap::ValueEnum as _;
use oacguard::Options;
use oacguard::plan::source::Source;
use oacguard::report::format::Format;
use oacguard::report::text::PLAIN_WIDTH;
use oacguard::report::view::View;
use serde_json::{Value, json};

use plant::SECRET;
use program::oacguard;

/// Plans of every sort: an incident, a create plan with modules, inline encryption, keys of AWS, an OAC with all its
/// policies, websites, data sources, and a document with drift and deferred policies.
const CASES: [&str; 12] = [
    "article-2-kms",
    "aws3-oai-inline-kms",
    "data-lookups",
    "explicit-deny-2-vpc-endpoint",
    "for-each-create-algorithm-unknown",
    "key-policy-wrong-source-arn",
    "merged-documents-2-override",
    "migrate-3-kms",
    "oac-alias-aws-s3",
    "policy-text-1-create",
    "sensitive-values",
    "website-2-kms",
];

/// Every way to make the program talk about a plan on standard input.
const RUNS: [&[&str]; 13] = [
    &["check", "-vv"],
    &["check", "-vv", "--color", "always", "--unresolved", "error", "--fail-on-existing"],
    &["check", "--format", "json"],
    &["test", "-p", "tests/snapshots", "-"],
    &["facts", "-vv"],
    &["query", "$..*"],
    &["query", "$.variables.*"],
    &["query", "$..[?@.value]"],
    &["query", "$..[?match(@.after.bucket, '.*')]"],
    &["query", "$..[?@ == 'hunter2']"],
    &["query", "--values", "$..*"],
    &["query", "--values", "--format", "json", "$..*"],
    &["query", "--values", "$..[?@ == 'hunter2']"],
];

fn plan(case: &str) -> Value {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(case).join("plan.json");
    document::plan_in(&std::fs::read(file).expect("the case has a plan")).expect("it is one")
}

/// The lines printed by any run that hold one of `words`.
fn told(document: &[u8], words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for run in RUNS {
        let outcome = oacguard(run, document);
        assert_eq!(outcome.crash(), None, "{run:?}");
        let stdout = String::from_utf8(outcome.stdout).unwrap();
        let lines = stdout.lines().chain(outcome.stderr.lines());
        found.extend(
            lines
                .filter(|line| words.iter().any(|word| line.contains(word)))
                .map(|line| format!("{}: {line}", run.join(" "))),
        );
    }
    for (format, text) in reports(document) {
        let lines = text.lines().filter(|line| words.iter().any(|word| line.contains(word)));
        found.extend(lines.map(|line| format!("{format:?}: {line}")));
    }
    found
}

/// The report on a plan in every format, of one run.
fn reports(document: &[u8]) -> Vec<(Format, String)> {
    let options = Options::default();
    let source = Source { name: "-".to_owned(), bytes: Ok(document.to_vec()) };
    let (outcome, judging) = (oacguard::check(vec![source], &options), options.judging());
    let view = View { report: &outcome.report, facts: outcome.facts.as_ref(), options: &judging };
    let formats = Format::value_variants().iter();
    formats.map(|format| (*format, format.render(view, PLAIN_WIDTH).unwrap())).collect()
}

#[test]
fn what_is_not_asked_for_is_not_told() {
    for case in CASES {
        let mut plan = plan(case);
        plant::everywhere(&mut plan);
        let bytes = serde_json::to_vec(&plan).unwrap();
        assert!(bytes.windows(SECRET.len()).filter(|window| *window == SECRET.as_bytes()).count() > 20, "{case}");
        let told = told(&bytes, &[SECRET]);
        assert!(told.is_empty(), "{case}:\n{}", told.join("\n"));
    }
}

/// Names, ids and ARNs are told as long as Terraform does not mark them; here it marks everything.
#[test]
fn what_is_marked_as_sensitive_is_not_told() {
    for case in CASES {
        let mut plan = plan(case);
        plant::everywhere(&mut plan);
        plant::mark_everything(&mut plan);
        let words = plant::values(&plan);
        assert!(words.len() > 2, "{case}: {words:?}");
        let words: Vec<&str> = words.iter().map(String::as_str).chain([SECRET]).collect();
        let told = told(&serde_json::to_vec(&plan).unwrap(), &words);
        assert!(told.is_empty(), "{case}: one of {words:?} in\n{}", told.join("\n"));
    }
}

/// The statement that decides is named by its Sid, and conditions are given as a reason: not where the policy is marked.
#[test]
fn a_policy_that_is_marked_gives_its_verdict_only() {
    for case in ["explicit-deny-2-vpc-endpoint", "key-policy-wrong-source-arn", "migrate-3-kms", "article-1-oai"] {
        let mut plan = plan(case);
        plant::in_policies(&mut plan);
        plant::mark_policies(&mut plan);
        let told = told(&serde_json::to_vec(&plan).unwrap(), &[SECRET]);
        assert!(told.is_empty(), "{case}:\n{}", told.join("\n"));
    }
}

/// Attributes that hold a word of AWS's are quoted where it is not the usual one: not where they are marked.
#[test]
fn words_that_are_marked_are_not_told() {
    let attributes = [
        ("aws_cloudfront_origin_access_control", "/origin_access_control_origin_type", "article-3-oac"),
        ("aws_cloudfront_origin_access_control", "/signing_behavior", "article-3-oac"),
        ("aws_kms_key", "/key_usage", "article-3-oac"),
        ("aws_kms_key", "/customer_master_key_spec", "article-3-oac"),
        (
            "aws_s3_bucket_server_side_encryption_configuration",
            "/rule/0/apply_server_side_encryption_by_default/0/sse_algorithm",
            "article-2-kms",
        ),
        ("aws_s3_access_point", "/bucket", "access-point-policy-destroyed"),
    ];
    for (kind, pointer, case) in attributes {
        let planted = |marked: bool| {
            let mut plan = plan(case);
            let mut planted = 0;
            let changes = plan["resource_changes"].as_array_mut().unwrap();
            for change in changes.iter_mut().filter(|change| change["type"] == kind) {
                for (side, mask) in [("before", "before_sensitive"), ("after", "after_sensitive")] {
                    let Some(value) = change["change"][side].pointer_mut(pointer) else { continue };
                    *value = json!(SECRET);
                    planted += 1;
                    let parts = pointer.split('/').skip(1).collect::<Vec<_>>();
                    let mark = parts.iter().rev().fold(json!(true), |inner, part| match *part {
                        "0" => json!([inner]),
                        name => json!({ name: inner }),
                    });
                    change["change"][mask] = if marked { mark } else { json!({}) };
                }
            }
            assert!(planted > 0, "{case} has no {kind} with {pointer}");
            told(&serde_json::to_vec(&plan).unwrap(), &[SECRET])
        };
        let told = planted(true);
        assert!(told.is_empty(), "{kind}{pointer}:\n{}", told.join("\n"));
        assert!(!planted(false).is_empty(), "{kind}{pointer} is never told, so nothing is shown by this");
    }
}

#[test]
fn errors_about_broken_documents_quote_nothing() {
    let whole = {
        let mut plan = plan("article-2-kms");
        plant::everywhere(&mut plan);
        plan
    };
    let bytes = serde_json::to_vec(&whole).unwrap();
    let mut documents: Vec<Vec<u8>> = (1..12).map(|part| bytes[..bytes.len() * part / 12].to_vec()).collect();
    documents.push([bytes.as_slice(), SECRET.as_bytes()].concat());
    documents.push([format!("Terraform says {SECRET}\n").as_bytes(), b"{ \"a\": ", SECRET.as_bytes()].concat());
    documents.push(format!("{{\"{SECRET}\": \"{SECRET}\"}}").into_bytes());
    documents.push(format!("\"{SECRET}\"").into_bytes());
    documents.push(format!("{SECRET}={SECRET}\n").into_bytes());
    documents.push(format!("{{\"@level\":\"info\",\"@message\":\"{SECRET}\",\"type\":\"{SECRET}\"}}\n").into_bytes());
    for value in [json!(SECRET), json!([SECRET]), json!({SECRET: SECRET}), json!([[SECRET]])] {
        for pointer in plant::MEMBERS {
            let mut broken = whole.clone();
            if let Some(member) = broken.pointer_mut(pointer) {
                *member = value.clone();
                documents.push(serde_json::to_vec(&broken).unwrap());
            }
        }
    }
    for key in ["errored", "complete", "deferred_changes", "timestamp"] {
        let mut broken = whole.clone();
        broken[key] = json!(SECRET);
        documents.push(serde_json::to_vec(&broken).unwrap());
    }
    for (at, document) in documents.iter().enumerate() {
        let told = told(document, &[SECRET]);
        // The path of a member that a query asks for is its own name.
        let told: Vec<String> = told.into_iter().filter(|line| !line.starts_with("query ")).collect();
        assert!(told.is_empty(), "document {at}:\n{}", told.join("\n"));
    }
}

#[test]
fn what_reads_no_plan_tells_of_none() {
    for run in [
        &["policies"][..],
        &["explain", "oai-sse-kms"],
        &["schema", "report"],
        &["schema", "facts"],
        &["schema", "query"],
    ] {
        let outcome = oacguard(run, SECRET.as_bytes());
        assert_eq!(outcome.exit, 0, "{run:?}");
        assert!(!String::from_utf8(outcome.stdout).unwrap().contains(SECRET));
    }
}
