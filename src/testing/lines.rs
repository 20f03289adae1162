//! How many lines of policies their tests reach.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use crate::rego::testing::FileCoverage;

/// How the names of files end that hold tests only, which are not to be reached but do reach.
const TESTS: &str = "_test.rego";

/// Which lines were reached.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Coverage {
    /// How many of a hundred lines, rounded down to a tenth.
    pub percent: f64,
    /// How many of a hundred were asked for.
    pub threshold: Option<f64>,
    /// How many lines with expressions there are.
    pub lines: u32,
    /// How many of them were reached.
    pub covered: u32,
    /// Each file but those that hold tests only, in the order of their names.
    pub files: Vec<FileLines>,
}

/// Which lines of one file were reached.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct FileLines {
    /// The file.
    pub file: String,
    /// How many of a hundred lines, rounded down to a tenth.
    pub percent: f64,
    /// How many lines with expressions it has.
    pub lines: u32,
    /// How many of them were reached.
    pub covered: u32,
    /// The others.
    pub not_covered: Vec<Lines>,
}

/// Lines that follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Lines {
    /// The first, counted from 1.
    pub from: u32,
    /// The last, which may be the first.
    pub to: u32,
}

impl Coverage {
    /// The coverage of all `files` that hold more than tests.
    pub(super) fn of(files: &[FileCoverage], threshold: Option<f64>) -> Self {
        let files = files.iter().filter(|file| !file.file.ends_with(TESTS));
        let files: Vec<FileLines> = files.map(FileLines::of).collect();
        let (lines, covered) = (sum(files.iter().map(|file| file.lines)), sum(files.iter().map(|file| file.covered)));
        Self { percent: percent(covered, lines), threshold, lines, covered, files }
    }

    /// Whether fewer lines were reached than was asked for.
    pub fn is_below(&self) -> bool {
        // What was asked for may have more than one place after the point.
        self.threshold.is_some_and(|asked| f64::from(self.covered) * 100.0 < asked * f64::from(self.lines))
    }
}

impl FileLines {
    fn of(file: &FileCoverage) -> Self {
        let covered = count(&file.covered);
        let lines = covered.saturating_add(count(&file.not_covered));
        Self {
            file: file.file.clone(),
            percent: percent(covered, lines),
            lines,
            covered,
            not_covered: ranges(&file.not_covered),
        }
    }
}

fn count(lines: &BTreeSet<u32>) -> u32 {
    u32::try_from(lines.len()).unwrap_or(u32::MAX)
}

fn sum(numbers: impl Iterator<Item = u32>) -> u32 {
    numbers.fold(0, u32::saturating_add)
}

/// Rounded down, so that a hundred is all of them.
fn percent(covered: u32, lines: u32) -> f64 {
    let tenths = (u64::from(covered) * 1_000).checked_div(u64::from(lines)).unwrap_or(1_000);
    f64::from(u32::try_from(tenths).unwrap_or(1_000)) / 10.0
}

fn ranges(lines: &BTreeSet<u32>) -> Vec<Lines> {
    let mut ranges: Vec<Lines> = Vec::new();
    for &line in lines {
        match ranges.last_mut() {
            Some(last) if last.to.checked_add(1) == Some(line) => last.to = line,
            _ => ranges.push(Lines { from: line, to: line }),
        }
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundred_is_all_of_them() {
        for (covered, lines, expected) in
            [(0, 3, 0.0), (1, 3, 33.3), (9_999, 10_000, 99.9), (3, 3, 100.0), (0, 0, 100.0)]
        {
            assert!((percent(covered, lines) - expected).abs() < 1e-9, "{covered} of {lines}");
        }
    }

    #[test]
    fn lines_in_a_row_are_one_range() {
        let found = ranges(&[1, 3, 4, 5, 9].into());
        let pairs: Vec<(u32, u32)> = found.iter().map(|range| (range.from, range.to)).collect();
        assert_eq!(pairs, [(1, 1), (3, 5), (9, 9)]);
    }

    #[test]
    fn what_is_asked_for_is_compared_exactly() {
        let file = |name: &str, covered: &[u32], not_covered: &[u32]| FileCoverage {
            file: name.to_owned(),
            covered: covered.iter().copied().collect(),
            not_covered: not_covered.iter().copied().collect(),
        };
        let files = [file("a.rego", &[1, 2], &[3]), file("a_test.rego", &[], &[1, 2, 3])];
        for (threshold, below) in [(66.6, false), (66.67, true), (0.0, false), (100.0, true)] {
            let coverage = Coverage::of(&files, Some(threshold));
            assert_eq!((coverage.files.len(), coverage.is_below()), (1, below), "{threshold}");
        }
    }
}
