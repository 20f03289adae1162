//! Where plans come from: files, directories and standard input.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tracing::debug_span;
use tracing::field::Empty;
use walkdir::WalkDir;

use super::binary::{Show, is_binary_plan, show};
use super::error::PlanError;
use super::pieces;
use crate::judge::fingerprint;
use crate::report::plain;
use crate::step::{Nth, Step, Watch};

/// An input as the user named it, and what was read.
#[derive(Debug)]
pub struct Source {
    /// The file as given or found; `-` is standard input.
    pub name: String,
    /// Its bytes, or why there are none.
    pub bytes: Result<Vec<u8>, PlanError>,
}

impl Source {
    /// Tells in the log what was read.
    pub(crate) fn tell(&self) {
        if let Ok(bytes) = &self.bytes {
            tracing::info!(plan = %plain::line(&self.name), bytes = bytes.len(), "read");
        }
    }
}

/// A share of the plans that were named, and what it takes to tell that others are of the same whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Partition {
    /// Which share, counted from 1.
    pub share: usize,
    /// How many there are.
    pub of: usize,
    /// A hash of the names of all plans that were divided, in their order.
    pub plans: String,
    /// A hash of all that decides on how they are judged.
    pub settings: String,
}

impl Partition {
    /// The `share`-th of so many.
    pub fn new(share: usize, of: usize) -> Self {
        Self { share, of, plans: String::new(), settings: String::new() }
    }
}

/// Reads every input that `arguments` name: files, directories (searched for plans), `-` or nothing for standard input.
///
/// A binary plan that is named is shown by Terraform, and by no other way reached: a search must not start programs, and
/// standard input has no directory to show it in.
///
/// An input that cannot be read is part of the answer, so that the others are still judged. `watch` is told of each. Of a
/// partition, only one share is read, which learns of the whole.
#[must_use]
pub fn gather(
    arguments: &[String],
    max_size: u64,
    how: &Show,
    partition: Option<&mut Partition>,
    watch: &Watch<'_>,
) -> Vec<Source> {
    read(inputs(arguments, partition), max_size, how, watch)
}

/// Reads `inputs`, and tells `watch` of each.
#[must_use]
pub fn read(inputs: Vec<Input>, max_size: u64, how: &Show, watch: &Watch<'_>) -> Vec<Source> {
    let of = inputs.len();
    let read = |(at, input): (usize, Input)| {
        watch(Step::Read(Nth { plan: &input.name, at, of }));
        input.read(max_size, how)
    };
    inputs.into_iter().enumerate().map(read).collect()
}

/// Something to read.
#[derive(Debug)]
pub struct Input {
    /// What it is called in reports.
    pub name: String,
    from: From,
}

/// Where an input is.
#[derive(Debug)]
enum From {
    Stdin,
    /// In a file that the user names.
    Named,
    /// In a file that was found in a directory.
    Found(PathBuf),
    /// Nowhere, and why.
    Nowhere(PlanError),
}

impl Input {
    /// How many bytes there are to read. Nothing of what is no file, such as a pipe: that may have to be waited for.
    #[must_use]
    pub fn size(&self) -> Option<u64> {
        let path = match &self.from {
            From::Stdin => return None,
            From::Named => Path::new(&self.name),
            From::Found(path) => path,
            From::Nowhere(_) => return Some(0),
        };
        match fs::metadata(path) {
            Ok(found) => found.is_file().then_some(found.len()),
            // The reading says so, and takes no time for it.
            Err(_) => Some(0),
        }
    }

    /// Reads it.
    #[must_use]
    pub fn read(self, max_size: u64, how: &Show) -> Source {
        let Self { name, from } = self;
        let span = debug_span!("read plan", plan = name, bytes = Empty).entered();
        let bytes = match from {
            From::Stdin => read_limited(io::stdin().lock(), "-", 0, max_size),
            From::Named => read_named(Path::new(&name), max_size, how),
            From::Found(path) => read_file(&path, &name, max_size),
            From::Nowhere(error) => Err(error),
        };
        if let Ok(bytes) = &bytes {
            span.record("bytes", bytes.len());
        }
        Source { name, bytes }
    }
}

/// What `arguments` name, not yet read; of a partition only one share, which learns of the whole: the plans are dealt out to
/// shares like cards.
#[must_use]
pub fn inputs(arguments: &[String], partition: Option<&mut Partition>) -> Vec<Input> {
    let all = named(arguments);
    let Some(partition) = partition else { return all };
    partition.plans = fingerprint(all.iter().map(|input| Some(input.name.as_str())));
    all.into_iter().skip(partition.share.saturating_sub(1)).step_by(partition.of.max(1)).collect()
}

/// What `arguments` name.
fn named(arguments: &[String]) -> Vec<Input> {
    let standard_input = ["-".to_owned()];
    let arguments = if arguments.is_empty() { &standard_input } else { arguments };
    let mut seen_stdin = false;
    let mut inputs = Vec::new();
    for argument in arguments {
        if argument == "-" {
            let from = if seen_stdin { From::Nowhere(PlanError::StdinTwice) } else { From::Stdin };
            seen_stdin = true;
            inputs.push(Input { name: argument.clone(), from });
        } else if Path::new(argument).is_dir() {
            inputs.extend(inputs_in(argument));
        } else {
            inputs.push(Input { name: argument.clone(), from: From::Named });
        }
    }
    inputs
}

