//! The modules of a configuration, followed from the root as far as addresses lead.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;

use serde::Deserialize;

use super::block::Name;
use super::folder::Folder;
use super::path::{join, on_disk};
use crate::finding::Location;
use crate::plan::address::Address;

/// Where Terraform keeps what it downloads, seen from the root module.
const DOWNLOADS: &str = ".terraform";
/// A list of a thousand modules has a few hundred kilobytes.
const MAX_MANIFEST: u64 = 10 * 1024 * 1024;

/// Modules that were read, each once, whichever root they are reached from.
#[derive(Debug, Default)]
pub(super) struct Tree {
    folders: BTreeMap<String, Option<Folder>>,
    /// By root module: the directory of a module by the names of the calls that lead to it.
    manifests: BTreeMap<String, BTreeMap<String, String>>,
}

/// Where a resource stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// There.
    Block(Location),
    /// In a module whose files are not there, or are not this project's; it is called there.
    Call(Location),
    /// Nowhere, though its module is there. It would be in the module that is called there; none for the root module.
    Nowhere(Option<Location>),
}

impl Tree {
    /// The place of the resource `address` in the configuration of the root module in `root`, a normal path; of the attribute
    /// that `attribute` leads to, where it is the only one of that name.
    ///
    /// A module may call itself: the address ends the way.
    pub(super) fn find(&mut self, root: &str, address: &Address, attribute: &[&str]) -> Place {
        let mut directory = root.to_owned();
        let mut called_by = String::new();
        let mut call = None;
        for step in &address.module {
            let Some(folder) = self.folder(&directory) else { return elsewhere(call) };
            let Some((file, found)) = folder.calls.get(&step.name) else { return Place::Nowhere(call) };
            call = Some(Location { file: file.clone(), line: found.line });
            let source = found.source.clone();
            if !called_by.is_empty() {
                called_by.push('.');
            }
            called_by.push_str(&step.name);
            let next = match source {
                Some(source) if source.starts_with("./") || source.starts_with("../") => {
                    Some(join(&directory, &source))
                }
                _ => self.listed(root, &called_by),
            };
            match next {
                Some(next) => directory = next,
                None => return elsewhere(call),
            }
        }
        let Some(folder) = self.folder(&directory) else { return elsewhere(call) };
        match folder.resources.get(&Name::of(address)) {
            Some((file, lines)) => Place::Block(Location { file: file.clone(), line: lines.of(attribute) }),
            None => Place::Nowhere(call),
        }
    }

    fn folder(&mut self, directory: &str) -> Option<&Folder> {
        if !self.folders.contains_key(directory) {
            self.folders.insert(directory.to_owned(), Folder::read(directory));
        }
        self.folders.get(directory)?.as_ref()
    }

    /// The directory of a module as Terraform wrote it down when it installed the modules. None if it is a download: it is
    /// not under version control, and it is the call that a person changes.
    fn listed(&mut self, root: &str, called_by: &str) -> Option<String> {
        let manifest = self.manifests.entry(root.to_owned()).or_insert_with(|| manifest(root).unwrap_or_default());
        let directory = manifest.get(called_by)?;
        let is_download = directory.split(['/', '\\']).any(|part| part == DOWNLOADS);
        (!is_download).then(|| join(root, directory))
    }
}

fn elsewhere(call: Option<Location>) -> Place {
    call.map_or(Place::Nowhere(None), Place::Call)
}

#[derive(Deserialize)]
struct Manifest {
    #[serde(rename = "Modules")]
    modules: Vec<Module>,
}

#[derive(Deserialize)]
struct Module {
    #[serde(rename = "Key")]
    key: String,
    #[serde(rename = "Dir")]
    dir: String,
}

