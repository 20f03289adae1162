//! Diagnostics on standard error. They say how long each part of a run took, but never what time it is.

use std::io;

use clap::ValueEnum;
use tracing::{Level, Metadata};
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::{FilterFn, LevelFilter, filter_fn};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use super::Global;
use super::spent::Spent;

/// How diagnostics are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    // A line for people.
    Text,
    // A JSON object a line.
    Json,
}

/// Starts writing diagnostics as `global` asks.
pub(super) fn start(global: &Global, colour: bool) {
    let level = match (global.quiet, global.verbose) {
        (true, _) => Level::ERROR,
        (false, 0) => Level::WARN,
        (false, 1) => Level::INFO,
        (false, _) => Level::DEBUG,
    };
    let format = global.log_format;
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(io::stderr)
        .with_target(false)
        .without_time()
        // Otherwise a closed standard error would end in a panic.
        .log_internal_errors(false);
    let lines = match format {
        Format::Text => lines.with_ansi(colour).boxed(),
        Format::Json => lines.json().flatten_event(true).with_ansi(false).boxed(),
    };
    // Each line stands for itself: what a part of the run is about is told by the line at its end.
    let lines = lines.with_filter(up_to(level, false));
    let spent = Spent { format, colour }.with_filter(up_to(level, true));
    // Only a second start in one process fails, and then the first still serves.
    let _ = tracing_subscriber::registry().with(lines).with(spent).try_init();
}

/// Lets through events, or spans, as far as they are wanted; what is not costs a look at a number.
fn up_to(level: Level, spans: bool) -> FilterFn<impl Fn(&Metadata<'_>) -> bool> {
    filter_fn(move |what| what.is_span() == spans && *what.level() <= level)
        .with_max_level_hint(LevelFilter::from_level(level))
}
