//! The whole document of a plan as one tree, for those who look for a place in it rather than for what it means.

use serde::de::Deserialize as _;
use serde_json::Value;

use super::{Plan, PlanError, decode, text};

/// The plan's document, which is what paths in evidence are relative to: inside its wrapper, if a host put one around it.
///
/// # Errors
/// What [`Plan::read`] refuses is refused here, so that nobody looks for something in what is no plan.
pub fn read(bytes: Vec<u8>, max_size: u64) -> Result<Value, PlanError> {
    let text = decode(bytes, max_size)?;
    Plan::read(&text)?;
    of_text(&text)
}

/// The same of a text that [`Plan::read`] takes for a plan.
///
/// # Errors
/// What cannot be read as one tree.
pub(crate) fn of_text(text: &str) -> Result<Value, PlanError> {
    let document = text.get(text::start(text)?..).unwrap_or_default();
    // What follows the document was judged by `Plan::read`.
    let whole = Value::deserialize(&mut serde_json::Deserializer::from_str(document)).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        PlanError::BadJson { line, column, reason: "it cannot be read as a whole".to_owned() }
    })?;
    Ok(unwrapped(whole))
}

fn unwrapped(mut document: Value) -> Value {
    if document.get("format_version").is_none_or(Value::is_null) {
        for name in ["plan", "tfplan", "terraform"] {
            if let Some(plan) = document.get_mut(name).filter(|plan| plan.is_object()) {
                return plan.take();
            }
        }
    }
    document
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: &str = r#"{"format_version": "1.2", "configuration": {}, "resource_changes": []}"#;

    #[test]
    fn wrappers_and_noise_are_taken_off() {
        for text in [PLAN.to_owned(), format!("terraform show\n{PLAN}\n"), format!("{{\"plan\": {PLAN}}}")] {
            let document = read(text.clone().into_bytes(), 1 << 20).unwrap();
            assert_eq!(document["format_version"], "1.2", "{text}");
        }
    }

    #[test]
    fn what_is_no_plan_is_refused() {
        assert!(matches!(read(b"{\"values\": {}}".to_vec(), 1 << 20), Err(PlanError::State)));
    }
}
