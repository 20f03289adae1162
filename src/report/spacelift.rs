//! What Spacelift's plan policies see: the JSON report, kept as `oacguard.custom.spacelift.json` in the project root, where
//! Spacelift takes it into `input.third_party_metadata.custom.oacguard`. It has to be an object, which the report is.
//!
//! Source: <https://docs.spacelift.io/concepts/policy/terraform-plan-policy>. A policy that decides on it is
//! `src/init/spacelift/plan.rego`.

use super::format::RenderError;
use super::json;
use super::view::View;

/// The JSON report, byte for byte.
///
/// # Errors
/// When it cannot be written as JSON, which no report of this program is known to cause.
pub fn render(view: View<'_>) -> Result<String, RenderError> {
    Ok(json::render(view.report)?)
}
