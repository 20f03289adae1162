//! Terraform's plan document as it is: reading it, and what its values, addresses and configuration say.

pub mod address;
pub mod binary;
pub mod configuration;
mod document;
pub mod error;
pub mod fields;
mod halves;
pub mod instance;
mod key;
mod members;
mod pieces;
pub mod places;
mod providers;
mod reader;
#[cfg(test)]
mod reader_tests;
pub mod shown;
mod side;
pub mod source;
mod text;
pub mod value;
pub mod whole;

use std::collections::{BTreeMap, HashMap};

use serde_json::value::RawValue;

pub use self::error::PlanError;
pub use self::instance::{Instance, World};
pub use self::text::decode;

pub(crate) use self::document::matters as is_kept;

use self::configuration::ModuleConfig;

/// What is left of a replaced resource ("deposed"), to be destroyed: a policy or an encryption, which goes with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leftover {
    /// The type.
    pub kind: String,
    /// The bucket or the key that it is for, if the plan shows that.
    pub target: Option<String>,
}

/// A plan: what matters of its document, borrowed from the document's text.
#[derive(Debug)]
pub struct Plan<'a> {
    /// The version of the plan format, such as `1.2`.
    pub format_version: String,
    /// The version of Terraform or OpenTofu.
    pub terraform_version: Option<String>,
    /// Whether applying the plan brings everything in line with the configuration, if the document says.
    pub complete: Option<bool>,
    /// Addresses of changes that Terraform put off.
    pub deferred: Vec<String>,
    /// Addresses that are configured, and of which the plan knows nothing; only looked for when `complete` is not said.
    pub unplanned: Vec<String>,
    /// The resource instances that can lie on an access path.
    pub instances: Vec<Instance<'a>>,
    /// How many resource instances were left aside, because they can lie on none.
    pub skipped: usize,
    /// What is left of replaced resources and destroyed by this plan, where that resets something.
    pub leftovers: Vec<Leftover>,
    /// The root module's configuration.
    pub configuration: ModuleConfig<'a>,
    /// Whether all its AWS providers certainly act in one account.
    pub one_account: bool,
    /// The Region of its AWS provider blocks, as far as they name it, by the key under which resources refer to them.
    pub regions: BTreeMap<String, String>,
    /// The values of root variables; they may be secrets.
    pub variables: HashMap<String, &'a RawValue>,
    /// Resources and attributes that some expression reads, as the document writes them.
    pub relevant: Vec<(String, String)>,
}
