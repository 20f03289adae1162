//! Every case in testdata, run through the program itself.
//!
//! `OACGUARD_CASES` names another folder of cases.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may fail loudly, and so may what it is built of"
)]

#[path = "support/addresses.rs"]
mod addresses;
#[path = "support/case.rs"]
mod case;
#[path = "support/compare.rs"]
mod compare;
#[path = "support/document.rs"]
mod document;
#[path = "support/program.rs"]
mod program;

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use jsonpath_rust::JsonPath as _;
use jsonschema::Validator;
use serde_json::Value;

use case::{Case, cases, testdata};
use compare::{full, without_pending};
use program::{Outcome, oacguard};

#[test]
fn every_case_is_judged_as_it_should_be() {
    let dir = std::env::var_os("OACGUARD_CASES").map_or_else(testdata, PathBuf::from);
    let cases = cases(&dir);
    assert!(!cases.is_empty(), "there are no cases in {}", dir.display());
    let schemas = Schemas { report: schema("report"), facts: schema("facts") };

    let mut results = in_parallel(&cases, |case| check(case, &schemas));
    results.sort_by(|a, b| a.0.cmp(&b.0));
    let mut out = std::io::stdout().lock();
    for (name, problems) in &results {
        let waits = cases.iter().any(|case| case.name == *name && !case.pending.is_empty());
        let verdict = match (problems.is_empty(), waits) {
            (false, _) => "FAILED",
            (true, true) => "pending",
            (true, false) => "ok",
        };
        let _ = writeln!(out, "case {name} ... {verdict}");
    }
    let failed: Vec<_> = results.into_iter().filter(|(_, problems)| !problems.is_empty()).collect();
    let text: Vec<_> = failed.iter().map(|(name, problems)| format!("== {name}\n{}", problems.join("\n"))).collect();
    assert!(failed.is_empty(), "{} of {} cases failed\n\n{}\n", failed.len(), cases.len(), text.join("\n\n"));
}

