//! Whose values may be told: plans hold secrets in clear text, so what is not listed here is never printed.
//!
//! A value is told if it is a word of Terraform's own, or an attribute of this list which Terraform does not mark as
//! sensitive in either world. Where the marks are missing, or are none, it is not told.

use serde_json::Value;

use super::instance::Part::{self, Index, Name};

/// What a plan says of itself.
const OF_PLAN: [&str; 6] = ["format_version", "terraform_version", "timestamp", "complete", "applyable", "errored"];

/// What it says of a resource besides its attributes; keys of `for_each` are part of addresses, and never secret.
const OF_RESOURCE: [&str; 12] = [
    "address",
    "module_address",
    "previous_address",
    "mode",
    "type",
    "name",
    "index",
    "provider_name",
    "provider_config_key",
    "action_reason",
    "deposed",
    "schema_version",
];

/// What names a resource.
const NAMES: [&str; 7] = ["id", "arn", "region", "account_id", "bucket", "key_id", "hosted_zone_id"];

/// The attributes of resource types, blocks with dots between. Free text and whole policies are not among them.
#[rustfmt::skip]
const ATTRIBUTES: [(&[&str], &[&str]); 18] = [
    (&["aws_cloudfront_distribution", "aws_cloudfront_multitenant_distribution"], &[
        "domain_name", "enabled", "staging", "status", "aliases", "http_version", "price_class", "web_acl_id",
        "continuous_deployment_policy_id", "default_root_object",
        "origin.domain_name", "origin.origin_id", "origin.id", "origin.origin_path", "origin.origin_access_control_id",
        "origin.s3_origin_config.origin_access_identity", "origin.custom_origin_config.origin_protocol_policy",
        "origin_group.origin_id", "origin_group.id", "origin_group.member.origin_id",
        "origin_group.failover_criteria.status_codes",
        "default_cache_behavior.target_origin_id", "default_cache_behavior.allowed_methods",
        "default_cache_behavior.viewer_protocol_policy", "default_cache_behavior.lambda_function_association.event_type",
        "default_cache_behavior.function_association.event_type",
        "ordered_cache_behavior.target_origin_id", "ordered_cache_behavior.allowed_methods",
        "ordered_cache_behavior.path_pattern", "ordered_cache_behavior.viewer_protocol_policy",
        "ordered_cache_behavior.lambda_function_association.event_type",
        "ordered_cache_behavior.function_association.event_type",
        "cache_behavior.target_origin_id", "cache_behavior.path_pattern", "cache_behavior.viewer_protocol_policy",
        "custom_error_response.error_code", "custom_error_response.response_code",
    ]),
    (&["awscc_cloudfront_distribution"], &[
        "distribution_id", "domain_name", "distribution_config.enabled", "distribution_config.staging",
        "distribution_config.aliases", "distribution_config.continuous_deployment_policy_id",
        "distribution_config.origins.domain_name", "distribution_config.origins.id",
        "distribution_config.origins.origin_path", "distribution_config.origins.origin_access_control_id",
        "distribution_config.origins.s3_origin_config.origin_access_identity",
        "distribution_config.origins.custom_origin_config.origin_protocol_policy",
        "distribution_config.default_cache_behavior.target_origin_id",
        "distribution_config.cache_behaviors.target_origin_id", "distribution_config.cache_behaviors.path_pattern",
    ]),
    (&["aws_cloudfront_origin_access_identity", "awscc_cloudfront_cloudfront_origin_access_identity"], &[
        "iam_arn", "s3_canonical_user_id", "cloudfront_access_identity_path", "cloudfront_origin_access_identity_id",
    ]),
    (&["aws_cloudfront_origin_access_control", "awscc_cloudfront_origin_access_control"], &[
        "name", "origin_access_control_id", "origin_access_control_origin_type", "signing_behavior", "signing_protocol",
        "origin_access_control_config.name", "origin_access_control_config.origin_access_control_origin_type",
        "origin_access_control_config.signing_behavior", "origin_access_control_config.signing_protocol",
    ]),
    (&["aws_s3_bucket"], &[
        "acl", "bucket_region", "bucket_domain_name", "bucket_regional_domain_name", "website_domain",
        "website_endpoint", "force_destroy",
        "server_side_encryption_configuration.rule.bucket_key_enabled",
        "server_side_encryption_configuration.rule.apply_server_side_encryption_by_default.sse_algorithm",
        "server_side_encryption_configuration.rule.apply_server_side_encryption_by_default.kms_master_key_id",
    ]),
    (&["awscc_s3_bucket"], &[
        "bucket_name", "domain_name", "regional_domain_name",
        "bucket_encryption.server_side_encryption_configuration.bucket_key_enabled",
        "bucket_encryption.server_side_encryption_configuration.server_side_encryption_by_default.sse_algorithm",
        "bucket_encryption.server_side_encryption_configuration.server_side_encryption_by_default.kms_master_key_id",
        "ownership_controls.rules.object_ownership", "public_access_block_configuration.block_public_acls",
        "public_access_block_configuration.block_public_policy", "public_access_block_configuration.ignore_public_acls",
        "public_access_block_configuration.restrict_public_buckets",
    ]),
    (&["aws_s3_bucket_server_side_encryption_configuration"], &[
        "rule.bucket_key_enabled", "rule.apply_server_side_encryption_by_default.sse_algorithm",
        "rule.apply_server_side_encryption_by_default.kms_master_key_id",
    ]),
    (&["aws_s3_bucket_public_access_block", "aws_s3_account_public_access_block"], &[
        "block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets",
    ]),
    (&["aws_s3_bucket_ownership_controls"], &["rule.object_ownership"]),
    (&["aws_s3_bucket_acl"], &["acl"]),
    (&["aws_s3_bucket_website_configuration"], &["website_domain", "website_endpoint"]),
    (&["aws_s3_object", "aws_s3_bucket_object", "aws_s3_object_copy"], &[
        "server_side_encryption", "kms_key_id", "bucket_key_enabled",
    ]),
    (&["aws_s3_bucket_replication_configuration"], &[
        "rule.status", "rule.destination.bucket", "rule.destination.encryption_configuration.replica_kms_key_id",
        "rule.source_selection_criteria.sse_kms_encrypted_objects.status",
    ]),
    (&["aws_s3_access_point"], &["alias", "domain_name", "network_origin", "bucket_account_id"]),
    (&["aws_kms_key", "aws_kms_external_key", "aws_kms_replica_key", "aws_kms_replica_external_key", "awscc_kms_key"], &[
        "enabled", "is_enabled", "key_state", "key_manager", "key_usage", "key_spec", "customer_master_key_spec",
        "multi_region", "deletion_window_in_days", "enable_key_rotation", "primary_key_arn",
    ]),
    (&["aws_kms_alias", "awscc_kms_alias"], &["name", "alias_name", "target_key_id", "target_key_arn"]),
    (&["aws_s3_bucket_policy", "awscc_s3_bucket_policy", "aws_kms_key_policy", "aws_s3control_access_point_policy"], &[]),
    (&["aws_caller_identity", "aws_region", "aws_partition"], &[]),
];

