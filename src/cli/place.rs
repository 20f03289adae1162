//! Files below one directory: all are written, or none where one is in the way.

use std::fs;
use std::path::{Path, PathBuf};

use super::deliver::{self, WriteError};

/// A file to write: where, below the directory, with `/` on every platform, and what stands in it.
pub(crate) type Placed<'a> = (&'a str, String);

/// What becomes of a file that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Present {
    /// Nothing is written.
    Refused,
    /// Nothing is written, unless it is the same.
    RefusedIfOther,
    /// It is written over.
    Replaced,
}

/// Writes `files` below `directory`, which is not made: a mistyped one would take them away.
///
/// # Errors
/// The first file that is in the way, that a link would take out of the directory, or that cannot be written.
pub(crate) fn write(directory: &Path, files: &[Placed<'_>], present: Present) -> Result<(), WriteError> {
    let mut missing = Vec::new();
    for (path, text) in files {
        let place = inside(directory, path)?;
        let there = place.symlink_metadata().is_ok();
        let same = || fs::read(&place).is_ok_and(|found| found == text.as_bytes());
        match present {
            Present::RefusedIfOther if there && same() => {}
            Present::Refused | Present::RefusedIfOther if there => return Err(WriteError::There(place)),
            _ => missing.push((place, text)),
        }
    }
    for (place, text) in missing {
        if let Some(below) = place.parent().filter(|_| directory.is_dir()) {
            fs::create_dir_all(below).map_err(|source| WriteError::Refused { file: place.clone(), source })?;
        }
        if present == Present::Replaced { deliver::write(&place, text) } else { deliver::create(&place, text) }?;
    }
    Ok(())
}

/// Where a file lies; refuses one that a link would take out of the directory, or that is a directory itself.
fn inside(directory: &Path, file: &str) -> Result<PathBuf, WriteError> {
    let mut path = directory.to_owned();
    for part in Path::new(file) {
        path.push(part);
        if path.is_symlink() {
            return Err(WriteError::Link(path));
        }
    }
    if path.is_dir() { Err(WriteError::There(path)) } else { Ok(path) }
}
