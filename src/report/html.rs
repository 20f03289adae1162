//! The report for a browser: one file that needs nothing else, with a picture of every path that a finding is about.
//!
//! It holds no script and loads nothing, and says so to the browser: whatever a plan holds can only ever be text here.

mod parts;
mod picture;
mod svg;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use self::parts::{Page, prose};
use super::groups::Groups;
use super::text::summary;
use super::view::View;
use super::{Verdict, plain, words};

const STYLE: &str = include_str!("html/style.css");

/// Nothing may be loaded or run. The styles in the file are the only thing it needs.
///
/// Source: <https://www.w3.org/TR/CSP3/>
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// The report as HTML.
pub fn render(view: View<'_>) -> String {
    let groups = Groups::of(view);
    let page = Page::new(view);
    let (word, reason) = summary::verdict(view.report, view.options);
    let (class, title) = match view.report.verdict {
        Verdict::Pass => ("pass", "Pass"),
        Verdict::Block => ("block", "Block"),
        Verdict::None => ("none", "No verdict"),
    };
    let document = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                meta name="color-scheme" content="light dark";
                title { "oacguard: " (word) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header class=(format!("verdict {class}")) {
                    div {
                        (sign(view.report.verdict))
                        h1 { span.tool { "oacguard" } span.what { (title) } @if class == "none" { ", which is not a pass" } }
                        p.reason { (sentence(&reason)) }
                        (counts(view))
                    }
                }
                main { (sections(view, &page, &groups)) }
                (footer(view))
            }
        }
    };
    let mut text = document.into_string();
    text.push('\n');
    text
}

fn sections(view: View<'_>, page: &Page<'_>, groups: &Groups<'_>) -> Markup {
    let Groups { blocking, lesser, existing, notes, untold, resolved, waived } = groups;
    html! {
        (errors(view))
        (page.contents(&[blocking, lesser, existing]))
        (page.full("What blocks this plan", "blocking", blocking))
        (page.full("What else this plan brings", "lesser", lesser))
        (page.full("What held before this plan, or is in the baseline", "existing", existing))
        (page.brief("To be known", notes))
        (page.list("Resolved by this plan", resolved))
        (page.list("Accepted by a waiver", waived))
        (page.brief("Cannot be told from this plan", untold))
        (page.paths())
        (page.decided())
    }
}

fn errors(view: View<'_>) -> Markup {
    let errors = &view.report.errors;
    html! {
        @if !errors.is_empty() {
            h2 { "Why there is no verdict" }
            @for error in errors {
                section.card.warning {
                    h3 {
                        code { (plain::line(&error.kind)) }
                        @match error.plan.as_deref() {
                            Some("-") => span { "standard input" },
                            Some(plan) => code { (plain::line(plan)) },
                            None => {},
                        }
                    }
                    div.message { (prose(&error.message)) }
                    @if !error.help.is_empty() {
                        h4 { "What to do" }
                        (prose(&error.help))
                    }
                }
            }
        }
    }
}

/// How many of what, but for what there is none of.
fn counts(view: View<'_>) -> Markup {
    let summary = &view.report.summary;
    let findings = [
        (summary.error, "error", true),
        (summary.warning, "warning", true),
        (summary.note, "note", true),
        (summary.existing, "existing", false),
        (summary.resolved, "resolved", false),
        (summary.waived, "waived", false),
        (summary.unresolved, "unresolved", false),
        (summary.distributions, "distribution", true),
        (summary.origins, "S3 origin", true),
        (summary.buckets, "bucket", true),
        (summary.keys, "key", true),
    ];
    let shown: Vec<(usize, String)> = findings
        .into_iter()
        .filter(|(number, ..)| *number > 0)
        .map(|(number, noun, plural)| {
            let said = if plural { words::count(number, noun) } else { format!("{number} {noun}") };
            (number, said.split_once(' ').map_or_else(String::new, |(_, word)| word.to_owned()))
        })
        .collect();
    html! {
        @if !shown.is_empty() {
            ul.counts { @for (number, word) in shown { li { b { (number) } " " (word) } } }
        }
    }
}

fn footer(view: View<'_>) -> Markup {
    let report = view.report;
    html! {
        footer {
            @for plan in &report.plans {
                p {
                    "Plan " code { (if plan.source == "-" { "standard input".into() } else { plain::line(&plan.source) }) }
                    @if let Some(version) = &plan.terraform_version { ", made by version " (plain::line(version)) }
                    @if plan.complete == Some(false) { ", incomplete by its own word" }
                }
            }
            p { "oacguard " (report.tool.version) ", policies " code { (report.tool.policies.get(..12).unwrap_or(&report.tool.policies)) } }
        }
    }
}

/// The verdict as a sign, drawn so that no font is needed for it.
fn sign(verdict: Verdict) -> Markup {
    let path = match verdict {
        Verdict::Pass => "M18 33l10 10l19 -21",
        Verdict::Block => "M21 21l22 22M43 21l-22 22",
        Verdict::None => "M32 17v19M32 46v.5",
    };
    html! {
        svg.sign viewBox="0 0 64 64" width="64" height="64" fill="none" aria-hidden="true" {
            circle.disc cx="32" cy="32" r="31" {}
            path.stroke d=(path) {}
        }
    }
}

fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", chars.as_str())
}
