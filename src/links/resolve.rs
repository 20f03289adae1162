//! Follows references from an attribute to the resource instances that can have given its value: through module inputs and
//! outputs, `count` and `for_each`, whole resources and maps.
//!
//! The plan's configuration has no locals and loses the index of `x[each.key].attr`; where one of these leaves more than one
//! instance, all of them are candidates and the caller decides that it cannot be told.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value as Json;

use super::expression::{Reference, constant, references};
use super::select::{Hints, choose};
use crate::plan::address::{Address, Key, Mode, ModulePath, ModuleStep, Step};
use crate::plan::configuration::ModuleConfig;
use crate::plan::instance::Part;
use crate::plan::{Plan, World};

/// What a reference leads to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// An instance of the plan.
    Instance {
        /// Its position among the plan's instances.
        at: usize,
        /// The attribute read from it; none if the whole of it is.
        attribute: Option<String>,
    },
    /// A resource of a type that never is S3, CloudFront or KMS.
    Foreign {
        /// As it is written.
        reference: String,
    },
    /// A constant string.
    Constant(String),
    /// A constant of another kind: known, so whatever is unknown comes from elsewhere.
    Known,
    /// Nothing: an argument that is null, or a resource of which there is no instance.
    Null,
    /// The document does not say where the value comes from.
    DeadEnd {
        /// As it is written.
        reference: String,
    },
}

/// A place in the configuration where an expression stands: a module instance, and the key of the block it is in.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'s> {
    module: &'s [ModuleStep],
    key: Option<&'s Key>,
    for_each: Option<&'s Json>,
    /// How many instances the block has.
    instances: usize,
}

/// Resolves references within one plan, in the after world.
#[derive(Debug)]
pub struct Resolver<'s, 'a> {
    plan: &'s Plan<'a>,
    instances: HashMap<ResourceName, BTreeMap<Option<Key>, usize>>,
    modules: HashMap<(ModulePath, String), BTreeSet<Option<Key>>>,
}

/// What was found, and how often.
type Found = BTreeMap<Source, usize>;

fn add(found: &mut Found, source: Source, times: usize) {
    let count = found.entry(source).or_default();
    *count = count.saturating_add(times);
}

type ResourceName = (ModulePath, Mode, String, String);

/// A plan that needs more steps than this for one attribute is not one that people write.
const MOST_STEPS: usize = 4096;
const DEEPEST: usize = 128;

impl<'s, 'a> Resolver<'s, 'a> {
    /// Prepares the look-up of instances and module instances by name.
    pub fn new(plan: &'s Plan<'a>) -> Self {
        let mut instances: HashMap<_, BTreeMap<_, _>> = HashMap::new();
        let mut modules: HashMap<_, BTreeSet<_>> = HashMap::new();
        for (at, instance) in plan.instances.iter().enumerate() {
            if !instance.exists(World::After) {
                continue;
            }
            let Address { module, mode, kind, name, key } = &instance.address;
            for (depth, step) in module.iter().enumerate() {
                let parent = module.iter().take(depth).cloned().collect();
                modules.entry((parent, step.name.clone())).or_default().insert(step.key.clone());
            }
            instances.entry((module.clone(), *mode, kind.clone(), name.clone())).or_default().insert(key.clone(), at);
        }
        Self { plan, instances, modules }
    }

