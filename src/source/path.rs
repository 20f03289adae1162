//! Names of files and directories as Terraform and the hosts of reports write them: with `/`, and without detours.

use std::path::Path;

/// `path` without `.`, and without `..` where something is left to go back from; empty for the working directory.
///
/// Not by the file system: Terraform does not ask it either, and a link would lead to names that nobody gave.
pub(super) fn normal(path: &str) -> String {
    let path = if cfg!(windows) { path.replace('\\', "/") } else { path.to_owned() };
    let absolute = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if absolute => {}
            part => parts.push(part),
        }
    }
    let path = parts.join("/");
    if absolute { format!("/{path}") } else { path }
}

/// `path` as it is seen from `directory`.
pub(super) fn join(directory: &str, path: &str) -> String {
    if directory.is_empty() || Path::new(path).is_absolute() {
        return normal(path);
    }
    normal(&format!("{directory}/{path}"))
}

/// The directory that the file or directory `path` lies in.
pub(super) fn parent(path: &str) -> String {
    join(path, "..")
}

/// Whether `path` lies in `directory`, at any depth. Both are normal.
pub(super) fn is_below(path: &str, directory: &str) -> bool {
    let inside = match directory {
        "" => !path.starts_with('/'),
        "/" => path.starts_with('/'),
        directory => path.strip_prefix(directory).is_some_and(|rest| rest.starts_with('/')),
    };
    // What leads out of the directory first is not in it, whatever it is called.
    inside && path.strip_prefix(directory).is_some_and(|rest| !rest.split('/').any(|part| part == ".."))
}

/// The name by which the system opens a normal path.
pub(super) fn on_disk(path: &str) -> &Path {
    Path::new(if path.is_empty() { "." } else { path })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn detours_are_left_out() {
        for (path, expected) in [
            (".", ""),
            ("", ""),
            ("./infra/", "infra"),
            ("infra//a/./b", "infra/a/b"),
            ("infra/../modules/x", "modules/x"),
            ("a/../..", ".."),
            ("../../x/..", "../.."),
            ("/a/../../b", "/b"),
            ("/", "/"),
        ] {
            assert_eq!(normal(path), expected, "{path}");
        }
    }

    #[test]
    fn paths_are_joined_as_they_are_seen() {
        assert_eq!(join("infra", "./main.tf"), "infra/main.tf");
        assert_eq!(join("", "./main.tf"), "main.tf");
        assert_eq!(join("infra", "../../etc"), "../etc");
        assert_eq!(join("/infra", "x"), "/infra/x");
        assert_eq!(parent("plan.json"), "");
        assert_eq!(parent("../plan.json"), "..");
    }

    #[test]
    fn below_is_what_a_path_leads_to_without_leaving() {
        for (path, directory, expected) in [
            ("envs/a/plan.json", "", true),
            ("envs/a/plan.json", "envs", true),
            ("envs-a/plan.json", "envs", false),
            ("envs", "envs", false),
            ("../plan.json", "", false),
            ("../../plan.json", "..", false),
            ("../a/plan.json", "..", true),
            ("/a/plan.json", "", false),
            ("/a/plan.json", "/", true),
            ("/a/plan.json", "/a", true),
        ] {
            assert_eq!(is_below(path, directory), expected, "{path} in {directory:?}");
        }
    }

    proptest! {
        #[test]
        fn a_normal_path_stays_as_it_is(path in "[./a]{0,12}") {
            let once = normal(&path);
            prop_assert_eq!(normal(&once), once);
        }
    }
}
