//! Bucket and key policies, as far as a plan knows them.
//!
//! A [`Document`] is read from policy text or from the `statement` blocks of an `aws_iam_policy_document` that Terraform put
//! off.

mod document;
mod json;
mod tree;

pub use document::{
    Condition, Conditions, Document, DocumentError, Effect, Leaf, Principal, PrincipalKind, Statement, What, Who,
};
pub use tree::{LeafPart, LeafReferences, Nested, NoReferences};
