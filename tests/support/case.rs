//! A case: a folder with a plan and with what must be reported of it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Map, Value};

/// One folder of testdata.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) plan: PathBuf,
    pub(crate) expect: Expect,
    /// Policies of a later release that the case waits for.
    pub(crate) pending: Vec<String>,
}

/// `expect.json`; testdata/README.md says what each member means.
#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expect {
    pub(crate) exit: i32,
    pub(crate) findings: Vec<Map<String, Value>>,
    pub(crate) exact: bool,
    #[serde(default)]
    pub(crate) quiet: Vec<Quiet>,
    #[serde(default)]
    pub(crate) secret: Vec<String>,
    pub(crate) error_contains: Option<String>,
    pub(crate) made: Option<String>,
    pub(crate) from: Option<String>,
}

/// A path, or a whole distribution, of which nothing above a note may be said.
#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub(crate) struct Quiet {
    pub(crate) distribution: String,
    pub(crate) origin: Option<String>,
}

/// The folder of cases that comes with the program.
pub(crate) fn testdata() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata")
}

/// Every case in `dir`, by name.
pub(crate) fn cases(dir: &Path) -> Vec<Case> {
    let mut pending = pending();
    let mut cases: Vec<Case> = folders(dir)
        .into_iter()
        .map(|folder| {
            let name = folder.file_name().unwrap().to_string_lossy().into_owned();
            let told = std::fs::read(folder.join("expect.json")).unwrap_or_else(|err| panic!("{name}: {err}"));
            let expect: Expect = serde_json::from_slice(&told).unwrap_or_else(|err| panic!("{name}: {err}"));
            assert_eq!(expect.made.is_some(), expect.made.as_deref() == Some("derived"), "{name}: made");
            assert!(expect.from.is_none() || expect.made.is_some(), "{name}: only a derived case is from another");
            let plan =
                ["plan.json", "plan.json.gz"].map(|file| folder.join(file)).into_iter().find(|file| file.exists());
            let plan = plan.unwrap_or_else(|| panic!("{name}: there is no plan.json"));
            let pending = pending.remove(&name).unwrap_or_default();
            Case { name, plan, expect, pending }
        })
        .collect();
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    if dir == testdata() {
        assert!(pending.is_empty(), "tests/pending.txt names cases that do not exist: {:?}", pending.keys());
    }
    cases
}

/// The folders in `dir`, but for the examples of policies, which are no cases.
fn folders(dir: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir).unwrap_or_else(|err| panic!("{}: {err}", dir.display()));
    entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir() && *path != testdata().join("policies"))
        .collect()
}

/// `tests/pending.txt`: which case waits for which policies.
fn pending() -> BTreeMap<String, Vec<String>> {
    let list = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pending.txt");
    let lines = std::fs::read_to_string(list).unwrap();
    let lines = lines.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let mut words = line.split_whitespace().map(str::to_owned);
            let name = words.next().unwrap();
            let policies: Vec<String> = words.collect();
            assert!(!policies.is_empty(), "tests/pending.txt: {name} waits for nothing");
            (name, policies)
        })
        .collect()
}
