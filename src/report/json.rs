//! The report and the facts as JSON, byte for byte the same for the same plan.

use serde::Serialize;

use super::plain;

/// `document` as indented JSON with a line break at its end. What a terminal would obey or hide is written as an escape.
///
/// # Errors
/// When the document cannot be written as JSON, which no document of this program is known to cause.
pub fn render(document: &impl Serialize) -> Result<String, serde_json::Error> {
    let mut text = plain::json(serde_json::to_string_pretty(document)?);
    text.push('\n');
    Ok(text)
}