/// Whether the value at `place` in the document of a plan may be told. Never true of an object or an array.
pub fn may_be_told(document: &Value, place: &[Part<'_>]) -> bool {
    let Some(value) = follow(document, place).filter(|value| !value.is_object() && !value.is_array()) else {
        return false;
    };
    if let [Name(member)] = place {
        return OF_PLAN.contains(member);
    }
    let Some((kind, inside)) = resource(place) else { return false };
    let around = place.get(..place.len() - inside.len()).and_then(|place| follow(document, place));
    let Some(around) = around else { return false };
    let listed = |attribute: &[Part<'_>]| {
        around.get("type").and_then(Value::as_str).is_some_and(|kind| is_listed(kind, attribute))
    };
    match (kind, inside) {
        (_, [Name(member)]) => OF_RESOURCE.contains(member),
        (Kind::Change, [Name("change"), Name("actions"), Index(_)]) => true,
        (Kind::Change, [Name("change"), Name(world @ ("before" | "after")), attribute @ ..]) => {
            let marks = |world: &str| around.get("change").and_then(|change| change.get(format!("{world}_sensitive")));
            let other = if *world == "before" { "after" } else { "before" };
            listed(attribute)
                && marks(world).is_some_and(|marks| is_free(marks, attribute))
                && marks(other).is_none_or(|marks| is_free(marks, attribute))
        }
        (Kind::State, [Name("values"), attribute @ ..]) => {
            listed(attribute) && around.get("sensitive_values").is_some_and(|marks| is_free(marks, attribute))
        }
        (
            Kind::Written,
            [Name("expressions"), attribute @ .., Name("constant_value")]
            | [Name("expressions"), attribute @ .., Name("references"), Index(_)],
        ) => listed(attribute),
        (Kind::Change, [Name("change"), Name("after_unknown" | "before_sensitive" | "after_sensitive"), ..])
        | (Kind::State, [Name("sensitive_values"), ..]) => value.is_boolean(),
        _ => false,
    }
}

/// The parts of a plan that speak of resources.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Change,
    State,
    Written,
}

