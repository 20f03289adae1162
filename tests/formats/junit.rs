//! `JUnit`: what Jenkins, GitLab and Azure Pipelines all read, failures exactly where the plan is blocked, and counts
//! that are right.

use std::collections::BTreeSet;

use oacguard::finding::{Finding, Location, Severity, Status};
use oacguard::judge;
use oacguard::report::format::Format;
use oacguard::report::{PathSummary, Report, Verdict, plain, view::View};
use roxmltree::{Document, Node};

use crate::common::{finding, incident, plan, report, resolved, unread, waived};
use crate::example::everything;
use crate::rendered;

pub(crate) fn problems(view: View<'_>, text: &str) -> Vec<String> {
    let document = match Document::parse(text) {
        Ok(document) => document,
        Err(error) => return vec![error.to_string()],
    };
    let mut problems = Vec::new();
    structure(document.root_element(), None, &mut problems);
    counts(&document, &mut problems);
    names(&document, &mut problems);
    verdicts(view, &document, &mut problems);
    problems
}

/// Attributes that must be there, that may be there, and elements that may be inside, by the schema of the xUnit plugin; and
/// `file` and `line`, which GitLab reads and which are for places in the Terraform source.
fn rules(tag: &str) -> Option<(&[&str], &[&str], &[&str])> {
    Some(match tag {
        "testsuites" => (&["name", "tests", "failures", "errors"], &[], &["testsuite"]),
        "testsuite" => (&["name", "tests", "failures", "errors", "skipped"], &[], &["testcase"]),
        "testcase" => (&["name", "classname"], &["file", "line"], &["skipped", "error", "failure", "system-out"]),
        "skipped" => (&["message"], &[], &[]),
        "error" | "failure" => (&["message", "type"], &[], &[]),
        "system-out" => (&[], &[], &[]),
        _ => return None,
    })
}

fn structure(node: Node<'_, '_>, parent: Option<&[&str]>, problems: &mut Vec<String>) {
    let tag = node.tag_name().name();
    let Some((needed, allowed, inside)) = rules(tag) else { return problems.push(format!("<{tag}>")) };
    if parent.is_some_and(|inside| !inside.contains(&tag)) {
        problems.push(format!("<{tag}> is in the wrong place"));
    }
    let names: Vec<&str> = node.attributes().map(|attribute| attribute.name()).collect();
    let unknown = names.iter().any(|name| !needed.contains(name) && !allowed.contains(name));
    if unknown || needed.iter().any(|name| node.attribute(*name).is_none_or(str::is_empty)) {
        problems.push(format!("<{tag}> has {names:?}"));
    }
    let elements: Vec<Node<'_, '_>> = node.children().filter(Node::is_element).collect();
    if tag == "testcase" && elements.len() > 1 {
        problems.push("a test ends in one way".to_owned());
    }
    if inside.is_empty() && node.text().is_none_or(|text| text.trim().is_empty()) {
        problems.push(format!("<{tag}> has no text, and GitLab shows nothing else"));
    }
    for value in node.attributes().map(|attribute| attribute.value()).chain(node.text()) {
        if plain::prose(value) != value || value.contains("[[ATTACHMENT|") || value.contains('\u{fffe}') {
            problems.push(format!("{value:?} hides or orders something"));
        }
    }
    for element in elements {
        structure(element, Some(inside), problems);
    }
}

fn all<'a>(node: Node<'a, 'a>, tag: &'a str) -> impl Iterator<Item = Node<'a, 'a>> {
    node.descendants().filter(move |node| node.has_tag_name(tag))
}

fn counts(document: &Document<'_>, problems: &mut Vec<String>) {
    let groups = all(document.root_element(), "testsuites").chain(all(document.root_element(), "testsuite"));
    for group in groups {
        for (name, tag) in [("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")]
        {
            let count = all(group, tag).count().to_string();
            if group.attribute(name).is_some_and(|told| told != count) {
                problems.push(format!("{name} of {:?} are {count}", group.attribute("name")));
            }
        }
        if all(group, "testcase").count() == 0 && group.has_tag_name("testsuite") {
            problems.push("an empty suite looks like one that was forgotten".to_owned());
        }
    }
}

fn names(document: &Document<'_>, problems: &mut Vec<String>) {
    let mut suites = BTreeSet::new();
    if !all(document.root_element(), "testsuite").all(|suite| suites.insert(suite.attribute("name"))) {
        problems.push("two suites have one name".to_owned());
    }
    let mut cases = BTreeSet::new();
    for case in all(document.root_element(), "testcase") {
        if !cases.insert((case.attribute("classname"), case.attribute("name"))) {
            problems.push(format!("two tests are called {:?}", case.attribute("name")));
        }
    }
}

