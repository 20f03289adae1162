//! The rule that sets a bucket's default encryption, as the provider writes it in two places.
//!
//! Source: <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ServerSideEncryptionByDefault.html>.

use crate::access::facts::Algorithm;
use crate::plan::value::{Kind, Node, Text, Unknown};

/// What a rule says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule<'n> {
    /// The algorithm, or why it cannot be told.
    pub algorithm: Result<Algorithm, AlgorithmUnknown<'n>>,
    /// Whether Terraform marks the algorithm as sensitive.
    pub algorithm_is_sensitive: bool,
    /// `kms_master_key_id` as it stands.
    pub key: Text<'n>,
    /// Whether Terraform marks the key as sensitive.
    pub key_is_sensitive: bool,
    /// Whether S3 Bucket Keys are on; none if it cannot be told.
    pub bucket_key: Option<bool>,
}

/// Why an algorithm cannot be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlgorithmUnknown<'n> {
    /// Known after apply.
    Unknown,
    /// A word that S3 does not have, or does not have yet.
    Unrecognized(&'n str),
}

/// Reads the rule in `holder`: the separate resource, or the inline block of a bucket. None if there is no rule.
///
/// # Errors
/// [`Unknown`] if it cannot be told whether there is a rule.
pub fn rule(holder: &Node) -> Result<Option<Rule<'_>>, Unknown> {
    let Some(rule) = holder.block("rule")? else { return Ok(None) };
    let bucket_key = match rule.get("bucket_key_enabled").map(|flag| &flag.kind) {
        Some(Kind::Bool(flag)) => Some(*flag),
        Some(Kind::Unknown) => None,
        _ => Some(false),
    };
    let Some(default) = rule.block("apply_server_side_encryption_by_default")? else {
        // A rule for bucket keys or blocked types alone leaves the algorithm at S3's own default.
        return Ok(Some(Rule {
            algorithm: Ok(Algorithm::SseS3),
            algorithm_is_sensitive: false,
            key: Text::Unset,
            key_is_sensitive: false,
            bucket_key,
        }));
    };
    let algorithm = match default.text("sse_algorithm") {
        Text::Known("AES256") => Ok(Algorithm::SseS3),
        // It is required, so where it is not there the document hides it.
        Text::Unset | Text::Unknown => Err(AlgorithmUnknown::Unknown),
        Text::Known("aws:kms") => Ok(Algorithm::SseKms),
        Text::Known("aws:kms:dsse") => Ok(Algorithm::DsseKms),
        Text::Known(word) => Err(AlgorithmUnknown::Unrecognized(word)),
    };
    let is_sensitive = |name| default.get(name).is_some_and(|value| value.sensitive);
    Ok(Some(Rule {
        algorithm,
        algorithm_is_sensitive: is_sensitive("sse_algorithm"),
        key: default.text("kms_master_key_id"),
        key_is_sensitive: is_sensitive("kms_master_key_id"),
        bucket_key,
    }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_aes_rule_with_an_unknown_key_is_not_kms() {
        let values = json!({"rule": [{"apply_server_side_encryption_by_default": [{"sse_algorithm": "AES256"}]}]});
        let unknown = json!({"rule": [{"apply_server_side_encryption_by_default": [{"kms_master_key_id": true}]}]});
        let node = Node::merge(Some(&values), Some(&unknown), None);
        let rule = rule(&node).unwrap().unwrap();
        assert_eq!((rule.algorithm, rule.key), (Ok(Algorithm::SseS3), Text::Unknown));
    }

    #[test]
    fn an_unknown_rule_is_not_an_absent_one() {
        let node = Node::merge(Some(&json!({})), Some(&json!({"rule": true})), None);
        assert_eq!(rule(&node), Err(Unknown));
        let node = Node::merge(
            Some(&json!({"rule": [{}]})),
            Some(&json!({"rule": [{"apply_server_side_encryption_by_default": true}]})),
            None,
        );
        assert_eq!(rule(&node), Err(Unknown));
    }

    #[test]
    fn a_new_algorithm_is_not_taken_for_an_old_one() {
        let node = Node::known(
            &json!({"rule": [{"apply_server_side_encryption_by_default": [{"sse_algorithm": "aws:fsx"}]}]}),
        );
        assert_eq!(rule(&node).unwrap().unwrap().algorithm, Err(AlgorithmUnknown::Unrecognized("aws:fsx")));
    }
}
