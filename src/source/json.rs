//! Blocks of files in Terraform's JSON syntax.
//!
//! Source: <https://developer.hashicorp.com/terraform/language/syntax/json>

use std::collections::BTreeMap;

use serde_json::Error;
use serde_json::value::RawValue;

use super::block::{Blocks, Call, Counter, Lines, Name};
use crate::plan::address::Mode;

/// The blocks of `text`.
///
/// # Errors
/// The line where it stops being JSON.
pub(super) fn blocks(text: &str) -> Result<Blocks, usize> {
    read(text).map_err(|error| error.line())
}

fn read(text: &str) -> Result<Blocks, Error> {
    let file = File { text, counter: Counter::of(text) };
    let mut found = Blocks::default();
    for (word, content) in members(text)? {
        match word.as_str() {
            "resource" => file.resources(Mode::Managed, content, &mut found)?,
            "data" => file.resources(Mode::Data, content, &mut found)?,
            "module" => {
                for (name, block) in members(content)? {
                    let source = members(block)?.into_iter().find(|(name, _)| name == "source");
                    let source = source.and_then(|(_, text)| serde_json::from_str(text).ok());
                    found.calls.entry(name).or_insert(Call { line: file.line(block), source });
                }
            }
            _ => {}
        }
    }
    Ok(found)
}

struct File<'a> {
    text: &'a str,
    counter: Counter,
}

impl File<'_> {
    fn resources(&self, mode: Mode, content: &str, found: &mut Blocks) -> Result<(), Error> {
        for (kind, named) in members(content)? {
            for (name, block) in members(named)? {
                let name = Name { mode, kind: kind.clone(), label: name };
                found.resources.entry(name).or_insert(Lines { line: self.line(block), ..Lines::default() });
            }
        }
        Ok(())
    }

    /// The line that `part` of the text begins in.
    fn line(&self, part: &str) -> u32 {
        self.counter.line(part.as_ptr().addr().saturating_sub(self.text.as_ptr().addr()))
    }
}

/// The members of an object, or of the objects in a list, which mean the same; of anything else, none.
fn members(text: &str) -> Result<Vec<(String, &str)>, Error> {
    let content = text.trim_start();
    if !content.starts_with('[') {
        return object(text);
    }
    let mut all = Vec::new();
    for element in serde_json::from_str::<Vec<&RawValue>>(text)? {
        all.extend(object(element.get())?);
    }
    Ok(all)
}

fn object(text: &str) -> Result<Vec<(String, &str)>, Error> {
    if !text.trim_start().starts_with('{') {
        // `null`, or a list in a list; a file that does not begin like JSON at all is told from it by its error.
        return serde_json::from_str::<&RawValue>(text).map(|_| Vec::new());
    }
    let members = serde_json::from_str::<BTreeMap<String, &RawValue>>(text)?;
    Ok(members.into_iter().map(|(name, value)| (name, value.get())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"{
  "//": "made by a program",
  "resource": {
    "aws_s3_bucket": {
      "site": {
        "bucket": "site"
      }
    },
    "aws_kms_key": [
      {
        "key": [{}]
      },
      { "other": {} }
    ]
  },
  "data": [{"aws_s3_bucket": {"site": {"bucket": "x"}}}],
  "module": {
    "cdn": { "source": "./cdn" },
    "bare": null
  },
  "locals": {"deep": [[[1]]]}
}
"#;

    #[test]
    fn blocks_are_found_with_their_lines() {
        let found = blocks(TEXT).unwrap();
        let line = |mode, kind: &str, name: &str| {
            found.resources[&Name { mode, kind: kind.to_owned(), label: name.to_owned() }].line
        };
        assert_eq!(line(Mode::Managed, "aws_s3_bucket", "site"), 5);
        assert_eq!(line(Mode::Managed, "aws_kms_key", "key"), 11);
        assert_eq!(line(Mode::Managed, "aws_kms_key", "other"), 13);
        assert_eq!(line(Mode::Data, "aws_s3_bucket", "site"), 16);
        assert_eq!(found.calls["cdn"], Call { line: 18, source: Some("./cdn".to_owned()) });
        assert_eq!(found.calls["bare"], Call { line: 19, source: None });
    }

    #[test]
    fn what_is_not_json_has_a_line() {
        assert_eq!(blocks("{\n  \"resource\": {,}\n}"), Err(2));
        assert!(blocks("").is_err());
        assert!(blocks("resource").is_err());
        assert_eq!(blocks("[]"), Ok(Blocks::default()));
        assert_eq!(blocks("null"), Ok(Blocks::default()));
    }

    #[test]
    fn no_nesting_overflows_the_stack() {
        const MANY: usize = 200_000;
        for text in [
            "[".repeat(MANY),
            "[".repeat(MANY) + &"]".repeat(MANY),
            "{\"resource\":".repeat(MANY) + "1" + &"}".repeat(MANY),
            format!("{{\"module\": {{\"a\": {}{}}}}}", "[".repeat(MANY), "]".repeat(MANY)),
        ] {
            let _ = blocks(&text);
        }
    }
}
