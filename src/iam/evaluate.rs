//! The judgement: what a document as a whole says to a request.

use super::condition;
use super::context::Context;
use super::document::{Condition, Conditions, Document, Effect, Leaf, Statement, What};
use super::matching::{Text, action_matches};
use super::principal;
use super::reason::Reasons;
use super::references::stands_for;
use super::request::{Key, Request, Target};
use super::truth::Truth;
use super::words::is_source;

/// What a policy document says to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// A statement allows it and none denies it.
    Allowed,
    /// A statement denies it.
    Denied,
    /// No statement allows it.
    NotGranted,
    /// It depends on something that the plan does not tell.
    Unresolved,
}

/// What leaves open what a policy document says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Gap {
    /// A part of the document that cannot be read.
    Text,
    /// A value that is known after the apply: in the document, or of the request.
    Value,
    /// What no plan tells of a request, or AWS of a policy, though all that the plan can show is there.
    Request,
}

/// What a policy document says to a request, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The answer.
    pub outcome: Outcome,
    /// The statement that decided, or that comes nearest to granting; counted from 0.
    pub statement: Option<usize>,
    /// Its Sid; none where the document is not to be printed.
    pub sid: Option<String>,
    /// Whether everything is known but what a plan never tells: the answer would be yes, were it not for a statement that
    /// denies under a condition on where the request comes from, say. Such a statement is then the one named.
    pub conditional_deny: bool,
    /// Whether all that keeps it from being granted is that a statement names another distribution or account.
    pub other_source: bool,
    /// The statement that would grant it, were the encryption context that of an object: with an S3 Bucket Key it is that of
    /// the bucket. Counted from 0.
    pub context: Option<usize>,
    /// What leaves the answer open, if something does.
    pub gap: Option<Gap>,
    /// Why, for people, without a capital and without a full stop. It counts statements from 1, and holds no text of the
    /// document but ARNs, ids, actions, condition keys and Sids; none at all where the document is not to be printed.
    pub reason: String,
}

/// Judges a request by one resource policy, which is all there is to judge by: neither CloudFront's service principal nor an
/// identity nor an anonymous caller has identity policies, boundaries or session policies.
///
/// An explicit deny wins over any allow; without an allow the answer is no. Where either depends on something unknown, so does
/// the answer, unless it comes out the same both ways: a certain deny beats an unknown allow, and where certainly nothing
/// allows, an unknown deny changes nothing. A statement that reaches only a part of the objects that the origin serves does
/// neither allow nor deny for certain. The order of statements does not matter to the outcome.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>
pub fn evaluate(document: &Document, request: &Request) -> Decision {
    let assessed = assess(document, request);
    let hidden = hidden(document);
    let (denied, allowed) = (any(&assessed, Effect::Deny, hidden), any(&assessed, Effect::Allow, hidden));
    let outcome = told(denied, allowed);
    let conditional_deny = outcome == Outcome::Unresolved
        && allowed == Truth::Yes
        && hidden == Truth::No
        && document.statements.iter().zip(&assessed).all(|(statement, assessed)| {
            assessed.effect == Effect::Allow
                || assessed.total == Truth::No
                || assessed.effect == Effect::Deny && hangs_on_the_request(statement, *assessed, document, request)
        });
    let (statement, reason, gap) = Reasons { document, request, assessed: &assessed }.explain(outcome, denied);
    let sid = statement
        .filter(|_| !document.redact)
        .and_then(|at| document.statements.get(at))
        .and_then(|statement| statement.sid.as_ref())
        .and_then(Leaf::known)
        .map(str::to_owned);
    let other_source = outcome == Outcome::NotGranted
        && document.statements.iter().zip(&assessed).any(|(statement, assessed)| {
            assessed.effect == Effect::Allow && names_another_source(statement, *assessed, document, request)
        });
    let context =
        if outcome == Outcome::Unresolved { assessed.iter().position(|assessed| assessed.context) } else { None };
    Decision { outcome, statement, sid, conditional_deny, other_source, context, gap, reason }
}

/// The outcome alone, for where nobody asks why.
#[must_use]
pub fn outcome(document: &Document, request: &Request) -> Outcome {
    let (assessed, hidden) = (assess(document, request), hidden(document));
    told(any(&assessed, Effect::Deny, hidden), any(&assessed, Effect::Allow, hidden))
}

fn assess(document: &Document, request: &Request) -> Vec<Assessed> {
    document.statements.iter().map(|statement| Assessed::new(statement, document, request)).collect()
}

/// What statements may do that cannot be read.
fn hidden(document: &Document) -> Truth {
    if document.incomplete.is_some() { Truth::Unknown } else { Truth::No }
}

/// Whether some statement has an effect.
fn any(assessed: &[Assessed], effect: Effect, hidden: Truth) -> Truth {
    Truth::any(assessed.iter().map(|assessed| match assessed.effect {
        Effect::Unknown => assessed.total.and(Truth::Unknown),
        own if own == effect => assessed.total,
        _ => Truth::No,
    }))
    .or(hidden)
}

fn told(denied: Truth, allowed: Truth) -> Outcome {
    match (denied, allowed) {
        (Truth::Yes, _) => Outcome::Denied,
        (_, Truth::No) => Outcome::NotGranted,
        (Truth::No, Truth::Yes) => Outcome::Allowed,
        _ => Outcome::Unresolved,
    }
}

/// Whether a statement fails only for whose distribution it names.
fn names_another_source(statement: &Statement, assessed: Assessed, document: &Document, request: &Request) -> bool {
    let Conditions::All(conditions) = &statement.conditions else { return false };
    let possible = [assessed.principal, assessed.action, assessed.resource].iter().all(|part| *part != Truth::No);
    let fails = |condition: &&Condition| condition::holds(condition, request, document.variables) == Truth::No;
    let mut failing = conditions.iter().filter(fails).peekable();
    possible && failing.peek().is_some() && failing.all(|condition| condition.key.known().is_some_and(is_source))
}

