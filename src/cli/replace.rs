//! Files that are written whole or not at all, also where what they hold comes piece by piece.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// A file that is being written. Until [`Replacement::finish`], whoever reads it sees what was there before; if that is never
/// called, for good.
pub(super) struct Replacement {
    file: File,
    beside: Option<Beside>,
}

/// A file beside the one that it is to replace.
struct Beside {
    path: PathBuf,
    target: PathBuf,
    present: Option<fs::Metadata>,
}

impl Replacement {
    /// Begins to write `file`.
    ///
    /// # Errors
    /// When it cannot be written; then it is as it was.
    pub(super) fn of(file: &Path) -> io::Result<Self> {
        if fs::metadata(file).is_ok_and(|present| !present.is_file() && !present.is_dir()) {
            // A device or a named pipe cannot be replaced, only written to; the one that a shell makes has no path to be found by.
            return Ok(Self { file: OpenOptions::new().write(true).open(file)?, beside: None });
        }
        // A link stays a link, and what it points to is replaced.
        let target = match fs::canonicalize(file) {
            Ok(target) => target,
            Err(error) if error.kind() == io::ErrorKind::NotFound && !file.is_symlink() => file.to_owned(),
            Err(error) => return Err(error),
        };
        let present = fs::metadata(&target).ok();
        let (path, file) = beside(&target)?;
        Ok(Self { file, beside: Some(Beside { path, target, present }) })
    }

    /// Writes what comes next.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)
    }

    /// Puts what was written in its place.
    ///
    /// # Errors
    /// When it cannot be put there; then what was there before still is.
    pub(super) fn finish(mut self) -> io::Result<()> {
        let Some(Beside { path, target, present }) = &self.beside else { return Ok(()) };
        if let Some(present) = present {
            self.file.set_permissions(present.permissions())?;
        }
        fs::rename(path, target)?;
        self.beside = None;
        Ok(())
    }
}

impl Drop for Replacement {
    fn drop(&mut self) {
        if let Some(Beside { path, .. }) = &self.beside {
            // The error that led here is the one to tell.
            let _ = fs::remove_file(path);
        }
    }
}

/// A new file in the directory of `target`, since a rename works only within one file system.
fn beside(target: &Path) -> io::Result<(PathBuf, File)> {
    let name = target.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    let mut attempt = 0_u8;
    loop {
        let mut temporary = OsString::from(".");
        temporary.push(name);
        temporary.push(format!(".{}-{attempt}.tmp", std::process::id()));
        let path = target.with_file_name(temporary);
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            // Left behind by a run that was killed.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && attempt < u8::MAX => attempt += 1,
            opened => return opened.map(|file| (path, file)),
        }
    }
}
