//! `oacguard policies export`: the policies for other engines.

use std::fs;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use crate::cli::Status;
use crate::cli::console::Console;
use crate::cli::deliver::{self, WriteError};
use crate::cli::place::{self, Placed, Present};
use crate::rego::{self, export};

const AFTER_HELP: &str = "\
What an engine answers is what the policies find before and after the apply, out of the facts that it is given as input. \
What of it this plan introduces, what is waived and what blocks is decided by `oacguard check`. Policies of the same \
version go with the facts of the same version.

Same policies, same bytes. A file that is there and is another is written over only with --force.

Example:
  oacguard policies export --bundle bundle.tar.gz
  oacguard facts plan.json > facts.json
  opa eval --strict-builtin-errors -b bundle.tar.gz -i facts.json 'data.oacguard[_].finding'
      Evaluate the policies with the Open Policy Agent.";

/// Write the policies and what they share for other Rego engines, without their tests
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    #[command(flatten)]
    to: To,
    /// Write over files that are there
    #[arg(long)]
    force: bool,
}

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct To {
    /// Write a bundle of the Open Policy Agent (tar.gz)
    #[arg(long, value_name = "FILE")]
    bundle: Option<PathBuf>,
    /// Write the files into DIR, which is made if it is not there
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

impl Arguments {
    /// Writes the policies.
    pub(super) fn run(&self, console: &Console) -> Status {
        let written = match (&self.to.bundle, &self.to.dir) {
            (Some(file), _) => self.bundle(file),
            (_, Some(directory)) => self.files(directory),
            // The parser takes one of them.
            (None, None) => return Status::NoVerdict,
        };
        match written {
            Ok(strangers) => {
                let to = self.to.bundle.as_ref().or(self.to.dir.as_ref()).map(|path| path.display().to_string());
                let (policies, to) = (rego::ids().count(), to.unwrap_or_default());
                console.remark(&format!("wrote {policies} policies to {to}, revision {}", rego::policies_hash()));
                if !strangers.is_empty() {
                    let strangers = strangers.join(", ");
                    console.remark(&format!(
                        "{to} holds other Rego files, which belong to no policy of this version: {strangers}; \
                         whoever loads the directory loads them too"
                    ));
                }
                Status::Pass
            }
            Err(error) => {
                console.complain(error);
                Status::NoVerdict
            }
        }
    }

    fn bundle(&self, file: &Path) -> Result<Vec<String>, WriteError> {
        let refused = |source| WriteError::Refused { file: file.to_owned(), source };
        let bundle = export::bundle().map_err(refused)?;
        let there = fs::metadata(file).is_ok_and(|there| there.is_file());
        if there && !self.force {
            let same = fs::read(file).map_err(refused)? == bundle;
            return if same { Ok(Vec::new()) } else { Err(WriteError::There(file.to_owned())) };
        }
        deliver::write(file, &bundle)?;
        Ok(Vec::new())
    }

    /// Writes the files, and finds the Rego files beside them that are none of them.
    fn files(&self, directory: &Path) -> Result<Vec<String>, WriteError> {
        if !directory.exists() {
            fs::create_dir(directory).map_err(|source| WriteError::Refused { file: directory.to_owned(), source })?;
        }
        let files: Vec<Placed<'_>> = export::files().map(|(path, source)| (path, source.to_owned())).collect();
        let present = if self.force { Present::Replaced } else { Present::RefusedIfOther };
        place::write(directory, &files, present)?;
        let found = WalkDir::new(directory).sort_by_file_name().into_iter().flatten().map(walkdir::DirEntry::into_path);
        let rego = found.filter(|path| path.extension().is_some_and(|extension| extension == "rego"));
        let strange = rego.filter(|path| !files.iter().any(|(ours, _)| directory.join(ours) == *path));
        Ok(strange.map(|path| path.strip_prefix(directory).unwrap_or(&path).display().to_string()).collect())
    }
}
