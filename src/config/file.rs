//! Where `oacguard.toml` lies, and its text.

use std::env;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::{Config, ConfigError, read};

/// The file's name.
pub const NAME: &str = "oacguard.toml";

/// Written by hand, such a file has a few kB.
const MAX_SIZE: u64 = 1024 * 1024;

/// The nearest `oacguard.toml` in the working directory or above it, named as seen from there.
///
/// # Errors
/// When it cannot be told whether there is one: to go on as if there were none would lose what it decides.
pub fn find() -> Result<Option<PathBuf>, ConfigError> {
    let refuse = |place: &Path, error: &io::Error| ConfigError {
        place: place.display().to_string(),
        message: format!("cannot look for {NAME}: {error}"),
        help: "name the file with --config".to_owned(),
    };
    let here = env::current_dir().map_err(|error| refuse(Path::new("."), &error))?;
    let mut candidate = PathBuf::from(NAME);
    for _ in here.ancestors() {
        // A link to nowhere, or a directory, bears the name too; reading it says what is wrong.
        match fs::symlink_metadata(&candidate) {
            Ok(_) => return Ok(Some(candidate)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(refuse(&candidate, &error)),
        }
        candidate = Path::new("..").join(candidate);
    }
    Ok(None)
}

/// Reads `file`; `policies` are the ids there are.
///
/// # Errors
/// Why it cannot be read, or all that is wrong in it.
pub fn load(file: &Path, policies: &[&str]) -> Result<Config, Vec<ConfigError>> {
    let name = file.display().to_string();
    let refuse =
        |message: String, help: &str| vec![ConfigError { place: name.clone(), message, help: help.to_owned() }];
    let mut bytes = Vec::new();
    File::open(file)
        .and_then(|file| file.take(MAX_SIZE + 1).read_to_end(&mut bytes))
        .map_err(|error| refuse(format!("cannot read it: {error}"), "check the path and its permissions"))?;
    if bytes.len() as u64 > MAX_SIZE {
        let help = "check that this is the file that was meant; one written by hand has a few kB";
        return Err(refuse(format!("it has more than {MAX_SIZE} bytes"), help));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let valid = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
        let line = valid.split(|byte| *byte == b'\n').count();
        refuse(format!("it is not UTF-8 (line {line})"), "save it as UTF-8, which TOML is written in")
    })?;
    read(&name, text.strip_prefix('\u{feff}').unwrap_or(&text), policies)
}
