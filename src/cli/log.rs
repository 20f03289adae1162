//! Diagnostics on standard error. They carry no time, so that two runs write the same.

use std::io;

use clap::ValueEnum;
use tracing::Level;

use super::Global;

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
    let lines = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(io::stderr)
        .with_target(false)
        .without_time()
        // Otherwise a closed standard error would end in a panic.
        .log_internal_errors(false);
    // Only a second start in one process fails, and then the first still serves.
    let _ = match global.log_format {
        Format::Text => lines.with_ansi(colour).try_init(),
        Format::Json => lines.json().flatten_event(true).with_ansi(false).try_init(),
    };
}
