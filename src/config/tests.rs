//! What is read from `oacguard.toml`, and what is refused, where and how.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::report::schema;

const POLICIES: &[&str] = &["oai-sse-kms", "legacy-oai", "unresolved"];

const WHOLE: &str = r#"
[check]
fail-on = "never"
fail-on-existing = true
unresolved = "warning"
require-paths = false

[[policy]]
id = "legacy-oai"
severity = "warning"
reason = "the migration is due"

[[policy]]
id = "oai-sse-kms"
enabled = false
reason = """
  not
  here"""

[[waiver]]
policy = "oai-sse-kms"
select = 'module.*.aws_cloudfront_distribution.site["blog"]'
reason = "nothing is uploaded"
owner = "web platform"
expires = 2026-12-31

[[waiver]]
policy = "unresolved"
select = "$.resource_changes[?@.type == 'aws_s3_bucket']"
reason = "r"
expires = "2028-02-29"
"#;

fn good(text: &str) -> Config {
    read("oacguard.toml", text, POLICIES).unwrap()
}

/// The errors, each as `line:column: message`.
fn bad(text: &str) -> Vec<String> {
    let errors = read("f", text, POLICIES).map(|_| ()).unwrap_err();
    assert!(errors.iter().all(|error| !error.help.is_empty()));
    errors.iter().map(|error| error.to_string().strip_prefix("f:").unwrap().to_owned()).collect()
}

/// A waiver with one line exchanged, or taken out where `line` is empty.
fn waiver_with(key: &str, line: &str) -> String {
    let lines = ["policy = 'oai-sse-kms'", "select = '*'", "reason = 'r'", "expires = 2026-12-31"];
    let mut text = "[[waiver]]\n".to_owned();
    for known in lines.into_iter().filter(|known| !known.starts_with(key)).chain([line]) {
        text.push_str(known);
        text.push('\n');
    }
    text
}

#[test]
fn all_of_it_is_read() {
    let config = good(WHOLE);
    let check = Check {
        fail_on: Some(FailOn::Never),
        fail_on_existing: Some(true),
        unresolved: Some(Severity::Warning),
        require_paths: Some(false),
    };
    assert_eq!(config.check, check);
    let [lowered, off] = config.policies.as_slice() else { panic!() };
    assert_eq!((lowered.severity, lowered.enabled, lowered.line), (Some(Severity::Warning), true, 8));
    assert_eq!((off.enabled, off.reason.as_str()), (false, "not here"));
    let [glob, path] = config.waivers.as_slice() else { panic!() };
    assert_eq!((glob.owner.as_deref(), glob.line), (Some("web platform"), 20));
    assert_eq!(glob.select.to_string(), "module.*.aws_cloudfront_distribution.site[\"blog\"]");
    assert_eq!(
        (glob.expires.to_string(), path.expires.to_string()),
        ("2026-12-31".to_owned(), "2028-02-29".to_owned())
    );
    assert!(matches!(path.select, Selector::Path(_)));
}

#[test]
fn nothing_is_a_configuration_too() {
    for text in ["", "\n# a remark\n", "[check]\n", "waiver = []\n"] {
        let config = good(text);
        assert!(config.waivers.is_empty() && config.policies.is_empty() && config.check == Check::default());
    }
}

#[test]
fn lines_may_end_as_on_windows() {
    let config = good(&WHOLE.replace('\n', "\r\n"));
    assert_eq!((config.waivers[0].line, config.waivers.len()), (20, 2));
}

#[test]
fn a_decision_needs_a_reason_and_a_waiver_a_day() {
    assert_eq!(bad(&waiver_with("reason", "")), ["1:1: this [[waiver]] has no `reason`"]);
    for blank in ["''", "'  '", "\" \\n\\t \""] {
        assert_eq!(bad(&waiver_with("reason", &format!("reason = {blank}"))), ["5:10: `reason` is empty"], "{blank}");
    }
    assert_eq!(bad(&waiver_with("expires", "")), ["1:1: this [[waiver]] has no `expires`"]);
    assert_eq!(bad(&waiver_with("select", "")), ["1:1: this [[waiver]] has no `select`"]);
    assert_eq!(bad(&waiver_with("policy", "")), ["1:1: this [[waiver]] has no `policy`"]);
    let policy = "[[policy]]\nid = 'legacy-oai'\n";
    assert_eq!(bad(&format!("{policy}enabled = false")), ["1:1: this [[policy]] has no `reason`"]);
    assert_eq!(bad(&format!("{policy}severity = 'note'")), ["1:1: this [[policy]] has no `reason`"]);
    assert_eq!(bad(&format!("{policy}reason = 'r'")), ["1:1: this [[policy]] changes nothing"]);
}