    /// The expressions of the block that an instance was made from; null if the configuration has none.
    pub fn expressions(&self, address: &Address) -> &'s Json {
        self.module(&address.module)
            .and_then(|module| module.resource(address.mode, &address.kind, &address.name))
            .map_or(&Json::Null, |resource| resource.expressions())
    }

    /// The provider block that an instance is made with; none if the configuration does not say.
    pub fn provider(&self, address: &Address) -> Option<&'s str> {
        self.module(&address.module)?.resource(address.mode, &address.kind, &address.name)?.provider()
    }

    /// The place of that block in the document.
    pub fn place(&self, address: &Address) -> Option<String> {
        let resource = self.module(&address.module)?.resource(address.mode, &address.kind, &address.name)?.position;
        let mut path = "$['configuration']['root_module']".to_owned();
        for step in &address.module {
            for part in ["module_calls", &step.name, "module"] {
                Part::Name(part).append(&mut path);
            }
        }
        Part::Name("resources").append(&mut path);
        Part::Index(resource).append(&mut path);
        Some(path)
    }

    fn module(&self, path: &[ModuleStep]) -> Option<&'s ModuleConfig<'a>> {
        self.plan.configuration.descend(path)
    }

    /// What the expression in a resource's block leads to.
    pub fn resolve(&self, expression: &Json, address: &Address) -> Vec<Source> {
        self.count(expression, address).into_keys().collect()
    }

    /// What the expression in a resource's block leads to, and how many times it does: a list of two that refers to three
    /// things chooses between them somewhere.
    pub fn count(&self, expression: &Json, address: &Address) -> BTreeMap<Source, usize> {
        let for_each = self
            .module(&address.module)
            .and_then(|module| module.resource(address.mode, &address.kind, &address.name))
            .and_then(|resource| resource.for_each());
        let name = (address.module.clone(), address.mode, address.kind.clone(), address.name.clone());
        let instances = self.instances.get(&name).map_or(1, BTreeMap::len);
        let scope = Scope { module: &address.module, key: address.key.as_ref(), for_each, instances };
        let walk = Walk { resolver: self, steps: Cell::new(0) };
        let mut found = Found::new();
        walk.expression(expression, scope, &[], 0, &mut found);
        found
    }
}

/// One resolution; counts its steps, so that a hostile document cannot make it long.
struct Walk<'w, 's, 'a> {
    resolver: &'w Resolver<'s, 'a>,
    steps: Cell<usize>,
}

