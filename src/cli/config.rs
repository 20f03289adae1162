//! `oacguard.toml` as commands take it.

use std::path::PathBuf;

use crate::report::ReportError;
use crate::{Decisions, config, rego, waiver};

/// Which `oacguard.toml` holds.
#[derive(Debug, clap::Args)]
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
        let bundle = rego::bundled().map_err(|error| {
            vec![ReportError {
                plan: None,
                kind: "policy".to_owned(),
                message: error.to_string(),
                help: "this is a fault of oacguard; report it".to_owned(),
            }]
        })?;
        let policies: Vec<&str> = bundle.policies().iter().map(|policy| policy.id.as_str()).collect();
        let refused = |errors: Vec<config::ConfigError>| errors.into_iter().map(ReportError::from).collect::<Vec<_>>();
        let config = config::load(&file, &policies).map_err(refused)?;
        tracing::info!(file = %file.display(), waivers = config.waivers.len(), "read the configuration");
        let today = waiver::today().map_err(|error| vec![error])?;
        Ok(Some(Decisions { config, today }))
    }
}