#[test]
fn only_days_that_there_are_end_a_waiver() {
    for wrong in [
        "'31.12.2026'",
        "'2026-12-32'",
        "'2026-02-29'",
        "'2026-12'",
        "'20261231'",
        "'2026-12-31T00:00'",
        "'2026-12-31T00:00:00Z'",
        "'never'",
        "''",
        "20261231",
        "true",
        "[2026-12-31]",
        "2026-12-31T10:00:00Z",
        "2026-12-31T10:00:00",
        "10:00:00",
    ] {
        let errors = bad(&waiver_with("expires", &format!("expires = {wrong}")));
        assert_eq!(errors, ["5:11: `expires` is no date"], "{wrong}");
    }
    // TOML has days of its own.
    let errors = bad(&waiver_with("expires", "expires = 2026-02-30"));
    assert!(errors[0].starts_with("5:11: invalid date"), "{errors:?}");
}

#[test]
fn what_is_not_known_is_refused_and_the_nearest_named() {
    let help = |text: &str| read("f", text, POLICIES).map(|_| ()).unwrap_err()[0].help.clone();
    assert_eq!(bad("[chek]\n"), ["1:2: this file has no key `chek`"]);
    assert_eq!(help("[chek]\n"), "did you mean `check`?");
    assert_eq!(help("[check]\nfail_on = 'note'"), "did you mean `fail-on`?");
    assert_eq!(
        help(&waiver_with("owner", "until = 2026-12-31")),
        "the keys there are policy, select, reason, owner, expires"
    );
    assert_eq!(bad(&waiver_with("policy", "policy = 'oai-see-kms'")), ["5:10: there is no policy `oai-see-kms`"]);
    assert_eq!(help(&waiver_with("policy", "policy = 'oai-see-kms'")), "similar ones are oai-sse-kms");
    assert_eq!(help(&waiver_with("policy", "policy = 'waiver-expired'")), "`oacguard policies` lists them");
    assert_eq!(help(&waiver_with("policy", "policy = 'OAI-SSE-KMS'")), "similar ones are oai-sse-kms");
}

#[test]
fn types_are_as_they_should_be() {
    for (text, expected) in [
        ("check = 1", "1:9: `check` is an integer"),
        ("[[check]]", "1:1: `check` is an array"),
        ("[check]\nfail-on = 'bad'", "2:11: `fail-on` is none of \"error\", \"warning\", \"note\", \"never\""),
        ("[check]\nfail-on = 'Error'", "2:11: `fail-on` is none of \"error\", \"warning\", \"note\", \"never\""),
        ("[check]\nunresolved = 'never'", "2:14: `unresolved` is none of \"note\", \"warning\", \"error\""),
        ("[check]\nrequire-paths = 'true'", "2:17: `require-paths` is a string"),
        ("[waiver]", "1:1: `waiver` is one table, and has to be a list of tables"),
        ("waiver = ['x']", "1:11: `waiver` is a string"),
        ("policy = 3", "1:10: `policy` is one integer, and has to be a list of tables"),
        ("[[policy]]\nid = 'legacy-oai'\nenabled = 0\nreason = 'r'", "3:11: `enabled` is an integer"),
    ] {
        assert_eq!(bad(text), [expected], "{text}");
    }
    assert_eq!(bad(&waiver_with("owner", "owner = 3")), ["6:9: `owner` is an integer"]);
    assert_eq!(bad(&waiver_with("owner", "owner = ''")), ["6:9: `owner` is empty"]);
    let errors = bad(&waiver_with("select", "select = '$.a['"));
    assert!(errors[0].starts_with("5:10: `select` is no JSONPath\n") && errors[0].contains('^'), "{errors:?}");
}

#[test]
fn what_contradicts_itself_is_refused() {
    let twice = waiver_with("owner", "") + &waiver_with("owner", "owner = 'x'");
    assert_eq!(bad(&twice), ["7:1: the waiver in line 1 selects the same findings"]);
    let off = "[[policy]]\nid = 'legacy-oai'\nenabled = false\nreason = 'r'\n";
    assert_eq!(bad(&off.repeat(2)), ["5:1: line 1 decides about `legacy-oai` already"]);
    assert_eq!(bad(&format!("{off}severity = 'note'")), ["1:1: a policy that is switched off has no severity"]);
}

