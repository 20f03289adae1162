//! Regular expressions as OPA reads them, compiled once each.

use std::cell::RefCell;
use std::collections::HashMap;

use regex::{Regex, RegexBuilder};

use super::super::super::error::PolicyError;
use super::re2::translated;

/// How large an expression may become, in bytes.
const SIZE: usize = 2 * 1024 * 1024;

/// How many expressions are kept.
const KEPT: usize = 256;

/// An expression, and the names of its groups.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    pub(super) regex: Regex,
    /// The name of each group, the whole first; empty where it has none.
    pub(super) names: Vec<String>,
}

thread_local! {
    static COMPILED: RefCell<HashMap<String, Option<Pattern>>> = RefCell::default();
}

/// What `text` means; nothing if it means nothing.
///
/// # Errors
/// An expression that is too large.
pub(super) fn pattern(text: &str) -> Result<Option<Pattern>, PolicyError> {
    if let Some(known) = COMPILED.with_borrow(|all| all.get(text).cloned()) {
        return Ok(known);
    }
    let new = match translated(text) {
        Some((regex, names)) => compiled(&regex)?.map(|regex| Pattern { regex, names }),
        None => None,
    };
    COMPILED.with_borrow_mut(|all| {
        if all.len() >= KEPT {
            all.clear();
        }
        all.insert(text.to_owned(), new.clone());
    });
    Ok(new)
}

/// An expression in the syntax of the crate.
///
/// # Errors
/// One that is too large.
pub(super) fn compiled(regex: &str) -> Result<Option<Regex>, PolicyError> {
    match RegexBuilder::new(regex).size_limit(SIZE).build() {
        Ok(regex) => Ok(Some(regex)),
        Err(regex::Error::CompiledTooBig(_)) => {
            Err(PolicyError::Builtin("the regular expression is beyond the size limit; repeat less in it".to_owned()))
        }
        Err(_) => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::pattern;

    #[test]
    fn what_is_none_is_undefined_and_what_is_too_large_an_error() {
        for expression in [r"a**", r"(?=a)", r"\1", r"[b-a]", r"a{1001}", r"(", r"\p{Alphabetic}", r"\"] {
            assert!(pattern(expression).unwrap().is_none(), "{expression}");
        }
        assert!(pattern("(((a{1,100}){1,100}){1,100})").is_err());
    }

    #[test]
    fn an_expression_is_read_once() {
        for _ in 0..2 {
            assert!(pattern("^a$").unwrap().unwrap().regex.is_match("a"));
        }
    }
}
