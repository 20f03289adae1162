//! Makes text that came from a plan harmless where it is shown.
//!
//! Whoever can write a plan chooses names, keys and Sids. Shown as they are, they could move the cursor, recolour or reverse
//! what follows, or give orders to the CI host that reads the log. What is shown is escaped as JSON escapes it.

use std::borrow::Cow;
use std::fmt::Write as _;

/// What a log line must not hold, because a CI host would obey it wherever it stands in the line.
const ORDERS: [&str; 2] = ["##[", "##vso["];

/// `text` for one line: line breaks are escaped too.
pub fn line(text: &str) -> Cow<'_, str> {
    escape(text, false)
}

/// `text` for several lines: line breaks stay.
pub fn prose(text: &str) -> Cow<'_, str> {
    escape(text, true)
}

/// A JSON document whose strings hold no character that a terminal obeys or hides, and no order to a CI host. The document's
/// meaning stays the same: such characters stand inside strings only, and there an escape is the same character.
pub fn json(document: String) -> String {
    // Most of a document is neither, which is settled by one comparison.
    let special = |c: char| (c < ' ' && c != '\n') || (c > '~' && (c.is_control() || is_invisible(c)));
    let orders = |text: &str| ORDERS.iter().any(|order| text.starts_with(order));
    if !document.contains(special) && !ORDERS.iter().any(|order| document.contains(order)) {
        return document;
    }
    let mut out = String::with_capacity(document.len() + 16);
    for (at, c) in document.char_indices() {
        let order = c == '#' && orders(document.get(at..).unwrap_or_default());
        if special(c) || order { push_escape(&mut out, c) } else { out.push(c) }
    }
    out
}

fn escape(text: &str, keep_breaks: bool) -> Cow<'_, str> {
    let harmless = |c: char| !c.is_control() && !is_invisible(c) && c != '#' && c != ':';
    if text.chars().all(harmless) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut previous = None;
    for (at, c) in text.char_indices() {
        let rest = text.get(at..).unwrap_or_default();
        match c {
            '\n' if keep_breaks => out.push('\n'),
            '\r' if keep_breaks && rest.starts_with("\r\n") => {}
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str(if keep_breaks { "    " } else { "\\t" }),
            _ if c.is_control() || is_invisible(c) => push_escape(&mut out, c),
            '#' if ORDERS.iter().any(|order| rest.starts_with(order)) => push_escape(&mut out, c),
            // `::error …` is an order only at the start of a line, which wrapping can make of any start of a word.
            ':' if starts_order(rest) && previous.is_none_or(char::is_whitespace) => push_escape(&mut out, c),
            _ => out.push(c),
        }
        previous = Some(c);
    }
    Cow::Owned(out)
}

fn starts_order(rest: &str) -> bool {
    rest.strip_prefix("::").is_some_and(|order| order.starts_with(|c: char| c.is_ascii_alphabetic()))
}

/// Characters that are not seen, or that change how their neighbours are seen. The private use area is among them: no font
/// agrees on it, and wrapping needs one character that no text holds.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{e000}'..='\u{f8ff}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}' | '\u{f0000}'..='\u{10ffff}')
}

fn push_escape(out: &mut String, c: char) {
    let mut units = [0; 2];
    for unit in c.encode_utf16(&mut units) {
        // Writing to a string cannot fail.
        let _ = write!(out, "\\u{unit:04x}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_obeys_or_hides_is_escaped() {
        assert_eq!(line("a\u{1b}[31mb\u{7}\u{9b}m"), "a\\u001b[31mb\\u0007\\u009bm");
        assert_eq!(line("x\u{202e}y\u{200b}z\u{e0041}"), "x\\u202ey\\u200bz\\udb40\\udc41");
        assert_eq!(line("one\r\ntwo\t3"), "one\\u000d\\ntwo\\t3");
        assert_eq!(prose("one\r\ntwo\r3"), "one\ntwo\\u000d3");
    }

    #[test]
    fn what_a_ci_host_obeys_is_escaped() {
        assert_eq!(line("::error::x"), "\\u003a:error::x");
        assert_eq!(prose("a\n::add-mask::b ::stop"), "a\n\\u003a:add-mask::b \\u003a:stop");
        assert_eq!(line("x ##vso[task] ##[error]"), "x \\u0023#vso[task] \\u0023#[error]");
    }

    #[test]
    fn ordinary_text_stays() {
        for text in ["arn:aws:s3:::bucket/*", "Straße 東京 – “x” ✗ └─", "# a comment ## b", "module.a[\"k\"].b[0]"]
        {
            assert_eq!(line(text), text);
        }
    }

    #[test]
    fn escaping_a_document_does_not_change_what_it_says() {
        let value = serde_json::json!({"a\u{202e}": "\u{9b}31m\u{7f}\u{e0041}", "b": "plain é", "c##[error]": "##vso[task.x] # a"});
        let document = json(serde_json::to_string_pretty(&value).unwrap());
        assert!(!document.contains(|c: char| (c.is_control() && c != '\n') || is_invisible(c)));
        assert!(!document.contains("##") && document.contains("# a"));
        assert_eq!(serde_json::from_str::<serde_json::Value>(&document).unwrap(), value);
    }
}
