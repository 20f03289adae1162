//! Draws an access path: distribution → origin → origin access → bucket → key, and marks the hop that a finding is about.

use super::style::{BAD, BOLD, DIM, DOUBT, paint};
use super::wrap;
use crate::report::plain;

/// One access path, from the distribution down.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Tree {
    /// What the path runs through, from the distribution on.
    pub(crate) nodes: Vec<Node>,
    /// The hop that the finding is about.
    pub(crate) fault: Option<Fault>,
}

/// One thing on the path.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Node {
    /// What sort of thing it is, where the label does not say.
    pub(crate) kind: &'static str,
    /// Its name, as people know it.
    pub(crate) label: String,
    /// What is said of it beside its name, or below it where there is no room.
    pub(crate) details: Vec<String>,
    /// What is always said below it.
    pub(crate) notes: Vec<String>,
}

/// A hop that does not work.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The node that is not reached.
    pub(crate) before: usize,
    /// How certain it is.
    pub(crate) mark: Mark,
    /// What is wrong, in a few words.
    pub(crate) text: String,
}

/// How certain a fault is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    /// It breaks.
    Broken,
    /// It may break.
    Risk,
    /// The plan cannot tell.
    Unknown,
}

impl Mark {
    fn painted(self) -> String {
        match self {
            Self::Broken => paint(BAD, "✗"),
            Self::Risk => paint(DOUBT, "!"),
            Self::Unknown => paint(DOUBT, "?"),
        }
    }

    fn style(self) -> anstyle::Style {
        if self == Self::Broken { BAD } else { DOUBT }
    }
}

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
}

impl Tree {
    /// The lines of the drawing, with `indent` blanks before each.
    pub(crate) fn lines(&self, width: usize, indent: usize) -> Vec<String> {
        let layout = Layout::new(width, indent);
        let mut lines = Vec::new();
        for (at, node) in self.nodes.iter().enumerate() {
            if let Some(fault) = self.fault.as_ref().filter(|fault| fault.before == at) {
                fault.draw(&layout, at.saturating_sub(1), &mut lines);
            }
            node.draw(&layout, at, at + 1 < self.nodes.len(), &mut lines);
        }
        if let Some(fault) = self.fault.as_ref().filter(|fault| fault.before >= self.nodes.len()) {
            fault.draw(&layout, self.nodes.len().saturating_sub(1), &mut lines);
        }
        lines
    }
}

impl Node {
    fn draw(&self, layout: &Layout, level: usize, has_child: bool, lines: &mut Vec<String>) {
        let (blanks, connector) = match level.checked_sub(1) {
            Some(parent) => (layout.column(parent), layout.connector),
            None => (layout.column(0), ""),
        };
        let kind = if self.kind.is_empty() { String::new() } else { format!("{} ", self.kind) };
        let label = plain::line(&self.label);
        let details = self.details.join(" · ");
        let head = format!("{blanks}{}{kind}{}", paint(DIM, connector), paint(BOLD, &label));
        let used = [blanks.as_str(), connector, &kind, &label].iter().map(|part| columns(part)).sum::<usize>();
        let mut below: Vec<&str> = self.notes.iter().map(String::as_str).collect();
        if details.is_empty() {
            lines.push(head);
        } else if used + 3 + columns(&plain::line(&details)) <= layout.width {
            lines.push(format!("{head} {} {}", paint(DIM, "·"), plain::line(&details)));
        } else {
            lines.push(head);
            below.splice(0..0, self.details.iter().map(String::as_str));
        }
        let bar = if has_child { "│ " } else { "  " };
        let blanks = layout.column(level);
        for text in below {
            let room = layout.width.saturating_sub(columns(&blanks) + columns(bar));
            for line in wrap::line(text, room, "", "  ") {
                lines.push(format!("{blanks}{}{line}", paint(DIM, bar)));
            }
        }
    }
}

impl Fault {
    fn draw(&self, layout: &Layout, level: usize, lines: &mut Vec<String>) {
        let blanks = layout.column(level);
        let room = layout.width.saturating_sub(columns(&blanks) + 2);
        let bar = if self.before == 0 { "  " } else { "│ " };
        for (at, line) in wrap::line(&self.text, room, "", "").iter().enumerate() {
            let lead = if at == 0 { format!("{} ", self.mark.painted()) } else { paint(DIM, bar) };
            lines.push(format!("{blanks}{lead}{}", paint(self.mark.style(), line)));
        }
    }
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
        let lines = tree().lines(width, 2).join("\n");
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
        let lines = tree.lines(80, 0).join("\n");
        assert!(anstream::adapter::strip_str(&lines).to_string().ends_with("\n      ✗ cannot read it at all"));
    }
}
