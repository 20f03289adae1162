//! The parts of the comment below its table: findings in full, folded lists, what was looked at, and what the project decided.

use super::escape::{cell_code, code, fence, spans, text};
use super::{Page, mermaid};
use crate::finding::Finding;
use crate::report::cut::cut;
use crate::report::groups::{circumstances, place};
use crate::report::picture::scene;
use crate::report::prose::{self, Block};
use crate::report::text::finding::{message_names_all, seen};
use crate::report::text::{decided, summary};
use crate::report::{Verdict, words};

impl Page<'_> {
    /// Findings with all that the level of detail allows; `whole` tells whether that is more than the message.
    pub(super) fn full(&self, findings: &[&Finding], whole: bool, out: &mut Vec<String>) {
        for finding in findings.iter().take(self.detail.full) {
            let sign = self.sign(finding);
            out.push(format!("### {sign}: {}", code(&finding.policy)));
            self.place(finding, out);
            self.text_of(finding, &finding.message, out);
            if whole {
                if self.detail.pictures {
                    self.picture(finding, out);
                }
                self.labelled("Why", finding, &finding.why, out);
                self.labelled("Fix", finding, &finding.fix, out);
                self.evidence(finding, out);
            }
        }
        let left = findings.len().saturating_sub(self.detail.full);
        if left > 0 && self.detail.full > 0 {
            out.push(format!("… and {left} more, in the JSON report."));
        }
    }

    /// Findings that need not be seen at first, behind a line that can be opened.
    pub(super) fn folded(&self, findings: &[&Finding], what: &str, out: &mut Vec<String>) {
        if findings.is_empty() {
            return;
        }
        let summary = format!("{what}: {}", words::count(findings.len(), "finding"));
        if self.detail.full == 0 {
            out.push(format!("{summary}."));
            return;
        }
        out.push(format!("<details>\n<summary>{summary}</summary>"));
        for finding in findings.iter().take(self.detail.full) {
            out.push(format!("**{}** {}", code(&finding.policy), self.status(finding)));
            self.text_of(finding, &finding.message, out);
            if !message_names_all(finding) {
                out.push(row(finding));
            }
            self.plan(finding, out);
            if self.detail.lesser {
                self.labelled("Fix", finding, &finding.fix, out);
            }
        }
        let left = findings.len().saturating_sub(self.detail.full);
        if left > 0 {
            out.push(format!("… and {left} more, in the JSON report."));
        }
        out.push("</details>".to_owned());
    }

    /// Findings in one line each.
    pub(super) fn list(&self, heading: &str, findings: &[&Finding], out: &mut Vec<String>) {
        if findings.is_empty() {
            return;
        }
        out.push(format!("### {heading}"));
        let mut lines = Vec::new();
        for finding in findings.iter().take(self.detail.rows) {
            let row = row(finding);
            let about = if row.is_empty() { text(&cut(&finding.message, 200)) } else { row };
            let accepted = finding.waiver.as_ref().map_or_else(String::new, |_| {
                let reason = summary::waiver(finding);
                format!(" {}", text(&cut(reason.trim(), self.detail.longest)))
            });
            let plan =
                if self.several_plans { format!(" in {}", code(&cut(&finding.plan, 200))) } else { String::new() };
            lines.push(format!("- {}: {about}{plan}{accepted}", code(&finding.policy)));
        }
        out.push(lines.join("\n"));
        self.more(findings.len(), out);
    }

    /// What was looked at, and each path with what is known of it.
    pub(super) fn looked_at(&self, out: &mut Vec<String>) {
        let report = self.view.report;
        if !report.errors.is_empty() && summary::judged(report) == 0 {
            return;
        }
        let looked = summary::looked_at(report);
        let line = looked.strip_prefix("checked").unwrap_or(&looked);
        let line = format!("Checked{line}.");
        if report.paths.is_empty() || self.detail.rows < 25 {
            out.push(line);
            return;
        }
        let open = if report.findings.is_empty() { " open" } else { "" };
        out.push(format!("<details{open}>\n<summary>{line}</summary>"));
        let mut rows = vec!["| After this plan | Path |".to_owned(), "| --- | --- |".to_owned()];
        for path in report.paths.iter().take(self.detail.rows) {
            let state = summary::state(path);
            let sign = match state {
                // One tick in a report without a verdict, and somebody takes it for a pass.
                "readable" if report.verdict == Verdict::None => "•",
                "readable" => "✅",
                "unreadable" => "❌",
                "gone" => "➖",
                _ => "❔",
            };
            rows.push(format!("| {sign} {state} | {} |", cell_code(&cut(&summary::row(path), 600))));
        }
        out.push(rows.join("\n"));
        self.more(report.paths.len(), out);
        out.push("</details>".to_owned());
    }

    /// What `oacguard.toml` and the baseline change: who reads of a pass must learn what was not asked.
    pub(super) fn decided(&self, out: &mut Vec<String>) {
        let report = self.view.report;
        if let Some(baseline) = report.baseline.as_ref().filter(|baseline| !baseline.gone.is_empty()) {
            out.push(format!("### No longer found, and still in {}", code(&baseline.file)));
            let shown = self.detail.rows.min(decided::SHOWN_ENTRIES);
            let rows = baseline.gone.iter().take(shown);
            let rows: Vec<String> = rows.map(|entry| format!("- {}", text(&cut(&decided::row(entry), 600)))).collect();
            out.push(rows.join("\n"));
            let left = baseline.gone.len().saturating_sub(shown);
            if left > 0 {
                out.push(format!("… and {left} more, in the JSON report."));
            }
        }
        if let Some(config) = report.config.as_ref().filter(|config| !config.policies.is_empty()) {
            out.push(format!("### Set in {}", code(&config.file)));
            let rows = config.policies.iter().take(self.detail.rows).map(|setting| {
                let reason = text(&cut(&setting.reason, self.detail.longest));
                format!("- {} {}: {reason}", code(&setting.policy), decided::what(setting))
            });
            out.push(rows.collect::<Vec<_>>().join("\n"));
            self.more(config.policies.len(), out);
        }
        if let Some(own) = &report.own {
            out.push(format!("### {}", decided::own_heading(own)));
            let all = decided::own_rows(own);
            let rows =
                all.iter().take(self.detail.rows).map(|row| format!("- {}", text(&cut(row, self.detail.longest))));
            out.push(rows.collect::<Vec<_>>().join("\n"));
            self.more(all.len(), out);
        }
        let files =
            [report.config.as_ref().map(|config| &config.file), report.baseline.as_ref().map(|known| &known.file)];
        let files: Vec<String> = files.into_iter().flatten().map(|file| code(file)).collect();
        if !files.is_empty() {
            out.push(format!("Heeded {}.", words::list(&files)));
        }
    }

    /// Text of a policy, whose names are kept in their lines.
    fn text_of(&self, finding: &Finding, content: &str, out: &mut Vec<String>) {
        self.prose(&prose::without_forged_lines(content, finding), out);
    }

    fn labelled(&self, label: &str, finding: &Finding, content: &str, out: &mut Vec<String>) {
        if !content.is_empty() {
            out.push(format!("**{label}**"));
            self.text_of(finding, content, out);
        }
    }

    /// A text with its steps and code.
    pub(super) fn prose(&self, content: &str, out: &mut Vec<String>) {
        let content = cut(content, self.detail.longest);
        let mut indent = "";
        for block in prose::blocks(&content) {
            let lines = match &block {
                Block::Paragraph(line) => {
                    indent = "";
                    spans(line)
                }
                Block::Step(number, line) => {
                    indent = "   ";
                    format!("{number}. {}", spans(line))
                }
                Block::Item(line) => {
                    indent = "  ";
                    format!("- {}", spans(line))
                }
                Block::Code(lines) => fence(lines, "hcl", indent),
            };
            match out.last_mut() {
                // The items of a list stand close.
                Some(last) if !indent.is_empty() && is_item(last) => {
                    last.push('\n');
                    last.push_str(&lines);
                }
                _ => out.push(lines),
            }
        }
    }

    fn picture(&self, finding: &Finding, out: &mut Vec<String>) {
        let Some(comparison) = scene::of_finding(finding, self.view.facts) else { return };
        out.push(format!("```mermaid\n{}\n```", mermaid::lines(&comparison).join("\n")));
    }

    /// Who caused it and when it is noticed; and where it is, if that is known.
    fn place(&self, finding: &Finding, out: &mut Vec<String>) {
        out.push(self.status(finding));
        self.plan(finding, out);
        if let Some(location) = &finding.location {
            out.push(format!("In {}", code(&format!("{}:{}", location.file, location.line))));
        }
    }

    fn status(&self, finding: &Finding) -> String {
        format!("*{}*", circumstances(self.view, finding))
    }

    fn plan(&self, finding: &Finding, out: &mut Vec<String>) {
        if self.several_plans && !finding.plan.is_empty() {
            out.push(format!("Plan {}", code(&finding.plan)));
        }
    }

    fn evidence(&self, finding: &Finding, out: &mut Vec<String>) {
        let seen = seen(finding);
        if !self.detail.evidence || (seen.is_empty() && finding.links.is_empty()) {
            return;
        }
        out.push("<details>\n<summary>What was seen in the plan, and where to read more</summary>".to_owned());
        let mut lines = Vec::new();
        for (address, notes) in seen.iter().take(self.detail.rows) {
            lines.push(format!("- {}", code(&cut(address, self.detail.longest))));
            let shown = notes.iter().take(self.detail.rows);
            lines.extend(shown.map(|note| format!("  - {}", text(&cut(note, self.detail.longest)))));
        }
        if !lines.is_empty() {
            out.push(lines.join("\n"));
        }
        let mut further: Vec<String> = finding.links.iter().map(|link| format!("- {}", self::link(link))).collect();
        if words::has_page(finding) {
            further.push(format!("- {}", code(&format!("oacguard explain {}", finding.policy))));
        }
        if !further.is_empty() {
            out.push("To read more:".to_owned());
            out.push(further.join("\n"));
        }
        out.push("</details>".to_owned());
    }
}

/// A link, if it is one that a policy may give; else the text of it.
fn link(address: &str) -> String {
    let harmless =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '-' | '_' | '#' | '=' | '?' | '%' | ':');
    match address.strip_prefix("https://") {
        Some(rest) if !rest.is_empty() && rest.chars().all(harmless) => format!("<{address}>"),
        _ => code(address),
    }
}

/// The resources of a finding, from the distribution on.
fn row(finding: &Finding) -> String {
    let names: Vec<String> = place(finding).iter().map(|name| code(&cut(name, 200))).collect();
    names.join(" → ")
}

fn is_item(block: &str) -> bool {
    let number = block.trim_start_matches(|c: char| c.is_ascii_digit());
    (number.len() < block.len() && number.starts_with(". ")) || block.starts_with("- ")
}
