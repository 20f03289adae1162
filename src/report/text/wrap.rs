//! Breaks prose into lines without breaking what people copy: addresses, ARNs, URLs and paths stay whole.

use textwrap::{Options, WordSplitter, WrapAlgorithm};

use crate::report::plain;

/// Stands for a space inside `["…"]` or code while lines are broken; escaping made sure that no text holds it.
const KEPT_SPACE: char = '\u{e000}';

/// The lines of `text`, each at most `width` columns unless one word is longer; `first` opens the first, `rest` the others.
///
/// A line that begins with two spaces or more is code and stays as it is; a list item's further lines hang under its text.
pub(crate) fn prose(text: &str, width: usize, first: &str, rest: &str) -> Vec<String> {
    let text = plain::prose(text);
    let mut lines = Vec::new();
    for paragraph in text.trim_end().lines() {
        let opening = if lines.is_empty() { first } else { rest };
        if paragraph.starts_with("  ") || paragraph.trim().is_empty() {
            lines.push(format!("{opening}{paragraph}").trim_end().to_owned());
            continue;
        }
        let hanging = format!("{rest}{}", " ".repeat(marker_width(paragraph)));
        lines.extend(broken(paragraph, width, opening, &hanging));
    }
    if lines.is_empty() {
        lines.push(first.trim_end().to_owned());
    }
    lines
}

/// The lines of one `text` that has no line breaks of its own; any that a plan put there are escaped.
pub(crate) fn line(text: &str, width: usize, first: &str, rest: &str) -> Vec<String> {
    broken(&plain::line(text), width, first, rest)
}

fn broken(text: &str, width: usize, first: &str, rest: &str) -> Vec<String> {
    let options = Options::new(width)
        .initial_indent(first)
        .subsequent_indent(rest)
        .break_words(false)
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(WrapAlgorithm::FirstFit);
    let room = width.saturating_sub(textwrap::core::display_width(rest));
    textwrap::wrap(&keep_code_whole(&keep_keys_whole(text), room), options)
        .into_iter()
        .map(|line| line.replace(KEPT_SPACE, " "))
        .collect()
}

/// How wide the `- ` or `1. ` is that makes a line a list item; 0 if it is none.
fn marker_width(paragraph: &str) -> usize {
    let digits = paragraph.chars().take_while(char::is_ascii_digit).count();
    let rest = paragraph.get(digits..).unwrap_or_default();
    match digits {
        0 if rest.starts_with("- ") => 2,
        0 => 0,
        _ if rest.starts_with(". ") => digits + 2,
        _ => 0,
    }
}

/// An instance key may hold spaces, as in `module.site["my blog"]`; it must not be where a line ends.
fn keep_keys_whole(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut inside = false;
    let mut previous = (' ', ' ');
    for c in text.chars() {
        match c {
            '"' if !inside && previous.1 == '[' => inside = true,
            ']' if inside && previous.1 == '"' && previous.0 != '\\' => inside = false,
            _ => {}
        }
        out.push(if inside && c == ' ' { KEPT_SPACE } else { c });
        previous = (previous.1, c);
    }
    out
}

/// A piece of code between backquotes is to be copied, so it stays in one line where one can hold it.
fn keep_code_whole(text: &str, room: usize) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    let last = parts.len() - 1;
    let kept = parts.iter().enumerate().map(|(at, part)| {
        // What comes after the last backquote is not inside a pair.
        let code = at % 2 == 1 && at < last && textwrap::core::display_width(part) + 2 <= room;
        if code { part.replace(' ', KEPT_SPACE.encode_utf8(&mut [0; 4])) } else { (*part).to_owned() }
    });
    kept.collect::<Vec<_>>().join("`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_urls_and_hyphens_are_not_broken() {
        let text = "see module.site[\"my own blog\"].aws_s3_bucket.this and https://docs.example.com/a-b-c-d-e-f-g-h-i";
        let expected = [
            "see",
            "module.site[\"my own blog\"].aws_s3_bucket.this",
            "and",
            "https://docs.example.com/a-b-c-d-e-f-g-h-i",
        ];
        assert_eq!(line(text, 20, "", ""), expected);
    }

    #[test]
    fn code_and_lists_keep_their_shape() {
        let text = "Do this:\n1. put the grant in place first\n   resource {\n   }\n- then switch over to it";
        let expected = [
            "> Do this:",
            "  1. put the grant in",
            "     place first",
            "     resource {",
            "     }",
            "  - then switch over",
            "    to it",
        ];
        assert_eq!(prose(text, 22, "> ", "  "), expected);
    }

    #[test]
    fn code_stays_whole_where_it_fits() {
        assert_eq!(line("put back `a = \"b\"` there", 14, "", ""), ["put back", "`a = \"b\"`", "there"]);
        assert_eq!(line("put back `a = \"b\"` there", 8, "", ""), ["put back", "`a =", "\"b\"`", "there"]);
        assert_eq!(line("a ` b c d e", 6, "", ""), ["a ` b", "c d e"]);
    }

    #[test]
    fn a_quote_that_never_ends_is_harmless() {
        assert_eq!(line("a [\"b c d", 4, "", ""), ["a", "[\"b c d"]);
    }
}
