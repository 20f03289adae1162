use serde_json::json;

use super::*;

fn policies(files: &[(&str, &str)]) -> Policies {
    Policies {
        files: files.iter().map(|(path, source)| ((*path).to_owned(), (*source).to_owned())).collect(),
        data: Map::new(),
        v0: false,
        namespaces: Namespaces::All,
        time: Duration::from_secs(10),
        now: 1_700_000_000_000_000_000,
    }
}

fn input(document: serde_json::Value) -> Input {
    Input { name: "plan.json".to_owned(), folder: "/plans".to_owned(), document, facts: json!({"paths": []}) }
}

fn ask(policies: &Policies, document: serde_json::Value) -> Result<Vec<Record>, PolicyError> {
    engine::on_deep_stack(|| Loaded::new(policies)?.ask(input(document), &mut |_| {}))
}

fn refused(source: &str) -> String {
    ask(&policies(&[("own.rego", source)]), json!({})).unwrap_err().to_string()
}

#[test]
fn rules_give_messages_and_are_counted() {
    let source = r#"package main

# METADATA
# title: Tags
# custom:
#   severity: note
deny_tags contains {"msg": "no tags", "resource": "a.b"} if input.bad

deny_tags contains "second" if false

warn contains "look" if data.oacguard.paths == []

deny contains "exempt" if input.bad

exception contains [""]
"#;
    let records = ask(&policies(&[("own.rego", source)]), json!({"bad": true})).unwrap();
    let [record] = records.as_slice() else { panic!("{records:?}") };
    let brief: Vec<_> =
        record.rules.iter().map(|rule| (rule.rule.as_str(), rule.messages.len(), rule.exceptions)).collect();
    assert_eq!(brief, [("deny", 0, 1), ("deny_tags", 1, 0), ("warn", 0, 1)]);
    assert_eq!(record.successes, 1);
    let tags = &record.rules[1];
    assert_eq!((tags.line, tags.about.title.as_deref()), (7, Some("Tags")));
    assert_eq!(tags.about.severity, None, "the second definition says nothing of it");
    assert_eq!(tags.messages[0].metadata, *json!({"resource": "a.b"}).as_object().unwrap());
    assert_eq!(record.rules[0].exempted, 1);
}

#[test]
fn what_would_pass_in_silence_is_refused() {
    for (source, expected) in [
        ("package main\ndeny if input", "gives a boolean"),
        ("package main\ndeny[msg] if msg := \"x\"", "gives an object and not messages"),
        ("package main\ndeny := \"x\"", "it gives a text"),
        ("package main\ndefault deny := false", "it gives a boolean"),
        ("package main\ndeny(x) := [\"y\"] if x", "is a function"),
        ("package main\ndeny contains 1", "a number among its messages"),
        ("package main\ndeny contains {\"message\": \"x\"}", "without `msg`"),
        ("package main\ndeny contains {\"msg\": 1}", "`msg` is no text"),
        ("package main\ndeny contains \"\"", "empty message"),
        ("package main\nallow := true", "every plan would pass"),
        ("package oacguard.lib.x\ndeny contains \"x\"", "is kept for the program"),
        ("package main\ndeny contains http.send({}) if true", "there is no function `http.send`"),
        ("package main\nf(x) := g(x)\ng(x) := f(x)\ndeny contains f(1)", "calls itself"),
        ("package main\ndeny contains x if y == 1", "own.rego:2"),
        ("package main\ndeny contains", "own.rego:2"),
        ("package main\ndeny contains \"x\" if not input.names[_] == 1", "own.rego:2: `_` after `not`"),
        ("package main\ndeny contains x if some {\"a\": x} in input.names", "own.rego:2: an object as a pattern"),
        ("package main\ndeny contains f({})\nf({\"a\": x}) := x", "own.rego:3: an object as a pattern"),
        ("package conftest.file\nname := 1\ndeny contains \"x\"", "the data has `data.conftest.file.name`"),
    ] {
        let error = refused(source);
        assert!(error.contains(expected), "{expected} not in {error}");
    }
}

