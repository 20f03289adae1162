//! The Terraform files of one module, which are those of one directory.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

use super::block::{Blocks, Call, Lines, Name};
use super::path::{join, on_disk};
use super::{hcl, json};
use crate::report::plain;

/// What nobody writes by hand, and what would only take time.
const MAX_SIZE: u64 = 10 * 1024 * 1024;

const EXTENSIONS: [&str; 4] = [".tf", ".tf.json", ".tofu", ".tofu.json"];

/// What the files of a module hold, each thing with the file that it stands in.
#[derive(Debug, Default)]
pub(super) struct Folder {
    pub(super) resources: BTreeMap<Name, (String, Lines)>,
    pub(super) calls: BTreeMap<String, (String, Call)>,
}

impl Folder {
    /// Reads the files in `directory`; none where it holds no file of Terraform's, or cannot be read.
    pub(super) fn read(directory: &str) -> Option<Self> {
        let files = files(directory).ok().filter(|files| !files.is_empty())?;
        let mut folder = Self::default();
        for name in files {
            let file = join(directory, &name);
            match blocks(&file) {
                Ok(blocks) => folder.add(&file, blocks),
                // The file's name is part of what is asked, what stands in it is not.
                Err(reason) => tracing::warn!(file = %plain::line(&file), "skipped a Terraform file: {reason}"),
            }
        }
        Some(folder)
    }

    /// What comes first stays: an override changes a block that stands elsewhere.
    fn add(&mut self, file: &str, blocks: Blocks) {
        for (name, lines) in blocks.resources {
            match self.resources.entry(name) {
                // Any attribute may be another one now; the block is still the same.
                Entry::Occupied(mut known) if is_override(file) => known.get_mut().1.inside.clear(),
                known => drop(known.or_insert_with(|| (file.to_owned(), lines))),
            }
        }
        for (name, call) in blocks.calls {
            let (_, known) = self.calls.entry(name).or_insert_with(|| (file.to_owned(), call.clone()));
            if is_override(file) && call.source.is_some() {
                known.source = call.source;
            }
        }
    }
}

/// Whether `directory` holds Terraform files, whatever is in them.
///
/// # Errors
/// Why it cannot be told.
pub(super) fn holds_files(directory: &str) -> io::Result<bool> {
    Ok(!files(directory)?.is_empty())
}

/// The names of the Terraform files in `directory`, in the order that Terraform reads them: overrides last.
fn files(directory: &str) -> io::Result<Vec<String>> {
    let entries = fs::read_dir(on_disk(directory))?.filter_map(Result::ok);
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| is_terraform(name))
        // Not a directory with such a name, and no pipe, which would be waited for.
        .filter(|name| fs::metadata(on_disk(&join(directory, name))).is_ok_and(|found| found.is_file()))
        .collect();
    names.sort_by_cached_key(|name| (is_override(name), name.clone()));
    Ok(names)
}

/// Source: <https://developer.hashicorp.com/terraform/language/files>,
/// <https://opentofu.org/docs/language/files/>
fn is_terraform(name: &str) -> bool {
    let known = EXTENSIONS.iter().any(|extension| name.ends_with(extension));
    // Left behind by editors.
    known && !name.starts_with(['.', '#'])
}

/// Source: <https://developer.hashicorp.com/terraform/language/files/override>
fn is_override(file: &str) -> bool {
    let name = Path::new(file).file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let stem = EXTENSIONS.iter().find_map(|extension| name.strip_suffix(extension)).unwrap_or_default();
    stem == "override" || stem.ends_with("_override")
}

