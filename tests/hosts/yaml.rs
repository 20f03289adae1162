//! YAML as the hosts read it, and the files of this repository by their path.

use std::fs;
use std::path::{Path, PathBuf};

use oacguard::init::Host;
use serde_json::Value;

/// A file of this repository.
pub(crate) fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The text of a file of this repository.
pub(crate) fn read(path: &str) -> String {
    fs::read_to_string(root(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The text of the only file, or of the first one, that is written for `host`.
pub(crate) fn written(host: Host) -> String {
    host.files()[0].text()
}

/// The document in `text`; a key that stands twice is refused.
pub(crate) fn parse(text: &str) -> Value {
    let document: yaml_serde::Value = yaml_serde::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    serde_json::to_value(document).unwrap()
}

/// The text at `pointer`.
pub(crate) fn text<'a>(document: &'a Value, pointer: &str) -> &'a str {
    document.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("no text at {pointer} in {document}"))
}

/// What stands at `pointer`, a list of texts.
pub(crate) fn texts(document: &Value, pointer: &str) -> Vec<String> {
    let list = document.pointer(pointer).and_then(Value::as_array);
    let list = list.unwrap_or_else(|| panic!("no list at {pointer} in {document}"));
    list.iter().map(|entry| entry.as_str().expect("a text").to_owned()).collect()
}
