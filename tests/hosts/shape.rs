//! The shape of every file: as the host's schema says where it has one, and what no schema says.

use std::collections::BTreeSet;

use clap::ValueEnum as _;
use oacguard::init::Host;
use serde_json::{Value, json};

use super::yaml::{parse, read, root, text, texts, written};

fn problems(schema: &str, document: &Value) -> Vec<String> {
    let schema: Value = serde_json::from_str(&read(schema)).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    validator.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[test]
fn files_are_valid_by_the_schemas_of_their_hosts() {
    let files = [
        ("tests/schemas/github-actions.json", read("action.yml")),
        ("tests/schemas/github-workflows.json", written(Host::Github)),
        ("tests/schemas/gitlab-ci.json", written(Host::Gitlab)),
    ];
    for (schema, file) in files {
        let problems = problems(schema, &parse(&file));
        assert!(problems.is_empty(), "{schema}: {problems:#?}");
    }
}

/// The schemas are not so lax that anything passes.
#[test]
fn a_mistake_is_found_by_the_schemas() {
    let mut action = parse(&read("action.yml"));
    action["runs"]["steps"][0].as_object_mut().unwrap().remove("shell");
    assert!(!problems("tests/schemas/github-actions.json", &action).is_empty());
    let mut workflow = parse(&written(Host::Github));
    workflow["jobs"]["oacguard"]["permissions"]["contents"] = json!("everything");
    assert!(!problems("tests/schemas/github-workflows.json", &workflow).is_empty());
    let mut pipeline = parse(&written(Host::Gitlab));
    pipeline["oacguard"]["artifacts"]["when"] = json!("sometimes");
    assert!(!problems("tests/schemas/gitlab-ci.json", &pipeline).is_empty());
}

#[test]
fn every_yaml_file_can_be_read() {
    for host in Host::value_variants() {
        for file in host.files().iter().filter(|file| file.path.ends_with("yml") || file.path.ends_with("yaml")) {
            assert!(parse(&file.text()).is_object(), "{}", file.path);
        }
    }
}

/// Another's code that runs beside our secrets is named by a commit that somebody has looked at, never by a tag that moves.
#[test]
fn actions_are_pinned_to_commits() {
    for text in [read("action.yml"), written(Host::Github)] {
        let mut pinned = 0;
        // Comments that show how to use this action have no commit to name.
        for line in text.lines().filter(|line| line.contains("uses:") && !line.trim_start().starts_with('#')) {
            let (_, named) = line.split_once('@').unwrap_or_else(|| panic!("no commit: {line}"));
            let (commit, version) = named.split_once(" # v").unwrap_or_else(|| panic!("no version: {line}"));
            assert!(commit.len() == 40 && commit.chars().all(|c| c.is_ascii_hexdigit()), "{line}");
            assert!(version.split('.').count() == 3, "{line}");
            pinned += 1;
        }
        assert!(pinned >= 3);
    }
}

/// What a template puts into a script is code there, whoever has written it.
#[test]
fn no_expression_stands_in_a_script() {
    let action = parse(&read("action.yml"));
    let workflow = parse(&written(Host::Github));
    let azure = parse(&written(Host::Azure));
    let mut scripts = 0;
    for (document, steps, key) in
        [(&action, "/runs/steps", "run"), (&workflow, "/jobs/oacguard/steps", "run"), (&azure, "/steps", "bash")]
    {
        for step in document.pointer(steps).unwrap().as_array().unwrap() {
            let Some(script) = step[key].as_str() else { continue };
            assert!(!script.contains("${{"), "{script}");
            assert!(script.starts_with("set -euo pipefail\n"), "{script}");
            scripts += 1;
        }
    }
    assert_eq!(scripts, 4 + 4 + 2);
}

#[test]
fn the_workflow_may_do_no_more_than_it_does() {
    let workflow = parse(&written(Host::Github));
    assert_eq!(workflow["permissions"], json!({}));
    let granted = json!({"contents": "read", "actions": "read", "security-events": "write", "pull-requests": "write"});
    assert_eq!(workflow["jobs"]["oacguard"]["permissions"], granted);
    // Not `pull_request_target`, which would hand secrets to what a stranger wrote.
    assert_eq!(workflow["on"], json!({"pull_request": null}));
    assert_eq!(workflow["jobs"]["oacguard"]["steps"][0]["with"]["persist-credentials"], json!(false));
}

/// What shows the findings runs when they block; what decides is a step of its own and never forgiven.
#[test]
fn reports_are_shown_when_they_block() {
    for (document, steps) in
        [(parse(&read("action.yml")), "/runs/steps"), (parse(&written(Host::Github)), "/jobs/oacguard/steps")]
    {
        let steps = document.pointer(steps).unwrap().as_array().unwrap();
        let check = steps.iter().position(|step| step["id"] == "check").unwrap();
        assert!(steps[check].get("if").is_none() && steps[check].get("continue-on-error").is_none());
        assert_eq!(steps.len(), check + 3);
        for step in &steps[check + 1..] {
            assert!(text(step, "/if").contains("!cancelled()"), "{step}");
        }
        let comment = text(&steps[check + 2], "/if");
        assert!(comment.contains("head.repo.full_name == github.repository"), "a fork may not comment");
    }
    let gitlab = parse(&written(Host::Gitlab));
    assert_eq!(gitlab["oacguard"]["artifacts"]["when"], "always");
    assert!(gitlab["oacguard"].get("allow_failure").is_none());
    assert_eq!(parse(&written(Host::Azure))["steps"][2]["condition"], "succeededOrFailed()");
}

#[test]
fn what_the_action_promises_is_set_somewhere() {
    let action = parse(&read("action.yml"));
    let check = action["runs"]["steps"].as_array().unwrap().iter().find(|step| step["id"] == "check").unwrap();
    for (name, output) in action["outputs"].as_object().unwrap() {
        assert_eq!(text(output, "/value"), format!("${{{{ steps.check.outputs.{name} }}}}"));
        assert!(text(check, "/run").contains(&format!("echo \"{name}=")), "{name} is never set");
    }
    let whole = read("action.yml");
    for name in action["inputs"].as_object().unwrap().keys() {
        assert!(whole.contains(&format!("inputs.{name}")), "{name} is not used");
    }
}

#[test]
fn atlantis_is_told_whose_output_counts() {
    let server = parse(&written(Host::Atlantis));
    let repo = &server["repos"][0];
    assert_eq!((&repo["policy_check"], &repo["custom_policy_check"]), (&json!(true), &json!(true)));
    let steps = &server["workflows"][text(repo, "/workflow")]["policy_check"]["steps"];
    assert_eq!(steps[0], "show");
    assert!(steps[1]["run"].is_string() && steps.as_array().unwrap().len() == 2);
    // Outputs are matched with policy sets by their order: one output, one set.
    assert_eq!(server["policies"]["policy_sets"], json!([{"name": "oacguard", "path": ".", "source": "local"}]));
}

#[test]
fn the_hooks_for_pre_commit_are_one() {
    let hooks = parse(&read(".pre-commit-hooks.yaml"));
    let config = parse(&written(Host::PreCommit));
    let (ours, theirs) = (&hooks[0], &config["repos"][0]["hooks"][0]);
    for key in ["id", "name", "description", "entry", "args", "files", "require_serial"] {
        assert_eq!(ours[key], theirs[key], "{key}");
    }
    assert_eq!((&ours["language"], &theirs["language"]), (&json!("rust"), &json!("system")));
    let files = regex::Regex::new(text(ours, "/files")).unwrap();
    let plans = ["tfplan.json", "infra/tfplan.json", "prod.tfplan.json", "a/b.tfplan.json"];
    assert!(plans.iter().all(|name| files.is_match(name)));
    assert!(["mytfplan.json", "tfplan.json.md", "plan.json", "tfplan-json"].iter().all(|name| !files.is_match(name)));
}

/// The image is built of what is sent for it, from bases that have a version, and does not run as root.
#[test]
fn the_image_is_made_of_files_that_are_there() {
    let file = read("Dockerfile");
    let lines: Vec<&str> = file.lines().filter(|line| !line.starts_with('#')).collect();
    let bases: Vec<&str> = lines.iter().filter_map(|line| line.strip_prefix("FROM ")).collect();
    assert_eq!(bases.last(), Some(&"scratch"));
    assert!(bases[..bases.len() - 1].iter().all(|base| base.contains(':') && !base.contains(":latest")), "{bases:?}");
    assert!(lines.contains(&"USER 65532:65532"));
    let sent: BTreeSet<String> =
        read(".dockerignore").lines().filter_map(|line| line.strip_prefix('!').map(str::to_owned)).collect();
    let mut copied = BTreeSet::new();
    for line in lines.iter().filter_map(|line| line.strip_prefix("COPY ")).filter(|line| !line.starts_with("--")) {
        let names: Vec<&str> = line.split(' ').collect();
        copied.extend(names[..names.len() - 1].iter().map(|name| (*name).to_owned()));
    }
    assert_eq!(copied, sent);
    assert!(copied.iter().all(|name| root(name).exists()), "{copied:?}");
}

/// The Rust that builds the image is one that the package can be built with.
#[test]
fn the_images_have_a_rust_that_is_new_enough() {
    let manifest = read("Cargo.toml");
    let wanted = manifest.lines().find_map(|line| line.strip_prefix("rust-version = \"")?.strip_suffix('"')).unwrap();
    let gitlab = parse(&written(Host::Gitlab));
    assert_eq!(text(&gitlab, "/oacguard:install/image"), format!("rust:{wanted}-alpine"));
    assert!(read("Dockerfile").contains(&format!("FROM rust:{wanted}-alpine")));
}

#[test]
fn gitlab_keeps_nothing_but_reports_and_the_program() {
    let gitlab = parse(&written(Host::Gitlab));
    assert_eq!(texts(&gitlab, "/oacguard/artifacts/paths"), ["oacguard.md"]);
    assert_eq!(texts(&gitlab, "/oacguard:install/artifacts/paths"), [".oacguard/bin/oacguard"]);
}
