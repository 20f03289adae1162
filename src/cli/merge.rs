//! `oacguard merge`: one report out of those of several jobs.

use std::fs::File;
use std::io::Read as _;
use std::path::PathBuf;

use super::Status;
use super::console::Console;
use super::reports::{Formats, Reports};
use crate::merge::merge;
use crate::report::ReportError;

/// A report has about a kB for each path; this is more than a million of them.
const MAX_SIZE: u64 = 4 * 1024 * 1024 * 1024;

const AFTER_HELP: &str = "\
Exit status: as that of `oacguard check` would be for all plans together; 2 as well if a share of --partition is missing or \
there twice, if a report was cut off, or if the reports were made by different policies or settings.

Example:
  oacguard check --separate --partition 1/4 --format ndjson=1.ndjson envs/    (in four jobs: 1/4, 2/4, 3/4, 4/4)
  oacguard merge 1.ndjson 2.ndjson 3.ndjson 4.ndjson --format sarif=oacguard.sarif";

/// Put the reports of several jobs together, which `oacguard check --format ndjson` wrote
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    /// Reports in JSON lines
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    formats: Formats,
}

impl Arguments {
    /// Reads, puts together, and writes.
    ///
    /// # Errors
    /// Bad usage.
    pub(crate) fn run(self, console: &Console) -> Result<Status, clap::Error> {
        let reports = Reports::new("merge", &self.formats, console)?;
        let files: Vec<_> = self.files.iter().map(|file| (file.display().to_string(), read(file))).collect();
        let (outcome, judging) = merge(&files);
        Ok(reports.deliver(&outcome, &judging, console))
    }
}

fn read(file: &PathBuf) -> Result<String, ReportError> {
    let unreadable = |message: String| ReportError {
        plan: None,
        kind: "merge".to_owned(),
        message: format!("{}: {message}", file.display()),
        help: "check the path and its permissions".to_owned(),
    };
    let mut text = String::new();
    let read = File::open(file).and_then(|file| file.take(MAX_SIZE + 1).read_to_string(&mut text));
    read.map_err(|error| unreadable(error.to_string()))?;
    if text.len() as u64 > MAX_SIZE { Err(unreadable("it is too large for a report".to_owned())) } else { Ok(text) }
}
