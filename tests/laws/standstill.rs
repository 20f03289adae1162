//! Plans that cannot break anything pass.

use serde_json::Value;

use super::{CASES, judge, plan_of};
use crate::worlds;

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
    let blocked = CASES.iter().filter_map(|name| {
        let plan = plan_of(name);
        let judgement = judge(edit(plan.clone()).to_string().as_bytes()).in_short();
        // What a partial plan leaves out stays, and may need what it destroys.
        let is_partial = || {
            let said = judge(plan.to_string().as_bytes()).findings;
            said.iter().any(|finding| finding["policy"] == "partial-plan")
        };
        (judgement.exit != 0 && !is_partial()).then(|| format!("{name}: {judgement:?}"))
    });
    let blocked: Vec<_> = blocked.collect();
    assert!(blocked.is_empty(), "{}", blocked.join("\n"));
}
