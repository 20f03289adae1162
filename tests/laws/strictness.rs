//! Who asks for more is told no less, and who accepts something is not told more.

use std::collections::BTreeSet;

use oacguard::config::{self, Config};
use oacguard::finding::Severity;
use oacguard::{Decisions, Options, rego};
use proptest::prelude::*;
use serde_json::Value;

use super::{Judgement, bytes_of, judge_by, settings, some_plan};

/// How strict a run is; every part of it is stricter the greater it is.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Strictness {
    /// Block from: never, error, warning, note.
    fail_on: usize,
    existing: bool,
    /// Unresolved facts count as: note, warning, error.
    unresolved: usize,
    /// Policies of which the findings are made no less than: nothing, warning, error.
    raised: usize,
}

const SEVERITIES: [Severity; 3] = [Severity::Note, Severity::Warning, Severity::Error];

fn strictness() -> impl Strategy<Value = Strictness> {
    (0..4_usize, any::<bool>(), 0..3_usize, 0..3_usize).prop_map(|(fail_on, existing, unresolved, raised)| Strictness {
        fail_on,
        existing,
        unresolved,
        raised,
    })
}

impl Strictness {
    /// At least as strict as both.
    fn or(self, other: Self) -> Self {
        Self {
            fail_on: self.fail_on.max(other.fail_on),
            existing: self.existing || other.existing,
            unresolved: self.unresolved.max(other.unresolved),
            raised: self.raised.max(other.raised),
        }
    }

    fn options(self, decisions: &str) -> Options {
        Options {
            fail_on: [None, Some(Severity::Error), Some(Severity::Warning), Some(Severity::Note)][self.fail_on],
            fail_on_existing: self.existing,
            unresolved: SEVERITIES[self.unresolved],
            decisions: Some(Decisions { config: decided(decisions), today: "2026-11-23".parse().unwrap() }),
            ..Options::default()
        }
    }
}

fn decided(text: &str) -> Config {
    let ids: Vec<&str> = rego::ids().collect();
    config::read("oacguard.toml", text, &ids).unwrap()
}

/// A configuration in which some policies count for more than they say.
fn raising(policies: &BTreeSet<String>, strictness: Strictness) -> String {
    let severity = ["", "warning", "error"][strictness.raised];
    let raised = policies.iter().filter(|_| !severity.is_empty());
    let setting = |id| format!("[[policy]]\nid = \"{id}\"\nseverity = \"{severity}\"\nreason = \"x\"\n");
    raised.map(setting).collect::<Vec<_>>().concat()
}

proptest! {
    #![proptest_config(settings(40))]

    #[test]
    fn who_is_stricter_is_told_no_less(name in some_plan(), (one, other) in (strictness(), strictness())) {
        let plan = bytes_of(name);
        // Of policies that say nothing graver, so that none is lowered.
        let said = judge_by(&Options::default(), &plan).findings;
        let mut lesser = policies(&said, |finding| finding["base_severity"] != "error");
        lesser.remove("unresolved");
        for id in policies(&said, |finding| finding["base_severity"] == "error") {
            lesser.remove(&id);
        }
        let lesser_than_warning = |id: &String| !said.iter().any(|finding| finding["policy"] == **id && finding["base_severity"] == "warning");
        let run = |strictness: Strictness| {
            let ids = lesser.iter().filter(|id| strictness.raised != 1 || lesser_than_warning(id)).cloned().collect();
            judge_by(&strictness.options(&raising(&ids, strictness)), &plan)
        };
        let (lax, strict) = (run(one), run(one.or(other)));
        prop_assert!(lax.exit <= strict.exit, "{} blocks by {:?} and not by {:?}", name, one, one.or(other));
        for (policy, print) in identities(&lax) {
            let severity = |of: &Judgement| of.findings.iter().find(|finding| finding["fingerprint"] == print).map(gravity);
            prop_assert!(severity(&lax) <= severity(&strict), "{policy} of {name} is less, or gone, by {:?}", one.or(other));
        }
        prop_assert_eq!(identities(&strict), identities(&lax), "{}", name);
    }

    #[test]
    fn who_accepts_something_is_not_told_more(name in some_plan(), strictness in strictness(), pick in any::<prop::sample::Index>(), waive in any::<bool>()) {
        let plan = bytes_of(name);
        let all = judge_by(&strictness.options(""), &plan);
        // What is over needs no waiver, and one that accepts nothing is told of.
        let ids: Vec<String> = policies(&all.findings, |finding| finding["status"] != "resolved").into_iter().collect();
        prop_assume!(!ids.is_empty());
        let id = pick.get(&ids);
        // What cannot be told may be accepted, not silenced.
        let decision = if waive || id == "unresolved" {
            format!("[[waiver]]\npolicy = \"{id}\"\nselect = \"**\"\nreason = \"x\"\nexpires = 2026-12-31\n")
        } else {
            format!("[[policy]]\nid = \"{id}\"\nenabled = false\nreason = \"x\"\n")
        };
        let rest = judge_by(&strictness.options(&decision), &plan);
        prop_assert!(rest.exit <= all.exit, "{} blocks without {}", name, id);
        let blocking = |of: &Judgement| of.findings.iter().filter(|finding| finding["waiver"].is_null()).cloned().collect::<Vec<_>>();
        for finding in blocking(&rest) {
            prop_assert!(all.findings.contains(&finding), "{} is new once {} is accepted in {}", finding, id, name);
        }
        prop_assert!(blocking(&rest).iter().all(|finding| finding["policy"] != **id), "{} is not accepted", id);
    }
}

fn gravity(finding: &Value) -> usize {
    ["note", "warning", "error"].iter().position(|name| finding["severity"] == **name).unwrap()
}

fn identities(judgement: &Judgement) -> BTreeSet<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    judgement.findings.iter().map(|finding| (text(&finding["policy"]), text(&finding["fingerprint"]))).collect()
}

fn policies(findings: &[Value], that: impl Fn(&Value) -> bool) -> BTreeSet<String> {
    findings
        .iter()
        .filter(|finding| that(finding))
        .map(|finding| finding["policy"].as_str().unwrap().to_owned())
        .collect()
}
