//! Files as hosts of repositories want them named: relative to the root, and never out of it.

/// The file that stands for what has none. It is made of the root module, whose first file has this name by convention.
const ROOT: &str = "main.tf";

/// `file` relative to the working directory, with `/` and without `.` and `..`, for hosts that show nothing of other files.
/// Empty text and `-` have no file.
///
/// Of an absolute path only the name is left: where a runner keeps its work differs from run to run, and no host can link
/// to it.
pub(crate) fn relative(file: &str) -> String {
    let file = file.replace('\\', "/");
    let drive = file.chars().nth(1) == Some(':') && file.starts_with(|c: char| c.is_ascii_alphabetic());
    let absolute = file.starts_with('/') || drive;
    let mut parts: Vec<&str> = Vec::new();
    for part in file.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let file = if absolute { parts.last().copied().unwrap_or_default().to_owned() } else { parts.join("/") };
    if file.is_empty() || file == "-" { ROOT.to_owned() } else { file }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_from_the_root_of_the_repository() {
        for (file, wanted) in [
            ("envs/prod/plan.json", "envs/prod/plan.json"),
            ("./a/./b.tf", "a/b.tf"),
            ("a\\b.tf", "a/b.tf"),
            ("../../modules/site/main.tf", "modules/site/main.tf"),
            ("envs/../modules/main.tf", "modules/main.tf"),
            ("/home/runner/work/plan.json", "plan.json"),
            ("C:\\work\\plan.json", "plan.json"),
            ("-", "main.tf"),
            ("", "main.tf"),
            ("/", "main.tf"),
            ("..", "main.tf"),
        ] {
            assert_eq!(relative(file), wanted, "{file}");
        }
    }
}
