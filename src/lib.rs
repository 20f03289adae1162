//! Finds out, from a Terraform plan, whether CloudFront will still be able to read its S3 origins.
//!
//! The data's way: bytes → [`plan`] → `links` → [`access`] paths in two worlds → facts → `rego` → [`finding`]s → [`report`].

pub mod access;
pub mod finding;
#[cfg(test)]
mod fixture;
pub mod judge;
pub mod plan;
pub mod rego;
pub mod report;
