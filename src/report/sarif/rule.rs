//! The rules of a run: the policies that have results in it, and what people are told about each.
//!
//! Only those, because GitHub offers every rule of a run as a filter, and because a rule's security severity follows from its
//! results: GitHub goes by it instead of the level, and knows only one for all results of a rule.

use super::markdown;
use super::model::{Configuration, Message, Rule, RuleProperties};
use super::outcome::{NO_VERDICT, Subject};
use crate::finding::{Finding, Severity};
use crate::rego::PolicyMeta;
use crate::report::cut::cut;
use crate::report::view::View;
use crate::report::{plain, words};
use crate::waiver;

/// What GitHub allows for a description.
const DESCRIPTION: usize = 1_024;
const TAGS: &[&str] = &["security", "availability", "terraform", "aws", "cloudfront", "s3"];

/// The rules of `subjects`, each once, in a fixed order.
pub(super) fn rules<'a>(view: View<'a>, subjects: &[Subject<'a>]) -> Vec<Rule<'a>> {
    let mut ids: Vec<&str> = subjects.iter().map(Subject::rule).collect();
    ids.sort_unstable();
    ids.dedup();
    ids.into_iter()
        .map(|id| {
            let results = || subjects.iter().filter(|subject| subject.rule() == id);
            let worst = results().map(|subject| score(view, subject)).max().unwrap_or(Score::Low);
            match results().find_map(Subject::finding) {
                None => no_verdict(),
                Some(finding) => match view.policy(finding) {
                    Some(policy) => of(policy, worst),
                    None => unknown(finding, worst),
                },
            }
        })
        .collect()
}

/// Security severity, in the steps that GitHub names. From `High` on, a new alert fails a pull request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Score {
    Low,
    Medium,
    High,
}

impl Score {
    fn number(self) -> &'static str {
        match self {
            Self::Low => "3.0",
            Self::Medium => "6.0",
            Self::High => "8.0",
        }
    }
}

fn score(view: View<'_>, subject: &Subject<'_>) -> Score {
    match subject.finding() {
        None => Score::High,
        Some(finding) if view.blocks(finding) => Score::High,
        Some(finding) if finding.waiver.is_none() && finding.severity > Severity::Note => Score::Medium,
        Some(_) => Score::Low,
    }
}

fn rule(id: &str, level: Severity, score: Score, texts: [String; 4]) -> Rule<'_> {
    let [short, full, text, markdown] = texts;
    let level = words::severity(level);
    Rule {
        id,
        name: name(id),
        short_description: plain_message(&short),
        full_description: plain_message(&full),
        help: Message { text, markdown: Some(markdown) },
        help_uri: None,
        default_configuration: Configuration { level },
        properties: RuleProperties {
            tags: TAGS,
            precision: "high",
            // Other hosts' word for a note.
            problem_severity: if level == "note" { "recommendation" } else { level },
            security_severity: score.number(),
        },
    }
}

fn of(policy: &PolicyMeta, score: Score) -> Rule<'_> {
    let level = policy.levels.first().copied().unwrap_or(Severity::Warning);
    let texts = [policy.title.clone(), line(&policy.description), help(policy, false), help(policy, true)];
    let mut rule = rule(&policy.id, level, score, texts);
    rule.help_uri = policy.related_resources.first().map(|page| page.reference.as_str());
    rule.properties.precision = match level {
        Severity::Error => "very-high",
        Severity::Warning => "high",
        // What the plan cannot tell may be in order.
        Severity::Note => "medium",
    };
    rule
}

/// A remark on a waiver, or what a policy found that is not one of ours: the finding has to say it all.
fn unknown(finding: &Finding, score: Score) -> Rule<'_> {
    let short = match finding.policy.as_str() {
        waiver::EXPIRED => "A waiver is past its day and no longer accepts anything".to_owned(),
        waiver::UNMATCHED => "A waiver accepts nothing".to_owned(),
        id => format!("The policy {} found something", plain::line(id)),
    };
    let why = if finding.why.is_empty() { short.clone() } else { super::shown(&finding.why) };
    let texts = [short, line(&why), why.clone(), markdown::escaped(&why)];
    rule(&finding.policy, finding.base_severity, score, texts)
}

fn no_verdict() -> Rule<'static> {
    let short = "A plan could not be judged".to_owned();
    let full = "Something could not be read or evaluated. What is not judged may break: this is no pass.".to_owned();
    rule(NO_VERDICT, Severity::Error, Score::High, [short, full.clone(), full.clone(), full])
}

/// What `oacguard explain` says, as text or as Markdown.
fn help(policy: &PolicyMeta, marked: bool) -> String {
    let mut parts = Vec::new();
    let mut section = |heading: &str, text: &str| {
        parts.push(if marked { format!("## {heading}") } else { format!("{heading}:") });
        parts.push(text.trim_end().to_owned());
    };
    section("Why it matters", &policy.description);
    section("When it fires", &policy.fires);
    if let Some(breaks) = &policy.breaks {
        section("What breaks", breaks);
    }
    section("What to do", &policy.remediation);
    if let Some(example) = &policy.example {
        let code = if marked { format!("```hcl\n{}\n```", example.trim_end()) } else { example.clone() };
        section("Example", &code);
    }
    let pages = policy.related_resources.iter().map(|page| {
        let (title, address) = (&page.description, &page.reference);
        if marked { format!("- [{title}]({address})") } else { format!("{title}: {address}") }
    });
    section("Read more", &pages.collect::<Vec<_>>().join("\n"));
    parts.join("\n\n")
}

/// `oai-sse-kms` as `OaiSseKms`.
fn name(id: &str) -> String {
    let words = id.split('-').map(|word| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>()).unwrap_or_default()
    });
    cut(&words.collect::<String>(), 255).into_owned()
}

/// `text` without the line breaks of its source, and no longer than GitHub allows.
fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn plain_message(text: &str) -> Message {
    Message { text: cut(text, DESCRIPTION).into_owned(), markdown: None }
}
