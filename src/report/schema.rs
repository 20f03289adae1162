//! The JSON Schemas of the published documents, made from the very types that are written or read, so that they cannot
//! differ.

use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use schemars::{JsonSchema, Schema};
use serde_json::{Value, json};

use super::Report;
use super::query::Matches;
use crate::access::facts::Facts;
use crate::config::Config;
use crate::testing;

/// The schema of the JSON report.
pub fn report() -> Schema {
    of::<Report>(super::SCHEMA, "The report of oacguard", "What `oacguard check --format json` writes.")
}

/// The schema of the facts.
pub fn facts() -> Schema {
    let description = "What `oacguard facts` prints, and what policies see as `input`.";
    of::<Facts>(crate::access::facts::SCHEMA, "The facts of oacguard", description)
}

/// The schema of what a query finds.
pub fn query() -> Schema {
    let description = "What `oacguard query --format json` writes.";
    of::<Matches>(super::query::SCHEMA, "The matches of a query of oacguard", description)
}

/// The schema of the results of tests.
pub fn test() -> Schema {
    let description = "What `oacguard test --format json` writes.";
    of::<testing::Report>(testing::SCHEMA, "The results of tests of policies", description)
}

/// The schema of `oacguard.toml`, in which a policy has one of these ids.
pub fn config<'a>(policies: impl Iterator<Item = &'a str>) -> Schema {
    let description = "What a project decided about policies and findings.";
    let settings = SchemaSettings::draft2020_12().for_deserialize().with_transform(Closed);
    let settings = settings.with_transform(Ids(policies.map(str::to_owned).collect()));
    made::<Config>(settings, "oacguard.config/v1", "oacguard.toml", description)
}

fn of<T: JsonSchema>(id: &str, title: &str, description: &str) -> Schema {
    made::<T>(SchemaSettings::draft2020_12().for_serialize().with_transform(Closed), id, title, description)
}

fn made<T: JsonSchema>(settings: SchemaSettings, id: &str, title: &str, description: &str) -> Schema {
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

/// Lists the ids there are, where the id of a policy stands.
#[derive(Debug, Clone)]
struct Ids(Vec<String>);

impl Transform for Ids {
    fn transform(&mut self, schema: &mut Schema) {
        if schema.remove("x-policy").is_some() {
            schema.insert("enum".to_owned(), json!(self.0));
        }
        transform_subschemas(self, schema);
    }
}
