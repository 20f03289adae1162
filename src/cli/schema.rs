//! `oacguard schema`: the JSON Schema of what this program publishes.

use clap::ValueEnum;

use super::Status;
use super::console::Console;
use crate::rego;
use crate::report::{json, schema};

/// Print the JSON Schema (2020-12) of a document
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The document
    #[arg(value_enum)]
    document: Document,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Document {
    /// What `check --format json` writes
    Report,
    /// What `facts` prints
    Facts,
    /// What `query --format json` writes
    Query,
    /// What `test --format json` writes
    Test,
    /// `oacguard.toml`, for editors
    Config,
}

impl Arguments {
    /// Prints the schema.
    pub(crate) fn run(&self, console: &Console) -> Status {
        let schema = match self.document {
            Document::Report => schema::report(),
            Document::Facts => schema::facts(),
            Document::Query => schema::query(),
            Document::Test => schema::test(),
            Document::Config => schema::config(rego::ids()),
        };
        match json::render(&schema) {
            Ok(document) => console.deliver(&document),
            Err(error) => {
                console.complain(error);
                Status::NoVerdict
            }
        }
    }
}
