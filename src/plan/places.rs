//! Where a value stands in a plan document: its normalized path (RFC 9535), and the resource it belongs to.

use std::collections::HashMap;
use std::ptr;

use serde_json::{Map, Value};

use super::instance::Part;
use super::shown;

/// The place of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The normalized path.
    pub path: String,
    /// The Terraform address of the resource around it.
    pub address: Option<String>,
    /// Whether the value itself may be told, because it can be no secret.
    pub is_told: bool,
}

/// The places of some values of one document.
#[derive(Debug)]
pub struct Places {
    /// By where the value lies in memory: a value has one place, though its content may occur often.
    found: HashMap<*const Value, Place>,
}

impl Places {
    /// Finds the places of `values` in `document`, which must hold them, in one walk.
    pub fn of<'a>(document: &'a Value, values: impl Iterator<Item = &'a Value>) -> Self {
        let mut walk = Walk {
            document,
            wanted: values.map(|value| (ptr::from_ref(value), None)).collect(),
            path: String::from("$"),
            parts: Vec::new(),
            module: Vec::new(),
        };
        walk.visit(document, None);
        let found = walk.wanted.into_iter().filter_map(|(value, place)| Some((value, place?))).collect();
        Self { found }
    }

    /// The place of `value`.
    pub fn get(&self, value: &Value) -> Option<&Place> {
        self.found.get(&ptr::from_ref(value))
    }
}

struct Walk<'a> {
    document: &'a Value,
    wanted: HashMap<*const Value, Option<Place>>,
    path: String,
    /// The same path, in parts.
    parts: Vec<Part<'a>>,
    /// The module calls of the configuration on the way here: addresses there do not name their module.
    module: Vec<String>,
}

impl<'a> Walk<'a> {
    // As deep as the document, which the JSON reader limits.
    fn visit(&mut self, value: &'a Value, around: Option<&str>) {
        let own = value.as_object().and_then(resource_address).map(|address| self.within_module(address));
        let address = own.as_deref().or(around);
        self.note(value, address);
        match value {
            Value::Array(items) => {
                for (at, item) in items.iter().enumerate() {
                    self.within(Part::Index(at), |walk| walk.visit(item, address));
                }
            }
            Value::Object(fields) => {
                for (name, field) in fields {
                    let calls = field.as_object().filter(|_| name == "module_calls" && address.is_none());
                    self.within(Part::Name(name), |walk| match calls {
                        Some(calls) => walk.visit_calls(field, calls),
                        None => walk.visit(field, address),
                    });
                }
            }
            _ => {}
        }
    }

    fn visit_calls(&mut self, value: &'a Value, calls: &'a Map<String, Value>) {
        self.note(value, None);
        for (name, call) in calls {
            self.module.push(format!("module.{name}."));
            self.within(Part::Name(name), |walk| walk.visit(call, None));
            self.module.pop();
        }
    }

    fn within(&mut self, part: Part<'a>, visit: impl FnOnce(&mut Self)) {
        let length = self.path.len();
        part.append(&mut self.path);
        self.parts.push(part);
        visit(self);
        self.parts.pop();
        self.path.truncate(length);
    }

    fn note(&mut self, value: &Value, address: Option<&str>) {
        if let Some(place) = self.wanted.get_mut(&ptr::from_ref(value)) {
            *place = Some(Place {
                path: self.path.clone(),
                address: address.map(str::to_owned),
                is_told: shown::may_be_told(self.document, &self.parts),
            });
        }
    }

    fn within_module(&self, address: &str) -> String {
        format!("{}{address}", self.module.concat())
    }
}

/// The address of an object that is a resource, or the change of one.
fn resource_address(fields: &Map<String, Value>) -> Option<&str> {
    let address = fields.get("address")?.as_str()?;
    let text = |name: &str| fields.get(name).is_some_and(Value::is_string);
    (text("type") && text("name")).then_some(address)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn place(document: &Value, pointer: &str) -> (String, Option<String>) {
        let value = document.pointer(pointer).unwrap();
        let places = Places::of(document, std::iter::once(value));
        let place = places.get(value).unwrap().clone();
        (place.path, place.address)
    }

    #[test]
    fn a_value_belongs_to_the_resource_around_it() {
        let resource = json!({"address": "aws_s3_bucket.a[\"x y\"]", "type": "aws_s3_bucket", "name": "a", "change": {"after": {"bucket": "n"}}});
        let document = json!({"resource_changes": [resource], "format_version": "1.2"});
        let (path, address) = place(&document, "/resource_changes/0/change/after/bucket");
        assert_eq!(path, "$['resource_changes'][0]['change']['after']['bucket']");
        assert_eq!(address.as_deref(), Some("aws_s3_bucket.a[\"x y\"]"));
        assert_eq!(place(&document, "/format_version"), ("$['format_version']".to_owned(), None));
    }

    #[test]
    fn addresses_of_the_configuration_are_completed_with_their_modules() {
        let resource = json!({"address": "aws_s3_bucket.a", "type": "aws_s3_bucket", "name": "a", "expressions": {}});
        let inner = json!({"module_calls": {"inner": {"module": {"resources": [resource]}}}});
        let document = json!({"configuration": {"root_module": {"module_calls": {"outer": {"module": inner}}}}});
        let pointer =
            "/configuration/root_module/module_calls/outer/module/module_calls/inner/module/resources/0/expressions";
        assert_eq!(place(&document, pointer).1.as_deref(), Some("module.outer.module.inner.aws_s3_bucket.a"));
    }

    #[test]
    fn names_are_escaped_so_that_the_path_leads_back() {
        let document = json!({"it's": {"a\\b\n\u{1}": 1}});
        let value = &document["it's"]["a\\b\n\u{1}"];
        let places = Places::of(&document, std::iter::once(value));
        assert_eq!(places.get(value).unwrap().path, "$['it\\'s']['a\\\\b\\n\\u0001']");
    }
}