/// How `text` begins where it is shown.
fn start(text: &str) -> String {
    let shown = plain::prose(text).replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}").replace("[[ATT", "[ [ATT");
    shown.chars().take(1_000).collect()
}

/// Every finding is one test that ended as it should; what else passed stands on a path with nothing against it.
fn verdicts(view: View<'_>, document: &Document<'_>, problems: &mut Vec<String>) {
    let report = view.report;
    let mut cases: Vec<Node<'_, '_>> = all(document.root_element(), "testcase").collect();
    let mut take = |name: &str, ended: &str, texts: &[&str]| {
        let texts: Vec<String> = texts.iter().map(|text| start(text)).collect();
        let at = cases.iter().position(|case| {
            let element = case.first_element_child();
            case.attribute("name").is_some_and(|told| told.starts_with(name))
                && element.map_or("", |element| element.tag_name().name()) == ended
                && texts.iter().all(|text| element.and_then(|it| it.text()).unwrap_or_default().contains(text))
        });
        match at {
            Some(at) => drop(cases.remove(at)),
            None => problems.push(format!("no test {name} ended in {ended:?} and says {texts:?}")),
        }
    };
    for error in &report.errors {
        take("no verdict", "error", &[&error.message, &error.help]);
    }
    for finding in &report.findings {
        let ended = match finding.status {
            _ if view.blocks(finding) => "failure",
            Status::Resolved => "system-out",
            _ => "skipped",
        };
        let advice = if finding.status == Status::Resolved { ["", ""] } else { [&*finding.why, &finding.fix] };
        take(&finding.policy, ended, &[&finding.message, advice[0], advice[1]]);
    }
    let against = |path: &PathSummary, finding: &Finding| {
        let of = [Some(&finding.plan), finding.distribution.as_ref(), finding.origin.as_ref()];
        finding.status != Status::Resolved && of == [Some(&path.plan), Some(&path.distribution), Some(&path.origin)]
    };
    let free = |path: &&PathSummary| !report.findings.iter().any(|finding| against(path, finding));
    let free = report.paths.iter().filter(free).count();
    let shown =
        cases.iter().filter(|case| case.attribute("name").is_some_and(|name| name.starts_with("access path: ")));
    if shown.count() != free {
        problems.push(format!("{free} paths have nothing against them"));
    }
    for case in cases {
        let ended = case.first_element_child().map_or("", |element| element.tag_name().name());
        let name = case.attribute("name").unwrap_or_default();
        if !name.starts_with("access path") {
            problems.push(format!("what is {name}?"));
        }
        if !["", "system-out", "skipped"].contains(&ended) {
            problems.push(format!("{name} ended in {ended}, and is no finding"));
        }
        if report.verdict == Verdict::None && ended != "skipped" {
            problems.push(format!("{name} passes without a verdict"));
        }
    }
}

fn written(report: &Report) -> String {
    let options = judge::Options::default();
    let view = View { report, facts: None, options: &options };
    let text = rendered(Format::Junit, view);
    assert_eq!(problems(view, &text), Vec::<String>::new());
    text
}

/// How the tests ended, by class and name.
fn ends(report: &Report) -> Vec<String> {
    let text = written(report);
    let document = Document::parse(&text).unwrap();
    let cases = all(document.root_element(), "testcase").map(|case| {
        let ended = case.first_element_child().map_or("passed", |element| element.tag_name().name());
        let [class, name] = ["classname", "name"].map(|attribute| case.attribute(attribute).unwrap());
        format!("{class} | {name} | {ended}")
    });
    cases.collect()
}

#[test]
fn an_example() {
    let text = written(&everything());
    insta::with_settings!({snapshot_path => "../snapshots"}, { insta::assert_snapshot!("junit", text) });
}

#[test]
fn a_path_with_nothing_against_it_passes() {
    let path =
        "aws_cloudfront_distribution.site | access path: aws_cloudfront_distribution.site → s3 → aws_s3_bucket.site";
    assert_eq!(ends(&report(Vec::new())), [format!("{path} | passed")]);
    assert!(ends(&report(vec![resolved()])).contains(&format!("{path} | passed")));
    assert!(!ends(&report(vec![waived()])).iter().any(|case| case.ends_with("passed")));
    let none = Report { paths: Vec::new(), ..report(Vec::new()) };
    assert_eq!(ends(&none), ["oacguard | access paths | system-out"]);
}

#[test]
fn nothing_passes_without_a_verdict() {
    let ends = ends(&Report { findings: Vec::new(), ..unread() });
    assert!(ends.iter().any(|case| case.ends_with("no verdict: state (1) | error")), "{ends:?}");
    assert!(!ends.iter().any(|case| case.ends_with("passed") || case.ends_with("system-out")), "{ends:?}");
}

#[test]
fn a_path_that_only_a_policy_switched_off_would_speak_of_does_not_pass() {
    let mut quiet = report(Vec::new());
    quiet.paths[0].after.new = oacguard::access::facts::ReadState::Unreadable;
    assert!(ends(&quiet)[0].ends_with("skipped"));
}

#[test]
fn plans_have_suites_of_their_own_and_tests_that_no_host_takes_for_one() {
    let of = |plan: &str| Finding { plan: plan.to_owned(), ..incident() };
    let mut two = report(vec![of("a/plan.json"), of("b/plan.json"), of("b/plan.json")]);
    two.plans = vec![plan("a/plan.json"), plan("b/plan.json")];
    two.paths.clear();
    let site = "aws_cloudfront_distribution.site";
    let name = format!("oai-sse-kms: {site} → s3 → aws_s3_bucket.site");
    assert_eq!(
        ends(&two),
        [
            format!("a/plan_json.{site} | {name} | failure"),
            format!("b/plan_json.{site} | {name} | failure"),
            format!("b/plan_json.{site} | {name} (2) | failure"),
        ]
    );
}

#[test]
fn the_file_is_named_where_the_source_is_known_and_no_attachment_can_be_smuggled_in() {
    let location = Some(Location { file: "./site/main.tf".to_owned(), line: 7 });
    let message = "[[[ATTACHMENT|/etc/passwd]]".to_owned();
    let remark = Finding { location, message, ..finding("oac-signing", Severity::Warning) };
    let text = written(&report(vec![remark]));
    assert!(text.contains(r#"file="site/main.tf" line="7""#), "{text}");
    assert!(!written(&report(vec![incident()])).contains("file="));
}
