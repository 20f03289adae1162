//! Every bucket, key, identity and setting of all plans in one world, found by what names it.

use std::cell::OnceCell;
use std::collections::{BTreeSet, HashMap, HashSet};

use serde_json::Value as Json;

use super::buckets::Setting;
use super::flat;
use super::index::{Index, Leftovers, leftovers};
use super::keys::{Key, is_key};
use super::resolve::{Resolver, Source};
use crate::aws::arn::identity_id;
use crate::aws::dialect::{self, Dialect};
use crate::plan::address::Mode;
use crate::plan::instance::Part;
use crate::plan::value::Node;
use crate::plan::{Instance, Plan, World};

/// An instance of one of the plans.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct At {
    /// The plan's position.
    pub plan: usize,
    /// The instance's position in the plan.
    pub instance: usize,
}

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Link<T> {
    /// To exactly one thing.
    To(T),
    /// Nowhere that the plan tells; what it may lead to, and why.
    Unresolved {
        /// What it may lead to, as far as that can be told.
        candidates: Vec<T>,
        /// Whether it leads to one of the candidates for certain; otherwise it may lead anywhere.
        closed: bool,
        /// The end of a sentence.
        why: String,
    },
}

impl<T> Link<T> {
    /// A link of which nothing tells where it leads; `why` is the end of a sentence.
    pub fn nowhere(why: &str) -> Self {
        Self::Unresolved { candidates: Vec::new(), closed: false, why: why.to_owned() }
    }

    /// Where it leads, if that is certain.
    pub fn target(&self) -> Option<&T> {
        match self {
            Self::To(target) => Some(target),
            Self::Unresolved { .. } => None,
        }
    }
}

/// All plans, and what is found in them by name.
#[derive(Debug)]
pub struct Estate<'s, 'a> {
    /// The plans.
    pub plans: &'s [Plan<'a>],
    resolvers: Vec<Resolver<'s, 'a>>,
    accounts: Vec<Option<String>>,
    keys_before: Vec<At>,
    keys_changed: Vec<At>,
    destroyed_keys: HashSet<String>,
    pub(super) leftovers: HashMap<&'s str, Leftovers<'s>>,
    host_names_before: OnceCell<HashSet<String>>,
    before: Index,
    after: Index,
}

