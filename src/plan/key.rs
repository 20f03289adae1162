//! Reads the key of an instance from a document. It stands at most resources, and so is read without a detour.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};

use super::address::Key;

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OfKey)
    }
}

struct OfKey;

impl Visitor<'_> for OfKey {
    type Value = Key;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a whole number or a string")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Key, E> {
        Ok(Key::Number(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Key, E> {
        Ok(Key::Text(text.to_owned()))
    }
}
