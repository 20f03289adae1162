//! Plans that are judged apart have no part in what is said of one another.

use oacguard::Options;
use oacguard::report::Verdict;
use proptest::prelude::*;

use super::{Judgement, bytes_of, run, settings, some_plan};

proptest! {
    #![proptest_config(settings(24))]

    #[test]
    fn plans_apart_say_what_each_says_alone(names in prop::collection::vec(some_plan(), 2..5)) {
        let apart = Options { separate: true, ..Options::default() };
        // The same plan under two names is two plans.
        let files: Vec<String> = names.iter().enumerate().map(|(at, name)| format!("{at}-{name}.json")).collect();
        let plans = || files.iter().map(String::as_str).zip(names.iter().map(|name| bytes_of(name)));
        let together = run(plans().collect(), &apart);
        let alone: Vec<_> = plans().map(|plan| run(vec![plan], &Options::default())).collect();

        let findings = alone.iter().flat_map(|one| Judgement::of(one).findings).collect();
        let worst = alone.iter().map(|one| Judgement::of(one).exit).max().unwrap();
        prop_assert_eq!(Judgement::of(&together).sorted(), Judgement { exit: worst, findings }.sorted());

        let paths: Vec<_> = alone.iter().flat_map(|one| &one.report.paths).collect();
        prop_assert_eq!(sorted(together.report.paths.iter()), sorted(paths.into_iter()));
        let summed = |count: fn(&oacguard::report::Summary) -> usize| alone.iter().map(|one| count(&one.report.summary)).sum::<usize>();
        let summary = &together.report.summary;
        prop_assert_eq!(summary.error, summed(|one| one.error));
        prop_assert_eq!(summary.unresolved, summed(|one| one.unresolved));
        prop_assert_eq!(summary.paths, summed(|one| one.paths));
        prop_assert!(together.report.verdict != Verdict::None);
    }

    #[test]
    fn a_plan_beside_itself_says_everything_twice(name in some_plan()) {
        let apart = Options { separate: true, ..Options::default() };
        let twice = Judgement::of(&run(vec![(name, bytes_of(name)), (name, bytes_of(name))], &apart));
        let mut once = Judgement::of(&run(vec![(name, bytes_of(name))], &apart));
        once.findings.extend(once.findings.clone());
        prop_assert_eq!(twice.sorted(), once.sorted());
    }
}

fn sorted<T: serde::Serialize>(items: impl Iterator<Item = T>) -> Vec<String> {
    let mut items: Vec<String> = items.map(|item| serde_json::to_value(item).unwrap().to_string()).collect();
    items.sort();
    items
}

/// What is said of a plan tells which plan it is said of, or the law above would be about nothing.
#[test]
fn each_finding_names_its_plan() {
    let name = "article-2-kms";
    let said = Judgement::of(&run(vec![("one.json", bytes_of(name))], &Options::default())).findings;
    assert!(!said.is_empty() && said.iter().all(|finding| finding["plan"] == "one.json"));
}