impl<'s, 'a> Estate<'s, 'a> {
    /// Indexes all plans in both worlds.
    #[must_use]
    pub fn new(plans: &'s [Plan<'a>]) -> Self {
        let resolvers = plans.iter().map(Resolver::new).collect();
        let accounts = plans.iter().map(account).collect();
        let mut estate = Self {
            plans,
            resolvers,
            accounts,
            keys_before: Vec::new(),
            keys_changed: Vec::new(),
            destroyed_keys: HashSet::new(),
            leftovers: leftovers(plans),
            host_names_before: OnceCell::new(),
            before: Index::default(),
            after: Index::default(),
        };
        estate.read_dialects();
        let is_managed_key = |at: &At| is_key(estate.kind(*at).0) && estate.kind(*at).1;
        let keys: Vec<At> = estate.all(World::Before).into_iter().filter(is_managed_key).collect();
        let destroyed = keys.iter().filter(|at| estate.instance(**at).is_destroyed());
        estate.destroyed_keys = destroyed.filter_map(|at| estate.arn(*at, World::Before)).collect();
        estate.keys_before = keys;
        for world in [World::Before, World::After] {
            let mut index = Index::default();
            for at in estate.all(world) {
                index.add(at, estate.kind(at), estate.instance(at), world);
            }
            *estate.index_mut(world) = index;
            // Settings are found by their bucket and their key, so those come first.
            for setting in Setting::ALL {
                let settings = estate.settings(setting, world);
                estate.index_mut(world).settings.insert(setting, settings);
            }
            let replications = estate.replications(world);
            estate.index_mut(world).replications = replications;
            for at in estate.all(world) {
                if estate.kind(at) != ("aws_kms_key_policy", true) {
                    continue;
                }
                let key = estate.key_of_policy(at, world);
                let at_large = key.as_ref().ok().and_then(|key| estate.key_policy_at_large(at, key));
                let index = estate.index_mut(world);
                if let Some(at_large) = at_large {
                    index.key_policies_adrift.add(at_large);
                }
                match key {
                    Ok(key) => index.key_policies.entry(key).or_default().push(at),
                    Err(adrift) => index.key_policies_adrift.add(adrift),
                }
            }
        }
        let is_changed = |at: &At| estate.instance(*at).is_changed();
        let policies = [&estate.before, &estate.after].into_iter().flat_map(|index| &index.key_policies);
        let regranted: BTreeSet<At> = policies
            .filter(|(_, policies)| policies.iter().any(is_changed))
            .filter_map(|(key, _)| if let Key::Instance(at) = key { Some(*at) } else { None })
            .collect();
        let keys = estate.keys_before.iter().copied();
        estate.keys_changed = keys.filter(|at| is_changed(at) || regranted.contains(at)).collect();
        estate
    }

    pub(super) fn index(&self, world: World) -> &Index {
        match world {
            World::Before => &self.before,
            World::After => &self.after,
        }
    }

    fn index_mut(&mut self, world: World) -> &mut Index {
        match world {
            World::Before => &mut self.before,
            World::After => &mut self.after,
        }
    }

    /// Every instance that exists in a world.
    pub fn all(&self, world: World) -> Vec<At> {
        (0..self.plans.len()).flat_map(|plan| self.all_of(plan, world)).collect()
    }

    /// Those of one plan.
    pub fn all_of(&self, plan: usize, world: World) -> impl Iterator<Item = At> {
        let instances = self.plans.get(plan).map_or(&[] as &[Instance<'a>], |plan| &plan.instances);
        let exists = instances.iter().enumerate().filter(move |(_, instance)| instance.exists(world));
        exists.map(move |(instance, _)| At { plan, instance })
    }

    /// The instance at a position.
    ///
    /// Positions come from this estate, so there is one.
    #[allow(clippy::indexing_slicing)]
    #[must_use]
    pub fn instance(&self, at: At) -> &'s Instance<'a> {
        &self.plans[at.plan].instances[at.instance]
    }

    #[allow(clippy::indexing_slicing)]
    fn resolver(&self, plan: usize) -> &Resolver<'s, 'a> {
        &self.resolvers[plan]
    }

    /// The type that an instance is read as, and whether it is managed.
    #[must_use]
    pub fn kind(&self, at: At) -> (&'s str, bool) {
        let address = &self.instance(at).address;
        (self.dialect(at).map_or(&address.kind, |dialect| dialect.read_as), address.mode == Mode::Managed)
    }

    /// In which words its type says what another one says.
    #[must_use]
    pub fn dialect(&self, at: At) -> Option<&'static Dialect> {
        dialect::of(&self.instance(at).address.kind)
    }

    /// Whether the configuration shows only for an instance's arguments as a whole what they were written with.
    #[must_use]
    pub fn is_flat(&self, at: At) -> bool {
        self.dialect(at).is_some_and(|dialect| dialect.is_flat)
    }

    /// Has every instance of a type with words of its own read as the type it corresponds to.
    fn read_dialects(&self) {
        for (plan, all) in self.plans.iter().enumerate() {
            for (instance, found) in all.instances.iter().enumerate() {
                if let Some(dialect) = dialect::of(&found.address.kind) {
                    found.read_as(flat::reading(self, At { plan, instance }, dialect));
                }
            }
        }
    }

    /// Why the attributes that an instance has after the apply cannot be told apart.
    #[must_use]
    pub fn untold(&self, at: At, world: World) -> Option<&'s str> {
        self.instance(at).reading().filter(|_| world == World::After)?.untold.as_deref()
    }

    /// The attributes of an instance in a world.
    #[must_use]
    pub fn values(&self, at: At, world: World) -> Option<&'s Node> {
        self.instance(at).values(world)
    }

    /// The expressions of the block an instance was made from.
    #[must_use]
    pub fn expressions(&self, at: At) -> &'s Json {
        match self.instance(at).reading() {
            Some(reading) => &reading.expressions,
            None => self.stated_expressions(at),
        }
    }

    /// The same as they stand in the document.
    pub(super) fn stated_expressions(&self, at: At) -> &'s Json {
        self.resolver(at.plan).expressions(&self.instance(at).address)
    }

    /// The place in the document of an attribute's value, by the name that the attribute is read as.
    #[must_use]
    pub fn value_place(&self, at: At, world: World, attribute: &[Part<'_>]) -> Option<String> {
        let instance = self.instance(at);
        match self.dialect(at) {
            Some(dialect) => instance.place(world, &dialect.shape.place(instance.stated(world), attribute)),
            None => instance.place(world, attribute),
        }
    }

    /// The provider block that an instance is made with; none if the configuration does not say.
    #[must_use]
    pub fn provider(&self, at: At) -> Option<&'s str> {
        self.resolver(at.plan).provider(&self.instance(at).address)
    }

    /// The place of that block in the document.
    #[must_use]
    pub fn place(&self, at: At, path: &[Part<'_>]) -> Option<String> {
        let mut place = self.resolver(at.plan).place(&self.instance(at).address)?;
        Part::Name("expressions").append(&mut place);
        let stated = self.dialect(at).map(|dialect| dialect.written_place(path));
        for part in stated.as_deref().unwrap_or(path) {
            part.append(&mut place);
        }
        Some(place)
    }

    /// What an expression in an instance's block leads to.
    #[must_use]
    pub fn resolve(&self, at: At, expression: &Json) -> Vec<(Source, Option<At>)> {
        self.count(at, expression).into_iter().map(|(source, _)| source).collect()
    }

    /// What an expression in an instance's block leads to, and how many times it does.
    #[must_use]
    pub fn count(&self, at: At, expression: &Json) -> Vec<((Source, Option<At>), usize)> {
        let place = |source: Source| {
            let Source::Instance { at: instance, attribute } = source else { return (source, None) };
            let found = At { plan: at.plan, instance };
            let attribute = match (attribute, self.dialect(found)) {
                (Some(name), Some(dialect)) => Some(dialect.attribute(&name).to_owned()),
                (attribute, _) => attribute,
            };
            (Source::Instance { at: instance, attribute }, Some(found))
        };
        let sources = self.resolver(at.plan).count(expression, &self.instance(at).address);
        sources.into_iter().map(|(source, times)| (place(source), times)).collect()
    }

    /// Whether an argument that is known after apply may name something that is there already: unless all it was written with
    /// is yet to be made, what is unknown may be a look-up that Terraform puts off.
    #[must_use]
    pub fn may_name_what_exists(&self, at: At, argument: &str, world: World) -> bool {
        if world == World::Before {
            return true;
        }
        self.expressions(at).get(argument).is_none_or(|expression| self.names_what_exists(at, expression))
    }

    /// Whether an expression that is known after apply may name something that is there already.
    pub(super) fn names_what_exists(&self, at: At, expression: &Json) -> bool {
        let sources = self.resolve(at, expression);
        let is_new = |(source, at): &(Source, Option<At>)| match (source, at) {
            (Source::Constant(_) | Source::Known | Source::Null, _) => true,
            (_, Some(at)) => self.kind(*at).1 && self.instance(*at).is_created(),
            _ => false,
        };
        let names_any = sources.iter().any(|(_, at)| at.is_some());
        !names_any || !sources.iter().all(is_new)
    }

    /// Whether an argument is known after apply because Terraform puts off reading some data source, which may name anything.
    #[must_use]
    pub fn is_put_off(&self, at: At, argument: &str, world: World) -> bool {
        let Some(expression) = self.expressions(at).get(argument).filter(|_| world == World::After) else {
            return false;
        };
        self.resolve(at, expression).iter().any(|(source, at)| match (source, at) {
            (Source::Foreign { reference } | Source::DeadEnd { reference }, _) => reference.starts_with("data."),
            (_, Some(at)) => !self.kind(*at).1,
            _ => false,
        })
    }

    /// The origin access identity with that path.
    #[must_use]
    pub fn identity(&self, path: &str, world: World) -> Option<At> {
        self.index(world).identities.get(identity_id(path)).copied()
    }

    /// The CloudFront function with that ARN.
    #[must_use]
    pub fn edge_function(&self, arn: &str, world: World) -> Option<At> {
        self.index(world).edge_functions.get(arn).copied()
    }

    /// The origin access control with that id.
    #[must_use]
    pub fn control(&self, id: &str, world: World) -> Option<At> {
        self.index(world).controls.get(id).copied()
    }

    /// The keys that are there before the plan.
    #[must_use]
    pub fn keys_before(&self) -> &[At] {
        &self.keys_before
    }

    /// Those of them of which the plan changes something, be it the policy that another resource holds.
    #[must_use]
    pub fn keys_changed(&self) -> &[At] {
        &self.keys_changed
    }

    /// The Region in which the plan makes a new resource, as its provider block names it: older providers do not show it before
    /// the resource is there.
    #[must_use]
    pub fn region_of_provider(&self, at: At) -> Option<String> {
        let instance = self.instance(at);
        let key = self.resolver(at.plan).provider(&instance.address).filter(|_| instance.is_created())?;
        self.plans.get(at.plan)?.regions.get(key).cloned()
    }

    /// Whether some distribution has that host name before the plans.
    #[must_use]
    pub fn served_host_name(&self, name: &str) -> bool {
        let names = || {
            let distributions =
                self.all(World::Before).into_iter().filter(|at| self.kind(*at).0 == "aws_cloudfront_distribution");
            let aliases = distributions.filter_map(|at| self.values(at, World::Before)?.get("aliases"));
            aliases.flat_map(Node::items).filter_map(Node::as_str).map(str::to_owned).collect()
        };
        self.host_names_before.get_or_init(names).contains(name)
    }

    /// Whether some plan destroys the key with that ARN, whatever else has it.
    #[must_use]
    pub fn destroys_key(&self, arn: &str) -> bool {
        self.destroyed_keys.contains(arn)
    }

    /// The account that everything in a plan is in, if that is one and the plan shows it.
    #[must_use]
    pub fn account(&self, plan: usize) -> Option<&str> {
        self.accounts.get(plan)?.as_deref()
    }

    /// What people call an instance.
    #[must_use]
    pub fn label(&self, at: At) -> String {
        self.instance(at).address.to_string()
    }
}

