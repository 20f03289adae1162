//! The published `input` of every policy: what is connected to what, and what is known of it, in both worlds.
//!
//! The document is `oacguard.facts/v1`. Policies bundled here and policies run elsewhere see exactly this, so a field is
//! added freely but never changes its meaning. A fact that may be missing is a [`Fact`]: `{"known": v}` or
//! `{"unknown": "why"}`; in Rego `x.known` is undefined where the plan cannot tell, so neither can be mistaken for the other.

mod encryption;
mod grant;
mod key;
mod object;
mod surroundings;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use encryption::{Algorithm, EncryptionFacts, EncryptionSource, Existing};
pub use grant::{
    DenialFacts, Grant, GrantFacts, GrantGap, GrantScope, Guarded, PolicyDocument, StatementFacts, WideGrantFacts,
};
pub use key::{KeyFacts, KeyManager, KeyUnfit, PartingKeyFacts, RetiredKeyFacts, Retirement, Unfit};
pub use object::{ObjectEncryption, ObjectFacts};
pub use surroundings::{ContextFacts, OwnershipFacts, PublicBlockFacts, ReplicaFacts, WriteFacts};

/// The identifier of this document's shape.
pub const SCHEMA: &str = "oacguard.facts/v1";

/// Something the plan tells, or the reason why it cannot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Fact<T> {
    /// The plan tells it.
    Known(T),
    /// The plan cannot tell it; the text says why, as the end of a sentence ("… because `<why>`").
    Unknown(String),
}

impl<T> Fact<T> {
    /// The value, if the plan tells it.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unknown(_) => None,
        }
    }

    /// Why the plan cannot tell it, if it cannot.
    pub fn why(&self) -> Option<&str> {
        match self {
            Self::Known(_) => None,
            Self::Unknown(why) => Some(why),
        }
    }

    /// The same fact, its value seen through `f`.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Fact<U> {
        match self {
            Self::Known(value) => Fact::Known(f(value)),
            Self::Unknown(why) => Fact::Unknown(why),
        }
    }
}

/// Everything the policies see.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Facts {
    /// Always `oacguard.facts/v1`.
    pub schema: String,
    /// The plans that were read, in the order given.
    pub plans: Vec<PlanFacts>,
    /// How much was looked at, over all plans, in the after world.
    pub counts: Counts,
    /// One entry for each origin of a distribution that leads, or may lead, to S3.
    pub paths: Vec<PathFacts>,
}

/// What the policies may know of one plan document.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PlanFacts {
    /// The source as the user named it (`-` for standard input).
    pub source: String,
    /// The version of Terraform or OpenTofu that made the plan.
    pub terraform_version: Option<String>,
    /// The version of the plan format.
    pub format_version: String,
    /// Terraform's own word on whether applying this plan brings everything in line with the configuration; `null` where
    /// the document does not say (Terraform before 1.8, OpenTofu).
    pub complete: Option<bool>,
    /// Resources that the configuration declares and this plan neither knows nor changes; only looked for when `complete` is `null`.
    pub unplanned: Vec<String>,
    /// Addresses of changes that Terraform put off to a later plan.
    pub deferred: Vec<String>,
}

/// How much was looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Counts {
    /// CloudFront distributions.
    pub distributions: usize,
    /// Origins that lead, or may lead, to S3.
    pub origins: usize,
    /// Distinct S3 buckets behind those origins.
    pub buckets: usize,
    /// Distinct KMS keys those buckets encrypt with.
    pub keys: usize,
    /// Access paths, in either world.
    pub paths: usize,
}

/// One access path: distribution → origin → bucket → key, before and after the plan is applied.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PathFacts {
    /// The position in `paths`; findings name their path by it.
    pub id: usize,
    /// The position in `plans` of the plan that holds the distribution.
    pub plan: usize,
    /// Terraform address of the distribution, with its index.
    pub distribution: String,
    /// The origin id; if unknown, the reference it was written with; if sensitive, `(sensitive)`.
    pub origin: String,
    /// What held before; `null` when the path did not exist.
    pub before: Option<WorldFacts>,
    /// What will hold after the apply; `null` when the path will be gone.
    pub after: Option<WorldFacts>,
    /// What this plan does to the resources on the path.
    pub change: ChangeFacts,
}

