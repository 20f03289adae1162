//! What of a policy's text may be repeated in a report, and how: a policy may hold anything, secrets and terminal commands
//! included.

use std::fmt::Write as _;

/// The longest text that is repeated.
const LONGEST: usize = 200;
/// How many items of a list are repeated.
const MOST: usize = 3;

/// A list in a sentence, cut short; none where it is empty.
pub(crate) fn listed(items: impl IntoIterator<Item = String>, between: &str) -> Option<String> {
    let items: Vec<String> = items.into_iter().collect();
    let rest = items.len().saturating_sub(MOST);
    let mut listed = items.into_iter().take(MOST).collect::<Vec<_>>().join(between);
    if rest > 0 {
        let _ = write!(listed, " and {rest} more");
    }
    (!listed.is_empty()).then_some(listed)
}

/// An ARN, an account, a service principal, a canonical user.
pub(crate) fn is_id(text: &str) -> bool {
    let service = text.strip_suffix(".amazonaws.com").or_else(|| text.strip_suffix(".amazonaws.com.cn"));
    text == "*"
        || is_arn(text)
        || (text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()))
        || service.is_some_and(|name| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.*".contains(&byte)))
        || (matches!(text.len(), 64 | 96) && text.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn is_arn(text: &str) -> bool {
    text.starts_with("arn:") && text.split(':').count() >= 6
}

pub(crate) fn is_resource(text: &str) -> bool {
    text == "*" || is_arn(text)
}

pub(crate) fn is_action(text: &str) -> bool {
    text == "*"
        || text.split_once(':').is_some_and(|(service, name)| {
            [service, name].iter().all(|part| {
                !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"*?-_".contains(&byte))
            })
        })
}

/// A condition key of AWS, and not merely something in its place.
pub(crate) fn is_key(text: &str) -> bool {
    text.split_once(':').is_some_and(|(service, name)| {
        !service.is_empty()
            && service.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_graphic())
    })
}

/// A key that says on whose behalf a service asks.
pub(crate) fn is_source(key: &str) -> bool {
    key.eq_ignore_ascii_case("aws:SourceArn") || key.eq_ignore_ascii_case("aws:SourceAccount")
}

/// Text that can stand in a line of a report: nothing that a terminal or a log would take for a command, and not too long.
pub(crate) fn clean(text: &str) -> String {
    let mut cleaned: String = text.chars().filter(|c| !c.is_control() && !is_invisible(*c)).take(LONGEST).collect();
    if text.chars().count() > LONGEST {
        cleaned.push('…');
    }
    cleaned
}

/// Characters that reorder or hide the text around them.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '`')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_key_has_a_service_and_a_name() {
        assert!(is_key("aws:SourceArn") && is_key("kms:EncryptionContext:aws:s3:arn"));
        for text in ["SourceArn", ":SourceArn", "aws:", "a b:x", "a_b:x", "aws:source arn", "aws:source\u{202e}"] {
            assert!(!is_key(text), "{text}");
        }
    }

    #[test]
    fn what_hides_or_reorders_is_left_out_and_the_rest_cut() {
        assert_eq!(clean("a\u{202e}b\u{200b}c`d\u{1b}e"), "abcde");
        let long = clean(&"x".repeat(LONGEST + 1));
        assert!(long.ends_with("x…") && long.chars().count() == LONGEST + 1);
        assert_eq!(clean(&"x".repeat(LONGEST)).chars().count(), LONGEST);
    }
}
