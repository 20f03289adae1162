//! No damage makes a plan pass.

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::Value;

use super::{bytes_of, judge, plan_of, settings, some_plan};

proptest! {
    #![proptest_config(settings(256))]

    /// Values of shapes that no provider writes, anywhere in the document, end in an answer.
    #[test]
    fn a_misshapen_plan_is_judged_or_refused(name in some_plan(), blows in prop::collection::vec((any::<u64>(), 0_usize..SHAPES.len()), 1..6)) {
        let mut plan = plan_of(name);
        for (place, shape) in blows {
            *somewhere(&mut plan, place) = serde_json::from_str(SHAPES[shape]).unwrap();
        }
        judge(plan.to_string().as_bytes());
    }

    /// The first and the last brace are left alone: lines before and after a document are tolerated.
    #[test]
    fn a_damaged_plan_never_passes(name in some_plan(), damage in prop::collection::vec(damage(), 1..4)) {
        let mut bytes = bytes_of(name);
        // Of plans that come packed or in other encodings, the bytes alone do not tell whether they are damaged.
        prop_assume!(serde_json::from_slice::<Value>(&bytes).is_ok());
        for one in &damage {
            one.apply(&mut bytes);
        }
        let judgement = judge(&bytes);
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
