//! What `judge` promises, on facts and raw findings made by hand.

use proptest::prelude::*;

use super::*;
use crate::access::facts::Fact;
use crate::finding::When;
use crate::fixture::{facts, path, world};

/// One path that lives in both worlds.
fn standing() -> Facts {
    facts(vec![path(0, Some(world()), Some(world()))])
}

fn found(policy: &str, severity: Severity, world: World) -> RawFinding {
    RawFinding {
        policy: policy.to_owned(),
        path: Some(0),
        plan: None,
        world,
        severity,
        when: Some(When::NextWrite),
        subject: Some("aws_s3_bucket.site".to_owned()),
        message: format!("what is wrong {world:?}"),
        why: "why".to_owned(),
        fix: "what to do".to_owned(),
        evidence: vec![],
    }
}

fn meta(id: &str, compares: Compares) -> PolicyMeta {
    PolicyMeta {
        id: id.to_owned(),
        file: format!("policies/x/{id}.rego"),
        title: "title".to_owned(),
        description: "description".to_owned(),
        related_resources: vec![crate::rego::Related {
            reference: "https://example.com".to_owned(),
            description: "A page".to_owned(),
        }],
        levels: vec![Severity::Error, Severity::Warning, Severity::Note],
        decides: Some("this and that".to_owned()),
        compares,
        needs: Vec::new(),
        fires: "it is there".to_owned(),
        breaks: None,
        remediation: "do".to_owned(),
        example: None,
        since: "0.1.0".to_owned(),
    }
}

fn metas() -> Vec<PolicyMeta> {
    vec![meta("one", Compares::World), meta("two", Compares::Change), meta(UNRESOLVED, Compares::Change)]
}

fn judged(facts: &Facts, raw: &[RawFinding], options: &Options) -> Vec<(String, Status, Severity, bool)> {
    judge(facts, raw, &metas(), options)
        .findings
        .into_iter()
        .map(|finding| (finding.policy.clone(), finding.status, finding.severity, blocks(&finding, options)))
        .collect()
}

#[test]
fn the_worlds_a_finding_holds_in_give_its_status() {
    let (before, after) = (found("one", Severity::Error, World::Before), found("one", Severity::Error, World::After));
    let default = Options::default();
    let one = |status, severity, blocks| vec![("one".to_owned(), status, severity, blocks)];
    assert_eq!(
        judged(&standing(), std::slice::from_ref(&after), &default),
        one(Status::Introduced, Severity::Error, true)
    );
    assert_eq!(
        judged(&standing(), &[before.clone(), after.clone()], &default),
        one(Status::Existing, Severity::Warning, false)
    );
    assert_eq!(
        judged(&standing(), std::slice::from_ref(&before), &default),
        one(Status::Resolved, Severity::Error, false)
    );
    let strict = Options { fail_on_existing: true, ..default };
    assert_eq!(judged(&standing(), &[before.clone(), after], &strict), one(Status::Existing, Severity::Error, true));
    assert_eq!(judged(&standing(), &[before], &strict), one(Status::Resolved, Severity::Error, false));
}

#[test]
fn an_existing_finding_speaks_of_the_world_after() {
    let raw = [found("one", Severity::Error, World::Before), found("one", Severity::Error, World::After)];
    let findings = judge(&standing(), &raw, &metas(), &Options::default()).findings;
    assert_eq!(findings[0].message, "what is wrong After");
    assert_eq!(findings[0].bucket.as_deref(), Some("aws_s3_bucket.site"));
    assert_eq!(findings[0].links, ["https://example.com"]);
}

#[test]
fn another_subject_is_another_finding() {
    let before = found("one", Severity::Error, World::Before);
    let after =
        RawFinding { subject: Some("aws_s3_bucket.other".to_owned()), ..found("one", Severity::Error, World::After) };
    // The old one is not reported as resolved: the path is no better for it.
    assert_eq!(
        judged(&standing(), &[before, after], &Options::default()),
        [("one".to_owned(), Status::Introduced, Severity::Error, true)]
    );
}

