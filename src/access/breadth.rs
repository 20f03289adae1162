//! What bucket and key policies say beyond whether this origin may read: to whom else they open the door, and what they ask
//! of whoever uploads.

use super::facts::{GrantScope, Guarded, PolicyDocument, StatementFacts, WideGrantFacts};
use super::grants::Subject;
use super::policy::{Policy, of_bucket, of_key};
use crate::iam::{Document, Scope, forced_to_kms, identity_grants, wide_grants};
use crate::links::buckets::Bucket;
use crate::links::estate::At;

/// What the policies of a path say beyond the grant itself.
#[derive(Debug, Default)]
pub(super) struct Breadth {
    pub(super) wide: Vec<WideGrantFacts>,
    pub(super) useless: Vec<StatementFacts>,
    pub(super) forced: Option<StatementFacts>,
}

/// Reads the policies of the bucket and of the key of its default encryption. `signed` says whether CloudFront reads with an
/// origin access control: then a bucket that everybody may read is wider open than it need be.
pub(super) fn of_path(
    subject: &Subject<'_, '_, '_, '_>,
    bucket: Option<&Bucket>,
    key: Option<At>,
    signed: bool,
) -> Breadth {
    let view = subject.view;
    let account = subject.account();
    let wide = |guards, policy: &Policy, document: &Document| {
        let facts = |wide: crate::iam::Wide| WideGrantFacts {
            guards,
            policy: policy.at.map(|at| view.estate.label(at)),
            statement: Some(wide.statement),
            sid: wide.sid,
            scope: match wide.scope {
                Scope::Anyone => GrantScope::Anyone,
                Scope::OtherAccount => GrantScope::OtherAccount,
                Scope::Account => GrantScope::Account,
                Scope::Owned | Scope::Narrow => GrantScope::Narrow,
            },
            actions: wide.actions,
        };
        wide_grants(document, account.as_deref(), signed).into_iter().map(facts).collect::<Vec<_>>()
    };
    let statement = |policy: &Policy, statement, sid| StatementFacts {
        policy: policy.at.map(|at| view.estate.label(at)),
        statement: Some(statement),
        sid,
    };
    let mut breadth = Breadth::default();
    if let Some(bucket) = bucket {
        let policy = of_bucket(view, bucket);
        if let Some(document) = document(&policy) {
            breadth.wide.extend(wide(Guarded::Bucket, &policy, document));
            let forced = forced_to_kms(document, &subject.objects(bucket), subject.partition().as_deref());
            breadth.forced = forced.map(|forced| statement(&policy, forced.statement, forced.sid));
        }
    }
    if let Some(key) = key {
        let policy = of_key(view, key);
        if let Some(document) = document(&policy) {
            breadth.wide.extend(wide(Guarded::Key, &policy, document));
            let useless = identity_grants(document).into_iter();
            breadth.useless.extend(useless.map(|(at, sid)| statement(&policy, at, sid)));
        }
    }
    breadth
}

fn document(policy: &Policy) -> Option<&Document> {
    match &policy.document {
        Ok(Some(document)) if policy.state == PolicyDocument::Present => Some(document),
        _ => None,
    }
}
