//! Not made yet.

use super::view::View;

/// The most characters that GitHub takes in a comment, with room for a line of somebody else.
///
/// Source: <https://docs.github.com/en/rest/issues/comments>
pub const COMMENT_LIMIT: usize = 65_000;

/// The report in at most `limit` characters.
pub fn render(_: View<'_>, _limit: usize) -> String {
    String::new()
}
