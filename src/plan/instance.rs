//! A resource instance in both worlds: as it is before the plan is applied, and as it will be after.

use std::cell::OnceCell;
use std::fmt::Write;

use serde_json::Value as Json;
use serde_json::value::RawValue;

use super::address::Address;
use super::members;
use super::side::{Parsed, Side};
use super::value::Node;

/// One of the two moments a plan speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum World {
    /// Prior state: what is there today.
    Before,
    /// Planned state: what will be there once the plan is applied.
    After,
}

/// A resource instance that can lie on an access path.
#[derive(Debug)]
pub struct Instance<'a> {
    /// Its address.
    pub address: Address,
    /// The address it had before a `moved` block, or null.
    pub previous_address: Option<String>,
    /// What this plan does to it; empty when the plan does not speak of it.
    pub actions: Vec<String>,
    before: Option<Side<'a>>,
    after: Option<Side<'a>>,
    /// Whether both sides say the same, so that it is parsed once.
    stays: bool,
    /// How it is read, where its type says in other words what another type says.
    reading: OnceCell<Box<Reading>>,
}

/// What an instance is read as, in the place of what stands in the document.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    /// Its attributes before.
    pub(crate) before: Option<Node>,
    /// Its attributes after the apply.
    pub(crate) after: Option<Node>,
    /// The expressions of its block.
    pub(crate) expressions: Json,
    /// Why its attributes after the apply cannot be told apart, if they cannot.
    pub(crate) untold: Option<String>,
}

impl<'a> Instance<'a> {
    /// An instance of which nothing is parsed yet.
    pub(super) fn new(
        address: Address,
        previous_address: Option<String>,
        actions: Vec<String>,
        before: Option<Side<'a>>,
        after: Option<Side<'a>>,
    ) -> Self {
        let mut made =
            Self { address, previous_address, actions, before: None, after, stays: false, reading: OnceCell::new() };
        made.set_before(before);
        made
    }

    /// What it is before is told elsewhere.
    pub(super) fn set_before(&mut self, before: Option<Side<'a>>) {
        self.stays = before.as_ref().zip(self.after.as_ref()).is_some_and(|(before, after)| after.says_what(before));
        self.before = before;
    }

    fn side(&self, world: World) -> Option<&Side<'a>> {
        match world {
            World::Before => self.before.as_ref(),
            World::After => self.after.as_ref(),
        }
    }

    /// The text of its values in a world.
    pub(super) fn text(&self, world: World) -> Option<&'a RawValue> {
        self.side(world).and_then(|side| side.values)
    }
}

impl Instance<'_> {
    fn parsed(&self, world: World) -> Option<&Parsed> {
        self.side(if self.stays { World::Before } else { world }).map(Side::parsed)
    }

    /// Its attributes in a world; none when it does not exist there.
    #[must_use]
    pub fn values(&self, world: World) -> Option<&Node> {
        match (self.reading.get(), world) {
            (None, _) => self.stated(world),
            (Some(reading), World::Before) => reading.before.as_ref(),
            (Some(reading), World::After) => reading.after.as_ref(),
        }
    }

    /// Its attributes as they stand in the document, whatever it is read as.
    #[must_use]
    pub fn stated(&self, world: World) -> Option<&Node> {
        self.parsed(world).map(|parsed| &parsed.node)
    }

    /// Has it read as something else from now on. The first time counts.
    pub(crate) fn read_as(&self, reading: Reading) {
        let _ = self.reading.set(Box::new(reading));
    }

    /// What it is read as, if that is something else than what stands in the document.
    pub(crate) fn reading(&self) -> Option<&Reading> {
        self.reading.get().map(|reading| &**reading)
    }

    /// The top-level attributes of these names that are known strings and not empty, without building all the others.
    #[must_use]
    pub fn texts(&self, world: World, names: &[&str]) -> Vec<Option<String>> {
        if self.reading.get().is_some() {
            let text = |name: &&str| self.values(world)?.text(name).non_empty().map(str::to_owned);
            return names.iter().map(text).collect();
        }
        self.text(world).map_or_else(|| vec![None; names.len()], |values| members::texts(values, names))
    }

    /// Whether a top-level attribute is certainly known only after the apply, without building all the others.
    #[must_use]
    pub fn is_unknown(&self, world: World, name: &str) -> bool {
        let Some(mask) = self.side(world).and_then(|side| side.unknown).filter(|_| self.reading.get().is_none()) else {
            return false;
        };
        members::top_level(Some(mask), name) == Ok(Some(Json::Bool(true)))
    }

    /// Whether an attribute is there in a world and neither null nor an empty list, without building the others. Of one that
    /// is known after apply it is not.
    #[must_use]
    pub fn mentions(&self, world: World, name: &str) -> bool {
        let Some(values) = self.text(world) else { return false };
        // A name that does not occur in the text is no attribute; most resources end here, and most others at a list that
        // is written down and empty.
        let read_as_it_stands = self.reading.get().is_none();
        values.get().contains(name)
            && !(read_as_it_stands && self.side(world).is_some_and(|side| side.lacks(name)))
            && self.values(world).and_then(|values| values.get(name)).is_some_and(|node| !node.items().is_empty())
    }

    /// Whether it exists in a world.
    #[must_use]
    pub fn exists(&self, world: World) -> bool {
        self.side(world).is_some()
    }

    /// Whether the plan makes it anew: nothing of it exists before, or what exists is replaced.
    #[must_use]
    pub fn is_created(&self) -> bool {
        self.exists(World::After) && self.actions.iter().any(|action| action == "create")
    }

    /// Whether the plan destroys it, alone or to replace it.
    #[must_use]
    pub fn is_destroyed(&self) -> bool {
        self.actions.iter().any(|action| action == "delete")
    }

    /// Whether Terraform lets go of it and leaves it in AWS as it is.
    #[must_use]
    pub fn is_forgotten(&self) -> bool {
        self.actions.iter().any(|action| action == "forget") && !self.is_created()
    }

    /// Whether the plan does anything to it.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        self.actions.iter().any(|action| action != "no-op" && action != "read")
    }

    /// The normalized path (RFC 9535) of an attribute in the document: of its value, or of the mark that it is unknown, or
    /// of the nearest part that encloses it when neither is there.
    #[must_use]
    pub fn place(&self, world: World, attribute: &[Part<'_>]) -> Option<String> {
        self.side(world).zip(self.parsed(world)).map(|(side, parsed)| side.place(attribute, parsed))
    }
}

/// A part of a path into a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part<'a> {
    /// A member of an object.
    Name(&'a str),
    /// An element of an array.
    Index(usize),
}

impl Part<'_> {
    /// Writes it as a normalized path does: <https://www.rfc-editor.org/rfc/rfc9535#section-2.7>.
    pub fn append(self, path: &mut String) {
        match self {
            Self::Name(name) => append_name(path, name),
            Self::Index(index) => {
                let _ = write!(path, "[{index}]");
            }
        }
    }
}

fn append_name(path: &mut String, name: &str) {
    path.push_str("['");
    for character in name.chars() {
        match character {
            '\'' => path.push_str("\\'"),
            '\\' => path.push_str("\\\\"),
            '\u{8}' => path.push_str("\\b"),
            '\u{c}' => path.push_str("\\f"),
            '\n' => path.push_str("\\n"),
            '\r' => path.push_str("\\r"),
            '\t' => path.push_str("\\t"),
            control if u32::from(control) < 0x20 => {
                let _ = write!(path, "\\u{:04x}", u32::from(control));
            }
            _ => path.push(character),
        }
    }
    path.push_str("']");
}
