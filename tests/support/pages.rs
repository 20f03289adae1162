//! The Markdown of the policies' pages and of their index, from METADATA and the cases.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use oacguard::rego::PolicyMeta;

use crate::case::{Case, testdata};
use crate::twins::Twins;

/// The page of one policy.
pub(crate) fn page(policy: &PolicyMeta, twins: &Twins, cases: &[Case], shown: &BTreeMap<String, String>) -> String {
    let PolicyMeta { id, title, since, .. } = policy;
    let mut page = format!(
        "<!-- Written by `make docs` from {id}.rego, tests/twins.txt and testdata. What is changed here is lost. -->\n\n\
         # {title}\n\n\
         `{id}` · {} · since {since} · [Rego]({id}.rego) · [unit tests]({id}_test.rego)\n",
        levels(policy)
    );
    let mut section = |heading: &str, text: Option<&str>| {
        if let Some(text) = text {
            let _ = write!(page, "\n## {heading}\n\n{text}\n");
        }
    };
    section("Why it matters", Some(&policy.description));
    section("When it fires", Some(&format!("{}\n\n{}", policy.fires, policy.compares.meaning())));
    section("How severe it is", policy.decides.as_deref());
    section("What breaks", policy.breaks.as_deref());
    let example = policy.example.as_ref().map(|example| format!("\n\n```hcl\n{example}\n```"));
    section("What to do", Some(&format!("{}{}", policy.remediation, example.unwrap_or_default())));
    let links = policy.related_resources.iter();
    let links: Vec<String> = links.map(|page| format!("- [{}]({})", page.description, page.reference)).collect();
    section("Read more", Some(&links.join("\n")));
    section("Cases", Some(&cases_of(policy, twins, cases, shown)));
    page
}

fn levels(policy: &PolicyMeta) -> String {
    let levels = policy.levels.iter().map(|level| serde_json::to_value(level).unwrap());
    levels.filter_map(|level| level.as_str().map(str::to_owned)).collect::<Vec<_>>().join(", ")
}

/// The pair that shows what decides, and the other plans that fire it.
fn cases_of(policy: &PolicyMeta, twins: &Twins, cases: &[Case], shown: &BTreeMap<String, String>) -> String {
    let Twins { fires, silent, difference } = twins;
    let row = |what: &str, case: &str| {
        let about = shown.get(case).map(String::as_str).unwrap_or_default();
        format!("| {what} | [`{case}`](../../testdata/{case}) | {about} |")
    };
    let pair = [row("fires", fires), row("silent", silent)].join("\n");
    let mut text = format!("| | plan | what it shows |\n|---|---|---|\n{pair}\n\nThe difference: {difference}.");
    let others: Vec<String> =
        firing(policy, cases).into_iter().filter(|case| case != fires).map(|case| format!("`{case}`")).collect();
    if !others.is_empty() {
        let _ = write!(
            text,
            "\n\nOther plans in [testdata](../../testdata/README.md) that fire it: {}.",
            others.join(", ")
        );
    }
    text
}

/// The cases of which `expect.json` says that the plan brings what this policy finds; those that only dress up another case
/// are left out.
pub(crate) fn firing(policy: &PolicyMeta, cases: &[Case]) -> Vec<String> {
    let finds = |case: &&Case| {
        let findings = case.expect.findings.iter();
        findings
            .filter(|finding| finding.get("status").is_some_and(|status| status == "introduced"))
            .any(|finding| finding.get("policy").is_some_and(|named| *named == policy.id))
    };
    let made = |case: &&Case| case.expect.made.is_none();
    cases.iter().filter(made).filter(finds).map(|case| case.name.clone()).collect()
}

/// What testdata/README.md says of each case.
pub(crate) fn shown() -> BTreeMap<String, String> {
    let readme = std::fs::read_to_string(testdata().join("README.md")).unwrap();
    let row = |line: &str| {
        let (case, rest) = line.strip_prefix("| `")?.split_once("` | ")?;
        let (about, _) = rest.split_once(" | ")?;
        Some((case.to_owned(), about.to_owned()))
    };
    readme.lines().filter_map(row).collect()
}

/// The table of all policies, in the order of their ids.
pub(crate) fn index(policies: &[&PolicyMeta]) -> String {
    let mut table = String::from("| policy | severity | |\n|---|---|---|\n");
    for policy in policies {
        let page = link(policy);
        let _ = writeln!(table, "| [`{}`]({page}) | {} | {} |", policy.id, levels(policy), policy.title);
    }
    table
}

/// The page of a policy, seen from the folder of all.
pub(crate) fn link(policy: &PolicyMeta) -> String {
    policy.file.trim_start_matches("policies/").replace(".rego", ".md")
}
