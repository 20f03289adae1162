//! From the text of a document to a [`Plan`], or to the reason why it is none.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fmt::Display;
use std::sync::Arc;

use serde_json::error::Category;
use serde_json::value::RawValue;
use serde_json::{Deserializer, Value as Json};

use super::address::{Address, Mode, ModulePath, parse_module};
use super::configuration::ModuleConfig;
use super::document::{Change, ChangeEntry, Entries, Quoted, StateEntry, StateModule, Top};
use super::error::PlanError;
use super::halves;
use super::instance::{Instance, World};
use super::providers::{act_in_one_account, regions};
use super::side::{Place, Side};
use super::text;
use super::{Leftover, Plan};

impl<'a> Plan<'a> {
    /// Reads a plan from the text of its document.
    ///
    /// # Errors
    /// Whatever keeps the document from being judged; see [`PlanError`].
    pub fn read(text: &'a str) -> Result<Self, PlanError> {
        let start = text::start(text)?;
        let (before, document) = text.split_at(start);
        let lines_before = before.matches('\n').count();
        let (top, rest) = match halves::read(document) {
            Some(read) => read,
            None => Self::top(document, lines_before)?,
        };
        if top.level.is_some() {
            return Err(PlanError::LogStream);
        }
        text::check_rest(rest)?;
        Self::from_top(top, true)
    }

    /// The document in one piece, and what follows it.
    fn top(document: &'a str, lines_before: usize) -> Result<(Top<'a>, &'a str), PlanError> {
        let mut deserializer = Deserializer::from_str(document).into_iter::<Top<'a>>();
        match deserializer.next() {
            Some(Ok(top)) => Ok((top, document.get(deserializer.byte_offset()..).unwrap_or_default())),
            Some(Err(error)) => Err(explain(&error, lines_before)),
            None => Err(PlanError::Empty),
        }
    }

    fn from_top(top: Top<'a>, may_be_wrapped: bool) -> Result<Self, PlanError> {
        if top.format_version.is_none() && may_be_wrapped {
            for wrapped in [top.plan, top.tfplan, top.terraform].into_iter().flatten() {
                if wrapped.get().starts_with('{') {
                    let inner = serde_json::from_str(wrapped.get()).map_err(|error| explain(&error, 0))?;
                    return Self::from_top(inner, false);
                }
            }
        }
        let version = check_kind(&top)?;
        if top.errored == Some(true) {
            return Err(PlanError::Errored);
        }
        let Some(configuration) = top.configuration else {
            return Err(PlanError::Trimmed("it has no `configuration`, which says what refers to what".to_owned()));
        };
        let one_account = configuration.provider_config.as_ref().is_some_and(act_in_one_account);
        let regions = configuration.provider_config.as_ref().map(regions).unwrap_or_default();
        let configuration = configuration.root_module.unwrap_or_default();
        let has_changes = top.resource_changes.is_some();
        let changes = top.resource_changes.unwrap_or_default();
        let prior = top.prior_state.and_then(|state| state.values).and_then(|values| values.root_module);

        let mut builder = Builder::default();
        builder.add_changes(changes)?;
        if let Some(root) = prior {
            builder.add_state(root, "$['prior_state']['values']['root_module']", &ModulePath::new())?;
        }
        if let Some(root) = top.planned_values.and_then(|values| values.root_module) {
            builder.check_planned(&root, has_changes)?;
        }
        let unplanned = if top.complete.is_none() { builder.unplanned(&configuration) } else { Vec::new() };
        let deferred = top.deferred_changes.unwrap_or_default().into_iter().map(|deferred| {
            let address = deferred.resource_change.and_then(|change| change.address);
            address.map_or_else(|| "a resource that the plan does not name".to_owned(), |address| address.to_string())
        });
        let variables = top.variables.unwrap_or_default().into_iter();
        let relevant = top.relevant_attributes.unwrap_or_default().into_iter();
        Ok(Self {
            format_version: version,
            terraform_version: top.terraform_version.map(|version| version.to_string()),
            complete: top.complete,
            deferred: builder.deferred.into_iter().chain(deferred).collect(),
            unplanned,
            skipped: builder.others.len(),
            instances: builder.instances,
            configuration,
            one_account,
            regions,
            leftovers: builder.leftovers,
            variables: variables.filter_map(|(name, variable)| Some((name.to_string(), variable.value?))).collect(),
            relevant: relevant
                .filter_map(|entry| Some((entry.resource?.to_string(), entry.attribute?.get().to_owned())))
                .collect(),
        })
    }
}

