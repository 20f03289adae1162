//! A large plan: a real one, with a real module repeated beside it until the file is as large as asked for.

use std::fmt::Write as _;
use std::io::Read as _;
use std::path::Path;

use serde_json::{Value, json};

/// The plan that is judged.
pub(crate) const SEED: &[u8] = include_bytes!("../../testdata/article-2-kms/plan.json");
/// One instance of a module from a real plan: what every part of the document holds of it.
const MODULE: &[u8] = include_bytes!("service.json.gz");
/// The instance's key, as it stands in addresses, names and ARNs.
const KEY: &str = "svc-005";

/// Writes a valid plan of at least `size` bytes, and returns how many resources it holds.
pub(crate) fn write(file: &Path, size: u64) -> usize {
    let mut plan: Value = serde_json::from_slice(SEED).unwrap();
    let mut text = String::new();
    flate2::read::GzDecoder::new(MODULE).read_to_string(&mut text).unwrap();
    let module: Value = serde_json::from_str(&text).unwrap();
    plan["configuration"]["root_module"]["module_calls"]["service"] = module["module_call"].clone();

    // Each list is written as text: its own items, then each copy's.
    let lists: [(&str, String); 4] = [
        ("/resource_changes", items(&module["resource_changes"])),
        ("/resource_drift", items(&module["resource_drift"])),
        ("/planned_values/root_module/child_modules", module["planned_values"].to_string()),
        ("/prior_state/values/root_module/child_modules", module["prior_state"].to_string()),
    ];
    let each: usize = lists.iter().map(|(_, items)| items.len()).sum();
    let copies = usize::try_from(size).unwrap() / each + 1;
    let resources = list(&mut plan, lists[0].0).len() + copies * module["resource_changes"].as_array().unwrap().len();

    let mut fillings = Vec::new();
    for (at, (path, copied)) in lists.iter().enumerate() {
        let own = list(&mut plan, path);
        let mut filling = own.iter().map(Value::to_string).collect::<Vec<_>>().join(",");
        *own = vec![json!(marker(at))];
        for copy in 0..copies {
            let comma = if filling.is_empty() { "" } else { "," };
            write!(filling, "{comma}{}", copied.replace(KEY, &format!("svc-{copy:06}"))).unwrap();
        }
        fillings.push(filling);
    }
    let mut document = plan.to_string();
    for (at, filling) in fillings.iter().enumerate() {
        document = document.replacen(&json!(marker(at)).to_string(), filling, 1);
    }
    std::fs::write(file, document).unwrap();
    resources
}

/// What stands in the place of a list until the whole document is text.
pub(crate) fn marker(at: usize) -> String {
    format!("@@list {at}@@")
}

fn items(list: &Value) -> String {
    list.as_array().unwrap().iter().map(Value::to_string).collect::<Vec<_>>().join(",")
}

/// The list at `path`, made if it is not there.
pub(crate) fn list<'a>(plan: &'a mut Value, path: &str) -> &'a mut Vec<Value> {
    let (parent, name) = path.rsplit_once('/').unwrap();
    let place = &mut plan.pointer_mut(parent).unwrap()[name];
    if place.is_null() {
        *place = json!([]);
    }
    place.as_array_mut().unwrap()
}
