//! The policies: their text, their metadata and their evaluation.

use thiserror::Error;

use crate::finding::Severity;

/// Why the policies cannot be used.
#[derive(Debug, Error)]
pub enum PolicyError {}

/// What a policy's METADATA says of it.
#[derive(Debug, Clone)]
pub struct PolicyMeta {
    /// Its id, in kebab case.
    pub id: String,
    /// One imperative sentence.
    pub title: String,
    /// What it looks for and why it matters.
    pub description: String,
    /// The severities it may give, the usual one first.
    pub levels: Vec<Severity>,
    /// What to do.
    pub remediation: String,
    /// Where to read more.
    pub related_resources: Vec<Related>,
    /// Whether it judges each world alone, or the change from one to the other.
    pub compares: Compares,
    /// What viewers see when it is right.
    pub breaks: Option<String>,
    /// The version of this program that brought it.
    pub since: String,
}

/// A page to read.
#[derive(Debug, Clone)]
pub struct Related {
    /// Its address.
    pub reference: String,
    /// What is to be found there.
    pub description: String,
}

/// What a policy looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compares {
    /// One world at a time.
    World,
    /// Both worlds at once.
    Change,
}

/// The bundled policies.
#[derive(Debug, Default)]
pub struct Bundle {
    policies: Vec<PolicyMeta>,
}

impl Bundle {
    /// The policies, sorted by id.
    pub fn policies(&self) -> &[PolicyMeta] {
        &self.policies
    }
}

/// The policies inside this program.
///
/// # Errors
/// When one of them cannot be loaded.
pub fn bundled() -> Result<&'static Bundle, PolicyError> {
    static BUNDLE: std::sync::LazyLock<Bundle> = std::sync::LazyLock::new(|| {
        let policy = |id: &str, title: &str, level: Severity| {
            PolicyMeta {
            id: id.to_owned(),
            title: title.to_owned(),
            description: "An origin access identity signs with a protocol that KMS does not take.".to_owned(),
            levels: vec![level],
            remediation: "Use an origin access control.".to_owned(),
            related_resources: vec![Related {
                reference: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html".to_owned(),
                description: "Restrict access to an S3 origin".to_owned(),
            }],
            compares: Compares::World,
            breaks: Some("KMS.UnrecognizedClientException".to_owned()),
            since: "0.1.0".to_owned(),
        }
        };
        Bundle {
            policies: vec![
                policy("legacy-oai", "Move from OAI to OAC before the bucket gets KMS", Severity::Note),
                policy("oai-sse-kms", "Do not put an OAI in front of SSE-KMS", Severity::Error),
            ],
        }
    });
    Ok(&BUNDLE)
}
