//! Laws that hold for every plan: its order, its names and its other resources change nothing, and no damage makes it pass.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may fail loudly, and so may what it is built of"
)]

#[path = "support/document.rs"]
mod document;
#[path = "support/program.rs"]
mod program;
#[path = "support/rename.rs"]
mod rename;
#[path = "support/transform.rs"]
mod transform;
#[path = "support/worlds.rs"]
mod worlds;

use std::io::Read as _;
use std::path::Path;

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

use rename::Names;
use transform::{Dice, shuffled, with_noise, written};

/// Plans of many shapes: one step or a later one, root or nested modules, `count` and `for_each`, known and unknown.
const PLANS: [&str; 16] = [
    "article-2-kms",
    "article-3-oac",
    "article-all-at-once",
    "aws3-for-each-one-kms",
    "broken-already-no-change",
    "count-1-create",
    "data-lookups",
    "for-each-over-keys",
    "modules-all-right-2-comment",
    "modules-two-levels",
    "moved-and-imported",
    "oac-alias-aws-s3",
    "oac-wrong-origin-type",
    "origin-group-secondary-kms",
    "registry-modules-2-kms",
    "target-hides-kms",
];

/// A module of a real plan with queues, instances, tables, and an encrypted bucket that no distribution reads.
const NOISE: &[u8] = include_bytes!("../benches/whole/service.json.gz");

/// What is compared: the verdict, and each finding without its words.
#[derive(Debug, PartialEq)]
struct Judgement {
    exit: i32,
    findings: Vec<Value>,
}

/// The one place that runs the program.
fn judge(plan: &[u8]) -> Result<Judgement, TestCaseError> {
    let run = program::oacguard(&["check", "-", "--format", "json"], plan);
    if let Some(crash) = run.crash() {
        return Err(TestCaseError::fail(crash));
    }
    let compared = ["policy", "severity", "status", "when", "distribution", "origin", "bucket", "key"];
    let report = run.json();
    let findings = report["findings"].as_array().into_iter().flatten();
    let findings = findings.map(|finding| compared.iter().map(|&name| (name, finding[name].clone())).collect());
    Ok(Judgement { exit: run.exit, findings: findings.collect() })
}

fn bytes_of(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(name).join("plan.json")).unwrap()
}

fn plan_of(name: &str) -> Value {
    document::plan_in(&bytes_of(name)).unwrap()
}

fn some_plan() -> impl Strategy<Value = &'static str> {
    prop::sample::select(&PLANS[..])
}

fn settings(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, max_shrink_iters: 32, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(settings(64))]

    #[test]
    fn order_means_nothing(name in some_plan(), seed in any::<u64>()) {
        let mut dice = Dice::new(seed);
        let plan = shuffled(plan_of(name), &mut dice);
        prop_assert_eq!(judge(written(&plan, &mut dice).as_bytes())?, judge(&bytes_of(name))?);
    }

    #[test]
    fn names_mean_nothing(name in some_plan(), seed in any::<u64>()) {
        let names = Names(seed);
        let renamed = judge(names.plan(&plan_of(name)).to_string().as_bytes())?;
        let mut expected = judge(&bytes_of(name))?;
        for finding in &mut expected.findings {
            for part in ["distribution", "origin", "bucket", "key"] {
                if let Some(address) = finding[part].as_str() {
                    finding[part] = json!(names.address(address));
                }
            }
        }
        prop_assert_eq!(sorted(renamed), sorted(expected));
    }

    #[test]
    fn other_resources_mean_nothing(name in some_plan(), copies in 1_usize..4) {
        let mut noise = String::new();
        flate2::read::GzDecoder::new(NOISE).read_to_string(&mut noise).unwrap();
        let plan = with_noise(plan_of(name), &serde_json::from_str(&noise).unwrap(), copies);
        prop_assert_eq!(judge(plan.to_string().as_bytes())?, judge(&bytes_of(name))?);
    }
}

