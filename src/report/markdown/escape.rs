//! Keeps text that came from a plan from being Markdown, or an order to the host that shows it.
//!
//! Hosts make links, mentions and references of more than `CommonMark` knows, each in its own way: `@name`, `#1`, `!1`, `:ok:`,
//! `www.…`, `GH-1`, hashes of commits, `/close` at the start of a line. None of them looks into code. So a word stays a word only
//! if it is made of letters, digits and hyphens; anything else is shown as code.
//!
//! Sources: <https://github.github.com/gfm/>,
//! <https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting/autolinked-references-and-urls>,
//! <https://docs.gitlab.com/user/markdown/#gitlab-specific-references>, <https://docs.gitlab.com/user/project/quick_actions/>

use crate::report::plain;
use crate::report::prose::Span;

/// `text` as code in a line.
pub(super) fn code(text: &str) -> String {
    let text = unmarked(&plain::line(text));
    let text = if text.is_empty() { "\"\"" } else { &text };
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    // `CommonMark` takes one blank off both ends if there is one at both.
    let ends = |c| text.starts_with(c) || text.ends_with(c);
    let pad = if ends('`') || ends(' ') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// `text` as code in a cell of a table, where hosts disagree on how to write a bar.
pub(super) fn cell_code(text: &str) -> String {
    code(text).replace('|', "\\u007c")
}

/// Prose in a line.
pub(super) fn spans(spans: &[Span]) -> String {
    let mut tokens = Vec::new();
    for span in spans {
        match span {
            Span::Code(code) => push_code(&mut tokens, code),
            Span::Text(text) => {
                for (at, word) in text.split(' ').enumerate() {
                    if at > 0 {
                        tokens.push(Token::Plain(" ".to_owned()));
                    }
                    self::word(word, &mut tokens);
                }
            }
        }
    }
    let line: String = tokens
        .into_iter()
        .map(|token| match token {
            Token::Plain(text) => text,
            Token::Code(text) => code(&text),
        })
        .collect();
    line.trim().to_owned()
}

/// Prose that has no code of its own.
pub(super) fn text(text: &str) -> String {
    spans(&[Span::Text(plain::line(text).into_owned())])
}

/// Lines of code in a fence that none of them can close, each after `indent`.
pub(super) fn fence(lines: &[String], language: &str, indent: &str) -> String {
    let longest = lines.iter().flat_map(|line| line.split(|c| c != '`')).map(str::len).max().unwrap_or(0);
    let fence = "`".repeat((longest + 1).max(3));
    let mut out = format!("{indent}{fence}{language}\n");
    for line in lines {
        // GitLab looks for orders at the start of lines, and not every version of it knows every fence.
        let lead = if line.starts_with('/') { " " } else { "" };
        out.push_str(format!("{indent}{lead}{}", unmarked(&plain::line(line))).trim_end());
        out.push('\n');
    }
    out.push_str(indent);
    out.push_str(&fence);
    out
}

/// `text` without what a program that looks for our comment would take for the mark of it.
fn unmarked(text: &str) -> String {
    text.replace("<!--", "<\\u0021--")
}

enum Token {
    Plain(String),
    Code(String),
}

/// Code right behind code would run into it, as one ends with what the other begins with.
fn push_code(tokens: &mut Vec<Token>, text: &str) {
    match tokens.last_mut() {
        Some(Token::Code(last)) => last.push_str(text),
        _ => tokens.push(Token::Code(text.to_owned())),
    }
}

fn word(word: &str, tokens: &mut Vec<Token>) {
    let core = word.trim_start_matches(['(', '"', '\'', '“']);
    let (lead, _) = word.split_at(word.len() - core.len());
    let core = core.trim_end_matches(['.', ',', ';', ':', '?', '!', ')', '"', '\'', '”', '…']);
    let (_, trail) = word.split_at(lead.len() + core.len());
    if !lead.is_empty() {
        tokens.push(Token::Plain(lead.to_owned()));
    }
    if core.is_empty() || is_plain(core) {
        tokens.push(Token::Plain(core.to_owned()));
    } else {
        push_code(tokens, core);
    }
    // `1.` at the start of a line would begin a list.
    let list = !core.is_empty() && core.chars().all(|c| c.is_ascii_digit()) && trail.starts_with(['.', ')']);
    let escape = if list { "\\" } else { "" };
    tokens.push(Token::Plain(format!("{escape}{trail}")));
}

fn is_plain(word: &str) -> bool {
    let letters = word.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '\'' | '’' | '–'));
    let dash = matches!(word, "–" | "—" | "·" | "→");
    let digits = word.chars().filter(char::is_ascii_digit).count();
    let hash = word.len() >= 7 && digits > 0 && word.chars().all(|c| c.is_ascii_hexdigit());
    // `GH-1` and the keys of issue trackers.
    let reference = word
        .rsplit_once('-')
        .is_some_and(|(_, number)| !number.is_empty() && number.chars().all(|c| c.is_ascii_digit()));
    dash || (letters && !word.starts_with('-') && !hash && !reference)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_holds_any_backquotes() {
        assert_eq!(code("a"), "`a`");
        assert_eq!(code("`a``b`"), "``` `a``b` ```");
        assert_eq!(code(" a"), "`  a `");
        assert_eq!(code(""), "`\"\"`");
        assert_eq!(code("a\n<!-- b"), "`a\\n<\\u0021-- b`");
        assert_eq!(cell_code("a | b"), "`a \\u007c b`");
    }

    #[test]
    fn words_stay_and_the_rest_is_code() {
        assert_eq!(text("An OAI (the older kind) can't; see S3's."), "An OAI (the older kind) can't; see S3's.");
        assert_eq!(text("reads aws_s3_bucket.site, as \"s3\""), "reads `aws_s3_bucket.site`, as \"s3\"");
        assert_eq!(text("@you #1 !2 :ok: GH-3 www.a.b a@b.c"), "`@you` `#1` `!2` `:ok`: `GH-3` `www.a.b` `a@b.c`");
        assert_eq!(text("1. x 2) # y - z"), "1\\. x 2\\) `#` y `-` z");
        assert_eq!(text("<b> [a](b) ![c](d) **e** deadbeef1"), "`<b>` `[a](b`) `![c](d`) `**e**` `deadbeef1`");
    }

    #[test]
    fn code_beside_code_becomes_one() {
        let line = [Span::Code("a".to_owned()), Span::Text("_b c".to_owned())];
        assert_eq!(spans(&line), "`a_b` c");
    }

    #[test]
    fn no_line_closes_a_fence_or_gives_an_order() {
        let lines = ["```", "/close"].map(str::to_owned);
        assert_eq!(fence(&lines, "hcl", "  "), "  ````hcl\n  ```\n   /close\n  ````");
    }
}