/// The account of a plan whose providers all act in one: as it was asked for, or as an ARN of something there shows it.
fn account(plan: &Plan<'_>) -> Option<String> {
    if !plan.one_account {
        return None;
    }
    let of_instance = |instance: &Instance<'_>| {
        let (attribute, is_arn) = match (instance.address.kind.as_str(), instance.address.mode) {
            ("aws_caller_identity", Mode::Data) => ("account_id", false),
            ("aws_cloudfront_distribution" | "aws_kms_key", Mode::Managed) => ("arn", true),
            _ => return None,
        };
        let known = |world| instance.texts(world, &[attribute]).into_iter().flatten().next();
        let text = known(World::After).or_else(|| known(World::Before))?;
        if is_arn { text.split(':').nth(4).map(str::to_owned) } else { Some(text) }
    };
    let is_account = |text: &String| text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    let accounts: BTreeSet<String> = plan.instances.iter().filter_map(of_instance).filter(is_account).collect();
    let mut accounts = accounts.into_iter();
    accounts.next().filter(|_| accounts.next().is_none())
}

/// Whether the value may come from where the document does not show.
#[must_use]
pub fn is_open(sources: &[(Source, Option<At>)]) -> bool {
    sources.iter().any(|(source, _)| matches!(source, Source::DeadEnd { .. } | Source::Foreign { .. }))
}

/// Why an expression leads to nothing of use.
#[must_use]
pub fn dead_ends(sources: &[(Source, Option<At>)]) -> String {
    let names: BTreeSet<&str> = sources
        .iter()
        .filter_map(|(source, _)| match source {
            Source::DeadEnd { reference } | Source::Foreign { reference } => Some(reference.as_str()),
            _ => None,
        })
        .collect();
    let list: Vec<&str> = names.into_iter().collect();
    if list.is_empty() {
        return "the configuration in the plan does not show what it was written with".to_owned();
    }
    let locals = list.iter().all(|name| name.starts_with("local."));
    let list = list.join(", ");
    if locals {
        format!("it is written with {list}, and a plan does not show what a local stands for")
    } else {
        format!("it is written with {list}, which the plan does not lead on from")
    }
}