fn inputs_in(directory: &str) -> Vec<Input> {
    let mut found = BTreeSet::new();
    let mut failed = Vec::new();
    let nowhere = |name: String, error| Input { name, from: From::Nowhere(error) };
    // Links are followed because plans are often linked into place; walkdir reports a loop, which leads nowhere new.
    let entries = WalkDir::new(directory)
        .follow_links(true)
        .into_iter()
        .filter_entry(|entry| entry.depth() == 0 || entry.file_name() != ".terraform");
    for entry in entries {
        match entry {
            Ok(entry) if entry.file_type().is_file() && is_plan_name(entry.path()) => {
                found.insert(entry.into_path());
            }
            Ok(_) => {}
            Err(error) if error.loop_ancestor().is_some() => {}
            // A link to nowhere matters only if it bears the name of a plan.
            Err(error) if error.path().is_some_and(|path| path.is_symlink() && !is_plan_name(path)) => {}
            Err(error) => {
                let name = error.path().map_or_else(|| directory.to_owned(), |path| path.display().to_string());
                failed.push(nowhere(name.clone(), PlanError::Unreadable { name, source: error.into() }));
            }
        }
    }
    if found.is_empty() && failed.is_empty() {
        return vec![nowhere(directory.to_owned(), PlanError::EmptyDirectory(directory.to_owned()))];
    }
    let at = |path: PathBuf| Input { name: path.display().to_string(), from: From::Found(path) };
    found.into_iter().map(at).chain(failed).collect()
}

fn is_plan_name(path: &Path) -> bool {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return false };
    let name = name.strip_suffix(".gz").unwrap_or(name);
    matches!(name, "plan.json" | "tfplan.json") || name.ends_with(".plan.json") || name.ends_with(".tfplan.json")
}

/// A file that the user names: the document in it, or what Terraform shows of it.
fn read_named(path: &Path, max_size: u64, how: &Show) -> Result<Vec<u8>, PlanError> {
    let bytes = read_file(path, &path.display().to_string(), max_size)?;
    // A pipe was emptied by the look at it, and the directory that it seems to be in is none of Terraform's.
    if is_binary_plan(&bytes) && path.is_file() { Ok(show(path, max_size, how)?) } else { Ok(bytes) }
}

fn read_file(path: &Path, name: &str, max_size: u64) -> Result<Vec<u8>, PlanError> {
    let unreadable = |source| PlanError::Unreadable { name: name.to_owned(), source };
    let size = fs::metadata(path).map_err(unreadable)?.len();
    if size > max_size {
        return Err(PlanError::TooLarge(max_size));
    }
    let file = File::open(path).map_err(unreadable)?;
    let before = state(&file);
    let in_pieces = before.filter(|(size, _)| *size <= max_size).and_then(|(size, _)| pieces::read(&file, size));
    let bytes = match in_pieces {
        Some(bytes) => bytes,
        None => read_limited(&file, name, size, max_size)?,
    };
    if state(&file) == before { Ok(bytes) } else { Err(PlanError::Changed) }
}

/// What changes when a file is written to; nothing of what is no file, such as a pipe.
fn state(file: &File) -> Option<(u64, SystemTime)> {
    let metadata = file.metadata().ok().filter(fs::Metadata::is_file)?;
    Some((metadata.len(), metadata.modified().ok()?))
}

fn read_limited(reader: impl Read, name: &str, size: u64, max_size: u64) -> Result<Vec<u8>, PlanError> {
    let mut bytes = Vec::new();
    // A size that there is no memory for is a matter of the reading itself. One byte more, to see the end without growing.
    let _ = bytes.try_reserve_exact(usize::try_from(size).unwrap_or(0).saturating_add(1));
    reader
        .take(max_size.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|source| PlanError::Unreadable { name: name.to_owned(), source })?;
    if bytes.len() as u64 > max_size {
        return Err(PlanError::TooLarge(max_size));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::step::unwatched;

    fn names(directory: &Path) -> Vec<String> {
        let strip = |name: String| name.replace(&format!("{}/", directory.display()), "");
        gather(&[directory.display().to_string()], 1 << 20, &Show::default(), None, &unwatched)
            .into_iter()
            .map(|source| strip(source.name))
            .collect()
    }

    #[test]
    fn a_directory_is_searched_for_plans_by_name() {
        let root = tempfile::tempdir().unwrap();
        for file in ["b/plan.json", "a.tfplan.json.gz", "other.json", ".terraform/plan.json", "a/tfplan.json"] {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "{}").unwrap();
        }
        assert_eq!(names(root.path()), ["a/tfplan.json", "a.tfplan.json.gz", "b/plan.json"]);
    }

    #[test]
    fn a_directory_without_plans_is_an_error() {
        let root = tempfile::tempdir().unwrap();
        let sources = gather(&[root.path().display().to_string()], 1 << 20, &Show::default(), None, &unwatched);
        assert!(matches!(sources[0].bytes, Err(PlanError::EmptyDirectory(_))));
    }

    #[test]
    fn a_file_beyond_the_limit_is_refused() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("plan.json");
        fs::write(&path, "0123456789").unwrap();
        let sources = gather(&[path.display().to_string()], 9, &Show::default(), None, &unwatched);
        assert!(matches!(sources[0].bytes, Err(PlanError::TooLarge(9))));
    }
}
