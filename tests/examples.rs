//! The HCL that policies recommend can be pasted: it parses, and every block, argument and attribute in it is one that a plan
//! in testdata has.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may fail loudly, and so may what it is built of"
)]

#[allow(dead_code, reason = "a part of it is used here")]
#[path = "support/case.rs"]
mod case;
#[path = "support/document.rs"]
mod document;

use std::collections::{BTreeMap, BTreeSet};

use hcl::{Block, Body, Structure};
use oacguard::rego::policies;
use serde_json::Value;

use case::{cases, testdata};

/// No configuration mends what these are about.
const WITHOUT: [&str; 1] = ["partial-plan"];

/// What Terraform knows in every resource.
const META: [&str; 5] = ["count", "depends_on", "for_each", "lifecycle", "provider"];

/// Attributes, and those within them as `rule.bucket_key_enabled`, by the type of the resource (`data.` before that of a data
/// source).
type Vocabulary = BTreeMap<String, BTreeSet<String>>;

#[test]
fn examples_speak_the_language_of_the_provider() {
    let vocabulary = vocabulary();
    let mut problems = Vec::new();
    for policy in policies().unwrap() {
        match &policy.example {
            Some(example) => {
                problems.extend(wrong(example, &vocabulary).iter().map(|what| format!("{}: {what}", policy.id)));
            }
            None if WITHOUT.contains(&policy.id.as_str()) => {}
            None => problems.push(format!("{}: write an `example`", policy.id)),
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn what_is_wrong_is_found() {
    let vocabulary = vocabulary();
    for (example, expected) in [
        ("resource \"aws_s3_bucket\" \"a\" {", "it is no HCL"),
        ("resource \"aws_s3_buckets\" \"a\" {}", "no plan has aws_s3_buckets"),
        ("data \"aws_iam_policy_document\" \"a\" {\n  statement {\n    action = []\n  }\n}", "statement.action"),
        ("resource \"aws_s3_bucket\" \"a\" {\n  bukket = \"b\"\n}", "bukket"),
        ("resource \"aws_s3_bucket\" \"a\" {\n  bucket = aws_kms_key.k.arm\n}", "aws_kms_key has no `arm`"),
        ("resource \"aws_s3_bucket\" \"a\" {\n  bucket = \"${data.aws_caller_identity.c.account}\"\n}", "`account`"),
        ("# nothing", "it holds no block"),
        ("bucket = 1", "`bucket` is outside of a block"),
        ("provider \"aws\" {}", "`provider` is no resource"),
    ] {
        let found = wrong(example, &vocabulary).join("\n");
        assert!(found.contains(expected), "`{expected}` is not among what is found in `{example}`: {found}");
    }
}

/// What is wrong with an example.
fn wrong(example: &str, vocabulary: &Vocabulary) -> Vec<String> {
    let body: Body = match hcl::parse(example) {
        Ok(body) => body,
        Err(error) => return vec![format!("it is no HCL: {error}")],
    };
    let mut problems = Vec::new();
    if body.blocks().next().is_none() {
        problems.push("it holds no block".to_owned());
    }
    for structure in &body {
        match structure {
            Structure::Attribute(attribute) => problems.push(format!("`{}` is outside of a block", attribute.key())),
            Structure::Block(block) => problems.extend(in_block(block, vocabulary)),
        }
    }
    problems.extend(references(example, vocabulary));
    problems
}

fn in_block(block: &Block, vocabulary: &Vocabulary) -> Vec<String> {
    let labels: Vec<&str> = block.labels().iter().map(hcl::BlockLabel::as_str).collect();
    let kind = match (block.identifier(), labels.as_slice()) {
        ("resource", [kind, _]) => (*kind).to_owned(),
        ("data", [kind, _]) => format!("data.{kind}"),
        (other, _) => return vec![format!("`{other}` is no resource and no data source")],
    };
    let Some(known) = vocabulary.get(&kind) else { return vec![format!("no plan has {kind}")] };
    let mut names = Vec::new();
    collect(block.body(), "", &mut names);
    let unknown = names.into_iter().filter(|name| !known.contains(name));
    unknown.map(|name| format!("{kind} has no `{name}`")).collect()
}

/// The names of the arguments and blocks in a body.
fn collect(body: &Body, within: &str, names: &mut Vec<String>) {
    for structure in body {
        match structure {
            Structure::Attribute(attribute) if within.is_empty() && META.contains(&attribute.key()) => {}
            Structure::Block(block) if within.is_empty() && META.contains(&block.identifier()) => {}
            Structure::Attribute(attribute) => names.push(format!("{within}{}", attribute.key())),
            Structure::Block(block) => {
                let name = format!("{within}{}", block.identifier());
                collect(block.body(), &format!("{name}."), names);
                names.push(name);
            }
        }
    }
}

/// References to attributes that there are not.
fn references(example: &str, vocabulary: &Vocabulary) -> Vec<String> {
    let words = example.split(|c: char| !c.is_ascii_alphanumeric() && !['_', '.'].contains(&c));
    let wrong = |word: &str| {
        let parts: Vec<&str> = word.split('.').collect();
        let (kind, attribute) = match parts.as_slice() {
            [kind, _, attribute, ..] if kind.starts_with("aws_") => ((*kind).to_owned(), attribute),
            ["data", kind, _, attribute, ..] => (format!("data.{kind}"), attribute),
            _ => return None,
        };
        let known = vocabulary.get(&kind).is_some_and(|known| known.contains(*attribute));
        (!known).then(|| format!("{kind} has no `{attribute}`"))
    };
    words.filter_map(wrong).collect()
}

/// All that the plans in testdata say resources of the AWS provider have.
fn vocabulary() -> Vocabulary {
    let mut vocabulary = Vocabulary::new();
    for case in cases(&testdata()) {
        let Some(plan) = document::plan_in(&std::fs::read(&case.plan).unwrap()) else { continue };
        for change in plan["resource_changes"].as_array().into_iter().flatten() {
            for side in ["before", "after", "after_unknown"] {
                learn(change, &change["change"][side], &mut vocabulary);
            }
        }
        in_module(&plan["prior_state"]["values"]["root_module"], &mut vocabulary);
    }
    assert!(vocabulary.len() > 20, "testdata has plans of the AWS provider");
    vocabulary
}

fn in_module(module: &Value, vocabulary: &mut Vocabulary) {
    for resource in module["resources"].as_array().into_iter().flatten() {
        learn(resource, &resource["values"], vocabulary);
    }
    for child in module["child_modules"].as_array().into_iter().flatten() {
        in_module(child, vocabulary);
    }
}

fn learn(resource: &Value, values: &Value, vocabulary: &mut Vocabulary) {
    let (Some(kind), Some(provider)) = (resource["type"].as_str(), resource["provider_name"].as_str()) else { return };
    // Some cases are about resources that no provider would write.
    if !provider.ends_with("/hashicorp/aws") {
        return;
    }
    let data = if resource["mode"] == "data" { "data." } else { "" };
    names(values, "", vocabulary.entry(format!("{data}{kind}")).or_default());
}

fn names(value: &Value, within: &str, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                let name = format!("{within}{key}");
                names(value, &format!("{name}."), into);
                into.insert(name);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| names(item, within, into)),
        _ => {}
    }
}