/// Tells a plan from the documents that are taken for one.
fn check_kind(top: &Top<'_>) -> Result<String, PlanError> {
    if top.plan_format_version.is_some() {
        return Err(PlanError::Redacted);
    }
    let has_plan_parts = top.resource_changes.is_some() || top.planned_values.is_some() || top.configuration.is_some();
    if !has_plan_parts {
        if top.values.is_some() || top.lineage.is_some() {
            return Err(PlanError::State);
        }
        if top.root_module.is_some() {
            return Err(PlanError::Configuration);
        }
        if top.provider_schemas.is_some() {
            return Err(PlanError::NotAPlan("it lists provider schemas".to_owned()));
        }
    }
    let Some(version) = &top.format_version else {
        return Err(if top.configuration.is_some() && top.planned_values.is_none() && top.resource_changes.is_none() {
            PlanError::Configuration
        } else {
            PlanError::NotAPlan("it has no `format_version`".to_owned())
        });
    };
    let (major, minor) = version.split_once('.').unwrap_or((version, "0"));
    match (major.parse::<u32>(), minor.parse::<u32>()) {
        (Ok(0), Ok(1..)) | (Ok(1), Ok(_)) => {}
        _ => {
            return Err(PlanError::UnsupportedVersion(version.chars().take(20).flat_map(char::escape_debug).collect()));
        }
    }
    if !has_plan_parts {
        // A first plan of nothing, or `show -json` of an empty state, prints little more than its versions.
        return Err(PlanError::State);
    }
    Ok(version.to_string())
}

/// A parse error, seen from the person who has the file.
fn explain(error: &serde_json::Error, lines_before: usize) -> PlanError {
    let (line, column) = (error.line() + lines_before, error.column());
    let reason = error.to_string();
    if error.classify() == Category::Eof {
        return PlanError::Truncated { line, column };
    }
    if reason.starts_with("recursion limit exceeded") {
        return PlanError::TooDeep { line, column };
    }
    let reason = reason.rsplit_once(" at line ").map_or(reason.as_str(), |(reason, _)| reason);
    PlanError::BadJson { line, column, reason: without_values(reason) }
}

/// What the parser says, without what it quotes of the document: `invalid type: string "…", expected a map`.
fn without_values(reason: &str) -> String {
    let quotes = ["invalid ", "unknown "].iter().any(|start| reason.starts_with(start));
    let from = reason.find(['"', '`']).filter(|_| quotes);
    let Some(from) = from else { return reason.to_owned() };
    let expected = reason.rfind(", expected ").filter(|to| from < *to).and_then(|to| reason.get(to..));
    format!("{}{}", reason.get(..from).unwrap_or_default().trim_end(), expected.unwrap_or_default())
}

fn bad_entry(what: impl Display, reason: &str) -> PlanError {
    PlanError::NotAPlan(format!("{what} {reason}"))
}

/// Brings together what `resource_changes` and `prior_state` say of each instance.
#[derive(Default)]
struct Builder<'a> {
    instances: Vec<Instance<'a>>,
    by_address: HashMap<String, usize>,
    moved_from: HashSet<String>,
    deferred: Vec<String>,
    others: HashSet<Quoted<'a>>,
    /// The module of the last change: most of its neighbours are in it too.
    last_module: Option<(Quoted<'a>, ModulePath)>,
    leftovers: Vec<Leftover>,
}

/// What goes when the plan destroys what is left of a replaced object.
fn leftover(entry: &ChangeEntry<'_>) -> Option<Leftover> {
    let argument = match &*entry.kind {
        "aws_s3_bucket_policy" | "aws_s3_bucket_server_side_encryption_configuration" => "bucket",
        "aws_kms_key_policy" => "key_id",
        "aws_s3control_access_point_policy" => "access_point_arn",
        _ => return None,
    };
    let change: Option<Change<'_>> = entry.change.and_then(|change| serde_json::from_str(change.get()).ok());
    let before = change.as_ref().and_then(|change| change.before);
    let before: Option<serde_json::Value> = before.and_then(|before| serde_json::from_str(before.get()).ok());
    let target = before.as_ref().and_then(|before| before.get(argument)?.as_str()).map(str::to_owned);
    // A list of actions that cannot be read may hold anything.
    let destroys = change.is_none_or(|change| change.actions.iter().any(|action| &**action == "delete"));
    destroys.then(|| Leftover { kind: entry.kind.to_string(), target })
}