/// What holds on a path at one moment.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct WorldFacts {
    /// Whether the distribution serves requests.
    pub enabled: Fact<bool>,
    /// The distribution's ARN, where known and not sensitive.
    pub distribution_arn: Option<String>,
    /// Whether it is a staging distribution (continuous deployment).
    pub staging: Fact<bool>,
    /// `false` only when it is certain that no cache behaviour leads to the origin.
    pub used: bool,
    /// The origin's domain name.
    pub domain: Fact<String>,
    /// What kind of S3 endpoint the domain is.
    pub endpoint: Fact<Endpoint>,
    /// How CloudFront reaches the origin.
    pub access: Fact<Access>,
    /// The origin access identity set on the origin, if one is.
    pub oai: Option<ResourceFacts>,
    /// The origin access control set on the origin, if one is.
    pub oac: Option<OacFacts>,
    /// Whether every behaviour that leads to the origin has an `origin-request` Lambda@Edge function, which may sign the request itself.
    pub edge_function: Fact<bool>,
    /// Whether the origin is a custom one: it has a `custom_origin_config`, with which it is no S3 origin to CloudFront,
    /// whatever its domain.
    pub custom_origin: bool,
    /// Why it cannot be told whether AWS takes the origin with its access control; `null` where it can, or where there is no
    /// access control.
    pub origin_gap: Option<String>,
    /// Whether a custom error response turns 403 into a success, so that viewers would not see a failure.
    pub error_masked: bool,
    /// The bucket behind the origin.
    pub bucket: Fact<BucketFacts>,
    /// The bucket that the origin led to, where this plan destroys it and nothing takes its place.
    pub destroyed_bucket: Option<String>,
    /// How objects written from this moment on are encrypted when the writer does not say: the bucket's default.
    pub encryption: Fact<EncryptionFacts>,
    /// How the objects that lie in the bucket at this moment may be encrypted, as far as the bucket's default tells.
    pub existing: Fact<Existing>,
    /// The KMS key of the default encryption; `null` where there is none.
    pub key: Option<Fact<KeyFacts>>,
    /// The KMS key that the objects of today may need, as far as the bucket's default tells; `null` where there is none.
    pub existing_key: Option<Fact<KeyFacts>>,
    /// Whether the bucket policy lets this origin read; behind an access point, whether its policy and that of the bucket do.
    pub bucket_grant: Fact<GrantFacts>,
    /// A statement of the bucket policy that denies what another allows, if a condition holds which no plan tells; `null`
    /// where there is none, or where more than that leaves `bucket_grant` open.
    pub bucket_denial: Option<DenialFacts>,
    /// What leaves `bucket_grant` open; `null` where nothing does, or nothing in the policy.
    pub bucket_grant_gap: Option<GrantGap>,
    /// Whether the key policy lets this distribution decrypt; `null` where no such grant is needed.
    pub key_grant: Option<Fact<GrantFacts>>,
    /// What leaves `key_grant` open; `null` where nothing does, or nothing in the policy.
    pub key_grant_gap: Option<GrantGap>,
    /// The same of the key that the objects of today may need.
    pub existing_key_grant: Option<Fact<GrantFacts>>,
    /// The keys that an origin access control would need and that cannot be used.
    pub retired_keys: Vec<RetiredKeyFacts>,
    /// The keys that new or existing objects need and of which the plan does not tell whether they stay enabled.
    pub unsettled_keys: Vec<String>,
    /// The keys that go out of use with this plan, or that CloudFront can use no longer, and that an earlier default of the
    /// bucket may have been: their policy lets this distribution decrypt, but neither today's default is one of them nor that
    /// of afterwards.
    pub parting_keys: Vec<PartingKeyFacts>,
    /// The objects of the plan that the origin may serve and that are not simply encrypted by SSE-S3; none of those that an
    /// OAC reads with the key of the default encryption.
    pub objects: Vec<ObjectFacts>,
    /// Whether this plan writes an object there that takes the bucket's default encryption.
    pub writes_by_default: bool,
    /// The statement of the bucket policy that leaves uploads no encryption but one with a KMS key; `null` where there is
    /// none.
    pub forced_uploads: Option<StatementFacts>,
    /// Who owns what is uploaded to the bucket, where a resource of the plan says so.
    pub ownership: Option<OwnershipFacts>,
    /// Whether the bucket policy does not let this origin read, but object ACLs may.
    pub rides_on_acls: bool,
    /// The public access block of the bucket, where a resource of the plan is one.
    pub public_block: Option<PublicBlockFacts>,
    /// Replications that bring objects under a KMS key into the bucket, or may.
    pub replicas: Vec<ReplicaFacts>,
    /// A grant of the key policy that an S3 Bucket Key makes doubtful.
    pub key_context: Option<ContextFacts>,
    /// What writing through CloudFront takes, where viewers may write under a KMS key.
    pub writes: Option<WriteFacts>,
    /// The statements of the bucket policy and of the key policy that grant CloudFront more than this distribution needs.
    pub wide_grants: Vec<WideGrantFacts>,
    /// The statements of the key policy that grant something to an origin access identity, which has no effect.
    pub useless_key_grants: Vec<StatementFacts>,
    /// Whether every behaviour that leads to the origin makes viewers use HTTPS.
    pub viewers_use_https: Fact<bool>,
    /// Whether viewers can be served, for existing and for new objects.
    pub readable: Readability,
    /// Where each link was read.
    pub evidence: PathEvidence,
}

