//! Draws an access path for a terminal: distribution → origin → origin access → bucket → key, and marks the hop that a
//! finding is about.

use super::style::{BAD, BOLD, DIM, DOUBT, paint};
use super::wrap;
use crate::report::picture::{Fault, Mark, Node, Tree};
use crate::report::plain;

/// How a tree is laid out in the room there is.
struct Layout {
    width: usize,
    indent: usize,
    step: usize,
    connector: &'static str,
}

impl Layout {
    fn new(width: usize, indent: usize) -> Self {
        // Five levels at three columns each leave a narrow terminal no room for the addresses.
        let (step, connector) = if width < 60 { (2, "└ ") } else { (3, "└─ ") };
        Self { width, indent, step, connector }
    }

    /// Blanks up to the column where the children of `level` begin; the root's children are those of level 1.
    fn column(&self, level: usize) -> String {
        " ".repeat(self.indent + self.step * level)
    }

    fn node(&self, node: &Node, level: usize, has_child: bool, lines: &mut Vec<String>) {
        let (blanks, connector) = match level.checked_sub(1) {
            Some(parent) => (self.column(parent), self.connector),
            None => (self.column(0), ""),
        };
        let kind = if node.kind.is_empty() { String::new() } else { format!("{} ", node.kind) };
        let label = plain::line(&node.label);
        let details = node.details.join(" · ");
        let head = format!("{blanks}{}{kind}{}", paint(DIM, connector), paint(BOLD, &label));
        let used = [blanks.as_str(), connector, &kind, &label].iter().map(|part| columns(part)).sum::<usize>();
        let mut below: Vec<&str> = node.notes.iter().map(String::as_str).collect();
        if details.is_empty() {
            lines.push(head);
        } else if used + 3 + columns(&plain::line(&details)) <= self.width {
            lines.push(format!("{head} {} {}", paint(DIM, "·"), plain::line(&details)));
        } else {
            lines.push(head);
            below.splice(0..0, node.details.iter().map(String::as_str));
        }
        let bar = if has_child { "│ " } else { "  " };
        let blanks = self.column(level);
        for text in below {
            let room = self.width.saturating_sub(columns(&blanks) + columns(bar));
            for line in wrap::line(text, room, "", "  ") {
                lines.push(format!("{blanks}{}{line}", paint(DIM, bar)));
            }
        }
    }

    fn fault(&self, fault: &Fault, level: usize, lines: &mut Vec<String>) {
        let style = if fault.mark == Mark::Broken { BAD } else { DOUBT };
        let blanks = self.column(level);
        let room = self.width.saturating_sub(columns(&blanks) + 2);
        let bar = if fault.before == 0 { "  " } else { "│ " };
        for (at, line) in wrap::line(&fault.text, room, "", "").iter().enumerate() {
            let lead = if at == 0 { format!("{} ", paint(style, fault.mark.sign())) } else { paint(DIM, bar) };
            lines.push(format!("{blanks}{lead}{}", paint(style, line)));
        }
    }
}

/// The lines of the drawing of `tree`, with `indent` blanks before each.
pub(super) fn lines(tree: &Tree, width: usize, indent: usize) -> Vec<String> {
    let layout = Layout::new(width, indent);
    let mut lines = Vec::new();
    for (at, node) in tree.nodes.iter().enumerate() {
        if let Some(fault) = tree.fault.as_ref().filter(|fault| fault.before == at) {
            layout.fault(fault, at.saturating_sub(1), &mut lines);
        }
        layout.node(node, at, at + 1 < tree.nodes.len(), &mut lines);
    }
    if let Some(fault) = tree.fault.as_ref().filter(|fault| fault.before >= tree.nodes.len()) {
        layout.fault(fault, tree.nodes.len().saturating_sub(1), &mut lines);
    }
    lines
}

fn columns(text: &str) -> usize {
    textwrap::core::display_width(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> Tree {
        let node = |kind, label: &str, details: &[&str]| Node {
            kind,
            label: label.to_owned(),
            details: details.iter().map(|&text| text.to_owned()).collect(),
            notes: Vec::new(),
        };
        Tree {
            nodes: vec![
                node("", "aws_cloudfront_distribution.site", &[]),
                node("origin", "\"s3\"", &["site.s3.amazonaws.com", "second"]),
                node("bucket", "aws_s3_bucket.site", &["SSE-KMS"]),
            ],
            fault: Some(Fault { before: 2, mark: Mark::Broken, text: "cannot read it at all".to_owned() }),
        }
    }

    fn drawn(width: usize) -> String {
        let lines = lines(&tree(), width, 2).join("\n");
        anstream::adapter::strip_str(&lines).to_string()
    }

    #[test]
    fn wide() {
        let expected = "  aws_cloudfront_distribution.site
  └─ origin \"s3\" · site.s3.amazonaws.com · second
     ✗ cannot read it at all
     └─ bucket aws_s3_bucket.site · SSE-KMS";
        assert_eq!(drawn(80), expected);
    }

    #[test]
    fn narrow() {
        let expected = "  aws_cloudfront_distribution.site
  └ origin \"s3\"
    │ site.s3.amazonaws.com
    │ second
    ✗ cannot read
    │ it at all
    └ bucket aws_s3_bucket.site
        SSE-KMS";
        assert_eq!(drawn(19), expected);
    }

    #[test]
    fn a_fault_behind_the_last_node_hangs_below_it() {
        let mut tree = tree();
        tree.fault.as_mut().unwrap().before = 3;
        let lines = lines(&tree, 80, 0).join("\n");
        assert!(anstream::adapter::strip_str(&lines).to_string().ends_with("\n      ✗ cannot read it at all"));
    }
}
