//! The summary page of a step of GitHub Actions, which is a file that any program of the step adds Markdown to.
//!
//! Source: <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#adding-a-job-summary>.

use std::fs::{self, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::report::markdown;
use crate::report::view::View;

/// The variable that names the file.
const VARIABLE: &str = "GITHUB_STEP_SUMMARY";

/// How many bytes GitHub takes. Of a larger file it shows nothing at all, so that what others wrote would be lost too.
const LIMIT: u64 = 1024 * 1024;

/// A summary that could not be added.
#[derive(Debug, Error)]
pub(super) enum SummaryError {
    #[error("cannot add to the step summary {}: {source}", file.display())]
    Refused { file: PathBuf, source: io::Error },
    #[error("the step summary has no room left for this report: GitHub takes {LIMIT} bytes of a step")]
    Full,
}

/// Adds the report to the summary of the step, where the program runs in one.
///
/// # Errors
/// When it cannot be added; then the file is as it was.
pub(super) fn append(view: View<'_>) -> Result<(), SummaryError> {
    match std::env::var_os(VARIABLE).filter(|file| !file.is_empty()) {
        Some(file) => append_to(Path::new(&file), |limit| markdown::render(view, limit)),
        None => Ok(()),
    }
}

/// Adds what `render` makes of a limit in characters.
fn append_to(file: &Path, render: impl Fn(usize) -> String) -> Result<(), SummaryError> {
    let refused = |source| SummaryError::Refused { file: file.to_owned(), source };
    let (size, ends_line) = present(file).map_err(refused)?;
    // Two line breaks keep it apart from what is there, and one ends it.
    let room = usize::try_from(LIMIT.saturating_sub(size).saturating_sub(3)).unwrap_or(0);
    // The limit counts characters, of which each may take up to four bytes.
    let text = [room, room / 2, room / 4].into_iter().map(render);
    let text = text.into_iter().find(|text| text.len() <= room && !text.is_empty());
    let text = text.ok_or(SummaryError::Full)?;
    let apart = match (size, ends_line) {
        (0, _) => "",
        (_, true) => "\n",
        (_, false) => "\n\n",
    };
    let end = if text.ends_with('\n') { "" } else { "\n" };
    let mut open = OpenOptions::new().create(true).append(true).open(file).map_err(refused)?;
    open.write_all(format!("{apart}{text}{end}").as_bytes()).map_err(refused)
}

/// How large the file is, and whether it ends with a line break.
fn present(file: &Path) -> io::Result<(u64, bool)> {
    let mut open = match fs::File::open(file) {
        Ok(open) => open,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((0, true)),
        Err(error) => return Err(error),
    };
    let size = open.metadata()?.len();
    let mut last = [0];
    if size > 0 {
        open.seek(SeekFrom::End(-1))?;
        open.read_exact(&mut last)?;
    }
    Ok((size, last == [b'\n']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_stays_and_counts() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("summary.md");
        append_to(&file, |_| "# first\n".to_owned()).unwrap();
        append_to(&file, |_| "# second".to_owned()).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "# first\n\n# second\n");
        fs::write(&file, "x".repeat(1024 * 1024 - 1003)).unwrap();
        append_to(&file, |limit| "é".repeat(limit)).unwrap();
        let size = fs::metadata(&file).unwrap().len();
        assert!(size <= LIMIT && size > LIMIT - 100, "{size}");
    }

    #[test]
    fn what_does_not_fit_is_left_out_and_told() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("summary.md");
        fs::write(&file, "x".repeat(1024 * 1024 - 10)).unwrap();
        assert!(matches!(append_to(&file, |_| "longer than that".to_owned()), Err(SummaryError::Full)));
        assert!(matches!(append_to(folder.path(), |_| "x".to_owned()), Err(SummaryError::Refused { .. })));
        assert_eq!(fs::metadata(&file).unwrap().len(), 1024 * 1024 - 10);
    }
}
