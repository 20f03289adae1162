//! Where reports go: `--format FORMAT[=FILE]`, and files that are written whole or not at all.

use std::error::Error;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::console::Console;
use super::replace::Replacement;
use crate::report::format::Format;
use clap::ValueEnum;

/// One `--format` of the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Delivery<F = Format> {
    /// What is written.
    pub(crate) format: F,
    /// Where to; standard output if there is none.
    pub(crate) file: Option<PathBuf>,
}

impl<F> Delivery<F> {
    /// To standard output.
    pub(crate) fn printed(format: F) -> Self {
        Self { format, file: None }
    }

    /// Brings `document` where it goes; `styled` says whether it has styles, which belong on a terminal only.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn bring(&self, document: &str, styled: bool, console: &Console) -> Result<(), Box<dyn Error>> {
        match &self.file {
            Some(file) if styled => write(file, anstream::adapter::strip_str(document).to_string())?,
            Some(file) => write(file, document)?,
            None => console.print(document).map_err(|error| format!("cannot write to standard output: {error}"))?,
        }
        if let Some(file) = &self.file {
            tracing::info!(file = %file.display(), "wrote the report");
        }
        Ok(())
    }
}

impl<F: ValueEnum> Delivery<F> {
    /// Reads `FORMAT` or `FORMAT=FILE`.
    ///
    /// # Errors
    /// In words, what is wrong with it.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let (name, file) = text.split_once('=').map_or((text, None), |(name, file)| (name, Some(file)));
        let format = F::from_str(name, false).map_err(|_| {
            let known = F::value_variants().iter().filter_map(F::to_possible_value);
            let known: Vec<String> = known.map(|value| value.get_name().to_owned()).collect();
            format!("there is no format `{name}`; the formats are {}", known.join(", "))
        })?;
        match file {
            Some("") => Err(format!("`{name}=` names no file; leave out the `=` to write to standard output")),
            Some("-" | "/dev/stdout" | "/dev/fd/1" | "/proc/self/fd/1") => {
                Err(format!("write `{name}` alone to write to standard output"))
            }
            Some("/dev/stderr" | "/dev/fd/2" | "/proc/self/fd/2") => {
                Err("reports go to standard output or to files, never to standard error".to_owned())
            }
            file => Ok(Self { format, file: file.map(PathBuf::from) }),
        }
    }
}

/// Where all that is `asked` for goes, files first, so that they are there even if standard output fails. What is `usual` is
/// printed unless something else is.
///
/// # Errors
/// Two that go to one place.
pub(crate) fn places<F: Clone>(asked: &[Delivery<F>], usual: Option<F>) -> Result<Vec<Delivery<F>>, &'static str> {
    let (mut all, mut printed): (Vec<Delivery<F>>, Vec<Delivery<F>>) =
        asked.iter().cloned().partition(|delivery| delivery.file.is_some());
    if printed.len() > 1 {
        return Err(
            "only one --format can go to standard output; give the others a file, as in --format json=report.json",
        );
    }
    for (at, delivery) in all.iter().enumerate() {
        let plain = |delivery: &Delivery<F>| {
            delivery.file.as_ref().map(|file| Path::new(".").join(file).components().collect::<PathBuf>())
        };
        if all.iter().skip(at + 1).any(|other| plain(other) == plain(delivery)) {
            return Err("two --format name the same file");
        }
    }
    if printed.is_empty() {
        printed.extend(usual.map(Delivery::printed));
    }
    all.append(&mut printed);
    Ok(all)
}

/// A file that could not be written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WriteError {
    /// By the word of the system.
    #[error("cannot write {}: {source}", file.display())]
    Refused { file: PathBuf, source: io::Error },
    /// Because it may lead anywhere.
    #[error("{} is a link; write to where it leads by that name", .0.display())]
    Link(PathBuf),
    /// Because something would be lost.
    #[error("{} is there already; --force writes over it", .0.display())]
    There(PathBuf),
}

/// Writes `text` to `file` so that whoever reads it sees all of it or what was there before.
///
/// # Errors
/// When it cannot be written; then `file` is as it was.
pub(crate) fn write(file: &Path, text: impl AsRef<[u8]>) -> Result<(), WriteError> {
    replace(file, text.as_ref()).map_err(|source| WriteError::Refused { file: file.to_owned(), source })
}

