//! Blocks of files in HCL.
//!
//! The parser limits how deep a file may nest, so that none of them overflows the stack; a test holds it to that.

use std::collections::BTreeMap;

use hcl_edit::Span as _;
use hcl_edit::parser::parse_body;
use hcl_edit::structure::{Block, BlockLabel, Body, Structure};

use super::block::{Blocks, Call, Counter, Lines, Name};
use crate::plan::address::Mode;

/// The blocks of `text`.
///
/// # Errors
/// The line where it stops being HCL; never what stands there, which may be a secret.
pub(super) fn blocks(text: &str) -> Result<Blocks, usize> {
    let body = parse_body(text).map_err(|error| error.location().line())?;
    let counter = Counter::of(text);
    let mut found = Blocks::default();
    for block in body.blocks() {
        let labels: Vec<&str> = block.labels.iter().map(BlockLabel::as_str).collect();
        match (block.ident.as_str(), labels.as_slice()) {
            ("resource", [kind, name]) => found.add(Mode::Managed, kind, name, lines(block, &counter)),
            ("data", [kind, name]) => found.add(Mode::Data, kind, name, lines(block, &counter)),
            ("module", [name]) => {
                let source = block.body.get_attribute("source").and_then(|source| source.value.as_str());
                let call = Call { line: line(block, &counter), source: source.map(str::to_owned) };
                found.calls.entry((*name).to_owned()).or_insert(call);
            }
            _ => {}
        }
    }
    Ok(found)
}

impl Blocks {
    fn add(&mut self, mode: Mode, kind: &str, name: &str, lines: Lines) {
        self.resources.entry(Name { mode, kind: kind.to_owned(), label: name.to_owned() }).or_insert(lines);
    }
}

fn line(block: &Block, counter: &Counter) -> u32 {
    counter.line(block.span().map_or(0, |span| span.start))
}

fn lines(block: &Block, counter: &Counter) -> Lines {
    Lines { line: line(block, counter), inside: inside(&block.body, counter) }
}

/// As deep as the parser lets blocks nest.
fn inside(body: &Body, counter: &Counter) -> BTreeMap<String, Vec<Lines>> {
    let mut all: BTreeMap<String, Vec<Lines>> = BTreeMap::new();
    for structure in body {
        let (name, lines) = match structure {
            Structure::Block(block) => (block.ident.as_str(), lines(block, counter)),
            Structure::Attribute(attribute) => {
                let Some(span) = attribute.span() else { continue };
                (attribute.key.as_str(), Lines { line: counter.line(span.start), ..Lines::default() })
            }
        };
        all.entry(name.to_owned()).or_default().push(lines);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(mode: Mode, kind: &str, name: &str) -> Name {
        Name { mode, kind: kind.to_owned(), label: name.to_owned() }
    }

    const TEXT: &str = "\
# A comment: resource \"aws_s3_bucket\" \"commented\" {}
variable \"x\" {
  default = <<-EOT
    resource \"aws_s3_bucket\" \"in_a_heredoc\" {
  EOT
}

resource \"aws_s3_bucket\" \"site\" {
  bucket = \"site\"
  server_side_encryption_configuration {
    rule {
      apply_server_side_encryption_by_default {
        sse_algorithm = \"aws:kms\"
      }
    }
  }
}

data aws_kms_key key {
  key_id = \"alias/x\"
}
module \"cdn\" {
  # It is local.
  source = \"./modules/cdn\"
}
module \"other\" { source = local.path }
";

    #[test]
    fn blocks_are_found_with_their_lines() {
        let found = blocks(TEXT).unwrap();
        let lines: Vec<(String, u32)> =
            found.resources.iter().map(|(name, lines)| (name.label.clone(), lines.line)).collect();
        assert_eq!(lines, [("site".to_owned(), 8), ("key".to_owned(), 19)]);
        assert_eq!(found.calls["cdn"], Call { line: 22, source: Some("./modules/cdn".to_owned()) });
        assert_eq!(found.calls["other"], Call { line: 26, source: None });
    }

    #[test]
    fn an_attribute_has_a_line_where_it_is_the_only_one_of_its_name() {
        let found = blocks(TEXT).unwrap();
        let bucket = &found.resources[&name(Mode::Managed, "aws_s3_bucket", "site")];
        let path = ["server_side_encryption_configuration", "rule", "apply_server_side_encryption_by_default"];
        assert_eq!(bucket.of(&[path[0], path[1], path[2], "sse_algorithm"]), 13);
        assert_eq!(bucket.of(&[path[0], path[1], path[2], "kms_master_key_id"]), 12);
        assert_eq!(bucket.of(&["policy"]), 8);
        let two = "resource \"a\" \"b\" {\n origin {\n  x = 1\n }\n origin {\n  x = 2\n }\n}\n";
        let two = blocks(two).unwrap();
        assert_eq!(two.resources[&name(Mode::Managed, "a", "b")].of(&["origin", "x"]), 1);
    }

    #[test]
    fn line_endings_of_windows_are_line_endings() {
        let windows = TEXT.replace('\n', "\r\n");
        assert_eq!(blocks(&windows), blocks(TEXT));
    }

    #[test]
    fn what_is_not_hcl_has_a_line_and_nothing_else() {
        assert_eq!(blocks("a = 1\nresource \"x\" {\n  secret = = \"hunter2\"\n}\n"), Err(3));
        assert!(blocks("resource \"x\" \"y\" {").is_err());
    }

    /// Deep files end in an answer, on the smallest stack that a thread of a test has.
    #[test]
    fn no_nesting_overflows_the_stack() {
        const MANY: usize = 200_000;
        let around =
            |open: &str, inner: &str, close: &str| format!("x = {}{inner}{}\n", open.repeat(MANY), close.repeat(MANY));
        let texts = [
            around("(", "1", ")"),
            around("[", "1", "]"),
            around("{a=", "1", "}"),
            around("f(", "1", ")"),
            around("\"${", "1", "}\""),
            around("\"%{if true}", "1", "%{endif}\""),
            around("[for a in ", "b", ": a]"),
            around("!", "true", ""),
            around("-", "a", ""),
            around("a ? b : ", "c", ""),
            around("a ? ", "c", " : b"),
            around("1 + ", "1", ""),
            around("1 == ", "1", ""),
            around("", "a", "[0]"),
            around("", "a", ".b"),
            around("a[", "0", "]"),
            around("", "a", ".*.b"),
            "a {\n".repeat(MANY) + &"}\n".repeat(MANY),
            "(".repeat(MANY),
            "x = ".to_owned() + &"(".repeat(MANY),
            "x = ".to_owned() + &"[".repeat(MANY),
            "x = ".to_owned() + &"\"${".repeat(MANY),
            "a {\n".repeat(MANY),
            "x = <<E\n".to_owned() + &"%{if a}".repeat(MANY) + "\nE\n",
        ];
        for text in texts {
            let _ = blocks(&text);
        }
    }
}
