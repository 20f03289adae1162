//! `tests/twins.txt`: which case shows a policy firing, and which one that is as near as can be does not.

use std::collections::BTreeMap;
use std::path::Path;

/// One line of the list.
pub(crate) struct Twins {
    /// The case that fires the policy.
    pub(crate) fires: String,
    /// The case that does not.
    pub(crate) silent: String,
    /// What the second has, or does, that the first has not.
    pub(crate) difference: String,
}

/// The list, by policy.
pub(crate) fn twins() -> BTreeMap<String, Twins> {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/twins.txt")).unwrap();
    let mut twins = BTreeMap::new();
    for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
        let mut words = line.splitn(4, ' ').map(str::to_owned);
        let mut word = || words.next().unwrap_or_else(|| panic!("tests/twins.txt: `{line}` is not whole"));
        let (policy, fires, silent, difference) = (word(), word(), word(), word());
        let again = twins.insert(policy, Twins { fires, silent, difference });
        assert!(again.is_none(), "tests/twins.txt: `{line}` is about a policy that has a line already");
    }
    twins
}
