//! What bucket and key policies say beyond whether this origin may read: to whom else they open the door, and what they ask
//! of whoever uploads.

use super::facts::{GrantScope, Guarded, PolicyDocument, StatementFacts, WideGrantFacts};
use super::grants::Subject;
use super::policy::{Policy, of_bucket, of_key};
use super::view::View;
use crate::iam::{
    Bucket as NamedBucket, Document, Forced, Objects, Scope, Way, forced_to_kms, identity_grants, wide_grants,
};
use crate::links::buckets::Bucket;
use crate::links::estate::At;

/// What the policies of a path say beyond the grant itself.
#[derive(Debug, Default)]
pub(super) struct Breadth {
    pub(super) wide: Vec<WideGrantFacts>,
    pub(super) useless: Vec<StatementFacts>,
    pub(super) forced: Option<StatementFacts>,
}

/// Reads the policies of the bucket and of the key of its default encryption.
pub(super) fn of_path(subject: &Subject<'_, '_, '_, '_>, bucket: Option<&Bucket>, key: Option<At>) -> Breadth {
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
        // A bucket may be public on purpose; no key is.
        let public = guards == Guarded::Key;
        wide_grants(document, account.as_deref(), public).into_iter().map(facts).collect::<Vec<_>>()
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

/// The statement of a bucket's policy that forces all uploads to be under a KMS key.
pub(super) fn forced_uploads(view: &View<'_, '_, '_>, bucket: &Bucket) -> Option<Forced> {
    let at = match bucket {
        Bucket::Instance(at) => Some(*at),
        Bucket::Named(name) => view.estate.looked_up(name, view.world),
    };
    let name = match bucket {
        Bucket::Instance(at) => {
            view.values(*at).and_then(|values| values.text("bucket").non_empty()).map(str::to_owned)
        }
        Bucket::Named(name) => Some(name.clone()),
    };
    let addresses = at.map(|at| view.estate.label(at)).into_iter().collect();
    let objects = Objects { bucket: NamedBucket { name, addresses }, prefixes: Vec::new(), way: Way::Untold };
    let policy = of_bucket(view, bucket);
    forced_to_kms(document(&policy)?, &objects, None)
}

fn document(policy: &Policy) -> Option<&Document> {
    match &policy.document {
        Ok(Some(document)) if policy.state == PolicyDocument::Present => Some(document),
        _ => None,
    }
}
