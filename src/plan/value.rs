//! Attribute values as a plan knows them: each is known, unknown until the apply, and sensitive or not.
//!
//! Terraform spreads this over three parallel documents (`after`, `after_unknown`, `after_sensitive`). Here they become one
//! tree, so that no reader can look at a value and forget to ask whether it is known.

use serde_json::{Map, Value as Json};

use super::fields::Fields;

/// One value, and whether Terraform marks it sensitive. Sensitive values serve for linking and are never printed.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// What is known of it.
    pub kind: Kind,
    /// Marked sensitive, itself or through what contains it.
    pub sensitive: bool,
}

/// What a plan knows of a value.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// Known after apply.
    Unknown,
    /// Not set.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as it is written.
    Number(serde_json::Number),
    /// A string.
    String(String),
    /// A list, or a set in the order Terraform prints it.
    List(Vec<Node>),
    /// An object, a map or a block.
    Object(Fields),
}

/// A value that may be unknown, seen as one type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Text<'a> {
    /// Absent or null.
    Unset,
    /// Known after apply.
    Unknown,
    /// Known.
    Known(&'a str),
}

impl<'a> Text<'a> {
    /// The text, if known and not empty: the provider writes an unset string inside a set as `""`.
    pub fn non_empty(self) -> Option<&'a str> {
        match self {
            Self::Known(text) if !text.is_empty() => Some(text),
            _ => None,
        }
    }

    /// Whether the value is certainly not set: null, absent or `""`.
    pub fn is_blank(self) -> bool {
        matches!(self, Self::Unset | Self::Known(""))
    }
}

impl Node {
    /// A value that is wholly known and not sensitive, such as one of prior state or configuration.
    pub fn known(value: &Json) -> Self {
        Self::merge(Some(value), None, None)
    }

    /// One tree from Terraform's three: the values, `true` where they are unknown, `true` where they are sensitive.
    ///
    /// An unknown leaf is absent (or null) in `value` and `true` in `unknown`; a mask that is `true` covers all below it.
    pub fn merge(value: Option<&Json>, unknown: Option<&Json>, sensitive: Option<&Json>) -> Self {
        Self::of(value.cloned(), unknown, sensitive)
    }

    /// The same of values that are needed no more.
    pub(super) fn of(value: Option<Json>, unknown: Option<&Json>, sensitive: Option<&Json>) -> Self {
        let marked = matches!(sensitive, Some(Json::Bool(true)));
        let kind = if matches!(unknown, Some(Json::Bool(true))) {
            Kind::Unknown
        } else {
            match (value, unknown) {
                (Some(Json::Null), Some(mask)) if !marks_any(mask) => Kind::Null,
                (Some(Json::Object(values)), _) => object(values, unknown, sensitive),
                (None | Some(Json::Null), Some(Json::Object(_))) => object(Map::new(), unknown, sensitive),
                (Some(Json::Array(values)), _) => list(values, unknown, sensitive),
                (None | Some(Json::Null), Some(Json::Array(_))) => list(Vec::new(), unknown, sensitive),
                (Some(Json::Bool(flag)), _) => Kind::Bool(flag),
                (Some(Json::Number(number)), _) => Kind::Number(number),
                (Some(Json::String(text)), _) => Kind::String(text),
                (None | Some(Json::Null), _) => Kind::Null,
            }
        };
        let mut node = Self { kind, sensitive: marked };
        if marked {
            node.mark();
        }
        node
    }

    fn mark(&mut self) {
        self.sensitive = true;
        match &mut self.kind {
            Kind::List(items) => items.iter_mut().for_each(Self::mark),
            Kind::Object(fields) => fields.values_mut().for_each(Self::mark),
            _ => {}
        }
    }

    /// Whether the whole value is unknown.
    pub fn is_unknown(&self) -> bool {
        self.kind == Kind::Unknown
    }

    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        self.kind == Kind::Null
    }

    /// Whether nothing in it is unknown.
    pub fn is_wholly_known(&self) -> bool {
        match &self.kind {
            Kind::Unknown => false,
            Kind::List(items) => items.iter().all(Self::is_wholly_known),
            Kind::Object(fields) => fields.values().all(Self::is_wholly_known),
            _ => true,
        }
    }

    /// The attribute of that name, if the value is an object that has it.
    pub fn get(&self, name: &str) -> Option<&Self> {
        match &self.kind {
            Kind::Object(fields) => fields.get(name),
            _ => None,
        }
    }

    /// The items, if the value is a known list; none for anything else.
    pub fn items(&self) -> &[Self] {
        match &self.kind {
            Kind::List(items) => items,
            _ => &[],
        }
    }

    /// Whether the value or anything in it is marked as sensitive.
    pub fn holds_sensitive(&self) -> bool {
        self.sensitive
            || match &self.kind {
                Kind::List(items) => items.iter().any(Self::holds_sensitive),
                Kind::Object(fields) => fields.values().any(Self::holds_sensitive),
                _ => false,
            }
    }

    /// The attribute as text. Anything but text is unknown: no provider writes it, so what it means cannot be told.
    pub fn text(&self, name: &str) -> Text<'_> {
        match self.get(name).map(|node| &node.kind) {
            None | Some(Kind::Null) => Text::Unset,
            Some(Kind::String(text)) => Text::Known(text),
            Some(_) => Text::Unknown,
        }
    }

    /// The value as a string, if it is a known one.
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            Kind::String(text) => Some(text),
            _ => None,
        }
    }

    /// The first block of that name: `Ok(None)` if there is none, `Err` if it cannot be told whether there is one.
    ///
    /// # Errors
    /// `Unknown` when the block list itself is unknown, as with a `dynamic` block over unknown values, or is no list of blocks.
    pub fn block(&self, name: &str) -> Result<Option<&Self>, Unknown> {
        match self.get(name).map(|node| &node.kind) {
            Some(Kind::List(items)) => match items.first() {
                Some(first) if !matches!(first.kind, Kind::Object(_)) => Err(Unknown),
                first => Ok(first),
            },
            Some(Kind::Object(_)) => Ok(self.get(name)),
            None | Some(Kind::Null) => Ok(None),
            Some(_) => Err(Unknown),
        }
    }
}

