//! The parts of the page below the verdict: findings, lists, what was looked at, and what the project decided.

use std::cell::Cell;

use maud::{Markup, html};

use super::picture::figure;
use crate::finding::{Finding, Severity};
use crate::report::groups::{circumstances, place};
use crate::report::picture::scene;
use crate::report::prose::{self, Block, Span};
use crate::report::text::finding::{message_names_all, seen};
use crate::report::text::{decided, summary};
use crate::report::view::View;
use crate::report::{plain, words};

/// How many findings of a group are shown in full, and how many paths are drawn; the others are listed.
const DRAWN: usize = 200;

/// What the parts have in common.
pub(super) struct Page<'a> {
    view: View<'a>,
    several_plans: bool,
    pictures: Cell<usize>,
}

impl<'a> Page<'a> {
    /// For the report of `view`.
    pub(super) fn new(view: View<'a>) -> Self {
        Self { view, several_plans: view.report.plans.len() > 1, pictures: Cell::new(0) }
    }

    /// A name for a picture that no other has.
    fn picture_id(&self) -> String {
        let number = self.pictures.get() + 1;
        self.pictures.set(number);
        format!("p{number}")
    }

    /// The findings that are shown in full, to jump to; one alone is seen anyway.
    pub(super) fn contents(&self, groups: &[&Vec<&Finding>; 3]) -> Markup {
        let names = ["blocking", "lesser", "existing"];
        if groups.iter().map(|group| group.len()).sum::<usize>() < 2 {
            return html! {};
        }
        html! {
            h2 { "Findings" }
            section.card {
                ul.rows {
                    @for (name, group) in names.iter().zip(groups) {
                        @for (at, finding) in group.iter().enumerate().take(DRAWN) {
                            li {
                                (self.pill(finding)) " "
                                a href=(format!("#{name}-{}", at + 1)) { code { (plain::line(&finding.policy)) } }
                                " " (way(finding)) (self.plan(finding))
                            }
                        }
                    }
                }
            }
        }
    }

    /// Findings with all that is known of them.
    pub(super) fn full(&self, heading: &str, name: &str, findings: &[&Finding]) -> Markup {
        let (shown, more) = findings.split_at(findings.len().min(DRAWN));
        html! {
            @if !findings.is_empty() {
                h2 { (heading) }
                @for (at, finding) in shown.iter().enumerate() {
                    (self.finding(finding, &format!("{name}-{}", at + 1)))
                }
                @if !more.is_empty() {
                    section.card { details { summary { "and " (more.len()) " more" } (self.rows(more)) } }
                }
            }
        }
    }

    fn finding(&self, finding: &Finding, id: &str) -> Markup {
        let severity = words::severity(finding.severity);
        html! {
            article id=(id) class=(format!("card {severity}")) {
                (self.head(finding))
                div.message { (text_of(finding, &finding.message)) }
                @if let Some(comparison) = scene::of_finding(finding, self.view.facts) {
                    (figure(&comparison, &self.picture_id()))
                }
                @if !finding.why.is_empty() { h4 { "Why" } (text_of(finding, &finding.why)) }
                @if !finding.fix.is_empty() { h4 { "Fix" } (text_of(finding, &finding.fix)) }
                (evidence(finding))
            }
        }
    }

    fn head(&self, finding: &Finding) -> Markup {
        html! {
            h3 { (self.pill(finding)) code { (plain::line(&finding.policy)) } }
            p.when {
                (circumstances(self.view, finding)) (self.plan(finding))
                @if let Some(location) = &finding.location {
                    " · " code { (plain::line(&location.file)) ":" (location.line) }
                }
            }
        }
    }

    /// The severity, and whether the verdict rests on it.
    fn pill(&self, finding: &Finding) -> Markup {
        let severity = words::severity(finding.severity);
        let sign = match finding.severity {
            Severity::Error => "✗",
            Severity::Warning => "!",
            Severity::Note => "i",
        };
        let blocks = self.view.blocks(finding);
        html! {
            span class=(format!("pill {severity}{}", if blocks { " blocks" } else { "" })) {
                (sign) " " (severity) @if blocks { " · blocks" }
            }
        }
    }

