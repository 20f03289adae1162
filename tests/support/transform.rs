//! Changes of a plan document that must not change what is said of it.

use serde_json::{Map, Value, json};

/// A small source of chance that a failing test can repeat.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn roll(&mut self) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap();
        usize::try_from(self.roll() % end).unwrap()
    }

    /// The numbers below `len` in some order.
    pub(crate) fn order(&mut self, len: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..len).collect();
        for at in (1..len).rev() {
            order.swap(at, self.below(at + 1));
        }
        order
    }
}

/// Lists whose order means nothing, wherever they stand in a plan document.
const LISTS: [&str; 6] =
    ["resource_changes", "resource_drift", "resources", "child_modules", "relevant_attributes", "checks"];

/// Blocks that are sets, with the members that hold their values and the masks over these.
const SETS: [&str; 3] = ["origin", "origin_group", "custom_error_response"];
const WORLDS: [[&str; 3]; 3] = [
    ["before", "before_sensitive", ""],
    ["after", "after_sensitive", "after_unknown"],
    ["values", "sensitive_values", ""],
];

/// The same document with everything that has no order in another order.
pub(crate) fn shuffled(mut plan: Value, dice: &mut Dice) -> Value {
    shuffle(&mut plan, dice);
    plan
}

fn shuffle(value: &mut Value, dice: &mut Dice) {
    match value {
        Value::Object(fields) => {
            for set in SETS {
                for world in WORLDS {
                    shuffle_set(fields, world, set, dice);
                }
            }
            for list in LISTS {
                if let Some(Value::Array(items)) = fields.get_mut(list) {
                    let order = dice.order(items.len());
                    permute(items, &order);
                }
            }
            fields.values_mut().for_each(|inner| shuffle(inner, dice));
        }
        Value::Array(items) => items.iter_mut().for_each(|inner| shuffle(inner, dice)),
        _ => {}
    }
}

/// Reorders a set and the masks that line up with it by index.
fn shuffle_set(change: &mut Map<String, Value>, world: [&str; 3], set: &str, dice: &mut Dice) {
    let len_of = |part: &str| change.get(part).and_then(|values| values.get(set)?.as_array()).map(Vec::len);
    let Some(len) = world.into_iter().filter_map(len_of).max() else { return };
    let order = dice.order(len);
    for part in world {
        if let Some(Value::Array(items)) = change.get_mut(part).and_then(|values| values.get_mut(set))
            && items.len() == len
        {
            permute(items, &order);
        }
    }
}

fn permute(items: &mut Vec<Value>, order: &[usize]) {
    *items = order.iter().map(|&at| items[at].take()).collect();
}

/// The document as text, the members of each object in some order.
pub(crate) fn written(value: &Value, dice: &mut Dice) -> String {
    match value {
        Value::Object(fields) => {
            let fields: Vec<_> = fields.iter().collect();
            let order = dice.order(fields.len());
            let members =
                order.into_iter().map(|at| format!("{}:{}", json!(fields[at].0), written(fields[at].1, dice)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        }
        Value::Array(items) => {
            format!("[{}]", items.iter().map(|item| written(item, dice)).collect::<Vec<_>>().join(","))
        }
        other => other.to_string(),
    }
}

/// The plan with `copies` of a module beside it that have nothing to do with what is there.
pub(crate) fn with_noise(mut plan: Value, noise: &Value, copies: usize) -> Value {
    let named = |copy: usize| -> Value {
        serde_json::from_str(&noise.to_string().replace("svc-005", &format!("noise-{copy}"))).unwrap()
    };
    for copy in (0..copies).map(named) {
        for list in ["resource_changes", "resource_drift"] {
            let more = copy[list].as_array().unwrap().clone();
            list_in(&mut plan[list]).splice(0..0, more);
        }
        list_in(&mut plan["planned_values"]["root_module"]["child_modules"]).push(copy["planned_values"].clone());
        if plan["prior_state"]["format_version"].is_null() {
            plan["prior_state"] = json!({"format_version": "1.0", "terraform_version": plan["terraform_version"]});
        }
        let prior = &mut plan["prior_state"]["values"]["root_module"]["child_modules"];
        list_in(prior).push(copy["prior_state"].clone());
    }
    if copies > 0 {
        let root = &mut plan["configuration"]["root_module"];
        root["module_calls"]["service"] = noise["module_call"].clone();
    }
    plan
}

fn list_in(place: &mut Value) -> &mut Vec<Value> {
    if place.is_null() {
        *place = json!([]);
    }
    place.as_array_mut().unwrap()
}
