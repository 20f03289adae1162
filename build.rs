//! Embeds the bundled policies: every `policies/**/*.rego` that is not a test, as (path, source), sorted by path.
//! And what the program is built from and with, which `--version` tells; no time, so that two builds are the same.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

use sha2::{Digest, Sha256};

/// What the program is made of. A change of these compiles it anew anyway.
const PARTS: [&str; 5] = ["Cargo.lock", "Cargo.toml", "build.rs", "policies", "src"];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    // A path that is not there would count as changed each time.
    for part in PARTS.iter().filter(|part| root.join(part).exists()) {
        println!("cargo::rerun-if-changed={part}");
    }
    println!("cargo::rustc-env=OACGUARD_COMMIT={}", commit(&root).unwrap_or_else(|| "unknown".to_owned()));
    println!("cargo::rustc-env=OACGUARD_TARGET={}", env::var("TARGET")?);
    let compiler = printed(Command::new(env::var_os("RUSTC").unwrap_or("rustc".into())).arg("--version"));
    let compiler = compiler.as_deref().map_or("unknown", |version| version.trim_start_matches("rustc "));
    println!("cargo::rustc-env=OACGUARD_RUSTC={compiler}");
    let mut files = Vec::new();
    collect(&root.join("policies"), &mut files)?;
    let mut entries: Vec<String> = files.iter().map(|file| name(&root, file)).collect::<Result<_, io::Error>>()?;
    entries.sort();
    // A build without policies would pass every plan.
    if entries.is_empty() {
        return Err("no policies found under policies/".into());
    }
    println!("cargo::rustc-env=OACGUARD_POLICIES={}", hash(&root, &entries)?);
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

/// SHA-256 over the names of files and what stands in them.
fn hash(root: &Path, names: &[String]) -> io::Result<String> {
    let mut hash = Sha256::new();
    for name in names {
        for part in [name.as_bytes(), &fs::read(root.join(name))?] {
            // Lengths keep the parts apart; 64 bits whatever machine builds.
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
    }
    Ok(format!("{:x}", hash.finalize()))
}

/// The commit that this is built from, with `-dirty` if the parts have changed since.
fn commit(root: &Path) -> Option<String> {
    // A package that was published says it itself; a repository that it is unpacked in is not its own.
    let Some(head) = head(root) else {
        let published = fs::read_to_string(root.join(".cargo_vcs_info.json")).ok()?;
        let (_, hash) = published.split_once("\"sha1\": \"")?;
        return named(hash, published.contains("\"dirty\": true"));
    };
    // A path that is not there would count as changed each time. A branch without a file of its own is packed, and gets one
    // in some directory above with the next commit.
    for name in ["HEAD", "packed-refs"] {
        watch(git(root, &["rev-parse", "--git-path", name]).map(|path| root.join(path)).filter(|path| path.exists()));
    }
    if let Some(branch) = git(root, &["symbolic-ref", "--quiet", "HEAD"]) {
        let file = git(root, &["rev-parse", "--git-path", &branch]).map(|path| root.join(path));
        watch(file.and_then(|file| Some(file.ancestors().find(|path| path.exists())?.to_owned())));
    }
    let changed = git(root, &[&["status", "--porcelain", "--"], PARTS.as_slice()].concat())?;
    named(&head, !changed.is_empty())
}

/// The commit that is checked out, if `root` is the top of a repository and not just somewhere in one.
fn head(root: &Path) -> Option<String> {
    git(root, &["rev-parse", "--show-prefix"]).filter(String::is_empty)?;
    git(root, &["rev-parse", "--verify", "HEAD"])
}

/// As long in every clone; what git takes for short depends on how much the clone holds.
fn named(hash: &str, dirty: bool) -> Option<String> {
    let short = hash.get(..12).filter(|hash| hash.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    Some(format!("{short}{}", if dirty { "-dirty" } else { "" }))
}

fn watch(path: Option<PathBuf>) {
    if let Some(path) = path {
        println!("cargo::rerun-if-changed={}", path.display());
    }
}

/// What git prints about the repository at `root`; nothing if there is no git, or no repository.
fn git(root: &Path, arguments: &[&str]) -> Option<String> {
    let mut command = Command::new("git");
    // A hook's build would be told of the hook's repository, and a look must not lock anybody out.
    command.env_remove("GIT_DIR").env_remove("GIT_WORK_TREE").env_remove("GIT_INDEX_FILE");
    printed(command.arg("--no-optional-locks").args(arguments).current_dir(root))
}

fn printed(command: &mut Command) -> Option<String> {
    let output = command.output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())
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