    fn plan(&self, finding: &Finding) -> Markup {
        html! {
            @if self.several_plans && !finding.plan.is_empty() { " in " code { (plain::line(&finding.plan)) } }
        }
    }

    /// Findings that take a message and what to do, without a picture.
    pub(super) fn brief(&self, heading: &str, findings: &[&Finding]) -> Markup {
        let (shown, more) = findings.split_at(findings.len().min(DRAWN));
        html! {
            @if !findings.is_empty() {
                h2 { (heading) }
                section.card {
                    ul.rows {
                        @for finding in shown {
                            li {
                                p { (self.pill(finding)) " " code { (plain::line(&finding.policy)) } (self.plan(finding)) }
                                (text_of(finding, &finding.message))
                                @if !message_names_all(finding) { p.when { (way(finding)) } }
                                @if !finding.fix.is_empty() {
                                    details { summary { "What to do" } (text_of(finding, &finding.fix)) }
                                }
                            }
                        }
                    }
                    @if !more.is_empty() { details { summary { "and " (more.len()) " more" } (self.rows(more)) } }
                }
            }
        }
    }

    /// Findings in an entry each.
    pub(super) fn list(&self, heading: &str, findings: &[&Finding]) -> Markup {
        html! {
            @if !findings.is_empty() {
                h2 { (heading) }
                section.card { (self.rows(findings)) }
            }
        }
    }

    fn rows(&self, findings: &[&Finding]) -> Markup {
        html! {
            ul.rows {
                @for finding in findings {
                    li {
                        code { (plain::line(&finding.policy)) } ": " (way(finding)) (self.plan(finding))
                        @if finding.waiver.is_some() { (plain::line(&summary::waiver(finding))) }
                    }
                }
            }
        }
    }

    /// What was looked at; drawn if there is nothing to say against any of it.
    pub(super) fn paths(&self) -> Markup {
        let report = self.view.report;
        let none_judged = !report.errors.is_empty() && summary::judged(report) == 0;
        let looked = summary::looked_at(report);
        let looked = looked.strip_prefix("checked").unwrap_or(&looked);
        let drawn: Vec<_> = match self.view.facts {
            Some(facts) if report.findings.is_empty() && facts.paths.len() <= DRAWN => facts.paths.iter().collect(),
            _ => Vec::new(),
        };
        html! {
            @if !none_judged {
                h2 { "What was looked at" }
                section.card {
                    p { "Checked" (plain::line(looked)) "." }
                    @if drawn.is_empty() && !report.paths.is_empty() { (table(self.view)) }
                }
                @for path in drawn {
                    article.card {
                        h3 { code { (plain::line(&path.distribution)) } span { "origin " code { (plain::line(&path.origin)) } } }
                        (figure(&scene::of_path(path), &self.picture_id()))
                    }
                }
            }
        }
    }

    /// What `oacguard.toml` and the baseline change: who reads of a pass must learn what was not asked.
    pub(super) fn decided(&self) -> Markup {
        let report = self.view.report;
        let gone = report.baseline.as_ref().filter(|baseline| !baseline.gone.is_empty());
        let config = report.config.as_ref().filter(|config| !config.policies.is_empty());
        let files = [report.config.as_ref().map(|own| &own.file), report.baseline.as_ref().map(|own| &own.file)];
        let files: Vec<&String> = files.into_iter().flatten().collect();
        html! {
            @if let Some(baseline) = gone {
                h2 { "No longer found, and still in " code { (plain::line(&baseline.file)) } }
                section.card { ul.rows { @for entry in &baseline.gone { li { (plain::line(&decided::row(entry))) } } } }
            }
            @if let Some(config) = config {
                h2 { "Set in " code { (plain::line(&config.file)) } }
                section.card {
                    ul.rows {
                        @for setting in &config.policies {
                            li {
                                code { (plain::line(&setting.policy)) } " " (decided::what(setting)) ": "
                                (plain::line(&setting.reason))
                            }
                        }
                    }
                }
            }
            @if let Some(own) = &report.own {
                h2 { (decided::own_heading(own)) }
                section.card { ul.rows { @for row in decided::own_rows(own) { li { (plain::line(&row)) } } } }
            }
            @if !files.is_empty() {
                p.when { "Heeded" @for file in files { " " code { (plain::line(file)) } } }
            }
        }
    }
}

