//! `oacguard facts`: what the policies see.

use super::Status;
use super::console::Console;
use super::input::Plans;
use crate::rego;
use crate::report::json;
use crate::step::Step;

const AFTER_HELP: &str = "\
Example:
  terraform show -json tfplan | oacguard facts > input.json
      Keep the document, to write a policy against it or to evaluate one elsewhere.";

/// Print the facts that policies get as `input`, as JSON
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    #[command(flatten)]
    plans: Plans,
    /// Read several plans apart, without links from one to another
    #[arg(long, help_heading = "Input")]
    separate: bool,
}

impl Arguments {
    /// Prints the facts.
    ///
    /// # Errors
    /// Bad usage.
    pub(crate) fn run(self, console: &Console) -> Result<Status, clap::Error> {
        let progress = console.progress();
        let watch = |step: Step<'_>| progress.show(step);
        let sources = self.plans.gather("facts", &watch)?;
        let facts = crate::facts_watched(sources, self.separate, self.plans.reading.max_size, &watch);
        drop(progress);
        let facts = match facts {
            Ok(facts) => facts,
            Err(errors) => {
                console.complain_of(&errors);
                return Ok(Status::NoVerdict);
            }
        };
        // As the policies see them, who get no text of several lines.
        let document = rego::input(&facts).map_err(|error| error.to_string());
        Ok(match document.and_then(|document| json::render(&document).map_err(|error| error.to_string())) {
            Ok(document) => console.deliver(&document),
            Err(error) => {
                console.complain(error);
                Status::NoVerdict
            }
        })
    }
}
