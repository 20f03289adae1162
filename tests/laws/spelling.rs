//! How JSON is written changes nothing: the report is the same to the byte.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{plan_of, report, settings, some_plan};
use crate::spell::{encoded, spelled};
use crate::transform::Dice;

proptest! {
    #![proptest_config(settings(48))]

    #[test]
    fn spelling_means_nothing(name in some_plan(), seed in any::<u64>()) {
        let mut dice = Dice::new(seed);
        let mut plan = plan_of(name);
        if dice.below(2) == 0 {
            widen(&mut plan);
        }
        let bytes = encoded(&spelled(&plan, &mut dice), &mut dice);
        prop_assert_eq!(report(&bytes), report(plan.to_string().as_bytes()), "{} is told from itself", name);
    }
}

/// Puts letters of all planes where people write some, so that there is something to escape.
fn widen(plan: &mut Value) {
    match plan {
        Value::Object(fields) => {
            for (name, field) in fields {
                match (name.as_str(), &field) {
                    ("comment" | "description" | "origin_id" | "target_origin_id", Value::String(text)) => {
                        *field = json!(format!("{text} é日本🦀\u{10ffff} \"/\\\n\t\u{7f}"));
                    }
                    _ => widen(field),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(widen),
        _ => {}
    }
}
