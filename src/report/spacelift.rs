//! Not made yet.

use super::format::RenderError;
use super::view::View;

/// Not made yet.
///
/// # Errors
/// Never.
pub fn render(_: View<'_>) -> Result<String, RenderError> {
    Ok(String::new())
}
