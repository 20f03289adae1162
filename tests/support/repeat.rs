//! A plan document whose instances are told apart in the other way: by keys instead of numbers, or by numbers instead of keys.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::rename::{is_type, segments};

/// How instances are numbered or named afterwards.
pub(crate) enum Instances {
    /// `for_each` instead of `count`: each number becomes this text, with the number put in for `#`.
    Keyed(&'static str),
    /// `count` instead of `for_each`: each key becomes its position here, beyond the numbers there are.
    Numbered(Vec<String>),
}

impl Instances {
    /// Numbers for all keys of a plan.
    pub(crate) fn numbered(plan: &Value) -> Self {
        let mut keys = BTreeSet::new();
        collect(plan, &mut keys);
        Self::Numbered(keys.into_iter().collect())
    }

    /// The whole document.
    pub(crate) fn plan(&self, plan: &Value) -> Value {
        match plan {
            Value::Object(fields) => Value::Object(self.object(fields)),
            Value::Array(items) => items.iter().map(|item| self.plan(item)).collect(),
            other => other.clone(),
        }
    }

    fn object(&self, fields: &Map<String, Value>) -> Map<String, Value> {
        let is_instance = fields.contains_key("address") && fields.contains_key("type");
        let member = |(name, value): (&String, &Value)| {
            let text = |value: &Value| value.as_str().map(|one| json!(self.address(one)));
            let value = match name.as_str() {
                "address" | "previous_address" | "module_address" | "resource" if value.is_string() => {
                    text(value).unwrap()
                }
                "index" if is_instance => self.index(value),
                "references" | "depends_on" if value.is_array() => {
                    value.as_array().unwrap().iter().map(|one| text(one).unwrap_or_else(|| one.clone())).collect()
                }
                "before" | "after" | "after_unknown" | "before_sensitive" | "after_sensitive" => value.clone(),
                "values" if is_instance => value.clone(),
                "count_expression" | "for_each_expression" if value.get("constant_value").is_some() => json!({}),
                _ => self.plan(value),
            };
            let name = match (self, name.as_str()) {
                (Self::Keyed(_), "count_expression") => "for_each_expression",
                (Self::Numbered(_), "for_each_expression") => "count_expression",
                (_, name) => name,
            };
            (name.to_owned(), value)
        };
        fields.iter().map(member).collect()
    }

    fn index(&self, index: &Value) -> Value {
        match (self, index) {
            (Self::Keyed(pattern), Value::Number(number)) => json!(pattern.replace('#', &number.to_string())),
            (Self::Numbered(keys), Value::String(key)) => {
                json!(keys.iter().position(|one| one == key).unwrap() + 1000)
            }
            (_, other) => other.clone(),
        }
    }

    /// An address or a reference.
    pub(crate) fn address(&self, address: &str) -> String {
        match (self, address) {
            (Self::Keyed(_), "count.index") => return "each.key".to_owned(),
            (Self::Numbered(_), "each.key" | "each.value") => return "count.index".to_owned(),
            _ => {}
        }
        let mut segments = segments(address);
        for at in named(&segments) {
            if let Some((name, key)) = key_in(&segments[at])
                && is_known(self, &key)
            {
                segments[at] = format!("{name}[{}]", self.index(&key));
            }
        }
        segments.join(".")
    }
}

/// Whether there is another form of a key: one that only a reference names, of an instance that there is not, may have none.
fn is_known(instances: &Instances, key: &Value) -> bool {
    match (instances, key) {
        (Instances::Numbered(keys), Value::String(key)) => keys.contains(key),
        _ => true,
    }
}

/// The positions of the segments that name a module or a resource.
fn named(segments: &[String]) -> Vec<usize> {
    let mut found = Vec::new();
    let mut at = 0;
    while at + 1 < segments.len() {
        match segments[at].as_str() {
            "module" => {
                found.push(at + 1);
                at += 2;
            }
            "data" => at += 1,
            kind if is_type(kind) => {
                found.push(at + 1);
                break;
            }
            _ => break,
        }
    }
    found
}

/// `name[key]` as both.
fn key_in(segment: &str) -> Option<(&str, Value)> {
    let (name, key) = segment.split_once('[')?;
    Some((name, serde_json::from_str(key.strip_suffix(']')?).ok()?))
}

/// All keys that are text in addresses of modules and instances.
fn collect(value: &Value, keys: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            if let Some(address) = fields.get("address").and_then(Value::as_str) {
                let segments = segments(address);
                let found =
                    named(&segments).into_iter().filter_map(|at| key_in(&segments[at])?.1.as_str().map(str::to_owned));
                keys.extend(found);
            }
            fields.values().for_each(|inner| collect(inner, keys));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, keys)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_keys_of_modules_and_instances_change() {
        let keyed = Instances::Keyed("k#");
        for (before, after) in [
            ("aws_s3_bucket.site[1].tags[0]", r#"aws_s3_bucket.site["k1"].tags[0]"#),
            ("module.a[0].data.aws_s3_bucket.b[2]", r#"module.a["k0"].data.aws_s3_bucket.b["k2"]"#),
            ("var.list[0]", "var.list[0]"),
            ("count.index", "each.key"),
        ] {
            assert_eq!(keyed.address(before), after);
        }
        let numbered =
            Instances::numbered(&json!([{"address": "a_b.c[\"x.y\"]"}, {"address": "module.d[\"a\"].a_b.c"}]));
        assert_eq!(numbered.address("module.d[\"a\"].a_b.c[\"x.y\"].e[\"a\"]"), "module.d[1000].a_b.c[1001].e[\"a\"]");
    }
}
