//! Where policies of the user's own lie: files and folders of Rego, read as conftest reads them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::OwnError;

/// The largest policy or data file that is read: more than any is, and little enough not to fill the memory.
const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// The Rego files in `paths`, which are files or folders, as (path, source) in the order of their paths and each once.
///
/// Tests lie among policies and are read with them, as conftest and OPA do: what does not compile there counts.
///
/// # Errors
/// A path that cannot be read, a source that is not UTF-8, or a path without any Rego file.
pub fn read(paths: &[PathBuf]) -> Result<Vec<(String, String)>, OwnError> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_file() && path.extension().is_some_and(|extension| extension == "json") {
            return Err(OwnError::NotRego { path: path.clone() });
        }
        let found = below(path, &["rego"])?;
        if found.is_empty() {
            return Err(OwnError::NoPolicies { path: path.clone() });
        }
        files.extend(found);
    }
    files.sort();
    // One file may be named in several ways.
    let mut seen = BTreeSet::new();
    files.retain(|file| seen.insert(fs::canonicalize(file).unwrap_or_else(|_| file.clone())));
    files.into_iter().map(|file| Ok((file.display().to_string(), text(&file)?))).collect()
}

/// The files at or below `path` whose names end in one of `extensions`, in either case; a file that is named itself may be
/// called anything.
///
/// # Errors
/// What cannot be read, links in a circle included.
pub(super) fn below(path: &Path, extensions: &[&str]) -> Result<Vec<PathBuf>, OwnError> {
    let mut files = Vec::new();
    for entry in WalkDir::new(path).follow_links(true).sort_by_file_name() {
        let entry = entry.map_err(|error| {
            let place = error.path().unwrap_or(path).to_owned();
            let message = error.io_error().map_or_else(|| "links lead in a circle".to_owned(), ToString::to_string);
            OwnError::Unreadable { path: place, message }
        })?;
        let named = entry.path().extension().and_then(|extension| extension.to_str());
        let is = |named: &str| extensions.iter().any(|extension| extension.eq_ignore_ascii_case(named));
        let wanted = entry.depth() == 0 || named.is_some_and(is);
        if !wanted || entry.file_type().is_dir() {
            continue;
        }
        if !entry.file_type().is_file() {
            // What is a pipe or a device today would be left out without a word.
            let message = "it is neither a file nor a folder, but a pipe, a device or the like".to_owned();
            return Err(OwnError::Unreadable { path: entry.into_path(), message });
        }
        files.push(entry.into_path());
    }
    Ok(files)
}

/// The text of a file, without the mark that some editors put at its head.
///
/// # Errors
/// A file that cannot be read, is too large, or is not UTF-8.
pub(super) fn text(file: &Path) -> Result<String, OwnError> {
    let unreadable = |message: String| OwnError::Unreadable { path: file.to_owned(), message };
    let length = fs::metadata(file).map_err(|error| unreadable(error.to_string()))?.len();
    if length > MAX_BYTES {
        return Err(unreadable(format!("it has {length} bytes, and no more than {MAX_BYTES} are read")));
    }
    let text = fs::read_to_string(file).map_err(|error| unreadable(error.to_string()))?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_searched_and_files_are_taken_by_name() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("b")).unwrap();
        for (name, text) in [("b/two.rego", "\u{feff}package b"), ("one.rego", "package a"), ("notes.md", "#")] {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let files = read(&[folder.path().to_owned(), folder.path().join("one.rego")]).unwrap();
        let sources: Vec<&str> = files.iter().map(|(_, source)| source.as_str()).collect();
        assert_eq!(sources, ["package b", "package a"]);
    }

    #[test]
    fn nothing_to_evaluate_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(read(&[folder.path().to_owned()]), Err(OwnError::NoPolicies { .. })));
        assert!(matches!(read(&[folder.path().join("none")]), Err(OwnError::Unreadable { .. })));
        fs::write(folder.path().join("bad.rego"), b"\xff\xfe").unwrap();
        assert!(matches!(read(&[folder.path().to_owned()]), Err(OwnError::Unreadable { .. })));
    }
}
