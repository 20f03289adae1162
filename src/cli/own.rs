//! Policies of the user's own, as commands take them.

use std::path::PathBuf;
use std::time::Duration;

use clap::ValueEnum;

use crate::own::{self, Limits, Own, OwnError, data, files};
use crate::rego::own::Namespaces;

/// The package whose rules are asked unless others are named.
const NAMESPACE: &str = "main";

/// Which policies, and how they are asked.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "Your own policies")]
pub(crate) struct OwnPolicies {
    /// Judge the plan by the Rego policies in PATH as well, a file or a folder, as conftest would: rules called deny, violation
    /// or warn, or so with a suffix. May be repeated
    #[arg(long, value_name = "PATH")]
    policy: Vec<PathBuf>,
    /// Ask the rules of this package instead of `main`; may be repeated, and may be a glob
    #[arg(long, value_name = "NS", requires = "policy", conflicts_with = "all_namespaces")]
    namespace: Vec<String>,
    /// Ask the rules of all packages
    #[arg(long, requires = "policy")]
    all_namespaces: bool,
    /// Put the JSON and YAML files in PATH, a file or a folder, below `data`; may be repeated
    #[arg(long, value_name = "PATH", requires = "policy")]
    data: Vec<PathBuf>,
    /// The Rego that they are written in: v1 (the default), or v0, that of before OPA 1.0
    #[arg(long, value_name = "VERSION", value_enum, hide_possible_values = true, requires = "policy")]
    rego_version: Option<RegoVersion>,
    /// Give them all plans at once, as an array of objects with `path` and `contents`
    #[arg(long, requires = "policy")]
    combine: bool,
    /// How many seconds they may take together [default: 30]
    #[arg(long, value_name = "SECONDS", requires = "policy", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    policy_timeout: Option<u64>,
    /// How much memory they may take beside that for the plan, on Linux [default: 1 GiB]
    #[arg(long, value_name = "BYTES", requires = "policy")]
    policy_memory: Option<u64>,
}

/// A version of Rego.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RegoVersion {
    /// Before OPA 1.0.
    V0,
    /// Since.
    V1,
}

impl OwnPolicies {
    /// Policies in `paths`, for who takes them by other names.
    pub(super) fn new(
        policy: Vec<PathBuf>,
        namespace: Vec<String>,
        all_namespaces: bool,
        data: Vec<PathBuf>,
        rego_version: Option<RegoVersion>,
        combine: bool,
    ) -> Self {
        Self {
            policy,
            namespace,
            all_namespaces,
            data,
            rego_version,
            combine,
            policy_timeout: None,
            policy_memory: None,
        }
    }

    /// Reads them; `None` where none are named.
    ///
    /// # Errors
    /// What cannot be read.
    pub(crate) fn load(&self) -> Result<Option<Own>, OwnError> {
        if self.policy.is_empty() {
            return Ok(None);
        }
        let names = if self.namespace.is_empty() { vec![NAMESPACE.to_owned()] } else { self.namespace.clone() };
        Ok(Some(Own {
            files: files::read(&self.policy)?,
            data: data::read(&self.data)?,
            v0: self.rego_version == Some(RegoVersion::V0),
            namespaces: if self.all_namespaces { Namespaces::All } else { Namespaces::Named(names) },
            combine: self.combine,
            limits: Limits {
                time: self.policy_timeout.map_or(own::TIME, Duration::from_secs),
                memory: self.policy_memory.unwrap_or(own::MEMORY),
            },
            program: Some(own::this_program()?),
        }))
    }
}
