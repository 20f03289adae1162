//! A policy document as far as it is known, and how the provider merges several into one.

use thiserror::Error;

/// The longest policy text that is read. S3 takes 20 KiB, KMS 32 KiB, so anything longer is no policy that AWS would accept.
pub(super) const MAX_TEXT: usize = 64 * 1024;

/// A policy document, some of whose parts may be unknown.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html>
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Document {
    /// The statements, in the order in which they stand.
    pub statements: Vec<Statement>,
    /// Whether `${…}` is a policy variable: only where `Version` is `2012-10-17`, and a text without one is of 2008.
    /// `None` where the version is unknown.
    pub variables: Option<bool>,
    /// Why there may be statements beside these; the end of a sentence ("… because `<why>`").
    pub incomplete: Option<String>,
    /// Whether reasons must do without any text of the document: Terraform marks something in it sensitive.
    pub redact: bool,
}

/// One statement.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// The Sid; none where it is absent or blank.
    pub sid: Option<Leaf>,
    /// What it does for whom it matches.
    pub effect: Effect,
    /// To whom it applies.
    pub who: Who,
    /// To which actions it applies.
    pub actions: What,
    /// To which resources it applies.
    pub resources: What,
    /// Under which conditions it applies.
    pub conditions: Conditions,
    /// Why the statement as a whole was not understood; then it may do anything its effect allows.
    pub fault: Option<String>,
    /// Whether an override that cannot be read may replace it.
    pub replaceable: bool,
}

/// What a statement does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It allows.
    Allow,
    /// It denies.
    Deny,
    /// The plan does not tell.
    Unknown,
}

/// One string of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leaf {
    /// Known.
    Known(String),
    /// Known after apply.
    Unknown {
        /// All that the configuration's expression refers to: Terraform addresses with their instance index, without the
        /// attribute. Empty where that cannot be told.
        refers: Vec<String>,
    },
}

impl Leaf {
    /// The text, if known.
    pub fn known(&self) -> Option<&str> {
        match self {
            Self::Known(text) => Some(text),
            Self::Unknown { .. } => None,
        }
    }
}

impl From<&str> for Leaf {
    fn from(text: &str) -> Self {
        Self::Known(text.to_owned())
    }
}

/// To whom a statement applies.
#[derive(Debug, Clone, PartialEq)]
pub enum Who {
    /// `Principal`: to these.
    Only(Vec<Principal>),
    /// `NotPrincipal`: to all but these.
    AllBut(Vec<Principal>),
    /// The plan does not tell who is named.
    Unknown,
}

/// One principal that a statement names.
#[derive(Debug, Clone, PartialEq)]
pub struct Principal {
    /// What sort of principal.
    pub kind: PrincipalKind,
    /// Which one.
    pub identifier: Leaf,
}

impl Principal {
    /// Whether it certainly stands for everyone.
    pub(crate) fn is_everyone(&self) -> bool {
        self.kind == PrincipalKind::Everyone
            || (self.kind == PrincipalKind::Aws && self.identifier.known() == Some("*"))
    }
}

/// The sorts of principals that a policy can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrincipalKind {
    /// `"Principal": "*"`.
    Everyone,
    /// `AWS`: an account, user, role, or origin access identity, by ARN or account id.
    Aws,
    /// `Service`: an AWS service principal.
    Service,
    /// `CanonicalUser`: the S3 name of an account or an origin access identity.
    CanonicalUser,
    /// `Federated`: an identity provider.
    Federated,
    /// Unknown, or a sort that the policy language does not have.
    Other,
}

/// To which actions or resources a statement applies.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// `Action`, `Resource`: to these.
    Only(Vec<Leaf>),
    /// `NotAction`, `NotResource`: to all but these.
    AllBut(Vec<Leaf>),
}

/// Under which conditions a statement applies.
#[derive(Debug, Clone, PartialEq)]
pub enum Conditions {
    /// Under all of these.
    All(Vec<Condition>),
    /// The plan does not tell whether there are any.
    Unknown,
}

