//! What Terraform marks as sensitive is taken out of what policies of the user's own say.

use serde_json::{Map, Value};

use crate::rego::own::Record;

/// What stands for a secret.
const WITHHELD: &str = "(sensitive)";

/// A text with fewer characters than this is no secret that could be told from any other word.
const SHORTEST: usize = 4;

/// The sensitive texts of some plans, the longest first.
#[derive(Debug, Default)]
pub(super) struct Secrets(Vec<String>);

impl Secrets {
    /// Those that the plans `documents` mark.
    pub(super) fn of<'a>(documents: impl Iterator<Item = &'a Value>) -> Self {
        let mut all = Vec::new();
        for document in documents {
            for (change, value, mark) in
                [("change", "before", "before_sensitive"), ("change", "after", "after_sensitive")]
            {
                for list in ["resource_changes", "resource_drift", "deferred_changes"] {
                    let entries = document.get(list).and_then(Value::as_array);
                    for entry in entries.into_iter().flatten() {
                        let entry = entry.get("resource_change").unwrap_or(entry);
                        let Some(change) = entry.get(change) else { continue };
                        marked(change.get(value), change.get(mark), &mut all);
                    }
                }
                for change in
                    document.get("output_changes").and_then(Value::as_object).into_iter().flat_map(Map::values)
                {
                    marked(change.get(value), change.get(mark), &mut all);
                }
            }
            let variables = document.get("variables").and_then(Value::as_object);
            for (name, variable) in variables.into_iter().flatten() {
                let declared = document.pointer("/configuration/root_module/variables").and_then(|all| all.get(name));
                marked(variable.get("value"), declared.and_then(|declared| declared.get("sensitive")), &mut all);
            }
            if let Some(root) = document.pointer("/configuration/root_module") {
                of_configuration(root, &mut all);
            }
            for state in [document.get("planned_values"), document.pointer("/prior_state/values")].into_iter().flatten()
            {
                for output in state.get("outputs").and_then(Value::as_object).into_iter().flat_map(Map::values) {
                    marked(output.get("value"), output.get("sensitive"), &mut all);
                }
                if let Some(module) = state.get("root_module") {
                    of_module(module, &mut all);
                }
            }
        }
        all.sort_unstable_by(|left, right| right.len().cmp(&left.len()).then_with(|| left.cmp(right)));
        all.dedup();
        Self(all)
    }

    /// What a package says, without them.
    pub(super) fn left_out(&self, mut record: Record) -> Record {
        if self.0.is_empty() {
            return record;
        }
        for print in record.rules.iter_mut().flat_map(|rule| &mut rule.prints) {
            *print = self.of_text(print);
        }
        for message in record.rules.iter_mut().flat_map(|rule| &mut rule.messages) {
            message.msg = self.of_text(&message.msg);
            message.metadata = std::mem::take(&mut message.metadata)
                .into_iter()
                .map(|(name, value)| (self.of_text(&name), self.of_value(value)))
                .collect();
        }
        record
    }

    fn of_text(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for secret in &self.0 {
            if text.contains(secret.as_str()) {
                text = text.replace(secret.as_str(), WITHHELD);
            }
        }
        text
    }

    fn of_value(&self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.of_text(&text)),
            Value::Array(items) => items.into_iter().map(|item| self.of_value(item)).collect(),
            Value::Object(members) => Value::Object(
                members.into_iter().map(|(name, value)| (self.of_text(&name), self.of_value(value))).collect(),
            ),
            other => other,
        }
    }
}

// As deep as the document, which the JSON reader limits.
fn of_module(module: &Value, all: &mut Vec<String>) {
    for resource in module.get("resources").and_then(Value::as_array).into_iter().flatten() {
        marked(resource.get("values"), resource.get("sensitive_values"), all);
    }
    for child in module.get("child_modules").and_then(Value::as_array).into_iter().flatten() {
        of_module(child, all);
    }
}

/// Adds the texts in `value` that `mark` marks: `true`, or the shape of the value with `true` where it is sensitive.
fn marked(value: Option<&Value>, mark: Option<&Value>, all: &mut Vec<String>) {
    match (value, mark) {
        (Some(value), Some(Value::Bool(true))) => texts(value, all),
        (Some(Value::Object(values)), Some(Value::Object(marks))) => {
            for (name, mark) in marks {
                marked(values.get(name), Some(mark), all);
            }
        }
        (Some(Value::Array(values)), Some(Value::Array(marks))) => {
            for (value, mark) in values.iter().zip(marks) {
                marked(Some(value), Some(mark), all);
            }
        }
        _ => {}
    }
}

