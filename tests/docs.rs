//! What README.md and policies/WRITING.md show of the program is what the program prints, and what they show of a file is what
//! the file holds.
//!
//! Each `console` block holds commands (`$ oacguard …`, or `$ cargo run --release -- …` for the same without installing)
//! with what they print on standard output below them.
//! A `rego` block below a comment that names a file holds that file. `UPDATE_DOCS=1` writes what is so today.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test may fail loudly, and so may what it is built of")]

use std::io::Write as _;
use std::path::Path;

use assert_cmd::cargo::cargo_bin_cmd;

#[test]
fn the_readme_shows_what_the_program_prints() {
    hold("README.md");
}

#[test]
fn the_guide_for_policy_authors_shows_what_is_there() {
    hold("policies/WRITING.md");
}

/// Holds a document to what is so today, or writes that.
fn hold(name: &str) {
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    let Ok(text) = std::fs::read_to_string(&document) else {
        let _ = writeln!(std::io::stdout(), "there is no {name}: nothing was compared");
        return;
    };
    let today = quoted(&retold(&text));
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&document, today).unwrap();
        return;
    }
    for (shown, printed) in text.lines().zip(today.lines()) {
        assert_eq!(shown, printed, "{name} is out of date; `make docs` mends it");
    }
    assert_eq!(text, today, "{name} is out of date; `make docs` mends it");
}

/// The text with every block below the name of a file replaced by what the file holds.
fn quoted(text: &str) -> String {
    let mut out = String::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        out.push_str(line);
        out.push('\n');
        let file = line.strip_prefix("<!-- ").and_then(|rest| rest.strip_suffix(".rego -->"));
        let (Some(file), Some(&"```rego")) = (file, lines.peek()) else { continue };
        let content = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("{file}.rego")));
        lines.by_ref().skip(1).find(|line| *line == "```").unwrap();
        out.extend(["```rego\n", &content.unwrap(), "```\n"]);
    }
    out
}

/// The text with the output of every command replaced by what it prints now.
fn retold(text: &str) -> String {
    let mut out = String::new();
    let (mut in_console, mut in_output) = (false, false);
    for line in text.lines() {
        if line.starts_with("```") {
            in_console = !in_console && line == "```console";
            in_output = false;
        }
        let command = line.strip_prefix("$ ").filter(|_| in_console);
        if in_output && command.is_none() {
            continue;
        }
        out.push_str(line);
        out.push('\n');
        if let Some(command) = command {
            in_output = arguments(command).is_some();
            out.push_str(&printed(command));
        }
    }
    out
}

/// The arguments of a command that runs the program.
fn arguments(command: &str) -> Option<&str> {
    ["oacguard ", "cargo run --release -- "].iter().find_map(|program| command.strip_prefix(program))
}

/// What a command prints on standard output; nothing for a command that is not ours, which is left as it stands.
fn printed(command: &str) -> String {
    let Some(args) = arguments(command) else { return String::new() };
    let args: Vec<&str> = args.split_whitespace().collect();
    assert!(args.iter().all(|arg| !arg.contains(['|', '>', '\'', '"'])), "`{command}` needs a shell");
    // A page must not change because a day has passed.
    let mut program = cargo_bin_cmd!("oacguard");
    let output =
        program.env_clear().env("SOURCE_DATE_EPOCH", "1780315200").args(args).output().expect("the program starts");
    let output = String::from_utf8(output.stdout).unwrap();
    let end = if output.is_empty() || output.ends_with('\n') { "" } else { "\n" };
    format!("{output}{end}")
}

#[test]
fn the_readme_shows_the_example_of_a_configuration() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let example = std::fs::read_to_string(root.join("testdata/example.oacguard.toml")).unwrap();
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    assert!(
        readme.contains(&format!("```toml\n{example}```\n")),
        "README.md lacks testdata/example.oacguard.toml as it is"
    );
}

#[test]
fn only_the_output_of_our_commands_is_replaced() {
    let text = "a\n```console\n$ terraform plan\nas it is\n```\n```sh\n$ oacguard not run\n```\n";
    assert_eq!(retold(text), text);
}
