//! A report with one finding of each kind, for snapshots, and for asking formats what they make of what was asked to block.

use oacguard::finding::{Finding, Severity};
use oacguard::judge;
use oacguard::report::Report;
use oacguard::report::format::Format;
use oacguard::report::view::View;

use crate::common::{existing, incident, report, resolved, unresolved, waived};
use crate::{problems, rendered};

/// A finding that blocks, one that held before, one that is accepted, one that the plan ends, and one that cannot be told,
/// each on a distribution of its own.
pub(crate) fn everything() -> Report {
    let all = [incident(), existing(), waived(), resolved(), unresolved()];
    let names = ["site", "shop", "docs", "blog", "media"];
    let apart = |(at, (finding, name)): (usize, (Finding, &str))| Finding {
        distribution: Some(format!("aws_cloudfront_distribution.{name}")),
        fingerprint: format!("{:032x}", at + 1),
        ..finding
    };
    report(all.into_iter().zip(names).enumerate().map(apart).collect())
}

#[test]
fn what_fails_is_what_blocks_whatever_was_asked() {
    for fail_on in [Some(Severity::Error), Some(Severity::Warning), Some(Severity::Note), None] {
        for fail_on_existing in [false, true] {
            let options = judge::Options { fail_on, fail_on_existing, ..judge::Options::default() };
            let report = everything();
            let view = View { report: &report, facts: None, options: &options };
            for format in [Format::Sarif, Format::Gitlab, Format::Junit] {
                let found = problems(format, view, &rendered(format, view));
                assert_eq!(found, Vec::<String>::new(), "{format:?}, {fail_on:?}, {fail_on_existing}");
            }
        }
    }
}