impl Walk<'_, '_, '_> {
    /// Follows an expression, and `rest` of the traversal inside its value.
    fn expression(&self, expression: &Json, scope: Scope<'_>, rest: &[Step], depth: usize, found: &mut Found) {
        if let Some(value) = constant(expression) {
            add(found, element(value, rest), 1);
            return;
        }
        let all = references(expression);
        for reference in &all {
            self.reference(reference, &all, scope, rest, depth, found);
        }
        // `each.key == "docs" ? null : x.arn` leaves no trace but what the condition reads. An index (`x[each.key].arn`) is
        // listed without the attribute.
        if all.iter().any(Reference::decides) && all.iter().any(Reference::reads_an_attribute) {
            add(found, Source::Known, 1);
        }
    }

    /// Follows one reference; what leads nowhere is a dead end.
    fn reference(
        &self,
        reference: &Reference,
        siblings: &[Reference],
        scope: Scope<'_>,
        rest: &[Step],
        depth: usize,
        found: &mut Found,
    ) {
        let steps = self.steps.get() + 1;
        self.steps.set(steps);
        let dead_end = || Source::DeadEnd { reference: reference.text.clone() };
        if steps > MOST_STEPS || depth > DEEPEST {
            add(found, dead_end(), 1);
            return;
        }
        let path: Vec<Step> = reference.steps.iter().chain(rest).cloned().collect();
        let (Some(Step::Name(first)), tail) = (path.first(), path.get(1..).unwrap_or_default()) else { return };
        // What this reference leads to, apart from the others: they may have led there before.
        let mut own = Found::new();
        match (first.as_str(), tail) {
            // These give keys and names, never a resource.
            ("path" | "terraform" | "self" | "count", _) => return,
            ("each", [Step::Name(word), ..]) if word == "key" => return,
            ("each", [_, tail @ ..]) => self.each_value(scope, tail, depth, &mut own),
            ("var", [Step::Name(name), tail @ ..]) => self.variable(name, scope, tail, depth, &mut own),
            ("module", [Step::Name(name), tail @ ..]) => {
                let hints = self.hints(siblings, scope, depth);
                self.module_output(name, &hints, scope, tail, depth, &mut own);
            }
            ("data", [Step::Name(kind), Step::Name(name), tail @ ..]) => {
                let hints = self.hints(siblings, scope, depth);
                self.resource(reference, (Mode::Data, kind, name), &hints, scope, tail, &mut own);
            }
            ("local" | "ephemeral", _) | (_, []) => {}
            (kind, [Step::Name(name), tail @ ..]) => {
                let hints = self.hints(siblings, scope, depth);
                self.resource(reference, (Mode::Managed, kind, name), &hints, scope, tail, &mut own);
            }
            _ => {}
        }
        if own.is_empty() {
            own.insert(dead_end(), 1);
        }
        for (source, times) in own {
            add(found, source, times);
        }
    }

    /// The keys that the other references of the expression may index with: `x[each.key]` is listed as `x` and `each.key`.
    ///
    /// Only where nothing else takes part that may change the key: a local, or a value that the document does not show.
    fn hints(&self, siblings: &[Reference], scope: Scope<'_>, depth: usize) -> Hints {
        let mut hints = Hints::default();
        for sibling in siblings {
            match sibling.steps.as_slice() {
                [Step::Name(first), Step::Name(word), ..] if first == "each" && word == "key" => {
                    hints.keys.extend(scope.key.cloned());
                }
                [Step::Name(first), Step::Name(word), ..] if first == "count" && word == "index" => {
                    hints.counted = scope.key.cloned().map(|key| (key, scope.instances));
                }
                [Step::Name(first), ..] if first == "local" => return Hints::default(),
                [Step::Name(first), ..] if first == "each" || first == "var" => {
                    let mut found = Found::new();
                    self.reference(sibling, &[], scope, &[], depth + 1, &mut found);
                    for source in found.into_keys() {
                        match source {
                            Source::Constant(text) => {
                                hints.keys.insert(text.parse().map_or(Key::Text(text), Key::Number));
                            }
                            Source::DeadEnd { .. } => return Hints::default(),
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
        }
        hints
    }

    /// `each.value…`: the element of `for_each` under this instance's key.
    fn each_value(&self, scope: Scope<'_>, tail: &[Step], depth: usize, found: &mut Found) {
        let (Some(for_each), Some(key)) = (scope.for_each, scope.key) else { return };
        let rest: Vec<Step> = std::iter::once(Step::Index(key.clone())).chain(tail.iter().cloned()).collect();
        // `for_each` itself is evaluated outside of the block, so it has no key.
        let outside = Scope { module: scope.module, key: None, for_each: None, instances: 1 };
        self.expression(for_each, outside, &rest, depth + 1, found);
        // A map that is put together from attributes has lost which key got which, and which got none.
        if scope.instances > 1 && references(for_each).iter().any(Reference::reads_an_attribute) {
            add(found, Source::Known, 1);
        }
        // A call such as `toset([…])` is in the document as nothing at all; of a set, the value is the key.
        if let (Key::Text(text), true, true) = (key, tail.is_empty(), is_blank(for_each)) {
            add(found, Source::Constant(text.clone()), 1);
        }
    }

    /// `var.name…`: what the caller of the module gives, or the default.
    fn variable(&self, name: &str, scope: Scope<'_>, tail: &[Step], depth: usize, found: &mut Found) {
        let default = || self.resolver.module(scope.module)?.variable_default(name);
        match scope.module.split_last() {
            None => {
                let given = self.resolver.plan.variables.get(name);
                let given = given.and_then(|text| serde_json::from_str::<Json>(text.get()).ok());
                let value = given.as_ref().or_else(default).map(|value| element(value, tail));
                let declared = self.resolver.plan.configuration.has_variable(name);
                found.extend(value.or_else(|| declared.then_some(Source::Null)).map(|source| (source, 1)));
            }
            Some((step, parent)) => {
                let call = self.resolver.module(parent).and_then(|module| module.call(&step.name));
                let Some(call) = call else { return };
                let siblings = self.resolver.modules.get(&(parent.to_vec(), step.name.clone()));
                let instances = siblings.map_or(1, BTreeSet::len);
                let outer = Scope { module: parent, key: step.key.as_ref(), for_each: call.for_each(), instances };
                if let Some(argument) = call.argument(name) {
                    self.expression(argument, outer, tail, depth + 1, found);
                } else {
                    // A default of null is not written into the document.
                    let declared = self.resolver.module(scope.module).is_some_and(|module| module.has_variable(name));
                    let value = default().map(|value| element(value, tail));
                    found.extend(value.or_else(|| declared.then_some(Source::Null)).map(|source| (source, 1)));
                }
            }
        }
    }

    /// `module.name[key].output…`.
    fn module_output(
        &self,
        name: &str,
        hints: &Hints,
        scope: Scope<'_>,
        tail: &[Step],
        depth: usize,
        found: &mut Found,
    ) {
        if let Some(call) = self.resolver.module(scope.module).and_then(|module| module.call(name)) {
            let none = BTreeSet::from([None]);
            let existing = self.resolver.modules.get(&(scope.module.to_vec(), name.to_owned())).unwrap_or(&none);
            let (keys, tail) = choose(existing, tail, hints);
            for key in keys {
                let mut path = scope.module.to_vec();
                path.push(ModuleStep { name: name.to_owned(), key: key.clone() });
                let inner = Scope { module: &path, key: None, for_each: None, instances: 1 };
                let outputs: Vec<&Json> = match tail.first() {
                    Some(step) => match step.as_key() {
                        Key::Text(output) => call.module().output(&output).into_iter().collect(),
                        Key::Number(_) => Vec::new(),
                    },
                    // `module.x[each.key].out` loses the name of the output: any of them may be meant.
                    None => call.module().outputs().collect(),
                };
                for output in outputs {
                    self.expression(output, inner, tail.get(1..).unwrap_or_default(), depth + 1, found);
                }
            }
        }
    }

    /// `type.name[key].attribute…`.
    fn resource(
        &self,
        reference: &Reference,
        (mode, kind, name): (Mode, &str, &str),
        hints: &Hints,
        scope: Scope<'_>,
        tail: &[Step],
        found: &mut Found,
    ) {
        if !crate::plan::is_kept(kind) {
            let reference = reference.text.clone();
            let dead_end = carries_values(kind);
            let source = if dead_end { Source::DeadEnd { reference } } else { Source::Foreign { reference } };
            add(found, source, 1);
            return;
        }
        let id = (scope.module.to_vec(), mode, kind.to_owned(), name.to_owned());
        let Some(existing) = self.resolver.instances.get(&id) else {
            // Declared with `count = 0`, say: there is nothing that the value could come from.
            let declared = self.resolver.module(scope.module).and_then(|module| module.resource(mode, kind, name));
            found.extend(declared.filter(|resource| resource.is_repeated()).map(|_| (Source::Null, 1)));
            return;
        };
        let keys: BTreeSet<Option<Key>> = existing.keys().cloned().collect();
        let (chosen, tail) = choose(&keys, tail, hints);
        let attribute = tail.first().and_then(|step| match step {
            Step::Name(name) => Some(name.clone()),
            Step::Index(_) => None,
        });
        for at in chosen.iter().filter_map(|key| existing.get(key)) {
            add(found, Source::Instance { at: *at, attribute: attribute.clone() }, 1);
        }
    }
}

/// Whether a type only hands values on, which may as well be the name of a bucket as anything else.
fn carries_values(kind: &str) -> bool {
    const PREFIXES: [&str; 12] = [
        "aws_cloudformation_",
        "aws_secretsmanager_",
        "aws_ssm_",
        "consul_",
        "external",
        "http",
        "null_",
        "random_",
        "template_",
        "terraform_",
        "tfe_",
        "time_",
    ];
    PREFIXES.iter().any(|prefix| kind.starts_with(prefix))
}

/// Whether the document says nothing about an expression: neither a constant nor a reference.
fn is_blank(expression: &Json) -> bool {
    expression.as_object().is_some_and(serde_json::Map::is_empty)
}

/// What a traversal names in a constant. The elements of a set are their own keys.
fn element(value: &Json, steps: &[Step]) -> Source {
    if let (Json::Array(items), [Step::Index(Key::Text(key))]) = (value, steps)
        && items.iter().any(|item| item.as_str() == Some(key))
    {
        return Source::Constant(key.clone());
    }
    let part = steps.iter().try_fold(value, |value, step| match step.as_key() {
        Key::Text(name) => value.get(name),
        Key::Number(number) => value.get(usize::try_from(number).ok()?),
    });
    match part {
        Some(Json::String(text)) => Source::Constant(text.clone()),
        Some(Json::Number(number)) => Source::Constant(number.to_string()),
        Some(Json::Null) | None => Source::Null,
        Some(_) => Source::Known,
    }
}
