//! The judge: Rego policies over the facts. The only place that names the interpreter.
//!
//! The bundled policies are embedded as source, prepared once, and run on a copy for each evaluation. Nothing
//! here may pass in silence: a policy that does not load, a rule that is missing or undefined, a result of the wrong
//! shape, a time limit or a panic is a [`PolicyError`], and a caller that gets one has no verdict.

mod ast;
mod bundle;
mod checks;
mod embedded;
mod engine;
mod error;
mod evaluation;
pub mod export;
#[cfg(test)]
mod laws_tests;
mod metadata;
mod needs;
pub mod own;
mod policy;
mod raw;
mod shares;
pub mod testing;
mod yaml;

pub use bundle::Bundle;
pub use embedded::{bundle_for, bundled, ids, metas_of, policies, policies_hash, policy, sources};
pub use engine::input;
pub(crate) use engine::on_deep_stack;
pub use error::{MetadataError, PolicyError};
pub use metadata::{Compares, PolicyMeta, Related};
pub use raw::{RawFinding, World};
pub(crate) use yaml::yaml;
