//! One finding as people read it: what, where on the path, why, what to do, and where it was seen.

use std::collections::BTreeSet;

use super::style::{BOLD, DIM, paint};
use super::{style, tree, wrap};
use crate::access::facts::Facts;
use crate::finding::Finding;
use crate::report::picture::{self, Tree};
use crate::report::{BaselineSummary, plain, words};

/// How far everything below a headline is set in.
const INDENT: usize = 2;
/// How far the text behind `Why`, `Fix` and the like is set in.
const HANG: usize = 8;
/// How many lines of evidence are shown; all of it is in the JSON report.
const SHOWN_EVIDENCE: usize = 8;
/// How evidence begins that says how a value is written in the configuration.
const WRITTEN: &str = "written with ";

/// What the findings of one report have in common.
pub(crate) struct Page<'a> {
    /// What the paths are drawn from.
    pub(crate) facts: Option<&'a Facts>,
    /// What the baseline says of findings.
    pub(crate) baseline: Option<&'a BaselineSummary>,
    /// Whether more than one plan was read, so that each finding must name its own.
    pub(crate) several_plans: bool,
    /// The columns there are.
    pub(crate) width: usize,
}

/// What was said last, and need not be said again right below.
#[derive(Default)]
pub(crate) struct Said {
    policy: String,
    plan: String,
    path: Tree,
    why: String,
    fix: String,
    links: Vec<String>,
}

impl Page<'_> {
    /// A finding with all that is known of it.
    pub(crate) fn full(&self, finding: &Finding, said: &mut Said, out: &mut Vec<String>) {
        self.head(finding, out);
        let path = picture::of(finding, self.facts);
        if !path.nodes.is_empty() {
            out.push(String::new());
            if path == said.path && finding.plan == said.plan {
                out.push(format!("{:INDENT$}{}", "", paint(DIM, "(the same path)")));
            } else {
                out.extend(tree::lines(&path, self.width, INDENT));
            }
        }
        let mut below = vec![String::new()];
        let same_policy = said.policy == finding.policy;
        if !(same_policy && said.why == finding.why) {
            self.section("Why", &finding.why, &mut below);
        }
        self.section("Fix", &finding.fix, &mut below);
        self.place(finding, &mut below);
        self.evidence(finding, &mut below);
        if !(same_policy && said.links == finding.links) {
            for (at, link) in finding.links.iter().enumerate() {
                verbatim(if at == 0 { "More" } else { "" }, link, &mut below);
            }
        }
        // Nothing below, no blank line.
        if below.len() > 1 {
            out.append(&mut below);
        }
        *said = Said {
            policy: finding.policy.clone(),
            plan: finding.plan.clone(),
            path,
            why: finding.why.clone(),
            fix: finding.fix.clone(),
            links: finding.links.clone(),
        };
    }

    /// A finding in few lines, for what is only to be known: the path in a row instead of a drawing, no evidence.
    ///
    /// Of several that want the same done with other resources, the first tells it.
    pub(crate) fn brief(&self, finding: &Finding, said: &mut Said, out: &mut Vec<String>) {
        self.head(finding, out);
        self.path(finding, out);
        let nameless = nameless(finding);
        self.section("Fix", if said.fix == nameless { "as above, with these names" } else { &finding.fix }, out);
        self.place(finding, out);
        if said.policy != finding.policy && words::has_page(finding) {
            verbatim("More", &format!("oacguard explain {}", finding.policy), out);
        }
        *said = Said { policy: finding.policy.clone(), fix: nameless, ..Said::default() };
    }

    /// What cannot be told, under a heading that says so.
    pub(crate) fn untold(&self, finding: &Finding, said: &mut Said, out: &mut Vec<String>) {
        out.extend(wrap::prose(&finding.message, self.width, "  ", "  "));
        self.path(finding, out);
        self.section("Fix", if said.fix == finding.fix { "as above" } else { &finding.fix }, out);
        self.place(finding, out);
        *said = Said { fix: finding.fix.clone(), ..Said::default() };
    }

    /// The path in a row, unless the message names all of it.
    fn path(&self, finding: &Finding, out: &mut Vec<String>) {
        if !message_names_all(finding) {
            self.section("Path", &plain::line(&picture::in_a_row(finding)), out);
        }
    }

    /// A finding in one entry of a list.
    pub(crate) fn entry(&self, finding: &Finding, remark: &str, out: &mut Vec<String>) {
        let row = picture::in_a_row(finding);
        let place = if row.is_empty() { &finding.message } else { &row };
        let text = format!("{}: {place}{remark}", finding.policy);
        out.extend(wrap::line(&text, self.width, "  ", "    "));
        if self.several_plans && !finding.plan.is_empty() {
            out.extend(wrap::line(&format!("in {}", finding.plan), self.width, "    ", "    "));
        }
    }

    fn head(&self, finding: &Finding, out: &mut Vec<String>) {
        let word = words::severity(finding.severity);
        let id = plain::line(&finding.policy);
        let lead = format!("{word}[{id}]");
        let mut lines = wrap::line(
            &format!("{lead} {}", words::circumstances(finding, words::cause(finding, self.baseline))),
            self.width,
            "",
            "  ",
        );
        if let Some(first) = lines.first_mut()
            && let Some(rest) = first.strip_prefix(&lead)
        {
            *first = format!("{}{}{rest}", paint(style::of(finding.severity), word), paint(BOLD, &format!("[{id}]")));
        }
        out.extend(lines);
        out.extend(wrap::prose(&finding.message, self.width, "  ", "  "));
    }

    /// The plan, where there are several, and the place in the source, where it is known.
    fn place(&self, finding: &Finding, out: &mut Vec<String>) {
        if self.several_plans && !finding.plan.is_empty() {
            verbatim("Plan", &finding.plan, out);
        }
        if let Some(location) = &finding.location {
            verbatim("File", &format!("{}:{}", location.file, location.line), out);
        }
    }

    /// What was seen where: each resource once, and below it what is to be seen there. Where exactly it stands in the plan is
    /// for programs, and in the JSON report.
    fn evidence(&self, finding: &Finding, out: &mut Vec<String>) {
        let mut seen = seen(finding);
        let all: usize = seen.iter().map(|(_, notes)| notes.len()).sum();
        let mut room = SHOWN_EVIDENCE;
        let (first, rest) = (" ".repeat(HANG + INDENT), " ".repeat(HANG + 2 * INDENT));
        for (at, (place, notes)) in seen.iter_mut().enumerate() {
            notes.truncate(room);
            room -= notes.len();
            if notes.is_empty() {
                continue;
            }
            self.section(if at == 0 { "Seen" } else { "" }, &plain::line(place), out);
            for note in notes {
                out.extend(wrap::line(note, self.width, &first, &rest));
            }
        }
        if all > SHOWN_EVIDENCE {
            self.section("", &format!("and {} more, in the JSON report", all - SHOWN_EVIDENCE), out);
        }
    }

    fn section(&self, label: &str, text: &str, out: &mut Vec<String>) {
        if !text.is_empty() {
            let hang = format!("{:HANG$}", "");
            let lines = wrap::prose(text, self.width, &hang, &hang);
            out.extend(labelled(label, lines));
        }
    }
}

