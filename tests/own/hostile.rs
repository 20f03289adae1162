//! Policies that want too much, that never end, or that would pass in silence: each ends in a clear error.

use crate::{Place, QUIET};

/// What makes trouble, with the kind of error and a part of what is said.
fn troubles() -> Vec<(&'static str, String, &'static str, &'static str)> {
    let deny = |body: &str| format!("package main\ndeny contains \"x\" if {{ {body} }}\n");
    let rules = |rules: &str| format!("package main\n{rules}\n");
    let doubled: Vec<String> =
        (1..40).map(|at| format!("d{at} := concat(\"\", [d{}, d{}])\n", at - 1, at - 1)).collect();
    let doubled = doubled.concat();
    let nested = |open: &str, close: &str| format!("{}1{}", open.repeat(5_000), close.repeat(5_000));
    vec![
        ("function", rules("f(x) := f(x + 1)\ndeny contains f(1)"), "own-policy", "calls itself"),
        ("functions", rules("f(x) := g(x)\ng(x) := f(x)\ndeny contains f(1)"), "own-policy", "calls itself"),
        ("rules", rules("a := b\nb := a\ndeny contains a"), "own-policy", "recursion detected"),
        ("itself", rules("deny contains x if some x in deny"), "own-policy", "recursion detected"),
        ("range", deny("count(numbers.range(1, 1000000000)) > 5"), "own-policy-limit", "1 GiB of memory"),
        ("doubled", rules(&format!("d0 := \"aaaaaaaaaaaaaaaa\"\n{doubled}deny contains d39")), "own-policy-limit", ""),
        ("addresses", deny("count(net.cidr_expand(\"0.0.0.0/0\")) > 1"), "own-policy-limit", "`data.main.deny`"),
        (
            "product",
            deny("r := numbers.range(1, 3000); some a in r; some b in r; some c in r; a + b + c < 0"),
            "own-policy-limit",
            "did not finish within 2 seconds; `data.main.deny`",
        ),
        ("brackets", deny(&format!("{} == 1", nested("(", ")"))), "own-policy", "own.rego:2"),
        ("arrays", deny(&format!("{} == 1", nested("[", "]"))), "own-policy", ""),
        ("line", rules(&format!("deny contains \"{}\"", "x".repeat(70_000))), "own-policy", "own.rego:2"),
        ("pattern", deny("regex.match(\"(((a{1,100}){1,100}){1,100})\", \"aaa\")"), "own-policy", "size limit"),
        ("unsafe", rules("deny contains x if y == 1"), "own-policy", "own.rego:2"),
        ("network", deny("http.send({\"url\": \"http://localhost\"}).status == 200"), "own-policy", "`http.send`"),
        ("annotation", deny("rego.metadata.rule().title == \"\""), "own-policy", "`rego.metadata.rule`"),
        ("boolean", rules("deny if true"), "own-policy", "gives a boolean"),
        ("index", rules("deny[msg] if msg := \"x\""), "own-policy", "contains msg if"),
        ("old", rules("deny[msg] { msg := \"x\" }"), "own-policy", "own.rego:2"),
        ("ours", "package oacguard.oai_sse_kms\ndeny contains \"x\"".to_owned(), "own-policy", "kept for the program"),
        ("nothing", rules("allow := true"), "own-policy", "every plan would pass"),
        ("elsewhere", "package other\ndeny contains \"x\"".to_owned(), "own-policy", "it with --namespace"),
        ("conflict", rules("deny := [\"a\"]\ndeny := [\"b\"]"), "own-policy", "data.main.deny"),
    ]
}

#[test]
fn they_end_in_a_clear_error() {
    for (name, source, kind, says) in troubles() {
        let place = Place::policy(&source);
        let (found, message) = place.refused(&["--policy-timeout", "2"]);
        // Without optimization, what takes memory or depth may run out of time before.
        let expected = if cfg!(debug_assertions) && found == "own-policy-limit" { &found } else { kind };
        assert_eq!(found, expected, "{name}: {message}");
        let slow = message.contains("did not finish");
        assert!(message.contains(says) || (cfg!(debug_assertions) && slow), "{name}: {says} not in {message}");
        assert!(message.len() < 1_000, "{name}: {} bytes", message.len());
    }
}

#[test]
fn what_is_wrong_with_ours_is_told_beside_it() {
    // The verdict of the program's own policies is lost as well: one without the other would be half an answer.
    let place = Place::policy("package main\nallow := true\n");
    let (report, status) = place.check("article-2-kms", &[]);
    assert_eq!(status, 2);
    assert_eq!(report["findings"][0]["policy"], "oai-sse-kms");
    assert_eq!(report["errors"].as_array().unwrap().len(), 1);
}

#[test]
fn files_come_as_editors_write_them() {
    let place = Place::policy("\u{feff}package main\r\n\r\ndeny contains \"x\"\r\n");
    let (report, status) = place.check(QUIET, &[]);
    assert_eq!((status, &report["findings"][0]["message"]), (1, &"x".into()), "{report}");
    place.write("policy/own.rego", b"package main\ndeny contains \"\xff\"\n");
    assert!(place.refused(&[]).1.contains("UTF-8"));
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_not_left_out() {
    let place = Place::policy("package main\ndeny contains \"x\"\n");
    std::os::unix::fs::symlink("/dev/zero", place.path().join("policy/other.rego")).unwrap();
    assert!(place.refused(&[]).1.contains("neither a file nor a folder"));
}

#[test]
fn data_takes_the_place_of_no_rule() {
    for (data, says) in [
        (r#"{"main": {"deny": []}}"#, "own.rego:2: the data has `data.main.deny`"),
        (r#"{"main": 1}"#, "`data.main`"),
        (r#"{"main": {"help": 1}}"#, "`data.main.help`"),
        (r#"{"oacguard": {"paths": []}}"#, "data.oacguard"),
        ("[]", "not an object"),
        ("{", "not JSON"),
    ] {
        let place = Place::policy("package main\ndeny contains \"x\" if help\nhelp if input\n");
        place.write("data/x.json", data.as_bytes());
        let message = place.refused(&["--data", "data"]).1;
        assert!(message.contains(says), "{says} not in {message}");
    }
    let place = Place::policy("package main\ndeny contains data.main.words[_]\n");
    place.write("data/x.json", br#"{"main": {"words": ["y"]}}"#);
    assert_eq!(place.check(QUIET, &["--data", "data"]).0["findings"][0]["message"], "y");
}

#[test]
fn ours_are_what_they_were() {
    // A package of the same name somewhere else, data, and rules that would silence a policy.
    let place = Place::policy(
        "package main\nimport data.oacguard\ndeny contains \"x\" if count(oacguard.paths) == 0 with data.oacguard.paths as []\n",
    );
    let (report, _) = place.check("article-2-kms", &[]);
    let policies: Vec<&str> =
        report["findings"].as_array().unwrap().iter().map(|found| found["policy"].as_str().unwrap()).collect();
    // The outage first: where there is no room for all, it must not be crowded out.
    assert_eq!(policies, ["oai-sse-kms", "main.deny"]);
    assert_eq!(report["tool"]["policies"], place.check(QUIET, &[]).0["tool"]["policies"]);
}
