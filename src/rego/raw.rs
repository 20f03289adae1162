//! What a policy answers, before status and severity are settled; and the proof that the answer can be trusted.

use regorus::Value;
use serde::{Deserialize, Serialize};

use super::error::PolicyError;
use super::metadata::{Compares, PolicyMeta};
use crate::access::facts::{Evidence, PathFacts};
use crate::finding::{Severity, When};

/// A moment: before the plan is applied, or after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum World {
    /// What holds today.
    Before,
    /// What will hold.
    After,
}

/// One thing a policy found in one world.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RawFinding {
    /// The policy's id.
    pub policy: String,
    /// The access path, by its position in the facts.
    pub path: Option<usize>,
    /// The plan, by its position in the facts; for findings that are about no path.
    pub plan: Option<usize>,
    /// The world it holds in.
    pub world: World,
    /// One of the levels of the policy.
    pub severity: Severity,
    /// When viewers notice.
    pub when: Option<When>,
    /// The bucket, key, object or statement at fault.
    pub subject: Option<String>,
    /// What is wrong.
    pub message: String,
    /// Why it breaks.
    pub why: String,
    /// What to do.
    pub fix: String,
    /// Where in the plan it was read.
    pub evidence: Vec<Evidence>,
}

/// A member of a policy's `finding` set, as Rego writes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shape {
    path: Option<usize>,
    plan: Option<usize>,
    world: World,
    severity: Option<Severity>,
    when: Option<When>,
    subject: Option<String>,
    message: String,
    why: String,
    fix: String,
    evidence: Vec<Evidence>,
}

/// The findings in what the rule `finding` of a policy evaluated to.
///
/// # Errors
/// Anything that is not a set of well-formed findings about the plans and paths that the policy saw.
pub(super) fn decode(
    meta: &PolicyMeta,
    answer: &Value,
    plans: usize,
    paths: &[PathFacts],
) -> Result<Vec<RawFinding>, PolicyError> {
    let refuse = |message: String| PolicyError::Result { policy: meta.id.clone(), message };
    let set = match answer {
        Value::Set(set) => set,
        Value::Undefined => return Err(refuse("it is undefined".to_owned())),
        other => return Err(refuse(format!("`finding` is {other}; write `finding contains f if …`"))),
    };
    set.iter()
        .map(|member| {
            let json = serde_json::to_value(member).map_err(|error| refuse(error.to_string()))?;
            let shape: Shape = serde_json::from_value(json).map_err(|error| refuse(format!("{error}, in {member}")))?;
            let finding = RawFinding {
                policy: meta.id.clone(),
                path: shape.path,
                plan: shape.plan,
                world: shape.world,
                severity: shape.severity.unwrap_or_else(|| meta.default_severity()),
                when: shape.when,
                subject: shape.subject,
                message: shape.message,
                why: shape.why,
                fix: shape.fix,
                evidence: shape.evidence,
            };
            check(meta, &finding, plans, paths).map_err(refuse)?;
            Ok(finding)
        })
        .collect()
}

fn check(meta: &PolicyMeta, finding: &RawFinding, plans: usize, paths: &[PathFacts]) -> Result<(), String> {
    match (finding.path, finding.plan) {
        (None, None) => return Err("a finding names neither a path nor a plan".to_owned()),
        (Some(_), Some(_)) => return Err("a finding names both a path and a plan; the path has its plan".to_owned()),
        (None, Some(plan)) if plan >= plans => return Err(format!("there is no plan {plan}")),
        (None, Some(_)) => {}
        (Some(id), None) => {
            let path = paths.get(id).ok_or_else(|| format!("there is no path {id}"))?;
            let world = match finding.world {
                World::Before => &path.before,
                World::After => &path.after,
            };
            if world.is_none() {
                return Err(format!("path {id} does not exist in the world it is judged in"));
            }
        }
    }
    if !meta.levels.contains(&finding.severity) {
        return Err("a finding has a severity that `levels` in its METADATA does not list".to_owned());
    }
    if meta.compares == Compares::Change && finding.world == World::Before {
        return Err("a policy that compares `change` speaks of the world `after` only".to_owned());
    }
    for (name, text) in [("message", &finding.message), ("why", &finding.why), ("fix", &finding.fix)] {
        if text.trim().is_empty() {
            return Err(format!("`{name}` is empty"));
        }
    }
    if finding.subject.as_ref().is_some_and(|subject| subject.trim().is_empty()) {
        return Err("`subject` is empty; use null".to_owned());
    }
    Ok(())
}
