//! What a report says against what it should say.

use serde_json::{Map, Value};

use crate::case::{Expect, Quiet};

type Finding = Map<String, Value>;

/// What is wrong with exit status and findings.
pub(crate) fn full(expect: &Expect, exit: i32, report: &Value) -> Vec<String> {
    let got = findings(report);
    let mut problems = Vec::new();
    if exit != expect.exit {
        problems.push(format!("exit {exit}, not {}", expect.exit));
    }
    let verdict = ["pass", "block", "none"].get(usize::try_from(exit).unwrap_or(3));
    if report["verdict"].as_str() != verdict.copied() {
        problems.push(format!("verdict {} at exit {exit}", report["verdict"]));
    }
    if !holds(&expect.findings, &got, expect.exact) {
        problems.push(diff(&expect.findings, &got, expect.exact));
    }
    problems.extend(loud(&expect.quiet, &got));
    problems
}

/// What is wrong even without the policies that the case waits for.
pub(crate) fn without_pending(expect: &Expect, pending: &[String], exit: i32, report: &Value) -> Vec<String> {
    let mut part = expect.clone();
    part.exact = false;
    part.findings.retain(|finding| !pending.iter().any(|policy| says(finding, "policy", policy)));
    let blocks = part.findings.iter().any(|finding| says(finding, "severity", "error"));
    let mut problems = full(&part, exit, report);
    if expect.exit == 1 && !blocks {
        problems.retain(|problem| problem != "exit 0, not 1");
    }
    if expect.findings.len() == part.findings.len() {
        problems.push(format!("none of its findings is of {}", pending.join(", ")));
    }
    problems
}

fn findings(report: &Value) -> Vec<Finding> {
    report["findings"].as_array().into_iter().flatten().filter_map(|one| one.as_object().cloned()).collect()
}

/// Whether `got` is what is expected, key by key: all of it in order, or, if not `exact`, somewhere in it.
fn holds(expected: &[Finding], got: &[Finding], exact: bool) -> bool {
    if exact {
        return expected.len() == got.len() && expected.iter().zip(got).all(|(one, other)| matches(one, other));
    }
    let mut left: Vec<&Finding> = got.iter().collect();
    expected.iter().all(|one| match left.iter().position(|other| matches(one, other)) {
        Some(at) => {
            left.remove(at);
            true
        }
        None => false,
    })
}

fn matches(expected: &Finding, got: &Finding) -> bool {
    expected.iter().all(|(name, value)| got.get(name) == Some(value))
}

fn says(finding: &Finding, name: &str, text: &str) -> bool {
    finding.get(name).and_then(Value::as_str) == Some(text)
}

fn loud(quiet: &[Quiet], got: &[Finding]) -> Vec<String> {
    let concerns = |path: &Quiet, finding: &Finding| {
        says(finding, "distribution", &path.distribution)
            && path.origin.as_deref().is_none_or(|origin| says(finding, "origin", origin))
    };
    let alarms = got.iter().filter(|one| !says(one, "severity", "note") && !says(one, "status", "resolved"));
    let alarms = alarms.filter(|finding| quiet.iter().any(|path| concerns(path, finding)));
    alarms.map(|finding| format!("should be quiet, but: {}", line(finding))).collect()
}

/// Expected (`-`) and reported (`+`) findings, those in common unmarked.
fn diff(expected: &[Finding], got: &[Finding], exact: bool) -> String {
    let mut left: Vec<&Finding> = got.iter().collect();
    let mut lines = vec![format!("findings ({}):", if exact { "exactly these" } else { "at least these" })];
    for one in expected {
        match left.iter().position(|other| matches(one, other)) {
            Some(at) => lines.push(format!("    {}", line(left.remove(at)))),
            None => lines.push(format!("  - {}", line(one))),
        }
    }
    lines.extend(left.iter().map(|one| format!("  + {}", line(one))));
    if exact && lines.iter().all(|line| line.starts_with("    ") || line.starts_with("findings")) {
        lines.push("  in another order".to_owned());
    }
    lines.join("\n")
}

/// A finding in one line; what is not compared shows as `*`.
fn line(finding: &Finding) -> String {
    let field = |name: &str| match finding.get(name) {
        None => "*".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    let [policy, severity, status, when] = ["policy", "severity", "status", "when"].map(field);
    let [distribution, origin, bucket, key] = ["distribution", "origin", "bucket", "key"].map(field);
    format!("{severity} {policy} {status} when={when} {distribution} origin={origin} bucket={bucket} key={key}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn list(value: Value) -> Vec<Finding> {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn what_is_left_out_is_not_compared_and_null_is() {
        let got = list(json!([{"policy": "a", "key": null, "bucket": "b"}]));
        assert!(holds(&list(json!([{"policy": "a"}])), &got, true));
        assert!(holds(&list(json!([{"policy": "a", "key": null}])), &got, true));
        assert!(!holds(&list(json!([{"policy": "a", "bucket": null}])), &got, true));
    }

    #[test]
    fn one_finding_does_not_count_for_two() {
        let got = list(json!([{"policy": "a"}, {"policy": "b"}]));
        assert!(holds(&list(json!([{"policy": "b"}])), &got, false));
        assert!(!holds(&list(json!([{"policy": "b"}])), &got, true));
        assert!(!holds(&list(json!([{"policy": "a"}, {"policy": "a"}])), &got, false));
    }
}