impl WorldFacts {
    /// A path of which nothing can be told but that it is there; `why` is the end of a sentence.
    #[must_use]
    pub fn unresolved(why: &str) -> Self {
        fn unknown<T>(why: &str) -> Fact<T> {
            Fact::Unknown(why.to_owned())
        }
        Self {
            enabled: unknown(why),
            distribution_arn: None,
            staging: unknown(why),
            used: true,
            domain: unknown(why),
            endpoint: unknown(why),
            access: unknown(why),
            oai: None,
            oac: None,
            edge_function: unknown(why),
            viewers_use_https: unknown(why),
            custom_origin: false,
            origin_gap: None,
            error_masked: false,
            bucket: unknown(why),
            destroyed_bucket: None,
            encryption: unknown(why),
            existing: unknown(why),
            key: None,
            existing_key: None,
            bucket_grant: unknown(why),
            bucket_denial: None,
            bucket_grant_gap: None,
            key_grant: None,
            key_grant_gap: None,
            existing_key_grant: None,
            retired_keys: Vec::new(),
            unsettled_keys: Vec::new(),
            parting_keys: Vec::new(),
            objects: Vec::new(),
            writes_by_default: false,
            forced_uploads: None,
            ownership: None,
            rides_on_acls: false,
            public_block: None,
            replicas: Vec::new(),
            key_context: None,
            writes: None,
            wide_grants: Vec::new(),
            useless_key_grants: Vec::new(),
            readable: Readability { existing: ReadState::Unresolved, new: ReadState::Unresolved },
            evidence: PathEvidence::default(),
        }
    }
}

/// The kind of S3 endpoint an origin's domain names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Endpoint {
    /// The REST endpoint of a bucket.
    Rest,
    /// The static website endpoint of a bucket.
    Website,
    /// An S3 access point, by its alias.
    AccessPoint,
    /// An S3 Object Lambda access point.
    ObjectLambda,
    /// An S3 Multi-Region Access Point.
    MultiRegion,
    /// Not an S3 endpoint, though an OAI or an OAC for S3 is set on the origin.
    Other,
}