fn table(view: View<'_>) -> Markup {
    html! {
        div.scroll {
            table {
                thead { tr { th scope="col" { "After this plan" } th scope="col" { "Path" } } }
                tbody {
                    @for path in &view.report.paths {
                        @let state = summary::state(path);
                        tr {
                            td class=(format!("state {state}")) { (state) }
                            td { (plain::line(&summary::row(path))) }
                        }
                    }
                }
            }
        }
    }
}

/// The resources of a finding, from the distribution on; its message, if it is about none.
fn way(finding: &Finding) -> Markup {
    let names = place(finding);
    html! {
        @if names.is_empty() { (plain::line(&finding.message)) }
        @for (at, name) in names.iter().enumerate() {
            @if at > 0 { span.arrow { " → " } }
            code { (plain::line(name)) }
        }
    }
}

fn evidence(finding: &Finding) -> Markup {
    let seen = seen(finding);
    html! {
        details {
            summary { "What was seen in the plan, and where to read more" }
            @if !seen.is_empty() {
                ul.seen {
                    @for (place, notes) in &seen {
                        li {
                            code { (plain::line(place)) }
                            ul { @for note in notes { li { (plain::line(note)) } } }
                        }
                    }
                }
            }
            ul.seen {
                @for address in &finding.links { li { (link(address)) } }
                @if words::has_page(finding) { li { code { "oacguard explain " (plain::line(&finding.policy)) } } }
                li { "fingerprint " code { (plain::line(&finding.fingerprint)) } }
            }
        }
    }
}

/// A link, if it leads to the web; else the text of it.
fn link(address: &str) -> Markup {
    html! {
        @if address.starts_with("https://") && !address.contains(|c: char| c.is_control() || c.is_whitespace()) {
            a href=(address) rel="noopener noreferrer" { (plain::line(address)) }
        } @else {
            code { (plain::line(address)) }
        }
    }
}

/// Text of a policy, whose names are kept in their lines.
fn text_of(finding: &Finding, content: &str) -> Markup {
    prose(&prose::without_forged_lines(content, finding))
}

/// A text with its steps and code.
pub(super) fn prose(content: &str) -> Markup {
    let mut blocks = prose::blocks(content).into_iter().peekable();
    let mut parts = Vec::new();
    while let Some(block) = blocks.next() {
        parts.push(match block {
            Block::Paragraph(line) => html! { p { (spans(&line)) } },
            Block::Code(lines) => code(&lines),
            first @ (Block::Step(..) | Block::Item(_)) => {
                let numbered = matches!(first, Block::Step(..));
                let mut items = vec![first];
                while let Some(next) = blocks.next_if(|next| match next {
                    Block::Step(..) => numbered,
                    Block::Item(_) => !numbered,
                    Block::Code(_) => true,
                    Block::Paragraph(_) => false,
                }) {
                    items.push(next);
                }
                list(&items, numbered)
            }
        });
    }
    html! { @for part in parts { (part) } }
}

fn list(items: &[Block], numbered: bool) -> Markup {
    // Each item with the code that belongs to it.
    let mut entries: Vec<Vec<Markup>> = Vec::new();
    for item in items {
        match (item, entries.last_mut()) {
            (Block::Code(lines), Some(entry)) => entry.push(code(lines)),
            (Block::Step(_, line) | Block::Item(line) | Block::Paragraph(line), _) => {
                entries.push(vec![html! { (spans(line)) }]);
            }
            (Block::Code(_), None) => {}
        }
    }
    html! {
        @if numbered {
            ol.steps { @for entry in entries { li { @for part in entry { (part) } } } }
        } @else {
            ul { @for entry in entries { li { @for part in entry { (part) } } } }
        }
    }
}

fn code(lines: &[String]) -> Markup {
    html! { pre tabindex="0" { code { (lines.join("\n")) } } }
}

fn spans(spans: &[Span]) -> Markup {
    html! {
        @for span in spans {
            @match span {
                Span::Text(text) => (text),
                Span::Code(text) => code { (text) },
            }
        }
    }
}
