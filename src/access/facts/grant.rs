//! What the policies of a bucket and of a key say to the request that CloudFront makes.

use schemars::JsonSchema;
use serde::Serialize;

/// What a policy document says to the request CloudFront makes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct GrantFacts {
    /// The answer.
    pub result: Grant,
    /// Whether there is a policy document to ask.
    pub document: PolicyDocument,
    /// The resource that holds the policy, or that held it until the plan destroys it.
    pub policy: Option<String>,
    /// The statement that decided, counted from 0.
    pub statement: Option<usize>,
    /// Its Sid.
    pub sid: Option<String>,
    /// Whether all that keeps it from being granted is that a statement names another distribution or account.
    pub other_source: bool,
    /// Why, in a sentence.
    pub reason: String,
}

/// The answer of a policy document to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Grant {
    /// A statement allows it and none denies it.
    Allowed,
    /// A statement denies it.
    Denied,
    /// No statement speaks of it.
    NotGranted,
}

/// Whether a bucket or a key has a policy of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PolicyDocument {
    /// It has.
    Present,
    /// It has none: a bucket then admits its own account, and a key has the default policy.
    None,
    /// It has none any more: the plan destroys it.
    Destroyed,
}

/// What leaves open whether a policy grants something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum GrantGap {
    /// The text of the policy, or a part of it, that the plan does not show.
    Text,
    /// A value that is known after the apply, in a statement that the plan shows or of the request.
    Value,
    /// What no plan tells of a request, though the policy is all there.
    Request,
}

/// A statement that may deny, and why that cannot be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DenialFacts {
    /// The resource that holds the policy.
    pub policy: Option<String>,
    /// The statement, counted from 0.
    pub statement: Option<usize>,
    /// Its Sid.
    pub sid: Option<String>,
    /// Why, in a sentence.
    pub reason: String,
}

/// A statement of a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StatementFacts {
    /// The resource that holds the policy.
    pub policy: Option<String>,
    /// The statement, counted from 0.
    pub statement: Option<usize>,
    /// Its Sid.
    pub sid: Option<String>,
}

/// What a policy guards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Guarded {
    /// The bucket.
    Bucket,
    /// The key of its default encryption.
    Key,
}

/// For whose distributions a grant to CloudFront holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum GrantScope {
    /// For those of any account.
    Anyone,
    /// For all of another account than the distribution's.
    OtherAccount,
    /// For all of the distribution's own account, by a wildcard.
    Account,
    /// For those that are written out.
    Narrow,
}

/// A statement that grants CloudFront more than the distribution needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct WideGrantFacts {
    /// What the policy guards.
    pub guards: Guarded,
    /// The resource that holds the policy.
    pub policy: Option<String>,
    /// The statement, counted from 0.
    pub statement: Option<usize>,
    /// Its Sid.
    pub sid: Option<String>,
    /// For whose distributions it holds.
    pub scope: GrantScope,
    /// The actions whose wildcard covers more than reading and writing objects, or using the key.
    pub actions: Vec<String>,
}
