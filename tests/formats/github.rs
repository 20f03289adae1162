//! GitHub: the log is read as the runner reads it, and only what was meant is obeyed.

use std::collections::BTreeMap;

use oacguard::finding::{Finding, Severity};
use oacguard::judge;
use oacguard::report::Verdict;
use oacguard::report::format::Format;
use oacguard::report::view::{Standing, View};

use crate::common::{existing, incident, legacy, report, resolved, unread, unresolved, waived};
use crate::rendered;

/// A line that the runner obeys.
#[derive(Debug)]
struct Command {
    name: String,
    properties: BTreeMap<String, String>,
    data: String,
}

/// What the runner makes of a line: `::name key=value,…::data` at its start, or `##[name …]data` anywhere in it.
fn command(line: &str) -> Option<Command> {
    if let Some((info, data)) = line.trim_start().strip_prefix("::").and_then(|rest| rest.split_once("::")) {
        let (name, rest) = info.split_once(' ').unwrap_or((info, ""));
        if !name.is_empty() && name.chars().all(|c| c.is_ascii_alphabetic() || c == '-') {
            let pairs = rest.split(',').filter_map(|pair| pair.split_once('='));
            let undone = |text: &str| data_of(&text.replace("%3A", ":").replace("%2C", ","));
            let properties = pairs.map(|(key, value)| (key.to_owned(), undone(value))).collect();
            return Some(Command { name: name.to_owned(), properties, data: data_of(data) });
        }
    }
    let (_, old) = line.split_once("##[")?;
    Some(Command { name: format!("##[{old}"), properties: BTreeMap::new(), data: String::new() })
}

fn data_of(text: &str) -> String {
    text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
}

pub(crate) fn problems(view: View<'_>, text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let commands: Vec<Command> = text.lines().filter_map(command).collect();
    let of = |name: &str| -> Vec<&Command> { commands.iter().filter(|command| command.name == name).collect() };
    let (errors, warnings, notices) = (of("error"), of("warning"), of("notice"));
    let expected = errors.len() + warnings.len() + notices.len() + 2;
    if of("group").len() != 1 || of("endgroup").len() != 1 || commands.len() != expected {
        problems.push(format!("it obeys {:?}", commands.iter().map(|command| &command.name).collect::<Vec<_>>()));
    }
    let findings = &view.report.findings;
    let open = |severity: Severity| {
        let counts = |finding: &&Finding| !view.blocks(finding) && Standing::of(finding) == Standing::Open;
        findings.iter().filter(counts).filter(|finding| finding.severity == severity).count()
    };
    let blocking = findings.iter().filter(|finding| view.blocks(finding)).count();
    let aside = usize::from(findings.iter().any(|finding| Standing::of(finding) != Standing::Open));
    for (told, all) in [
        (errors.len(), view.report.errors.len() + blocking),
        (warnings.len(), open(Severity::Error) + open(Severity::Warning)),
        (notices.len(), open(Severity::Note) + aside),
    ] {
        if told != all.min(10) {
            problems.push(format!("{told} annotations for {all} of a kind"));
        }
    }
    if view.report.verdict != Verdict::Pass && errors.is_empty() {
        problems.push("no error says why it does not pass".to_owned());
    }
    for command in errors.iter().chain(&warnings).chain(&notices) {
        let known = ["file", "line", "title"];
        if !command.properties.keys().all(|key| known.contains(&key.as_str())) || command.data.is_empty() {
            problems.push(format!("{command:?}"));
        }
        if command.data.chars().count() > 4_096 {
            problems.push("an annotation is cut off".to_owned());
        }
    }
    let last = text.lines().last().unwrap_or_default();
    let word = match view.report.verdict {
        Verdict::Pass => "pass: ",
        Verdict::Block => "block: ",
        Verdict::None => "no verdict: ",
    };
    if !last.starts_with(word) {
        problems.push(format!("the last line is {last:?}"));
    }
    if text.contains(|c: char| c != '\n' && c.is_control()) {
        problems.push("it holds control characters".to_owned());
    }
    problems
}

fn log(report: &oacguard::report::Report) -> String {
    rendered(Format::Github, View { report, facts: None, options: &judge::Options::default() })
}

#[test]
fn a_finding_is_told_once_in_its_kind_and_the_rest_in_one_notice() {
    let log = log(&report(vec![incident(), existing(), legacy("a"), unresolved(), resolved(), waived()]));
    let lines: Vec<&str> = log.lines().take_while(|line| !line.starts_with("::group")).collect();
    assert_eq!(lines.len(), 4, "{lines:#?}");
    assert!(lines[0].starts_with("::error title=oai-sse-kms%3A "), "{}", lines[0]);
    assert!(lines[0].contains("%0AFix: Move the origin") && lines[0].contains("%0A2. in aws_cloud"), "{}", lines[0]);
    assert!(
        lines[1].starts_with("::warning title=oai-sse-kms%3A ") && lines[2].starts_with("::notice title=legacy-oai")
    );
    let rest = "1 cannot be told from the plan, 1 accepted by a waiver and 1 resolved by the plan";
    assert_eq!(lines[3], format!("::notice title=further findings::{rest}; the log of this step tells more"));
}

#[test]
fn the_worst_are_shown_and_the_others_counted() {
    let mut findings = vec![Finding { severity: Severity::Error, ..existing() }; 3];
    findings.extend(vec![incident(); 11]);
    let log = log(&report(findings));
    // What does not block is no error here, whatever it is called.
    assert_eq!(log.lines().filter(|line| line.starts_with("::warning")).count(), 3);
    let errors: Vec<&str> = log.lines().filter(|line| line.starts_with("::error")).collect();
    assert_eq!(errors.len(), 10);
    assert_eq!(errors[9], "::error title=2 more errors::oai-sse-kms (2); the log of this step tells all of them");
}

#[test]
fn a_place_is_shown_where_it_is_real() {
    let place = oacguard::finding::Location { file: "a,b:c.tf".to_owned(), line: 7 };
    let told = log(&report(vec![Finding { location: Some(place), ..incident() }]));
    assert!(told.starts_with("::error file=a%2Cb%3Ac.tf,line=7,title="), "{told}");
    assert!(!log(&report(vec![incident()])).contains("file="));
}

#[test]
fn what_could_not_be_judged_is_an_error() {
    let log = log(&unread());
    assert!(
        log.starts_with(
            "::error title=no verdict%3A state::standard input: this is a state, not a plan%0AFix: a state"
        ),
        "{log}"
    );
}
