//! Single objects that the plan knows, whose encryption need not be the bucket's default.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Evidence, Fact, GrantFacts, KeyFacts};

/// An object in a plan that an origin may serve, and what it takes to read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ObjectFacts {
    /// Its Terraform address, with its index.
    pub address: String,
    /// Whether a behaviour and the origin path lead to it.
    pub served: Fact<bool>,
    /// How it is encrypted.
    pub encryption: Fact<ObjectEncryption>,
    /// Whether its own arguments say so, rather than the bucket's default.
    pub configured: bool,
    /// Whether this plan writes it, anew or once more.
    pub written: bool,
    /// The KMS key; `null` where there is none.
    pub key: Option<Fact<KeyFacts>>,
    /// Whether the key policy lets this distribution decrypt; `null` where no such grant is needed.
    pub key_grant: Option<Fact<GrantFacts>>,
    /// Where it was read.
    pub evidence: Vec<Evidence>,
}

/// How a single object is encrypted, where it is not by SSE-S3.
///
/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/serv-side-encryption.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ObjectEncryption {
    /// `aws:kms`.
    SseKms,
    /// `aws:kms:dsse`.
    DsseKms,
    /// With a key of the customer's own that every request must bring along; CloudFront brings none.
    SseC,
}
