//! The judge: Rego policies over the facts. The only place that names the interpreter.
//!
//! The bundled policies are embedded as source, checked and prepared once, and run on a copy for each evaluation. Nothing
//! here may pass in silence: a policy that does not load, a rule that is missing or undefined, a result of the wrong
//! shape, a time limit or a panic is a [`PolicyError`], and a caller that gets one has no verdict.

mod ast;
mod bundle;
mod checks;
mod engine;
mod error;
pub mod export;
#[cfg(test)]
mod laws_tests;
mod metadata;
pub mod own;
mod raw;
pub mod testing;
mod yaml;

pub use bundle::{Bundle, bundled, policies_count, policies_hash, sources};
pub use engine::input;
pub(crate) use engine::on_deep_stack;
pub use error::{MetadataError, PolicyError};
pub use metadata::{Compares, PolicyMeta, Related};
pub use raw::{RawFinding, World};
pub(crate) use yaml::yaml;
