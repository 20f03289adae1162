//! What there is to say about waivers themselves, in the form of findings, so that every report shows it in its place.

use super::{Context, Selector};
use crate::config::Waiver;
use crate::finding::{Finding, Location, Severity, Status};
use crate::judge::fingerprint;
use crate::report::plain;

/// A waiver past its day.
pub const EXPIRED: &str = "waiver-expired";
/// A waiver that accepts nothing.
pub const UNMATCHED: &str = "waiver-unmatched";

/// That `waiver` no longer holds; it would have accepted `selected` findings.
pub(super) fn expired(waiver: &Waiver, selected: usize, context: Context<'_>) -> Finding {
    let effect = match selected {
        0 => format!("nothing in {} needs it", plans(context)),
        1 => "1 finding counts again".to_owned(),
        several => format!("{several} findings count again"),
    };
    let asked = waiver.owner.as_ref().map_or_else(String::new, |owner| format!(" Its owner is {owner}."));
    let fix = if selected == 0 {
        "Remove it.".to_owned()
    } else {
        format!(
            "Mend what it accepted and remove it, or decide once more: a later `expires`, and a `reason` that holds \
             today.{asked}"
        )
    };
    Finding {
        message: format!(
            "The waiver of `{}` for `{}` held until {}: {effect}. It was given because: {}",
            waiver.policy, waiver.select, waiver.expires, waiver.reason
        ),
        why: "A waiver accepts findings until the day that was chosen with it; from the next day on they count as if \
              there were none."
            .to_owned(),
        fix,
        ..about(EXPIRED, Severity::Warning, waiver, context)
    }
}

/// That `waiver` accepts nothing. `passed_by` is what another finding of its policy is about; `resources`, how many its
/// JSONPath selects.
pub(super) fn unmatched(
    waiver: &Waiver,
    passed_by: Option<&str>,
    resources: Option<usize>,
    context: Context<'_>,
) -> Finding {
    let off = context.config.policies.iter().find(|setting| setting.id == waiver.policy && !setting.enabled);
    let reason = match (off, resources, passed_by) {
        (Some(setting), _, _) => format!("the policy is switched off in line {}", setting.line),
        (_, Some(0), _) => format!("its JSONPath selects no resource in {}", plans(context)),
        (_, _, Some(other)) => {
            format!("what `{}` finds is about others, such as `{}`", waiver.policy, plain::line(other))
        }
        (_, _, None) => format!("`{}` finds nothing in {}", waiver.policy, plans(context)),
    };
    let form = match waiver.select {
        Selector::Glob(_) => "in an address only `*` is special, and it has to fit from end to end",
        Selector::Path(_) => "`oacguard query` shows what a JSONPath selects",
    };
    Finding {
        message: format!("The waiver of `{}` for `{}` accepts nothing: {reason}.", waiver.policy, waiver.select),
        why: "A waiver that is no longer needed would accept the next outage in the same place.".to_owned(),
        fix: format!("Remove it, or mend its `select`: {form}."),
        ..about(UNMATCHED, Severity::Note, waiver, context)
    }
}

fn plans(context: Context<'_>) -> &'static str {
    if context.plans > 1 { "these plans" } else { "this plan" }
}

fn about(id: &str, severity: Severity, waiver: &Waiver, context: Context<'_>) -> Finding {
    let subject = format!("{} {}", waiver.policy, waiver.select);
    Finding {
        policy: id.to_owned(),
        severity,
        base_severity: severity,
        status: Status::Existing,
        when: None,
        // It is about none.
        plan: String::new(),
        distribution: None,
        origin: None,
        bucket: None,
        key: None,
        fingerprint: fingerprint([Some(id), None, None, Some(&subject)]),
        subject: Some(subject),
        message: String::new(),
        why: String::new(),
        fix: String::new(),
        links: Vec::new(),
        evidence: Vec::new(),
        location: Some(Location { file: context.config.file.clone(), line: waiver.line }),
        waiver: None,
        details: None,
    }
}
