//! Access paths: who reads what, with which key, before and after the plan.

mod access_point;
mod breadth;
pub mod bucket;
mod document;
mod edge;
pub mod encryption;
mod exposure;
pub mod facts;
pub mod grants;
pub mod key;
pub mod memo;
mod objects;
pub mod origin;
mod parting;
mod paths;
pub mod policy;
mod readability;
mod replicas;
mod retired;
mod served;
mod shared;
mod source_arn;
pub mod view;
pub mod world;

use tracing::debug_span;

use self::facts::{Facts, PlanFacts, SCHEMA};
use crate::links::estate::Estate;
use crate::plan::Plan;

/// The facts of some plans, linked with each other. `sources` names them as the user did, in their order.
#[must_use]
pub fn facts(plans: &[Plan<'_>], sources: &[String]) -> Facts {
    let estate = debug_span!("link").in_scope(|| Estate::new(plans));
    let paths = debug_span!("follow paths").in_scope(|| paths::all(&estate, sources));
    let plan_facts = plans.iter().zip(sources).map(|(plan, source)| PlanFacts {
        source: source.clone(),
        terraform_version: plan.terraform_version.clone(),
        format_version: plan.format_version.clone(),
        complete: plan.complete,
        unplanned: plan.unplanned.clone(),
        deferred: plan.deferred.clone(),
    });
    Facts { schema: SCHEMA.to_owned(), plans: plan_facts.collect(), counts: paths::count(&estate, &paths), paths }
}