/// One test of a `Condition` element: one operator, one key, and values of which one must match.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// `StringEquals` and the like, with its set qualifier and `IfExists`.
    pub operator: Leaf,
    /// The condition key.
    pub key: Leaf,
    /// The values.
    pub values: Vec<Leaf>,
}

/// Why a text is no policy document that can be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DocumentError {
    /// There is no text.
    #[error("the policy text is empty")]
    Empty,
    /// More than any AWS policy may hold.
    #[error("the policy text has {0} bytes, more than any policy AWS accepts")]
    TooLong(usize),
    /// Not JSON, or nested deeper than any policy.
    #[error("the policy text is not valid JSON (line {line}, column {column})")]
    Syntax {
        /// Line of the mistake, from 1.
        line: usize,
        /// Column of the mistake, from 1.
        column: usize,
    },
    /// JSON, but not an object with statements.
    #[error("the policy text is JSON but has no statements")]
    NoStatements,
}

impl Document {
    /// A document of which nothing could be read; `why` is the end of a sentence ("… because `<why>`").
    pub fn unread(why: impl Into<String>) -> Self {
        Self { incomplete: Some(why.into()), ..Self::default() }
    }

    /// The Sid of a statement, counted from 0; none where the document is not to be printed.
    #[must_use]
    pub fn sid(&self, statement: usize) -> Option<&str> {
        let statement = self.statements.get(statement).filter(|_| !self.redact)?;
        statement.sid.as_ref().and_then(Leaf::known)
    }

    /// The same document, its text kept out of all reasons.
    #[must_use]
    pub fn redacted(mut self) -> Self {
        self.redact = true;
        self
    }

    /// The document that `aws_iam_policy_document` makes of several: `sources` first, then the `own` statements, then the
    /// `overrides`; whatever comes later replaces, in its place, the statement with the same Sid, and is appended where it
    /// has none. The provider raises the version to the latest of all.
    ///
    /// Source: <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document>
    pub fn merged(
        sources: impl IntoIterator<Item = Self>,
        own: Self,
        overrides: impl IntoIterator<Item = Self>,
    ) -> Self {
        let mut merged = Self { variables: Some(false), ..Self::default() };
        for document in sources.into_iter().chain([own]).chain(overrides) {
            merged.absorb(document);
        }
        merged
    }

    fn absorb(&mut self, newer: Self) {
        self.redact |= newer.redact;
        self.variables = match (self.variables, newer.variables) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (Some(false), Some(false)) => Some(false),
            _ => None,
        };
        // What nobody can read may carry any Sid, and so may a statement whose Sid is unknown: whichever of the two is the
        // older may be gone.
        let named = newer.statements.iter().any(|statement| statement.sid.is_some());
        let any_sid = newer.incomplete.is_some() || newer.statements.iter().any(Statement::may_have_any_sid);
        for older in self.statements.iter_mut().filter(|older| older.sid.is_some()) {
            older.replaceable |= any_sid || (named && older.may_have_any_sid());
        }
        if self.incomplete.is_none() {
            self.incomplete = newer.incomplete;
        }
        for statement in newer.statements {
            let known = statement.sid.as_ref().and_then(Leaf::known);
            let place = known.and_then(|sid| {
                self.statements.iter_mut().find(|older| older.sid.as_ref().and_then(Leaf::known) == Some(sid))
            });
            match place {
                Some(older) => *older = statement,
                None => self.statements.push(statement),
            }
        }
    }
}

