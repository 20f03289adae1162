//! Results of tests for programs.

use super::Report;
use crate::report::format::RenderError;

/// The document `oacguard.test/v1`.
///
/// # Errors
/// When it cannot be written as JSON, which no report of this program is known to cause.
pub fn render(report: &Report) -> Result<String, RenderError> {
    Ok(crate::report::json::render(report)?)
}
