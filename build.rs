//! Embeds the bundled policies: every `policies/**/*.rego` that is not a test, as (path, source), sorted by path.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    println!("cargo::rerun-if-changed=policies");
    let mut files = Vec::new();
    collect(&root.join("policies"), &mut files)?;
    let mut entries: Vec<String> = files.iter().map(|file| name(&root, file)).collect::<Result<_, io::Error>>()?;
    entries.sort();
    // A build without policies would pass every plan.
    if entries.is_empty() {
        return Err("no policies found under policies/".into());
    }
    let mut code = String::from("&[\n");
    for name in entries {
        let name = name.escape_default();
        // Found from where the crate is compiled: a build directory may have been moved or shared.
        let file = format!("concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/{name}\")");
        writeln!(code, "    (\"{name}\", include_str!({file})),")?;
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
