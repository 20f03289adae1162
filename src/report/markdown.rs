//! The report as a comment on a pull request, or as the summary of a job, for hosts that show GitHub's Markdown.
//!
//! Hosts refuse a comment that is too long, or drop all of it. So detail goes in steps until the rest fits: first what was seen
//! in the plan, then fixes and pictures of what does not block, then all but the first entries of lists. The verdict, the counts
//! and the headlines of what blocks go last. Nothing is ever cut in the middle: what is left out is left out as a whole.

mod escape;
mod mermaid;
mod parts;

use self::escape::{cell_code, code, text};
use super::cut::cut;
use super::groups::{Groups, circumstances, place};
use super::text::summary;
use super::view::View;
use super::{Verdict, words};
use crate::finding::{Finding, Severity};

/// The most characters that GitHub takes in a comment, with room for a line of somebody else.
///
/// Source: <https://docs.github.com/en/rest/issues/comments>
pub const COMMENT_LIMIT: usize = 65_000;

/// The first line, by which whoever posts the comment finds the one of last time.
pub const MARK: &str = "<!-- oacguard -->";

/// How much is said.
#[derive(Debug, Clone, Copy)]
struct Detail {
    /// What was seen in the plan, and where to read more.
    evidence: bool,
    /// Pictures and fixes of what does not block.
    lesser: bool,
    /// Pictures of what blocks.
    pictures: bool,
    /// How many findings of a group are shown in full.
    full: usize,
    /// How many entries a list has.
    rows: usize,
    /// How long a text may be, in characters.
    longest: usize,
}

/// From all that is known to the headlines.
const STEPS: [Detail; 9] = {
    let all = Detail { evidence: true, lesser: true, pictures: true, full: 200, rows: 200, longest: 6_000 };
    let no_evidence = Detail { evidence: false, ..all };
    let what_blocks = Detail { lesser: false, ..no_evidence };
    let many = Detail { full: 50, rows: 50, longest: 2_000, ..what_blocks };
    let some = Detail { full: 20, rows: 25, ..many };
    let few = Detail { full: 8, rows: 15, ..some };
    let without_pictures = Detail { pictures: false, ..few };
    let one = Detail { full: 2, rows: 10, longest: 600, ..without_pictures };
    let none = Detail { full: 0, rows: 10, longest: 300, ..one };
    [all, no_evidence, what_blocks, many, some, few, without_pictures, one, none]
};

/// The report in at most `limit` bytes, and so in at most as many characters.
pub fn render(view: View<'_>, limit: usize) -> String {
    let groups = Groups::of(view);
    for detail in STEPS {
        let page = Page { view, groups: &groups, detail, several_plans: view.report.plans.len() > 1 };
        let document = page.document();
        if document.len() <= limit {
            return document;
        }
    }
    headlines(view, &groups, limit)
}

/// A report at one level of detail.
struct Page<'a> {
    view: View<'a>,
    groups: &'a Groups<'a>,
    detail: Detail,
    several_plans: bool,
}

