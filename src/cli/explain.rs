//! `oacguard explain`: one policy in full.

use super::console::{self, Console};
use super::{Status, policies};
use crate::nearest::nearest;
use crate::rego::{self, PolicyMeta};
use crate::report::text::style::{self, BOLD, paint};
use crate::report::text::wrap;
use crate::waiver;

/// Tell all about a policy: what it finds, why that breaks, and what to do
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The policy's id, as it stands in brackets behind a finding's severity
    id: String,
}

impl Arguments {
    /// Prints the page.
    pub(crate) fn run(&self, console: &Console) -> Status {
        let policies = match rego::policies() {
            Ok(policies) => policies,
            Err(error) => {
                console.complain(error);
                return Status::NoVerdict;
            }
        };
        if let Some(policy) = policies.iter().find(|policy| policy.id == self.id) {
            return console.deliver(&page(policy, console::width()));
        }
        if waiver::REMARKS.contains(&self.id.as_str()) {
            let id = &self.id;
            console.complain(format_args!(
                "`{id}` is no policy but a remark on a waiver in `oacguard.toml`; the finding says all there is to say"
            ));
            return Status::NoVerdict;
        }
        let near = nearest(&self.id, rego::ids());
        let hint = match near.as_slice() {
            [] => "`oacguard policies` lists them".to_owned(),
            near => format!("similar ones are {}", near.join(", ")),
        };
        console.complain(format_args!("there is no policy `{}`; {hint}", self.id));
        Status::NoVerdict
    }
}

fn page(policy: &PolicyMeta, width: usize) -> String {
    let mut lines = vec![head(policy)];
    lines.extend(wrap::line(&policy.title, width, "", "").iter().map(|line| paint(BOLD, line)));
    let mut section = |heading: &str, text: Option<&str>| {
        if let Some(text) = text {
            lines.extend([String::new(), paint(BOLD, heading)]);
            lines.extend(wrap::prose(&joined(text), width, "  ", "  "));
        }
    };
    section("Why it matters", Some(&policy.description));
    section("When it fires", Some(&format!("{}\n\n{}", policy.fires, policy.compares.meaning())));
    section("How severe it is", policy.decides.as_deref());
    section("What breaks", policy.breaks.as_deref());
    section("What to do", Some(&policy.remediation));
    if let Some(example) = &policy.example {
        lines.extend([String::new(), paint(BOLD, "Like this")]);
        lines.extend(example.lines().map(|line| format!("  {line}").trim_end().to_owned()));
    }
    lines.extend([String::new(), paint(BOLD, "Read more")]);
    for resource in &policy.related_resources {
        lines.extend(wrap::line(&resource.description, width, "  ", "  "));
        lines.push(format!("    {}", resource.reference));
    }
    lines.extend([String::new(), format!("Since {}", policy.since), String::new()]);
    lines.join("\n")
}

/// The id, and the severities that it may give.
fn head(policy: &PolicyMeta) -> String {
    let style = policy.levels.first().map_or(BOLD, |level| style::of(*level));
    format!("{}  {}", paint(BOLD, &policy.id), paint(style, &policies::levels(&policy.levels)))
}

/// The text with the line breaks of its source taken out, which are as wide as the policy's file; paragraphs, lists and code
/// stay.
fn joined(text: &str) -> String {
    let mut out = String::new();
    let mut previous = "";
    for line in text.trim_end().lines() {
        let begins =
            line.is_empty() || line.starts_with([' ', '-', '*']) || line.starts_with(|c: char| c.is_ascii_digit());
        if !out.is_empty() {
            out.push(if begins || previous.is_empty() || previous.starts_with(' ') { '\n' } else { ' ' });
        }
        out.push_str(line);
        previous = line;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::finding::Severity;
    use crate::rego::{Compares, Related};

    fn policy() -> PolicyMeta {
        PolicyMeta {
            id: "some-policy".to_owned(),
            file: "policies/x/some-policy.rego".to_owned(),
            title: "What is here must not be there as well, and never at once".to_owned(),
            description: "It matters\nmuch.\n\nAnd:\n- to all".to_owned(),
            related_resources: vec![Related {
                reference: "https://example.com/a/page/whose/address/is/longer/than/a/line".to_owned(),
                description: "A page".to_owned(),
            }],
            levels: vec![Severity::Warning, Severity::Note],
            decides: Some("A note on Sundays.".to_owned()),
            compares: Compares::Change,
            needs: Vec::new(),
            fires: "Something is here.".to_owned(),
            breaks: Some("Everything.".to_owned()),
            remediation: "Take `it = \"away\"`.".to_owned(),
            example: Some(
                "resource \"a\" \"b\" {\n  c = \"${a.long.line.that.stays.as.it.is.whatever}\"\n\n}".to_owned(),
            ),
            since: "0.1.0".to_owned(),
        }
    }

    /// The page without its styles.
    fn plain(policy: &PolicyMeta) -> String {
        anstream::adapter::strip_str(&page(policy, 44)).to_string()
    }

    #[test]
    fn a_page_tells_all_that_the_policy_says() {
        insta::assert_snapshot!(plain(&policy()), @r#"
        some-policy  warning, note
        What is here must not be there as well, and
        never at once

        Why it matters
          It matters much.

          And:
          - to all

        When it fires
          Something is here.

          It is looked for in the change itself:
          what it finds, the plan introduces.

        How severe it is
          A note on Sundays.

        What breaks
          Everything.

        What to do
          Take `it = "away"`.

        Like this
          resource "a" "b" {
            c = "${a.long.line.that.stays.as.it.is.whatever}"

          }

        Read more
          A page
            https://example.com/a/page/whose/address/is/longer/than/a/line

        Since 0.1.0
        "#);
    }

    #[test]
    fn what_a_policy_does_not_say_has_no_heading() {
        let policy = PolicyMeta { decides: None, breaks: None, example: None, ..policy() };
        let page = plain(&policy);
        for heading in ["How severe it is", "What breaks", "Like this"] {
            assert!(!page.contains(heading), "{page}");
        }
        assert!(page.contains("When it fires"), "{page}");
    }

    #[test]
    fn paragraphs_lists_and_code_stay_as_they_are() {
        let text = "one\ntwo\n\nthree\n- four\nfive\n  code\nsix\n";
        assert_eq!(joined(text), "one two\n\nthree\n- four five\n  code\nsix");
    }
}
