//! What policies of the user's own said, as findings: beside those of the program in every format, and waivable alike.

use serde_json::Value;

use super::Told;
use crate::access::facts::{Evidence, Facts, PathFacts};
use crate::finding::{Finding, Severity, Status};
use crate::judge;
use crate::rego::own::{Asked, Kind, Message};

/// What names the plan of a finding about all of them together.
pub const COMBINED: &str = "Combined";

/// Whether the policy `id` is one of the user's own: a package and a rule, such as `main.deny_tags`. Ids of the program's have
/// no dot.
pub fn is_own(id: &str) -> bool {
    id.contains('.')
}

/// The findings in what was said of plans, given as (name, text).
pub(super) fn of(told: &[Told], plans: &[(&str, &str)], facts: &Facts) -> Vec<Finding> {
    let mut findings = Vec::new();
    for Told { plan, record } in told {
        let name = |at: usize| plans.get(at).map(|(name, _)| (*name).to_owned());
        let only = || if plans.len() == 1 { name(0) } else { None };
        let plan = plan.and_then(name).or_else(only).unwrap_or_else(|| COMBINED.to_owned());
        for rule in &record.rules {
            let policy = format!("{}.{}", record.namespace, rule.rule);
            findings.extend(rule.messages.iter().map(|message| finding(&policy, &plan, rule, message, plans, facts)));
        }
    }
    findings
}

fn finding(
    policy: &str,
    plan: &str,
    rule: &Asked,
    message: &Message,
    plans: &[(&str, &str)],
    facts: &Facts,
) -> Finding {
    let severity = rule.about.severity.unwrap_or(match rule.kind {
        Kind::Failure => Severity::Error,
        Kind::Warning => Severity::Warning,
    });
    let path = path(message, facts);
    let world = path.and_then(|path| path.after.as_ref().or(path.before.as_ref()));
    let distribution = path.map(|path| path.distribution.clone());
    let origin = path.map(|path| path.origin.clone());
    let subject = message.place.as_ref().map(|place| place.address.clone());
    // Names in a plan may hold line breaks, and would pass for lines of the report.
    let text = message.msg.split_whitespace().collect::<Vec<_>>().join(" ");
    let evidence = message.place.iter().map(|place| Evidence {
        plan: plans.get(place.plan).map_or_else(|| plan.to_owned(), |(name, _)| (*name).to_owned()),
        address: place.address.clone(),
        path: place.path.clone(),
        note: format!("`{policy}` names it"),
    });
    Finding {
        fingerprint: judge::fingerprint([
            Some(policy),
            distribution.as_deref(),
            origin.as_deref(),
            subject.as_deref(),
            Some(text.as_str()),
        ]),
        policy: policy.to_owned(),
        severity,
        base_severity: severity,
        status: Status::Introduced,
        when: None,
        plan: plan.to_owned(),
        bucket: world.and_then(|world| world.bucket.known()).map(|bucket| bucket.label.clone()),
        key: world.and_then(|world| world.key.as_ref()?.known()).map(|key| key.label.clone()),
        distribution,
        origin,
        subject,
        message: text,
        why: rule.about.description.clone().or_else(|| rule.about.title.clone()).unwrap_or_else(|| {
            format!("The rule `{}` in `{}`, line {}, says so.", rule.rule, rule.file, rule.line)
        }),
        fix: rule.about.remediation.clone().unwrap_or_else(|| {
            "Change what the policy objects to. If it is right for once, accept it with a waiver or with a rule `exception` \
             beside the policy."
                .to_owned()
        }),
        links: rule.about.links.clone(),
        evidence: evidence.collect(),
        location: None,
        waiver: None,
        details: (!message.metadata.is_empty()).then(|| message.metadata.clone()),
    }
}

/// The access path that a message names by its `id`, as `_path`.
fn path<'f>(message: &Message, facts: &'f Facts) -> Option<&'f PathFacts> {
    let id = usize::try_from(message.metadata.get("_path").and_then(Value::as_u64)?).ok()?;
    facts.paths.iter().find(|path| path.id == id)
}
