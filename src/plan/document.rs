//! The shape of Terraform's plan document, read in one pass over its text.
//!
//! Nothing is built for the parts that do not matter: of most resources only the address is kept, of the others the text of
//! their values, borrowed, to be parsed when somebody asks. Source: <https://developer.hashicorp.com/terraform/internals/json-format>.

use std::borrow::{Borrow, Cow};
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use serde::de::{Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, de};
use serde_json::value::RawValue;

use super::address::Key;
use super::configuration::ModuleConfig;
use super::providers::ProviderConfig;

/// A string of the document, borrowed where it has no escapes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
pub(super) struct Str<'a>(#[serde(borrow)] pub(super) Cow<'a, str>);

impl Deref for Str<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

// The look-up of a map by plain text relies on `Str` comparing and hashing as its text does.
impl Borrow<str> for Str<'_> {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// A string of the document as it is written there. Most are never looked at, and to take the escapes out of an address takes
/// memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Quoted<'a>(&'a str);

impl<'a> Quoted<'a> {
    /// The string.
    pub(super) fn text(self) -> Cow<'a, str> {
        // It can be read, or there would be no `Quoted`.
        serde_json::from_str::<Str<'a>>(self.0).map(|text| text.0).unwrap_or_default()
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Quoted<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <&'a RawValue>::deserialize(deserializer)?.get();
        // Of a string that was parsed as a whole, only its code points may still be wrong.
        if !text.starts_with('"') || text.contains("\\u") {
            serde_json::from_str::<Str<'a>>(text).map_err(|error| {
                let reason = error.to_string();
                let place = format!(" at line {} column {}", error.line(), error.column());
                de::Error::custom(reason.strip_suffix(&place).unwrap_or(&reason))
            })?;
        }
        Ok(Self(text))
    }
}

/// The top level: a plan's, and what tells other documents apart from a plan.
#[derive(Debug, Deserialize)]
pub(super) struct Top<'a> {
    #[serde(borrow)]
    pub(super) format_version: Option<Str<'a>>,
    #[serde(borrow)]
    pub(super) terraform_version: Option<Str<'a>>,
    pub(super) complete: Option<bool>,
    pub(super) errored: Option<bool>,
    #[serde(borrow)]
    pub(super) resource_changes: Option<Entries<'a, ChangeEntry<'a>>>,
    #[serde(borrow)]
    pub(super) prior_state: Option<State<'a>>,
    #[serde(borrow)]
    pub(super) planned_values: Option<StateValues<'a>>,
    #[serde(borrow)]
    pub(super) configuration: Option<Configuration<'a>>,
    #[serde(borrow)]
    pub(super) variables: Option<BTreeMap<Str<'a>, Variable<'a>>>,
    #[serde(borrow)]
    pub(super) relevant_attributes: Option<Vec<RelevantAttribute<'a>>>,
    #[serde(borrow)]
    pub(super) deferred_changes: Option<Vec<Deferred<'a>>>,
    // Hosts that hand a plan to a policy wrap it.
    #[serde(borrow)]
    pub(super) plan: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) tfplan: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) terraform: Option<&'a RawValue>,
    // Signs of other documents.
    pub(super) values: Option<IgnoredAny>,
    pub(super) root_module: Option<IgnoredAny>,
    pub(super) plan_format_version: Option<IgnoredAny>,
    pub(super) provider_schemas: Option<IgnoredAny>,
    pub(super) lineage: Option<IgnoredAny>,
    #[serde(rename = "@level")]
    pub(super) level: Option<IgnoredAny>,
}

impl Top<'_> {
    /// What both say together; where both say something, what this one says.
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            format_version: self.format_version.or(other.format_version),
            terraform_version: self.terraform_version.or(other.terraform_version),
            complete: self.complete.or(other.complete),
            errored: self.errored.or(other.errored),
            resource_changes: self.resource_changes.or(other.resource_changes),
            prior_state: self.prior_state.or(other.prior_state),
            planned_values: self.planned_values.or(other.planned_values),
            configuration: self.configuration.or(other.configuration),
            variables: self.variables.or(other.variables),
            relevant_attributes: self.relevant_attributes.or(other.relevant_attributes),
            deferred_changes: self.deferred_changes.or(other.deferred_changes),
            plan: self.plan.or(other.plan),
            tfplan: self.tfplan.or(other.tfplan),
            terraform: self.terraform.or(other.terraform),
            values: self.values.or(other.values),
            root_module: self.root_module.or(other.root_module),
            plan_format_version: self.plan_format_version.or(other.plan_format_version),
            provider_schemas: self.provider_schemas.or(other.provider_schemas),
            lineage: self.lineage.or(other.lineage),
            level: self.level.or(other.level),
        }
    }
}

/// An entry of a list of resources that is kept or not by its type.
pub(super) trait Entry<'a> {
    fn kind(&self) -> &str;
    fn address(&self) -> Quoted<'a>;
}

/// The entries whose type matters, with their position, and the addresses of the others.
#[derive(Debug)]
pub(super) struct Entries<'a, T> {
    pub(super) kept: Vec<(usize, T)>,
    pub(super) others: Vec<Quoted<'a>>,
}

impl<T> Default for Entries<'_, T> {
    fn default() -> Self {
        Self { kept: Vec::new(), others: Vec::new() }
    }
}

