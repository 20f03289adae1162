//! Which resources waivers select in the plans by JSONPath.

use std::collections::{BTreeMap, BTreeSet};

use jsonpath_rust::query::js_path_process;

use super::Selector;
use crate::config::{ConfigError, Waiver};
use crate::finding::Finding;
use crate::plan::address::{Step, parse_traversal};
use crate::plan::{places, whole};
use crate::report::ReportError;

/// What the waivers of a file select, by the position of the waiver.
#[derive(Debug, Clone, Default)]
pub struct Places {
    selected: BTreeMap<usize, BTreeMap<String, Resources>>,
}

/// Resources of one plan.
#[derive(Debug, Clone, Default)]
struct Resources {
    /// Addresses of instances.
    instances: BTreeSet<String>,
    /// Addresses in the configuration, which has no instances: each stands for all of them.
    blocks: BTreeSet<String>,
}

impl Places {
    /// Looks for what `waivers`, which stand in `file`, select in `plans`, each a source and its text.
    ///
    /// A plan is read as a whole only if there is a JSONPath at all.
    ///
    /// # Errors
    /// A plan that cannot be read as a whole, or an expression that finds no places but computes a value.
    pub fn of<'a>(
        file: &str,
        waivers: &[Waiver],
        plans: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, ReportError> {
        let mut found = Self::default();
        let expressions = || {
            waivers.iter().enumerate().filter_map(|(at, waiver)| match &waiver.select {
                Selector::Path(expression) => Some((at, waiver, expression)),
                Selector::Glob(_) => None,
            })
        };
        if expressions().next().is_none() {
            return Ok(found);
        }
        for (source, text) in plans {
            let document = whole::of_text(text).map_err(|error| ReportError {
                plan: Some(source.to_owned()),
                kind: error.kind().to_owned(),
                message: error.to_string(),
                help: error.help(),
            })?;
            for (at, waiver, expression) in expressions() {
                // The library's error would quote a value of the plan.
                let matches = js_path_process(&expression.query, &document).map_err(|_| ConfigError {
                    place: format!("{file}:{}", waiver.line),
                    message: "the `select` of this waiver computes a value".to_owned(),
                    help: "write a JSONPath that finds places in the plan; try it with `oacguard query`".to_owned(),
                })?;
                let places = places::Places::of(&document, matches.iter().map(|found| found.val));
                let resources = found.selected.entry(at).or_default().entry(source.to_owned()).or_default();
                for place in matches.iter().filter_map(|found| places.get(found.val)) {
                    let Some(address) = place.address.clone() else { continue };
                    let configured = place.path.starts_with("$['configuration']");
                    if configured {
                        resources.blocks.insert(address)
                    } else {
                        resources.instances.insert(address)
                    };
                }
            }
        }
        Ok(found)
    }

    /// How many resources the waiver at `at` selects; none if it selects by address.
    pub(super) fn selected(&self, at: usize) -> Option<usize> {
        let plans = self.selected.get(&at)?;
        Some(plans.values().map(|resources| resources.instances.len() + resources.blocks.len()).sum())
    }

    /// Whether the waiver at `at` selects a resource that `finding` names.
    pub(super) fn hold(&self, at: usize, finding: &Finding) -> bool {
        let Some(plans) = self.selected.get(&at) else { return false };
        let holds = |plan: &str, address: &str| plans.get(plan).is_some_and(|resources| resources.hold(address));
        if finding.evidence.iter().any(|evidence| holds(&evidence.plan, &evidence.address)) {
            return true;
        }
        // What the evidence has seen in another plan only is not the resource of that name in this one.
        let elsewhere = |name: &str| {
            let mut seen = finding.evidence.iter().filter(|evidence| evidence.address == name).peekable();
            seen.peek().is_some() && seen.all(|evidence| evidence.plan != finding.plan)
        };
        let names = [&finding.distribution, &finding.bucket, &finding.key, &finding.subject];
        names.into_iter().flatten().any(|name| !elsewhere(name) && holds(&finding.plan, name))
    }
}

impl Resources {
    fn hold(&self, address: &str) -> bool {
        self.instances.contains(address)
            || (!self.blocks.is_empty() && block(address).is_some_and(|block| self.blocks.contains(&block)))
    }
}

/// The address without the keys of its instances, as the configuration knows it.
fn block(address: &str) -> Option<String> {
    let names = parse_traversal(address)?.into_iter().filter_map(|step| match step {
        Step::Name(name) => Some(name),
        Step::Index(_) => None,
    });
    Some(names.collect::<Vec<_>>().join("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_has_no_keys() {
        assert_eq!(block("module.a[\"x.y\"].aws_s3_bucket.b[0]").as_deref(), Some("module.a.aws_s3_bucket.b"));
        assert_eq!(block("arn:aws:s3:::b/*"), Some("arn:aws:s3:::b/*".to_owned()));
        assert_eq!(block("a[\""), None);
    }
}
