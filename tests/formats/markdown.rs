//! What is wrong with a report as `markdown`: what is not ours, read by the rules of `CommonMark` and GitHub's tables.

use oacguard::report::Verdict;
use oacguard::report::markdown::{COMMENT_LIMIT, MARK, render};
use oacguard::report::view::View;
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// How headings below the first begin.
const HEADINGS: [&str; 8] = [
    "❌ ",
    "⚠️ ",
    "ℹ️ ",
    "Resolved by this plan",
    "Accepted by a waiver",
    "No longer found, and still in ",
    "Set in ",
    "oacguard: ",
];

const STRONG: [&str; 7] = ["Why", "Fix", "Next", "error", "warning", "note", "no verdict"];

/// What may stand outside of code besides letters, digits and blanks. None of it makes a link, a mention or an order anywhere.
const HARMLESS: &str = ".,;:?!()\"'“”’–—…·→-❌✅⚠ℹ\u{fe0f}➖❔•/";

pub(crate) fn problems(view: View<'_>, text: &str) -> Vec<String> {
    let mut problems = of_one(view, text, COMMENT_LIMIT);
    // The summary of a job takes more than a comment, which matters only where there is much to say.
    let summary = if view.report.findings.len() > 100 { Some(1 << 20) } else { None };
    for limit in [100, 400, 3_000].into_iter().chain(summary) {
        let text = render(view, limit);
        if limit >= 400 {
            problems
                .extend(of_one(view, &text, limit).into_iter().map(|problem| format!("in {limit} bytes: {problem}")));
        } else if text.len() > limit {
            problems.push(format!("{} bytes instead of {limit}", text.len()));
        }
    }
    problems
}

fn of_one(view: View<'_>, text: &str, limit: usize) -> Vec<String> {
    let mut reader = Reader { view, problems: Vec::new(), shown: String::new(), details: 0, html: String::new() };
    reader.lines(text, limit);
    reader.events(text);
    reader.content(text);
    reader.problems
}

struct Reader<'a> {
    view: View<'a>,
    problems: Vec<String>,
    /// What is read, tags and marks taken away.
    shown: String,
    details: i32,
    html: String,
}

