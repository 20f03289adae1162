//! The bundled policies for other engines: a bundle of the Open Policy Agent, or the files as they are.

use std::io;

use flate2::{Compression, GzBuilder};
use serde_json::json;
use tar::{Builder, EntryType, Header};

use super::embedded::{policies_hash, sources};
use crate::access::facts;

/// Where the policies lie, in the repository and in the bundle.
const FOLDER: &str = "policies/";

/// What a bundle says of itself: <https://www.openpolicyagent.org/docs/management-bundles#bundle-file-format>.
const MANIFEST: &str = ".manifest";

/// The policies and what they share, as (path below the folder of policies, source) in the order of their paths.
pub fn files() -> impl Iterator<Item = (&'static str, &'static str)> {
    sources().iter().map(|(path, source)| (path.strip_prefix(FOLDER).unwrap_or(path), *source))
}

/// A bundle (tar.gz) of the policies, byte for byte the same for the same policies and version.
///
/// # Errors
/// None that the policies of a release are known to cause.
pub fn bundle() -> io::Result<Vec<u8>> {
    // The time of a build and the system it runs on are none of the reader's business.
    let gzip = GzBuilder::new().mtime(0).operating_system(UNKNOWN).write(Vec::new(), Compression::best());
    let mut archive = Builder::new(gzip);
    append(&mut archive, MANIFEST, &manifest()?)?;
    for (path, source) in sources() {
        append(&mut archive, path, source)?;
    }
    archive.into_inner()?.finish()
}

/// "Unknown" among the systems of RFC 1952.
const UNKNOWN: u8 = 255;

fn append(archive: &mut Builder<impl io::Write>, path: &str, text: &str) -> io::Result<()> {
    let mut header = Header::new_ustar();
    header.set_entry_type(EntryType::Regular);
    header.set_size(u64::try_from(text.len()).map_err(io::Error::other)?);
    header.set_mode(0o644);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    archive.append_data(&mut header, path, text.as_bytes())
}

fn manifest() -> io::Result<String> {
    let manifest = json!({
        "revision": policies_hash(),
        "roots": ["oacguard"],
        "rego_version": 1,
        "metadata": {"oacguard": {"version": env!("CARGO_PKG_VERSION"), "input": facts::SCHEMA}},
    });
    Ok(serde_json::to_string_pretty(&manifest)? + "\n")
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::GzDecoder;
    use serde_json::Value;
    use tar::Archive;

    use super::*;

    #[test]
    fn a_bundle_holds_the_manifest_and_every_policy() {
        let bundle = bundle().unwrap();
        let mut archive = Archive::new(GzDecoder::new(bundle.as_slice()));
        let mut found = Vec::new();
        for entry in archive.entries().unwrap() {
            let mut entry = entry.unwrap();
            let header = entry.header();
            let owner = (header.uid().unwrap(), header.gid().unwrap(), header.username().unwrap());
            assert_eq!((header.mtime().unwrap(), header.mode().unwrap(), owner), (0, 0o644, (0, 0, Some(""))));
            let path = entry.path().unwrap().to_str().unwrap().to_owned();
            let mut text = String::new();
            entry.read_to_string(&mut text).unwrap();
            found.push((path, text));
        }
        let (name, manifest) = found.remove(0);
        assert_eq!(name, ".manifest");
        let manifest: Value = serde_json::from_str(&manifest).unwrap();
        assert_eq!(manifest["revision"], policies_hash());
        assert_eq!((&manifest["roots"], &manifest["rego_version"]), (&json!(["oacguard"]), &json!(1)));
        let embedded: Vec<(String, String)> =
            sources().iter().map(|(path, source)| ((*path).to_owned(), (*source).to_owned())).collect();
        assert_eq!(found, embedded);
        assert!(embedded.is_sorted());
    }

    #[test]
    fn nothing_of_the_machine_is_in_a_bundle() {
        let first = bundle().unwrap();
        assert_eq!(first, bundle().unwrap());
        assert_eq!(first.get(..10).unwrap(), [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255]);
    }

    /// Whoever loads a bundle with a root takes no package outside it.
    #[test]
    fn every_package_lies_below_the_root() {
        for (path, source) in sources() {
            let mut packages = source.lines().filter_map(|line| line.strip_prefix("package "));
            assert!(packages.next().is_some_and(|package| package.starts_with("oacguard.")), "{path}");
            assert_eq!(packages.next(), None, "{path}");
        }
    }
}
