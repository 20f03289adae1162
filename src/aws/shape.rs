//! How one provider's attributes are put together from another's: what has the same meaning under other names, and in nested
//! objects where the other has blocks.

use serde_json::{Map, Value as Json};

use crate::plan::instance::Part;
use crate::plan::value::{Kind, Node};

/// How a value is read.
#[derive(Debug)]
pub enum Shape {
    /// As it stands.
    AsIs,
    /// An object with these fields and no others.
    Object(&'static [Field]),
    /// A list, or a set, of such values.
    List(&'static Shape),
    /// An object that is read as a list with one block in it.
    Block(&'static Shape),
}

/// A field of an object.
#[derive(Debug)]
pub struct Field {
    /// What it is read as.
    pub name: &'static str,
    /// Where it may stand: the first place that is not null counts. A step into a list is one into its only block.
    pub from: &'static [&'static [&'static str]],
    /// How its value is read.
    pub shape: Shape,
}

impl Shape {
    /// The value as it is read. What is unknown stays so, and what has another form than expected stays as it is, so that
    /// nobody takes it for absent.
    #[must_use]
    pub fn read(&self, value: &Node) -> Node {
        let sensitive = value.sensitive;
        let kind = match (self, &value.kind) {
            (Self::Object(fields), Kind::Object(_)) => {
                let read = |field: &Field| Some((field.name.into(), field.shape.read(&field.find(value)?.0)));
                Kind::Object(fields.iter().filter_map(read).collect())
            }
            (Self::List(item), Kind::List(items)) => Kind::List(items.iter().map(|value| item.read(value)).collect()),
            (Self::Block(inner), Kind::Object(_)) => Kind::List(vec![inner.read(value)]),
            (_, kind) => kind.clone(),
        };
        Node { kind, sensitive }
    }

    /// How the configuration's expressions for the value are read: blocks as values are, arguments by their new name. An
    /// argument that holds what is read from within it is not told apart, and left out.
    #[must_use]
    pub fn read_expressions(&self, written: &Json) -> Json {
        match (self, written) {
            (Self::Object(fields), Json::Object(all)) if !is_expression(all) => {
                let read = |field: &Field| {
                    let found = field.from.iter().find_map(|path| {
                        path.iter().try_fold(written, |at, name| match at {
                            Json::Array(blocks) if blocks.len() == 1 => blocks.first()?.get(name),
                            at => at.get(name),
                        })
                    });
                    Some((field.name.into(), field.shape.read_expressions(found?)))
                };
                Json::Object(fields.iter().filter_map(read).collect::<Map<_, _>>())
            }
            (Self::List(item) | Self::Block(item), Json::Array(blocks)) => {
                Json::Array(blocks.iter().map(|block| item.read_expressions(block)).collect())
            }
            (_, written) => written.clone(),
        }
    }

    /// Where the place `path` of the value as it is read stands in `value`; shorter where only what encloses it is there.
    #[must_use]
    pub fn place<'p>(&self, value: Option<&Node>, path: &[Part<'p>]) -> Vec<Part<'p>> {
        match (self, path) {
            (_, []) => Vec::new(),
            (Self::AsIs, path) => path.to_vec(),
            (Self::Block(inner), [Part::Index(_), rest @ ..]) => inner.place(value, rest),
            (Self::List(item), [Part::Index(at), rest @ ..]) => {
                let inner = value.and_then(|value| value.items().get(*at));
                [Part::Index(*at)].into_iter().chain(item.place(inner, rest)).collect()
            }
            (Self::Object(fields), [Part::Name(name), rest @ ..]) => {
                let Some(field) = fields.iter().find(|field| field.name == *name) else { return Vec::new() };
                let found = value.and_then(|value| field.find(value));
                let (inner, steps) = match found {
                    Some((inner, steps)) => (Some(inner), steps),
                    None => (
                        None,
                        field
                            .from
                            .first()
                            .into_iter()
                            .flat_map(|path| path.iter())
                            .map(|name| Part::Name(name))
                            .collect(),
                    ),
                };
                steps.into_iter().chain(field.shape.place(inner.as_ref(), rest)).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// Whether an object of the configuration is an expression rather than a block.
fn is_expression(fields: &Map<String, Json>) -> bool {
    fields.contains_key("references") || fields.contains_key("constant_value")
}

impl Field {
    /// The value that is read for the field, and the way to it; none if it is nowhere set.
    fn find(&self, holder: &Node) -> Option<(Node, Vec<Part<'static>>)> {
        self.from.iter().find_map(|path| find(holder, path))
    }
}

fn find(holder: &Node, path: &[&'static str]) -> Option<(Node, Vec<Part<'static>>)> {
    let mut at = holder;
    let mut steps = Vec::new();
    for name in path {
        match &at.kind {
            Kind::List(items) if items.is_empty() => return None,
            Kind::List(items) if items.len() == 1 => {
                steps.push(Part::Index(0));
                at = items.first()?;
            }
            _ => {}
        }
        match &at.kind {
            Kind::Object(fields) => {
                steps.push(Part::Name(name));
                at = fields.get(name)?;
            }
            Kind::Null => return None,
            // Within what is unknown everything is, and what has another form is not understood.
            _ => return Some((Node { kind: Kind::Unknown, sensitive: at.sensitive }, steps)),
        }
    }
    (!at.is_null()).then(|| (at.clone(), steps))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::plan::value::Text;

    const SHAPE: Shape = Shape::Object(&[
        Field { name: "enabled", from: &[&["config", "enabled"]], shape: Shape::AsIs },
        Field {
            name: "origin",
            from: &[&["config", "origins"]],
            shape: Shape::List(&Shape::Object(&[
                Field { name: "origin_id", from: &[&["id"], &["name"]], shape: Shape::AsIs },
                Field { name: "s3", from: &[&["s3_config"]], shape: Shape::Block(&Shape::AsIs) },
                Field { name: "methods", from: &[&["allowed", "items"]], shape: Shape::AsIs },
            ])),
        },
    ]);

    fn node() -> Node {
        Node::merge(
            Some(&json!({"config": {"enabled": true, "origins": [
                {"id": "a", "s3_config": {"oai": "x"}, "allowed": [{"items": ["GET"]}]},
                {"id": null, "name": "b", "s3_config": null},
                {"s3_config": {}},
            ]}})),
            Some(&json!({"config": {"origins": [{}, {}, {"id": true, "s3_config": {"oai": true}}]}})),
            Some(&json!({"config": {"origins": [{"s3_config": true}, {}, {}]}})),
        )
    }

    #[test]
    fn values_are_read_under_their_new_names_with_all_that_is_known_of_them() {
        let read = SHAPE.read(&node());
        let origins = read.get("origin").map(Node::items).unwrap_or_default();
        assert_eq!(origins[0].text("origin_id"), Text::Known("a"));
        let s3 = origins[0].block("s3").unwrap().unwrap();
        assert_eq!(s3.text("oai"), Text::Known("x"));
        assert!(s3.get("oai").unwrap().sensitive);
        assert_eq!(origins[0].get("methods").map(Node::items).unwrap_or_default()[0].as_str(), Some("GET"));
        assert_eq!(origins[1].text("origin_id"), Text::Known("b"));
        assert_eq!(origins[1].block("s3"), Ok(None));
        assert_eq!(origins[2].text("origin_id"), Text::Unknown);
        assert_eq!(origins[2].block("s3").unwrap().unwrap().text("oai"), Text::Unknown);
        assert!(read.get("config").is_none());
    }

    #[test]
    fn what_is_unknown_or_of_another_form_is_not_read_as_absent() {
        let unknown = Node::merge(Some(&json!({})), Some(&json!({"config": true})), None);
        let read = SHAPE.read(&unknown);
        assert!(read.get("origin").is_some_and(Node::is_unknown) && read.get("enabled").is_some_and(Node::is_unknown));
        for wrong in [json!("x"), json!(5), json!([1])] {
            let read = SHAPE.read(&Node::known(&json!({"config": {"origins": [{"s3_config": wrong}]}})));
            let origins = read.get("origin").map(Node::items).unwrap_or_default();
            assert!(origins[0].block("s3").is_err(), "{wrong}");
        }
        assert!(
            SHAPE.read(&Node::known(&json!({"config": {"origins": "x"}}))).get("origin").unwrap().items().is_empty()
        );
    }

    #[test]
    fn places_lead_back_to_where_the_value_stands() {
        let (name, at) = (Part::Name, Part::Index);
        let place = |path: &[Part<'static>]| SHAPE.place(Some(&node()), path);
        let origin = [name("config"), name("origins")];
        assert_eq!(place(&[name("enabled")]), [name("config"), name("enabled")]);
        assert_eq!(place(&[name("origin")]), origin);
        let of = |index, rest: &[Part<'static>]| [&origin, [at(index)].as_slice(), rest].concat();
        assert_eq!(place(&[name("origin"), at(0), name("origin_id")]), of(0, &[name("id")]));
        assert_eq!(place(&[name("origin"), at(1), name("origin_id")]), of(1, &[name("name")]));
        let oai = [name("origin"), at(2), name("s3"), at(0), name("oai")];
        assert_eq!(place(&oai), of(2, &[name("s3_config"), name("oai")]));
        let method = [name("origin"), at(0), name("methods"), at(0)];
        assert_eq!(place(&method), of(0, &[name("allowed"), at(0), name("items"), at(0)]));
        assert_eq!(place(&[name("nothing")]), []);
    }

    #[test]
    fn blocks_are_read_with_their_expressions_and_a_flat_argument_is_not() {
        let constant = |text: &str| json!({ "constant_value": text });
        let written =
            json!({"config": [{"origins": [{"id": constant("a"), "s3_config": [{"oai": {"references": ["x.y"]}}]}]}]});
        let read = json!({"origin": [{"origin_id": constant("a"), "s3": [{"oai": {"references": ["x.y"]}}]}]});
        assert_eq!(SHAPE.read_expressions(&written), read);
        assert_eq!(SHAPE.read_expressions(&json!({"config": {"references": ["x.y"]}})), json!({}));
    }
}
