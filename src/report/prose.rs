//! Takes the texts of findings apart, for formats that have steps, code blocks and code of their own.
//!
//! Policies write plain text: names between backquotes, steps as `1. …`, code indented by two blanks or more.

use std::borrow::Cow;

use super::plain;
use crate::finding::Finding;

/// A part of a text that stands on lines of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Block {
    /// A paragraph.
    Paragraph(Vec<Span>),
    /// A step, with its number.
    Step(String, Vec<Span>),
    /// An item of a list without numbers.
    Item(Vec<Span>),
    /// Code; it belongs to the step or item before it, if there is one.
    Code(Vec<String>),
}

/// A part of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Span {
    /// Prose.
    Text(String),
    /// What stood between backquotes.
    Code(String),
}

/// The blocks of `text`. Nothing in them is a control character or invisible.
pub(crate) fn blocks(text: &str) -> Vec<Block> {
    let text = plain::prose(text);
    let mut blocks = Vec::new();
    let mut code: Option<Vec<String>> = None;
    let mut fenced = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
            if let Some(lines) = code.take() {
                blocks.push(Block::Code(dedented(lines)));
            }
        } else if fenced || (line.starts_with("  ") && !line.trim().is_empty()) {
            code.get_or_insert_default().push(line.trim_end().to_owned());
        } else if let (Some(lines), true) = (&mut code, line.trim().is_empty()) {
            lines.push(String::new());
        } else {
            if let Some(lines) = code.take() {
                blocks.push(Block::Code(dedented(lines)));
            }
            blocks.extend(block(line.trim()));
        }
    }
    blocks.extend(code.map(|lines| Block::Code(dedented(lines))));
    blocks
}

fn block(line: &str) -> Option<Block> {
    if line.is_empty() {
        return None;
    }
    if let Some(item) = line.strip_prefix("- ") {
        return Some(Block::Item(split(item)));
    }
    let step = line
        .split_once(". ")
        .filter(|(number, _)| (1..4).contains(&number.len()) && number.chars().all(|c| c.is_ascii_digit()));
    Some(match step {
        Some((number, text)) => Block::Step(number.to_owned(), split(text)),
        None => Block::Paragraph(split(line)),
    })
}

fn split(line: &str) -> Vec<Span> {
    let parts: Vec<&str> = line.split('`').collect();
    let last = parts.len() - 1;
    let mut spans = Vec::new();
    for (at, part) in parts.into_iter().enumerate() {
        // What comes after the last backquote is not inside a pair.
        match at % 2 {
            1 if at < last => spans.push(Span::Code(part.to_owned())),
            1 => spans.push(Span::Text(format!("`{part}"))),
            _ if part.is_empty() => {}
            _ => spans.push(Span::Text(part.to_owned())),
        }
    }
    spans
}

fn dedented(mut lines: Vec<String>) -> Vec<String> {
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    let blanks = |line: &String| line.chars().take_while(|c| *c == ' ').count();
    let common = lines.iter().filter(|line| !line.is_empty()).map(blanks).min().unwrap_or(0);
    lines.into_iter().map(|line| line.get(common..).unwrap_or_default().to_owned()).collect()
}

/// `text` with every name of `finding` in one line. Texts may have lines of their own, such as the steps of a fix; a name that
/// a plan breaks into lines would pass for some of them.
pub(crate) fn without_forged_lines<'a>(text: &'a str, finding: &Finding) -> Cow<'a, str> {
    let names = [&finding.distribution, &finding.origin, &finding.bucket, &finding.key, &finding.subject];
    let broken = names.into_iter().flatten().filter(|name| name.contains(['\n', '\r']));
    broken.fold(Cow::Borrowed(text), |text, name| {
        if text.contains(name.as_str()) { Cow::Owned(text.replace(name, &plain::line(name))) } else { text }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Vec<Span> {
        vec![Span::Text(text.to_owned())]
    }

    #[test]
    fn steps_and_code_are_told_apart() {
        let code = |lines: &[&str]| Block::Code(lines.iter().map(|&line| line.to_owned()).collect());
        let expected = [
            Block::Paragraph(text("Do:")),
            Block::Step("1".to_owned(), text("this")),
            code(&["{", "  a = 1", "", "}"]),
            Block::Item(text("that")),
            code(&["x"]),
        ];
        assert_eq!(blocks("Do:\n1. this\n     {\n       a = 1\n\n     }\n- that\n```hcl\nx\n```\n"), expected);
    }

    #[test]
    fn only_pairs_of_backquotes_make_code() {
        let expected = [Span::Text("a ".to_owned()), Span::Code("b".to_owned()), Span::Text(" c ".to_owned())];
        assert_eq!(split("a `b` c `d"), [expected.as_slice(), &text("`d")].concat());
    }
}
