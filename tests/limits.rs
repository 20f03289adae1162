//! Where something runs out: pipes, disks, memory, depth, and sense. There is a clear error then, never a wrong verdict, and
//! no half of a file.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]
#![cfg(unix)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use assert_cmd::cargo::cargo_bin;
use serde_json::{Value, json};

fn plan(case: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(case).join("plan.json")
}

/// Runs a line of shell, in which `$0` is the program and `$1` the plan.
fn shell(folder: &Path, line: &str, plan: &Path) -> Output {
    let mut command = Command::new("sh");
    command.current_dir(folder).arg("-c").arg(line).arg(cargo_bin!("oacguard")).arg(plan).env("RUST_BACKTRACE", "0");
    command.output().unwrap()
}

fn told(done: &Output) -> String {
    String::from_utf8_lossy(&done.stderr).into_owned()
}

/// Checks `document`; the exit status and the report. Ends the program if it takes too long.
fn check(document: &Value) -> (i32, Value) {
    let mut command = assert_cmd::Command::new(cargo_bin!("oacguard"));
    command.args(["check", "--format", "json"]).write_stdin(document.to_string()).timeout(Duration::from_mins(1));
    let done = command.output().unwrap();
    let status = done.status.code().unwrap_or_else(|| panic!("it did not end by itself: {}", told(&done)));
    (status, serde_json::from_slice(&done.stdout).unwrap_or_else(|_| panic!("{}", told(&done))))
}

fn of_case(case: &str) -> Value {
    serde_json::from_slice(&fs::read(plan(case)).unwrap()).unwrap()
}

#[test]
fn a_closed_pipe_keeps_the_status() {
    for (case, status) in [("article-2-kms", 1), ("article-3-oac", 0)] {
        for format in ["text", "json", "ndjson", "html"] {
            let mut child = Command::new(cargo_bin!("oacguard"))
                .args(["check", "--format", format])
                .arg(plan(case))
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            drop(child.stdout.take());
            let done = child.wait_with_output().unwrap();
            assert_eq!((done.status.code(), told(&done).as_str()), (Some(status), ""), "{case} {format}");
        }
    }
}

#[test]
fn what_cannot_be_written_is_no_verdict() {
    let folder = tempfile::tempdir().unwrap();
    let pass = plan("article-3-oac");
    for line in [
        "\"$0\" check --format json \"$1\" > /dev/full",
        "\"$0\" check -q --format json=/dev/full \"$1\"",
        "\"$0\" check -q --format json=/proc/report.json \"$1\"",
        "\"$0\" check -q --format json=none/report.json \"$1\"",
        "\"$0\" check -q --format json=. \"$1\"",
        // As on a disk that is full: no more than so many blocks, and no signal.
        "trap '' XFSZ; ulimit -f 1; \"$0\" check -q --format html=report.html \"$1\"",
    ] {
        let done = shell(folder.path(), line, &pass);
        assert_eq!(done.status.code(), Some(2), "{line}: {}", told(&done));
        assert!(told(&done).contains("cannot write"), "{line}: {}", told(&done));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "{line} leaves something behind");
    }
}

#[test]
fn a_report_that_was_there_is_whole_afterwards() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("report.html"), "of last time").unwrap();
    let line = "trap '' XFSZ; ulimit -f 1; \"$0\" check -q --format html=report.html \"$1\"";
    assert_eq!(shell(folder.path(), line, &plan("article-3-oac")).status.code(), Some(2));
    assert_eq!(fs::read_to_string(folder.path().join("report.html")).unwrap(), "of last time");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn what_cannot_be_read_is_no_verdict() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("plan.json")).unwrap();
    for (line, says) in [
        ("\"$0\" check /proc/self/mem", "cannot read"),
        ("\"$0\" check none.json", "cannot read"),
        ("\"$0\" check plan.json", "no plan in directory"),
        ("\"$0\" check - < /dev/null", "is empty"),
        ("\"$0\" check - <&-", ""),
        ("head -c 20000 \"$1\" | \"$0\" check -", "truncated"),
        ("(head -c 20000 \"$1\"; sleep 0.2; head -c 100 \"$1\") | \"$0\" check -", ""),
    ] {
        let done = shell(folder.path(), line, &plan("article-3-oac"));
        assert_eq!(done.status.code(), Some(2), "{line}: {}", told(&done));
        let said = format!("{}{}", told(&done), String::from_utf8_lossy(&done.stdout));
        assert!(said.contains(says), "{line}: {says} not in {said}");
    }
}

#[test]
fn a_plan_that_changes_while_it_is_read_is_no_verdict() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("plan.json");
    let whole = fs::read(plan("article-3-oac")).unwrap();
    // So large that it is still being read when it is written to.
    let blanks = vec![b' '; 64 * 1024 * 1024];
    let mut seen = false;
    for _ in 0..50 {
        fs::write(&file, [&whole[..], &blanks].concat()).unwrap();
        let mut child = Command::new(cargo_bin!("oacguard"))
            .args(["check", "-q"])
            .arg(&file)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut written = fs::OpenOptions::new().append(true).open(&file).unwrap();
        while child.try_wait().unwrap().is_none() {
            std::io::Write::write_all(&mut written, b" ").unwrap();
        }
        let done = child.wait_with_output().unwrap();
        match done.status.code() {
            // Read before the first write, or after the last.
            Some(0) => {}
            Some(2) => seen |= told(&done).contains("changed while it was read"),
            other => panic!("{other:?} {}", told(&done)),
        }
        if seen {
            return;
        }
    }
    panic!("it was never noticed");
}

