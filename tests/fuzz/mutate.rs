//! Changes to JSON that leave it JSON: flipped bytes of a plan are hardly ever more than a syntax error.

use libfuzzer_sys::fuzzer_mutate;
use serde_json::{Value, json};

/// As libFuzzer asks for it: changes the first `size` bytes of `data` in their place, and tells how many they are then.
pub fn mutate(data: &mut [u8], size: usize, max_size: usize, seed: u32) -> usize {
    let mut dice = Dice(u64::from(seed) << 1 | 1);
    let tree: Option<Value> = serde_json::from_slice(&data[..size]).ok();
    let Some(mut tree) = tree.filter(|_| dice.below(8) > 0) else { return fuzzer_mutate(data, size, max_size) };
    for _ in 0..=dice.below(4) {
        change(&mut tree, &mut dice);
    }
    let text = tree.to_string();
    if text.len() > max_size {
        return fuzzer_mutate(data, size, max_size);
    }
    data[..text.len()].copy_from_slice(text.as_bytes());
    text.len()
}

/// Numbers that look random, the same for the same seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % end.max(1)
    }
}

fn change(tree: &mut Value, dice: &mut Dice) {
    let nodes = count(tree);
    let other = node(tree, &mut dice.below(nodes)).cloned().unwrap_or_default();
    let Some(here) = node(tree, &mut dice.below(nodes)) else { return };
    match (dice.below(6), here) {
        (0, here) => *here = other,
        (1, here) => {
            let words = [json!(null), json!(true), json!(false), json!({}), json!([]), json!(""), json!("*"), json!(0)];
            *here = words[dice.below(words.len())].clone();
        }
        (_, Value::String(text)) => string(text, dice),
        (2, Value::Array(list)) if !list.is_empty() => drop(list.remove(dice.below(list.len()))),
        (_, Value::Array(list)) => list.insert(dice.below(list.len() + 1), other),
        (2 | 3, Value::Object(fields)) => {
            let name = fields.keys().nth(dice.below(fields.len())).cloned().unwrap_or_default();
            fields.remove(&name);
        }
        (_, Value::Object(fields)) => {
            let name = fields.keys().nth(dice.below(fields.len())).cloned().unwrap_or_default();
            fields.insert(name, other);
        }
        (_, Value::Bool(truth)) => *truth = !*truth,
        (_, here) => *here = other,
    }
}

/// A policy is JSON within a text.
fn string(text: &mut String, dice: &mut Dice) {
    if text.starts_with('{')
        && let Ok(mut inside) = serde_json::from_str(text)
        && dice.below(8) > 0
    {
        change(&mut inside, dice);
        *text = inside.to_string();
        return;
    }
    let mut bytes = text.clone().into_bytes();
    let size = bytes.len();
    bytes.resize(size + 16, 0);
    let size = fuzzer_mutate(&mut bytes, size, size + 16);
    bytes.truncate(size);
    *text = String::from_utf8_lossy(&bytes).into_owned();
}

fn count(tree: &Value) -> usize {
    1 + match tree {
        Value::Array(list) => list.iter().map(count).sum(),
        Value::Object(fields) => fields.values().map(count).sum(),
        _ => 0,
    }
}

fn node<'t>(tree: &'t mut Value, left: &mut usize) -> Option<&'t mut Value> {
    if *left == 0 {
        return Some(tree);
    }
    *left -= 1;
    match tree {
        Value::Array(list) => list.iter_mut().find_map(|tree| node(tree, left)),
        Value::Object(fields) => fields.values_mut().find_map(|tree| node(tree, left)),
        _ => None,
    }
}