/// Whether a document denies a request, and by which statement (counted from 0) it does so for certain.
pub(crate) fn denies(document: &Document, request: &Request) -> (Truth, Option<usize>) {
    let denies = |statement: &Statement| match Assessed::new(statement, document, request) {
        Assessed { effect: Effect::Deny, total, .. } => total,
        Assessed { effect: Effect::Unknown, total, .. } => total.and(Truth::Unknown),
        Assessed { effect: Effect::Allow, .. } => Truth::No,
    };
    let hidden = if document.incomplete.is_some() { Truth::Unknown } else { Truth::No };
    let all: Vec<Truth> = document.statements.iter().map(denies).collect();
    (Truth::any(all.iter().copied()).or(hidden), all.iter().position(|truth| *truth == Truth::Yes))
}

/// Whether a statement applies but for conditions on what a plan never tells of a request.
fn hangs_on_the_request(statement: &Statement, assessed: Assessed, document: &Document, request: &Request) -> bool {
    let untold = |condition: &Condition| {
        let key = condition.key.known().map(|key| request.context(key));
        matches!(key, Some(Context::CannotTell | Context::OneOf(_)))
            && condition.operator.known().is_some_and(condition::is_operator)
            && condition.values.iter().all(|value| value.known().is_some())
    };
    let Conditions::All(conditions) = &statement.conditions else { return false };
    let certain = [assessed.principal, assessed.action, assessed.resource].iter().all(|part| *part == Truth::Yes);
    certain
        && !statement.replaceable
        && conditions.iter().all(|condition| {
            condition::holds(condition, request, document.variables) == Truth::Yes || untold(condition)
        })
}

/// What one statement says to the request, part by part.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Assessed {
    pub(crate) effect: Effect,
    pub(crate) principal: Truth,
    pub(crate) action: Truth,
    /// Yes: all resources asked for; no: none of them.
    pub(crate) resource: Truth,
    pub(crate) condition: Truth,
    /// Whether the statement as a whole applies.
    pub(crate) total: Truth,
    /// Whether the encryption context alone decides: what AWS makes of it with an S3 Bucket Key is not documented for the
    /// reader.
    pub(crate) context: bool,
}

impl Assessed {
    fn new(statement: &Statement, document: &Document, request: &Request) -> Self {
        if statement.fault.is_some() {
            let unknown = Truth::Unknown;
            return Self {
                effect: statement.effect,
                principal: unknown,
                action: unknown,
                resource: unknown,
                condition: unknown,
                total: unknown,
                context: false,
            };
        }
        let principal = principal::applies(&statement.who, request);
        let action = action(&statement.actions, request.action());
        let resource = resource(statement, document, request);
        let strict = condition::all_hold(&statement.conditions, request, document.variables);
        let condition = in_either_context(strict, statement, document, request);
        let rest = Truth::all([principal, action, resource]);
        let context = strict != condition && rest == Truth::Yes;
        let total = rest.and(condition);
        let total = if statement.replaceable { total.and(Truth::Unknown) } else { total };
        Self { effect: statement.effect, principal, action, resource, condition, total, context }
    }
}

/// Whether the conditions hold where an S3 Bucket Key makes the encryption context that of the bucket. A grant that fails
/// for that alone is left open, and so is a denial that applies for that alone.
///
/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html>
fn in_either_context(strict: Truth, statement: &Statement, document: &Document, request: &Request) -> Truth {
    let adverse = match statement.effect {
        Effect::Allow => Truth::No,
        Effect::Deny | Effect::Unknown => Truth::Yes,
    };
    let Target::Key(key) = &request.target else { return strict };
    if strict != adverse || key.bucket_key != Some(true) {
        return strict;
    }
    let of_object = Key { bucket_key: Some(false), ..key.clone() };
    let other = Request { target: Target::Key(of_object), ..request.clone() };
    strict.either(condition::all_hold(&statement.conditions, &other, document.variables))
}

fn action(what: &What, wanted: &str) -> Truth {
    let any = |leaves: &[Leaf]| {
        Truth::any(
            leaves.iter().map(|leaf| leaf.known().map_or(Truth::Unknown, |name| action_matches(name, wanted).into())),
        )
    };
    match what {
        What::Only(leaves) => any(leaves),
        What::AllBut(leaves) => any(leaves).negate(),
    }
}

fn resource(statement: &Statement, document: &Document, request: &Request) -> Truth {
    // The address of a bucket may stand for the bucket, all its objects or some of them: what follows the reference is
    // invisible. A grant is taken to be meant for what it names; that anything is shut out is not concluded from it.
    let presumed = match (&request.target, statement.effect, &statement.resources) {
        (Target::Key(_) | Target::DataKey(_), ..) | (_, Effect::Allow, What::Only(_)) => Truth::Yes,
        _ => Truth::Unknown,
    };
    let one = |leaf: &Leaf, text: &Text| match leaf {
        Leaf::Known(name) => condition::pattern(name, true, document.variables)
            .map_or(Truth::Unknown, |pattern| pattern.matches_resource(text)),
        Leaf::Unknown { refers } => stands_for(refers, request.resource_addresses()).and(presumed),
    };
    let scopes = request.resources();
    let over = |text: &Text| match &statement.resources {
        What::Only(leaves) => Truth::any(leaves.iter().map(|leaf| one(leaf, text))),
        What::AllBut(leaves) => Truth::any(leaves.iter().map(|leaf| one(leaf, text))).negate(),
    };
    scopes.iter().map(over).reduce(Truth::either).unwrap_or(Truth::Unknown)
}