impl<'de: 'a, 'a, T: Entry<'a> + Deserialize<'de>> Deserialize<'de> for Entries<'a, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keep<'a, T>(PhantomData<(&'a (), T)>);
        impl<'de: 'a, 'a, T: Entry<'a> + Deserialize<'de>> Visitor<'de> for Keep<'a, T> {
            type Value = Entries<'a, T>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a list of resources")
            }

            fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
                Ok(Entries::default())
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut entries = Entries::default();
                let mut at = 0;
                while let Some(entry) = seq.next_element::<T>()? {
                    if matters(entry.kind()) {
                        entries.kept.push((at, entry));
                    } else {
                        entries.others.push(entry.address());
                    }
                    at += 1;
                }
                // There is a list for every module, and most are short.
                entries.kept.shrink_to_fit();
                entries.others.shrink_to_fit();
                Ok(entries)
            }
        }
        deserializer.deserialize_any(Keep(PhantomData))
    }
}

/// Whether resources of this type can lie on an access path, or tell of one that does.
pub(crate) fn matters(kind: &str) -> bool {
    const PREFIXES: [&str; 4] = ["aws_cloudfront_", "aws_s3", "aws_kms_", "awscc_"];
    const TYPES: [&str; 4] = ["aws_iam_policy_document", "aws_caller_identity", "aws_partition", "aws_region"];
    PREFIXES.iter().any(|prefix| kind.starts_with(prefix)) || TYPES.contains(&kind)
}

/// An element of `resource_changes`.
#[derive(Debug, Deserialize)]
pub(super) struct ChangeEntry<'a> {
    #[serde(borrow)]
    pub(super) address: Quoted<'a>,
    #[serde(borrow)]
    pub(super) previous_address: Option<Quoted<'a>>,
    #[serde(borrow)]
    pub(super) module_address: Option<Quoted<'a>>,
    #[serde(borrow)]
    pub(super) mode: Option<Str<'a>>,
    #[serde(borrow, rename = "type")]
    pub(super) kind: Str<'a>,
    #[serde(borrow)]
    pub(super) name: Str<'a>,
    pub(super) index: Option<Key>,
    pub(super) index_unknown: Option<bool>,
    #[serde(borrow)]
    pub(super) deposed: Option<Str<'a>>,
    #[serde(borrow)]
    pub(super) change: Option<&'a RawValue>,
}

impl<'a> Entry<'a> for ChangeEntry<'a> {
    fn kind(&self) -> &str {
        &self.kind
    }

    fn address(&self) -> Quoted<'a> {
        self.address
    }
}

/// The `change` of an element of `resource_changes`.
#[derive(Debug, Deserialize)]
pub(super) struct Change<'a> {
    #[serde(borrow)]
    pub(super) actions: Vec<Str<'a>>,
    #[serde(borrow)]
    pub(super) before: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) after: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) after_unknown: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) before_sensitive: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) after_sensitive: Option<&'a RawValue>,
}

/// `prior_state`.
#[derive(Debug, Deserialize)]
pub(super) struct State<'a> {
    #[serde(borrow)]
    pub(super) values: Option<StateValues<'a>>,
}

/// `prior_state.values` and `planned_values`.
#[derive(Debug, Deserialize)]
pub(super) struct StateValues<'a> {
    #[serde(borrow)]
    pub(super) root_module: Option<StateModule<'a>>,
}

/// A module of a state.
#[derive(Debug, Deserialize)]
pub(super) struct StateModule<'a> {
    #[serde(borrow)]
    pub(super) address: Option<Str<'a>>,
    #[serde(borrow, default)]
    pub(super) resources: Entries<'a, StateEntry<'a>>,
    #[serde(borrow)]
    pub(super) child_modules: Option<Vec<StateModule<'a>>>,
}

/// A resource of a state.
#[derive(Debug, Deserialize)]
pub(super) struct StateEntry<'a> {
    #[serde(borrow)]
    address: Quoted<'a>,
    #[serde(borrow)]
    pub(super) mode: Option<Str<'a>>,
    #[serde(borrow, rename = "type")]
    pub(super) kind: Str<'a>,
    #[serde(borrow)]
    pub(super) name: Str<'a>,
    pub(super) index: Option<Key>,
    #[serde(borrow)]
    pub(super) deposed_key: Option<Str<'a>>,
    #[serde(borrow)]
    pub(super) values: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) sensitive_values: Option<&'a RawValue>,
}

impl<'a> Entry<'a> for StateEntry<'a> {
    fn kind(&self) -> &str {
        &self.kind
    }

    fn address(&self) -> Quoted<'a> {
        self.address
    }
}

/// `configuration`.
#[derive(Debug, Deserialize)]
pub(super) struct Configuration<'a> {
    #[serde(borrow)]
    pub(super) provider_config: Option<BTreeMap<Str<'a>, ProviderConfig<'a>>>,
    #[serde(borrow)]
    pub(super) root_module: Option<ModuleConfig<'a>>,
}

/// A root variable and its value, which may be a secret.
#[derive(Debug, Deserialize)]
pub(super) struct Variable<'a> {
    #[serde(borrow)]
    pub(super) value: Option<&'a RawValue>,
}

/// An attribute that some expression of the configuration reads; it is not told which.
#[derive(Debug, Deserialize)]
pub(super) struct RelevantAttribute<'a> {
    #[serde(borrow)]
    pub(super) resource: Option<Str<'a>>,
    #[serde(borrow)]
    pub(super) attribute: Option<&'a RawValue>,
}

/// A change that Terraform put off.
#[derive(Debug, Deserialize)]
pub(super) struct Deferred<'a> {
    #[serde(borrow)]
    pub(super) resource_change: Option<DeferredChange<'a>>,
}

/// What was put off.
#[derive(Debug, Deserialize)]
pub(super) struct DeferredChange<'a> {
    #[serde(borrow)]
    pub(super) address: Option<Str<'a>>,
}
