//! The plans a command reads.

use std::io::{self, IsTerminal as _};
use std::path::PathBuf;

use clap::CommandFactory as _;
use clap::error::ErrorKind;

use super::Cli;
use crate::MAX_SIZE;
use crate::plan::binary::Show;
use crate::plan::source::{self, Input, Partition, Source};
use crate::step::Watch;

/// How inputs are read.
#[derive(Debug, clap::Args)]
pub(crate) struct Reading {
    /// The program that shows a binary plan, run as `PATH show -json FILE` in the plan's directory [default: terraform, else
    /// tofu, on PATH]
    #[arg(long, value_name = "PATH", help_heading = "Input")]
    terraform: Option<PathBuf>,
    /// Refuse inputs larger than this many bytes, packed or unpacked
    #[arg(long, value_name = "BYTES", default_value_t = MAX_SIZE, help_heading = "Input")]
    pub(crate) max_size: u64,
}

impl Default for Reading {
    fn default() -> Self {
        Self { terraform: None, max_size: MAX_SIZE }
    }
}

/// Plans by name.
#[derive(Debug, clap::Args)]
pub(crate) struct Plans {
    /// A file (JSON, also gzip'd, or the binary plan), a directory to search for plans, or `-` or nothing for standard input
    #[arg(value_name = "PLAN")]
    pub(crate) plans: Vec<String>,
    #[command(flatten)]
    pub(crate) reading: Reading,
}

impl Reading {
    /// How a binary plan is shown.
    pub(crate) fn show(&self) -> Show {
        Show { program: self.terraform.clone(), ..Show::default() }
    }
}

impl Plans {
    /// Reads the plans for `command`, and tells `watch` of each.
    ///
    /// # Errors
    /// As [`Plans::inputs`].
    pub(crate) fn gather(&self, command: &str, watch: &Watch<'_>) -> Result<Vec<Source>, clap::Error> {
        gather(&self.plans, &self.reading, command, watch)
    }

    /// The plans for `command`, or its share of them, not yet read.
    ///
    /// # Errors
    /// Bad usage, when nothing is named and there is only a terminal to read from.
    pub(crate) fn inputs(&self, command: &str, partition: Option<&mut Partition>) -> Result<Vec<Input>, clap::Error> {
        inputs(&self.plans, command, partition)
    }
}

fn inputs(plans: &[String], command: &str, partition: Option<&mut Partition>) -> Result<Vec<Input>, clap::Error> {
    if plans.is_empty() && io::stdin().is_terminal() {
        let message = "no PLAN is named, and standard input is a terminal: name a file, or pipe what \
                       `terraform show -json tfplan` prints";
        return Err(usage(command, ErrorKind::MissingRequiredArgument, message));
    }
    Ok(source::inputs(plans, partition))
}

/// Reads `plans`, or standard input if there is none, and tells `watch` of each.
///
/// # Errors
/// As [`Plans::inputs`].
pub(crate) fn gather(
    plans: &[String],
    reading: &Reading,
    command: &str,
    watch: &Watch<'_>,
) -> Result<Vec<Source>, clap::Error> {
    Ok(read(inputs(plans, command, None)?, reading, watch))
}

/// Reads `inputs`, and tells `watch` of each.
pub(crate) fn read(inputs: Vec<Input>, reading: &Reading, watch: &Watch<'_>) -> Vec<Source> {
    let sources =
        tracing::info_span!("read").in_scope(|| source::read(inputs, reading.max_size, &reading.show(), watch));
    sources.iter().for_each(Source::tell);
    sources
}

/// A usage error of `command`, shown with its usage line.
pub(crate) fn usage(command: &str, kind: ErrorKind, message: &str) -> clap::Error {
    let mut cli = Cli::command();
    cli.build();
    match cli.find_subcommand_mut(command) {
        Some(command) => command.error(kind, message),
        None => cli.error(kind, message),
    }
}
