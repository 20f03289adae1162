//! Runs the program as a user does, in an environment that says nothing.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::time::Duration;

use assert_cmd::Command;
use assert_cmd::cargo::cargo_bin;
use serde_json::Value;

/// What a run left behind.
pub(crate) struct Outcome {
    pub(crate) exit: i32,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
}

impl Outcome {
    /// Standard output as JSON; `null` when it is none.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.stdout).unwrap_or_default()
    }

    /// Why the run cannot count as one that the program meant to end this way, if so.
    pub(crate) fn crash(&self) -> Option<String> {
        let meant = (0..=2).contains(&self.exit) && !self.stderr.contains("panicked");
        (!meant).then(|| format!("exit {}, standard error: {}", self.exit, self.stderr))
    }
}

/// Runs the program with `args`, and `stdin` as its standard input.
///
/// `OACGUARD_BIN` names another build of it than the one just made.
pub(crate) fn oacguard<S: AsRef<OsStr>>(args: &[S], stdin: &[u8]) -> Outcome {
    let program = std::env::var_os("OACGUARD_BIN").map_or_else(|| cargo_bin!("oacguard").to_owned(), PathBuf::from);
    let mut command = Command::new(program);
    command.env_clear().timeout(Duration::from_mins(2));
    // Without these, nothing starts on Windows.
    command.envs(["PATH", "SYSTEMROOT"].iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
    let output = command.args(args).write_stdin(stdin).output().expect("the program starts");
    Outcome {
        exit: output.status.code().unwrap_or(-1),
        stdout: output.stdout,
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