/// Writes `text` to `file`, which is not there yet.
///
/// # Errors
/// When it is, whatever it is; or when it cannot be written, and then it is not there.
pub(crate) fn create(file: &Path, text: impl AsRef<[u8]>) -> Result<(), WriteError> {
    let mut created =
        OpenOptions::new().write(true).create_new(true).open(file).map_err(|source| match source.kind() {
            io::ErrorKind::AlreadyExists => WriteError::There(file.to_owned()),
            _ => WriteError::Refused { file: file.to_owned(), source },
        })?;
    created.write_all(text.as_ref()).map_err(|source| {
        // The first error is the one to tell.
        let _ = fs::remove_file(file);
        WriteError::Refused { file: file.to_owned(), source }
    })
}

fn replace(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut replacement = Replacement::of(file)?;
    replacement.write(bytes)?;
    replacement.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_may_name_a_file() {
        assert_eq!(Delivery::parse("json"), Ok(Delivery::printed(Format::Json)));
        let file = Some(PathBuf::from("a=b.json"));
        assert_eq!(Delivery::parse("json=a=b.json"), Ok(Delivery { format: Format::Json, file }));
        for wrong in ["", "yaml", "json=", "json=-", "json=/dev/stdout", "json=/dev/stderr", "JSON"] {
            assert!(<Delivery>::parse(wrong).is_err(), "{wrong}");
        }
    }

    fn of(formats: &[&str], quiet: bool) -> Result<Vec<String>, &'static str> {
        let asked: Vec<Delivery> = formats.iter().map(|text| Delivery::parse(text).unwrap()).collect();
        let name = |delivery: Delivery| {
            let file = delivery.file.map(|file| format!("={}", file.display())).unwrap_or_default();
            format!("{:?}{file}", delivery.format).to_lowercase()
        };
        places(&asked, (!quiet).then_some(Format::Text)).map(|all| all.into_iter().map(name).collect())
    }

    #[test]
    fn text_is_printed_unless_something_else_is_or_quiet_is_asked() {
        assert_eq!(of(&[], false).unwrap(), ["text"]);
        assert_eq!(of(&[], true).unwrap(), Vec::<String>::new());
        assert_eq!(of(&["json"], false).unwrap(), ["json"]);
        assert_eq!(of(&["json=a"], false).unwrap(), ["json=a", "text"]);
        assert_eq!(of(&["json=a"], true).unwrap(), ["json=a"]);
        assert_eq!(of(&["text", "json=a"], true).unwrap(), ["json=a", "text"]);
    }

    #[test]
    fn no_two_reports_go_to_one_place() {
        assert!(of(&["json", "text"], false).is_err());
        assert!(of(&["json", "json"], false).is_err());
        assert!(of(&["json=a", "text=a"], false).is_err());
        assert!(of(&["json=a", "text=././a"], false).is_err());
        assert!(of(&["json=a", "text=b", "json"], false).is_ok());
    }

    #[test]
    fn a_file_is_replaced_and_nothing_else_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("report.json");
        fs::write(&file, "a longer text than the new one").unwrap();
        write(&file, "new").unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_cannot_be_written_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        assert!(write(&folder.path().join("none/report.json"), "x").is_err());
        assert!(write(folder.path(), "x").is_err());
        let parent = folder.path().parent().unwrap();
        let name = folder.path().file_name().unwrap().to_string_lossy().into_owned();
        let left = fs::read_dir(parent).unwrap().flatten().filter(|entry| {
            let entry = entry.file_name().to_string_lossy().into_owned();
            entry.contains(&name) && entry != name
        });
        assert_eq!(left.count(), 0);
    }

    #[cfg(unix)]
    #[test]
    fn links_and_devices_stay_what_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        fs::write(&file, "old").unwrap();
        std::os::unix::fs::symlink("file", &link).unwrap();
        write(&link, "new").unwrap();
        assert!(link.is_symlink());
        assert_eq!(fs::read_to_string(&file).unwrap(), "new");
        write(Path::new("/dev/null"), "x").unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }
}