/// The blocks of `file`, or why it is skipped.
fn blocks(file: &str) -> Result<Blocks, String> {
    let mut bytes = Vec::new();
    File::open(on_disk(file))
        .and_then(|opened| opened.take(MAX_SIZE + 1).read_to_end(&mut bytes))
        .map_err(|error| format!("it cannot be read: {error}"))?;
    if bytes.len() as u64 > MAX_SIZE {
        return Err(format!("it is larger than {MAX_SIZE} bytes"));
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| "it is not UTF-8".to_owned())?;
    // Terraform puts up with the byte order mark of Windows.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if Path::new(file).extension().is_some_and(|extension| extension == "json") {
        json::blocks(text).map_err(|line| format!("it is not JSON in line {line}"))
    } else {
        hcl::blocks(text).map_err(|line| format!("it cannot be parsed in line {line}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_override_is_told_by_the_end_of_its_name() {
        for (file, overrides) in [
            ("override.tf", true),
            ("a_override.tf.json", true),
            ("a.b_override.tf", true),
            ("override.x.tf", false),
            ("overrides.tf", false),
            ("main.tofu", false),
        ] {
            assert_eq!(is_override(file), overrides, "{file}");
        }
    }
    use crate::plan::address::Mode;

    fn project(files: &[(&str, &[u8])]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (name, content) in files {
            fs::write(root.path().join(name), content).unwrap();
        }
        root
    }

    fn read(root: &tempfile::TempDir) -> Option<Folder> {
        Folder::read(root.path().to_str().unwrap())
    }

    fn place(folder: &Folder, name: &str) -> Option<(String, u32)> {
        let name = Name { mode: Mode::Managed, kind: "aws_s3_bucket".to_owned(), label: name.to_owned() };
        let (file, lines) = folder.resources.get(&name)?;
        Some((Path::new(file).file_name()?.to_string_lossy().into_owned(), lines.line))
    }

    #[test]
    fn every_kind_of_file_is_read() {
        let root = project(&[
            ("a.tf", b"\n\nresource \"aws_s3_bucket\" \"a\" {}\n"),
            ("b.tf.json", br#"{"resource": {"aws_s3_bucket": {"b": {}}}}"#),
            ("c.tofu", b"resource \"aws_s3_bucket\" \"c\" {}\n"),
            ("d.tofu.json", br#"{"resource": {"aws_s3_bucket": {"d": {}}}}"#),
            (".e.tf", b"resource \"aws_s3_bucket\" \"e\" {}\n"),
            ("f.tf.bak", b"resource \"aws_s3_bucket\" \"f\" {}\n"),
            ("plan.json", br#"{"resource": {"aws_s3_bucket": {"g": {}}}}"#),
        ]);
        let folder = read(&root).unwrap();
        assert_eq!(place(&folder, "a"), Some(("a.tf".to_owned(), 3)));
        assert_eq!(place(&folder, "b"), Some(("b.tf.json".to_owned(), 1)));
        assert_eq!(place(&folder, "c"), Some(("c.tofu".to_owned(), 1)));
        assert_eq!(place(&folder, "d"), Some(("d.tofu.json".to_owned(), 1)));
        for name in ["e", "f", "g"] {
            assert_eq!(place(&folder, name), None, "{name}");
        }
    }

    #[test]
    fn a_block_is_where_it_stands_and_not_where_it_is_overridden() {
        let module = b"module \"m\" {\n  source = \"./old\"\n}\n";
        let root = project(&[
            ("a_override.tf", b"resource \"aws_s3_bucket\" \"a\" {}\nmodule \"m\" {\n  source = \"./new\"\n}\n"),
            ("override.tf", b"resource \"aws_s3_bucket\" \"a\" {}\n"),
            ("z.tf", b"# Here.\nresource \"aws_s3_bucket\" \"a\" {}\n"),
            ("m.tf", module),
        ]);
        let folder = read(&root).unwrap();
        assert_eq!(place(&folder, "a"), Some(("z.tf".to_owned(), 2)));
        let (file, call) = &folder.calls["m"];
        assert!(file.ends_with("m.tf"), "{file}");
        assert_eq!(*call, Call { line: 1, source: Some("./new".to_owned()) });
    }

    #[test]
    fn hostile_files_are_skipped_and_the_others_read() {
        let large = "#".repeat(usize::try_from(MAX_SIZE).unwrap() + 1);
        let root = project(&[
            ("a.tf", b"\xef\xbb\xbfresource \"aws_s3_bucket\" \"bom\" {}\r\n"),
            ("b.tf", b"resource \"aws_s3_bucket\" \"broken\" {"),
            ("c.tf", b"\xff\xfe\x00resource"),
            ("d.tf", large.as_bytes()),
            ("e.tf.json", b"{\"resource\": "),
            ("f.tf", b"resource \"aws_s3_bucket\" \"good\" {}"),
            ("g.tf", b""),
        ]);
        fs::create_dir(root.path().join("x.tf")).unwrap();
        let folder = read(&root).unwrap();
        assert_eq!(place(&folder, "bom"), Some(("a.tf".to_owned(), 1)));
        assert_eq!(place(&folder, "good"), Some(("f.tf".to_owned(), 1)));
        assert_eq!(folder.resources.len(), 2);
    }

    #[test]
    fn a_directory_without_files_is_none() {
        let root = project(&[("README.md", b"")]);
        fs::create_dir(root.path().join("x.tf")).unwrap();
        assert!(read(&root).is_none());
        assert!(Folder::read("/dev/null").is_none());
        assert!(Folder::read("no/such/directory").is_none());
    }

    #[cfg(unix)]
    #[test]
    fn links_in_a_circle_and_closed_files_are_skipped() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let root = project(&[("a.tf", b"resource \"aws_s3_bucket\" \"a\" {}\n"), ("closed.tf", b"")]);
        symlink("loop.tf", root.path().join("loop.tf")).unwrap();
        symlink("a.tf", root.path().join("linked.tf")).unwrap();
        fs::set_permissions(root.path().join("closed.tf"), fs::Permissions::from_mode(0o000)).unwrap();
        assert_eq!(place(&read(&root).unwrap(), "a"), Some(("a.tf".to_owned(), 1)));
    }
}
