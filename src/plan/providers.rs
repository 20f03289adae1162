//! What the provider blocks of a configuration tell: whether all those for AWS act in one account, so that what is known of it
//! at one resource holds for another, and in which Region each makes what it makes.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value as Json};

use super::document::Str;

/// A provider block, or what a module asks of the provider that it is handed.
#[derive(Debug, Deserialize)]
pub(super) struct ProviderConfig<'a> {
    #[serde(borrow)]
    name: Option<Str<'a>>,
    #[serde(borrow)]
    module_address: Option<Str<'a>>,
    #[serde(borrow)]
    expressions: Option<&'a RawValue>,
}

/// Arguments that have nothing to do with who acts.
///
/// Source: <https://registry.terraform.io/providers/hashicorp/aws/latest/docs#argument-reference>
const HARMLESS: [&str; 8] = [
    "region",
    "default_tags",
    "ignore_tags",
    "max_retries",
    "retry_mode",
    "s3_use_path_style",
    "use_dualstack_endpoint",
    "use_fips_endpoint",
];

/// Whether every `aws` provider block has the same arguments but for Region, tags and the like.
///
/// Blocks that take their credentials from the environment all take the same ones.
pub(super) fn act_in_one_account(configs: &BTreeMap<Str<'_>, ProviderConfig<'_>>) -> bool {
    // What a module is handed is one of the blocks above it.
    let is_handed = |config: &ProviderConfig<'_>| config.module_address.is_some() && config.expressions.is_none();
    let mut blocks =
        configs.values().filter(|config| config.name.as_deref() == Some("aws") && !is_handed(config)).map(identity);
    let Some(Some(first)) = blocks.next() else { return false };
    blocks.all(|other| other.as_ref() == Some(&first))
}

/// The Region that each `aws` provider block names outright, by the key under which resources refer to the block.
pub(super) fn regions(configs: &BTreeMap<Str<'_>, ProviderConfig<'_>>) -> BTreeMap<String, String> {
    let region = |config: &ProviderConfig<'_>| {
        let expressions: Json = serde_json::from_str(config.expressions?.get()).ok()?;
        Some(expressions.get("region")?.get("constant_value")?.as_str()?.to_owned())
    };
    let blocks = configs.iter().filter(|(_, config)| config.name.as_deref() == Some("aws"));
    blocks.filter_map(|(key, config)| Some((key.to_string(), region(config)?))).collect()
}

/// The arguments that may decide who acts; none if they cannot be read.
fn identity(config: &ProviderConfig<'_>) -> Option<Map<String, Json>> {
    let mut arguments = match config.expressions {
        None => Map::new(),
        Some(expressions) => serde_json::from_str::<Map<String, Json>>(expressions.get()).ok()?,
    };
    arguments.retain(|name, _| !HARMLESS.contains(&name.as_str()));
    Some(arguments)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(configs: &str) -> bool {
        act_in_one_account(&serde_json::from_str(configs).expect("provider blocks"))
    }

    #[test]
    fn a_region_is_taken_where_the_block_names_it_outright() {
        let configs = r#"{
            "aws": {"name": "aws", "expressions": {"region": {"constant_value": "eu-west-1"}}},
            "aws.mx": {"name": "aws", "expressions": {"region": {"constant_value": "mx-central-1"}}},
            "aws.later": {"name": "aws", "expressions": {"region": {"references": ["var.region"]}}},
            "module.m:aws": {"name": "aws", "module_address": "module.m"},
            "other": {"name": "other", "expressions": {"region": {"constant_value": "moon"}}}
        }"#;
        let regions = regions(&serde_json::from_str(configs).expect("provider blocks"));
        let expected = [("aws", "eu-west-1"), ("aws.mx", "mx-central-1")];
        assert_eq!(regions, expected.map(|(key, region)| (key.to_owned(), region.to_owned())).into());
    }

    #[test]
    fn blocks_that_differ_in_their_region_alone_are_of_one_account() {
        let region = |name: &str, more: &str| {
            format!(r#"{{"name": "aws", "expressions": {{"region": {{"constant_value": "{name}"}}{more}}}}}"#)
        };
        let role = r#", "assume_role": [{"role_arn": {"references": ["var.role"]}}]"#;
        let both = |one: String, other: String| format!(r#"{{"aws": {one}, "aws.use1": {other}}}"#);
        assert!(one(&both(region("eu-west-1", ""), region("us-east-1", ""))));
        assert!(one(&both(region("eu-west-1", role), region("us-east-1", role))));
        assert!(!one(&both(region("eu-west-1", ""), region("us-east-1", role))));
        assert!(one(r#"{"aws": {"name": "aws"}, "random": {"name": "random"}}"#));
        assert!(one(r#"{"aws": {"name": "aws"}, "module.m:aws": {"name": "aws", "module_address": "module.m"}}"#));
        assert!(!one(r#"{"module.m:aws": {"name": "aws", "module_address": "module.m"}}"#));
        assert!(!one("{}"));
    }
}
