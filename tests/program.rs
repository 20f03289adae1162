//! What the program tells of itself: its build, its manual, and what shells need to complete its command line.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may stop wherever what it stands on is missing"
)]

#[path = "support/program.rs"]
#[allow(dead_code, reason = "other tests read the report as well")]
mod program;

use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

use clap::CommandFactory as _;
use oacguard::cli::Cli;

use program::oacguard;

const SHELLS: [&str; 5] = ["bash", "elvish", "fish", "powershell", "zsh"];

fn printed(arguments: &[&str]) -> String {
    let outcome = oacguard(arguments, b"");
    assert_eq!((outcome.exit, outcome.stderr.as_str()), (0, ""), "{arguments:?}");
    String::from_utf8(outcome.stdout).unwrap()
}

/// Every command, the program first, with what belongs to all commands.
fn commands() -> Vec<clap::Command> {
    let mut program = Cli::command();
    program.build();
    let all = with_those_below(program);
    assert!(all.len() >= 11, "{}", all.len());
    all
}

/// A command, and the commands below it.
fn with_those_below(command: clap::Command) -> Vec<clap::Command> {
    let below: Vec<clap::Command> = command.get_subcommands().cloned().collect();
    std::iter::once(command).chain(below.into_iter().flat_map(with_those_below)).collect()
}

/// What a command is called after the program.
fn name(command: &clap::Command) -> &str {
    let whole = command.get_display_name().unwrap_or(command.get_name());
    whole.strip_prefix("oacguard-").unwrap_or(whole)
}

/// The long flags of a command: those that help shows, and those that it hides.
fn flags(command: &clap::Command) -> (Vec<String>, Vec<String>) {
    let named = command.get_arguments().filter_map(|flag| Some((flag.get_long()?, flag.is_hide_set())));
    let (hidden, shown): (Vec<_>, Vec<_>) = named.partition(|(_, hidden)| *hidden);
    let owned = |flags: Vec<(&str, bool)>| flags.into_iter().map(|(name, _)| name.to_owned()).collect();
    (owned(shown), owned(hidden))
}

/// Whether `text` has `name` as a word of its own.
fn names(text: &str, name: &str) -> bool {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '-';
    text.match_indices(name).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + name.len()..]);
        !before.ends_with(part) && !after.starts_with(part)
    })
}

#[test]
fn a_shell_gets_every_command_and_every_flag() {
    for shell in SHELLS {
        let script = printed(&["completions", shell]);
        for command in commands() {
            assert!(names(&script, command.get_name()), "{shell}: {}", command.get_name());
            let (shown, hidden) = flags(&command);
            assert!(!shown.is_empty());
            for flag in shown {
                // fish writes flags without their dashes.
                let written = if shell == "fish" { flag.clone() } else { format!("--{flag}") };
                assert!(names(&script, &written), "{shell}: {} --{flag}", command.get_name());
            }
            // The generator knows nothing of hidden flags: the first that there is has to be kept from it.
            assert!(hidden.is_empty() && !command.is_hide_set(), "{} hides {hidden:?}", command.get_name());
        }
    }
}

