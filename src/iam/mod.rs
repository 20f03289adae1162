//! Bucket and key policies, evaluated for exactly the request that CloudFront makes: a plan knows only part of both, and a
//! guess on either side would be a silent pass or a false block.
//!
//! A [`Document`] is read from policy text or from the `statement` blocks of an `aws_iam_policy_document` that Terraform put
//! off; a [`Request`] says who asks for what; [`evaluate()`] answers allowed, denied, not granted, or unresolved, and why.

mod breadth;
mod condition;
mod context;
mod document;
mod evaluate;
mod json;
mod matching;
mod principal;
mod reason;
mod references;
mod request;
mod sources;
mod tree;
mod truth;
mod uploads;
mod words;

#[cfg(test)]
mod asking;
#[cfg(test)]
mod evaluate_tests;
#[cfg(test)]
mod laws_tests;
#[cfg(test)]
mod reason_tests;
#[cfg(test)]
mod unknown_tests;

pub use breadth::{Scope, Wide, identity_grants, wide_grants};
pub use document::{
    Condition, Conditions, Document, DocumentError, Effect, Leaf, Principal, PrincipalKind, Statement, What, Who,
};
pub use evaluate::{Decision, Gap, Outcome, evaluate, outcome};
pub use request::{AccessPoint, Bucket, Caller, Distribution, Key, Oai, Objects, Request, Target, Upload, Way};
pub use sources::{Sources, sources};
pub use tree::{LeafPart, LeafReferences, Nested, NoReferences, Reference};
pub use truth::Truth;
pub use uploads::{Forced, forced_to_kms};
