//! What else decides, or will decide, whether objects of a bucket can be read: ownership, public access, replication,
//! encryption context and writes.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Algorithm, Evidence, Fact, GrantFacts, KeyFacts};

/// Who owns the objects of a bucket.
///
/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html>
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OwnershipFacts {
    /// The resource that says so.
    pub address: String,
    /// `BucketOwnerEnforced`, `BucketOwnerPreferred` or `ObjectWriter`.
    pub rule: Fact<String>,
}

/// The public access block of a bucket or of its account.
///
/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PublicAccessBlockConfiguration.html>
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PublicBlockFacts {
    /// The resource.
    pub address: String,
    /// `restrict_public_buckets`: a public bucket policy lets in nobody who does not sign.
    pub restricts: Fact<bool>,
    /// `ignore_public_acls`: public object ACLs let in nobody.
    pub ignores_acls: Fact<bool>,
}

/// A replication into a bucket.
///
/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html>
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ReplicaFacts {
    /// The resource that replicates.
    pub address: String,
    /// Whether it is this bucket that gets the replicas.
    pub into_this_bucket: Fact<bool>,
    /// What people call the bucket that is replicated.
    pub source: Fact<String>,
    /// The default encryption of that bucket.
    pub source_encryption: Fact<Algorithm>,
    /// Whether the rule is enabled.
    pub enabled: Fact<bool>,
    /// Whether it replicates what a KMS key encrypts.
    pub selected: Fact<bool>,
    /// Whether the origin is asked for objects that the rule replicates, going by their prefix.
    pub served: Fact<bool>,
    /// The key of the replicas.
    pub key: Fact<KeyFacts>,
    /// Whether the policy of that key lets this distribution decrypt; `null` where no such grant is needed.
    pub key_grant: Option<Fact<GrantFacts>>,
    /// Where it was read.
    pub evidence: Vec<Evidence>,
}

/// A grant of a key policy under a condition on the encryption context of an object, where an S3 Bucket Key makes it that of
/// the bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ContextFacts {
    /// The resource that holds the policy.
    pub policy: Option<String>,
    /// The statement, counted from 0.
    pub statement: Option<usize>,
    /// Its Sid.
    pub sid: Option<String>,
}

/// What writing through CloudFront takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct WriteFacts {
    /// Whether the bucket policy lets this distribution put objects.
    pub bucket_grant: Fact<GrantFacts>,
    /// Whether the key policy lets it make the data keys for them.
    pub key_grant: Fact<GrantFacts>,
}