/// The plan cannot tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unknown;

/// Whether a mask marks anything at all.
fn marks_any(mask: &Json) -> bool {
    match mask {
        Json::Bool(marked) => *marked,
        Json::Array(items) => items.iter().any(marks_any),
        Json::Object(fields) => fields.values().any(marks_any),
        _ => false,
    }
}

fn object(values: Map<String, Json>, unknown: Option<&Json>, sensitive: Option<&Json>) -> Kind {
    let [unknowns, sensitives] = [unknown, sensitive].map(|part| part.and_then(Json::as_object));
    let only_unknown: Vec<&String> =
        unknowns.into_iter().flat_map(Map::keys).filter(|name| !values.contains_key(*name)).collect();
    let merge = |name: &str, value: Option<Json>| {
        let [unknown, sensitive] = [unknowns, sensitives].map(|fields| fields.and_then(|fields| fields.get(name)));
        Node::of(value, unknown, sensitive)
    };
    let of_values = values.into_iter().map(|(name, value)| {
        let node = merge(&name, Some(value));
        (name.into_boxed_str(), node)
    });
    let of_others = only_unknown.into_iter().map(|name| (name.as_str().into(), merge(name, None)));
    Kind::Object(of_values.chain(of_others).collect())
}

fn list(values: Vec<Json>, unknown: Option<&Json>, sensitive: Option<&Json>) -> Kind {
    fn items_of(part: Option<&Json>) -> &[Json] {
        match part {
            Some(Json::Array(items)) => items,
            _ => &[],
        }
    }
    let (unknowns, sensitives) = (items_of(unknown), items_of(sensitive));
    let length = values.len().max(unknowns.len());
    let mut items = Vec::with_capacity(length);
    let mut values = values.into_iter();
    items.extend((0..length).map(|at| Node::of(values.next(), unknowns.get(at), sensitives.get(at))));
    Kind::List(items)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_absent_leaf_that_is_marked_is_unknown() {
        let node = Node::merge(Some(&json!({"a": "x"})), Some(&json!({"b": true, "a": false})), None);
        assert_eq!(node.text("a"), Text::Known("x"));
        assert_eq!(node.text("b"), Text::Unknown);
        assert_eq!(node.text("c"), Text::Unset);
    }

    #[test]
    fn a_list_is_as_long_as_the_longer_of_values_and_mask() {
        let node = Node::merge(
            Some(&json!({"rule": [{}], "resources": [null, "x"]})),
            Some(&json!({"rule": [{"kms": true}, true], "resources": [true, false]})),
            None,
        );
        let rule = node.get("rule").map(Node::items).unwrap_or_default();
        assert_eq!(rule.len(), 2);
        assert_eq!(rule[0].text("kms"), Text::Unknown);
        assert!(rule[1].is_unknown());
        let resources = node.get("resources").map(Node::items).unwrap_or_default();
        assert!(resources[0].is_unknown());
        assert_eq!(resources[1].as_str(), Some("x"));
    }

    #[test]
    fn a_sensitive_mark_covers_everything_below_it() {
        let node = Node::merge(Some(&json!({"origin": [{"domain_name": "d"}]})), None, Some(&json!({"origin": true})));
        let origin = &node.get("origin").map(Node::items).unwrap_or_default()[0];
        assert!(origin.get("domain_name").is_some_and(|domain| domain.sensitive));
    }

    #[test]
    fn a_block_list_that_is_unknown_is_neither_there_nor_absent() {
        let node = Node::merge(Some(&json!({"none": []})), Some(&json!({"dynamic": true})), None);
        assert_eq!(node.block("dynamic"), Err(Unknown));
        assert_eq!(node.block("none"), Ok(None));
        assert_eq!(node.block("absent"), Ok(None));
    }

    #[test]
    fn a_value_of_the_wrong_shape_is_not_taken_for_none() {
        let node = Node::known(&json!({"a": 5, "b": "x", "c": [null], "d": ["x"]}));
        assert_eq!(node.text("a"), Text::Unknown);
        for name in ["a", "b", "c", "d"] {
            assert_eq!(node.block(name), Err(Unknown), "{name}");
        }
    }
}
