//! Embeds the bundled policies: every `policies/**/*.rego` that is not a test, as (path, source), sorted by path.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    println!("cargo::rerun-if-changed=policies");
    let mut files = Vec::new();
    collect(&root.join("policies"), &mut files)?;
    let mut entries: Vec<(String, &Path)> =
        files.iter().map(|file| Ok((name(&root, file)?, file.as_path()))).collect::<Result<_, io::Error>>()?;
    entries.sort();
    // A build without policies would pass every plan.
    if entries.is_empty() {
        return Err("no policies found under policies/".into());
    }
    let mut code = String::from("&[\n");
    for (name, file) in entries {
        let file = file.display().to_string();
        writeln!(code, "    (\"{}\", include_str!(\"{}\")),", name.escape_default(), file.escape_default())?;
    }
    code.push_str("]\n");
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("policies.rs"), code)?;
    Ok(())
}

fn collect(dir: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.to_string_lossy().ends_with(".rego") && !path.to_string_lossy().ends_with("_test.rego") {
            files.push(path);
        }
    }
    Ok(())
}

/// The path below the crate's root, with `/` on every platform.
fn name(root: &Path, file: &Path) -> io::Result<String> {
    let relative = file.strip_prefix(root).map_err(io::Error::other)?;
    let parts: Vec<_> = relative.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    Ok(parts.join("/"))
}
