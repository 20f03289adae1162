//! `oacguard init`: what it writes, and what it lets be.

use std::fs;
use std::path::Path;

use assert_cmd::assert::Assert;
use assert_cmd::cargo::cargo_bin_cmd;
use clap::ValueEnum as _;
use oacguard::init::Host;
use predicates::prelude::*;
use predicates::str::{contains, is_empty};

fn init(directory: &Path, arguments: &[&str]) -> Assert {
    cargo_bin_cmd!("oacguard").arg("init").args(arguments).arg("--directory").arg(directory).assert()
}

fn name(host: Host) -> String {
    host.to_possible_value().unwrap().get_name().to_owned()
}

#[test]
fn the_files_are_written_once_and_over_only_by_force() {
    for host in Host::value_variants() {
        let folder = tempfile::tempdir().unwrap();
        let mut told = init(folder.path(), &[&name(*host)]).success().stderr(is_empty());
        for file in host.files() {
            told = told.stdout(contains(format!("wrote {}\n", file.path)));
            assert_eq!(fs::read_to_string(folder.path().join(file.path)).unwrap(), file.text());
        }
        for line in host.left_to_do() {
            told = told.stdout(contains(*line));
        }
        for file in host.files() {
            fs::write(folder.path().join(file.path), "mine\n").unwrap();
        }
        init(folder.path(), &[&name(*host)])
            .code(2)
            .stdout(is_empty())
            .stderr(contains("is there already; --force writes over it").and(contains("--print")));
        for file in host.files() {
            assert_eq!(fs::read_to_string(folder.path().join(file.path)).unwrap(), "mine\n");
        }
        init(folder.path(), &[&name(*host), "--force"]).success();
        for file in host.files() {
            assert_eq!(fs::read_to_string(folder.path().join(file.path)).unwrap(), file.text());
        }
    }
}

#[cfg(unix)]
#[test]
fn no_link_leads_out_of_the_directory() {
    let (folder, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    std::os::unix::fs::symlink(outside.path(), folder.path().join(".github")).unwrap();
    for arguments in [&["github"][..], &["github", "--force"]] {
        init(folder.path(), arguments).code(2).stdout(is_empty()).stderr(contains("is a link"));
    }
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
}

#[test]
fn all_files_are_written_or_none() {
    let folder = tempfile::tempdir().unwrap();
    let [first, second] = Host::Spacelift.files() else { panic!("Spacelift gets two files") };
    fs::create_dir(folder.path().join(".spacelift")).unwrap();
    fs::write(folder.path().join(second.path), "mine\n").unwrap();
    init(folder.path(), &["spacelift"]).code(2).stderr(contains(second.path));
    assert!(!folder.path().join(first.path).exists());
}

#[test]
fn a_directory_in_the_place_of_a_file_keeps_all_from_being_written() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join(".spacelift/oacguard.rego")).unwrap();
    init(folder.path(), &["spacelift", "--force"]).code(2).stdout(is_empty());
    assert!(!folder.path().join(".spacelift/config.yml").exists());
}

#[test]
fn what_is_printed_is_what_would_be_written_and_nothing_is() {
    for host in Host::value_variants() {
        let folder = tempfile::tempdir().unwrap();
        let mut told = init(folder.path(), &[&name(*host), "--print"]).success();
        for file in host.files() {
            told = told.stdout(contains(file.text()));
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "{host:?}");
    }
}

#[test]
fn the_host_is_guessed_from_the_only_signs() {
    let folder = tempfile::tempdir().unwrap();
    init(folder.path(), &[]).code(2).stderr(contains("no signs of a host").and(contains("gitlab, atlantis")));
    fs::write(folder.path().join(".gitlab-ci.yml"), "").unwrap();
    init(folder.path(), &[]).success().stdout(contains("wrote .gitlab/oacguard.gitlab-ci.yml"));
    fs::write(folder.path().join("terragrunt.hcl"), "").unwrap();
    init(folder.path(), &[]).code(2).stderr(contains("name one of gitlab, terragrunt"));
}

#[test]
fn a_directory_that_is_not_there_is_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing");
    init(&missing, &["github"]).code(2).stderr(contains("cannot write"));
    assert!(!missing.exists());
}

/// What is left to do names the file that was written.
#[test]
fn the_files_to_include_are_those_that_are_written() {
    for host in [Host::Gitlab, Host::Azure] {
        let path = host.files()[0].path;
        assert!(host.left_to_do().iter().any(|line| line.ends_with(path)), "{host:?}");
        assert!(host.files()[0].text().contains(path), "{path} does not say how it is included");
    }
}