/// What lies between a resource and the value at `place`. A value of a variable or an output may look like a resource too;
/// so what counts is where it stands.
fn resource<'p, 'n>(place: &'p [Part<'n>]) -> Option<(Kind, &'p [Part<'n>])> {
    let (kind, mut rest) = match place {
        [Name("resource_changes" | "resource_drift"), Index(_), inside @ ..]
        | [Name("deferred_changes"), Index(_), Name("resource_change"), inside @ ..] => {
            return Some((Kind::Change, inside));
        }
        [Name("planned_values"), Name("root_module"), rest @ ..]
        | [Name("prior_state"), Name("values"), Name("root_module"), rest @ ..] => (Kind::State, rest),
        [Name("configuration"), Name("root_module"), rest @ ..] => (Kind::Written, rest),
        _ => return None,
    };
    loop {
        rest = match (kind, rest) {
            (_, [Name("resources"), Index(_), inside @ ..]) => return Some((kind, inside)),
            (Kind::State, [Name("child_modules"), Index(_), deeper @ ..])
            | (Kind::Written, [Name("module_calls"), Name(_), Name("module"), deeper @ ..]) => deeper,
            _ => return None,
        };
    }
}

fn is_listed(kind: &str, attribute: &[Part<'_>]) -> bool {
    let Some((_, listed)) = ATTRIBUTES.iter().find(|(kinds, _)| kinds.contains(&kind)) else { return false };
    let names = || attribute.iter().filter_map(|part| if let Name(name) = part { Some(*name) } else { None });
    NAMES.iter().chain(*listed).any(|listed| names().eq(listed.split('.')))
}

/// Whether Terraform's `marks` say nothing of `attribute`, nor of what is around it. What is no mark counts as one.
fn is_free(marks: &Value, attribute: &[Part<'_>]) -> bool {
    let mut marks = marks;
    for part in attribute {
        marks = match marks {
            Value::Bool(false) | Value::Null => return true,
            Value::Object(_) | Value::Array(_) => match step(marks, *part) {
                Some(deeper) => deeper,
                None => return true,
            },
            _ => return false,
        };
    }
    match marks {
        Value::Bool(false) | Value::Null => true,
        Value::Object(fields) => fields.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

fn follow<'v>(value: &'v Value, place: &[Part<'_>]) -> Option<&'v Value> {
    place.iter().try_fold(value, |value, part| step(value, *part))
}

fn step<'v>(value: &'v Value, part: Part<'_>) -> Option<&'v Value> {
    match part {
        Name(name) => value.as_object()?.get(name),
        Index(at) => value.as_array()?.get(at),
    }
}

#[cfg(test)]
#[path = "shown_tests.rs"]
mod tests;
