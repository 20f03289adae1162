//! Policies of the user's own give what conftest would give, over pairs of policies and plans.
//!
//! Each folder of tests/conftest/pairs is one behaviour: `policy/`, what else it needs, and `pair.json` with the flags, the
//! plans, and the answer. `differs` says why the answer is not conftest's, whose own is then under `conftest`. The program runs
//! in the pair's folder. tests/conftest/oracle.py tells the answers independently, over another engine.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may fail loudly, and so may what it is built of"
)]

#[path = "conftest/examples.rs"]
mod examples;
#[path = "conftest/expressions.rs"]
mod expressions;
#[path = "conftest/pair.rs"]
mod pair;

use std::process::Command;

use pair::{Answer, Pair, folder, pairs, run};
use serde_json::Value;

/// What the program calls its own policies among the results.
const BUNDLED: &str = "oacguard";

#[test]
fn in_the_place_of_conftest_the_answers_are_those_of_the_pairs() {
    let wrong = pairs().into_iter().filter_map(|pair| {
        let answer = as_conftest(&pair).unwrap_or_else(|problem| panic!("{}: {problem}", pair.name));
        let expected = pair.expect.normal();
        (answer.0.normal() != expected).then(|| {
            format!(
                "{} ({})\n  expected {expected}\n  got      {}\n  {}",
                pair.name,
                pair.about,
                answer.0.normal(),
                answer.1
            )
        })
    });
    report(&wrong.collect::<Vec<_>>());
}

#[test]
fn a_check_blocks_and_says_what_the_pairs_say() {
    // An empty folder is for hosts that insist on one.
    let wrong = pairs().into_iter().filter(|pair| pair.name != "policy-none").filter_map(|pair| {
        let expected = pair.as_checked();
        let (exit, said, told) = checked(&pair);
        (exit != expected.0 || said != expected.1).then(|| {
            format!(
                "{} ({})\n  expected {} {:?}\n  got      {exit} {said:?}\n  {told}",
                pair.name, pair.about, expected.0, expected.1
            )
        })
    });
    report(&wrong.collect::<Vec<_>>());
}

#[test]
fn each_pair_is_told_from_conftest_or_from_a_page() {
    let pairs = pairs();
    assert!(pairs.len() >= 150, "there are pairs");
    for pair in pairs {
        let name = &pair.name;
        assert!(pair.about.ends_with('.'), "{name}: `about` is a sentence");
        assert_eq!(pair.by.as_deref().is_some(), pair.page.is_some(), "{name}: a page goes with `by`");
        assert!(pair.by.as_deref().is_none_or(|by| by == "documentation"), "{name}: by");
        // The other way round, conftest may differ only in what it says of letters, which no engine at hand can tell.
        assert!(pair.conftest.is_none() || pair.differs.is_some(), "{name}: what conftest says goes with `differs`");
        let found = pair.expect.results.iter().any(|result| !result.failures.is_empty());
        assert!(
            pair.expect.exit == 2 || pair.expect.exit == 0 || found || pair.flags.contains(&"--fail-on-warn".into())
        );
    }
}

/// Needs a Python with the library of tests/conformance/requirements.txt, which the environment names as `OACGUARD_OPA_PYTHON`.
#[test]
#[ignore = "needs OACGUARD_OPA_PYTHON; .ci/run has it"]
fn the_engine_of_conftest_gives_the_answers_of_the_pairs() {
    let python = std::env::var_os("OACGUARD_OPA_PYTHON").expect("OACGUARD_OPA_PYTHON");
    let output = Command::new(python).arg(folder().join("oracle.py")).output().expect("Python starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn report(wrong: &[String]) {
    assert!(wrong.is_empty(), "{} pairs differ\n{}", wrong.len(), wrong.join("\n"));
}

/// What the program answers in conftest's place, without its own policies; and what it says beside that.
fn as_conftest(pair: &Pair) -> Result<(Answer, String), String> {
    let mut args = vec!["test".to_owned()];
    if !pair.flags.iter().any(|flag| flag == "-p") {
        args.extend(["-p", "policy"].map(str::to_owned));
    }
    args.extend(pair.flags.iter().cloned());
    args.extend(["-o", "json"].map(str::to_owned));
    args.extend(pair.inputs.iter().cloned());
    let outcome = run(&pair.folder, &args);
    // 2 is a failure under --fail-on-warn as well, and then there are results.
    let rows = match (outcome.exit, outcome.json()) {
        (_, Value::Array(rows)) => rows,
        (2, _) => Vec::new(),
        _ => return Err(format!("exit {} without results: {}", outcome.exit, outcome.stderr)),
    };
    let own = rows.into_iter().filter(|row| row["namespace"] != BUNDLED);
    Ok((Answer { exit: outcome.exit, results: own.map(|row| pair::Result::of_row(&row)).collect() }, outcome.stderr))
}

/// The exit status of `oacguard check` and the messages of the user's policies, with what else it said.
fn checked(pair: &Pair) -> (i32, Vec<String>, String) {
    let mut args = vec!["check".to_owned()];
    if !pair.flags.iter().any(|flag| flag == "-p") {
        args.extend(["--policy", "policy"].map(str::to_owned));
    }
    let has = |flag: &str| pair.flags.iter().any(|other| other == flag);
    let mut flags = pair.flags.iter();
    while let Some(flag) = flags.next() {
        match flag.as_str() {
            "-p" => args.push("--policy".to_owned()),
            "-n" => {
                let names = flags.next().into_iter().flat_map(|names| names.split(','));
                let names = names.filter(|_| !has("--all-namespaces"));
                args.extend(names.flat_map(|name| ["--namespace".to_owned(), name.to_owned()]));
            }
            "-d" => args.push("--data".to_owned()),
            "--fail-on-warn" if has("--no-fail") => {}
            "--fail-on-warn" => args.extend(["--fail-on", "warning"].map(str::to_owned)),
            "--no-fail" => args.extend(["--fail-on", "never"].map(str::to_owned)),
            other => args.push(other.to_owned()),
        }
    }
    args.extend(["--separate", "--format", "json"].map(str::to_owned).into_iter().filter(|arg| {
        // Plans that are combined are judged together.
        arg != "--separate" || !has("--combine")
    }));
    args.extend(pair.inputs.iter().cloned());
    let outcome = run(&pair.folder, &args);
    let findings = outcome.json()["findings"].as_array().cloned().unwrap_or_default();
    let own = findings.iter().filter(|finding| finding["policy"].as_str().unwrap_or_default().contains('.'));
    let mut said: Vec<String> = own.map(|finding| pair::one_line(finding["message"].as_str().unwrap())).collect();
    said.sort();
    (outcome.exit, if outcome.exit == 2 { Vec::new() } else { said }, outcome.stderr)
}
