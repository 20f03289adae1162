//! Azure Pipelines: the log is read as the agent reads it, and only what was meant is obeyed.

use std::collections::BTreeMap;

use oacguard::finding::{Finding, Location, Severity};
use oacguard::judge;
use oacguard::report::format::Format;
use oacguard::report::view::{Standing, View};
use oacguard::report::{Report, Verdict};

use crate::common::{existing, incident, legacy, report, resolved, unread, unresolved, waived};
use crate::rendered;

/// A line that the agent obeys.
#[derive(Debug)]
struct Command {
    name: String,
    properties: BTreeMap<String, String>,
    data: String,
}

/// What the agent makes of a line: `##vso[name key=value;…]data`, anywhere in it.
fn command(line: &str) -> Option<Command> {
    let (_, rest) = line.split_once("##vso[")?;
    let (info, data) = rest.split_once(']')?;
    let (name, rest) = info.split_once(' ').unwrap_or((info, ""));
    let pairs = rest.split(';').filter_map(|pair| pair.split_once('='));
    let properties = pairs.map(|(key, value)| (key.to_owned(), undone(value))).collect();
    Some(Command { name: name.to_owned(), properties, data: undone(data) })
}

fn undone(text: &str) -> String {
    let text = text.replace("%3B", ";").replace("%0D", "\r").replace("%0A", "\n").replace("%5D", "]");
    text.replace("%AZP25", "%")
}

pub(crate) fn problems(view: View<'_>, text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let commands: Vec<Command> = text.lines().filter_map(command).collect();
    let issues: Vec<&Command> = commands.iter().filter(|command| command.name == "task.logissue").collect();
    let of =
        |kind: &str| issues.iter().filter(|issue| issue.properties.get("type").is_some_and(|is| is == kind)).count();
    let open = |severity: Severity| {
        let counts = |finding: &&Finding| !view.blocks(finding) && Standing::of(finding) == Standing::Open;
        view.report.findings.iter().filter(counts).filter(|finding| finding.severity == severity).count()
    };
    let blocking = view.report.findings.iter().filter(|finding| view.blocks(finding)).count();
    let errors = view.report.errors.len() + blocking;
    let warnings = open(Severity::Error) + open(Severity::Warning);
    if (of("error"), of("warning")) != (errors.min(10), warnings.min(10)) || issues.len() != of("error") + of("warning")
    {
        problems.push(format!("{} errors and {} warnings for {errors} and {warnings}", of("error"), of("warning")));
    }
    for issue in &issues {
        let known = ["type", "sourcepath", "linenumber", "code"];
        if !issue.properties.keys().all(|key| known.contains(&key.as_str())) || issue.data.chars().count() > 4_096 {
            problems.push(format!("{issue:?}"));
        }
    }
    let others: Vec<&Command> = commands.iter().filter(|command| command.name != "task.logissue").collect();
    let with_issues = view.report.verdict == Verdict::Pass && errors + warnings > 0;
    let result =
        |command: &&Command| command.properties.get("result").map(String::as_str) == Some("SucceededWithIssues");
    let expected = others.len() == usize::from(with_issues) && others.iter().all(result);
    if !expected || others.iter().any(|command| command.name != "task.complete") {
        problems.push(format!("it obeys {others:?}"));
    }
    let formatting: Vec<&str> = text.lines().filter(|line| line.contains("##[")).collect();
    if formatting != ["##[group]The report of oacguard", "##[endgroup]"] {
        problems.push(format!("it is formatted by {formatting:?}"));
    }
    let word = match view.report.verdict {
        Verdict::Pass => "pass: ",
        Verdict::Block => "block: ",
        Verdict::None => "no verdict: ",
    };
    if !text.lines().last().unwrap_or_default().starts_with(word) {
        problems.push("the last line is not the verdict".to_owned());
    }
    if text.contains(|c: char| c != '\n' && c.is_control()) {
        problems.push("it holds control characters".to_owned());
    }
    problems
}

fn log(report: &Report) -> String {
    rendered(Format::Azure, View { report, facts: None, options: &judge::Options::default() })
}

#[test]
fn errors_and_warnings_are_issues_and_the_rest_is_text() {
    let place = Location { file: "a;b].tf".to_owned(), line: 7 };
    let blocking = Finding { location: Some(place), message: "100% of [a]; b".to_owned(), ..incident() };
    let log = log(&report(vec![blocking, existing(), legacy("a"), unresolved(), resolved(), waived()]));
    let lines: Vec<&str> = log.lines().take_while(|line| !line.starts_with("##[group")).collect();
    assert_eq!(lines.len(), 4, "{lines:#?}");
    let start = "##vso[task.logissue type=error;sourcepath=a%3Bb%5D.tf;linenumber=7;code=oai-sse-kms;]oai-sse-kms: ";
    assert!(lines[0].starts_with(start) && lines[0].ends_with(": 100%AZP25 of [a%5D%3B b"), "{}", lines[0]);
    assert!(lines[1].starts_with("##vso[task.logissue type=warning;code=oai-sse-kms;]oai-sse-kms: "), "{}", lines[1]);
    assert!(
        lines[2].starts_with("note: legacy-oai: ") && lines[3].starts_with("note: further findings: 1 cannot be told")
    );
}

#[test]
fn only_a_pass_with_warnings_is_told_as_one() {
    let says = |report: &Report| log(report).contains("##vso[task.complete");
    assert!(says(&report(vec![existing()])));
    for report in [report(vec![incident(), existing()]), report(vec![legacy("a"), waived(), resolved()]), unread()] {
        assert!(!says(&report), "{:?}", report.verdict);
    }
}
