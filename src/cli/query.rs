//! `oacguard query`: JSONPath over the plan, for finding out where a value stands.
//!
//! Plans hold secrets in clear text, so a match is shown by its place and its type, never by its value.

use clap::error::ErrorKind;
use jsonpath_rust::query::js_path_process;

use super::Status;
use super::console::Console;
use super::input::{self, Reading, usage};
use crate::jsonpath;
use crate::plan::places::Places;
use crate::plan::source::Source;
use crate::plan::whole;
use crate::report::{ReportError, plain};
use crate::step::unwatched;

const AFTER_HELP: &str = "\
Each match is a line: its normalized path, its JSON type, and, inside a resource, the resource's address, with tabs \
between. Values are not printed: plans hold secrets.

Examples:
  oacguard query '$.resource_changes[?@.type == \"aws_s3_bucket\"]' plan.json
      Find the buckets.
  oacguard query '$..origin_access_control_id' plan.json | cut -f 3 | sort -u
      Find the resources that speak of an origin access control.";

/// Find the places in a plan that a JSONPath (RFC 9535) selects
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    /// The expression, such as `$.resource_changes[*].address`
    #[arg(value_name = "JSONPATH")]
    expression: String,
    /// The plan: a file (JSON, also gzip'd, or the binary plan), or `-` or nothing for standard input
    #[arg(value_name = "PLAN")]
    plan: Option<String>,
    #[command(flatten)]
    reading: Reading,
}

impl Arguments {
    /// Prints the places.
    ///
    /// # Errors
    /// Bad usage.
    pub(crate) fn run(self, console: &Console) -> Result<Status, clap::Error> {
        let expression = match jsonpath::parse(&self.expression) {
            Ok(expression) => expression,
            Err(error) => {
                console.complain(format_args!("this is no JSONPath expression\n{error}"));
                return Ok(Status::NoVerdict);
            }
        };
        let mut sources = input::gather(self.plan.as_slice(), &self.reading, "query", None, &unwatched)?;
        if sources.len() > 1 {
            let message = format!("{} plans are in that directory, and query reads one: name it", sources.len());
            return Err(usage("query", ErrorKind::TooManyValues, &message));
        }
        let Some(source) = sources.pop() else { return Ok(Status::NoVerdict) };
        let Source { name, bytes } = source;
        let document = match bytes.and_then(|bytes| whole::read(bytes, self.reading.max_size)) {
            Ok(document) => document,
            Err(error) => {
                console.complain_of(&[ReportError {
                    plan: Some(name),
                    kind: error.kind().to_owned(),
                    message: error.to_string(),
                    help: error.help(),
                }]);
                return Ok(Status::NoVerdict);
            }
        };
        // The library's error would quote the value.
        let Ok(matches) = js_path_process(&expression, &document) else {
            console.complain("this expression computes a value; query finds places in the plan");
            return Ok(Status::NoVerdict);
        };
        if matches.is_empty() && !console.is_quiet() {
            console.tell("nothing in this plan matches\n");
        }
        let places = Places::of(&document, matches.iter().map(|found| found.val));
        let mut out = String::new();
        for place in matches.iter().filter_map(|found| Some((places.get(found.val)?, found.val))) {
            let (place, value) = place;
            out.push_str(&plain::line(&place.path));
            out.push('\t');
            out.push_str(json_type(value));
            if let Some(address) = &place.address {
                out.push('\t');
                out.push_str(&plain::line(address));
            }
            out.push('\n');
        }
        Ok(console.deliver(&out))
    }
}

fn json_type(value: &serde_json::Value) -> &'static str {
    match value {
        serde_json::Value::Null => "null",
        serde_json::Value::Bool(_) => "boolean",
        serde_json::Value::Number(_) => "number",
        serde_json::Value::String(_) => "string",
        serde_json::Value::Array(_) => "array",
        serde_json::Value::Object(_) => "object",
    }
}
