//! `oacguard policies export`: what it writes, and what it lets be.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test may fail loudly")]

use std::fs;
use std::path::Path;

use assert_cmd::assert::Assert;
use assert_cmd::cargo::cargo_bin_cmd;
use oacguard::rego::{export, policies_hash};
use predicates::prelude::*;
use predicates::str::{contains, is_empty};
use walkdir::WalkDir;

fn run(folder: &Path, arguments: &[&str]) -> Assert {
    cargo_bin_cmd!("oacguard").current_dir(folder).args(["policies", "export"]).args(arguments).assert()
}

#[test]
fn a_bundle_is_written_and_written_over_only_by_force() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bundle.tar.gz");
    let told = contains("policies to bundle.tar.gz").and(contains(policies_hash()));
    run(folder.path(), &["--bundle", "bundle.tar.gz"]).code(0).stdout(is_empty()).stderr(told);
    let bundle = fs::read(&file).unwrap();
    assert_eq!(bundle, export::bundle().unwrap());
    run(folder.path(), &["--bundle", "bundle.tar.gz", "-q"]).code(0).stdout(is_empty()).stderr(is_empty());
    fs::write(&file, "mine").unwrap();
    let refused = contains("bundle.tar.gz is there already; --force writes over it");
    run(folder.path(), &["--bundle", "bundle.tar.gz"]).code(2).stdout(is_empty()).stderr(refused);
    assert_eq!(fs::read(&file).unwrap(), b"mine");
    run(folder.path(), &["--bundle", "bundle.tar.gz", "--force"]).code(0);
    assert_eq!(fs::read(&file).unwrap(), bundle);
    run(folder.path(), &["--bundle", "no/such/folder.tar.gz"]).code(2).stderr(contains("cannot write"));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left");
}

#[cfg(unix)]
#[test]
fn a_bundle_may_go_to_standard_output() {
    let folder = tempfile::tempdir().unwrap();
    let written = run(folder.path(), &["--bundle", "/dev/stdout"]).code(0);
    assert_eq!(written.get_output().stdout, export::bundle().unwrap());
}

/// The Rego files below `folder`, with `/` between the parts of their paths.
fn files(folder: &Path) -> Vec<(String, String)> {
    let entries = WalkDir::new(folder).sort_by_file_name().into_iter().map(Result::unwrap);
    let entries = entries.filter(|entry| entry.file_type().is_file());
    let mut files: Vec<(String, String)> = entries
        .map(|entry| {
            let path = entry.path().strip_prefix(folder).unwrap().to_str().unwrap().replace('\\', "/");
            (path, fs::read_to_string(entry.path()).unwrap())
        })
        .collect();
    files.sort();
    files
}

#[test]
fn a_directory_gets_the_files_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let rego = folder.path().join("rego");
    run(folder.path(), &["--dir", "rego"]).code(0).stdout(is_empty()).stderr(contains("policies to rego"));
    let expected: Vec<(String, String)> =
        export::files().map(|(path, source)| (path.to_owned(), source.to_owned())).collect();
    assert_eq!(files(&rego), expected);
    assert!(expected.iter().any(|(path, _)| path == "lib/paths.rego"));

    // What is there and is the same is no obstacle, and what is missing is written.
    let (lost, changed) = (rego.join("lib/paths.rego"), rego.join("plan/unresolved.rego"));
    fs::remove_file(&lost).unwrap();
    run(folder.path(), &["--dir", "rego"]).code(0);
    assert_eq!(files(&rego), expected);

    // What differs keeps all from being written.
    fs::remove_file(&lost).unwrap();
    fs::write(&changed, "package mine\n").unwrap();
    run(folder.path(), &["--dir", "rego"]).code(2).stderr(contains("unresolved.rego is there already"));
    assert_eq!(fs::read_to_string(&changed).unwrap(), "package mine\n");
    assert!(!lost.exists());
    run(folder.path(), &["--dir", "rego", "--force"]).code(0);
    assert_eq!(files(&rego), expected);

    // A policy of another version would judge as well.
    fs::write(rego.join("plan/gone.rego"), "package oacguard.gone\n").unwrap();
    run(folder.path(), &["--dir", "rego"]).code(0).stderr(contains("other Rego files").and(contains("gone.rego")));
    run(folder.path(), &["--dir", "no/such"]).code(2).stderr(contains("cannot write"));
}

#[cfg(unix)]
#[test]
fn no_link_leads_out_of_the_directory() {
    let (folder, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    std::os::unix::fs::symlink(outside.path(), folder.path().join("lib")).unwrap();
    for arguments in [&["--dir", "."][..], &["--dir", ".", "--force"]] {
        run(folder.path(), arguments).code(2).stdout(is_empty()).stderr(contains("is a link"));
    }
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn one_place_is_named() {
    let folder = tempfile::tempdir().unwrap();
    for wrong in [&[][..], &["--force"], &["--bundle", "a", "--dir", "b"], &["--bundle"]] {
        run(folder.path(), wrong).code(2).stdout(is_empty()).stderr(contains("Usage").or(contains("--help")));
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}
