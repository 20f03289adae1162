//! What a file of Terraform's language says that matters here: which blocks stand in it, and in which lines.

use std::collections::BTreeMap;

use crate::plan::address::{Address, Mode};

/// What identifies a resource within its module.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Name {
    pub(super) mode: Mode,
    pub(super) kind: String,
    pub(super) label: String,
}

impl Name {
    pub(super) fn of(address: &Address) -> Self {
        Self { mode: address.mode, kind: address.kind.clone(), label: address.name.clone() }
    }
}

/// The call of a module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) line: u32,
    /// What it says where the module is, if that is plain text.
    pub(super) source: Option<String>,
}

/// The blocks of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Blocks {
    pub(super) resources: BTreeMap<Name, Lines>,
    pub(super) calls: BTreeMap<String, Call>,
}

/// The line that a block or an attribute begins in, and those of what stands in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Lines {
    pub(super) line: u32,
    pub(super) inside: BTreeMap<String, Vec<Lines>>,
}

impl Lines {
    /// The line of what `names` lead to, or of the last of them that can be told: of several blocks with one name, the plan
    /// does not say which is which.
    pub(super) fn of(&self, names: &[&str]) -> u32 {
        let mut place = self;
        for name in names {
            match place.inside.get(*name).map(Vec::as_slice) {
                Some([only]) => place = only,
                _ => break,
            }
        }
        place.line
    }
}

/// Turns offsets into a text into lines.
pub(super) struct Counter {
    breaks: Vec<usize>,
}

impl Counter {
    pub(super) fn of(text: &str) -> Self {
        Self { breaks: text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at).collect() }
    }

    /// The line that `offset` lies in, counted from 1.
    pub(super) fn line(&self, offset: usize) -> u32 {
        let before = self.breaks.partition_point(|at| *at < offset);
        u32::try_from(before).unwrap_or(u32::MAX).saturating_add(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_become_lines() {
        let counter = Counter::of("a\r\nb\n\nc");
        assert_eq!([0, 1, 2, 3, 5, 6, 99].map(|at| counter.line(at)), [1, 1, 1, 2, 3, 4, 4]);
    }
}