impl<'a> Builder<'a> {
    fn add_changes(&mut self, changes: Entries<'a, ChangeEntry<'a>>) -> Result<(), PlanError> {
        self.others.extend(changes.others);
        // And a few that only the prior state knows. To grow would be to have all of them twice.
        self.instances.reserve_exact(changes.kept.len() + changes.kept.len() / 8);
        for (position, entry) in changes.kept {
            self.add_change(position, entry)?;
        }
        Ok(())
    }

    fn module(&mut self, address: Option<Quoted<'a>>) -> Option<ModulePath> {
        let Some(address) = address else { return Some(ModulePath::new()) };
        if let Some((_, module)) = self.last_module.as_ref().filter(|(last, _)| *last == address) {
            return Some(module.clone());
        }
        let text = address.text();
        let module = if text.is_empty() { ModulePath::new() } else { parse_module(&text)? };
        self.last_module = Some((address, module.clone()));
        Some(module)
    }

    fn add_change(&mut self, position: usize, entry: ChangeEntry<'a>) -> Result<(), PlanError> {
        // What is left of a replaced object until it is destroyed is in neither world.
        if entry.deposed.as_deref().is_some_and(|key| !key.is_empty()) {
            self.leftovers.extend(leftover(&entry));
            return Ok(());
        }
        let mode = match entry.mode.as_deref() {
            None => Mode::Managed,
            Some(word) => {
                Mode::parse(word).ok_or_else(|| bad_entry(entry.address.text(), "has a mode that is not known"))?
            }
        };
        let module = self
            .module(entry.module_address)
            .ok_or_else(|| bad_entry(entry.address.text(), "has a module address that is none"))?;
        // How many instances there will be is not known, so this entry stands for any number of them.
        if entry.index_unknown == Some(true) {
            self.deferred.push(entry.address.text().into_owned());
            return Ok(());
        }
        let address =
            Address { module, mode, kind: entry.kind.to_string(), name: entry.name.to_string(), key: entry.index };
        let change = entry.change.ok_or_else(|| bad_entry(entry.address.text(), "has no `change`"))?;
        let change: Change<'a> =
            serde_json::from_str(change.get()).map_err(|error| without_values(&error.to_string())).map_err(
                |reason| bad_entry(entry.address.text(), &format!("has a `change` that cannot be read: {reason}")),
            )?;

        let before = || {
            let side = |values| Side::new(Some(values), None, change.before_sensitive, Place::Before(position));
            change.before.map(side)
        };
        let is_object = |values: Option<&RawValue>| values.is_none_or(|values| values.get().starts_with('{'));
        if !is_object(change.before) || !is_object(change.after) {
            return Err(bad_entry(entry.address.text(), "has attributes that are no object"));
        }
        let has = |action: &str| change.actions.iter().any(|word| &**word == action);
        let after = if has("create") || has("update") || has("read") || has("no-op") {
            if change.after.is_none() && !has("create") && !has("read") {
                return Err(bad_entry(entry.address.text(), "has no attributes after a change that leaves it there"));
            }
            Some(Side::new(change.after, change.after_unknown, change.after_sensitive, Place::After(position)))
        } else if has("forget") {
            // Terraform lets go of it; in AWS it stays as it is.
            before()
        } else if has("delete") {
            None
        } else {
            let is_word = |word: &&str| word.chars().all(|c| c.is_ascii_lowercase() || c == '-');
            let actions: Vec<&str> = change.actions.iter().map(|action| &**action).filter(is_word).collect();
            return Err(bad_entry(
                entry.address.text(),
                &format!("has actions that are not known: {}", actions.join(", ")),
            ));
        };
        let previous_address = entry.previous_address.map(|address| address.text().into_owned());
        self.moved_from.extend(previous_address.clone());
        self.by_address.insert(address.to_string(), self.instances.len());
        let actions = change.actions.iter().map(|action| action.to_string()).collect();
        self.instances.push(Instance::new(address, previous_address, actions, before(), after));
        Ok(())
    }

