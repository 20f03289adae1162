//! The `ndjson` report of `check`, written plan by plan while later plans are still read.

use std::error::Error;
use std::io::{self, IsTerminal as _};
use std::path::Path;

use super::Status;
use super::console::Console;
use super::deliver::{Delivery, WriteError};
use super::input::Reading;
use super::progress::Progress;
use super::replace::Replacement;
use crate::plan::source::Input;
use crate::step::Step;
use crate::{Options, Outcome, Sink, Unwritten};

/// Judges `inputs` and writes the report on them.
pub(super) fn check(
    inputs: Vec<Input>,
    options: &Options,
    reading: &Reading,
    report: &Delivery,
    console: &Console,
) -> Status {
    let done = match &report.file {
        Some(file) => to_file(inputs, options, reading, file, console),
        None => printed(inputs, options, reading, console),
    };
    match done {
        Ok(outcome) => {
            // Whoever reads only the log must still learn why there is no verdict.
            console.complain_of(&outcome.report.errors);
            outcome.report.verdict.into()
        }
        Err(error) => {
            console.complain(error);
            Status::NoVerdict
        }
    }
}

type Done = Result<Outcome, Box<dyn Error>>;

fn printed(inputs: Vec<Input>, options: &Options, reading: &Reading, console: &Console) -> Done {
    // A bar would be drawn between the lines of the report.
    let progress = if io::stdout().is_terminal() { Progress::none() } else { console.progress() };
    let done = judged(inputs, options, reading, &progress, &mut |lines| console.print_on(lines));
    drop(progress);
    done.map_err(|error| match error {
        Unwritten::Refused(error) => format!("cannot write to standard output: {error}").into(),
        Unwritten::Closed { .. } => format!("no verdict: {error}").into(),
        Unwritten::Render(error) => error.into(),
    })
}

fn to_file(inputs: Vec<Input>, options: &Options, reading: &Reading, file: &Path, console: &Console) -> Done {
    let refused = |source| WriteError::Refused { file: file.to_owned(), source };
    let mut replacement = Replacement::of(file).map_err(refused)?;
    let progress = console.progress();
    let done =
        judged(inputs, options, reading, &progress, &mut |lines| replacement.write(lines.as_bytes()).map(|()| true));
    drop(progress);
    let outcome = match done {
        Err(Unwritten::Refused(error)) => return Err(refused(error).into()),
        done => done?,
    };
    replacement.finish().map_err(refused)?;
    tracing::info!(file = %file.display(), "wrote the report");
    Ok(outcome)
}

fn judged(
    inputs: Vec<Input>,
    options: &Options,
    reading: &Reading,
    progress: &Progress,
    sink: &mut Sink<'_>,
) -> Result<Outcome, Unwritten> {
    let watch = |step: Step<'_>| progress.show(step);
    crate::check_streamed(inputs, options, &reading.show(), sink, &watch)
}
