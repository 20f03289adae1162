//! Every report format, held to the contract of its host on every case in testdata, on hostile names, and in other orders.
//!
//! Each format has a module here that says what is wrong with a report written in it.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may fail loudly, and so may what it is built of"
)]

#[allow(dead_code, reason = "a part of it is used here")]
#[path = "../support/case.rs"]
mod case;
#[path = "../common/mod.rs"]
mod common;
#[path = "../support/document.rs"]
mod document;
#[allow(dead_code, reason = "a part of it is used here")]
#[path = "../support/transform.rs"]
mod transform;

mod atlantis;
mod azure;
mod conftest;
mod example;
mod github;
mod gitlab;
mod hostile;
mod html;
mod json;
mod junit;
mod markdown;
mod ndjson;
mod sarif;
mod spacelift;
mod text;

use std::path::Path;

use clap::ValueEnum as _;
use oacguard::plan::source::Source;
use oacguard::report::format::Format;
use oacguard::report::view::View;
use oacguard::{Options, Outcome, judge};

use case::{Case, cases, testdata};
use transform::{Dice, shuffled};

/// What a format's module is asked: what is wrong with `text`, which should show `view`. Nothing, if all is well.
fn problems(format: Format, view: View<'_>, text: &str) -> Vec<String> {
    match format {
        Format::Text => text::problems(view, text),
        Format::Json => json::problems(view, text),
        Format::Ndjson => ndjson::problems(view, text),
        Format::Sarif => sarif::problems(view, text),
        Format::Junit => junit::problems(view, text),
        Format::Github => github::problems(view, text),
        Format::Gitlab => gitlab::problems(view, text),
        Format::Azure => azure::problems(view, text),
        Format::Markdown => markdown::problems(view, text),
        Format::Html => html::problems(view, text),
        Format::Atlantis => atlantis::problems(view, text),
        Format::Spacelift => spacelift::problems(view, text),
    }
}

fn rendered(format: Format, view: View<'_>) -> String {
    format.render(view, oacguard::report::text::PLAIN_WIDTH).unwrap()
}

/// Problems of `view` in every format, each with its format before it.
fn all_problems(name: &str, view: View<'_>) -> Vec<String> {
    let formats = Format::value_variants().iter();
    let found = formats.flat_map(|format| {
        let text = rendered(*format, view);
        let problems = problems(*format, view, &text);
        problems.into_iter().map(move |problem| format!("{name}, {format:?}: {problem}"))
    });
    found.collect()
}

fn outcome(case: &Case) -> Outcome {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let name = case.plan.strip_prefix(root).unwrap_or(&case.plan).display().to_string();
    let source = Source { name, bytes: Ok(std::fs::read(&case.plan).unwrap()) };
    oacguard::check(vec![source], &Options::default())
}

fn view_of<'a>(outcome: &'a Outcome, options: &'a judge::Options) -> View<'a> {
    View { report: &outcome.report, facts: outcome.facts.as_ref(), options }
}

#[test]
fn every_case_is_right_in_every_format() {
    let cases = cases(&testdata());
    assert!(!cases.is_empty());
    let judging = Options::default().judging();
    let half = cases.len().div_ceil(2);
    let problems: Vec<String> = std::thread::scope(|scope| {
        let check = |part: &[Case]| -> Vec<String> {
            let each = part.iter().flat_map(|case| {
                let outcome = outcome(case);
                all_problems(&case.name, view_of(&outcome, &judging))
            });
            each.collect()
        };
        let parts: Vec<_> = cases.chunks(half).map(|part| scope.spawn(move || check(part))).collect();
        parts.into_iter().flat_map(|part| part.join().unwrap()).collect()
    });
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn hostile_names_and_messages_break_no_format() {
    let judging = judge::Options::default();
    for (name, report, facts) in hostile::reports() {
        let view = View { report: &report, facts: facts.as_ref(), options: &judging };
        let problems = all_problems(&name, view);
        assert!(problems.is_empty(), "{}", problems.join("\n"));
    }
}

/// Same plan, same bytes: in whatever order Terraform lists what has no order, and however often it is asked.
#[test]
fn the_order_of_the_plan_changes_no_byte() {
    let judging = Options::default().judging();
    for name in ["article-2-kms", "article-3-oac", "modules-two-levels", "for-each-over-keys", "data-lookups"] {
        let bytes = std::fs::read(testdata().join(name).join("plan.json")).unwrap();
        let plan = document::plan_in(&bytes).unwrap();
        let judged = |bytes: Vec<u8>| {
            oacguard::check(vec![Source { name: "plan.json".to_owned(), bytes: Ok(bytes) }], &Options::default())
        };
        let first = judged(bytes);
        for seed in 0..3 {
            let other = judged(serde_json::to_vec(&shuffled(plan.clone(), &mut Dice::new(seed))).unwrap());
            for format in Format::value_variants() {
                // These say by JSONPath where in the plan each value stands, which another order changes.
                if matches!(format, Format::Json | Format::Ndjson | Format::Spacelift | Format::Sarif) {
                    continue;
                }
                let [one, two] = [&first, &other].map(|outcome| rendered(*format, view_of(outcome, &judging)));
                assert_eq!(one, two, "{name}, seed {seed}, {format:?}");
            }
            let again = judged(serde_json::to_vec(&shuffled(plan.clone(), &mut Dice::new(seed))).unwrap());
            for format in Format::value_variants() {
                let [one, two] = [&other, &again].map(|outcome| rendered(*format, view_of(outcome, &judging)));
                assert_eq!(one, two, "{name}, seed {seed}, {format:?}, once more");
            }
        }
    }
}
