//! Why a document cannot be judged, in words that tell what to do next.

use std::io;

use thiserror::Error;

use super::binary::ShowError;

/// Why an input is not a plan that can be judged. Each ends in exit status 2.
#[derive(Debug, Error)]
pub enum PlanError {
    /// The file cannot be opened or read.
    #[error("cannot read {name}: {source}")]
    Unreadable {
        /// The input as given.
        name: String,
        /// What the system says.
        source: io::Error,
    },
    /// The file was written to while it was read.
    #[error("the file changed while it was read")]
    Changed,
    /// A directory without plans.
    #[error(
        "no plan in directory {0}: looked for plan.json, tfplan.json, *.plan.json and *.tfplan.json, each also with .gz"
    )]
    EmptyDirectory(String),
    /// The input is larger than allowed.
    #[error("the input is larger than {0} bytes")]
    TooLarge(u64),
    /// Nothing at all.
    #[error("the input is empty")]
    Empty,
    /// The gzip stream is damaged.
    #[error("the gzip data cannot be unpacked: {0}")]
    BadGzip(io::Error),
    /// Neither UTF-8 nor UTF-16.
    #[error("the input is neither UTF-8 nor UTF-16 text: {0}")]
    BadText(String),
    /// A saved plan file rather than its JSON.
    #[error("this is a binary plan file, not its JSON")]
    BinaryPlan,
    /// A saved plan file that cannot be shown as JSON.
    #[error(transparent)]
    Show(#[from] ShowError),
    /// Not JSON.
    #[error("the input is no JSON object: it starts with {0}")]
    NotJson(String),
    /// JSON that ends too early.
    #[error("the JSON ends too early, at line {line}, column {column}: the plan is truncated")]
    Truncated {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// JSON that is wrong, or not of a plan's shape.
    #[error("the plan's JSON cannot be read at line {line}, column {column}: {reason}")]
    BadJson {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What the parser says.
        reason: String,
    },
    /// Modules or values nested beyond what is read.
    #[error("the plan nests modules or values deeper than is read (line {line}, column {column})")]
    TooDeep {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// More than one document, or text behind the plan that is none of a wrapper's.
    #[error("there is more text behind the plan's JSON")]
    TrailingText,
    /// A state rather than a plan.
    #[error("this is a state, not a plan")]
    State,
    /// The log stream of `plan -json`.
    #[error("these are log lines of `terraform plan -json`, not a plan")]
    LogStream,
    /// A configuration without a plan.
    #[error("this is a configuration, not a plan")]
    Configuration,
    /// HCP Terraform's redacted output.
    #[error("this is a redacted plan: its values and configuration were taken out")]
    Redacted,
    /// Parts that every plan has were taken out.
    #[error("this plan was trimmed: {0}")]
    Trimmed(String),
    /// JSON, but of something else.
    #[error("this JSON is not a Terraform plan: {0}")]
    NotAPlan(String),
    /// A format version this program does not know.
    #[error("plan format version {0} is not supported (0.1 to 1.x are)")]
    UnsupportedVersion(String),
    /// Terraform failed while planning.
    #[error("the plan is marked `errored`: planning stopped half-way, so it shows only a part of the change")]
    Errored,
    /// Standard input asked for more than once.
    #[error("standard input can be read only once")]
    StdinTwice,
}

impl PlanError {
    /// A kebab-case name of the kind of error.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "unreadable",
            Self::Changed => "changed",
            Self::EmptyDirectory(_) => "no-plan-found",
            Self::TooLarge(_) => "too-large",
            Self::Empty => "empty",
            Self::BadGzip(_) => "bad-gzip",
            Self::BadText(_) => "bad-text",
            Self::BinaryPlan => "binary-plan",
            Self::Show(error) => error.kind(),
            Self::NotJson(_) => "not-json",
            Self::Truncated { .. } => "truncated",
            Self::BadJson { .. } => "bad-json",
            Self::TooDeep { .. } => "too-deep",
            Self::TrailingText => "trailing-text",
            Self::State => "state",
            Self::LogStream => "log-stream",
            Self::Configuration => "configuration",
            Self::Redacted => "redacted",
            Self::Trimmed(_) => "trimmed",
            Self::NotAPlan(_) => "not-a-plan",
            Self::UnsupportedVersion(_) => "unsupported-version",
            Self::Errored => "errored",
            Self::StdinTwice => "stdin-twice",
        }
    }

    /// What to do next.
    #[must_use]
    pub fn help(&self) -> String {
        const SHOW: &str =
            "make the plan with `terraform plan -out=tfplan` and pass what `terraform show -json tfplan` prints";
        match self {
            Self::Unreadable { .. } => "check the path and its permissions".to_owned(),
            Self::Changed => "check it again when whatever writes it is done".to_owned(),
            Self::EmptyDirectory(_) => "name the file itself, or write the plan under one of these names".to_owned(),
            Self::TooLarge(_) => "raise the limit with --max-size BYTES".to_owned(),
            Self::Empty => {
                format!("{SHOW}; an empty file often means that the command before failed: check its exit status")
            }
            Self::BadGzip(_) | Self::BadText(_) | Self::BadJson { .. } | Self::NotJson(_) | Self::NotAPlan(_) => {
                SHOW.to_owned()
            }
            Self::BinaryPlan => {
                "name the file itself, in the directory it was made in: from standard input, packed, or \
                                 found in a directory it is not shown; or pass what `terraform show -json FILE` prints"
                    .to_owned()
            }
            Self::Show(error) => error.help(),
            Self::Truncated { .. } => "write the plan again; a full disk or a cut pipe leaves such a file".to_owned(),
            Self::TooDeep { .. } => {
                "modules may be nested 40 deep; report the plan's shape if yours needs more".to_owned()
            }
            Self::TrailingText => {
                "pass what `terraform show -json` prints and nothing else; of several plans, each in a file of its own"
                    .to_owned()
            }
            Self::State => format!("a state shows only what is there already; {SHOW}"),
            Self::LogStream => format!("`plan -json` prints a log for machines; {SHOW}"),
            Self::Configuration => format!("a configuration has no values; {SHOW}"),
            Self::Redacted => {
                "fetch the run's `json-output` instead of `json-output-redacted`, with a token that may read it"
                    .to_owned()
            }
            Self::Trimmed(_) => format!("pass the whole document; {SHOW}"),
            Self::UnsupportedVersion(_) => "look for a newer release of oacguard".to_owned(),
            Self::Errored => "fix what `terraform plan` reported, and plan again".to_owned(),
            Self::StdinTwice => "name `-` once".to_owned(),
        }
    }
}
