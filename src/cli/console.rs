//! Standard output and standard error: where colour goes, how wide lines are, and what a closed pipe means.

use std::env;
use std::fmt::Display;
use std::io::{self, IsTerminal as _, Write};

use anstream::{AutoStream, ColorChoice};

use super::progress::Progress;
use crate::report::text::{PLAIN_WIDTH, style};
use crate::report::{ReportError, plain, text};

/// The two streams as the user wants them.
pub(crate) struct Console {
    color: ColorChoice,
    quiet: bool,
    talks: bool,
    progress: bool,
}

impl Console {
    /// `talks` says whether diagnostics are written while the program works.
    pub(crate) fn new(color: ColorChoice, quiet: bool, talks: bool) -> Self {
        Self { color, quiet, talks, progress: !quiet && !talks && is_watched() }
    }

    /// How far the run is, for whoever sits before it.
    pub(crate) fn progress(&self) -> Progress {
        if self.progress { Progress::start() } else { Progress::none() }
    }

    /// Whether only what was asked for by name is to be printed.
    pub(crate) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Whether more is to be told than usual.
    pub(crate) fn is_verbose(&self) -> bool {
        self.talks
    }

    /// Whether standard error takes colour.
    pub(crate) fn colours_errors(&self) -> bool {
        AutoStream::new(io::stderr(), self.color).current_choice() != ColorChoice::Never
    }

    /// Writes `text` to standard output, with its styles only where they belong.
    ///
    /// # Errors
    /// When it cannot be written; a reader who closed the pipe has read enough, which is none.
    pub(crate) fn print(&self, text: &str) -> io::Result<()> {
        self.print_on(text).map(drop)
    }

    /// The same, and whether anybody reads on.
    ///
    /// # Errors
    /// As [`Console::print`].
    pub(crate) fn print_on(&self, text: &str) -> io::Result<bool> {
        let mut stream = AutoStream::new(io::stdout().lock(), self.color);
        match stream.write_all(text.as_bytes()).and_then(|()| stream.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
            done => done.map(|()| true),
        }
    }

    /// Writes `text` to standard error. That it cannot be written there can be said nowhere.
    pub(crate) fn tell(&self, text: &str) {
        let mut stream = AutoStream::new(io::stderr().lock(), self.color);
        let _ = stream.write_all(text.as_bytes()).and_then(|()| stream.flush());
    }

    /// Tells an error that belongs to no plan.
    pub(crate) fn complain(&self, error: impl Display) {
        let error = error.to_string();
        self.tell(&format!("{} {}\n", style::paint(style::BAD, "error:"), plain::prose(&error)));
    }

    /// Tells what is worth knowing and not wrong, unless only what was asked for is to be printed.
    pub(crate) fn remark(&self, text: &str) {
        if !self.quiet {
            self.tell(&format!("{}\n", plain::prose(text)));
        }
    }

    /// Tells errors in plans.
    pub(crate) fn complain_of(&self, errors: &[ReportError]) {
        let width = columns(terminal_size::terminal_size_of(io::stderr()));
        for error in errors {
            self.tell(&text::error(error, width));
        }
    }

    /// Prints `text`, and tells the reason if it cannot be.
    pub(crate) fn deliver(&self, text: &str) -> super::Status {
        match self.print(text) {
            Ok(()) => super::Status::Pass,
            Err(error) => {
                self.complain(format_args!("cannot write to standard output: {error}"));
                super::Status::NoVerdict
            }
        }
    }
}

/// Whether somebody sees standard error as it is drawn: a terminal that can move its cursor, and no CI host's, which keeps
/// all that is ever drawn.
fn is_watched() -> bool {
    let in_ci = env::var_os("CI").is_some_and(|ci| !ci.is_empty() && ci != "false");
    io::stderr().is_terminal() && !in_ci && env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// The columns of standard output: those of the terminal, or always the same where there is none.
pub(crate) fn width() -> usize {
    columns(terminal_size::terminal_size_of(io::stdout()))
}

fn columns(size: Option<(terminal_size::Width, terminal_size::Height)>) -> usize {
    // Some terminals say 0 when they do not know.
    size.map(|(width, _)| usize::from(width.0)).filter(|width| *width > 0).unwrap_or(PLAIN_WIDTH)
}
