//! The attributes of an instance in one world: where they stand in the document, and what they are, once somebody asks.

use std::cell::OnceCell;
use std::sync::Arc;

use serde_json::Value as Json;
use serde_json::value::RawValue;

use super::instance::Part;
use super::members::{depth, top_level};
use super::value::Node;

/// The values of an instance in one world, parsed when first asked for. There are two for every instance of a plan, so what
/// can be told from the document again is not kept.
#[derive(Debug)]
pub(super) struct Side<'a> {
    pub(super) values: Option<&'a RawValue>,
    pub(super) unknown: Option<&'a RawValue>,
    pub(super) sensitive: Option<&'a RawValue>,
    pub(super) place: Place,
    parsed: OnceCell<Box<Parsed>>,
}

/// What the three documents of a side say together.
#[derive(Debug)]
pub(super) struct Parsed {
    /// The values, each known, unknown or sensitive.
    pub(super) node: Node,
    /// Whether the values are there and cannot be read, and whether the mask of unknown ones is so.
    values_unread: bool,
    unknown_unread: bool,
}

/// Where the values of a side stand in the document.
#[derive(Debug, Clone)]
pub(super) enum Place {
    /// In `before` of the change at this position.
    Before(usize),
    /// In `after` of the change at this position, next to the mask of unknown values.
    After(usize),
    /// In the module of a state that stands there, at this position.
    State(Arc<str>, usize),
}

impl Place {
    fn values(&self) -> String {
        match self {
            Self::Before(position) => format!("$['resource_changes'][{position}]['change']['before']"),
            Self::After(position) => format!("$['resource_changes'][{position}]['change']['after']"),
            Self::State(module, position) => format!("{module}['resources'][{position}]['values']"),
        }
    }

    fn unknown(&self) -> Option<String> {
        match self {
            Self::After(position) => Some(format!("$['resource_changes'][{position}]['change']['after_unknown']")),
            Self::Before(_) | Self::State(..) => None,
        }
    }
}

fn parse(text: Option<&RawValue>) -> Option<Json> {
    text.and_then(|text| serde_json::from_str(text.get()).ok())
}

impl<'a> Side<'a> {
    /// A side of which nothing is parsed yet.
    pub(super) fn new(
        values: Option<&'a RawValue>,
        unknown: Option<&'a RawValue>,
        sensitive: Option<&'a RawValue>,
        place: Place,
    ) -> Self {
        Self { values, unknown, sensitive, place, parsed: OnceCell::new() }
    }

    /// What it says.
    pub(super) fn parsed(&self) -> &Parsed {
        self.parsed.get_or_init(|| {
            let (values, unknown, sensitive) = (parse(self.values), parse(self.unknown), parse(self.sensitive));
            let values_unread = self.values.is_some() && values.is_none();
            let unknown_unread = self.unknown.is_some() && unknown.is_none();
            // Values that nest deeper than the parser goes cannot be told.
            let node = if values_unread {
                Node::of(None, Some(&Json::Bool(true)), None)
            } else {
                Node::of(values, unknown.as_ref(), sensitive.as_ref())
            };
            Box::new(Parsed { node, values_unread, unknown_unread })
        })
    }

    /// Whether both say the same, word for word: of most resources, the plan changes nothing.
    pub(super) fn says_what(&self, other: &Self) -> bool {
        let text = |text: Option<&'a RawValue>| text.map(RawValue::get);
        let marks_nothing = |side: &Self| matches!(text(side.unknown), None | Some("{}" | "false"));
        marks_nothing(self)
            && marks_nothing(other)
            && text(self.values) == text(other.values)
            && text(self.sensitive) == text(other.sensitive)
    }

    /// Whether a top-level attribute certainly has no items: it is null, an empty list or unknown as a whole.
    pub(super) fn lacks(&self, name: &str) -> bool {
        let (Ok(value), Ok(mask)) = (top_level(self.values, name), top_level(self.unknown, name)) else { return false };
        matches!(mask, None | Some(Json::Bool(_)))
            && value.is_none_or(|value| value.is_null() || value == Json::Array(vec![]))
    }

    /// The normalized path (RFC 9535) of an attribute in the document: of its value, or of the mark that it is unknown, or
    /// of the nearest part that encloses it when neither is there.
    /// `parsed` is what it says.
    pub(super) fn place(&self, attribute: &[Part<'_>], parsed: &Parsed) -> String {
        let known = depth(self.values.filter(|_| !parsed.values_unread), attribute);
        let marked = depth(self.unknown.filter(|_| !parsed.unknown_unread), attribute);
        let whole = Some(attribute.len());
        let is_marked = known != whole && (marked == whole || marked.unwrap_or(0) > known.unwrap_or(0));
        let (mut path, depth) = match self.place.unknown().filter(|_| is_marked) {
            Some(place) => (place, marked),
            None => (self.place.values(), known),
        };
        for part in attribute.iter().take(depth.unwrap_or(0)) {
            part.append(&mut path);
        }
        path
    }
}
