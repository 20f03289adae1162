//! What a query finds in plans, as JSON: the document of `oacguard query --format json`.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::ReportError;

/// The schema's name.
pub const SCHEMA: &str = "oacguard.query/v1";

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Matches {
    /// Always `oacguard.query/v1`.
    pub schema: String,
    /// The places, plan by plan, in the order in which the expression selects them.
    pub matches: Vec<Match>,
    /// The plans that could not be read; nothing of them is among the matches.
    pub errors: Vec<ReportError>,
}

/// A place in a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Match {
    /// The plan's source as given.
    pub plan: String,
    /// The place, as a normalized path (RFC 9535).
    pub path: String,
    /// The JSON type of what stands there.
    #[serde(rename = "type")]
    pub kind: Type,
    /// The Terraform address of the resource around it.
    pub address: Option<String>,
    /// The value, where values were asked for and it can be no secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// Whether a value was asked for and is not given.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub withheld: bool,
}

/// A JSON type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Type {
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean,
    /// A number.
    Number,
    /// A text.
    String,
    /// A list.
    Array,
    /// Members by name.
    Object,
}

impl Type {
    /// The type of `value`.
    pub fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(_) => Self::Boolean,
            Value::Number(_) => Self::Number,
            Value::String(_) => Self::String,
            Value::Array(_) => Self::Array,
            Value::Object(_) => Self::Object,
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "boolean",
            Self::Number => "number",
            Self::String => "string",
            Self::Array => "array",
            Self::Object => "object",
        }
    }
}
