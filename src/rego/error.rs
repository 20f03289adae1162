//! What can go wrong with policies, told to the person who has to mend them.

use std::time::Duration;

use thiserror::Error;

/// Why policies could not be loaded or evaluated. Whoever gets one has no verdict.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PolicyError {
    /// The source is not Rego.
    #[error("{file} is not valid Rego: {message}")]
    Syntax {
        /// The policy file.
        file: String,
        /// What the parser says, with line and column.
        message: String,
    },
    /// The METADATA block is missing or wrong.
    #[error(transparent)]
    Metadata(#[from] MetadataError),
    /// The file breaks the contract between policies and program.
    #[error("{file}: {message}")]
    Contract {
        /// The policy file.
        file: String,
        /// What is wrong and what to do.
        message: String,
    },
    /// A call of something that is neither built in nor declared; the interpreter would notice only when it gets there.
    #[error("{file}:{line}: there is no function `{name}`; declare it, import its package, or use another built-in")]
    UnknownFunction {
        /// The policy file.
        file: String,
        /// The line of the call.
        line: u32,
        /// The function as it is called.
        name: String,
    },
    /// Data in the place of a rule, which would never be asked.
    #[error(
        "{file}:{line}: the data has `{place}`, and there stands the rule `{rule}`, which would never be asked; give the data \
         another name"
    )]
    Masked {
        /// The policy file.
        file: String,
        /// The line of the rule.
        line: u32,
        /// Where the data stands.
        place: String,
        /// The rule.
        rule: String,
    },
    /// A rule that is asked and can give nothing that counts.
    #[error("{file}:{line}: {message}")]
    Rule {
        /// The policy file.
        file: String,
        /// The line of the rule.
        line: u32,
        /// What is wrong and what to do.
        message: String,
    },
    /// No rule is asked.
    #[error("{message}")]
    NothingToAsk {
        /// What was looked for, where it is, and what to do.
        message: String,
    },
    /// Functions that call each other in a circle, which would exhaust the stack.
    #[error("{file}: the function `{name}` calls itself, directly or through others; Rego has no recursion")]
    Recursion {
        /// The policy file.
        file: String,
        /// The function's full name.
        name: String,
    },
    /// The interpreter refused the modules as a whole, or failed in one of them.
    #[error("policy `{policy}` could not be evaluated: {message}")]
    Evaluation {
        /// The policy's id, or the rule's path.
        policy: String,
        /// What the interpreter says.
        message: String,
    },
    /// A policy ran for too long.
    #[error("policy `{policy}` did not finish within {} seconds", limit.as_secs_f32())]
    TimeLimit {
        /// The policy's id.
        policy: String,
        /// The time it had.
        limit: Duration,
    },
    /// A policy's answer is not a set of findings.
    #[error("policy `{policy}` gave an answer that is not a set of findings: {message}")]
    Result {
        /// The policy's id.
        policy: String,
        /// What is wrong with it.
        message: String,
    },
    /// A rule of the user's own gave what cannot be counted.
    #[error("`{rule}`: {message}")]
    Answer {
        /// The rule's path.
        rule: String,
        /// What is wrong and what to do.
        message: String,
    },
    /// A built-in function that gives neither a value nor nothing.
    #[error("{0}")]
    Builtin(String),
    /// The facts could not be handed to the policies.
    #[error("the facts could not be handed to the policies: {0}")]
    Input(String),
    /// The thread that evaluates policies could not be started, or panicked.
    #[error("the evaluation of the policies stopped unexpectedly: {0}")]
    Stopped(String),
}

/// What is wrong with a METADATA block.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{file}:{line}: METADATA: {message}; {help}")]
pub struct MetadataError {
    /// The policy file.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}
