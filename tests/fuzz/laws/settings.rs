//! Files that people, or other runs, give beside the plans.

use std::sync::LazyLock;

use oacguard::baseline::Baseline;
use oacguard::config;
use oacguard::merge::merge;
use oacguard::own;
use oacguard::report::format::Format;
use oacguard::report::view::View;
use oacguard::report::{Verdict, json};
use oacguard::{judge, rego};
use serde_json::Value;

/// What is taken is what was written; what is refused is refused with a reason; and reports that are put together lose nothing.
pub(crate) fn settings(bytes: &[u8]) {
    baseline(bytes);
    let Some(text) = super::text(bytes) else { return };
    configuration(text);
    reports(text);
}

static POLICIES: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let bundle = rego::bundled().expect("the policies load");
    bundle.policies().map(|policy| policy.id.as_str()).collect()
});

fn configuration(text: &str) {
    match config::read("oacguard.toml", text, &POLICIES) {
        Ok(config) => {
            let named = config.policies.iter().map(|setting| (&setting.id, &setting.reason));
            let named = named.chain(config.waivers.iter().map(|waiver| (&waiver.policy, &waiver.reason)));
            for (id, reason) in named {
                assert!(POLICIES.contains(&id.as_str()) || own::is_own(id), "there is no policy {id}");
                assert!(!reason.trim().is_empty(), "a decision about {id} without a reason");
            }
            let kept = |id: &str| config.policies.iter().any(|setting| setting.id == id);
            assert!(!kept("unresolved"), "`unresolved` is not for the file to decide");
            let lines = text.lines().count();
            assert!(config.waivers.iter().all(|waiver| waiver.line as usize <= lines && waiver.line > 0));
        }
        Err(errors) => {
            assert!(!errors.is_empty(), "refused without a reason");
            for error in errors {
                assert!(error.place.starts_with("oacguard.toml"), "{error:?}");
                assert!(!error.message.trim().is_empty() && !error.help.trim().is_empty(), "{error:?}");
            }
        }
    }
}

fn baseline(bytes: &[u8]) {
    match Baseline::read(bytes) {
        Ok(baseline) => {
            let written = json::render(&baseline).expect("a baseline can be written");
            assert_eq!(Baseline::read(written.as_bytes()), Ok(baseline.clone()));
            assert_eq!(baseline.gone(&[]), baseline.findings);
        }
        Err(why) => assert!(!why.is_empty(), "refused without a reason"),
    }
}

/// The text is a report, or several with an empty line between them.
fn reports(text: &str) {
    let files: Vec<_> =
        text.split("\n\n").enumerate().map(|(at, text)| (format!("{at}.ndjson"), Ok(text.to_owned()))).collect();
    let (outcome, judging) = merge(&files);
    let report = &outcome.report;
    let blocks = report.findings.iter().any(|finding| judge::blocks(finding, &judging));
    match report.verdict {
        Verdict::None => assert!(!report.errors.is_empty(), "no verdict, and no reason"),
        Verdict::Block => assert!(report.errors.is_empty() && blocks),
        Verdict::Pass => assert!(report.errors.is_empty() && !blocks, "a pass that blocks"),
    }
    let view = View { report, facts: None, options: &judging };
    let lines = Format::Ndjson.render(view, 80).expect("a report can be written");
    if report.verdict == Verdict::None {
        return;
    }
    // Of what has a verdict, nothing was lost; and put together once more, it is the same.
    let is = |line: &str, kind: &str| {
        serde_json::from_str::<Value>(line).is_ok_and(|record| record.get("type").is_some_and(|found| found == kind))
    };
    let records = |text: &str, kind: &str| text.lines().filter(|line| is(line, kind)).count();
    for kind in ["plan", "finding", "path"] {
        assert!(records(&lines, kind) >= records(text, kind), "a {kind} was lost");
    }
    let (again, same) = merge(&[("all.ndjson".to_owned(), Ok(lines))]);
    let written = |report| json::render(report).expect("a report can be written");
    if report.partition.is_none() {
        assert_eq!((written(&again.report), same), (written(report), judging), "put together once more");
    }
}
