//! `--source`: findings get the file and line of what is to be changed, and nothing else of a report changes.

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
#[path = "support/project.rs"]
mod project;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use oacguard::Options;
use oacguard::finding::{Finding, Location};
use oacguard::plan::address::{Address, Mode};
use oacguard::plan::source::Source;
use oacguard::report::Report;
use serde_json::Value;

use case::{Case, cases, testdata};
use project::{Project, incident};

fn options(source: Option<&str>) -> Options {
    Options { source: source.map(str::to_owned), ..Options::default() }
}

/// The report on a case, whose source is in the directory that it lies in.
fn report(case: &Case, source: Option<&str>) -> Report {
    let name = case.plan.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap().display().to_string();
    let plan = Source { name, bytes: Ok(fs::read(&case.plan).unwrap()) };
    oacguard::check(vec![plan], &options(source)).report
}

/// The reports on the cases that have their source with them, each with its directory.
fn placed_reports(cases: &[Case]) -> Vec<(String, Report)> {
    let with_source = cases.iter().filter(|case| case.plan.with_file_name("main.tf").exists() && case.expect.exit != 2);
    let placed = with_source.map(|case| {
        let source = format!("testdata/{}", case.name);
        let report = report(case, Some(&source));
        (source, report)
    });
    placed.collect()
}

/// The first lines of the blocks that stand for the resources and modules that a finding names.
fn openings(finding: &Finding) -> Vec<String> {
    let names = [&finding.subject, &finding.distribution, &finding.bucket, &finding.key].into_iter().flatten();
    let names = names.chain(finding.evidence.iter().map(|evidence| &evidence.address));
    let mut all = Vec::new();
    for name in names {
        let Some(address) = Address::parse(name.rsplit_once(", statement ").map_or(name, |(name, _)| name)) else {
            continue;
        };
        let word = if address.mode == Mode::Data { "data" } else { "resource" };
        all.push(format!("{word} \"{}\" \"{}\"", address.kind, address.name));
        all.extend(address.module.iter().map(|step| format!("module \"{}\"", step.name)));
    }
    all
}

/// What is wrong with the place of a finding: it is not in a block of a resource or module that the finding names, or not in
/// its first line or that of an attribute which the evidence shows.
fn problem(finding: &Finding, location: &Location) -> Option<String> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(&location.file)).unwrap();
    let lines: Vec<&str> = text.lines().take(usize::try_from(location.line).unwrap()).collect();
    let opening = lines.iter().rev().find(|line| line.starts_with(|first: char| first.is_ascii_lowercase())).unwrap();
    let openings = openings(finding);
    if !openings.iter().any(|expected| opening.starts_with(expected)) {
        return Some(format!("{location:?} is in `{opening}`, which it does not name"));
    }
    let line = lines.last().unwrap().trim_start();
    let word = line.split([' ', '=']).next().unwrap();
    let is_shown = finding.evidence.iter().any(|evidence| evidence.path.contains(&format!("['{word}']")));
    let is_opening = openings.iter().any(|expected| line.starts_with(expected));
    (!is_opening && !is_shown).then(|| format!("{location:?} is `{line}`"))
}

