//! On whose behalf a document can grant anything: what it takes to ask of many documents only those that may answer yes.

use std::collections::BTreeSet;

use super::document::{Condition, Conditions, Document, Effect, Statement};
use super::request::{Caller, Request};

/// The distributions for which a document may grant something to CloudFront.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sources {
    /// Those with one of these ARNs and no others.
    Only(BTreeSet<String>),
    /// Perhaps any.
    Any,
}

/// The operators that hold for one text only, if their values hold no wildcard and no variable.
const EXACT: [&str; 4] = ["StringEquals", "StringLike", "ArnEquals", "ArnLike"];

/// The distributions for which a document may grant something; more than it does, where that takes a closer look.
#[must_use]
pub fn sources(document: &Document) -> Sources {
    let mut only = BTreeSet::new();
    for statement in document.statements.iter().filter(|statement| statement.effect != Effect::Deny) {
        match demanded(statement) {
            Some(arns) => only.extend(arns.map(str::to_owned)),
            None => return Sources::Any,
        }
    }
    Sources::Only(only)
}

/// The ARNs of which a statement demands one; none if it may do without.
fn demanded(statement: &Statement) -> Option<impl Iterator<Item = &str>> {
    let Conditions::All(conditions) = &statement.conditions else { return None };
    let demands = |condition: &&Condition| {
        let operator = condition.operator.known().unwrap_or_default();
        let key = condition.key.known().unwrap_or_default();
        let is_exact = |value: Option<&str>| value.is_some_and(|text| !text.contains(['*', '?', '$']));
        EXACT.iter().any(|exact| operator.eq_ignore_ascii_case(exact))
            && key.eq_ignore_ascii_case("aws:SourceArn")
            && condition.values.iter().all(|value| is_exact(value.known()))
    };
    Some(conditions.iter().find(demands)?.values.iter().filter_map(|value| value.known()))
}

impl Request {
    /// The ARN of the distribution on whose behalf CloudFront asks, if it asks as a service and that is known.
    #[must_use]
    pub fn source(&self) -> Option<&str> {
        match &self.caller {
            Caller::Service(distribution) if !distribution.is_multi_tenant => distribution.arn.as_deref(),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::super::asking::{DIST, R, request};
    use super::super::{Outcome, evaluate};
    use super::*;

    fn document(statements: &Json) -> Document {
        Document::from_json(&json!({"Version": "2012-10-17", "Statement": statements}).to_string()).unwrap()
    }

    fn allow(condition: &Json) -> Json {
        json!({
            "Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"}, "Action": "kms:Decrypt",
            "Resource": "*", "Condition": condition,
        })
    }

    #[test]
    fn a_grant_that_names_its_distributions_is_for_no_other() {
        let other = "arn:aws:cloudfront::111122223333:distribution/OTHER";
        let only = |arns: &[&str]| Sources::Only(arns.iter().map(|arn| (*arn).to_owned()).collect());
        for (condition, expected) in [
            (json!({"StringEquals": {"aws:SourceArn": DIST}}), only(&[DIST])),
            (json!({"ArnLike": {"AWS:SourceArn": [DIST, other]}}), only(&[DIST, other])),
            (json!({"arnequals": {"aws:sourcearn": other}, "Bool": {"aws:SecureTransport": "true"}}), only(&[other])),
            (json!({"StringEquals": {"aws:SourceAccount": "111122223333"}}), Sources::Any),
            (json!({"StringLike": {"aws:SourceArn": "arn:aws:cloudfront::111122223333:distribution/*"}}), Sources::Any),
            (json!({"StringEquals": {"aws:SourceArn": "${aws:SourceArn}"}}), Sources::Any),
            (json!({"StringNotEquals": {"aws:SourceArn": other}}), Sources::Any),
            (json!({"StringEqualsIfExists": {"aws:SourceArn": other}}), Sources::Any),
            (json!({"ForAllValues:StringEquals": {"aws:SourceArn": other}}), Sources::Any),
            (json!({}), Sources::Any),
        ] {
            let one = document(&json!([allow(&condition)]));
            assert_eq!(sources(&one), expected, "{condition}");
            let asked = request(R::Key);
            let named = match sources(&one) {
                Sources::Any => true,
                Sources::Only(arns) => asked.source().is_none_or(|arn| arns.contains(arn)),
            };
            assert!(named || evaluate(&one, &asked).outcome == Outcome::NotGranted, "{condition}");
        }
    }

    #[test]
    fn every_statement_that_may_allow_counts() {
        let exact = allow(&json!({"StringEquals": {"aws:SourceArn": DIST}}));
        let deny = json!({"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"});
        assert_eq!(sources(&document(&json!([exact, deny]))), Sources::Only(BTreeSet::from([DIST.to_owned()])));
        assert_eq!(sources(&document(&json!([exact, allow(&json!({}))]))), Sources::Any);
        assert_eq!(sources(&document(&json!([deny]))), Sources::Only(BTreeSet::new()));
    }

    #[test]
    fn a_distribution_that_is_not_known_has_no_arn() {
        assert_eq!(request(R::Key).source(), Some(DIST));
        assert_eq!((request(R::KeyNew).source(), request(R::Oai).source()), (None, None));
    }
}