#[test]
fn resolved_is_kept_only_for_errors_on_paths_that_live_on() {
    let before = found("one", Severity::Error, World::Before);
    let gone = facts(vec![path(0, Some(world()), None)]);
    assert_eq!(judged(&gone, std::slice::from_ref(&before), &Options::default()), []);
    let note = found("one", Severity::Note, World::Before);
    assert_eq!(judged(&standing(), &[note], &Options::default()), []);
    // An error of another policy keeps the path dark; a warning does not.
    let raw = [before.clone(), found("two", Severity::Error, World::After)];
    assert_eq!(judged(&standing(), &raw, &Options::default()).len(), 1);
    let raw = [before, found("two", Severity::Warning, World::After)];
    assert_eq!(judged(&standing(), &raw, &Options::default()).len(), 2);
}

#[test]
fn what_compares_the_worlds_itself_is_always_introduced() {
    assert_eq!(
        judged(&standing(), &[found("two", Severity::Error, World::After)], &Options::default()),
        [("two".to_owned(), Status::Introduced, Severity::Error, true)]
    );
}

#[test]
fn a_path_that_serves_nobody_is_worth_less() {
    let cap = |change: fn(&mut WorldFacts)| {
        let mut after = world();
        change(&mut after);
        let facts = facts(vec![path(0, Some(world()), Some(after))]);
        judge(&facts, &[found("one", Severity::Error, World::After)], &metas(), &Options::default()).findings[0]
            .severity
    };
    assert_eq!(cap(|world| world.enabled = Fact::Known(false)), Severity::Warning);
    assert_eq!(cap(|world| world.staging = Fact::Known(true)), Severity::Warning);
    assert_eq!(cap(|world| world.used = false), Severity::Note);
    assert_eq!(cap(|world| world.enabled = Fact::Unknown("it is a variable".to_owned())), Severity::Error);
}

#[test]
fn unresolved_counts_as_the_user_says() {
    let raw = [found(UNRESOLVED, Severity::Note, World::After)];
    assert_eq!(judged(&standing(), &raw, &Options::default())[0].2, Severity::Note);
    let options = Options { unresolved: Severity::Error, ..Options::default() };
    assert_eq!(
        judged(&standing(), &raw, &options),
        [(UNRESOLVED.to_owned(), Status::Introduced, Severity::Error, true)]
    );
}

#[test]
fn fail_on_and_waivers_decide_what_blocks() {
    let raw = [found("one", Severity::Warning, World::After)];
    for (fail_on, expected) in
        [(Some(Severity::Error), false), (Some(Severity::Warning), true), (Some(Severity::Note), true), (None, false)]
    {
        let options = Options { fail_on, ..Options::default() };
        let mut finding = judge(&standing(), &raw, &metas(), &options).findings.remove(0);
        assert_eq!(blocks(&finding, &options), expected, "{fail_on:?}");
        finding.waiver =
            Some(crate::finding::Waiver { reason: "known".to_owned(), owner: None, expires: "2027-01-01".to_owned() });
        assert!(!blocks(&finding, &options));
    }
}

#[test]
fn the_gravest_comes_first_and_what_is_missing_last() {
    let on = |policy: &str, severity, path: Option<usize>, subject: Option<&str>| RawFinding {
        path,
        plan: if path.is_none() { Some(0) } else { None },
        subject: subject.map(str::to_owned),
        ..found(policy, severity, World::After)
    };
    let both = || Some(world());
    let facts = facts(vec![path(0, both(), both()), path(1, both(), both())]);
    let raw = [
        on("two", Severity::Warning, None, None),
        on("two", Severity::Warning, Some(1), Some("b")),
        on("two", Severity::Warning, Some(1), None),
        on("two", Severity::Warning, Some(1), Some("a")),
        on("two", Severity::Warning, Some(0), None),
        on("one", Severity::Note, Some(0), None),
        on("one", Severity::Error, Some(1), None),
    ];
    let order: Vec<String> = judge(&facts, &raw, &metas(), &Options::default())
        .findings
        .iter()
        .map(|finding| {
            let tail = |text: &Option<String>| text.as_ref().map_or('-', |text| text.chars().last().unwrap());
            format!("{}{}{}", finding.policy, tail(&finding.distribution), tail(&finding.subject))
        })
        .collect();
    assert_eq!(order, ["one1-", "two0-", "two1a", "two1b", "two1-", "two--", "one0-"]);
}

