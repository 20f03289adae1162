//! Resource types that say in other words what a type of the AWS provider says: those of the Cloud Control provider (`awscc`),
//! which follow `CloudFormation`, and the AWS provider's own multi-tenant distribution.
//!
//! They are read as the type they correspond to, so that nothing behind here knows two vocabularies. Only what is listed here
//! is read; whoever reads another attribute of these types adds it, for what is not listed looks as if it was not set.
//!
//! Sources: <https://registry.terraform.io/providers/hashicorp/awscc/latest/docs>,
//! <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudfront_multitenant_distribution>,
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_CloudFront.html>.

use super::shape::Field;
use super::shape::Shape::{self, AsIs, Block, List, Object};
use crate::plan::instance::Part;

/// How a type is read.
#[derive(Debug)]
pub struct Dialect {
    /// The type.
    pub kind: &'static str,
    /// The type of the AWS provider that it is read as.
    pub read_as: &'static str,
    /// How its attributes are read.
    pub shape: Shape,
    /// How references to its attributes are read, where the name is another one.
    attributes: &'static [(&'static str, &'static str)],
    /// Whether nested values are arguments rather than blocks: the configuration then does not show which of them a
    /// reference was written into.
    pub is_flat: bool,
}

/// The dialect of a type; none if it is read as it stands.
#[must_use]
pub fn of(kind: &str) -> Option<&'static Dialect> {
    if !kind.starts_with("awscc_") && kind != MULTI_TENANT {
        return None;
    }
    DIALECTS.iter().find(|dialect| dialect.kind == kind)
}

/// The type of distributions that serve many tenants, each of which may set parameters of an origin's domain.
pub const MULTI_TENANT: &str = "aws_cloudfront_multitenant_distribution";

impl Dialect {
    /// Where the configuration holds the expression for a place of the attributes as they are read.
    #[must_use]
    pub fn written_place<'p>(&self, path: &[Part<'p>]) -> Vec<Part<'p>> {
        let mut place = self.shape.place(None, path);
        if self.is_flat {
            place.truncate(1);
        }
        place
    }

    /// An attribute by the name it is read as.
    #[must_use]
    pub fn attribute<'n>(&self, name: &'n str) -> &'n str {
        self.attributes.iter().find(|(own, _)| *own == name).map_or(name, |(_, read_as)| read_as)
    }
}

/// A field under the same name.
const fn same(from: &'static [&'static [&'static str]; 1]) -> Field {
    let [path] = from;
    let name = match path.last() {
        Some(name) => name,
        None => "",
    };
    Field { name, from, shape: AsIs }
}

const fn field(name: &'static str, from: &'static [&'static [&'static str]], shape: Shape) -> Field {
    Field { name, from, shape }
}

const LAMBDA: Shape = Object(&[
    same(&[&["event_type"]]),
    field("lambda_arn", &[&["lambda_function_arn"]], AsIs),
    same(&[&["include_body"]]),
]);

