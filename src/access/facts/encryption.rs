//! How a bucket encrypts by default, and what that tells of the objects in it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The default encryption of a bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct EncryptionFacts {
    /// The algorithm.
    pub algorithm: Algorithm,
    /// Which of the places that may hold it does.
    pub source: EncryptionSource,
    /// The resource that sets it, or that set it last.
    pub address: Option<String>,
    /// Whether it names its key by an alias.
    pub by_alias: bool,
}

/// Server-side encryption, as S3 distinguishes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Algorithm {
    /// `AES256`: keys that S3 manages.
    SseS3,
    /// `aws:kms`.
    SseKms,
    /// `aws:kms:dsse`: two layers, both with KMS.
    DsseKms,
}

/// Where a bucket's default encryption was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum EncryptionSource {
    /// A separate `aws_s3_bucket_server_side_encryption_configuration`.
    Resource,
    /// The bucket's own `server_side_encryption_configuration` block.
    Inline,
    /// What AWS answered for the bucket, which nothing in this plan sets.
    Observed,
    /// Nothing sets it: SSE-S3 since January 2023.
    Default,
}

/// What the objects in a bucket may be encrypted with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Existing {
    /// The bucket is new: nothing lies in it.
    None,
    /// As far as the default tells, nothing needs a KMS key.
    SseS3,
    /// Some may be encrypted with a KMS key.
    Kms,
}
