//! A machine of a host: folders of its own, programs that note how they were called, and nothing of the real environment.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use assert_cmd::cargo::cargo_bin;
use tempfile::TempDir;

use super::yaml::root;

/// A plan that blocks, one that passes, and one that cannot be read, with the exit status of each.
pub(crate) const CASES: [(&str, i32); 3] = [("article-2-kms", 1), ("article-3-oac", 0), ("bad-html", 2)];

/// What a run left behind.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// The machine.
pub(crate) struct Sandbox {
    folder: TempDir,
    environment: BTreeMap<String, String>,
}

impl Sandbox {
    /// With `oacguard` on its path, and a `cargo` that installs it.
    pub(crate) fn new() -> Self {
        let sandbox = Self { folder: tempfile::tempdir().unwrap(), environment: BTreeMap::new() };
        for folder in ["bin", "work", "temp", "home"] {
            fs::create_dir(sandbox.at(folder)).unwrap();
        }
        // The root module. What stands in it does not matter here, but that it is one.
        fs::copy(root("testdata").join(CASES[0].0).join("main.tf"), sandbox.at("work/main.tf")).unwrap();
        let program = std::env::var_os("OACGUARD_BIN").map_or_else(|| cargo_bin!("oacguard").to_owned(), PathBuf::from);
        symlink(&program, sandbox.at("bin/oacguard")).unwrap();
        sandbox.program(
            "cargo",
            "while [ $# -gt 0 ]; do case $1 in --root) to=$2; shift ;; esac; shift; done\n\
             mkdir -p \"$to/bin\"; ln -sf \"$(command -v oacguard)\" \"$to/bin/oacguard\"",
        );
        sandbox
    }

    /// A path on this machine.
    pub(crate) fn at(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// The same as text.
    pub(crate) fn path(&self, path: &str) -> String {
        self.at(path).display().to_string()
    }

    /// Writes a file.
    pub(crate) fn write(&self, path: &str, text: &str) {
        fs::write(self.at(path), text).unwrap();
    }

    /// Reads a file; one that is not there is empty.
    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.at(path)).unwrap_or_default()
    }

    /// The files in a folder, sorted.
    pub(crate) fn files(&self, path: &str) -> Vec<String> {
        let entries = fs::read_dir(self.at(path)).unwrap().flatten();
        let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    /// Puts a program on the path, which notes its arguments, a line a call, and then does what `script` says.
    pub(crate) fn program(&self, name: &str, script: &str) {
        let path = self.at("bin").join(name);
        let notes = self.path(&format!("{name}.notes"));
        fs::write(&path, format!("#!/bin/sh\nset -eu\nprintf '%s\\n' \"$*\" >>'{notes}'\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// How a program was called, a line a call.
    pub(crate) fn calls(&self, name: &str) -> String {
        self.read(&format!("{name}.notes"))
    }

    /// Puts a `terraform` on the path that plans and shows the plan of a case, or of nothing.
    pub(crate) fn terraform(&self, case: Option<&str>) {
        let plan = case.map(|case| plan(case).display().to_string());
        let show = plan.as_ref().map_or_else(|| "exit 1".to_owned(), |plan| format!("cat '{plan}'"));
        self.program(
            "terraform",
            &format!(
                "case $1 in -chdir=*) shift ;; esac\n\
                 case $1 in\n\
                 init) ;;\n\
                 plan) for word; do case $word in -out=*) echo binary >\"${{word#-out=}}\" ;; esac; done ;;\n\
                 show) for word; do :; done; test \"$word\" = spacelift.plan || test -s \"$word\"; {show} ;;\n\
                 *) exit 1 ;;\n\
                 esac"
            ),
        );
    }

    /// Sets a variable for what is run from here on.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.environment.insert(name.to_owned(), value.to_owned());
    }

    /// Runs `command` in the work folder.
    pub(crate) fn run(&self, command: &[&str]) -> Outcome {
        let system = std::env::var("PATH").unwrap_or_default();
        let output = Command::new(command[0])
            .args(&command[1..])
            .current_dir(self.at("work"))
            .env_clear()
            .env("PATH", format!("{}:{system}", self.path("bin")))
            .env("HOME", self.at("home"))
            .env("TMPDIR", self.at("temp"))
            .envs(&self.environment)
            .stdin(Stdio::null())
            .output()
            .expect("the program starts");
        Outcome {
            status: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// The plan of a case.
pub(crate) fn plan(case: &str) -> PathBuf {
    let folder = root("testdata").join(case);
    let file = fs::read_dir(&folder).unwrap().flatten().map(|entry| entry.path());
    let mut plans =
        file.filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("plan.")));
    plans.next().unwrap_or_else(|| panic!("no plan in {}", folder.display()))
}