static DIALECTS: [Dialect; 8] = [
    Dialect {
        kind: MULTI_TENANT,
        read_as: "aws_cloudfront_distribution",
        shape: Object(&[
            same(&[&["arn"]]),
            same(&[&["id"]]),
            same(&[&["domain_name"]]),
            same(&[&["enabled"]]),
            field("origin", &[&["origin"]], List(&TENANT_ORIGIN)),
            field("origin_group", &[&["origin_group"]], List(&TENANT_GROUP)),
            field("default_cache_behavior", &[&["default_cache_behavior"]], List(&TENANT_BEHAVIOUR)),
            field("ordered_cache_behavior", &[&["cache_behavior"]], List(&TENANT_BEHAVIOUR)),
            same(&[&["custom_error_response"]]),
            same(&[&["viewer_certificate"]]),
        ]),
        attributes: &[],
        is_flat: false,
    },
    Dialect {
        kind: "awscc_cloudfront_distribution",
        read_as: "aws_cloudfront_distribution",
        shape: Object(&[
            field("id", &[&["distribution_id"], &["id"]], AsIs),
            same(&[&["domain_name"]]),
            same(&[&["distribution_config", "enabled"]]),
            same(&[&["distribution_config", "staging"]]),
            same(&[&["distribution_config", "continuous_deployment_policy_id"]]),
            field("origin", &[&["distribution_config", "origins"]], List(&ORIGIN)),
            field("origin_group", &[&["distribution_config", "origin_groups", "items"]], List(&GROUP)),
            field("default_cache_behavior", &[&["distribution_config", "default_cache_behavior"]], Block(&BEHAVIOUR)),
            field("ordered_cache_behavior", &[&["distribution_config", "cache_behaviors"]], List(&BEHAVIOUR)),
            field("custom_error_response", &[&["distribution_config", "custom_error_responses"]], AsIs),
            field("viewer_certificate", &[&["distribution_config", "viewer_certificate"]], Block(&AsIs)),
        ]),
        attributes: &[("distribution_id", "id")],
        is_flat: true,
    },
    Dialect {
        kind: "awscc_cloudfront_origin_access_control",
        read_as: "aws_cloudfront_origin_access_control",
        shape: Object(&[
            field("id", &[&["origin_access_control_id"], &["id"]], AsIs),
            same(&[&["origin_access_control_config", "name"]]),
            same(&[&["origin_access_control_config", "origin_access_control_origin_type"]]),
            same(&[&["origin_access_control_config", "signing_behavior"]]),
            same(&[&["origin_access_control_config", "signing_protocol"]]),
        ]),
        attributes: &[("origin_access_control_id", "id")],
        is_flat: true,
    },
    Dialect {
        kind: "awscc_cloudfront_cloudfront_origin_access_identity",
        read_as: "aws_cloudfront_origin_access_identity",
        shape: Object(&[
            field("id", &[&["cloudfront_origin_access_identity_id"], &["id"]], AsIs),
            same(&[&["s3_canonical_user_id"]]),
        ]),
        attributes: &[("cloudfront_origin_access_identity_id", "id")],
        is_flat: true,
    },
    Dialect {
        kind: "awscc_s3_bucket",
        read_as: "aws_s3_bucket",
        shape: Object(&[
            field("bucket", &[&["bucket_name"], &["id"]], AsIs),
            same(&[&["id"]]),
            same(&[&["arn"]]),
            field("bucket_domain_name", &[&["domain_name"]], AsIs),
            field("bucket_regional_domain_name", &[&["regional_domain_name"]], AsIs),
            field("website_endpoint", &[&["website_url"]], AsIs),
            field("server_side_encryption_configuration", &[&["bucket_encryption"]], Block(&ENCRYPTION)),
            // What has resources of its own beside `aws_s3_bucket`, under the names it has there.
            field("rule", &[&["ownership_controls", "rules"]], AsIs),
            same(&[&["public_access_block_configuration", "block_public_acls"]]),
            same(&[&["public_access_block_configuration", "block_public_policy"]]),
            same(&[&["public_access_block_configuration", "ignore_public_acls"]]),
            same(&[&["public_access_block_configuration", "restrict_public_buckets"]]),
        ]),
        attributes: &[
            ("bucket_name", "bucket"),
            ("domain_name", "bucket_domain_name"),
            ("regional_domain_name", "bucket_regional_domain_name"),
            ("website_url", "website_endpoint"),
        ],
        is_flat: true,
    },
    Dialect {
        kind: "awscc_s3_bucket_policy",
        read_as: "aws_s3_bucket_policy",
        shape: Object(&[same(&[&["id"]]), same(&[&["bucket"]]), field("policy", &[&["policy_document"]], AsIs)]),
        attributes: &[("policy_document", "policy")],
        is_flat: true,
    },
    Dialect {
        kind: "awscc_kms_key",
        read_as: "aws_kms_key",
        shape: Object(&[
            same(&[&["arn"]]),
            field("key_id", &[&["key_id"], &["id"]], AsIs),
            same(&[&["id"]]),
            field("policy", &[&["key_policy"]], AsIs),
            field("is_enabled", &[&["enabled"]], AsIs),
            same(&[&["key_usage"]]),
            field("customer_master_key_spec", &[&["key_spec"]], AsIs),
            same(&[&["multi_region"]]),
            field("deletion_window_in_days", &[&["pending_window_in_days"]], AsIs),
        ]),
        attributes: &[("key_policy", "policy"), ("enabled", "is_enabled")],
        is_flat: true,
    },
    Dialect {
        kind: "awscc_kms_alias",
        read_as: "aws_kms_alias",
        shape: Object(&[field("name", &[&["alias_name"]], AsIs), same(&[&["id"]]), same(&[&["target_key_id"]])]),
        attributes: &[("alias_name", "name")],
        is_flat: true,
    },
];

