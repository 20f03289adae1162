//! In which module something lies, and what tells its instances apart, changes no more than its address.

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::Value;

use super::doubt::{silenced, told};
use super::{judge, plan_of, settings, some_plan};
use crate::addresses::addresses;
use crate::relocate::{is_of, movable, moved, wrapped};
use crate::repeat::Instances;

/// What findings name by address.
const NAMED: [&str; 4] = ["distribution", "bucket", "key", "subject"];

/// Keys that instances get: plain, like a number, and with all that has a meaning in an address.
const KEYS: [&str; 4] = ["k#", "#", "a.b-#", "a\"]#.b[0]"];

proptest! {
    #![proptest_config(settings(40))]

    #[test]
    fn a_module_around_everything_means_nothing(name in some_plan()) {
        let plan = plan_of(name);
        let known = addresses(&plan);
        let expected = judge(plan.to_string().as_bytes()).renamed(&NAMED, |address| {
            if known.iter().any(|one| one == address) { format!("module.wrapped.{address}") } else { address.to_owned() }
        });
        prop_assert_eq!(judge(wrapped(plan).to_string().as_bytes()).in_short().sorted(), expected.in_short().sorted(), "{}", name);
    }

    #[test]
    fn a_module_around_one_resource_means_nothing(name in some_plan(), pick in any::<Index>()) {
        let plan = plan_of(name);
        let movable = movable(&plan);
        prop_assume!(!movable.is_empty());
        let resource = pick.get(&movable);
        let rename = |address: &str| {
            if is_of(address, resource) { format!("module.moved.{address}") } else { address.to_owned() }
        };
        let moved = moved(plan.clone(), resource);
        if is_repeated(&plan, resource) {
            // Through a variable or an output, a key may be another one: what cannot be told is said.
            let silent = silenced(&told(&plan).renamed(&NAMED, rename), &moved);
            prop_assert!(silent.is_empty(), "{} with {} moved is silent of {:#?}", name, resource, silent);
            return Ok(());
        }
        let expected = judge(plan.to_string().as_bytes()).renamed(&NAMED, rename);
        // An origin whose id is not known is called as it is written, which is otherwise once something has moved.
        let [found, expected] = [judge(moved.to_string().as_bytes()), expected].map(|one| one.renamed(&["origin"], |origin| {
            if origin.contains('.') { "as it is written".to_owned() } else { origin.to_owned() }
        }));
        prop_assert_eq!(found.in_short().sorted(), expected.in_short().sorted(), "{} with {} moved", name, resource);
    }

    #[test]
    fn keys_are_as_good_as_numbers(at in any::<Index>(), key in prop::sample::select(&KEYS[..])) {
        let (name, plan) = at.get(&REPEATED);
        let keyed = Instances::Keyed(key);
        let expected = judge(plan.to_string().as_bytes()).renamed(&ALL, |address| keyed.address(address));
        let found = judge(keyed.plan(plan).to_string().as_bytes());
        prop_assert_eq!(found.in_short().sorted(), expected.in_short().sorted(), "{}", name);
    }

    #[test]
    fn numbers_are_as_good_as_keys(at in any::<Index>()) {
        let (name, plan) = at.get(&REPEATED);
        // What stands under a key in a map has no counterpart among numbers.
        prop_assume!(!plan["configuration"].to_string().contains("\"each.value"));
        let numbered = Instances::numbered(plan);
        let expected = judge(plan.to_string().as_bytes()).renamed(&ALL, |address| numbered.address(address));
        let found = judge(numbered.plan(plan).to_string().as_bytes());
        prop_assert_eq!(found.in_short().sorted(), expected.in_short().sorted(), "{}", name);
    }
}

const ALL: [&str; 5] = ["distribution", "origin", "bucket", "key", "subject"];

fn is_repeated(plan: &Value, resource: &str) -> bool {
    addresses(plan).iter().any(|address| address.strip_prefix(resource).is_some_and(|rest| rest.starts_with('[')))
}

/// The plans in which something is repeated.
static REPEATED: std::sync::LazyLock<Vec<(&str, Value)>> = std::sync::LazyLock::new(|| {
    let has_index = |name: &&String| String::from_utf8_lossy(&super::bytes_of(name)).contains("\"index\":");
    super::CASES.iter().filter(has_index).map(|name| (name.as_str(), plan_of(name))).collect()
});
