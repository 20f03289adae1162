//! The formats that a report can have, and one way to make each of them.

use clap::ValueEnum;
use thiserror::Error;

use super::view::View;
use super::{atlantis, azure, github, gitlab, html, json, junit, markdown, ndjson, sarif, spacelift, text};

/// What a report is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// For programs that read line by line.
    Ndjson,
    /// For code scanning.
    Sarif,
    /// For whoever shows test results.
    Junit,
    /// For the log of GitHub Actions.
    Github,
    /// For the merge request of GitLab.
    Gitlab,
    /// For the log of Azure Pipelines.
    Azure,
    /// For a comment on a pull request.
    Markdown,
    /// For a browser.
    Html,
    /// For Atlantis.
    Atlantis,
    /// For Spacelift.
    Spacelift,
}

/// A report that could not be made, which no report of this program is known to cause.
#[derive(Debug, Error)]
pub enum RenderError {
    /// As JSON.
    #[error("the report cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// As XML.
    #[error("the report cannot be written as XML: {0}")]
    Xml(String),
}

impl Format {
    /// The report in this format. `width` is the number of columns for text; other formats do not depend on it.
    ///
    /// Only text carries ANSI styles.
    ///
    /// # Errors
    /// When the report cannot be written in this format.
    pub fn render(self, view: View<'_>, width: usize) -> Result<String, RenderError> {
        match self {
            Self::Text => Ok(text::render(view, width)),
            Self::Json => Ok(json::render(view.report)?),
            Self::Ndjson => ndjson::render(view),
            Self::Sarif => sarif::render(view),
            Self::Junit => junit::render(view),
            Self::Github => Ok(github::render(view)),
            Self::Gitlab => gitlab::render(view),
            Self::Azure => Ok(azure::render(view)),
            Self::Markdown => Ok(markdown::render(view, markdown::COMMENT_LIMIT)),
            Self::Html => Ok(html::render(view)),
            Self::Atlantis => Ok(atlantis::render(view)),
            Self::Spacelift => spacelift::render(view),
        }
    }

    /// Whether a host reads it that links to files of the repository.
    pub fn links_to_the_repository(self) -> bool {
        matches!(self, Self::Sarif | Self::Junit | Self::Github | Self::Gitlab | Self::Azure)
    }

    /// The host that decides by what it reads and takes any exit status but 0 for a fault of the program, if this is the
    /// format of one.
    pub fn deciding_host(self) -> Option<&'static str> {
        match self {
            Self::Atlantis => Some("Atlantis"),
            Self::Spacelift => Some("Spacelift"),
            _ => None,
        }
    }
}
