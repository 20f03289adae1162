//! Where the working directory lies in its repository: hosts name files from the top of that, people from where they are.

use std::env;
use std::path::{Component, Path, PathBuf};

use crate::report::Report;

/// A repository, seen from a directory in it.
pub(crate) struct Repository {
    top: PathBuf,
    here: PathBuf,
}

impl Repository {
    /// That of the working directory: the nearest directory above with a `.git`, else the working directory itself.
    pub(crate) fn around() -> Option<Self> {
        let here = env::current_dir().ok()?;
        let top = here.ancestors().find(|directory| directory.join(".git").exists()).unwrap_or(&here).to_owned();
        Some(Self { top, here })
    }

    /// The report with places as the repository names them. A place outside of it is left out: a host would look for it inside,
    /// and show another file.
    pub(crate) fn seen_from_top(&self, report: &Report) -> Report {
        let mut report = report.clone();
        for finding in &mut report.findings {
            finding.location = finding.location.take().and_then(|mut location| {
                location.file = self.name(&location.file)?;
                Some(location)
            });
        }
        report
    }

    fn name(&self, file: &str) -> Option<String> {
        let mut path = PathBuf::new();
        for part in self.here.join(file).components() {
            match part {
                Component::CurDir => {}
                Component::ParentDir => drop(path.pop()),
                part => path.push(part),
            }
        }
        let parts: Option<Vec<&str>> =
            path.strip_prefix(&self.top).ok()?.components().map(|part| Path::new(part.as_os_str()).to_str()).collect();
        parts.map(|parts| parts.join("/")).filter(|name| !name.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_from_the_top_and_others_not_at_all() {
        let seen = Repository { top: PathBuf::from("/repo"), here: PathBuf::from("/repo/envs/prod") };
        let top = Repository { top: PathBuf::from("/repo"), here: PathBuf::from("/repo") };
        for (file, from_below, from_top) in [
            ("main.tf", Some("envs/prod/main.tf"), Some("main.tf")),
            ("./a/./main.tf", Some("envs/prod/a/main.tf"), Some("a/main.tf")),
            ("../modules/main.tf", Some("envs/modules/main.tf"), None),
            ("/repo/infra/main.tf", Some("infra/main.tf"), Some("infra/main.tf")),
            ("/elsewhere/main.tf", None, None),
            ("../../../main.tf", None, None),
        ] {
            assert_eq!(seen.name(file).as_deref(), from_below, "{file}");
            assert_eq!(top.name(file).as_deref(), from_top, "{file}");
        }
    }
}
