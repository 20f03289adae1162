//! `oacguard explain`: one policy in full.

use super::console::{self, Console};
use super::{Status, policies};
use crate::nearest::nearest;
use crate::rego::{self, Compares, PolicyMeta};
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
        let bundle = match rego::bundled() {
            Ok(bundle) => bundle,
            Err(error) => {
                console.complain(error);
                return Status::NoVerdict;
            }
        };
        if let Some(policy) = bundle.policies().iter().find(|policy| policy.id == self.id) {
            return console.deliver(&page(policy, console::width()));
        }
        if waiver::REMARKS.contains(&self.id.as_str()) {
            let id = &self.id;
            console.complain(format_args!(
                "`{id}` is no policy but a remark on a waiver in `oacguard.toml`; the finding says all there is to say"
            ));
            return Status::NoVerdict;
        }
        let ids = bundle.policies().iter().map(|policy| policy.id.as_str());
        let near = nearest(&self.id, ids);
        let hint = match near.as_slice() {
            [] => "`oacguard policies` lists them".to_owned(),
            near => format!("similar ones are {}", near.join(", ")),
        };
        console.complain(format_args!("there is no policy `{}`; {hint}", self.id));
        Status::NoVerdict
    }
}

fn page(policy: &PolicyMeta, width: usize) -> String {
    let mut lines = vec![paint(policy.levels.first().map_or(BOLD, |level| style::of(*level)), &policy.id)];
    lines.extend(wrap::line(&policy.title, width, "", "").iter().map(|line| paint(BOLD, line)));
    let mut section = |heading: &str, text: &str| {
        if !text.trim().is_empty() {
            lines.extend([String::new(), paint(BOLD, heading)]);
            lines.extend(wrap::prose(&joined(text), width, "  ", "  "));
        }
    };
    section("Why it matters", &policy.description);
    section("What viewers see", policy.breaks.as_deref().unwrap_or_default());
    section("What to do", &policy.remediation);
    section("Severity", &policies::levels(&policy.levels));
    section("When it is reported", when(policy.compares));
    section("Since", &policy.since);
    if !policy.related_resources.is_empty() {
        lines.extend([String::new(), paint(BOLD, "Read more")]);
        for resource in &policy.related_resources {
            lines.extend(wrap::line(&resource.description, width, "  ", "  "));
            lines.push(format!("    {}", resource.reference));
        }
    }
    lines.push(String::new());
    lines.join("\n")
}

fn when(compares: Compares) -> &'static str {
    match compares {
        Compares::World => {
            "It is looked for before and after the plan: introduced if it holds only afterwards, existing if it held \
             before as well (then an error counts as a warning and does not block), resolved if the plan ends it."
        }
        Compares::Change => "It is looked for in the change itself: what it finds, the plan introduces.",
    }
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

    #[test]
    fn paragraphs_lists_and_code_stay_as_they_are() {
        let text = "one\ntwo\n\nthree\n- four\nfive\n  code\nsix\n";
        assert_eq!(joined(text), "one two\n\nthree\n- four five\n  code\nsix");
    }
}
