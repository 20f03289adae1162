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
use crate::access::facts::{Facts, PathFacts};
use crate::finding::{Finding, Location};
use crate::plan::address::Address;
use crate::report::ReportError;

/// The directories of the root modules of plans.
#[derive(Debug)]
pub(crate) struct Roots(BTreeMap<String, String>);

impl Roots {
    /// The source of `plans` is in `directory` as the user names it, or beside one of them, where that lies below it.
    ///
    /// # Errors
    /// A directory that is not there, or without a file of Terraform's.
    pub(crate) fn of<'p>(directory: &str, plans: impl Iterator<Item = &'p str>) -> Result<Self, ReportError> {
        roots(directory, &plans.collect::<Vec<_>>()).map(Self)
    }

    /// Tells where in the Terraform source what `findings` name is to be changed, as far as they have no place yet.
    pub(crate) fn place(&self, findings: &mut [Finding], facts: &Facts) {
        let mut tree = Tree::default();
        let paths = paths(facts);
        for finding in findings.iter_mut().filter(|finding| finding.location.is_none()) {
            let changed = changed(finding, &paths);
            finding.location = first(&mut tree, &self.0, finding, &changed);
        }
    }
}

/// The place of the first resource of `finding` that has one; if there is none, that of the module which the first of them
/// would be in.
fn first(
    tree: &mut Tree,
    roots: &BTreeMap<String, String>,
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

/// Access paths by plan, distribution and origin.
type Paths<'k, 'f> = BTreeMap<(&'k str, &'k str, &'k str), Vec<&'f PathFacts>>;

fn paths(facts: &Facts) -> Paths<'_, '_> {
    let mut paths = Paths::new();
    for path in &facts.paths {
        let Some(plan) = facts.plans.get(path.plan) else { continue };
        paths.entry((&plan.source, &path.distribution, &path.origin)).or_default().push(path);
    }
    paths
}

/// What the plan changes on the path of `finding`.
fn changed<'f>(finding: &Finding, paths: &Paths<'_, 'f>) -> BTreeSet<&'f str> {
    let path = finding.distribution.as_deref().zip(finding.origin.as_deref());
    let of_finding = path.and_then(|(distribution, origin)| paths.get(&(finding.plan.as_str(), distribution, origin)));
    let resources = of_finding.into_iter().flatten().flat_map(|path| &path.change.resources);
    resources.map(|resource| resource.address.as_str()).collect()
}

/// The directory of the root module of each plan.
///
/// A plan that lies below `directory` among Terraform files is one of several units, each with a directory of its own. Where
/// there are several plans, so is any that lies among Terraform files.
fn roots(directory: &str, plans: &[&str]) -> Result<BTreeMap<String, String>, ReportError> {
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
            roots.insert(plan.to_owned(), own);
        } else if is_root {
            roots.insert(plan.to_owned(), root.clone());
        } else {
            return Err(refused(format!(
                "there is no Terraform file in {directory}, and none beside the plan {plan} below it"
            )));
        }
    }
    Ok(roots)
}
