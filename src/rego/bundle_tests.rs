//! No fail-open: every way a policy can go wrong is an error.

use super::*;
use crate::finding::Severity;
use crate::fixture::{facts, path, world};
use crate::rego::engine::Run;
use crate::rego::{RawFinding, World};

const HEAD: &str = "# METADATA
# scope: package
# title: A policy
# description: A policy.
# related_resources:
#   - ref: https://example.com
#     description: A page
# custom:
#   id: some-policy
#   levels: [warning, note]
#   decides: Whether it is grave.
#   compares: world
#   fires: Something is there.
#   remediation: Do something.
#   since: 0.1.0
package oacguard.some_policy

";

const FILE: &str = "policies/x/some-policy.rego";

fn load(body: &str) -> Result<Bundle, PolicyError> {
    Bundle::load(&[(FILE, &format!("{HEAD}{body}"))])
}

/// What a policy with this body says of one path.
fn evaluate(body: &str) -> Result<Vec<RawFinding>, PolicyError> {
    load(body)?.evaluate(&facts(vec![path(0, None, Some(world()))]))
}

/// A rule that finds this object.
fn finding(members: &str) -> String {
    format!("finding contains {{{members}}} if input.paths[0]\n")
}

const GOOD: &str = r#""path": 0, "plan": null, "world": "after", "when": "next-write", "subject": "s",
    "message": "m", "why": "w", "fix": "f",
    "evidence": [{"plan": "p", "address": "a", "path": "$", "note": "n"}]"#;

