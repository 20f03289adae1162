//! JSON lines: each a record, and all of them together the report.

use std::sync::LazyLock;

use jsonschema::Validator;
use oacguard::report::{schema, view::View};
use serde_json::{Map, Value, json};

static SCHEMA: LazyLock<Validator> = LazyLock::new(|| jsonschema::validator_for(&schema::report().to_value()).unwrap());

pub(crate) fn problems(view: View<'_>, text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    if text.contains(|c: char| c != '\n' && c.is_control()) || !text.ends_with('\n') || text.contains("\n\n") {
        problems.push("it is not one object a line".to_owned());
    }
    let mut together = match together(text) {
        Ok(together) => together,
        Err(problem) => return vec![problem],
    };
    problems.extend(SCHEMA.iter_errors(&together).map(|error| error.to_string()));
    let mut report = serde_json::to_value(view.report).unwrap();
    // Lines stand plan by plan.
    for (list, _) in LISTS {
        for of in [&mut together, &mut report] {
            of[list].as_array_mut().unwrap().sort_by_cached_key(members);
        }
    }
    if together != report {
        problems.push("it is not what the report holds".to_owned());
    }
    problems
}

/// The members of a record in a fixed order.
fn members(record: &Value) -> Vec<String> {
    let mut members: Vec<String> =
        record.as_object().unwrap().iter().map(|(name, value)| format!("{name} {value}")).collect();
    members.sort();
    members
}

/// The report that the lines make.
fn together(text: &str) -> Result<Value, String> {
    let mut report = Map::new();
    for (list, _) in LISTS {
        report.insert(list.to_owned(), json!([]));
    }
    let mut types = Vec::new();
    for line in text.split_terminator('\n') {
        let mut record: Map<String, Value> = serde_json::from_str(line).map_err(|error| format!("{error}: {line}"))?;
        let Some(Value::String(kind)) = record.remove("type") else { return Err(format!("no type: {line}")) };
        match LISTS.iter().find(|(_, one)| *one == kind) {
            Some((list, _)) => report[*list].as_array_mut().unwrap().push(Value::Object(record)),
            // What blocks is said here and not in the report.
            None => report.extend(record.into_iter().filter(|(key, _)| key != "judging")),
        }
        types.push(kind);
    }
    let ends =
        types.first().is_some_and(|first| first == "report") && types.last().is_some_and(|last| last == "summary");
    let once = |wanted: &str| types.iter().filter(|kind| *kind == wanted).count() == 1;
    if ends && once("report") && once("summary") {
        Ok(Value::Object(report))
    } else {
        Err("it does not go from the report to the summary".to_owned())
    }
}

const LISTS: [(&str, &str); 4] = [("plans", "plan"), ("errors", "error"), ("findings", "finding"), ("paths", "path")];

#[test]
fn a_file_that_was_cut_off_shows() {
    let report = crate::common::report(vec![crate::common::incident()]);
    let judging = oacguard::judge::Options::default();
    let view = View { report: &report, facts: None, options: &judging };
    let text = crate::rendered(oacguard::report::format::Format::Ndjson, view);
    assert!(problems(view, &text).is_empty());
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 5);
    for end in 0..lines.len() {
        assert!(!problems(view, &format!("{}\n", lines[..end].join("\n"))).is_empty(), "after {end} lines");
    }
}