#[test]
fn data_may_not_stand_in_the_place_of_a_rule() {
    let source = "package main.sub\ndeny contains data.main.sub.names[_]";
    for (data, masked) in [
        (json!({"main": {"sub": {"deny": []}}}), Some("data.main.sub.deny")),
        (json!({"main": {"sub": 1}}), Some("data.main.sub")),
        (json!({"main": []}), Some("data.main")),
        (json!({"main": {"sub": {"names": ["x"]}}}), None),
    ] {
        let policies = Policies { data: data.as_object().unwrap().clone(), ..policies(&[("own.rego", source)]) };
        match (ask(&policies, json!({})), masked) {
            (Ok(records), None) => assert_eq!(records[0].rules[0].messages[0].msg, "x"),
            (Err(error), Some(place)) => assert!(error.to_string().contains(&format!("`{place}`")), "{error}"),
            other => panic!("{data}: {other:?}"),
        }
    }
}

#[test]
fn the_contract_has_its_own_words() {
    let source = r#"package main
deny contains data.conftest.file.name
deny contains data.conftest.file.dir
deny contains sprintf("%d", [time.now_ns()])
deny contains crypto.sha256("a")
deny contains to_number("x")
deny contains msg if {
	some path in input.paths
	msg := sprintf("%v", [path])
}
"#;
    let records = ask(&policies(&[("own.rego", source)]), json!({"paths": ["line\nbreak", 7]})).unwrap();
    let mut all: Vec<&str> = records[0].rules[0].messages.iter().map(|message| message.msg.as_str()).collect();
    all.sort_unstable();
    let hash = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";
    assert_eq!(all, ["/plans", "1700000000000000000", "7", hash, "line\nbreak", "plan.json"]);
}

#[test]
fn older_rego_is_read_when_asked_for() {
    let source = "package main\ndeny[msg] { any([false, true]); re_match(\"^a\", \"ab\"); msg := \"old\" }";
    assert!(refused(source).contains("own.rego"));
    let records = ask(&Policies { v0: true, ..policies(&[("own.rego", source)]) }, json!({})).unwrap();
    assert_eq!(records[0].rules[0].messages[0].msg, "old");
}

#[test]
fn bodies_that_follow_each_other_are_refused_in_words() {
    let source = "package main\ndeny[x] { x := \"a\" } { x := \"b\" }";
    let policies = Policies { v0: true, ..policies(&[("own.rego", source)]) };
    let error = ask(&policies, json!({})).unwrap_err().to_string();
    assert!(error.contains("write the head of the rule again before it"), "{error}");
}

#[test]
fn names_in_brackets_are_asked() {
    let source = "package main[\"a-b.c\"]\ndeny contains \"x\"";
    let files = [("own.rego", source)];
    let records = ask(&policies(&files), json!({})).unwrap();
    assert_eq!(records[0].namespace, "main[\"a-b.c\"]");
    assert_eq!(records[0].rules[0].messages[0].msg, "x");
    let data = json!({"main": {"a-b.c": {"deny": []}}}).as_object().unwrap().clone();
    let error = ask(&Policies { data, ..policies(&files) }, json!({})).unwrap_err().to_string();
    assert!(error.contains("data.main.a-b.c.deny"), "{error}");
}

#[test]
fn globs_choose_packages() {
    let files = [("a.rego", "package a\ndeny contains \"x\""), ("ab.rego", "package a.b\ndeny contains \"y\"")];
    for (names, expected) in [(&["a"][..], 1), (&["a*"], 2), (&["a.*"], 1), (&["?", "*.b"], 2)] {
        let namespaces = Namespaces::Named(names.iter().map(|name| (*name).to_owned()).collect());
        let records = ask(&Policies { namespaces, ..policies(&files) }, json!({})).unwrap();
        assert_eq!(records.len(), expected, "{names:?}");
    }
    let namespaces = Namespaces::Named(vec!["main".to_owned()]);
    let error = ask(&Policies { namespaces, ..policies(&files) }, json!({})).unwrap_err().to_string();
    assert!(error.contains("`a`, `a.b`; name it with --namespace"), "{error}");
}

#[test]
fn time_is_limited() {
    let source = "package main\ndeny contains \"x\" if { some a, b, c in numbers.range(1, 5000); a + b + c == 0 }";
    let source = source
        .replace("some a, b, c in", "some a in numbers.range(1, 5000); some b in numbers.range(1, 5000); some c in");
    let policies = Policies { time: Duration::from_millis(300), ..policies(&[("own.rego", source.as_str())]) };
    let error = ask(&policies, json!({})).unwrap_err().to_string();
    assert!(error.contains("`data.main.deny` did not finish within 0.3 seconds"), "{error}");
}