#[test]
fn a_fingerprint_names_policy_and_identity_and_nothing_else() {
    let after = found("one", Severity::Error, World::After);
    let print = |raw: &RawFinding, source: &str| {
        let mut facts = standing();
        facts.plans[0].source = source.to_owned();
        judge(&facts, std::slice::from_ref(raw), &metas(), &Options::default()).findings[0].fingerprint.clone()
    };
    let here = print(&after, "plan.json");
    assert_eq!(here.len(), 32);
    assert!(here.chars().all(|digit| digit.is_ascii_hexdigit()));
    let reworded = RawFinding { severity: Severity::Note, message: "other".to_owned(), when: None, ..after.clone() };
    assert_eq!(print(&reworded, "elsewhere.json"), here);
    assert_ne!(print(&RawFinding { subject: None, ..after.clone() }, "plan.json"), here);
    assert_ne!(print(&RawFinding { policy: "two".to_owned(), ..after }, "plan.json"), here);
    assert_ne!(fingerprint([Some("a"), Some("bc")]), fingerprint([Some("ab"), Some("c")]));
    assert_ne!(fingerprint([Some("a"), None, Some("")]), fingerprint([Some("a"), Some(""), None]));
}

#[test]
fn the_gravest_of_two_alike_stands_for_both() {
    let raw = [
        found("two", Severity::Note, World::After),
        found("two", Severity::Error, World::After),
        found("two", Severity::Warning, World::After),
    ];
    assert_eq!(judged(&standing(), &raw, &Options::default()).len(), 1);
    assert_eq!(judged(&standing(), &raw, &Options::default())[0].2, Severity::Error);
}

/// What `judge` says of `raw` beside a baseline made of `before`.
fn beside(facts: &Facts, before: &[RawFinding], raw: &[RawFinding], strict: bool) -> Vec<(Status, Severity, bool)> {
    let plain = Options { fail_on_existing: true, ..Options::default() };
    let baseline = Baseline::of(&judge(&standing(), before, &metas(), &plain).findings);
    let options = Options { baseline: Some(baseline), fail_on_existing: strict, ..Options::default() };
    let found = judge(facts, raw, &metas(), &options).findings;
    found.iter().map(|finding| (finding.status, finding.severity, blocks(finding, &options))).collect()
}

#[test]
fn what_a_baseline_holds_counts_as_existing() {
    let error = [found("two", Severity::Error, World::After)];
    let other = [found("one", Severity::Error, World::After)];
    assert_eq!(beside(&standing(), &error, &error, false), [(Status::Existing, Severity::Warning, false)]);
    assert_eq!(beside(&standing(), &error, &error, true), [(Status::Existing, Severity::Error, true)]);
    assert_eq!(beside(&standing(), &error, &other, false), [(Status::Introduced, Severity::Error, true)]);
    let elsewhere = [RawFinding { subject: None, ..error[0].clone() }];
    assert_eq!(beside(&standing(), &error, &elsewhere, false), [(Status::Introduced, Severity::Error, true)]);
}

#[test]
fn a_baseline_does_not_excuse_what_is_worse_than_it_was() {
    let introduced = [(Status::Introduced, Severity::Error, true)];
    let error = found("two", Severity::Error, World::After);
    // It was a doubt.
    let doubt = RawFinding { severity: Severity::Warning, ..error.clone() };
    assert_eq!(beside(&standing(), std::slice::from_ref(&doubt), std::slice::from_ref(&error), false), introduced);
    // It broke nothing that is there today.
    let now = RawFinding { when: Some(When::Apply), ..error.clone() };
    assert_eq!(beside(&standing(), std::slice::from_ref(&error), std::slice::from_ref(&now), false), introduced);
    // Better is not worse.
    assert_eq!(beside(&standing(), &[now], std::slice::from_ref(&doubt), false)[0].0, Status::Existing);
    let later = RawFinding { when: None, ..error.clone() };
    assert_eq!(beside(&standing(), &[error], &[later], false)[0].0, Status::Existing);
}

#[test]
fn a_baseline_of_a_disabled_distribution_does_not_excuse_the_outage_of_an_enabled_one() {
    let mut off = world();
    off.enabled = Fact::Known(false);
    let off = facts(vec![path(0, Some(off.clone()), Some(off))]);
    let error = [found("two", Severity::Error, World::After)];
    let plain = Options { fail_on_existing: true, ..Options::default() };
    let baseline = Baseline::of(&judge(&off, &error, &metas(), &plain).findings);
    let options = Options { baseline: Some(baseline), ..Options::default() };
    let now = judge(&standing(), &error, &metas(), &options);
    assert_eq!((now.findings[0].status, now.findings[0].severity), (Status::Introduced, Severity::Error));
    assert_eq!(now.known.iter().map(|(_, known)| *known).collect::<Vec<_>>(), [Known::Worse]);
}