fn texts(value: &Value, all: &mut Vec<String>) {
    match value {
        Value::String(text) => forms(text, all),
        Value::Number(number) => all.extend(Some(number.to_string()).filter(|text| text.len() >= SHORTEST)),
        Value::Array(items) => items.iter().for_each(|item| texts(item, all)),
        Value::Object(members) => members.values().for_each(|member| texts(member, all)),
        _ => {}
    }
}

/// Adds the ways in which a policy may write a text: as it is, trimmed, in quotes, and line by line.
fn forms(text: &str, all: &mut Vec<String>) {
    let long = |text: &&str| text.chars().count() >= SHORTEST;
    let lines = text.lines().flat_map(|line| [line, line.trim()]);
    for form in [text, text.trim()].into_iter().chain(lines).filter(long) {
        all.push(form.to_owned());
        let quoted = Value::from(form).to_string();
        let inside = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(form);
        if inside != form {
            all.push(inside.to_owned());
        }
    }
}

/// Adds the values that the configuration gives to variables that it declares as sensitive.
// As deep as the document, which the JSON reader limits.
fn of_configuration(module: &Value, all: &mut Vec<String>) {
    let secret = |variable: &Value| variable.get("sensitive") == Some(&Value::Bool(true));
    let variables = |module: &Value| module.get("variables").and_then(Value::as_object).cloned().unwrap_or_default();
    for variable in variables(module).values().filter(|variable| secret(variable)) {
        marked(variable.get("default"), Some(&Value::Bool(true)), all);
    }
    for call in module.get("module_calls").and_then(Value::as_object).into_iter().flat_map(Map::values) {
        let Some(child) = call.get("module") else { continue };
        for (name, _) in variables(child).iter().filter(|(_, variable)| secret(variable)) {
            let given = call.get("expressions").and_then(|all| all.get(name));
            marked(given.and_then(|given| given.get("constant_value")), Some(&Value::Bool(true)), all);
        }
        of_configuration(child, all);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_marked_anywhere_is_left_out() {
        let document = json!({
            "resource_changes": [{"change": {
                "before": {"a": "before1", "list": ["plain", "before2"]},
                "before_sensitive": {"a": true, "list": [false, true]},
                "after": {"a": {"deep": "after1"}},
                "after_sensitive": {"a": true},
            }}],
            "deferred_changes": [{"resource_change": {"change": {"after": {"a": "deferred1"}, "after_sensitive": {"a": true}}}}],
            "output_changes": {"o": {"after": "output1", "after_sensitive": true}},
            "variables": {"v": {"value": "variable1"}, "w": {"value": "visible"}},
            "configuration": {"root_module": {
                "variables": {"v": {"sensitive": true, "default": "default1"}, "w": {"default": "visible2"}},
                "module_calls": {"m": {
                    "expressions": {"pw": {"constant_value": "constant1"}, "n": {"constant_value": "visible3"}},
                    "module": {"variables": {"pw": {"sensitive": true}, "n": {}}},
                }},
            }},
            "planned_values": {
                "outputs": {"p": {"value": "planned1", "sensitive": true}},
                "root_module": {"child_modules": [
                    {"resources": [{"values": {"x": "state1", "y": "abc"}, "sensitive_values": {"x": true, "y": true}}]},
                ]},
            },
        });
        let secrets = Secrets::of(std::iter::once(&document));
        let said = "before1 before2 plain after1 deferred1 output1 variable1 visible planned1 state1 abc default1 visible2 \
                    constant1 visible3";
        assert_eq!(
            secrets.of_text(said).replace(WITHHELD, "*"),
            "* * plain * * * * visible * * abc * visible2 * visible3",
        );
        assert_eq!(secrets.of_value(json!({"before1": ["after1", 1]})), json!({"(sensitive)": ["(sensitive)", 1]}));
    }

    #[test]
    fn a_secret_is_left_out_however_it_is_written() {
        let key = "-----BEGIN KEY-----\nMII\"quoted\\\n  indented\n";
        let change = json!({"after": {"key": key, "pin": 1_234_567}, "after_sensitive": {"key": true, "pin": true}});
        let document = json!({"resource_changes": [{"change": change}]});
        let secrets = Secrets::of(std::iter::once(&document));
        for said in [key, key.trim(), "x -----BEGIN KEY----- y", "indented", "1234567", &Value::from(key).to_string()] {
            let left = secrets.of_text(said);
            assert!(left.contains(WITHHELD), "{left}");
            assert!(!["BEGIN", "quoted", "indented", "1234"].iter().any(|part| left.contains(part)), "{left}");
        }
    }

    #[test]
    fn a_secret_in_a_secret_is_left_out_as_a_whole() {
        let secrets = Secrets(vec!["password-of-root".to_owned(), "root".to_owned()]);
        assert_eq!(secrets.of_text("password-of-root"), WITHHELD);
    }
}
