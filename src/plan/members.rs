//! Looks for members in the text of a value, without building the others.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value as Json;
use serde_json::value::RawValue;

use super::document::Str;
use super::instance::Part;

/// The top-level members of these names that are strings and not empty; none of what is no object.
pub(super) fn texts(object: &RawValue, names: &[&str]) -> Vec<Option<String>> {
    let mut found = vec![None; names.len()];
    let mut deserializer = serde_json::Deserializer::from_str(object.get());
    // Values that cannot be read are none; whoever needs them whole is told by others.
    let _ = deserializer.deserialize_map(Texts { names, found: &mut found });
    found
}

/// The value of that name in an object, without building the others; it is an error if it is neither an object nor null.
pub(super) fn top_level(object: Option<&RawValue>, name: &str) -> Result<Option<Json>, ()> {
    let mut found = None;
    let mut deserializer = serde_json::Deserializer::from_str(object.map_or("null", RawValue::get));
    deserializer.deserialize_option(TopLevel { name, found: &mut found }).map_err(|_| ())?;
    Ok(found)
}

/// How many parts of a path into a value are there and not null; none if there is no value. The value must be one that can
/// be built.
pub(super) fn depth(value: Option<&RawValue>, path: &[Part<'_>]) -> Option<usize> {
    let mut deserializer = serde_json::Deserializer::from_str(value?.get());
    Some(Depth(path).deserialize(&mut deserializer).ok().flatten().unwrap_or(0))
}

/// Picks strings out of an object, by name.
struct Texts<'n> {
    names: &'n [&'n str],
    found: &'n mut Vec<Option<String>>,
}

impl<'de> Visitor<'de> for Texts<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the attributes of a resource")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<Str<'de>>()? {
            let slot = self.names.iter().position(|wanted| *wanted == &*name).and_then(|at| self.found.get_mut(at));
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

/// Picks one value out of an object that may be null, by name; the last one, should there be several.
struct TopLevel<'n> {
    name: &'n str,
    found: &'n mut Option<Json>,
}

impl<'de> Visitor<'de> for TopLevel<'_> {
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

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<Str<'de>>()? {
            if &*name == self.name {
                *self.found = Some(map.next_value()?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

/// Follows a path into a value: how many of its parts are there, or none if the value is null.
struct Depth<'p>(&'p [Part<'p>]);

impl<'de> DeserializeSeed<'de> for Depth<'_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Depth<'_> {
    type Value = Option<usize>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Some(0))
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Some(0))
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Some(0))
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Some(0))
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Self::Value, E> {
        Ok(Some(0))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (wanted, rest) = match self.0 {
            [Part::Name(name), rest @ ..] => (Some(*name), rest),
            _ => (None, &[] as &[Part<'_>]),
        };
        let mut found = None;
        while let Some(name) = map.next_key::<Str<'de>>()? {
            if wanted == Some(&*name) {
                // The last one, should there be several.
                found = map.next_value_seed(Depth(rest))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Some(found.map_or(0, |depth| depth + 1)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let (wanted, rest) = match self.0 {
            [Part::Index(index), rest @ ..] => (Some(*index), rest),
            _ => (None, &[] as &[Part<'_>]),
        };
        let (mut found, mut at) = (None, 0);
        loop {
            if wanted == Some(at) {
                let Some(depth) = seq.next_element_seed(Depth(rest))? else { break };
                found = depth;
            } else if seq.next_element::<IgnoredAny>()?.is_none() {
                break;
            }
            at += 1;
        }
        Ok(Some(found.map_or(0, |depth| depth + 1)))
    }
}

#[cfg(test)]
mod tests {
    use super::Part::{Index, Name};
    use super::*;

    fn raw(text: &str) -> Box<RawValue> {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn a_path_is_followed_as_far_as_it_leads() {
        let value = raw(r#"{"a": [null, {"b": "x", "c": null, "n": 1.5}], "d": {}, "a\"b": true}"#);
        for (path, expected) in [
            (&[] as &[Part<'_>], 0),
            (&[Name("a")], 1),
            (&[Name("a"), Index(0)], 1),
            (&[Name("a"), Index(1)], 2),
            (&[Name("a"), Index(2)], 1),
            (&[Name("a"), Index(1), Name("b")], 3),
            (&[Name("a"), Index(1), Name("b"), Name("b")], 3),
            (&[Name("a"), Index(1), Name("c")], 2),
            (&[Name("a"), Index(1), Name("n"), Index(0)], 3),
            (&[Name("a"), Name("b")], 1),
            (&[Index(0)], 0),
            (&[Name("d"), Name("a")], 1),
            (&[Name("a\"b")], 1),
            (&[Name("z")], 0),
        ] {
            assert_eq!(depth(Some(&value), path), Some(expected), "{path:?}");
        }
        assert_eq!(depth(None, &[]), None);
    }

    #[test]
    fn the_last_of_several_members_of_one_name_counts() {
        assert_eq!(depth(Some(&raw(r#"{"a": {"b": 1}, "a": {"c": 1}}"#)), &[Name("a"), Name("b")]), Some(1));
        assert_eq!(depth(Some(&raw(r#"{"a": {"b": 1}, "a": null}"#)), &[Name("a"), Name("b")]), Some(0));
        assert_eq!(texts(&raw(r#"{"a": "x", "a": "y"}"#), &["a"]), [Some("y".to_owned())]);
        assert_eq!(top_level(Some(&raw(r#"{"a": 1, "a": 2}"#)), "a"), Ok(Some(2.into())));
    }

    #[test]
    fn only_known_texts_are_told() {
        let value = raw(r#"{"a": "", "b": 5, "c": "x", "d": null, "e": "\u0041"}"#);
        let expected = [None, None, Some("x".to_owned()), None, Some("A".to_owned()), None];
        assert_eq!(texts(&value, &["a", "b", "c", "d", "e", "f"]), expected);
    }
}