#[test]
fn a_severity_that_was_set_stands_before_caps_and_after_the_policy() {
    let set = |policy: &str, severity| Options {
        severities: BTreeMap::from([(policy.to_owned(), severity)]),
        ..Options::default()
    };
    let one = |facts: &Facts, options: &Options, worlds: &[World]| {
        let raw: Vec<RawFinding> = worlds.iter().map(|world| found("one", Severity::Error, *world)).collect();
        let finding = judge(facts, &raw, &metas(), options).findings.remove(0);
        (finding.severity, finding.base_severity, finding.status)
    };
    let after = [World::After];
    let lowered = (Severity::Note, Severity::Error, Status::Introduced);
    assert_eq!(one(&standing(), &set("one", Severity::Note), &after), lowered);
    assert_eq!(one(&standing(), &set("two", Severity::Note), &after).0, Severity::Error);
    // Capped where nobody reads, and where it held before.
    let mut off = world();
    off.enabled = Fact::Known(false);
    let off = facts(vec![path(0, Some(off.clone()), Some(off))]);
    let raised = [RawFinding { severity: Severity::Note, ..found("one", Severity::Note, World::After) }];
    assert_eq!(judge(&off, &raised, &metas(), &set("one", Severity::Error)).findings[0].severity, Severity::Warning);
    let both = [World::Before, World::After];
    assert_eq!(one(&standing(), &set("one", Severity::Error), &both).0, Severity::Warning);
    // The status does not depend on it.
    assert_eq!(one(&standing(), &set("one", Severity::Note), &both).2, Status::Existing);
    // What cannot be told counts as --unresolved says.
    let unresolved = [found(UNRESOLVED, Severity::Note, World::After)];
    let options = set(UNRESOLVED, Severity::Error);
    assert_eq!(judge(&standing(), &unresolved, &metas(), &options).findings[0].severity, Severity::Note);
}

#[test]
fn an_outage_is_explained_by_a_policy_that_counts_as_a_note() {
    // `unexplained` is asked what policies found, never what that counts as.
    let mut after = world();
    after.readable.new = ReadState::Unreadable;
    let facts = facts(vec![path(0, Some(world()), Some(after))]);
    let raw = [found("one", Severity::Error, World::After)];
    assert!(unexplained(&facts, &raw).is_empty());
    let options = Options { severities: BTreeMap::from([("one".to_owned(), Severity::Note)]), ..Options::default() };
    let finding = judge(&facts, &raw, &metas(), &options).findings.remove(0);
    assert!(!blocks(&finding, &options));
}

fn raw_findings() -> impl Strategy<Value = Vec<RawFinding>> {
    let severities = prop_oneof![Just(Severity::Note), Just(Severity::Warning), Just(Severity::Error)];
    let one = (0..3usize, 0..2usize, severities, any::<bool>(), 0..3usize).prop_map(
        |(policy, path, severity, before, subject)| {
            let world = if before && policy == 0 { World::Before } else { World::After };
            RawFinding {
                path: Some(path),
                subject: [None, Some("a".to_owned()), Some("b".to_owned())][subject].clone(),
                ..found(["one", "two", UNRESOLVED][policy], severity, world)
            }
        },
    );
    prop::collection::vec(one, 0..12)
}

