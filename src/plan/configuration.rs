//! What a plan tells of the configuration: which attribute was written with which references, module by module.
//!
//! Locals, conditions and the bodies of `dynamic` blocks are not in the document; what went through them is lost.

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;
use serde::de::Deserializer;
use serde_json::value::RawValue;
use serde_json::{Map, Value as Json};

use super::address::{Mode, ModuleStep};
use super::document::Str;

/// A module of the configuration; all its instances share it.
#[derive(Debug, Default, Deserialize)]
pub struct ModuleConfig<'a> {
    #[serde(borrow, default, deserialize_with = "null_as_empty")]
    outputs: BTreeMap<Str<'a>, OutputConfig<'a>>,
    #[serde(borrow, default, deserialize_with = "null_as_empty")]
    resources: ResourceConfigs<'a>,
    #[serde(borrow, default, deserialize_with = "null_as_empty")]
    module_calls: BTreeMap<Str<'a>, ModuleCall<'a>>,
    #[serde(borrow, default, deserialize_with = "null_as_empty")]
    variables: BTreeMap<Str<'a>, VariableConfig<'a>>,
}

/// A `module` block.
#[derive(Debug, Deserialize)]
pub struct ModuleCall<'a> {
    #[serde(borrow)]
    expressions: Option<Lazy<'a>>,
    #[serde(borrow)]
    count_expression: Option<Lazy<'a>>,
    #[serde(borrow)]
    for_each_expression: Option<Lazy<'a>>,
    #[serde(borrow, default, deserialize_with = "null_as_empty")]
    module: ModuleConfig<'a>,
}

/// A `resource` or `data` block.
#[derive(Debug, Deserialize)]
pub struct ResourceConfig<'a> {
    #[serde(borrow)]
    mode: Option<Str<'a>>,
    #[serde(borrow, rename = "type")]
    kind: Str<'a>,
    #[serde(borrow)]
    name: Str<'a>,
    #[serde(borrow)]
    provider_config_key: Option<Str<'a>>,
    #[serde(borrow)]
    expressions: Option<Lazy<'a>>,
    #[serde(borrow)]
    count_expression: Option<Lazy<'a>>,
    #[serde(borrow)]
    for_each_expression: Option<Lazy<'a>>,
    /// Its position in the module's `resources`.
    #[serde(skip)]
    pub position: usize,
}

#[derive(Debug, Deserialize)]
struct OutputConfig<'a> {
    #[serde(borrow)]
    expression: Option<Lazy<'a>>,
}

#[derive(Debug, Deserialize)]
struct VariableConfig<'a> {
    #[serde(borrow)]
    default: Option<Lazy<'a>>,
}

/// The resources of a module, also by mode, type and name.
#[derive(Debug, Default)]
struct ResourceConfigs<'a> {
    list: Vec<ResourceConfig<'a>>,
    by_name: HashMap<String, usize>,
}

impl<'de: 'a, 'a> Deserialize<'de> for ResourceConfigs<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut list = Vec::<ResourceConfig<'a>>::deserialize(deserializer)?;
        let mut by_name = HashMap::with_capacity(list.len());
        for (position, resource) in list.iter_mut().enumerate() {
            resource.position = position;
            if let Some(mode) = resource.mode() {
                by_name.insert(resource_key(mode, &resource.kind, &resource.name), position);
            }
        }
        Ok(Self { list, by_name })
    }
}

/// A part of the document that is parsed when it is first asked for.
#[derive(Debug)]
struct Lazy<'a> {
    text: &'a RawValue,
    parsed: OnceCell<Json>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Lazy<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <&'a RawValue>::deserialize(deserializer).map(|text| Self { text, parsed: OnceCell::new() })
    }
}

impl Lazy<'_> {
    /// The value; null if it nests deeper than the parser goes, which no expression of a resource that matters does.
    fn get(&self) -> &Json {
        self.parsed.get_or_init(|| compact(serde_json::from_str(self.text.get()).unwrap_or_default()))
    }
}

/// The same value without room to grow, which would be most of it: expressions are made of lists and objects of one item.
fn compact(value: Json) -> Json {
    match value {
        Json::Array(items) => {
            let mut compacted = Vec::with_capacity(items.len());
            compacted.extend(items.into_iter().map(compact));
            Json::Array(compacted)
        }
        Json::Object(members) => {
            let mut compacted = Map::with_capacity(members.len());
            compacted.extend(members.into_iter().map(|(name, value)| (name, compact(value))));
            Json::Object(compacted)
        }
        other => other,
    }
}

