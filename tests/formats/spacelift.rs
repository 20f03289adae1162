//! Spacelift: the document is the JSON report, and the plan policy denies exactly what blocks.

use std::sync::LazyLock;

use oacguard::finding::Finding;
use oacguard::judge;
use oacguard::report::format::Format;
use oacguard::report::view::View;
use oacguard::report::{Report, Verdict};
use regorus::{Engine, Value};
use serde_json::json;

use crate::common::{existing, incident, legacy, report, resolved, unread, unresolved, waived};
use crate::rendered;

const POLICY: &str = include_str!("../../src/init/spacelift/plan.rego");

static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
    let mut engine = Engine::new();
    engine.set_strict_builtin_errors(true);
    engine.add_policy("plan.rego".to_owned(), POLICY.to_owned()).unwrap();
    engine
});

/// What the policy says: denials and warnings.
fn decided(run: &str, custom: &serde_json::Value) -> (Vec<String>, Vec<String>) {
    let input = json!({"spacelift": {"run": {"type": run}}, "third_party_metadata": {"custom": custom}});
    let mut engine = ENGINE.clone();
    engine.set_input(serde_json::from_value(input).unwrap());
    let mut set = |rule: &str| match engine.eval_rule(format!("data.spacelift.{rule}")).unwrap() {
        Value::Set(set) => set.iter().map(|msg| msg.as_string().unwrap().to_string()).collect(),
        other => panic!("{rule} is {other}"),
    };
    (set("deny"), set("warn"))
}

fn of(run: &str, document: &str) -> (Vec<String>, Vec<String>) {
    decided(run, &json!({"oacguard": serde_json::from_str::<serde_json::Value>(document).unwrap()}))
}

pub(crate) fn problems(view: View<'_>, text: &str) -> Vec<String> {
    let mut problems = crate::json::problems(view, text);
    if text != rendered(Format::Json, view) {
        problems.push("it is not the JSON report".to_owned());
    }
    let verdict = view.report.verdict;
    let (denied, _) = of("PROPOSED", text);
    if denied.is_empty() != (verdict == Verdict::Pass) {
        problems.push(format!("{verdict:?}, and denied: {denied:?}"));
    }
    let (denied, warned) = of("TRACKED", text);
    if denied.is_empty() != (verdict != Verdict::None) || (verdict == Verdict::Block && warned.is_empty()) {
        problems.push(format!("{verdict:?}, and of a tracked run: {denied:?}, {warned:?}"));
    }
    problems
}

fn of_report(report: &Report) -> (Vec<String>, Vec<String>) {
    of("PROPOSED", &rendered(Format::Spacelift, View { report, facts: None, options: &judge::Options::default() }))
}

#[test]
fn only_what_blocks_is_denied() {
    let second = Finding { policy: "oac-key-policy".to_owned(), distribution: None, ..incident() };
    // A set would hide a message that is said twice.
    let said = |message: &str, finding: Finding| Finding { message: message.to_owned(), ..finding };
    let others = [existing(), legacy("a"), unresolved(), said("resolved", resolved()), said("waived", waived())];
    let (denied, warned) = of_report(&report([incident(), second].into_iter().chain(others.clone()).collect()));
    assert_eq!(denied.len(), 2, "{denied:?}");
    assert!(denied[0].starts_with("[oac-key-policy] the plan: From this apply"), "{denied:?}");
    assert!(denied[1].starts_with("[oai-sse-kms] aws_cloudfront_distribution.site: From this apply"), "{denied:?}");
    assert_eq!(warned.len(), 1, "{warned:?}");
    let (denied, warned) = of_report(&report(others.into()));
    assert_eq!((denied.len(), warned.len()), (0, 1), "{denied:?} {warned:?}");
}

/// What was asked to block is denied, even where the report cannot show why.
#[test]
fn the_verdict_holds_whatever_the_severities() {
    for findings in [vec![], vec![existing()], vec![legacy("a")], vec![resolved()], vec![waived()]] {
        let (denied, _) = of_report(&Report { verdict: Verdict::Block, ..report(findings) });
        assert_eq!(denied.len(), 1, "{denied:?}");
    }
    let (denied, _) = of_report(&Report { verdict: Verdict::Pass, ..report(vec![incident()]) });
    assert!(denied.is_empty(), "asked never to block: {denied:?}");
}

#[test]
fn what_did_not_run_has_not_passed() {
    let whole = serde_json::to_value(report(Vec::new())).unwrap();
    let with = |key: &str, value: serde_json::Value| {
        let mut document = whole.clone();
        document[key] = value;
        json!({"oacguard": document})
    };
    let customs = [
        json!({}),
        json!({"oacguard": {}}),
        json!({"oacguard": []}),
        json!({"oacguard": null}),
        json!({"oacguard": false}),
        json!({"oacguard": "pass"}),
        with("schema", json!("oacguard.report/v2")),
        with("verdict", json!("PASS")),
        with("verdict", json!(null)),
        with("findings", json!(null)),
        with("findings", json!({})),
        json!({"oacguard": unread()}),
    ];
    for run in ["PROPOSED", "TRACKED"] {
        for custom in &customs {
            assert!(!decided(run, custom).0.is_empty(), "{run} {custom}");
        }
        assert!(decided(run, &json!({"oacguard": whole})).0.is_empty());
    }
    let (denied, _) = decided("PROPOSED", customs.last().unwrap());
    assert_eq!(denied, ["oacguard: no verdict [state]: this is a state, not a plan"]);
    let mut engine = ENGINE.clone();
    engine.set_input(Value::new_object());
    assert_ne!(engine.eval_rule("data.spacelift.deny".to_owned()).unwrap(), Value::new_set());
}

#[test]
fn it_uses_nothing_that_spacelift_switches_off() {
    for name in ["http.send", "opa.runtime", "rego.parse_module", "time.now_ns", "trace", "import"] {
        assert!(!POLICY.contains(name), "{name}");
    }
}