impl Statement {
    fn may_have_any_sid(&self) -> bool {
        matches!(self.sid, Some(Leaf::Unknown { .. }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everyone_is_a_star_alone_or_under_aws() {
        let everyone = |kind, name: &str| Principal { kind, identifier: Leaf::from(name) }.is_everyone();
        assert!(everyone(PrincipalKind::Everyone, "*"));
        assert!(everyone(PrincipalKind::Aws, "*"));
        assert!(!everyone(PrincipalKind::Aws, "111122223333"));
        assert!(!everyone(PrincipalKind::Service, "*"));
        assert!(!everyone(PrincipalKind::Service, "cloudfront.amazonaws.com"));
    }

    fn document(sids: &[(&str, &str)]) -> Document {
        let statements = sids
            .iter()
            .map(|(sid, action)| {
                format!(r#"{{"Sid":"{sid}","Effect":"Allow","Principal":"*","Action":"{action}","Resource":"*"}}"#)
            })
            .collect::<Vec<_>>()
            .join(",");
        Document::from_json(&format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#)).expect("a policy")
    }

    #[test]
    fn what_is_merged_from_a_document_that_is_not_shown_is_not_shown() {
        let (shown, hidden) = (|| document(&[("S", "a")]), || document(&[("S", "b")]).redacted());
        for (sources, own, expected) in [
            (vec![hidden()], shown(), true),
            (vec![hidden(), shown()], shown(), true),
            (vec![shown()], hidden(), true),
            (vec![shown()], shown(), false),
        ] {
            let merged = Document::merged(sources, own, []);
            assert_eq!((merged.redact, merged.sid(0).is_none()), (expected, expected));
        }
    }

    fn actions(document: &Document) -> Vec<&str> {
        let leaves = document.statements.iter().flat_map(|statement| match &statement.actions {
            What::Only(leaves) | What::AllBut(leaves) => leaves,
        });
        leaves.filter_map(Leaf::known).collect()
    }

    #[test]
    fn later_documents_replace_by_sid_in_place_and_append_the_rest() {
        let merged = Document::merged(
            [document(&[("A", "s3:a"), ("", "s3:b")]), document(&[("C", "s3:c")])],
            document(&[("C", "s3:own"), ("", "s3:b2")]),
            [document(&[("A", "s3:over"), ("D", "s3:d")])],
        );
        assert_eq!(actions(&merged), ["s3:over", "s3:b", "s3:own", "s3:b2", "s3:d"]);
        assert_eq!(merged.variables, Some(true));
        assert!(merged.statements.iter().all(|statement| !statement.replaceable));
    }

    #[test]
    fn an_override_that_cannot_be_read_puts_every_sid_before_it_in_doubt() {
        let merged = Document::merged(
            [document(&[("A", "s3:a"), ("", "s3:b")])],
            document(&[]),
            [Document::unread("its text is known after apply"), document(&[("Z", "s3:z")])],
        );
        let doubts: Vec<bool> = merged.statements.iter().map(|statement| statement.replaceable).collect();
        assert_eq!(doubts, [true, false, false]);
        assert!(merged.incomplete.is_some());
    }

    #[test]
    fn an_unknown_sid_may_be_any_sid() {
        let hidden = |mut document: Document| {
            for statement in &mut document.statements {
                statement.sid = Some(Leaf::Unknown { refers: Vec::new() });
            }
            document
        };
        let doubts = |document: &Document| document.statements.iter().map(|one| one.replaceable).collect::<Vec<_>>();
        let merged =
            Document::merged([document(&[("A", "s3:a"), ("", "s3:b")])], hidden(document(&[("X", "s3:x")])), []);
        assert_eq!(doubts(&merged), [true, false, false]);
        let merged = Document::merged([merged], document(&[]), [document(&[("A", "s3:a2")])]);
        assert_eq!(actions(&merged), ["s3:a2", "s3:b", "s3:x"]);
        assert_eq!(doubts(&merged), [false, false, true], "the unknown one may have been the one that is replaced");
    }

    #[test]
    fn a_source_that_cannot_be_read_leaves_own_statements_certain() {
        let merged = Document::merged([Document::unread("x")], document(&[("A", "s3:a")]), []);
        assert!(!merged.statements[0].replaceable);
        assert!(merged.incomplete.is_some());
    }

    #[test]
    fn a_document_without_version_keeps_the_version_of_the_others() {
        let plain = Document::from_json(r#"{"Statement":[]}"#).expect("a policy");
        assert_eq!(plain.variables, Some(false));
        assert_eq!(Document::merged([plain.clone()], document(&[]), []).variables, Some(true));
        assert_eq!(Document::merged([], plain, []).variables, Some(false));
    }
}