static TENANT_ORIGIN: Shape = Object(&[
    // The schema says `id`; the documentation of some releases says `origin_id`.
    field("origin_id", &[&["id"], &["origin_id"]], AsIs),
    same(&[&["domain_name"]]),
    same(&[&["origin_path"]]),
    same(&[&["origin_access_control_id"]]),
    same(&[&["custom_origin_config"]]),
    same(&[&["vpc_origin_config"]]),
]);

static TENANT_GROUP: Shape = Object(&[
    field("origin_id", &[&["id"], &["origin_id"]], AsIs),
    same(&[&["failover_criteria"]]),
    same(&[&["member"]]),
]);

static TENANT_BEHAVIOUR: Shape = Object(&[
    same(&[&["target_origin_id"]]),
    same(&[&["viewer_protocol_policy"]]),
    same(&[&["path_pattern"]]),
    same(&[&["cache_policy_id"]]),
    same(&[&["origin_request_policy_id"]]),
    field("allowed_methods", &[&["allowed_methods", "items"]], AsIs),
    field("cached_methods", &[&["allowed_methods", "cached_methods"]], AsIs),
    field("lambda_function_association", &[&["lambda_function_association"]], List(&LAMBDA)),
    same(&[&["function_association"]]),
]);

static ORIGIN: Shape = Object(&[
    field("origin_id", &[&["id"]], AsIs),
    same(&[&["domain_name"]]),
    same(&[&["origin_path"]]),
    same(&[&["origin_access_control_id"]]),
    field("s3_origin_config", &[&["s3_origin_config"]], Block(&AsIs)),
    field("custom_origin_config", &[&["custom_origin_config"]], Block(&AsIs)),
    field("vpc_origin_config", &[&["vpc_origin_config"]], Block(&AsIs)),
]);

static GROUP: Shape = Object(&[field("origin_id", &[&["id"]], AsIs), field("member", &[&["members", "items"]], AsIs)]);

static BEHAVIOUR: Shape = Object(&[
    same(&[&["target_origin_id"]]),
    same(&[&["viewer_protocol_policy"]]),
    same(&[&["path_pattern"]]),
    same(&[&["cache_policy_id"]]),
    same(&[&["origin_request_policy_id"]]),
    same(&[&["allowed_methods"]]),
    same(&[&["cached_methods"]]),
    field("lambda_function_association", &[&["lambda_function_associations"]], List(&LAMBDA)),
    field("function_association", &[&["function_associations"]], AsIs),
]);

static ENCRYPTION: Shape = Object(&[field(
    "rule",
    &[&["server_side_encryption_configuration"]],
    List(&Object(&[
        same(&[&["bucket_key_enabled"]]),
        field("apply_server_side_encryption_by_default", &[&["server_side_encryption_by_default"]], Block(&AsIs)),
    ])),
)]);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::access::facts::Algorithm;
    use crate::aws::encryption::rule;
    use crate::plan::value::{Node, Text};

    #[test]
    fn every_dialect_is_found_and_leads_to_a_type_that_is_read_as_it_stands() {
        for dialect in &DIALECTS {
            assert!(std::ptr::eq(of(dialect.kind).unwrap(), dialect), "{}", dialect.kind);
            assert!(of(dialect.read_as).is_none() && crate::plan::is_kept(dialect.kind), "{}", dialect.kind);
        }
        assert!(of("awscc_ec2_instance").is_none());
    }

    #[test]
    fn a_buckets_own_encryption_reads_as_the_block_of_an_aws_bucket() {
        let default = json!({"sse_algorithm": "aws:kms", "kms_master_key_id": "k"});
        let values = json!({"bucket_encryption": {"server_side_encryption_configuration":
            [{"bucket_key_enabled": true, "server_side_encryption_by_default": default}]}});
        let bucket = of("awscc_s3_bucket").unwrap().shape.read(&Node::known(&values));
        let block = bucket.block("server_side_encryption_configuration").unwrap().unwrap();
        let rule = rule(block).unwrap().unwrap();
        assert_eq!((rule.algorithm, rule.key, rule.bucket_key), (Ok(Algorithm::SseKms), Text::Known("k"), Some(true)));
    }
}
