//! Texts for hosts that refuse a report, or drop a part of it, for being too long.

use std::borrow::Cow;

/// At most `most` characters of `text`; what is left out is marked with an ellipsis.
pub(crate) fn cut(text: &str, most: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most) {
        None => Cow::Borrowed(text),
        Some(_) => Cow::Owned(text.chars().take(most.saturating_sub(1)).chain(['…']).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_too_long_is_cut() {
        assert_eq!(cut("東京", 2), "東京");
        assert_eq!(cut("abc", 2), "a…");
        assert_eq!(cut("abc", 0), "…");
    }
}
