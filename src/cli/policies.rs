//! `oacguard policies`: what is in force, and the policies for other engines.

use clap::Subcommand;

use super::Status;
use super::console::{self, Console};
use crate::finding::Severity;
use crate::rego::{self, PolicyMeta};
use crate::report::text::style::{self, BOLD, paint};
use crate::report::text::wrap;
use crate::report::words;

mod export;

const AFTER_HELP: &str = "`oacguard explain ID` tells all about one of them.";

/// List the policies in force, or export them for other engines
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Export(export::Arguments),
}

impl Arguments {
    /// Prints the list, or writes the policies.
    pub(crate) fn run(&self, console: &Console) -> Status {
        match &self.command {
            None => list(console),
            Some(Command::Export(arguments)) => arguments.run(console),
        }
    }
}

fn list(console: &Console) -> Status {
    match rego::policies() {
        Ok(policies) => console.deliver(&table(&policies, console::width())),
        Err(error) => {
            console.complain(error);
            Status::NoVerdict
        }
    }
}

/// The severities a policy may give, the usual one first.
pub(super) fn levels(levels: &[Severity]) -> String {
    levels.iter().map(|level| words::severity(*level)).collect::<Vec<_>>().join(", ")
}

/// Three columns, or the title below the id where there is no room for three.
fn table(policies: &[&PolicyMeta], width: usize) -> String {
    let ids = policies.iter().map(|policy| policy.id.len()).max().unwrap_or(0);
    let severities = policies.iter().map(|policy| levels(&policy.levels).len()).max().unwrap_or(0);
    let start = ids + severities + 4;
    let mut out = String::new();
    for policy in policies {
        let named = levels(&policy.levels);
        let style = policy.levels.first().map_or(BOLD, |level| style::of(*level));
        let id_blanks = " ".repeat(ids - policy.id.len());
        let head = format!("{}{id_blanks}  {}", paint(BOLD, &policy.id), paint(style, &named));
        let fits = start + 30 <= width;
        let indent = " ".repeat(if fits { start } else { 4 });
        let title = wrap::line(&policy.title, width, &indent, &indent).join("\n");
        out.push_str(&head);
        if fits {
            out.push_str(&" ".repeat(start - ids - 2 - named.len()));
            out.push_str(title.trim_start());
        } else {
            out.push('\n');
            out.push_str(&title);
        }
        out.push('\n');
    }
    out
}