#[test]
fn a_shell_can_read_its_script() {
    let mut read = 0;
    for shell in ["bash", "fish", "zsh"] {
        let child = Command::new(shell).arg("-n").stdin(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let Ok(mut child) = child else { continue };
        child.stdin.take().unwrap().write_all(printed(&["completions", shell]).as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{shell}: {}", String::from_utf8_lossy(&output.stderr));
        read += 1;
    }
    assert!(read > 0 || cfg!(windows), "there is not even a bash");
}

#[test]
fn bash_completes_commands_and_flags() {
    if cfg!(windows) {
        return;
    }
    let complete = |words: &str, at: usize| {
        let script = printed(&["completions", "bash"]);
        let call = format!(
            "{script}\nCOMP_WORDS=({words}); COMP_CWORD={at}; _oacguard oacguard \"${{COMP_WORDS[{at}]}}\" \
             \"${{COMP_WORDS[{}]}}\"; echo \"${{COMPREPLY[@]}}\"",
            at - 1
        );
        let output = Command::new("bash").args(["--norc", "-c", &call]).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    assert_eq!(complete("oacguard ba", 1), "baseline");
    assert_eq!(complete("oacguard check --fail-on-", 2), "--fail-on-existing");
    assert_eq!(complete("oacguard check --color al", 3), "always");
    assert_eq!(complete("oacguard schema f", 2), "facts");
}

#[test]
fn the_manual_names_every_command_and_every_flag() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("share/man1");
    assert_eq!(printed(&["man", "--output", &folder.display().to_string()]), "");
    let commands = commands();
    let program = fs::read_to_string(folder.join("oacguard.1")).unwrap();
    assert_eq!(fs::read_dir(&folder).unwrap().count(), commands.len());
    for (at, command) in commands.iter().enumerate() {
        let name = name(command);
        let (file, asked) = if at == 0 {
            ("oacguard.1".to_owned(), vec!["man"])
        } else {
            (format!("oacguard-{name}.1"), vec!["man", name])
        };
        let page = fs::read_to_string(folder.join(file)).unwrap();
        assert_eq!(page, printed(&asked), "{name}");
        well_formed(&page, name);
        // roff writes a dash as `\-`, and bold letters between `\fB` and `\fR`.
        let text = page.replace("\\-", "-").replace("\\fB", " ").replace("\\fR", " ");
        let (shown, hidden) = flags(command);
        for flag in shown {
            assert!(names(&text, &format!("--{flag}")), "{name} --{flag}");
        }
        for flag in hidden {
            assert!(!names(&text, &format!("--{flag}")), "{name} --{flag}");
        }
        if at > 0 {
            // The page above it names it.
            let above = name.rsplit_once('-').map(|(above, _)| folder.join(format!("oacguard-{above}.1")));
            let above = above.map_or(program.clone(), |file| fs::read_to_string(file).unwrap());
            assert_ne!(above.replace("\\-", "-").contains(&format!("oacguard-{name}(1)")), command.is_hide_set());
        }
    }
}

/// What holds of every page: its title, its parts in their order, and only requests that `man` knows.
fn well_formed(page: &str, name: &str) {
    let requests: Vec<&str> = page.lines().filter(|line| line.starts_with(['.', '\''])).collect();
    for request in &requests {
        let known = [".ie", ".el", ".TH", ".SH", ".TP", ".PP", ".IP", ".RS", ".RE", ".nf", ".fi", ".br"];
        let word = request.split(' ').next().unwrap();
        assert!(known.contains(&word), "{name}: {request}");
    }
    let at = |request: &str| requests.iter().position(|line| line.starts_with(request));
    let order = [at(".TH "), at(".SH NAME"), at(".SH SYNOPSIS"), at(".SH DESCRIPTION")];
    assert!(order.iter().all(Option::is_some) && order.is_sorted(), "{name}: {order:?}");
    for (open, close) in [(".RS", ".RE"), (".nf", ".fi")] {
        let count = |wanted: &str| requests.iter().filter(|line| line.starts_with(wanted)).count();
        assert_eq!(count(open), count(close), "{name}: {open}");
    }
    assert!(!page.contains("policies:"), "{name}: a page must be the same for every build");
}

#[test]
fn a_manual_of_nothing_is_bad_usage() {
    let outcome = oacguard(&["man", "chekc"], b"");
    assert_eq!(outcome.exit, 2);
    assert!(outcome.stderr.contains("there is no command `chekc`"), "{}", outcome.stderr);
    assert_eq!(oacguard(&["man", "check", "--output", "x"], b"").exit, 2);
    assert_eq!(oacguard(&["completions", "csh"], b"").exit, 2);
}

#[test]
fn the_version_tells_the_build() {
    let short = format!("oacguard {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(printed(&["-V"]), short);
    let long = printed(&["--version"]);
    let rest = long.strip_prefix(&short).unwrap();
    let facts: Vec<(&str, &str)> = rest.lines().map(|line| line.split_once(':').unwrap()).collect();
    let value = |wanted: &str| facts.iter().find(|(name, _)| *name == wanted).unwrap().1.trim();
    assert_eq!(facts.len(), 4, "{long}");
    let commit = value("commit");
    let hash = commit.trim_end_matches("-dirty");
    assert!(commit == "unknown" || hash.len() == 12 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()), "{long}");
    assert!(value("target").contains(std::env::consts::ARCH), "{long}");
    assert!(value("rustc").starts_with("1."), "{long}");
    let policies = printed(&["policies"]).lines().filter(|line| !line.starts_with(' ')).count();
    assert_eq!(value("policies"), format!("{policies}, SHA-256 {}", oacguard::rego::policies_hash()));
}