proptest! {
    #![proptest_config(settings(384))]

    /// Values of shapes that no provider writes, anywhere in the document, end in an answer.
    #[test]
    fn a_misshapen_plan_is_judged_or_refused(name in some_plan(), blows in prop::collection::vec((any::<u64>(), 0_usize..SHAPES.len()), 1..6)) {
        let mut plan = plan_of(name);
        for (place, shape) in blows {
            *somewhere(&mut plan, place) = serde_json::from_str(SHAPES[shape]).unwrap();
        }
        judge(plan.to_string().as_bytes())?;
    }

    /// The first and the last brace are left alone: lines before and after a document are tolerated.
    #[test]
    fn a_damaged_plan_never_passes(name in some_plan(), damage in prop::collection::vec(damage(), 1..4)) {
        let mut bytes = bytes_of(name);
        for one in &damage {
            one.apply(&mut bytes);
        }
        let judgement = judge(&bytes)?;
        if serde_json::from_slice::<Value>(&bytes).is_err() {
            prop_assert_eq!(judgement.exit, 2, "{} after {:?}", name, damage);
        }
    }
}

const SHAPES: [&str; 12] = [
    "null",
    "true",
    "0",
    "-1.5",
    "\"\"",
    "\"x\"",
    "[]",
    "{}",
    "[null]",
    "[[]]",
    r#"{"references": ["each.value"]}"#,
    r#"{"references": ["module.a.b", "var.x", "local.y"]}"#,
];

/// A value inside a document; which one, `place` decides digit by digit.
fn somewhere(value: &mut Value, mut place: u64) -> &mut Value {
    let mut at = value;
    loop {
        let count = match &*at {
            Value::Array(items) => items.len(),
            Value::Object(fields) => fields.len(),
            _ => 0,
        };
        // Deeper in most cases, so that attributes are met more often than whole parts.
        let Some(pick) = place.checked_rem(count as u64).filter(|_| count > 0 && !place.is_multiple_of(11)) else {
            return at;
        };
        place /= 3;
        let pick = usize::try_from(pick).unwrap();
        at = match at {
            Value::Array(items) => &mut items[pick],
            Value::Object(fields) => fields.values_mut().nth(pick).unwrap(),
            _ => return at,
        };
    }
}

#[test]
fn a_plan_that_changes_nothing_never_blocks() {
    for_every_plan(worlds::unchanged);
}

#[test]
fn a_plan_that_destroys_everything_never_blocks() {
    for_every_plan(worlds::destroyed);
}

/// Runs the program over every plan of testdata as `edit` leaves it: none may be blocked or refused.
fn for_every_plan(edit: impl Fn(Value) -> Value) {
    let mut folders: Vec<_> = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|folder| folder.join("main.tf").exists())
        .collect();
    folders.sort();
    assert!(folders.len() > 40, "there are plans in testdata");
    let blocked = folders.iter().filter_map(|folder| {
        let plan = document::plan_in(&std::fs::read(folder.join("plan.json")).unwrap()).unwrap();
        // What a partial plan leaves out stays, and may need what it destroys.
        if plan["complete"] == false {
            return None;
        }
        let judgement = judge(edit(plan).to_string().as_bytes()).unwrap();
        (judgement.exit != 0).then(|| format!("{}: {judgement:?}", folder.display()))
    });
    let blocked: Vec<_> = blocked.collect();
    assert!(blocked.is_empty(), "{}", blocked.join("\n"));
}

/// The findings in an order that does not depend on names.
fn sorted(mut judgement: Judgement) -> Judgement {
    judgement.findings.sort_by_key(Value::to_string);
    judgement
}

/// One blow to a document.
#[derive(Debug, Clone)]
enum Damage {
    Flip(Index, u8),
    Delete(Index, usize),
    Insert(Index, Vec<u8>),
    Truncate(Index),
}

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        (any::<Index>(), 0_u8..8).prop_map(|(at, bit)| Damage::Flip(at, bit)),
        (any::<Index>(), 1_usize..64).prop_map(|(at, len)| Damage::Delete(at, len)),
        (any::<Index>(), prop::collection::vec(any::<u8>(), 1..8)).prop_map(|(at, more)| Damage::Insert(at, more)),
        any::<Index>().prop_map(Damage::Truncate),
    ]
}

impl Damage {
    fn apply(&self, bytes: &mut Vec<u8>) {
        let Some(last) = bytes.iter().rposition(|&byte| byte == b'}').filter(|&last| last > 2) else { return };
        let inside = |at: &Index| 1 + at.index(last - 1);
        match self {
            Self::Flip(at, bit) => bytes[inside(at)] ^= 1 << bit,
            Self::Delete(at, len) => drop(bytes.drain(inside(at)..(inside(at) + len).min(last))),
            Self::Insert(at, more) => drop(bytes.splice(inside(at)..inside(at), more.iter().copied())),
            Self::Truncate(at) => bytes.truncate(inside(at)),
        }
    }
}
