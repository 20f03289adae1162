//! Other people's plans: none may make the program crash, and one that it refuses is refused with a reason.
//!
//! `OACGUARD_CORPUS` names the directory; without it there is nothing to do.

#![allow(clippy::expect_used, clippy::panic, reason = "a test may fail loudly, and so may what it is built of")]

#[path = "support/program.rs"]
mod program;

use std::io::Write as _;
use std::path::{Path, PathBuf};

use program::oacguard;

#[test]
fn every_document_is_judged_or_refused_with_a_reason() {
    let mut out = std::io::stdout().lock();
    let Some(dir) = std::env::var_os("OACGUARD_CORPUS") else {
        let _ = writeln!(out, "OACGUARD_CORPUS is not set: no corpus was read");
        return;
    };
    let files = files(Path::new(&dir));
    assert!(!files.is_empty(), "there are no documents in {}", Path::new(&dir).display());
    let mut problems = Vec::new();
    let mut exits = [0_usize; 3];
    for file in &files {
        let run = oacguard(&[Path::new("check"), file, Path::new("--format"), Path::new("json")], b"");
        if let Some(crash) = run.crash() {
            problems.push(format!("{}: {crash}", file.display()));
            continue;
        }
        if let Some(count) = usize::try_from(run.exit).ok().and_then(|exit| exits.get_mut(exit)) {
            *count += 1;
        }
        let reason = run.json().pointer("/errors/0/message").and_then(|text| text.as_str()).map(str::to_owned);
        if run.exit == 2 && reason.is_none_or(|text| text.is_empty()) {
            problems.push(format!("{}: exit 2 without a reason", file.display()));
        }
    }
    let [passed, blocked, refused] = exits;
    let _ = writeln!(out, "{} documents: {passed} passed, {blocked} blocked, {refused} refused", files.len());
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// Every document below `dir`, sorted.
fn files(dir: &Path) -> Vec<PathBuf> {
    let entries =
        walkdir::WalkDir::new(dir).sort_by_file_name().into_iter().map(|entry| entry.expect("it can be read"));
    let files = entries.filter(|entry| entry.file_type().is_file()).map(walkdir::DirEntry::into_path);
    files.filter(|path| path.extension().is_none_or(|ext| ext != "md")).collect()
}