#[test]
fn every_case_is_listed_in_the_readme() {
    let readme = std::fs::read_to_string(testdata().join("README.md")).unwrap();
    let rows = readme.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`').map(|(name, _)| name));
    let listed: BTreeSet<String> = rows.map(str::to_owned).collect();
    let there: BTreeSet<String> = cases(&testdata()).into_iter().map(|case| case.name).collect();
    let missing: Vec<_> = there.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&there).collect();
    assert!(missing.is_empty() && gone.is_empty(), "testdata/README.md lacks {missing:?} and lists {gone:?}");
}

/// The tables of transitions and guards say nothing else than the cases that they name.
#[test]
fn the_tables_of_the_readme_say_what_the_cases_say() {
    let readme = std::fs::read_to_string(testdata().join("README.md")).unwrap();
    let cases = cases(&testdata());
    let tables = readme.split("\n## ").filter(|part| part.starts_with("Transitions\n") || part.starts_with("Guards\n"));
    let rows = tables.flat_map(|part| part.lines().filter(|line| line.starts_with("| ")).skip(1));
    let mut problems = Vec::new();
    let mut count = 0;
    for row in rows {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").collect();
        let &[_, names, told] = cells.as_slice() else { panic!("not three cells: {row}") };
        let verdict = told.split(';').next().unwrap().trim();
        for name in quoted(names) {
            count += 1;
            let Some(case) = cases.iter().find(|case| case.name == name) else {
                problems.push(format!("{name}: there is no such case"));
                continue;
            };
            if ["pass", "block"].get(usize::try_from(case.expect.exit).unwrap()) != Some(&verdict) {
                problems.push(format!("{name}: {verdict} at exit {}", case.expect.exit));
            }
            let said = |policy: &str| case.expect.findings.iter().any(|finding| finding["policy"] == *policy);
            let unsaid = quoted(told).filter(|policy| !said(policy));
            problems.extend(unsaid.map(|policy| format!("{name}: {policy} is not expected")));
        }
    }
    assert!(count > 0, "testdata/README.md has no tables of transitions and guards");
    assert!(problems.is_empty(), "testdata/README.md is wrong\n{}", problems.join("\n"));
}

/// What stands in backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

struct Schemas {
    report: Validator,
    facts: Validator,
}

/// The validator of a schema as the program prints it.
fn schema(name: &str) -> Validator {
    let printed = oacguard(&["schema", name], b"");
    assert_eq!(printed.exit, 0, "oacguard schema {name}: {}", printed.stderr);
    jsonschema::validator_for(&printed.json()).unwrap_or_else(|err| panic!("schema {name}: {err}"))
}

/// Runs `work` over all cases on all cores.
fn in_parallel(cases: &[Case], work: impl Fn(&Case) -> Vec<String> + Sync) -> Vec<(String, Vec<String>)> {
    let next = AtomicUsize::new(0);
    let one_after_the_other = || {
        let mut done = Vec::new();
        while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
            done.push((case.name.clone(), work(case)));
        }
        done
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(one_after_the_other)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    })
}

/// What is wrong with the program's answer to a case.
fn check(case: &Case, schemas: &Schemas) -> Vec<String> {
    let plan = case.plan.to_str().unwrap();
    let args = ["check", plan, "--format", "json"];
    let run = oacguard(&args, b"");
    if let Some(crash) = run.crash() {
        return vec![crash];
    }
    let report = run.json();
    let mut problems = verdict(case, run.exit, &report);
    problems.extend(invalid("report", &schemas.report, &report));
    problems.extend(exit_two(case, &run, &report));
    if oacguard(&args, b"").stdout != run.stdout {
        problems.push("two runs print different reports".to_owned());
    }
    let facts = oacguard(&["facts", plan], b"");
    if case.expect.exit != 2 {
        if facts.exit != 0 {
            problems.push(format!("facts: exit {}: {}", facts.exit, facts.stderr));
        }
        problems.extend(invalid("facts", &schemas.facts, &facts.json()));
        problems.extend(evidence(case, &report));
    }
    if !case.expect.secret.is_empty() {
        problems.extend(leaks(case, &[&run, &facts, &oacguard(&["check", plan], b"")]));
    }
    problems
}

/// Exit status and findings against what is expected; a pending case must lack exactly what it waits for.
fn verdict(case: &Case, exit: i32, report: &Value) -> Vec<String> {
    let told = full(&case.expect, exit, report);
    if case.pending.is_empty() {
        return told;
    }
    let mut problems = without_pending(&case.expect, &case.pending, exit, report);
    if told.is_empty() {
        problems.push("it holds in full: its line in tests/pending.txt can go".to_owned());
    }
    problems
}

fn invalid(what: &str, schema: &Validator, document: &Value) -> Vec<String> {
    let errors = schema.iter_errors(document).take(5);
    errors.map(|err| format!("the {what} breaks its schema at {}: {err}", err.instance_path())).collect()
}

/// A run without a verdict says why, in the report as well as on standard error.
fn exit_two(case: &Case, run: &Outcome, report: &Value) -> Vec<String> {
    if run.exit != 2 || case.expect.exit != 2 {
        return Vec::new();
    }
    let mut problems = Vec::new();
    let said = |name: &str| report["errors"][0][name].as_str().unwrap_or_default().to_owned();
    if said("kind").is_empty() || said("message").is_empty() {
        problems.push(format!("the report does not say why there is no verdict: {}", report["errors"]));
    }
    if run.stderr.trim().is_empty() {
        problems.push("nothing on standard error".to_owned());
    }
    if let Some(part) = &case.expect.error_contains {
        let text = format!("{} {} {}", said("kind"), said("message"), said("help")).to_lowercase();
        if !text.contains(&part.to_lowercase()) {
            problems.push(format!("the reason does not speak of `{part}`: {text}"));
        }
    }
    problems
}

/// Each piece of evidence leads to exactly one place in the plan document, and names a resource that is in it.
fn evidence(case: &Case, report: &Value) -> Vec<String> {
    let Some(plan) = document::plan_in(&std::fs::read(&case.plan).unwrap()) else {
        return vec!["the test itself finds no plan in the document".to_owned()];
    };
    let addresses = addresses::addresses(&plan);
    let findings = report["findings"].as_array().into_iter().flatten();
    let pieces = findings.flat_map(|finding| finding["evidence"].as_array().into_iter().flatten());
    let mut problems = BTreeSet::new();
    for piece in pieces {
        let path = piece["path"].as_str().unwrap_or_default();
        match plan.query_only_path(path) {
            Ok(places) if places.len() == 1 => {}
            Ok(places) => drop(problems.insert(format!("evidence {path} leads to {} places", places.len()))),
            Err(err) => drop(problems.insert(format!("evidence {path} is no path: {err}"))),
        }
        let address = piece["address"].as_str().unwrap_or_default();
        if !addresses.iter().any(|known| known == address) {
            problems.insert(format!("evidence names {address}, which is not in the plan"));
        }
    }
    problems.into_iter().collect()
}

/// Nothing secret is printed, wherever.
fn leaks(case: &Case, runs: &[&Outcome]) -> Vec<String> {
    let prints = |run: &&Outcome, secret: &str| {
        run.stderr.contains(secret) || String::from_utf8_lossy(&run.stdout).contains(secret)
    };
    let leaked = case.expect.secret.iter().filter(|secret| runs.iter().any(|run| prints(run, secret)));
    leaked.map(|secret| format!("it prints the secret {secret}")).collect()
}