    fn add_state(&mut self, module: StateModule<'a>, place: &str, path: &ModulePath) -> Result<(), PlanError> {
        self.others.extend(module.resources.others);
        let here: Arc<str> = place.into();
        for (position, entry) in module.resources.kept {
            self.add_state_entry(entry, &Place::State(here.clone(), position), path)?;
        }
        for (position, child) in module.child_modules.into_iter().flatten().enumerate() {
            let address = child.address.as_deref().unwrap_or_default();
            let path = parse_module(address)
                .ok_or_else(|| bad_entry("a module of `prior_state`", "has an address that is none"))?;
            self.add_state(child, &format!("{place}['child_modules'][{position}]"), &path)?;
        }
        Ok(())
    }

    fn add_state_entry(&mut self, entry: StateEntry<'a>, place: &Place, module: &ModulePath) -> Result<(), PlanError> {
        let Some(mode) = entry.mode.as_deref().map_or(Some(Mode::Managed), Mode::parse) else { return Ok(()) };
        let (kind, name) = (entry.kind.to_string(), entry.name.to_string());
        let address = Address { module: module.clone(), mode, kind, name, key: entry.index };
        let label = address.to_string();
        if entry.deposed_key.is_some() || self.moved_from.contains(&label) && !self.by_address.contains_key(&label) {
            return Ok(());
        }
        let known = self.by_address.get(&label).and_then(|at| self.instances.get_mut(*at));
        // A data source that is read again during the apply shows its last answer only here.
        if known.as_ref().is_some_and(|known| mode == Mode::Managed || known.exists(World::Before)) {
            return Ok(());
        }
        // A distribution without attributes would have no origins, and so nothing to find fault with.
        let values =
            entry.values.ok_or_else(|| PlanError::Trimmed(format!("{label} in `prior_state` has no `values`")))?;
        if !values.get().starts_with('{') {
            return Err(bad_entry(&label, "has attributes in `prior_state` that are no object"));
        }
        let side = || Some(Side::new(Some(values), None, entry.sensitive_values, place.clone()));
        if let Some(known) = known {
            known.set_before(side());
            return Ok(());
        }
        self.by_address.insert(label, self.instances.len());
        self.instances.push(Instance::new(address, None, Vec::new(), side(), side()));
        Ok(())
    }

    /// Refuses a document whose `resource_changes` were thinned out or taken away: what is planned must be changed, or be
    /// there already, as it is.
    fn check_planned(&self, module: &StateModule<'_>, has_changes: bool) -> Result<(), PlanError> {
        for (_, entry) in &module.resources.kept {
            let managed = entry.mode.as_deref().is_none_or(|mode| mode == "managed");
            let path = module.address.as_deref().map_or(Some(ModulePath::new()), parse_module).unwrap_or_default();
            let (kind, name) = (entry.kind.to_string(), entry.name.to_string());
            let address = Address { module: path, mode: Mode::Managed, kind, name, key: entry.index.clone() };
            if !managed {
                continue;
            }
            let Some(known) = self.by_address.get(&address.to_string()).and_then(|at| self.instances.get(*at)) else {
                let part = "is in `planned_values`, but neither in `resource_changes` nor in `prior_state`";
                return Err(PlanError::Trimmed(format!("{address} {part}")));
            };
            let parse = |text: Option<&RawValue>| text.and_then(|text| serde_json::from_str::<Json>(text.get()).ok());
            let there = known.text(World::Before);
            if !has_changes && parse(entry.values) != parse(there) {
                let part = "differs between `planned_values` and `prior_state`, and there are no `resource_changes`";
                return Err(PlanError::Trimmed(format!("{address} {part}")));
            }
        }
        module.child_modules.iter().flatten().try_for_each(|child| self.check_planned(child, has_changes))
    }

    /// What the configuration declares once, and the plan knows nothing of.
    fn unplanned(&self, configuration: &ModuleConfig<'a>) -> Vec<String> {
        let others: HashSet<Cow<'_, str>> = self.others.iter().map(|address| address.text()).collect();
        let known = |address: &String| self.by_address.contains_key(address) || others.contains(address.as_str());
        let mut missing = configuration.singletons();
        missing.retain(|address| !known(address));
        missing.sort();
        missing
    }
}
