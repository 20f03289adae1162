//! Binary plans through the whole program: who shows them, where, and what is said when nobody can.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test may stop wherever what it stands on is missing")]

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command as Process, Stdio};

use assert_cmd::Command;
use predicates::prelude::*;
use predicates::str::{contains, is_empty};
use tempfile::TempDir;

/// The plan that the stand-ins print: it blocks.
const CASE: &str = "article-2-kms";

/// A folder with a binary plan in `stack`, and what is made beside it.
struct Stage {
    root: TempDir,
}

impl Stage {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("stack")).unwrap();
        fs::create_dir(root.path().join("bin")).unwrap();
        fs::write(root.path().join("stack/tfplan"), b"PK\x03\x04 nothing that anybody reads").unwrap();
        let plan = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(CASE).join("plan.json");
        fs::copy(plan, root.path().join("shown.json")).unwrap();
        Self { root }
    }

    fn at(&self, path: &str) -> PathBuf {
        self.root.path().join(path)
    }

    /// Puts a program there.
    fn program(&self, path: &str, script: &str) -> PathBuf {
        let (draft, program) = (self.at("draft"), self.at(path));
        fs::write(&draft, format!("#!/bin/sh\n{script}\n")).unwrap();
        // Copied, because a file that was just written may still be open in a program that another test is starting.
        assert!(Process::new("cp").args([&draft, &program]).status().unwrap().success());
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        program
    }

    /// One that shows the plan of the case and notes how it was called.
    fn shower(&self, path: &str) -> PathBuf {
        let shown = self.at("shown.json").display().to_string();
        let notes = self.at("notes").display().to_string();
        self.program(path, &format!("echo \"$(basename \"$0\") $*\" >> {notes}; env >> {notes}; cat {shown}"))
    }

    fn notes(&self) -> String {
        fs::read_to_string(self.at("notes")).unwrap_or_default()
    }

    /// The program under test, in the stage's root; `PATH` leads to the stand-ins and to what they need.
    fn oacguard(&self, arguments: &[&str]) -> Command {
        let mut command = Command::cargo_bin("oacguard").unwrap();
        command.env_clear().env("PATH", format!("{}:/usr/bin:/bin", self.at("bin").display()));
        command.current_dir(self.root.path()).args(arguments);
        command
    }
}

#[test]
fn every_command_that_reads_plans_takes_a_binary_one() {
    let stage = Stage::new();
    stage.shower("show-it");
    // Relative to where the command is given, though it runs where the plan is.
    let with = ["--terraform", "./show-it", "stack/tfplan"];
    let check = stage.oacguard(&["check"]).args(with).assert().code(1).stderr(is_empty());
    check.stdout(contains("error[oai-sse-kms]"));
    let json = stage.oacguard(&["check", "--format", "json"]).args(with).assert().code(1);
    let report: serde_json::Value = serde_json::from_slice(&json.get_output().stdout).unwrap();
    assert_eq!(report["plans"][0]["source"], "stack/tfplan");
    stage.oacguard(&["facts"]).args(with).assert().code(0).stdout(contains("oacguard.facts/v1"));
    let query = ["query", "$.format_version"];
    stage.oacguard(&query).args(with).assert().code(0).stdout("$['format_version']\tstring\n");
    assert_eq!(stage.notes().matches("show-it show -json tfplan\n").count(), 4, "{}", stage.notes());
}

#[test]
fn a_binary_plan_beside_others_is_one_of_them() {
    let stage = Stage::new();
    let shower = stage.shower("show-it").display().to_string();
    let both = ["check", "--separate", "--terraform", &shower, "shown.json", "stack/tfplan"];
    stage.oacguard(&both).assert().code(1).stdout(contains("checked 2 distributions"));
}

#[test]
fn terraform_comes_first_and_tofu_without_it() {
    let stage = Stage::new();
    stage.shower("bin/tofu");
    stage.oacguard(&["check", "stack/tfplan"]).assert().code(1);
    assert!(stage.notes().starts_with("tofu show -json tfplan\n"), "{}", stage.notes());
    fs::remove_file(stage.at("notes")).unwrap();
    stage.shower("bin/terraform");
    stage.oacguard(&["check", "stack/tfplan"]).assert().code(1);
    assert!(stage.notes().starts_with("terraform show -json tfplan\n"), "{}", stage.notes());
}

#[test]
fn without_either_there_is_no_verdict() {
    let stage = Stage::new();
    let told = contains("error[show-no-program] stack/tfplan").and(contains("no terraform and no tofu on PATH"));
    let told = told.and(contains("--terraform PATH"));
    stage.oacguard(&["check", "stack/tfplan"]).env("PATH", stage.at("bin")).assert().code(2).stdout(told);
    let named = contains("no program ./nowhere");
    stage.oacguard(&["check", "--terraform", "./nowhere", "stack/tfplan"]).assert().code(2).stdout(named);
}

#[test]
fn a_program_that_lies_beside_the_plan_is_not_run_for_it() {
    let stage = Stage::new();
    stage.shower("stack/terraform");
    // The second entry is relative, and would lead there from the directory of the plan.
    let path = format!("{}:.", stage.at("bin").display());
    stage.oacguard(&["check", "stack/tfplan"]).env("PATH", path).assert().code(2);
    assert_eq!(stage.notes(), "");
}

