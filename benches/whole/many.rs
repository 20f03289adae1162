//! A plan with many distributions: a real one whose distribution, bucket and settings are there again and again, all with the
//! new key.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use crate::large::{SEED, list, marker};

/// What the names of all that belongs to the distribution have in common, and what AWS called it, the identity and the host.
pub(crate) const KEYS: [&str; 4] = ["webapp", "EJBG9D94VT0271", "ESL24O6XIO0QDN", "d18f046b8797f8"];

/// Where its resources stand.
const LISTS: [&str; 5] = [
    "/resource_changes",
    "/resource_drift",
    "/planned_values/root_module/resources",
    "/prior_state/values/root_module/resources",
    "/configuration/root_module/resources",
];

/// Writes a valid plan with as many distributions.
pub(crate) fn write(file: &Path, distributions: usize) {
    let mut plan: Value = serde_json::from_slice(SEED).unwrap();
    let mut fillings = Vec::new();
    for (at, path) in LISTS.iter().enumerate() {
        let own = list(&mut plan, path);
        let is_copied = |entry: &Value| entry["address"].as_str().unwrap().contains(KEYS[0]);
        let (copied, once): (Vec<Value>, Vec<Value>) = own.drain(..).partition(is_copied);
        own.push(json!(marker(at)));
        let mut filling: Vec<String> = once.iter().map(Value::to_string).collect();
        let copied: Vec<String> = copied.iter().map(Value::to_string).collect();
        for copy in 0..distributions {
            let mut number = String::new();
            write!(number, "{copy:05}").unwrap();
            let renamed = |text: &String| {
                KEYS.iter().fold(text.clone(), |text, key| text.replace(key, &format!("{key}{number}")))
            };
            filling.extend(copied.iter().map(renamed));
        }
        fillings.push(filling.join(","));
    }
    let mut document = plan.to_string();
    for (at, filling) in fillings.iter().enumerate() {
        document = document.replacen(&json!(marker(at)).to_string(), filling, 1);
    }
    std::fs::write(file, document).unwrap();
}
