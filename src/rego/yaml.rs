//! YAML, read by the library that the interpreter brings along.

use regorus::Value;

/// The one document in `text`.
///
/// # Errors
/// In words, why it is none.
pub(crate) fn yaml(text: &str) -> Result<serde_json::Value, String> {
    let value = Value::from_yaml_str(text).map_err(|error| error.to_string().trim().to_owned())?;
    serde_json::to_value(&value).map_err(|error| error.to_string())
}
