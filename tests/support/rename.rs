//! A plan document with every resource and every module under another name.

use serde_json::{Map, Value};

/// How names change: each gets a prefix of its own, so that their order changes as well.
#[derive(Clone, Copy)]
pub(crate) struct Names(pub(crate) u64);

impl Names {
    fn of(self, name: &str) -> String {
        let mixed = name
            .bytes()
            .fold(self.0 | 1, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3).rotate_left(17));
        format!("n{:04x}_{name}", mixed & 0xffff)
    }

    /// A reference or an address with the names of its modules and of its resource changed; any other text as it is.
    pub(crate) fn address(self, address: &str) -> String {
        let mut segments = segments(address);
        let mut at = 0;
        while at + 1 < segments.len() {
            match segments[at].as_str() {
                "module" => {
                    segments[at + 1] = self.segment(&segments[at + 1]);
                    at += 2;
                }
                "data" => at += 1,
                kind if is_type(kind) => {
                    segments[at + 1] = self.segment(&segments[at + 1]);
                    break;
                }
                _ => break,
            }
        }
        segments.join(".")
    }

    /// `name` or `name[index]`.
    fn segment(self, segment: &str) -> String {
        match segment.split_once('[') {
            Some((name, index)) => format!("{}[{index}", self.of(name)),
            None => self.of(segment),
        }
    }

    /// The whole document.
    pub(crate) fn plan(self, plan: &Value) -> Value {
        match plan {
            Value::Object(fields) => Value::Object(self.object(fields)),
            Value::Array(items) => items.iter().map(|item| self.plan(item)).collect(),
            other => other.clone(),
        }
    }

    fn object(self, fields: &Map<String, Value>) -> Map<String, Value> {
        let is_resource = fields.contains_key("type") && fields.contains_key("mode");
        let member = |(name, value): (&String, &Value)| {
            let value = match (name.as_str(), value) {
                ("address" | "previous_address" | "module_address" | "resource", Value::String(address)) => {
                    self.address(address).into()
                }
                ("name", Value::String(own)) if is_resource => self.of(own).into(),
                ("references" | "depends_on", Value::Array(items)) => {
                    let renamed = |item: &Value| item.as_str().map_or(item.clone(), |one| self.address(one).into());
                    items.iter().map(renamed).collect()
                }
                ("provider_config_key", Value::String(key)) => self.provider(key).into(),
                ("provider_config", Value::Object(inner)) => {
                    inner.iter().map(|(key, value)| (self.provider(key), self.plan(value))).collect()
                }
                ("module_calls", Value::Object(inner)) => {
                    inner.iter().map(|(call, value)| (self.of(call), self.plan(value))).collect()
                }
                // What the provider says is not Terraform's: nothing in there is an address.
                ("before" | "after" | "after_unknown" | "before_sensitive" | "after_sensitive", values) => {
                    values.clone()
                }
                ("values", values) if is_resource => values.clone(),
                (_, inner) => self.plan(inner),
            };
            (name.clone(), value)
        };
        fields.iter().map(member).collect()
    }

    /// `aws`, `aws.alias` or `module.a.module.b:aws`.
    fn provider(self, key: &str) -> String {
        match key.rsplit_once(':') {
            Some((module, provider)) => format!("{}:{provider}", self.address(module)),
            None => key.to_owned(),
        }
    }
}

/// Whether a segment is a resource type: `aws_s3_bucket`, not `var`, `each` or a word from a domain name.
pub(crate) fn is_type(segment: &str) -> bool {
    segment.contains('_')
        && segment.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// The parts between dots that are not inside an index.
pub(crate) fn segments(address: &str) -> Vec<String> {
    let mut segments = vec![String::new()];
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for char in address.chars() {
        match char {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '[' if !quoted => depth += 1,
            ']' if !quoted => depth = depth.saturating_sub(1),
            '.' if !quoted && depth == 0 => {
                segments.push(String::new());
                continue;
            }
            _ => {}
        }
        segments.last_mut().unwrap().push(char);
    }
    segments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_modules_and_resources_change() {
        let names = Names(7);
        let [site, this] = ["site", "this"].map(|name| names.of(name));
        for (before, after) in [
            ("aws_s3_bucket.site", format!("aws_s3_bucket.{site}")),
            ("data.aws_s3_bucket.site.arn", format!("data.aws_s3_bucket.{site}.arn")),
            (
                r#"module.site["a.b\"]"].aws_kms_key.this[0].arn"#,
                format!(r#"module.{site}["a.b\"]"].aws_kms_key.{this}[0].arn"#),
            ),
            ("module.this.module.site.some_output", format!("module.{this}.module.{site}.some_output")),
            ("var.site", "var.site".to_owned()),
            ("acme-site.s3.eu-west-1.amazonaws.com", "acme-site.s3.eu-west-1.amazonaws.com".to_owned()),
        ] {
            assert_eq!(names.address(before), after);
        }
    }
}
