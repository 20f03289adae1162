//! `oacguard query`: JSONPath over plans, for finding out where a value stands.
//!
//! Plans hold secrets in clear text, so a match is shown by its place and its type; its value only on demand, and only where
//! it can be no secret.

use clap::ValueEnum;
use jsonpath_rust::parser::model::JpQuery;
use jsonpath_rust::query::js_path_process;

use super::Status;
use super::console::Console;
use super::input::Plans;
use crate::jsonpath;
use crate::plan::places::Places;
use crate::plan::source::Source;
use crate::plan::{PlanError, whole};
use crate::report::query::{Match, Matches, SCHEMA, Type};
use crate::report::{ReportError, json, plain};
use crate::step::unwatched;

const AFTER_HELP: &str = "\
Each match is a line: its normalized path, its JSON type, and, inside a resource, the resource's address, with tabs \
between. With more than one plan, each line begins with the plan's source. Values are not printed: plans hold secrets.

--values adds a column with the value as JSON: of attributes that are known to be no secret, such as names, ARNs, domains \
and algorithms, where Terraform says that they are not sensitive. All others are shown as `(withheld)`, and so are objects \
and arrays: query what is in them.

With --format json, what is found and the plans that could not be read are one document; `oacguard schema query` \
describes it.

Examples:
  oacguard query '$.resource_changes[?@.type == \"aws_s3_bucket\"]' plan.json
      Find the buckets.
  oacguard query '$..origin_access_control_id' plan.json | cut -f 3 | sort -u
      Find the resources that speak of an origin access control.
  oacguard query --values '$.resource_changes[*].change.after..sse_algorithm' plans/
      Find out how the buckets of all plans in a directory will encrypt.";

/// What stands in for a value that may be a secret. A text is shown in quotes, so none looks like it.
const WITHHELD: &str = "(withheld)";

/// Find the places in plans that a JSONPath (RFC 9535) selects
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    /// The expression, such as `$.resource_changes[*].address`
    #[arg(value_name = "JSONPATH")]
    expression: String,
    #[command(flatten)]
    plans: Plans,
    /// Show values too, but for those that may be secrets
    #[arg(long)]
    values: bool,
    /// How to write what is found
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A line for each match, with tabs between the columns
    Text,
    /// One document
    Json,
}

/// Why a plan cannot be searched.
enum Failure {
    Plan(PlanError),
    /// The expression finds something that has no place.
    Computed,
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
        let sources = self.plans.gather("query", &unwatched)?;
        let plans = sources.len();
        let mut found = Matches { schema: SCHEMA.to_owned(), matches: Vec::new(), errors: Vec::new() };
        for Source { name, bytes } in sources {
            match bytes.map_err(Failure::Plan).and_then(|bytes| self.search(&expression, &name, bytes)) {
                Ok(matches) => found.matches.extend(matches),
                Err(Failure::Plan(error)) => found.errors.push(ReportError {
                    plan: Some(name),
                    kind: error.kind().to_owned(),
                    message: error.to_string(),
                    help: error.help(),
                }),
                Err(Failure::Computed) => {
                    console.complain("this expression computes a value; query finds places in the plan");
                    return Ok(Status::NoVerdict);
                }
            }
        }
        if found.matches.is_empty() && found.errors.len() < plans {
            let those = if plans == 1 { "this plan" } else { "these plans" };
            console.remark(&format!("nothing in {those} matches"));
        }
        console.complain_of(&found.errors);
        let text = match self.format {
            Format::Text => found.matches.iter().map(|found| self.line(found, plans > 1)).collect(),
            Format::Json => match json::render(&found) {
                Ok(document) => document,
                Err(error) => {
                    console.complain(error);
                    return Ok(Status::NoVerdict);
                }
            },
        };
        let status = console.deliver(&text);
        Ok(if found.errors.is_empty() { status } else { Status::NoVerdict })
    }

    /// The matches in one plan.
    fn search(&self, expression: &JpQuery, plan: &str, bytes: Vec<u8>) -> Result<Vec<Match>, Failure> {
        let document = whole::read(bytes, self.plans.reading.max_size).map_err(Failure::Plan)?;
        // The library's error would quote the value.
        let found = js_path_process(expression, &document).map_err(|_| Failure::Computed)?;
        let places = Places::of(&document, found.iter().map(|found| found.val));
        let matched = found.iter().filter_map(|found| {
            let place = places.get(found.val)?;
            let told = place.is_told && self.values;
            Some(Match {
                plan: plan.to_owned(),
                path: place.path.clone(),
                kind: Type::of(found.val),
                address: place.address.clone(),
                value: told.then(|| found.val.clone()),
                withheld: self.values && !told,
            })
        });
        Ok(matched.collect())
    }

    fn line(&self, found: &Match, led_by_plan: bool) -> String {
        let mut columns = vec![plain::line(&found.path), found.kind.name().into()];
        if led_by_plan {
            columns.insert(0, plain::line(&found.plan));
        }
        match &found.address {
            Some(address) => columns.push(plain::line(address)),
            // The value has its column all the same.
            None if self.values => columns.push("".into()),
            None => {}
        }
        let value = found.value.as_ref().map(ToString::to_string);
        if self.values {
            columns.push(value.as_deref().map_or(WITHHELD.into(), plain::line));
        }
        columns.join("\t") + "\n"
    }
}