#[test]
fn every_finding_of_a_case_is_where_a_resource_stands_that_it_names() {
    let cases = cases(&testdata());
    let half = cases.len().div_ceil(2);
    let (mut placed, mut problems, mut nowhere) = (0, Vec::new(), BTreeSet::new());
    let reports = std::thread::scope(|scope| {
        let parts: Vec<_> = cases.chunks(half).map(|part| scope.spawn(|| placed_reports(part))).collect();
        parts.into_iter().flat_map(|part| part.join().unwrap()).collect::<Vec<_>>()
    });
    for (source, report) in reports {
        assert!(report.errors.is_empty(), "{source}: {:?}", report.errors);
        for finding in &report.findings {
            let Some(location) = &finding.location else {
                nowhere.insert(finding.policy.clone());
                continue;
            };
            placed += 1;
            assert!(location.file.starts_with(&format!("{source}/")), "{location:?}");
            problems
                .extend(problem(finding, location).map(|problem| format!("{source}, {}: {problem}", finding.policy)));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(placed > 100, "{placed}");
    // It is about the plan as a whole.
    assert_eq!(nowhere.into_iter().collect::<Vec<_>>(), ["partial-plan"]);
}

const ENCRYPTION: &str = "resource \"aws_s3_bucket_server_side_encryption_configuration\" \"webapp_s3_sse\"";

/// A project with the source of the incident in `folder`, and its plan beside it.
fn with_source(folder: &str) -> Project {
    let project = Project::bare();
    let from = testdata().join("article-2-kms");
    fs::create_dir_all(project.path(folder)).unwrap();
    for file in ["main.tf", "versions.tf", "plan.json"] {
        project.write(&format!("{folder}/{file}"), fs::read(from.join(file)).unwrap());
    }
    project
}

/// The report of a run that ends with `exit`.
fn json(project: &Project, exit: i32, arguments: &[&str]) -> Value {
    let all = [&["check", "--format", "json"], arguments].concat();
    let output = project.run(&all).code(exit).get_output().clone();
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Where the finding of a policy is said to be.
fn place(report: &Value, policy: &str) -> String {
    let findings = report["findings"].as_array().unwrap();
    let finding = findings.iter().find(|finding| finding["policy"] == policy).unwrap();
    match finding["location"].as_object() {
        Some(location) => format!("{}:{}", location["file"].as_str().unwrap(), location["line"]),
        None => "nowhere".to_owned(),
    }
}

#[test]
fn the_incident_is_where_kms_is_turned_on() {
    let project = with_source("infra");
    let text = fs::read_to_string(project.path("infra/main.tf")).unwrap();
    let block = text.lines().position(|line| line.starts_with(ENCRYPTION)).unwrap();
    let attribute = text.lines().skip(block).position(|line| line.trim_start().starts_with("sse_algorithm")).unwrap();
    let line = block + attribute + 1;
    for (source, file) in [("infra", "infra"), ("./infra/", "infra"), ("infra/../infra", "infra")] {
        let report = json(&project, 1, &["--source", source, &incident()]);
        assert_eq!(place(&report, "oai-sse-kms"), format!("{file}/main.tf:{line}"), "{source}");
    }
    let text = project.run(&["check", "--source", "infra", &incident()]).code(1);
    text.stdout(predicates::str::contains(format!("infra/main.tf:{line}")));
    let output =
        project.run_in("infra", &["check", "--source", ".", "--format", "json", &incident()]).get_output().clone();
    assert_eq!(place(&serde_json::from_slice(&output.stdout).unwrap(), "oai-sse-kms"), format!("main.tf:{line}"));
}

#[test]
fn a_plan_among_files_below_the_directory_belongs_to_those() {
    let project = with_source("live/a");
    project.write("live/main.tf", format!("{ENCRYPTION} {{}}\n"));
    let with = |plan: &str| place(&json(&project, 1, &["--source", "live", plan]), "oai-sse-kms");
    assert!(with("live/a/plan.json").starts_with("live/a/main.tf:"));
    // Anywhere else, it is a plan of the directory.
    fs::create_dir(project.path("live/plans")).unwrap();
    fs::copy(incident(), project.path("live/plans/plan.json")).unwrap();
    assert_eq!(with("live/plans/plan.json"), "live/main.tf:1");
    assert_eq!(with(&incident()), "live/main.tf:1");
    // Where every plan has files of its own, the directory needs none.
    fs::remove_file(project.path("live/main.tf")).unwrap();
    assert!(with("./live/a/plan.json").starts_with("live/a/main.tf:"));
}

#[test]
fn a_directory_without_source_is_no_verdict() {
    let project = with_source("infra");
    fs::create_dir(project.path("empty")).unwrap();
    project.write("main.tf", "");
    for wrong in ["empty", "absent", "infra/main.tf", ""] {
        let report = json(&project, 2, &["--source", wrong, &incident()]);
        assert_eq!(report["verdict"], "none", "{wrong}");
        assert_eq!(report["errors"][0]["kind"], "source", "{wrong}");
        assert_eq!(place(&report, "oai-sse-kms"), "nowhere", "{wrong}");
    }
}

#[test]
fn hostile_source_costs_places_and_not_the_verdict() {
    let project = Project::bare();
    fs::create_dir(project.path("s")).unwrap();
    let deep = format!("x = {}1{}\n", "[".repeat(100_000), "]".repeat(100_000));
    let broken = format!("{ENCRYPTION} {{\n  token = = \"hunter2\"\n}}\n");
    for text in [b"\xff\xfe".to_vec(), deep.into_bytes(), broken.into_bytes(), Vec::new(), vec![0; 4096]] {
        project.write("s/main.tf", text);
        let run = project.run(&["check", "--format", "json", "--source", "s", &incident()]).code(1);
        let output = run.get_output();
        assert_eq!(place(&serde_json::from_slice(&output.stdout).unwrap(), "oai-sse-kms"), "nowhere");
        let said = String::from_utf8(output.stderr.clone()).unwrap();
        assert!(!said.contains("hunter2"), "{said}");
    }
    // A file with a name that would forge a line of the report is still one file with one line.
    project.write("s/main.tf", "");
    project.write("s/a\nb \u{1b}[31m.tf", format!("{ENCRYPTION} {{}}\n"));
    let run = project.run(&["check", "--source", "s", &incident()]).code(1);
    let text = String::from_utf8(run.get_output().stdout.clone()).unwrap();
    assert!(!text.contains("\u{1b}[31m") && !text.lines().any(|line| line.starts_with("b ")), "{text}");
}

#[test]
fn a_remark_about_a_waiver_stays_in_its_own_file() {
    let project = with_source("infra");
    let waiver = "[[waiver]]\npolicy = \"oai-sse-kms\"\nselect = \"*\"\nreason = \"a trial\"\nexpires = 2020-01-01\n";
    project.write("oacguard.toml", waiver);
    let report = json(&project, 1, &["--source", "infra", &incident()]);
    assert_eq!(place(&report, "waiver-expired"), "oacguard.toml:1");
}

/// Same findings, same fingerprints: the source only adds places.
#[test]
fn the_source_changes_nothing_but_places() {
    for name in ["article-2-kms", "modules-two-levels", "for-each-over-keys", "object-kms"] {
        let case = cases(&testdata()).into_iter().find(|case| case.name == name).unwrap();
        let bare = report(&case, None);
        let placed = report(&case, Some(&format!("testdata/{name}")));
        assert!(placed.findings.iter().any(|finding| finding.location.is_some()), "{name}");
        let mut without = placed.clone();
        without.findings.iter_mut().for_each(|finding| finding.location = None);
        let [one, two] = [&bare, &without].map(|report| serde_json::to_string(report).unwrap());
        assert_eq!(one, two, "{name}");
        let again = report(&case, Some(&format!("testdata/{name}")));
        let [one, two] = [&placed, &again].map(|report| serde_json::to_string(report).unwrap());
        assert_eq!(one, two, "{name}");
    }
}
