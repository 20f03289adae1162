//! Shows on a terminal how far a long run is, and leaves no trace of it.

use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::report::plain;
use crate::step::{Nth, Step};

/// A run that is over by then shows nothing.
const PATIENCE: Duration = Duration::from_millis(500);

/// How often it is shown that the program still works.
const BEAT: Duration = Duration::from_millis(100);

/// Plain characters: a terminal that draws nothing else draws these.
const TICKS: &str = "-\\|/ ";
const ONE: &str = "{spinner} {wide_msg} {elapsed}";
const SEVERAL: &str = "{spinner} [{bar:24}] {pos}/{len} {wide_msg}";

/// What is shown, until it is dropped.
pub(crate) struct Progress(Option<Shown>);

struct Shown {
    bar: ProgressBar,
    /// Closed when there is nothing more to show.
    open: Option<Sender<()>>,
    drawing: Option<JoinHandle<()>>,
}

impl Progress {
    /// Shows nothing.
    pub(super) fn none() -> Self {
        Self(None)
    }

    /// Shows on standard error what [`Self::show`] is told, once that has gone on for a while.
    pub(super) fn start() -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        let (open, closed) = mpsc::channel::<()>();
        let drawn = bar.clone();
        let timed_out = move |wait| closed.recv_timeout(wait) == Err(RecvTimeoutError::Timeout);
        let draw = move || {
            if !timed_out(PATIENCE) {
                return;
            }
            drawn.set_draw_target(ProgressDrawTarget::stderr());
            drawn.tick();
            while timed_out(BEAT) {
                drawn.tick();
            }
            drawn.finish_and_clear();
        };
        // A run without it is as good.
        let drawing = thread::Builder::new().name("progress".to_owned()).spawn(draw).ok();
        Self(Some(Shown { bar, open: Some(open), drawing }))
    }

    /// Shows what the run begins to do.
    pub(crate) fn show(&self, step: Step<'_>) {
        let Some(Shown { bar, .. }) = &self.0 else { return };
        let (doing, nth) = match step {
            Step::Read(nth) => ("reading", Some(nth)),
            Step::Parse(nth) => ("parsing", Some(nth)),
            Step::Link => ("linking", None),
            Step::Judge => ("judging", None),
        };
        let (name, at, of) = match nth {
            Some(Nth { plan: "-", at, of }) => ("standard input", at, of),
            Some(Nth { plan, at, of }) => (plan, at, of),
            None => ("", 0, 1),
        };
        if at == 0 {
            let template = if of > 1 { SEVERAL } else { ONE };
            // Only a template that is wrong fails, and then the usual bar serves.
            let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
            bar.set_style(style.tick_chars(TICKS).progress_chars("=> "));
        }
        bar.set_length(of as u64);
        bar.set_position(at as u64);
        bar.set_message(format!("{doing} {}", plain::line(name)));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        let Some(Shown { open, drawing, .. }) = &mut self.0 else { return };
        *open = None;
        if let Some(drawing) = drawing.take() {
            // What comes next must not be drawn over; a bar that failed is no fault of the run.
            let _ = drawing.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_well_formed() {
        for template in [ONE, SEVERAL] {
            assert!(ProgressStyle::with_template(template).is_ok(), "{template}");
        }
    }

    #[test]
    fn a_name_cannot_move_the_cursor() {
        let progress = Progress::start();
        progress.show(Step::Read(Nth { plan: "a\u{1b}[2Jb", at: 0, of: 2 }));
        assert_eq!(progress.0.as_ref().unwrap().bar.message(), "reading a\\u001b[2Jb");
    }
}
