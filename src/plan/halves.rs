//! Reads a large document with two processors at once.
//!
//! Where a member of the top level begins cannot be told from the middle of a text. So it is guessed, one reader begins there,
//! and the other one, which begins at the beginning, tells whether that was right: if it comes to stand just there, between
//! two members, what both read is the whole. If it does not, or if anything is wrong, nothing was read, and the document is
//! read from the beginning to the end.

use std::collections::HashSet;
use std::marker::PhantomData;
use std::num::NonZeroUsize;
use std::thread;

use memchr::memmem;
use serde::Deserialize as _;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, Error as _, IgnoredAny, IntoDeserializer, MapAccess};
use serde_json::{Deserializer, Error};

use super::document::{Str, Top};

/// From how many bytes on a second thread is worth it.
const LARGE: usize = 16 << 20;

/// The large members that Terraform writes near the middle.
const LIKELY: [&str; 2] = ["\"resource_changes\"", "\"prior_state\""];

/// White space in JSON.
const BLANKS: [char; 4] = [' ', '\n', '\t', '\r'];

/// The document at the beginning of `text`, and what follows it; none if it has to be read in one piece.
pub(super) fn read(text: &str) -> Option<(Top<'_>, &str)> {
    let processors = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    if text.len() < LARGE || processors < 2 { None } else { read_from(text, guess(text)?) }
}

/// Where a member is likely to begin, not too near to either end.
fn guess(text: &str) -> Option<usize> {
    let (from, to) = (text.len() / 5, text.len() / 5 * 4);
    let within = text.as_bytes().get(from..to)?;
    LIKELY.iter().find_map(|name| Some(from + memmem::find(within, name.as_bytes())?))
}

/// The same by one reader from the beginning and one from `middle`.
fn read_from(text: &str, middle: usize) -> Option<(Top<'_>, &str)> {
    let mut first = Members::new(text, text.find('{')? + 1, Some(middle));
    let mut second = Members::new(text, middle, None);
    // More is kept of the second half, and what another thread takes of memory is hard to use again.
    let (one, other) = thread::scope(|scope| {
        let one = thread::Builder::new().spawn_scoped(scope, || first.top()).ok()?;
        let other = second.top();
        Some((one.join().ok().flatten(), other))
    })?;
    let one = one?;
    if first.at != middle {
        // It went past and read all there is.
        return Some((one, first.rest()));
    }
    // What is there twice is for those to refuse who can say where.
    first.names.is_disjoint(&second.names).then_some(())?;
    Some((one.or(other?), second.rest()))
}

/// The members of the top level, from one place in the text on.
struct Members<'a> {
    text: &'a str,
    at: usize,
    /// Where they end if a member begins there; otherwise they end with the document.
    until: Option<usize>,
    /// What they are called.
    names: HashSet<String>,
}

impl<'a> Members<'a> {
    fn new(text: &'a str, at: usize, until: Option<usize>) -> Self {
        Self { text, at, until, names: HashSet::new() }
    }

    /// What they say; none if anything is wrong.
    fn top(&mut self) -> Option<Top<'a>> {
        Top::deserialize(MapAccessDeserializer::new(self)).ok()
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Skips white space, and this character if it is what follows.
    fn take(&mut self, wanted: char) -> bool {
        self.at = self.text.len() - self.rest().trim_start_matches(BLANKS).len();
        let found = self.rest().starts_with(wanted);
        self.at += if found { wanted.len_utf8() } else { 0 };
        found
    }

    /// What `seed` makes of the value that follows.
    fn value<S: DeserializeSeed<'a>>(&mut self, seed: S) -> Result<S::Value, Error> {
        let mut deserializer = Deserializer::from_str(self.rest());
        let value = seed.deserialize(&mut deserializer)?;
        self.at += deserializer.into_iter::<IgnoredAny>().byte_offset();
        Ok(value)
    }
}

impl<'a> MapAccess<'a> for Members<'a> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'a>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        if self.take('}') {
            return Ok(None);
        }
        if !self.names.is_empty() && !self.take(',') {
            return Err(Error::custom("a comma is expected"));
        }
        self.at = self.text.len() - self.rest().trim_start_matches(BLANKS).len();
        if self.until == Some(self.at) {
            return Ok(None);
        }
        let name: Str<'a> = self.value(PhantomData)?;
        if !self.take(':') {
            return Err(Error::custom("a colon is expected"));
        }
        self.names.insert(name.to_string());
        seed.deserialize(name.0.as_ref().into_deserializer()).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'a>>(&mut self, seed: V) -> Result<V::Value, Error> {
        self.value(seed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: &str = include_str!("../../testdata/article-2-kms/plan.json");

    fn in_one_piece(text: &str) -> Option<(Top<'_>, &str)> {
        let mut stream = Deserializer::from_str(text).into_iter::<Top<'_>>();
        let top = stream.next()?.ok()?;
        Some((top, text.get(stream.byte_offset()..)?))
    }

    fn shown(read: Option<(Top<'_>, &str)>) -> Option<String> {
        let (top, rest) = read?;
        // But for an index in no order.
        let top = format!("{top:?}");
        let mut parts = top.split("by_name: {");
        let first = parts.next()?;
        let others = parts.filter_map(|part| Some(part.split_once('}')?.1));
        Some(format!("{first}{} {rest:?}", others.collect::<String>()))
    }

    /// Where something in quotes begins that a colon follows.
    fn names(text: &str) -> impl Iterator<Item = usize> {
        text.match_indices("\":").map(|(end, _)| text[..end].rfind('"').unwrap())
    }

    #[test]
    fn it_makes_no_difference_where_the_second_reader_begins() {
        let text = format!("{PLAN}\nexit 0\n");
        let whole = shown(in_one_piece(&text));
        assert!(whole.is_some());
        let places: Vec<usize> = names(&text).step_by(7).chain((0..text.len()).step_by(997)).collect();
        for middle in places {
            assert!(shown(read_from(&text, middle)) == whole, "{middle}");
        }
    }

    #[test]
    fn two_readers_share_the_work_where_a_member_begins() {
        let middle = PLAN.find("\"resource_changes\"").unwrap();
        let mut first = Members::new(PLAN, 1, Some(middle));
        assert!(first.top().unwrap().resource_changes.is_none());
        assert_eq!(first.at, middle);
        assert!(Members::new(PLAN, middle, None).top().unwrap().resource_changes.is_some());
    }

    #[test]
    fn nothing_is_made_of_what_cannot_be_read_in_one_piece() {
        let document = r#"{"format_version": "1.2", "resource_changes": [], "complete": true, "configuration": {}}"#;
        let twice = document.replace("complete", "resource_changes");
        let null_twice = document.replace("\"1.2\"", "null").replace("complete", "format_version");
        let mut broken = vec![twice, null_twice];
        broken.extend((1..document.len()).map(|end| document[..end].to_owned()));
        broken.extend(["}", ",", ":", "x", "\""].map(|more| document.replace("[]", &format!("[]{more}"))));
        broken.extend([", }", "]", ""].map(|end| document.replace("{}}", &format!("{{}}{end}"))));
        for text in broken {
            let whole = shown(in_one_piece(&text));
            for middle in names(&text) {
                let read = shown(read_from(&text, middle));
                assert!(read.is_none() || read == whole, "{middle} {text}");
            }
        }
    }
}