#[test]
fn what_cannot_be_told_is_always_said() {
    let errors = bad("[[policy]]\nid = 'unresolved'\nenabled = false\nreason = 'r'");
    assert_eq!(errors, ["2:6: `unresolved` cannot be switched off: what a plan cannot tell has to be said"]);
    let errors = bad("[[policy]]\nid = 'unresolved'\nseverity = 'error'\nreason = 'r'");
    assert_eq!(errors, ["2:6: the severity of `unresolved` is not set here"]);
}

#[test]
fn all_errors_come_at_once_and_in_the_order_of_lines() {
    let text = "[[waiver]]\npolicy = 'x'\n[check]\nfail-on = 1\n[[policy]]\nid = 'y'\n";
    let lines: Vec<String> = bad(text).iter().map(|error| error.split(':').next().unwrap().to_owned()).collect();
    assert_eq!(lines, ["1", "1", "1", "2", "4", "5", "5", "6"]);
    let many = read("f", &"[[waiver]]\n".repeat(100), POLICIES).map(|_| ()).unwrap_err();
    assert_eq!(many.len(), 20);
    assert!(many[19].help.ends_with("; 380 more errors are not shown"), "{}", many[19].help);
}

#[test]
fn errors_do_not_quote_values() {
    let secret = "hunter2";
    for text in [
        format!("password = \"{secret}\"\n"),
        format!("password = \"{secret}\n"),
        format!("password = {secret}\n"),
        format!("[check]\nfail-on = '{secret}'\nunresolved = '{secret}'\nrequire-paths = '{secret}'\n"),
        format!("waiver = ['{secret}']\n"),
        waiver_with("expires", &format!("expires = '{secret}'")),
        format!("reason = '''{secret}"),
    ] {
        for error in read("f", &text, POLICIES).map(|_| ()).unwrap_err() {
            assert!(!error.to_string().contains(secret) && !error.help.contains(secret), "{text}: {error}");
        }
    }
}

#[test]
fn nesting_does_not_end_the_program() {
    let deep = format!("a = {}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(!bad(&deep).is_empty());
    let dotted = format!("{} = 1", vec!["a"; 50_000].join("."));
    assert!(!bad(&dotted).is_empty());
}

/// The schema and the reader are written apart; this holds them together.
#[test]
fn the_schema_says_what_is_read() {
    let schema = serde_json::to_value(schema::config(POLICIES.iter().copied())).unwrap();
    let keys = |pointer: &str| {
        let properties = schema.pointer(pointer).and_then(|table| table["properties"].as_object()).unwrap();
        let mut keys: Vec<&str> = properties.keys().map(String::as_str).collect();
        keys.sort_unstable();
        keys
    };
    for (pointer, known) in [
        ("", read::ROOT),
        ("/$defs/Check", read::CHECK),
        ("/$defs/Setting", read::POLICY),
        ("/$defs/Waiver", read::WAIVER),
    ] {
        let mut known = known.to_vec();
        known.sort_unstable();
        assert_eq!(keys(pointer), known, "{pointer}");
    }
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let waiver = json!({"policy": "oai-sse-kms", "select": "*", "reason": "r", "expires": "2026-12-31"});
    let setting = json!({"id": "legacy-oai", "enabled": false, "reason": "r"});
    let valid = |waiver: &serde_json::Value, setting: &serde_json::Value| {
        validator.is_valid(&json!({"check": {"fail-on": "never"}, "waiver": [waiver], "policy": [setting]}))
    };
    assert!(validator.is_valid(&json!({})) && valid(&waiver, &setting));
    for key in ["policy", "select", "reason", "expires"] {
        let mut without = waiver.clone();
        without.as_object_mut().unwrap().remove(key);
        assert!(!valid(&without, &setting), "{key}");
    }
    for (key, value) in [("policy", "no-such-policy"), ("reason", ""), ("surprise", "x")] {
        let mut other = waiver.clone();
        other[key] = json!(value);
        assert!(!valid(&other, &setting), "{key}");
    }
    assert!(!valid(&waiver, &json!({"id": "legacy-oai", "enabled": false})));
}

proptest! {
    #[test]
    fn no_text_panics(text in ".*") {
        let _ = read("f", &text, POLICIES);
    }

    #[test]
    fn no_damage_to_a_good_file_panics(at in 0..WHOLE.len(), length in 0..40usize, by in "[\\[\\]\"'=.#\n a-z0-9]{0,3}") {
        let end = (at + length).min(WHOLE.len());
        if let (Some(start), Some(rest)) = (WHOLE.get(..at), WHOLE.get(end..)) {
            for error in read("f", &format!("{start}{by}{rest}"), POLICIES).map(|_| ()).err().into_iter().flatten() {
                prop_assert!(error.place.starts_with("f:"));
            }
        }
    }
}