#[test]
fn the_environment_neither_adds_arguments_nor_logs() {
    let stage = Stage::new();
    stage.shower("bin/terraform");
    let mut check = stage.oacguard(&["check", "stack/tfplan"]);
    for name in ["TF_CLI_ARGS", "TF_CLI_ARGS_show", "TF_LOG", "TF_LOG_PROVIDER"] {
        check.env(name, "-lock=false");
    }
    check.env("TF_DATA_DIR", ".tf").env("TF_WORKSPACE", "prod").assert().code(1);
    let notes = stage.notes();
    assert!(!notes.contains("-lock=false"), "{notes}");
    for kept in ["TF_DATA_DIR=.tf", "TF_WORKSPACE=prod", "CHECKPOINT_DISABLE=1"] {
        assert!(notes.contains(kept), "{notes}");
    }
}

#[test]
fn only_a_file_that_is_named_is_shown() {
    let stage = Stage::new();
    stage.shower("bin/terraform");
    fs::copy(stage.at("stack/tfplan"), stage.at("stack/plan.json")).unwrap();
    let told = || contains("error[binary-plan]").and(contains("name the file itself"));
    stage.oacguard(&["check", "stack"]).assert().code(2).stdout(told());
    let bytes = fs::read(stage.at("stack/tfplan")).unwrap();
    stage.oacguard(&["check"]).write_stdin(bytes.clone()).assert().code(2).stdout(told());
    stage.oacguard(&["check", "/dev/stdin"]).write_stdin(bytes).assert().code(2).stdout(told());
    assert_eq!(stage.notes(), "");
    // Named, it is a binary plan whatever it is called.
    stage.oacguard(&["check", "stack/plan.json"]).assert().code(1);
}

#[test]
fn a_failure_is_no_verdict_and_says_what_the_program_said() {
    let stage = Stage::new();
    let shown = stage.at("shown.json").display().to_string();
    // What it printed before it failed is a whole plan, and is not judged.
    stage.program("bin/terraform", &format!("cat {shown}; echo '│ Error: Plan is stale' >&2; exit 1"));
    let told = contains("error[show-failed] stack/tfplan").and(contains("Error: Plan is stale"));
    stage.oacguard(&["check", "stack/tfplan"]).assert().code(2).stdout(told.and(contains("after `init`")));
    stage.oacguard(&["facts", "stack/tfplan"]).assert().code(2).stderr(contains("Error: Plan is stale"));
    stage.oacguard(&["query", "$", "stack/tfplan"]).assert().code(2).stderr(contains("Error: Plan is stale"));
}

#[test]
fn what_it_shows_is_read_like_any_other_input() {
    let stage = Stage::new();
    for (script, kind) in [
        ("", "empty"),
        ("printf '{\"format_version\": \"1.0\", \"values\": {}}'", "state"),
        ("echo Usage: terraform", "not-json"),
        ("printf 'PK\\003\\004'", "binary-plan"),
    ] {
        stage.program("bin/terraform", script);
        let told = contains(format!("error[{kind}] stack/tfplan"));
        stage.oacguard(&["check", "stack/tfplan"]).assert().code(2).stdout(told);
    }
    stage.shower("bin/terraform");
    let small = ["check", "--max-size", "1000", "stack/tfplan"];
    stage.oacguard(&small).assert().code(2).stdout(contains("error[too-large] stack/tfplan"));
}

#[test]
fn terraform_itself_shows_the_plan_it_made() {
    let Ok(terraform) = which::which("terraform") else {
        let _ = writeln!(std::io::stdout(), "skipped: there is no terraform on PATH");
        return;
    };
    let root = tempfile::tempdir().unwrap();
    let stack = root.path().join("stack");
    fs::create_dir(&stack).unwrap();
    // Built into Terraform, so that nothing has to be fetched.
    fs::write(stack.join("main.tf"), "resource \"terraform_data\" \"x\" {\n  input = \"y\"\n}\n").unwrap();
    let run = |arguments: &[&str]| {
        let mut command = Process::new(&terraform);
        command.args(arguments).current_dir(&stack).env("CHECKPOINT_DISABLE", "1").stdin(Stdio::null());
        let output = command.output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    };
    run(&["init", "-input=false"]);
    run(&["plan", "-input=false", "-out=tfplan"]);
    let oacguard = |arguments: &[&str]| {
        let mut command = Command::cargo_bin("oacguard").unwrap();
        command.current_dir(root.path()).env("TF_CLI_ARGS", "-no-such-option").args(arguments);
        command.assert()
    };
    oacguard(&["check", "stack/tfplan"]).code(0).stdout(contains("no CloudFront distribution"));
    let place = "$['resource_changes'][0]['change']['after']['input']\tstring\tterraform_data.x\n";
    oacguard(&["query", "$.resource_changes[*].change.after.input", "stack/tfplan"]).code(0).stdout(place);
    fs::write(stack.join("other.zip"), b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0").unwrap();
    let told = contains("error[show-failed] stack/other.zip").and(contains("Error: "));
    oacguard(&["check", "stack/other.zip"]).code(2).stdout(told);
}