proptest! {
    /// The order in which policies answer never shows, and nothing new in the after world is ever lost.
    #[test]
    fn laws(raw in raw_findings(), seed in any::<prop::sample::Index>(), strict in any::<bool>()) {
        let both = || Some(world());
        let facts = facts(vec![path(0, both(), both()), path(1, both(), both())]);
        let options = Options { fail_on_existing: strict, ..Options::default() };
        let findings = judge(&facts, &raw, &metas(), &options).findings;

        // Same identities, any order: severities of one identity may come in any order, so compare without words.
        let mut turned = raw.clone();
        if !turned.is_empty() {
            let by = seed.index(turned.len());
            turned.rotate_left(by);
        }
        let outline = |findings: &[Finding]| -> Vec<_> {
            findings.iter().map(|f| (f.fingerprint.clone(), f.severity, f.status)).collect()
        };
        prop_assert_eq!(outline(&findings), outline(&judge(&facts, &turned, &metas(), &options).findings));

        let mut fingerprints: Vec<_> = findings.iter().map(|finding| &finding.fingerprint).collect();
        fingerprints.sort();
        fingerprints.dedup();
        prop_assert_eq!(fingerprints.len(), findings.len());

        for found in raw.iter().filter(|found| found.world == World::After) {
            let gravest = |world| {
                let alike = raw.iter().filter(|other| {
                    other.world == world && other.policy == found.policy && other.path == found.path
                        && other.subject == found.subject
                });
                alike.map(|other| other.severity).max()
            };
            // What was found before as well, and was no lesser fault then.
            let twin = gravest(World::Before).is_some_and(|was| gravest(World::After) <= Some(was));
            let distribution = format!("aws_cloudfront_distribution.d{}", found.path.unwrap());
            let kept = findings.iter().find(|finding| {
                finding.policy == found.policy && finding.subject == found.subject
                    && finding.distribution.as_ref() == Some(&distribution)
            });
            let kept = kept.expect("a finding of the after world is reported");
            prop_assert_eq!(kept.status, if twin { Status::Existing } else { Status::Introduced });
            if found.severity == Severity::Error && found.policy != UNRESOLVED {
                prop_assert_eq!(blocks(kept, &options), !twin || strict);
            }
        }
    }
}

#[test]
fn what_gets_worse_moves_to_another_bucket_or_meets_more_viewers_is_introduced() {
    let both = || Some(world());
    let status = |was, will_be, moved| {
        let mut path = path(0, both(), both());
        path.change.bucket = moved;
        let raw = [found("one", was, World::Before), found("one", will_be, World::After)];
        judge(&facts(vec![path]), &raw, &metas(), &Options::default()).findings[0].status
    };
    assert_eq!(status(Severity::Warning, Severity::Error, false), Status::Introduced);
    assert_eq!(status(Severity::Error, Severity::Warning, false), Status::Existing);
    assert_eq!(status(Severity::Error, Severity::Error, false), Status::Existing);
    assert_eq!(status(Severity::Error, Severity::Error, true), Status::Introduced);
    let to_more = |severity, after| {
        let mut path = path(0, both(), Some(after));
        path.change.viewers = true;
        let raw = [found("one", severity, World::Before), found("one", severity, World::After)];
        judge(&facts(vec![path]), &raw, &metas(), &Options::default()).findings[0].status
    };
    assert_eq!(to_more(Severity::Error, world()), Status::Introduced);
    assert_eq!(to_more(Severity::Warning, world()), Status::Existing);
    let mut off = world();
    off.enabled = Fact::Known(false);
    assert_eq!(to_more(Severity::Error, off), Status::Existing);
}

#[test]
fn an_outage_without_an_error_is_unexplained() {
    let dark = |state| {
        let mut world = world();
        world.readable.new = state;
        world
    };
    let lost = || dark(ReadState::Unreadable);
    let seen =
        |facts: &Facts, raw: &[RawFinding]| unexplained(facts, raw).into_iter().map(|(_, of)| of).collect::<Vec<_>>();
    for before in [None, Some(world()), Some(dark(ReadState::Readable))] {
        let facts = facts(vec![path(0, before, Some(lost()))]);
        assert_eq!(seen(&facts, &[]), [Objects::New]);
        assert_eq!(seen(&facts, &[found("one", Severity::Warning, World::After)]), [Objects::New]);
        assert_eq!(seen(&facts, &[found("one", Severity::Error, World::Before)]), [Objects::New]);
        assert_eq!(seen(&facts, &[found("one", Severity::Error, World::After)]), []);
    }
    let mut existing = world();
    existing.readable.existing = ReadState::Unreadable;
    assert_eq!(seen(&facts(vec![path(0, Some(lost()), Some(existing))]), &[]), [Objects::Existing]);
    // Nothing new, nothing known, nobody served.
    let silent = |edit: &dyn Fn(&mut WorldFacts)| {
        let mut after = lost();
        edit(&mut after);
        assert_eq!(seen(&facts(vec![path(0, None, Some(after))]), &[]), []);
    };
    silent(&|world| world.readable.new = ReadState::Unresolved);
    silent(&|world| world.used = false);
    silent(&|world| world.enabled = Fact::Known(false));
    silent(&|world| world.staging = Fact::Known(true));
    assert_eq!(seen(&facts(vec![path(0, Some(lost()), Some(lost())), path(1, Some(lost()), None)]), &[]), []);
}