#[test]
fn a_good_finding_is_read_and_gets_the_first_level() {
    let found = evaluate(&finding(GOOD)).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].severity, found[0].world, found[0].path), (Severity::Warning, World::After, Some(0)));
    let found = evaluate(&finding(&format!(r#"{GOOD}, "severity": "note""#))).unwrap();
    assert_eq!(found[0].severity, Severity::Note);
}

#[test]
fn a_malformed_finding_is_an_error() {
    for (from, to, expected) in [
        (r#""path": 0"#, r#""path": 1"#, "there is no path 1"),
        (r#""path": 0"#, r#""path": -1"#, "invalid value"),
        (r#""path": 0"#, r#""path": "0""#, "invalid type"),
        (r#""path": 0"#, r#""path": 0.5"#, "invalid type"),
        (r#""path": 0, "#, "", "neither a path nor a plan"),
        (r#""plan": null"#, r#""plan": 0"#, "both a path and a plan"),
        (r#""path": 0, "plan": null"#, r#""path": null, "plan": 1"#, "there is no plan 1"),
        (r#""after""#, r#""before""#, "does not exist in the world"),
        (r#""after""#, r#""later""#, "unknown variant"),
        (r#""next-write""#, r#""soon""#, "unknown variant"),
        (r#""subject": "s""#, r#""subject": """#, "use null"),
        (r#""message": "m""#, r#""message": " ""#, "`message` is empty"),
        (r#""why": "w""#, r#""why": null"#, "invalid type"),
        (r#""fix": "f", "#, "", "missing field `fix`"),
        (r#""note": "n""#, r#""notes": "n""#, "unknown field `notes`"),
        (r#""fix""#, r#""severity": "error", "fix""#, "does not list"),
        (r#""fix""#, r#""severity": "fatal", "fix""#, "unknown variant"),
        (r#""fix""#, r#""extra": 1, "fix""#, "unknown field `extra`"),
    ] {
        let broken = GOOD.replace("\n    ", " ").replacen(from, to, 1);
        let error = evaluate(&finding(&broken)).map(|found| format!("{found:?}")).unwrap_err();
        assert!(matches!(error, PolicyError::Result { .. }), "{to}: {error}");
        assert!(error.to_string().contains(expected), "{to}: {error}");
    }
    let error = evaluate("finding contains 1 if input.paths[0]\n").unwrap_err();
    assert!(error.to_string().contains("invalid type"), "{error}");
}

#[test]
fn what_compares_the_change_speaks_of_the_world_after() {
    let source = format!("{HEAD}{}", finding(&GOOD.replace("\"after\"", "\"before\"")));
    let source = source.replace("compares: world", "compares: change");
    let bundle = Bundle::load(&[(FILE, &source)]).unwrap();
    let error = bundle.evaluate(&facts(vec![path(0, Some(world()), Some(world()))])).unwrap_err();
    assert!(error.to_string().contains("`after` only"), "{error}");
}

#[test]
fn an_entry_that_is_missing_or_no_set_does_not_load() {
    for body in [
        "findings contains 1 if input.paths[0]\n",
        "finding if input.paths[0]\n",
        "finding := {1}\n",
        "finding[x] := 1 if some x in input.paths\n",
        "default finding := false\n",
        "finding(x) := x\n",
        "x := 1\n",
    ] {
        let error = load(body).unwrap_err();
        assert!(matches!(error, PolicyError::Contract { .. } | PolicyError::Evaluation { .. }), "{body}: {error}");
    }
}

#[test]
fn an_answer_that_is_no_set_is_an_error() {
    let bundle = load(&finding(GOOD)).unwrap();
    let facts = facts(vec![path(0, None, Some(world()))]);
    for answer in [
        regorus::Value::Undefined,
        regorus::Value::Bool(true),
        regorus::Value::Null,
        regorus::Value::new_array(),
        regorus::Value::new_object(),
    ] {
        let error = bundle.policies[0].decode(&answer, facts.plans.len(), &facts.paths).unwrap_err();
        assert!(matches!(error, PolicyError::Result { .. }), "{error}");
    }
}

#[test]
fn a_rule_that_is_not_there_is_an_error() {
    let bundle = load(&finding(GOOD)).unwrap();
    let mut run = Run::without_input(&bundle.shares[0].engine, LIMITS, true);
    assert!(matches!(run.rule("data.oacguard.other.finding".to_owned(), "other"), Err(PolicyError::Evaluation { .. })));
}

#[test]
fn what_rego_or_we_refuse_does_not_load() {
    let load_error = |body: &str| load(&format!("{body}\n{}", finding(GOOD))).unwrap_err();
    assert!(matches!(load_error("f(x) :="), PolicyError::Syntax { .. }));
    assert!(matches!(load_error("y if unsafe_variable"), PolicyError::Evaluation { .. }));
    for body in [
        "never if { input.never; crypto.sha256(\"x\") }",
        "never if missing(1)",
        "never := [missing(x) | some x in input.paths]",
        "never if { every x in input.paths { not missing(x) } }",
        "never if input.paths[missing(1)]",
        "never if { input.x } else := missing(1)",
        "never if true with input as missing(1)",
        "f(missing) := missing(1)",
        "import input.other\nnever if other.function(1)",
    ] {
        let error = load_error(body);
        let PolicyError::UnknownFunction { line, .. } = error else { panic!("{body}: {error}") };
        assert!(line >= 16, "{body}: {error}");
    }
    for body in [
        "f(x) := f(x)",
        "f(x) := g(x)\ng(x) := h([y | y := f(x)])\nh(x) := x",
        "import data.oacguard.some_policy as me\nf(x) := me.f(x)",
        "f(x) := data.oacguard.some_policy.f(x)",
        "f(x) := g(x)\ng(x) := y if { y := upper(x) with upper as f }",
    ] {
        let error = load_error(body);
        assert!(matches!(error, PolicyError::Recursion { .. }), "{body}: {error}");
    }
}

#[test]
fn a_name_that_nothing_declares_does_not_load() {
    let library = "package oacguard.lib.x\nword := 1\n";
    let load = |body: &str| {
        let source = format!("{HEAD}{body}\n{}", finding(GOOD));
        Bundle::load(&[(FILE, &source), ("policies/lib/x.rego", library)])
    };
    assert!(load("import data.oacguard.lib.x\ny := x.word").is_ok());
    assert!(load("import data.oacguard.lib\ny := lib.x.word").is_ok());
    assert!(load("import data.oacguard.lib.x.word\ny := word").is_ok());
    for body in [
        "import data.oacguard.lib.z\n",
        "import data.oacguard.lib.x.wort\n",
        "import data.oacguard.lib.x\ny := x.wort",
        "import data.oacguard.lib.x\ny if not x.wort",
        "import data.oacguard.lib.x as z\ny := [z.wort.more]",
        "y := data.oacguard.lib.x.wort",
        "y := data.oacguard.lib.x[\"word\"].z.y if data.oacguard.some_policy.nothing",
    ] {
        let error = load(body).unwrap_err();
        assert!(matches!(error, PolicyError::Contract { .. }), "{body}: {error}");
        assert!(error.to_string().contains("nothing declares"), "{body}: {error}");
    }
}

#[test]
fn a_variable_without_a_value_is_an_error_where_it_is_met() {
    for body in ["finding contains typo if input.paths[0]\n", "x := typo\nfinding contains x if input.paths[0]\n"] {
        let error = evaluate(body).unwrap_err();
        assert!(error.to_string().contains("typo is unsafe"), "{error}");
    }
}

#[test]
fn a_parse_error_names_file_and_line_and_does_not_begin_with_a_newline() {
    let error = load("f(x) :=\n").unwrap_err().to_string();
    assert!(
        error.starts_with("policies/x/some-policy.rego is not valid Rego: --> policies/x/some-policy.rego:1"),
        "{error}"
    );
}

#[test]
fn a_failure_while_evaluating_is_an_error() {
    for body in [
        // A built-in that fails: undefined under OPA's defaults, which would hide the finding.
        "x := to_number(\"abc\") if input.paths[0]",
        // Two values for one rule.
        "x := 1 if input.paths[0]\nx := 2 if input.paths[0]",
        // Rules that need each other.
        "x := y\ny := x",
    ] {
        let source = format!("{body}\nfinding contains x if input.paths[0]\n");
        let error = evaluate(&source).map(|found| format!("{found:?}")).unwrap_err();
        assert!(matches!(error, PolicyError::Evaluation { .. }), "{body}: {error}");
    }
}

#[test]
fn a_policy_that_takes_too_long_is_stopped() {
    let endless = "numbers_ := numbers.range(1, 2000)

finding contains x if {
	some a in numbers_
	some b in numbers_
	some c in numbers_
	x := (a + b) + c
	x < 0
}
";
    let mut bundle = load(endless).unwrap();
    bundle.limits =
        Limits { rule: Duration::from_millis(50), total: Duration::from_secs(10), given: Duration::from_millis(50) };
    let error = bundle.evaluate(&facts(vec![])).unwrap_err();
    assert!(matches!(error, PolicyError::TimeLimit { .. }), "{error}");
    bundle.limits = Limits { rule: Duration::from_secs(10), total: Duration::ZERO, given: Duration::ZERO };
    assert!(matches!(bundle.evaluate(&facts(vec![])), Err(PolicyError::TimeLimit { .. })));
}

#[test]
fn a_panic_is_an_error_and_deep_calls_have_room() {
    let error = engine::on_deep_stack(|| -> Result<(), PolicyError> { panic!("on purpose") }).unwrap_err();
    assert_eq!(error, PolicyError::Stopped("on purpose".to_owned()));
    let chain: Vec<String> = (0..400).map(|n| format!("f{n}(x) := f{}(x)", n + 1)).collect();
    let chain = chain.join("\n");
    let source = format!("{chain}\nf400(x) := x\n{}", finding(GOOD).replace("input.paths[0]", "f0(input.paths[0])"));
    assert_eq!(evaluate(&source).unwrap().len(), 1);
}

#[test]
fn facts_of_another_shape_are_refused() {
    let bundle = load(&finding(GOOD)).unwrap();
    let mut facts = facts(vec![]);
    facts.schema = "oacguard.facts/v2".to_owned();
    assert!(matches!(bundle.evaluate(&facts), Err(PolicyError::Input(_))));
    assert!(matches!(engine::object(engine::input(&[1, 2]).unwrap()), Err(PolicyError::Input(_))));
    assert!(matches!(engine::object(engine::input(&f64::NAN).unwrap()), Err(PolicyError::Input(_))));
}

#[test]
fn files_keep_to_their_packages_and_names() {
    let good = format!("{HEAD}{}", finding(GOOD));
    let library = "package oacguard.lib.x\nf(x) := x\n";
    let refused = |sources: &[(&str, &str)], expected: &str| {
        let error = Bundle::load(sources).unwrap_err().to_string();
        assert!(error.contains(expected), "{expected}: {error}");
    };
    refused(&[], "there is no policy");
    refused(&[("policies/lib/x.rego", library)], "there is no policy");
    refused(&[(FILE, &good), ("policies/lib/x.rego", &good)], "is taken by another file");
    refused(&[(FILE, &good), ("policies/lib/x.rego", "package oacguard.y\nx := 1\n")], "below `oacguard.lib`");
    refused(
        &[(FILE, &good.replace("package oacguard.some_policy", "package oacguard.other"))],
        "call it `oacguard.some_policy`",
    );
    refused(&[(FILE, &good), ("policies/y/some-policy.rego", &good)], "is taken by");
    refused(&[(FILE, "package oacguard.some_policy\nx := 1\n")], "METADATA: there is none");
    assert!(Bundle::load(&[(FILE, &format!("\u{feff}{good}")), ("policies/lib/x.rego", library)]).is_ok());
}
