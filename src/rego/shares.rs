//! How policies are shared out to threads: so that each has about as much to read, and of what policies have in common no more
//! than its own of them import.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::bundle::LIBRARY;
use super::policy::Policy;

/// How many threads load policies, and evaluate them: with more, each would still read most of what they have in common.
const SHARES: usize = 2;

/// How an import of a shared module begins.
const IMPORT: &str = "import data.oacguard.lib.";

/// A file and what stands in it.
type File<'s> = (&'s str, &'s str);

/// What one thread gets.
#[derive(Default)]
pub(super) struct Part<'s> {
    /// The positions of its policies.
    pub(super) policies: Vec<usize>,
    own: Vec<File<'s>>,
    shared: BTreeMap<&'s str, File<'s>>,
    size: usize,
}

impl<'s> Part<'s> {
    /// Its files, without what only people read.
    pub(super) fn sources(&self) -> impl Iterator<Item = (&'s str, Cow<'s, str>)> {
        self.shared.values().chain(&self.own).map(|(file, source)| (*file, without_head(source)))
    }
}

/// Shares out the policies at the positions `wanted`, the greatest first, each to the part that is the smallest with it. No
/// part is without any.
pub(super) fn parts<'s>(library: &[File<'s>], policies: &'s [Policy], wanted: &[usize]) -> Vec<Part<'s>> {
    let library: BTreeMap<&str, File<'s>> = library.iter().map(|file| (name(file.0), *file)).collect();
    let mut all: Vec<(usize, File<'s>, BTreeMap<&str, File<'s>>)> = Vec::new();
    for (at, policy) in wanted.iter().filter_map(|at| Some((*at, policies.get(*at)?))) {
        let mut needed = BTreeMap::new();
        need(policy.source().1, &library, &mut needed);
        all.push((at, policy.source(), needed));
    }
    let weight = |(_, (_, source), needed): &(usize, File<'_>, BTreeMap<&str, File<'_>>)| {
        size(source) + needed.values().map(|(_, source)| size(source)).sum::<usize>()
    };
    all.sort_by_key(|policy| std::cmp::Reverse(weight(policy)));
    let mut parts: Vec<Part<'s>> = (0..SHARES).map(|_| Part::default()).collect();
    for (at, own, needed) in all {
        let with = |part: &Part<'_>| {
            let new = needed.iter().filter(|(name, _)| !part.shared.contains_key(*name));
            part.size + size(own.1) + new.map(|(_, (_, source))| size(source)).sum::<usize>()
        };
        let Some(part) = parts.iter_mut().min_by_key(|part| with(part)) else { continue };
        part.size = with(part);
        part.policies.push(at);
        part.own.push(own);
        part.shared.extend(needed);
    }
    for part in &mut parts {
        part.policies.sort_unstable();
    }
    parts.retain(|part| !part.policies.is_empty());
    parts
}

/// The name that a shared module is imported by.
fn name(file: &str) -> &str {
    let name = file.strip_prefix(LIBRARY).unwrap_or(file);
    name.strip_suffix(".rego").unwrap_or(name)
}

/// Adds what `source` imports, and what that imports.
fn need<'s>(source: &str, library: &BTreeMap<&'s str, File<'s>>, needed: &mut BTreeMap<&'s str, File<'s>>) {
    for line in source.lines().filter_map(|line| line.strip_prefix(IMPORT)) {
        let imported = line.split(|end: char| !end.is_alphanumeric() && end != '_').next().unwrap_or_default();
        if let Some((name, file)) = library.get_key_value(imported)
            && needed.insert(name, *file).is_none()
        {
            need(file.1, library, needed);
        }
    }
}

fn size(source: &str) -> usize {
    source.len() - head(source).1
}

/// A source with empty lines in the place of the comments before its package, which make up half of it.
fn without_head(source: &str) -> Cow<'_, str> {
    let (lines, end) = head(source);
    match source.get(end..) {
        Some(rest) if end > 0 => Cow::Owned(format!("{}{rest}", "\n".repeat(lines))),
        _ => Cow::Borrowed(source),
    }
}

/// How many comment lines a source begins with, and where they end.
fn head(source: &str) -> (usize, usize) {
    let lines = source.split_inclusive('\n').take_while(|line| line.starts_with('#'));
    lines.fold((0, 0), |(count, end), line| (count + 1, end + line.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rego::{checks, engine, sources};

    #[test]
    fn every_policy_is_in_one_part_that_has_all_it_refers_to() {
        let (library, policies): (Vec<_>, Vec<_>) =
            sources().iter().copied().partition(|(file, _)| file.starts_with(LIBRARY));
        let policies: Vec<Policy> = policies.iter().map(|(file, source)| Policy::unread(file, source)).collect();
        let parts = parts(&library, &policies, &(0..policies.len()).collect::<Vec<_>>());
        let mut all: Vec<usize> = parts.iter().flat_map(|part| &part.policies).copied().collect();
        all.sort_unstable();
        assert_eq!(all, (0..policies.len()).collect::<Vec<_>>());
        for part in parts {
            assert_eq!(part.policies.len(), part.own.len());
            // A reference to what is not there would be undefined, and take findings with it.
            let mut engine = engine::prepare_trusted(part.sources()).unwrap();
            let modules = engine.get_modules();
            checks::calls(modules.iter().map(AsRef::as_ref), &|_| false).unwrap();
            checks::references(modules.iter().map(AsRef::as_ref)).unwrap();
        }
    }

    #[test]
    fn lines_keep_their_numbers() {
        assert_eq!(without_head("# a\n#\npackage x\n# b\n"), "\n\npackage x\n# b\n");
        assert_eq!(without_head("package x\n"), "package x\n");
        assert_eq!(without_head("# a"), "\n");
    }
}