fn null_as_empty<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

fn resource_key(mode: Mode, kind: &str, name: &str) -> String {
    let prefix = if mode == Mode::Data { "data." } else { "" };
    format!("{prefix}{kind}.{name}")
}

impl<'a> ModuleConfig<'a> {
    /// The block of that mode, type and name.
    #[must_use]
    pub fn resource(&self, mode: Mode, kind: &str, name: &str) -> Option<&ResourceConfig<'a>> {
        let at = self.resources.by_name.get(&resource_key(mode, kind, name))?;
        self.resources.list.get(*at)
    }

    /// The expression of an output.
    #[must_use]
    pub fn output(&self, name: &str) -> Option<&Json> {
        self.outputs.get(name)?.expression.as_ref().map(Lazy::get)
    }

    /// The expressions of all outputs.
    pub fn outputs(&self) -> impl Iterator<Item = &Json> {
        self.outputs.values().filter_map(|output| output.expression.as_ref()).map(Lazy::get)
    }

    /// The `module` block of that name.
    #[must_use]
    pub fn call(&self, name: &str) -> Option<&ModuleCall<'a>> {
        self.module_calls.get(name)
    }

    /// Whether there is a variable of that name.
    #[must_use]
    pub fn has_variable(&self, name: &str) -> bool {
        self.variables.contains_key(name)
    }

    /// The default of a variable; a default of null is not in the document.
    #[must_use]
    pub fn variable_default(&self, name: &str) -> Option<&Json> {
        self.variables.get(name)?.default.as_ref().map(Lazy::get)
    }

    /// The module that a path leads to; keys make no difference.
    #[must_use]
    pub fn descend(&self, path: &[ModuleStep]) -> Option<&ModuleConfig<'a>> {
        path.iter().try_fold(self, |module, step| module.call(&step.name).map(ModuleCall::module))
    }

    /// The addresses of all managed resources that have exactly one instance: no `count` or `for_each` on them or above.
    #[must_use]
    pub fn singletons(&self) -> Vec<String> {
        let mut found = Vec::new();
        self.collect_singletons("", &mut found);
        found
    }

    fn collect_singletons(&self, prefix: &str, found: &mut Vec<String>) {
        let single = |resource: &&ResourceConfig<'_>| resource.mode() == Some(Mode::Managed) && !resource.is_repeated();
        found.extend(
            self.resources
                .list
                .iter()
                .filter(single)
                .map(|resource| format!("{prefix}{}.{}", &*resource.kind, &*resource.name)),
        );
        for (name, call) in &self.module_calls {
            if call.count_expression.is_none() && call.for_each_expression.is_none() {
                call.module.collect_singletons(&format!("{prefix}module.{}.", &**name), found);
            }
        }
    }
}

impl<'a> ModuleCall<'a> {
    /// What the caller gives for a variable.
    #[must_use]
    pub fn argument(&self, name: &str) -> Option<&Json> {
        self.expressions.as_ref()?.get().get(name)
    }

    /// The expression of `for_each`.
    #[must_use]
    pub fn for_each(&self) -> Option<&Json> {
        self.for_each_expression.as_ref().map(Lazy::get)
    }

    /// The module that is called.
    #[must_use]
    pub fn module(&self) -> &ModuleConfig<'a> {
        &self.module
    }
}

impl ResourceConfig<'_> {
    fn mode(&self) -> Option<Mode> {
        self.mode.as_deref().map_or(Some(Mode::Managed), Mode::parse)
    }

    /// The provider block that it is made with, under its name in the document.
    #[must_use]
    pub fn provider(&self) -> Option<&str> {
        self.provider_config_key.as_deref()
    }

    /// The expressions of its arguments and blocks.
    #[must_use]
    pub fn expressions(&self) -> &Json {
        self.expressions.as_ref().map_or(&Json::Null, Lazy::get)
    }

    /// The expression of `for_each`.
    #[must_use]
    pub fn for_each(&self) -> Option<&Json> {
        self.for_each_expression.as_ref().map(Lazy::get)
    }

    /// Whether it has `count` or `for_each`.
    #[must_use]
    pub fn is_repeated(&self) -> bool {
        self.count_expression.is_some() || self.for_each_expression.is_some()
    }
}
