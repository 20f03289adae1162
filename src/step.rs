//! How far a run is, for whoever shows it while it lasts. The library knows of no terminal.

/// What a run begins to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step<'a> {
    /// To read one of the inputs.
    Read(Nth<'a>),
    /// To make sense of one of the documents.
    Parse(Nth<'a>),
    /// To find out who reads what with which key.
    Link,
    /// To ask the policies.
    Judge,
}

/// One of several plans.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Nth<'a> {
    /// The plan as the user named it; it may hold anything that a file name may.
    pub plan: &'a str,
    /// How many were before it.
    pub at: usize,
    /// How many there are.
    pub of: usize,
}

/// Who is told.
pub type Watch<'w> = dyn Fn(Step<'_>) + 'w;

/// Nobody is told.
pub fn unwatched(_: Step<'_>) {}
