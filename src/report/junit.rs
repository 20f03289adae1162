//! Test results in the dialect of `JUnit` that Jenkins, GitLab and Azure Pipelines read.
//!
//! There is no standard. This keeps to what all three take: the schema of the xUnit plugin of Jenkins
//! (<https://github.com/jenkinsci/xunit-plugin>, `junit-10.xsd`), what GitLab shows
//! (<https://docs.gitlab.com/ci/testing/unit_test_reports/>: the text of `failure`, `error` and `skipped`, not their
//! attributes, and `file` of a test case, which that schema lacks and which is there only where the Terraform source is
//! known), and what Azure maps (`PublishTestResults@2`). Times are left out; the same plan gives the same bytes.

pub(crate) mod suite;

use std::io::{Error, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use self::suite::{Case, Suite, Verdict};
use super::cut::cut;
use super::format::RenderError;
use super::plain;
use super::view::View;

/// Hosts show a message in a line.
const MESSAGE: usize = 1_000;

/// The report, for `junit`, `artifacts:reports:junit` and `PublishTestResults@2`.
///
/// # Errors
/// When it cannot be written as XML.
pub fn render(view: View<'_>) -> Result<String, RenderError> {
    document(&suite::suites(view))
}

/// The document with these suites.
///
/// # Errors
/// When it cannot be written as XML.
pub(crate) fn document(suites: &[Suite]) -> Result<String, RenderError> {
    let bytes = write(suites).map_err(|error| RenderError::Xml(error.to_string()))?;
    let mut text = String::from_utf8(bytes).map_err(|error| RenderError::Xml(error.to_string()))?;
    text.push('\n');
    Ok(text)
}

/// How many cases there are, and how many ended how.
fn counts(cases: &[&Case]) -> [(&'static str, String); 4] {
    let ended = |wanted: fn(&Verdict) -> bool| cases.iter().filter(|case| wanted(&case.verdict)).count().to_string();
    [
        ("tests", cases.len().to_string()),
        ("failures", ended(|verdict| matches!(verdict, Verdict::Failure { .. }))),
        ("errors", ended(|verdict| matches!(verdict, Verdict::Error { .. }))),
        ("skipped", ended(|verdict| matches!(verdict, Verdict::Skipped { .. }))),
    ]
}

fn write(suites: &[Suite]) -> Result<Vec<u8>, Error> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let all = counts(&suites.iter().flat_map(|suite| &suite.cases).collect::<Vec<_>>());
    // The schema has no `skipped` here.
    let all = all.iter().filter(|(name, _)| *name != "skipped").map(|(name, count)| (*name, count.as_str()));
    let root = writer.create_element("testsuites").with_attribute(("name", "oacguard")).with_attributes(all);
    root.write_inner_content(|writer| suites.iter().try_for_each(|suite| write_suite(writer, suite)))?;
    Ok(writer.into_inner())
}

fn write_suite(writer: &mut Writer<impl Write>, suite: &Suite) -> Result<(), Error> {
    let counts = counts(&suite.cases.iter().collect::<Vec<_>>());
    let counts = counts.iter().map(|(name, count)| (*name, count.as_str()));
    let name = attribute(&suite.name);
    let element = writer.create_element("testsuite").with_attribute(("name", name.as_str())).with_attributes(counts);
    element.write_inner_content(|writer| suite.cases.iter().try_for_each(|case| write_case(writer, case)))?;
    Ok(())
}

fn write_case(writer: &mut Writer<impl Write>, case: &Case) -> Result<(), Error> {
    let (name, class) = (attribute(&case.name), attribute(&case.class));
    let mut element = writer
        .create_element("testcase")
        .with_attribute(("name", name.as_str()))
        .with_attribute(("classname", class.as_str()));
    if let Some((file, line)) = &case.place {
        let (file, line) = (attribute(file), line.to_string());
        element = element.with_attributes([("file", file.as_str()), ("line", line.as_str())]);
    }
    let (tag, kind, message, body) = match &case.verdict {
        Verdict::Pass { said: None } => return element.write_empty().map(|_| ()),
        Verdict::Pass { said: Some(said) } => ("system-out", None, None, said),
        Verdict::Skipped { message, body } => ("skipped", None, Some(message), body),
        Verdict::Failure { kind, message, body } => ("failure", Some(*kind), Some(message), body),
        Verdict::Error { message, body } => ("error", Some("no verdict"), Some(message), body),
    };
    element.write_inner_content(|writer| {
        let mut inner = writer.create_element(tag);
        if let Some(message) = message {
            inner = inner.with_attribute(("message", attribute(&cut(message, MESSAGE)).as_str()));
        }
        if let Some(kind) = kind {
            inner = inner.with_attribute(("type", kind));
        }
        inner.write_text_content(BytesText::new(&allowed(&plain::prose(body))))?;
        Ok(())
    })?;
    Ok(())
}

/// `text` for an attribute: on one line, since parsers turn line breaks in attributes into blanks.
fn attribute(text: &str) -> String {
    allowed(&plain::line(text))
}

/// `text` without the characters that XML 1.0 forbids and [`plain`] leaves, and without what GitLab and the attachments plugin
/// of Jenkins obey: they publish the file that such a mark in a text names.
fn allowed(text: &str) -> String {
    text.replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}").replace("[[ATTACHMENT|", "[ [ATTACHMENT|")
}