/// Each resource with what is to be seen there, in the order of the evidence.
pub(crate) fn seen(finding: &Finding) -> Vec<(String, Vec<String>)> {
    let mut seen: Vec<(String, Vec<String>)> = Vec::new();
    for evidence in finding.evidence.iter().filter(|evidence| !evidence.note.trim().is_empty()) {
        // Another plan's evidence, where a path leads from one plan into the next.
        let foreign = if evidence.plan == finding.plan { String::new() } else { format!(" (in {})", evidence.plan) };
        let place = format!("{}{foreign}", evidence.address);
        let at = seen.iter().position(|(other, _)| *other == place).unwrap_or_else(|| {
            seen.push((place, Vec::new()));
            seen.len() - 1
        });
        let Some((_, notes)) = seen.get_mut(at) else { continue };
        match notes.last_mut() {
            // How a value is written belongs to the value.
            Some(value) if evidence.note.starts_with(WRITTEN) => {
                value.push_str(", ");
                value.push_str(&evidence.note);
            }
            _ => notes.push(evidence.note.clone()),
        }
    }
    for (_, notes) in &mut seen {
        let mut told = BTreeSet::new();
        notes.retain(|note| told.insert(note.clone()));
    }
    seen
}

/// What to do, without the names of what to do it with.
fn nameless(finding: &Finding) -> String {
    let mut names: Vec<&String> =
        [&finding.distribution, &finding.origin, &finding.bucket, &finding.key].into_iter().flatten().collect();
    // A name may be a part of another.
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    let fix = names.into_iter().fold(finding.fix.clone(), |text, name| text.replace(name.as_str(), "…"));
    // What stands between backquotes and has a dot in it is the address of something else.
    let parts = fix.split('`').enumerate().map(|(at, part)| if at % 2 == 1 && part.contains('.') { "…" } else { part });
    parts.collect::<Vec<_>>().join("`")
}

/// Whether the message of a finding says which path it is about.
pub(crate) fn message_names_all(finding: &Finding) -> bool {
    let names = [&finding.distribution, &finding.origin, &finding.bucket];
    names.into_iter().flatten().all(|name| holds_name(&finding.message, name))
}

/// Whether `text` holds `name` as such and not as a part of a longer one.
fn holds_name(text: &str, name: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '[');
    text.match_indices(name).any(|(at, _)| {
        let before = text.get(..at).unwrap_or_default();
        let mut after = text.get(at + name.len()..).unwrap_or_default().chars();
        let goes_on = match after.next() {
            // The end of a sentence, or the dot before an attribute.
            Some('.') => after.next().is_some_and(part),
            next => next.is_some_and(part),
        };
        !goes_on && !before.ends_with(|c: char| part(c) || c == '.')
    })
}

/// A section that is one word to be copied, such as a URL.
fn verbatim(label: &str, text: &str, out: &mut Vec<String>) {
    out.extend(labelled(label, vec![format!("{:HANG$}{}", "", plain::line(text))]));
}

/// Puts `label` into the blanks before the first line.
fn labelled(label: &str, lines: Vec<String>) -> impl Iterator<Item = String> {
    let lead = format!(
        "{:INDENT$}{}{:fill$}",
        "",
        paint(BOLD, label),
        "",
        fill = HANG - INDENT - label.len().min(HANG - INDENT)
    );
    lines.into_iter().enumerate().map(move |(at, line)| match line.get(HANG..) {
        Some(text) if at == 0 => format!("{lead}{text}"),
        _ => line,
    })
}

#[cfg(test)]
mod tests {
    use super::holds_name;

    #[test]
    fn a_name_is_not_a_part_of_another() {
        assert!(holds_name("origin `s3` of `a.b`.", "s3") && holds_name("reads a.b. Then", "a.b"));
        assert!(!holds_name("aws_s3_bucket.site", "s3") && !holds_name("a.b.c and module.a.b and a.b[0]", "a.b"));
    }
}