fn manifest(root: &str) -> Option<BTreeMap<String, String>> {
    let file = join(root, &format!("{DOWNLOADS}/modules/modules.json"));
    let mut bytes = Vec::new();
    if !on_disk(&file).is_file() {
        return None;
    }
    File::open(on_disk(&file)).ok()?.take(MAX_MANIFEST).read_to_end(&mut bytes).ok()?;
    let manifest: Manifest = serde_json::from_slice(&bytes).ok()?;
    Some(manifest.modules.into_iter().map(|module| (module.key, module.dir)).collect())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    const BUCKET: &str = "resource \"aws_s3_bucket\" \"this\" {\n  bucket = \"x\"\n}\n";

    fn project(files: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (name, content) in files {
            let path = root.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        root
    }

    fn find(project: &tempfile::TempDir, root: &str, address: &str) -> String {
        let base = project.path().to_str().unwrap();
        let root = join(base, root);
        let shown = |place: &Location| {
            let file = Path::new(&place.file).strip_prefix(base).unwrap().to_str().unwrap().replace('\\', "/");
            format!("{file}:{}", place.line)
        };
        match Tree::default().find(&root, &Address::parse(address).unwrap(), &[]) {
            Place::Block(place) => format!("block {}", shown(&place)),
            Place::Call(place) => format!("call {}", shown(&place)),
            Place::Nowhere(place) => format!("nowhere {}", place.as_ref().map(shown).unwrap_or_default()),
        }
    }

    #[test]
    fn local_modules_are_followed_by_their_source() {
        let project = project(&[
            ("live/main.tf", "module \"a\" {\n  source = \"../modules/a\"\n}\n"),
            ("modules/a/main.tf", "# a\nmodule \"b\" {\n  source = \"./b/\"\n}\n"),
            ("modules/a/b/s3.tf", &format!("\n{BUCKET}data \"aws_s3_bucket\" \"this\" {{}}\n")),
        ]);
        let of = |address: &str| find(&project, "live", address);
        assert_eq!(of("module.a[\"x\"].module.b.aws_s3_bucket.this[0]"), "block modules/a/b/s3.tf:2");
        assert_eq!(of("module.a.module.b.data.aws_s3_bucket.this"), "block modules/a/b/s3.tf:5");
        assert_eq!(of("module.a.module.b.aws_s3_bucket.gone"), "nowhere modules/a/main.tf:2");
        assert_eq!(of("module.a.module.gone.aws_s3_bucket.this"), "nowhere live/main.tf:1");
        assert_eq!(of("aws_s3_bucket.this"), "nowhere ");
    }

    #[test]
    fn what_is_not_there_or_downloaded_is_where_it_is_called() {
        let project = project(&[
            (
                "main.tf",
                "module \"registry\" {\n  source = \"acme/site/aws\"\n}\nmodule \"computed\" {\n  source = local.x\n}\n\
                 module \"absent\" {\n  source = \"./absent\"\n}\nmodule \"unlisted\" {\n  source = \"git::https://x\"\n}\n",
            ),
            (".terraform/modules/registry/main.tf", BUCKET),
            ("site/main.tf", BUCKET),
            (
                ".terraform/modules/modules.json",
                r#"{"Modules":[{"Key":"","Source":"","Dir":"."},
                    {"Key":"registry","Source":"registry.terraform.io/acme/site/aws","Version":"1.0.0","Dir":".terraform/modules/registry"},
                    {"Key":"computed","Source":"./site","Dir":"site"}]}"#,
            ),
        ]);
        let of = |address: &str| find(&project, "", address);
        assert_eq!(of("module.registry.aws_s3_bucket.this"), "call main.tf:1");
        assert_eq!(of("module.registry.module.deeper.aws_s3_bucket.this"), "call main.tf:1");
        assert_eq!(of("module.computed.aws_s3_bucket.this"), "block site/main.tf:1");
        assert_eq!(of("module.absent.aws_s3_bucket.this"), "call main.tf:7");
        assert_eq!(of("module.unlisted.aws_s3_bucket.this"), "call main.tf:10");
    }

    #[test]
    fn a_module_that_calls_itself_ends_with_the_address() {
        let calls = "module \"me\" {\n  source = \"./\"\n}\nmodule \"up\" {\n  source = \"../\"\n}\n";
        let project = project(&[("a/b/main.tf", &format!("{calls}{BUCKET}"))]);
        let deep = format!("{}aws_s3_bucket.this", "module.me.".repeat(20_000));
        assert_eq!(find(&project, "a/b", &deep), "block a/b/main.tf:7");
        assert_eq!(find(&project, "a/b", "module.up.aws_s3_bucket.this"), "call a/b/main.tf:4");
    }

    #[cfg(unix)]
    #[test]
    fn links_in_a_circle_end_where_the_system_says_so() {
        let call = format!("module \"me\" {{\n  source = \"./x\"\n}}\n{BUCKET}");
        let project = project(&[("main.tf", &call)]);
        std::os::unix::fs::symlink(".", project.path().join("x")).unwrap();
        let deep = format!("{}aws_s3_bucket.this", "module.me.".repeat(5_000));
        assert!(find(&project, "", &deep).starts_with("call x/x/"));
    }

    #[test]
    fn a_broken_list_of_modules_is_none() {
        let main = "module \"a\" {\n  source = \"acme/a/aws\"\n}\n";
        for broken in ["", "{", "[]", r#"{"Modules":[{"Key":1}]}"#, r#"{"Modules":null}"#] {
            let project = project(&[("main.tf", main), (".terraform/modules/modules.json", broken)]);
            assert_eq!(find(&project, "", "module.a.aws_s3_bucket.this"), "call main.tf:1", "{broken}");
        }
    }
}
