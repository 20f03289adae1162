//! Text from a plan in Markdown, where it must stay text.

/// `text` with every mark escaped.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if c.is_ascii_punctuation() {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// `text` as a block of code, whose fence no run of back-ticks in it ends.
pub(super) fn code(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}text\n{text}\n{fence}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_and_fences_do_not_get_out() {
        assert_eq!(escaped("<b> [a](b) `c`\n# d"), "\\<b\\> \\[a\\]\\(b\\) \\`c\\`\n\\# d");
        assert_eq!(code("a\n````\nb"), "`````text\na\n````\nb\n`````");
        assert_eq!(code("a"), "```text\na\n```");
    }
}
