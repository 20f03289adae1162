//! The JSON Schemas of the two published documents, made from the very types that are written, so that they cannot differ.

use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use schemars::{JsonSchema, Schema};
use serde_json::{Value, json};

use super::Report;
use crate::access::facts::Facts;

/// The schema of the JSON report.
pub fn report() -> Schema {
    of::<Report>(super::SCHEMA, "The report of oacguard", "What `oacguard check --format json` writes.")
}

/// The schema of the facts.
pub fn facts() -> Schema {
    let description = "What `oacguard facts` prints, and what policies see as `input`.";
    of::<Facts>(crate::access::facts::SCHEMA, "The facts of oacguard", description)
}

fn of<T: JsonSchema>(id: &str, title: &str, description: &str) -> Schema {
    let settings = SchemaSettings::draft2020_12().for_serialize().with_transform(Closed);
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    // A name and not an address: nothing is to be fetched to read a report.
    schema.insert("$id".to_owned(), json!(format!("urn:{}", id.replace(['.', '/'], ":"))));
    schema.insert("title".to_owned(), json!(title));
    schema.insert("description".to_owned(), json!(description));
    if let Some(identifier) = schema.pointer_mut("/properties/schema").and_then(Value::as_object_mut) {
        identifier.insert("const".to_owned(), json!(id));
    }
    schema
}

/// Says of every object with named keys that it has no others.
#[derive(Debug, Clone)]
struct Closed;

impl Transform for Closed {
    fn transform(&mut self, schema: &mut Schema) {
        if schema.get("properties").is_some() {
            schema.insert("additionalProperties".to_owned(), json!(false));
        }
        transform_subschemas(self, schema);
    }
}
