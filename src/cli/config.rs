//! `oacguard.toml` as commands take it.

use std::path::PathBuf;

use crate::finding::Severity;
use crate::judge::FailOn;
use crate::report::ReportError;
use crate::{Decisions, Options, config, rego, waiver};

/// Which `oacguard.toml` holds.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Decided {
    /// Take waivers and settings from FILE; without it, from the nearest `oacguard.toml` in the working directory or above
    /// it. An empty FILE, such as /dev/null, stands for none
    #[arg(long, value_name = "FILE", help_heading = "Judging")]
    config: Option<PathBuf>,
}

impl Decided {
    /// Reads the file, if there is one.
    ///
    /// # Errors
    /// All that is wrong with it; and if it cannot be told which day it is.
    pub(crate) fn load(&self) -> Result<Option<Decisions>, Vec<ReportError>> {
        let file = match &self.config {
            Some(file) => Some(file.clone()),
            None => config::find().map_err(|error| vec![error.into()])?,
        };
        let Some(file) = file else { return Ok(None) };
        let policies: Vec<&str> = rego::ids().collect();
        let refused = |errors: Vec<config::ConfigError>| errors.into_iter().map(ReportError::from).collect::<Vec<_>>();
        let config = config::load(&file, &policies).map_err(refused)?;
        tracing::info!(file = %file.display(), waivers = config.waivers.len(), "read the configuration");
        let today = waiver::today().map_err(|error| vec![error])?;
        Ok(Some(Decisions { config, today }))
    }
}

/// How to judge as `oacguard.toml` says, else as usual.
pub(crate) fn options(decisions: Option<Decisions>, max_size: u64) -> Options {
    let set = decisions.as_ref().map(|decisions| decisions.config.check.clone()).unwrap_or_default();
    Options {
        fail_on: set.fail_on.unwrap_or(FailOn::Error).severity(),
        fail_on_existing: set.fail_on_existing.unwrap_or(false),
        unresolved: set.unresolved.unwrap_or(Severity::Note),
        require_paths: set.require_paths.unwrap_or(false),
        max_size,
        decisions,
        ..Options::default()
    }
}
