//! What a waiver selects: resources by address, or by where they stand in the plan.

use std::fmt;

use jsonpath_rust::parser::model::JpQuery;

use crate::jsonpath;

/// The `select` of a waiver.
#[derive(Debug, Clone)]
pub enum Selector {
    /// By address.
    Glob(Glob),
    /// By place in the plan.
    Path(Expression),
}

impl Selector {
    /// Reads `text`: a JSONPath if it begins with `$`, which no address does, else a glob.
    ///
    /// # Errors
    /// What is wrong with the JSONPath, in several lines.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.starts_with('$') {
            let query = jsonpath::parse(text)?;
            return Ok(Self::Path(Expression { text: text.to_owned(), query }));
        }
        Ok(Self::Glob(Glob(text.to_owned())))
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Glob(Glob(text)) => text,
            Self::Path(expression) => &expression.text,
        })
    }
}

/// A pattern for addresses. Only `*` is special: it stands for any text, also none, dots and brackets included. Brackets and
/// quotes are what they are in addresses, where they are common, and `?` is a question mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glob(String);

impl Glob {
    /// The pattern `text`, whatever it holds.
    pub fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// Whether all of `text` is as the pattern says.
    pub fn matches(&self, text: &str) -> bool {
        let Some((start, rest)) = self.0.split_once('*') else { return self.0 == text };
        let (middle, end) = rest.rsplit_once('*').unwrap_or(("", rest));
        let Some(inner) = text.strip_prefix(start).and_then(|inner| inner.strip_suffix(end)) else { return false };
        // The first place where a part fits leaves the most room for those behind it.
        let mut parts = middle.split('*').filter(|part| !part.is_empty());
        parts.try_fold(inner, |inner, part| inner.split_once(part).map(|(_, behind)| behind)).is_some()
    }
}

/// A JSONPath over the plan.
#[derive(Debug, Clone)]
pub struct Expression {
    text: String,
    /// What the text means.
    pub(super) query: JpQuery,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn matches(pattern: &str, text: &str) -> bool {
        Glob(pattern.to_owned()).matches(text)
    }

    #[test]
    fn a_star_stands_for_any_text_and_nothing_else_is_special() {
        let address = "module.site[\"a.b\"].aws_cloudfront_distribution.this[\"blog\"]";
        for pattern in [
            address,
            "*",
            "module.*.aws_cloudfront_distribution.this[\"blog\"]",
            "module.site*",
            "*[\"blog\"]",
            "module.site[*].aws_cloudfront_distribution.this[*]",
            "**module**this***",
        ] {
            assert!(matches(pattern, address), "{pattern}");
        }
        for pattern in [
            "",
            "module.site",
            "aws_cloudfront_distribution.this*",
            "module.?ite[\"a.b\"].aws_cloudfront_distribution.this[\"blog\"]",
            "module.*.aws_cloudfront_distribution.this[b]",
            "*[\"blog\"]*]",
        ] {
            assert!(!matches(pattern, address), "{pattern}");
        }
    }

    #[test]
    fn no_text_serves_twice() {
        assert!(!matches("ab*ba", "aba") && matches("ab*ba", "abba"));
        assert!(!matches("a*b*b", "ab") && matches("a*b*b", "abb"));
        assert!(!matches("*ab*ab*", "aab") && matches("*ab*ab*", "xababx"));
    }

    #[test]
    fn what_begins_with_a_dollar_is_a_path() {
        assert!(matches!(Selector::parse("$.resource_changes[*]"), Ok(Selector::Path(_))));
        assert!(matches!(Selector::parse("aws_s3_bucket.a"), Ok(Selector::Glob(_))));
        let error = Selector::parse("$.resource_changes[").unwrap_err();
        assert!(error.contains('^'), "{error}");
    }

    proptest! {
        /// Another way to say it: a pattern is its first character and the rest.
        #[test]
        fn a_glob_is_what_its_stars_say(pattern in "[ab*]{0,8}", text in "[ab]{0,10}") {
            fn slow(pattern: &[u8], text: &[u8]) -> bool {
                match (pattern, text) {
                    ([], text) => text.is_empty(),
                    ([b'*', rest @ ..], text) => (0..=text.len()).any(|at| slow(rest, &text[at..])),
                    ([first, rest @ ..], [next, behind @ ..]) => first == next && slow(rest, behind),
                    _ => false,
                }
            }
            prop_assert_eq!(matches(&pattern, &text), slow(pattern.as_bytes(), text.as_bytes()));
        }

        #[test]
        fn no_text_panics(text in ".*") {
            let _ = Selector::parse(&text).map(|selector| selector.to_string());
        }
    }
}
