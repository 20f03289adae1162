//! Not made yet.

use super::view::View;

/// Not made yet.
pub fn render(_: View<'_>) -> String {
    String::new()
}