impl Reader<'_> {
    fn wrong(&mut self, problem: String) {
        self.problems.push(problem);
    }

    fn lines(&mut self, text: &str, limit: usize) {
        if text.len() > limit {
            self.wrong(format!("{} bytes are too many", text.len()));
        }
        if !text.starts_with(&format!("{MARK}\n## ")) || text.matches("<!--").count() != 1 {
            self.wrong("not exactly one mark, at its start".to_owned());
        }
        if text.contains(|c: char| c.is_control() && c != '\n') {
            self.wrong("a control character".to_owned());
        }
        for line in text.lines() {
            // GitLab and many bots take orders from the start of a line, and the logs of CI hosts too.
            if line.starts_with(['/', '@']) || line.trim_start().starts_with("::") || line.contains("##vso[") {
                self.wrong(format!("an order: {line}"));
            }
            let bars = line.matches('|').count();
            if line.starts_with("| ") && bars != 3 && bars != 5 {
                self.wrong(format!("a broken row: {line}"));
            }
        }
    }

    fn events(&mut self, text: &str) {
        let options = Options::ENABLE_TABLES
            | Options::ENABLE_STRIKETHROUGH
            | Options::ENABLE_TASKLISTS
            | Options::ENABLE_FOOTNOTES
            | Options::ENABLE_MATH
            | Options::ENABLE_GFM;
        let mut inside: Vec<Tag<'_>> = Vec::new();
        for event in Parser::new_ext(text, options) {
            match event {
                Event::Start(tag) => {
                    self.start(&tag);
                    inside.push(tag);
                }
                Event::End(end) => {
                    inside.pop();
                    self.shown.push('\n');
                    if end == TagEnd::HtmlBlock {
                        self.tags();
                    }
                }
                Event::Text(text) => self.text(&text, &inside),
                Event::Code(code) => self.shown.push_str(&code),
                Event::Html(html) => self.html.push_str(&html),
                Event::InlineHtml(html) if matches!(&*html, "<sub>" | "</sub>") => {}
                Event::SoftBreak => self.shown.push(' '),
                other => self.wrong(format!("not ours: {other:?}")),
            }
        }
        if self.details != 0 {
            self.wrong("details are not balanced".to_owned());
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        let ours = match tag {
            Tag::Paragraph
            | Tag::List(_)
            | Tag::Item
            | Tag::Emphasis
            | Tag::Strong
            | Tag::HtmlBlock
            | Tag::Table(_)
            | Tag::TableHead
            | Tag::TableRow
            | Tag::TableCell
            | Tag::Heading { level: HeadingLevel::H3, .. } => true,
            // The one at the start.
            Tag::Heading { level: HeadingLevel::H2, .. } => self.shown.trim().is_empty(),
            Tag::CodeBlock(CodeBlockKind::Fenced(language)) => matches!(&**language, "mermaid" | "hcl"),
            Tag::Link { dest_url, .. } => {
                self.view.report.findings.iter().any(|finding| finding.links.iter().any(|link| **link == **dest_url))
            }
            _ => false,
        };
        if !ours {
            self.wrong(format!("not ours: {tag:?}"));
        }
    }

    fn text(&mut self, text: &str, inside: &[Tag<'_>]) {
        let first = self.shown.ends_with('\n') || self.shown.is_empty();
        self.shown.push_str(text);
        match inside.last() {
            Some(Tag::CodeBlock(CodeBlockKind::Fenced(language))) => {
                if &**language == "mermaid" {
                    self.mermaid(text);
                }
                return;
            }
            Some(Tag::Link { .. }) => return,
            Some(Tag::Heading { level: HeadingLevel::H3, .. })
                if first && !HEADINGS.iter().any(|heading| text.starts_with(heading)) =>
            {
                self.wrong(format!("a heading: {text}"));
            }
            Some(Tag::Strong) if !STRONG.contains(&text) => self.wrong(format!("strong: {text}")),
            _ => {}
        }
        if let Some(c) = text.chars().find(|c| !c.is_alphanumeric() && *c != ' ' && !HARMLESS.contains(*c)) {
            self.wrong(format!("{c:?} is not in code: {text}"));
        }
    }

    /// The tags of a block of HTML.
    fn tags(&mut self) {
        let html = std::mem::take(&mut self.html);
        for line in html.lines() {
            let summary = line.strip_prefix("<summary>").and_then(|rest| rest.strip_suffix("</summary>"));
            match line {
                "<details>" | "<details open>" => self.details += 1,
                "</details>" => self.details -= 1,
                MARK => {}
                _ => match summary {
                    Some(text) if text.chars().all(|c| c.is_alphanumeric() || " ,.:–".contains(c)) => {
                        self.shown.push_str(text);
                    }
                    _ => self.wrong(format!("HTML: {line}")),
                },
            }
        }
        if self.details < 0 {
            self.wrong("details end that never began".to_owned());
        }
    }

    fn mermaid(&mut self, chart: &str) {
        let mut lines = chart.lines();
        if lines.next() != Some("flowchart LR") {
            self.wrong("no flowchart".to_owned());
        }
        let mut depth = 0;
        for line in lines {
            let known = match line {
                "  end" => {
                    depth -= 1;
                    depth == 0
                }
                "    direction TB" | "  before ~~~ after" => true,
                _ if line.starts_with("  subgraph ") => {
                    depth += 1;
                    matches!(
                        line,
                        "  subgraph before[\"Before this plan\"]"
                            | "  subgraph after[\"After this plan\"]"
                            | "  subgraph path[\"The path\"]"
                    )
                }
                _ => is_node(line) || is_edge(line) || is_style(line),
            };
            if !known {
                self.wrong(format!("not Mermaid of ours: {line}"));
            }
        }
        if depth != 0 {
            self.wrong("a chart that ends too early".to_owned());
        }
    }

    /// That what must be told is told.
    fn content(&mut self, text: &str) {
        let report = self.view.report;
        let verdict = match report.verdict {
            Verdict::Pass => "✅ oacguard: pass",
            Verdict::Block => "❌ oacguard: block",
            Verdict::None => "⚠️ oacguard: no verdict, which is not a pass",
        };
        if !text.starts_with(&format!("{MARK}\n## {verdict}\n")) {
            self.wrong("the verdict is not told".to_owned());
        }
        if report.verdict == Verdict::None && text.contains('✅') {
            self.wrong("no verdict, and yet a tick".to_owned());
        }
        let blocking: Vec<_> = report.findings.iter().filter(|finding| self.view.blocks(finding)).collect();
        if blocking.is_empty()
            == (text.contains(", blocks") || text.contains("\n- **error") || text.contains("\n- **warning"))
        {
            self.wrong(format!("{} findings block, and the report says otherwise", blocking.len()));
        }
        let more = text.contains(" more, in the JSON report") || text.contains("… and ");
        let missing = blocking.iter().filter(|finding| !self.shown.contains(&finding.policy)).count();
        if missing > 0 && !more {
            self.wrong(format!("{missing} of what blocks are missing"));
        }
        for error in &report.errors {
            if !self.shown.contains(&error.kind) && !more {
                self.wrong(format!("the error {} is missing", error.kind));
            }
        }
    }
}

fn is_id(id: &str) -> bool {
    ["before", "after", "path"].iter().any(|name| {
        id.strip_prefix(name)
            .is_some_and(|number| number.len() == 1 && number.starts_with(|c: char| c.is_ascii_digit()))
    })
}

fn is_node(line: &str) -> bool {
    let Some((id, rest)) = line.trim_start().split_once(['[', '(']) else { return false };
    let Some((rest, class)) = rest.rsplit_once(":::") else { return false };
    let label = rest.trim_start_matches('[').strip_prefix('"');
    let label = label.and_then(|label| label.strip_suffix("\"]").or_else(|| label.strip_suffix("\"])")));
    is_id(id) && label.is_some_and(is_label) && ["works", "broken", "doubt", "beyond", "open"].contains(&class)
}

fn is_edge(line: &str) -> bool {
    let Some((from, rest)) = line.trim_start().split_once(' ') else { return false };
    let Some((arrow, to)) = rest.rsplit_once(' ') else { return false };
    let (arrow, label) = match arrow.split_once('|') {
        Some((arrow, label)) => (arrow, label.strip_prefix('"').and_then(|label| label.strip_suffix("\"|"))),
        None => (arrow, Some("")),
    };
    is_id(from) && is_id(to) && label.is_some_and(is_label) && ["-->", "--x", "-.->", "~~~"].contains(&arrow)
}

fn is_style(line: &str) -> bool {
    let starts = ["  linkStyle ", "  style ", "  classDef "].iter().any(|start| line.starts_with(start));
    starts && line.chars().all(|c| c.is_ascii_alphanumeric() || " #:,-".contains(c))
}

/// A label whose every character is harmless or written as its code.
fn is_label(label: &str) -> bool {
    let label = label.replace("<br/>", " ");
    let mut parts = label.split('#');
    let plain = |text: &str| text.chars().all(|c| c.is_alphanumeric() || " \u{a0}.,_-/·→…✓✗!?".contains(c));
    parts.next().is_some_and(plain)
        && parts.all(|part| {
            let Some((code, rest)) = part.split_once(';') else { return false };
            !code.is_empty() && code.chars().all(|c| c.is_ascii_digit()) && plain(rest)
        })
}
