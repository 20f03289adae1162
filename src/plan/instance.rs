//! A resource instance in both worlds: as it is before the plan is applied, and as it will be after.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::fmt::{self, Write};

use serde::Deserializer as _;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde_json::Value as Json;
use serde_json::value::RawValue;

use super::address::Address;
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
    pub(super) before: Option<Side<'a>>,
    pub(super) after: Option<Side<'a>>,
    /// How it is read, where its type says in other words what another type says.
    pub(super) reading: OnceCell<Reading>,
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

/// The values of an instance in one world, parsed when first asked for.
#[derive(Debug)]
pub(super) struct Side<'a> {
    pub(super) values: Option<&'a RawValue>,
    pub(super) unknown: Option<&'a RawValue>,
    pub(super) sensitive: Option<&'a RawValue>,
    /// Where the values stand in the document, and where the mask of unknown values does.
    pub(super) place: String,
    pub(super) unknown_place: Option<String>,
    pub(super) parsed: OnceCell<Node>,
    /// The values and the mask of unknown ones as they stand, for finding places in them.
    pub(super) raw: OnceCell<[Option<Json>; 2]>,
}

impl Side<'_> {
    fn node(&self) -> &Node {
        fn parse(text: Option<&RawValue>) -> Option<Json> {
            text.and_then(|text| serde_json::from_str(text.get()).ok())
        }
        self.parsed.get_or_init(|| {
            let values = parse(self.values);
            // Values that nest deeper than the parser goes cannot be told.
            if self.values.is_some() && values.is_none() {
                return Node::merge(None, Some(&Json::Bool(true)), None);
            }
            Node::merge(values.as_ref(), parse(self.unknown).as_ref(), parse(self.sensitive).as_ref())
        })
    }
}

impl Side<'_> {
    /// Whether a top-level attribute certainly has no items: it is null, an empty list or unknown as a whole.
    fn lacks(&self, name: &str) -> bool {
        let (Ok(value), Ok(mask)) = (top_level(self.values, name), top_level(self.unknown, name)) else { return false };
        matches!(mask, None | Some(Json::Bool(_)))
            && value.is_none_or(|value| value.is_null() || value == Json::Array(vec![]))
    }
}

impl Instance<'_> {
    fn side(&self, world: World) -> Option<&Side<'_>> {
        match world {
            World::Before => self.before.as_ref(),
            World::After => self.after.as_ref(),
        }
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
        self.side(world).map(Side::node)
    }

    /// Has it read as something else from now on. The first time counts.
    pub(crate) fn read_as(&self, reading: Reading) {
        let _ = self.reading.set(reading);
    }

    /// What it is read as, if that is something else than what stands in the document.
    pub(crate) fn reading(&self) -> Option<&Reading> {
        self.reading.get()
    }

    /// The top-level attributes of these names that are known strings and not empty, without building all the others.
    #[must_use]
    pub fn texts(&self, world: World, names: &[&str]) -> Vec<Option<String>> {
        if self.reading.get().is_some() {
            let text = |name: &&str| self.values(world)?.text(name).non_empty().map(str::to_owned);
            return names.iter().map(text).collect();
        }
        let Some(values) = self.side(world).and_then(|side| side.values) else { return vec![None; names.len()] };
        let mut found = vec![None; names.len()];
        let mut deserializer = serde_json::Deserializer::from_str(values.get());
        // Values that cannot be read are none; whoever needs them whole is told by `values`.
        let _ = deserializer.deserialize_map(TopLevel { names, found: &mut found });
        found
    }

    /// Whether a top-level attribute is certainly known only after the apply, without building all the others.
    #[must_use]
    pub fn is_unknown(&self, world: World, name: &str) -> bool {
        let Some(mask) = self.side(world).and_then(|side| side.unknown).filter(|_| self.reading.get().is_none()) else {
            return false;
        };
        top_level(Some(mask), name) == Ok(Some(Json::Bool(true)))
    }

    /// Whether an attribute is there in a world and neither null nor an empty list, without building the others. Of one that
    /// is known after apply it is not.
    #[must_use]
    pub fn mentions(&self, world: World, name: &str) -> bool {
        let Some(values) = self.side(world).and_then(|side| side.values) else { return false };
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
        let side = self.side(world)?;
        let parse = |text: Option<&RawValue>| text.and_then(|text| serde_json::from_str(text.get()).ok());
        let [values, unknown] = side.raw.get_or_init(|| [parse(side.values), parse(side.unknown)]);
        let (known, known_depth) = walk(values.as_ref(), attribute);
        let (marked, marked_depth) = walk(unknown.as_ref(), attribute);
        let (base, depth) = match (&side.unknown_place, known, marked) {
            (Some(place), false, true) => (place, marked_depth),
            (Some(place), false, false) if marked_depth > known_depth => (place, marked_depth),
            _ => (&side.place, known_depth),
        };
        let mut path = base.clone();
        for part in attribute.iter().take(depth) {
            part.append(&mut path);
        }
        Some(path)
    }
}

/// Picks strings out of an object, by name.
struct TopLevel<'n> {
    names: &'n [&'n str],
    found: &'n mut Vec<Option<String>>,
}

impl<'de> Visitor<'de> for TopLevel<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the attributes of a resource")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<Cow<'de, str>>()? {
            let slot = self.names.iter().position(|wanted| *wanted == name).and_then(|at| self.found.get_mut(at));
            match slot {
                Some(slot) => {
                    let value: &RawValue = map.next_value()?;
                    *slot = serde_json::from_str(value.get()).ok().filter(|text: &String| !text.is_empty());
                }
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

/// The value of that name in an object, without building the others; it is an error if it is neither an object nor null.
fn top_level(object: Option<&RawValue>, name: &str) -> Result<Option<Json>, ()> {
    let mut found = None;
    let mut deserializer = serde_json::Deserializer::from_str(object.map_or("null", RawValue::get));
    deserializer.deserialize_option(TopLevelPart { name, found: &mut found }).map_err(|_| ())?;
    Ok(found)
}

/// Picks one value out of an object that may be null, by name; the last one, should there be several.
struct TopLevelPart<'n> {
    name: &'n str,
    found: &'n mut Option<Json>,
}

impl<'de> Visitor<'de> for TopLevelPart<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object or null")
    }

    fn visit_none<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_some<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<Cow<'de, str>>()? {
            if name == self.name {
                *self.found = Some(map.next_value()?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

/// Whether all of `attribute` is in the document, and how much of it.
fn walk(value: Option<&Json>, attribute: &[Part<'_>]) -> (bool, usize) {
    let Some(mut at) = value else { return (false, 0) };
    for (depth, part) in attribute.iter().enumerate() {
        let next = match part {
            Part::Name(name) => at.get(name),
            Part::Index(index) => at.get(index),
        };
        match next {
            Some(Json::Null) | None => return (false, depth),
            Some(next) => at = next,
        }
    }
    (true, attribute.len())
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