#[test]
fn too_little_memory_is_no_verdict() {
    let folder = tempfile::tempdir().unwrap();
    let mut document = of_case("article-3-oac");
    let resource = json!({
        "address": "null_resource.x", "mode": "managed", "type": "null_resource", "name": "x",
        "change": {"actions": ["no-op"], "before": {"x": "y".repeat(100_000)}, "after": {"x": "y".repeat(100_000)}},
    });
    document["resource_changes"].as_array_mut().unwrap().extend(vec![resource; 1_000]);
    fs::write(folder.path().join("large.json"), document.to_string()).unwrap();
    for line in ["ulimit -v 150000; \"$0\" check large.json", "ulimit -v 150000; cat large.json | \"$0\" check -"] {
        let done = shell(folder.path(), line, Path::new("large.json"));
        // Where the last bytes are asked for, the program is ended before it can say more than that.
        let status = done.status.code().unwrap_or(134);
        let said = format!("{}{}", told(&done), String::from_utf8_lossy(&done.stdout));
        let clear = said.contains("memory") || said.contains("cannot read") || said.contains("unavailable");
        assert!([2, 134].contains(&status) && clear, "{line}: {status} {said}");
    }
}

#[test]
fn depth_changes_no_verdict() {
    let text = of_case("article-2-kms").to_string();
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let deep = format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
        // Where nobody looks, it does no harm; where somebody does, it is too deep.
        for (place, status) in [("\"resource_changes\":", 1), ("\"after\":{", 2), ("\"expressions\":{", 2)] {
            let (inside, rest) = if place.ends_with('{') { (place, "") } else { ("", place) };
            let text = text.replacen(place, &format!("{inside}\"x\":{deep},{rest}"), 1);
            let mut command = assert_cmd::Command::new(cargo_bin!("oacguard"));
            let done = command.args(["check"]).write_stdin(text).output().unwrap();
            assert!(
                [Some(1), Some(status)].contains(&done.status.code()),
                "{place}: {:?} {}",
                done.status,
                told(&done)
            );
        }
    }
}

#[test]
fn modules_may_be_as_deep_as_documents() {
    let mut document = of_case("article-2-kms");
    let root = document["configuration"]["root_module"].clone();
    let mut module = json!({});
    for depth in 0..25 {
        module = json!({"module_calls": {format!("m{depth}"): {"source": "./m", "module": module}}});
    }
    for (name, value) in root.as_object().unwrap() {
        if name == "module_calls" {
            module[name].as_object_mut().unwrap().extend(value.as_object().unwrap().clone());
        } else {
            module[name] = value.clone();
        }
    }
    document["configuration"]["root_module"] = module;
    let (status, report) = check(&document);
    assert_eq!((status, &report["findings"][0]["policy"]), (1, &json!("oai-sse-kms")));
}

#[test]
fn references_in_a_circle_come_to_an_end() {
    // A variable that is an output of the module that it is given to, and the other way round.
    let mut document = of_case("article-2-kms");
    let circle = json!({"references": ["module.a.out", "module.a"]});
    document["configuration"]["root_module"]["module_calls"]["a"] = json!({
        "source": "./a",
        "expressions": {"in": circle},
        "module": {
            "outputs": {"out": {"expression": {"references": ["var.in"]}}},
            "variables": {"in": {}},
        },
    });
    for resource in document["configuration"]["root_module"]["resources"].as_array_mut().unwrap() {
        for expression in resource["expressions"].as_object_mut().into_iter().flat_map(|all| all.values_mut()) {
            *expression = circle.clone();
        }
    }
    let (status, report) = check(&document);
    // What is known by value is still known; nothing is guessed from the circle.
    assert_eq!((status, report["verdict"].as_str()), (1, Some("block")), "{report}");
}

#[test]
fn policies_of_twenty_thousand_bytes_are_judged() {
    let mut document = of_case("article-3-oac");
    let filler = json!({
        "Sid": "Filler", "Effect": "Deny", "Principal": {"AWS": "arn:aws:iam::111122223333:role/nobody"},
        "Action": (0..100).map(|at| format!("s3:Put{at}*")).collect::<Vec<_>>(), "Resource": "arn:aws:s3:::other/*",
    });
    let mut changed = 0;
    for change in document["resource_changes"].as_array_mut().unwrap() {
        if change["type"] != "aws_s3_bucket_policy" {
            continue;
        }
        for world in ["before", "after"] {
            let Some(text) = change["change"][world]["policy"].as_str() else { continue };
            let mut policy: Value = serde_json::from_str(text).unwrap();
            policy["Statement"].as_array_mut().unwrap().extend(vec![filler.clone(); 20]);
            assert!(policy.to_string().len() > 20_000);
            change["change"][world]["policy"] = policy.to_string().into();
            changed += 1;
        }
    }
    let (status, report) = check(&document);
    assert_eq!((status, report["verdict"].as_str()), (0, Some("pass")), "{report}");
    assert!(changed > 0 || report["summary"]["unresolved"] != 0, "a policy was looked at");
}
