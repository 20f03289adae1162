//! The Terraform source: from the addresses that findings name to files and lines.
//!
//! Nothing but names of files and numbers of lines leaves this module. What of the source cannot be read costs findings their
//! place, never the verdict.

mod block;
mod choice;
mod folder;
mod hcl;
mod json;
mod path;
mod tree;

use std::collections::{BTreeMap, BTreeSet};

use self::choice::candidates;
use self::tree::{Place, Tree};
use crate::access::facts::Facts;
use crate::finding::{Finding, Location};
use crate::plan::address::Address;
use crate::report::ReportError;

/// Tells where in the Terraform source what `findings` name is to be changed, as far as they have no place yet. The source is
/// in `directory` as the user names it, or beside one of `plans`, where that lies below it.
///
/// # Errors
/// A directory that is not there, or without a file of Terraform's.
pub(crate) fn place<'a>(
    findings: &mut [Finding],
    directory: &str,
    plans: impl Iterator<Item = &'a str>,
    facts: &Facts,
) -> Result<(), ReportError> {
    let roots = roots(directory, &plans.collect::<Vec<_>>())?;
    let mut tree = Tree::default();
    for finding in findings.iter_mut().filter(|finding| finding.location.is_none()) {
        let changed = changed(finding, facts);
        finding.location = first(&mut tree, &roots, finding, &changed);
    }
    Ok(())
}

/// The place of the first resource of `finding` that has one; if there is none, that of the module which the first of them
/// would be in.
fn first(
    tree: &mut Tree,
    roots: &BTreeMap<&str, String>,
    finding: &Finding,
    changed: &BTreeSet<&str>,
) -> Option<Location> {
    let mut nearest = None;
    for candidate in candidates(finding, changed) {
        let (Some(root), Some(address)) = (roots.get(candidate.plan), Address::parse(candidate.address)) else {
            continue;
        };
        match tree.find(root, &address, &candidate.attribute) {
            Place::Block(place) | Place::Call(place) => return Some(place),
            Place::Nowhere(call) => nearest = nearest.or(call),
        }
    }
    nearest
}

/// What the plan changes on the path of `finding`.
fn changed<'a>(finding: &Finding, facts: &'a Facts) -> BTreeSet<&'a str> {
    let of_finding = facts.paths.iter().filter(|path| {
        Some(&path.distribution) == finding.distribution.as_ref()
            && Some(&path.origin) == finding.origin.as_ref()
            && facts.plans.get(path.plan).is_some_and(|plan| plan.source == finding.plan)
    });
    of_finding.flat_map(|path| &path.change.resources).map(|resource| resource.address.as_str()).collect()
}

/// The directory of the root module of each plan.
///
/// A plan that lies below `directory` among Terraform files is one of several units, each with a directory of its own. Where
/// there are several plans, so is any that lies among Terraform files.
fn roots<'a>(directory: &str, plans: &[&'a str]) -> Result<BTreeMap<&'a str, String>, ReportError> {
    let root = path::normal(directory);
    let refused = |message: String| ReportError {
        plan: None,
        kind: "source".to_owned(),
        message,
        help: "let --source name the directory of the root module, in which `terraform plan` was run".to_owned(),
    };
    if directory.is_empty() {
        // More likely a variable that is not set than the working directory.
        return Err(refused("--source names no directory".to_owned()));
    }
    let is_root = folder::holds_files(&root)
        .map_err(|error| refused(format!("cannot read the Terraform source {directory}: {error}")))?;
    let mut roots = BTreeMap::new();
    for &plan in plans {
        let own = path::parent(plan);
        let is_unit = plans.len() > 1 || path::is_below(&path::normal(plan), &root);
        if plan != "-" && is_unit && folder::holds_files(&own).unwrap_or(false) {
            roots.insert(plan, own);
        } else if is_root {
            roots.insert(plan, root.clone());
        } else {
            return Err(refused(format!(
                "there is no Terraform file in {directory}, and none beside the plan {plan} below it"
            )));
        }
    }
    Ok(roots)
}
