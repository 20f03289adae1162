//! A whole run of `check`.

use std::sync::LazyLock;

use jsonpath_rust::JsonPath as _;
use jsonschema::Validator;
use oacguard::access::facts::{Facts, ReadState, WorldFacts};
use oacguard::merge::merge;
use oacguard::plan::source::Source;
use oacguard::plan::{Plan, decode, whole as tree};
use oacguard::report::format::Format;
use oacguard::report::view::View;
use oacguard::report::{Report, Summary, Verdict, json, schema};
use oacguard::{MAX_SIZE, Options, Outcome, check, judge};
use serde_json::{Value, json};

/// Whatever is given: a report that is no more and no less than what the run found, the same each time, in every format; and no
/// pass of what blocks, of what could not be read, or of a path that goes dark.
pub(crate) fn whole(bytes: &[u8]) {
    let options = Options::default();
    let outcome = run(bytes.to_vec(), &options);
    verdict(&outcome, &options);
    let report = written(&outcome.report);
    let shape: Value = serde_json::from_str(&report).expect("the report is JSON");
    let wrong = SCHEMA.validate(&shape).err().map(|wrong| wrong.to_string());
    assert_eq!(wrong, None, "the report is not as its schema says");
    formats(&outcome, &options);
    evidence(&outcome.report, bytes);
    if let Some((how, other, options)) = otherwise(bytes, &options) {
        assert_eq!(written(&run(other, &options).report), report, "{how}");
    }
}

static SCHEMA: LazyLock<Validator> =
    LazyLock::new(|| jsonschema::validator_for(&schema::report().to_value()).expect("a schema"));

fn run(bytes: Vec<u8>, options: &Options) -> Outcome {
    check(vec![Source { name: "plan.json".to_owned(), bytes: Ok(bytes) }], options)
}

fn written(report: &Report) -> String {
    json::render(report).expect("a report can be written")
}

fn verdict(outcome: &Outcome, options: &Options) {
    let Outcome { report, facts } = outcome;
    let facts = facts.as_ref().expect("facts of whatever could be read");
    let blocks = report.findings.iter().any(|finding| judge::blocks(finding, &options.judging()));
    assert_eq!(report.verdict == Verdict::None, !report.errors.is_empty(), "no verdict and errors go together");
    assert!(report.verdict != Verdict::Pass || !blocks, "a pass that blocks");
    assert!(report.verdict != Verdict::Block || blocks, "a block for nothing");
    assert!(
        report.errors.iter().all(|error| !error.message.is_empty() && !error.help.is_empty() && !error.kind.is_empty())
    );
    let fault = report.errors.iter().find(|error| ["policy", "unexplained"].contains(&error.kind.as_str()));
    assert_eq!(fault, None, "a fault of the program's own");
    assert!(facts.plans.len() == 1 || report.verdict == Verdict::None, "a verdict on what could not be read");
    assert_eq!(report.summary, Summary::of(&report.findings, facts.counts));
    assert_eq!(report.paths.len(), facts.paths.len());
    let mut prints: Vec<_> = report.findings.iter().map(|finding| &finding.fingerprint).collect();
    prints.sort();
    prints.dedup();
    assert!(prints.iter().all(|print| print.len() == 32));
    assert!(report.verdict != Verdict::Pass || !goes_dark(facts), "a path goes dark, and the plan passes");
}

/// Whether viewers lose what they could read.
fn goes_dark(facts: &Facts) -> bool {
    let counts = |world: &WorldFacts| {
        world.used && world.enabled.known() != Some(&false) && world.staging.known() != Some(&true)
    };
    facts.paths.iter().any(|path| {
        let (Some(before), Some(after)) = (&path.before, &path.after) else { return false };
        let lost = |was, is| was == ReadState::Readable && is == ReadState::Unreadable;
        let (was, is) = (&before.readable, &after.readable);
        counts(before) && counts(after) && (lost(was.existing, is.existing) || lost(was.new, is.new))
    })
}

fn formats(outcome: &Outcome, options: &Options) {
    let judging = options.judging();
    let view = View { report: &outcome.report, facts: outcome.facts.as_ref(), options: &judging };
    for format in [
        Format::Text,
        Format::Sarif,
        Format::Junit,
        Format::Github,
        Format::Gitlab,
        Format::Azure,
        Format::Markdown,
        Format::Html,
        Format::Atlantis,
        Format::Spacelift,
    ] {
        let text = format.render(view, 60).expect("a report can be written");
        assert!(!text.is_empty() || format == Format::Azure || format == Format::Github, "{format:?} says nothing");
        let control = |letter: char| letter.is_control() && !matches!(letter, '\n' | '\r' | '\t' | '\u{1b}');
        assert!(!text.contains(control), "{format:?} writes what a terminal obeys");
    }
    let lines = Format::Ndjson.render(view, 80).expect("a report can be written");
    let (merged, _) = merge(&[("all.ndjson".to_owned(), Ok(lines))]);
    assert_eq!(written(&merged.report), written(&outcome.report), "a report of one job, merged");
}

/// Evidence stands where it is said to stand.
fn evidence(report: &Report, bytes: &[u8]) {
    let Ok(document) = tree::read(bytes.to_vec(), MAX_SIZE) else { return };
    for evidence in report.findings.iter().flat_map(|finding| &finding.evidence) {
        let found = document.query(&evidence.path).unwrap_or_else(|error| panic!("{}: {error}", evidence.path));
        assert_eq!(found.len(), 1, "there is nothing at {}", evidence.path);
    }
}

/// The same plan in another way, one of several.
fn otherwise(bytes: &[u8], options: &Options) -> Option<(&'static str, Vec<u8>, Options)> {
    let again = || ("once more, apart", bytes.to_vec(), Options { separate: true, ..options.clone() });
    let Ok(text) = decode(bytes.to_vec(), MAX_SIZE) else { return Some(again()) };
    if Plan::read(&text).is_err() {
        return Some(again());
    }
    let (how, other) = match bytes.len() % 4 {
        0 => ("behind what a wrapper prints", format!("terraform show -json\n{text}").into_bytes()),
        1 => {
            let units = text.encode_utf16().flat_map(u16::to_le_bytes);
            ("in UTF-16", [0xff, 0xfe].into_iter().chain(units).collect())
        }
        2 => {
            // What only looks like a tree, and what is one too deep to be wrapped, stays as it is.
            let plan = tree::read(bytes.to_vec(), MAX_SIZE).ok()?;
            ("wrapped, and its keys in order", serde_json::to_vec(&json!({"plan": plan})).ok()?)
        }
        _ => return Some(again()),
    };
    Some((how, other, options.clone()))
}