/// How CloudFront reaches an origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Access {
    /// As an origin access identity.
    Oai,
    /// Signed, by an origin access control.
    Oac,
    /// Without a signature: nothing set, an OAC that never signs, or a custom origin.
    Unsigned,
    /// Through the bucket's website endpoint, which takes no signature.
    Website,
}

/// A resource that a path runs through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ResourceFacts {
    /// What people call it: the Terraform address, else the name, id or ARN known, else the reference it was written with.
    pub label: String,
    /// Its Terraform address, when it is in a plan.
    pub address: Option<String>,
}

/// An origin access control.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OacFacts {
    /// What people call it.
    pub label: String,
    /// Its Terraform address, when it is in a plan.
    pub address: Option<String>,
    /// `s3`, `lambda`, `mediastore` or `mediapackagev2`.
    pub origin_type: Fact<String>,
    /// `always`, `never` or `no-override`.
    pub signing: Fact<String>,
    /// Whether the plan makes it anew before it destroys the old one, under the same name.
    pub name_is_taken: bool,
}

/// A bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BucketFacts {
    /// What people call it.
    pub label: String,
    /// The Terraform address of the bucket, or of the data source that looks it up.
    pub address: Option<String>,
    /// Its name, where known.
    pub name: Option<String>,
    /// The AWS Region, where known.
    pub region: Option<String>,
    /// Whether this plan creates the bucket, so that nothing lies in it yet.
    pub created: bool,
}

/// Whether viewers can be served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Readability {
    /// Objects written before the apply.
    pub existing: ReadState,
    /// Objects written after it.
    pub new: ReadState,
}

/// Whether CloudFront can read an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ReadState {
    /// It can.
    Readable,
    /// It cannot.
    Unreadable,
    /// The plan cannot tell.
    Unresolved,
    /// There are no such objects, or no such path.
    Absent,
}

/// Where each link of a path was read.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct PathEvidence {
    /// The origin and what is set on it.
    pub access: Vec<Evidence>,
    /// Origin to bucket.
    pub bucket: Vec<Evidence>,
    /// Bucket to its default encryption.
    pub encryption: Vec<Evidence>,
    /// Default encryption to key.
    pub key: Vec<Evidence>,
    /// The policies.
    pub grants: Vec<Evidence>,
}

/// A place in a plan document, and what it shows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// The plan's source as given.
    pub plan: String,
    /// The Terraform address of the resource that is read.
    pub address: String,
    /// An RFC 9535 normalized path into the plan document.
    pub path: String,
    /// What is to be seen there.
    pub note: String,
}

/// What this plan does on a path.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct ChangeFacts {
    /// The resources on the path that this plan changes, with Terraform's actions.
    pub resources: Vec<ResourceChange>,
    /// Whether the way CloudFront reaches the origin changes.
    pub access: bool,
    /// Whether the origin moves to another bucket.
    pub bucket: bool,
    /// Whether the bucket's default encryption changes its algorithm.
    pub encryption: bool,
    /// Whether the KMS key of the default encryption changes.
    pub key: bool,
    /// Whether viewers certainly are sent there who were not: another behaviour comes to lead to the origin, or the
    /// distribution gets the host name of another one.
    pub viewers: bool,
    /// What the bucket policy of before says to the request that CloudFront makes afterwards; `null` unless the way
    /// CloudFront reaches the same bucket changes.
    pub grant_before: Option<Fact<GrantFacts>>,
    /// What the bucket policy of afterwards says to the request that CloudFront makes before; `null` likewise.
    pub grant_after: Option<Fact<GrantFacts>>,
}

/// A resource that this plan changes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct ResourceChange {
    /// Its Terraform address.
    pub address: String,
    /// Terraform's actions: `create`, `update`, `delete`, `forget`, `read`.
    pub actions: Vec<String>,
}
