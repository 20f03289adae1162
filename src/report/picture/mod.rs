//! What is on an access path, what is said of each thing on it, and where it breaks: the model that every format draws from.

mod fault;
mod path;
pub(crate) mod scene;

pub(crate) use path::{algorithm, in_a_row, of};

/// One access path, from the distribution down.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Tree {
    /// What the path runs through, from the distribution on.
    pub(crate) nodes: Vec<Node>,
    /// The hop that the finding is about.
    pub(crate) fault: Option<Fault>,
}

/// One thing on the path.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Node {
    /// What sort of thing it is, where the label does not say.
    pub(crate) kind: &'static str,
    /// Its name, as people know it.
    pub(crate) label: String,
    /// What is said of it beside its name, or below it where there is no room.
    pub(crate) details: Vec<String>,
    /// What is always said below it.
    pub(crate) notes: Vec<String>,
}

/// A hop that does not work.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The node that is not reached.
    pub(crate) before: usize,
    /// How certain it is.
    pub(crate) mark: Mark,
    /// What is wrong, in a few words.
    pub(crate) text: String,
}

/// How certain a fault is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    /// It breaks.
    Broken,
    /// It may break.
    Risk,
    /// The plan cannot tell.
    Unknown,
}

impl Mark {
    /// The character that says the same without colour.
    pub(crate) fn sign(self) -> &'static str {
        match self {
            Self::Broken => "✗",
            Self::Risk => "!",
            Self::Unknown => "?",
        }
    }
}
