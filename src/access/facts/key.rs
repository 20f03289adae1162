//! The KMS keys of a path: which they are, what keeps them from being used, and what becomes of them.

use schemars::JsonSchema;
use serde::Serialize;

use super::Fact;

/// A KMS key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct KeyFacts {
    /// What people call it.
    pub label: String,
    /// The Terraform address of the key, or of the data source that looks it up.
    pub address: Option<String>,
    /// Its ARN, where known and not sensitive.
    pub arn: Option<String>,
    /// What keeps S3 from using it for this bucket, whatever its policy says; `null` where nothing is known to.
    pub unfit: Option<KeyUnfit>,
    /// Whether AWS manages it (`aws/s3`, whose policy cannot be edited) or the customer does.
    pub manager: Fact<KeyManager>,
}

/// What keeps S3 from using a key for a bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct KeyUnfit {
    /// In what.
    pub how: Unfit,
    /// How it is.
    pub is: String,
    /// How it has to be.
    pub needs: String,
}

/// In what a key does not fit a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Unfit {
    /// It is in another Region.
    OtherRegion,
    /// It is not for encryption.
    Usage,
    /// It is not symmetric.
    Spec,
}

/// A key that objects need and that cannot be used any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RetiredKeyFacts {
    /// What people call it.
    pub label: String,
    /// What became of it.
    pub how: Retirement,
    /// Whether new objects need it.
    pub new: bool,
    /// Whether objects that lie in the bucket may need it.
    pub existing: bool,
}

/// A key that an earlier default of a bucket may have been.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PartingKeyFacts {
    /// What people call it.
    pub label: String,
    /// What becomes of it; `null` where it stays, and it is the origin access control that goes.
    pub how: Option<Retirement>,
}

/// What became of a key.
///
/// Source: <https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Retirement {
    /// It is disabled.
    Disabled,
    /// It is scheduled for deletion, and unusable from then on.
    Destroyed,
    /// It is scheduled for deletion, and another one takes its address.
    Replaced,
    /// Only existing objects need it, and its policy does not let CloudFront decrypt any more.
    Ungranted,
}

/// Who manages a KMS key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum KeyManager {
    /// An AWS managed key.
    Aws,
    /// A customer managed key.
    Customer,
}
