//! What older YAML, which conftest reads, knows and newer YAML doesn't: there `yes` is true, and here it is a text that no
//! comparison with true would find; and `<<` takes the members of another object in.

use regex::Regex;
use serde_json::{Map, Value};

/// A text in quotes, with what comes before it.
const QUOTED: &str = r#"(?m)((?:^|[:\[,{?-])[ \t]*)(?:"(?:\\.|[^"\\])*"|'(?:''|[^'])*')"#;

/// A word on its own, as a key or as a value, that is a boolean or an octal number to the older YAML.
const WORD: &str = r"(?mx)
    (?:^|[:?-][\ \t]|[\[,{])[\ \t]*
    (y|Y|yes|Yes|YES|on|On|ON|n|N|no|No|NO|off|Off|OFF|0[0-9]+)
    [\ \t]*(?:$|[\ \t]\#|[,\]}]|:(?:[\ \t]|$))";

/// The first such word in `text` that is not in quotes, and its line, counted from 1.
pub(super) fn ambiguous(text: &str) -> Option<(String, usize)> {
    let (quoted, word) = (Regex::new(QUOTED).ok()?, Regex::new(WORD).ok()?);
    // Lines stay where they are.
    let plain = quoted.replace_all(text, |found: &regex::Captures<'_>| {
        let before = found.get(1).map_or("", |before| before.as_str());
        let text = found.get(0).and_then(|all| all.as_str().get(before.len()..)).unwrap_or_default();
        format!("{before}''{}", "\n".repeat(text.matches('\n').count()))
    });
    let found = word.captures(&plain)?.get(1)?;
    let line = plain.get(..found.start())?.matches('\n').count() + 1;
    Some((found.as_str().to_owned(), line))
}

/// The document with what `<<` takes in; what an object says itself holds.
pub(super) fn merged(document: Value) -> Value {
    match document {
        Value::Array(items) => items.into_iter().map(merged).collect(),
        Value::Object(members) => {
            let mut members: Map<String, Value> =
                members.into_iter().map(|(name, value)| (name, merged(value))).collect();
            let others = match members.get("<<") {
                Some(Value::Object(other)) => vec![other.clone()],
                Some(Value::Array(others)) if others.iter().all(Value::is_object) => {
                    others.iter().filter_map(Value::as_object).cloned().collect()
                }
                _ => return Value::Object(members),
            };
            members.remove("<<");
            for (name, value) in others.into_iter().flatten() {
                members.entry(name).or_insert(value);
            }
            Value::Object(members)
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{ambiguous, merged};

    #[test]
    fn members_of_others_are_taken_in() {
        let document =
            json!({"a": {"<<": [{"x": 1, "y": {"<<": {"z": 2}}}, {"x": 3, "w": 4}], "y": 5}, "b": {"<<": "text"}});
        assert_eq!(merged(document), json!({"a": {"x": 1, "y": 5, "w": 4}, "b": {"<<": "text"}}));
        assert_eq!(merged(json!([{"<<": {"x": {"<<": {"y": 1}}}}])), json!([{"x": {"y": 1}}]));
    }

    #[test]
    fn words_on_their_own_are_found() {
        for (text, expected) in [
            ("strict: yes", Some(("yes", 1))),
            ("a: 1\nstrict: No # really", Some(("No", 2))),
            ("list:\n  - on\n", Some(("on", 2))),
            ("flow: [a, off]", Some(("off", 1))),
            ("{y: 1}", Some(("y", 1))),
            ("on:\n  push: 1", Some(("on", 1))),
            ("a: \"two\n  lines\"\nb: yes", Some(("yes", 3))),
            ("account: 012345678901", Some(("012345678901", 1))),
            ("strict: \"yes\"", None),
            ("strict: 'no'", None),
            ("list: ['on', \"off\"]", None),
            ("text: say no\nother: no one\nnone: 1\nyesterday: 0\nlimit: 10", None),
            ("strict: true", None),
            ("zero: 0\nfraction: 0.5", None),
            ("text: don't\nother: isn't", None),
        ] {
            let found = ambiguous(text);
            assert_eq!(found.as_ref().map(|(word, line)| (word.as_str(), *line)), expected, "{text}");
        }
    }
}