impl Page<'_> {
    fn document(&self) -> String {
        let Groups { blocking, lesser, existing, notes, untold, resolved, waived } = self.groups;
        let mut out = vec![head(self.view)];
        self.errors(&mut out);
        self.table(&mut out);
        self.full(blocking, true, &mut out);
        self.full(lesser, self.detail.lesser, &mut out);
        self.folded(existing, "Held before this plan, or in the baseline", &mut out);
        self.folded(notes, "To be known", &mut out);
        self.list("Resolved by this plan", resolved, &mut out);
        self.list("Accepted by a waiver", waived, &mut out);
        self.folded(untold, "Cannot be told from this plan", &mut out);
        self.looked_at(&mut out);
        self.decided(&mut out);
        out.push(signature(self.view));
        let mut document = out.join("\n\n");
        document.push('\n');
        document
    }

    /// Why there is no verdict, and what to do.
    fn errors(&self, out: &mut Vec<String>) {
        let errors = &self.view.report.errors;
        for error in errors.iter().take(self.detail.rows) {
            let input = match error.plan.as_deref() {
                Some("-") => ": standard input".to_owned(),
                Some(plan) => format!(": {}", code(&cut(plan, self.detail.longest))),
                None => String::new(),
            };
            out.push(format!("### ⚠️ {}{input}", code(&error.kind)));
            self.prose(&error.message, out);
            if !error.help.is_empty() {
                out.push("**Next**".to_owned());
                self.prose(&error.help, out);
            }
        }
        self.more(errors.len(), out);
    }

    /// What acts on the verdict or should be acted on, one line each.
    fn table(&self, out: &mut Vec<String>) {
        let Groups { blocking, lesser, existing, .. } = self.groups;
        let all: Vec<&Finding> = [blocking, lesser, existing].into_iter().flatten().copied().collect();
        if all.is_empty() {
            return;
        }
        let mut rows = vec!["| | Finding | Where | What |".to_owned(), "| --- | --- | --- | --- |".to_owned()];
        for finding in all.iter().take(self.detail.rows) {
            let place: Vec<String> = place(finding).iter().map(|name| cell_code(&cut(name, 200))).collect();
            let plan =
                if self.several_plans { format!("in {}", cell_code(&cut(&finding.plan, 200))) } else { String::new() };
            rows.push(format!(
                "| {} | {} | {} {plan} | {} |",
                self.sign(finding),
                cell_code(&finding.policy),
                place.join(" → "),
                circumstances(self.view, finding)
            ));
        }
        out.push(rows.join("\n"));
        self.more(all.len(), out);
    }

    fn sign(&self, finding: &Finding) -> String {
        let word = words::severity(finding.severity);
        match finding.severity {
            _ if self.view.blocks(finding) => format!("❌ {word}, blocks"),
            Severity::Error | Severity::Warning => format!("⚠️ {word}"),
            Severity::Note => format!("ℹ️ {word}"),
        }
    }

    /// How many entries of `all` are not shown.
    fn more(&self, all: usize, out: &mut Vec<String>) {
        if all > self.detail.rows {
            out.push(format!("… and {} more, in the JSON report.", all - self.detail.rows));
        }
    }
}

/// The mark, the verdict and what it rests on.
fn head(view: View<'_>) -> String {
    let (_, reason) = summary::verdict(view.report, view.options);
    let verdict = match view.report.verdict {
        Verdict::Pass => "✅ oacguard: pass",
        Verdict::Block => "❌ oacguard: block",
        Verdict::None => "⚠️ oacguard: no verdict, which is not a pass",
    };
    // The reason is made of our own words and of numbers.
    format!(
        "{MARK}\n## {verdict}\n\n{}{}.",
        reason.get(..1).unwrap_or_default().to_uppercase(),
        reason.get(1..).unwrap_or_default()
    )
}

fn signature(view: View<'_>) -> String {
    format!("<sub>oacguard {}</sub>", text(&view.report.tool.version))
}

/// The verdict and as many headlines of what blocks as there is room for.
fn headlines(view: View<'_>, groups: &Groups<'_>, limit: usize) -> String {
    let head = format!("{}\n", head(view));
    if head.len() > limit {
        let word = format!("oacguard: {}\n", summary::verdict(view.report, view.options).0);
        return if word.len() <= limit { word } else { String::new() };
    }
    let errors = view.report.errors.iter().map(|error| {
        let short = format!("- **no verdict** {}", code(&error.kind));
        (format!("{short}: {}", text(&cut(&error.message, 200))), short)
    });
    let blocking = groups.blocking.iter().map(|finding| {
        let place: Vec<String> = place(finding).iter().map(|name| code(&cut(name, 120))).collect();
        let short = format!("- **{}** {}", words::severity(finding.severity), code(&finding.policy));
        (format!("{short}: {}", place.join(" → ")), short)
    });
    let lines: Vec<(String, String)> = errors.chain(blocking).collect();
    let more = |left: usize| format!("- and {left} more, in the JSON report\n");
    let mut document = head;
    let mut list = "\n".to_owned();
    for (at, (line, short)) in lines.iter().enumerate() {
        let left = lines.len() - at - 1;
        let rest = if left > 0 { more(left).len() } else { 0 };
        let room = limit.saturating_sub(document.len() + list.len() + 1 + rest);
        let Some(line) = [line, short].into_iter().find(|line| line.len() <= room) else {
            let end = more(left + 1);
            if document.len() + list.len() + end.len() <= limit {
                list.push_str(&end);
            }
            break;
        };
        list.push_str(line);
        list.push('\n');
    }
    if list.len() > 1 {
        document.push_str(&list);
    }
    document
}
