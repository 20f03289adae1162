//! Data for policies of the user's own: the JSON and YAML files of `--data`, merged into one document as conftest merges them.

use std::path::PathBuf;

use serde_json::{Map, Value};

use super::OwnError;
use super::{files, yaml};
use crate::rego;

/// What stands for the facts; nothing of the user's may stand there.
const FACTS: &str = "oacguard";

/// The documents in `paths`, which are files or folders, merged. Names of files and folders mean nothing.
///
/// # Errors
/// What cannot be read, is not an object, says two things of one name, or takes the place of what this program says.
pub fn read(paths: &[PathBuf]) -> Result<Map<String, Value>, OwnError> {
    let mut all = Map::new();
    for path in paths {
        let files = files::below(path, &["json", "yaml", "yml"])?;
        if files.is_empty() {
            return Err(OwnError::NoData { path: path.clone() });
        }
        for file in files {
            let refuse = |message: String| OwnError::Data { file: file.clone(), message };
            let text = files::text(&file)?;
            let json = file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
            let document = if json {
                serde_json::from_str(&text).map_err(|error| refuse(format!("it is not JSON: {error}")))?
            } else {
                if let Some((word, line)) = yaml::ambiguous(&text) {
                    return Err(refuse(format!(
                        "`{word}` in line {line} is a text to one reader of YAML, and a boolean or a number to another; put \
                         it in quotes, or write `true`, `false` or the number"
                    )));
                }
                yaml::merged(rego::yaml(&text).map_err(|error| refuse(format!("it is not YAML: {error}")))?)
            };
            let Value::Object(document) = document else {
                return Err(refuse("it is not an object, whose names become names below `data`".to_owned()));
            };
            merge(&mut all, document, "data").map_err(refuse)?;
        }
    }
    if all.contains_key(FACTS) {
        return Err(OwnError::Reserved { name: format!("data.{FACTS}") });
    }
    Ok(all)
}

/// Adds `more` to `all`, member by member.
fn merge(all: &mut Map<String, Value>, more: Map<String, Value>, place: &str) -> Result<(), String> {
    for (name, value) in more {
        let place = format!("{place}.{name}");
        match (all.get_mut(&name), value) {
            (None, value) => {
                all.insert(name, value);
            }
            (Some(Value::Object(there)), Value::Object(value)) => merge(there, value, &place)?,
            (Some(_), _) => return Err(format!("`{place}` is there already, from another file; say it once")),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn read_files(files: &[(&str, &str)]) -> Result<Value, String> {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let file = folder.path().join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        read(&[folder.path().to_owned()]).map(Value::Object).map_err(|error| error.to_string())
    }

    #[test]
    fn documents_are_merged_at_the_root() {
        let data = read_files(&[("a/x.JSON", r#"{"a": {"b": 1}}"#), ("y.yaml", "a:\n  c: [2]\n"), ("z.txt", "no")]);
        assert_eq!(data.unwrap(), serde_json::json!({"a": {"b": 1, "c": [2]}}));
    }

    #[test]
    fn what_cannot_be_merged_is_refused() {
        for (files, expected) in [
            (&[("x.json", r#"{"a": 1}"#), ("y.json", r#"{"a": 1}"#)][..], "`data.a` is there already"),
            (&[("x.json", "[1]")], "not an object"),
            (&[("x.json", "{")], "not JSON"),
            (&[("x.yml", "a: [")], "not YAML"),
            (&[("x.yml", "a: 1\nb: yes")], "`yes` in line 2"),
            (&[("x.json", r#"{"oacguard": {}}"#)], "data.oacguard"),
            (&[("x.txt", "{}")], "no data"),
        ] {
            let error = read_files(files).unwrap_err();
            assert!(error.contains(expected), "{expected} not in {error}");
        }
    }
}
