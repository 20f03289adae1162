//! Laws that hold for every policy and every request, whatever is unknown of them.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::json;

use super::asking::{R, request};
use super::*;
use crate::plan::value::Node;

const REQUESTS: &[R] = &[
    R::Oac,
    R::OacNew,
    R::OacNewer,
    R::OacMade,
    R::OacPath,
    R::OacPaths,
    R::OacUnnamed,
    R::OacLoose,
    R::Oai,
    R::OaiHttps,
    R::OaiNew,
    R::Anon,
    R::AnonHttp,
    R::Key,
    R::KeyObject,
    R::KeyNew,
];

const DIST: &str = "arn:aws:cloudfront::111122223333:distribution/E1AB";
const OAI: &str = "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E2QWRUHAPOMQZL";

fn leaves(pool: &'static [&'static str]) -> impl Strategy<Value = Vec<Leaf>> {
    vec(select(pool).prop_map(Leaf::from), 1..3)
}

fn what(pool: &'static [&'static str]) -> impl Strategy<Value = What> {
    (prop::bool::weighted(0.2), leaves(pool))
        .prop_map(|(spared, leaves)| if spared { What::AllBut(leaves) } else { What::Only(leaves) })
}

fn principal() -> impl Strategy<Value = Principal> {
    select(&[
        (PrincipalKind::Everyone, "*"),
        (PrincipalKind::Aws, "*"),
        (PrincipalKind::Aws, OAI),
        (PrincipalKind::Aws, "111122223333"),
        (PrincipalKind::Aws, "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E3OTHER"),
        (PrincipalKind::Service, "cloudfront.amazonaws.com"),
        (PrincipalKind::Service, "logging.s3.amazonaws.com"),
        (PrincipalKind::CanonicalUser, "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"),
        (PrincipalKind::Other, "x"),
    ])
    .prop_map(|(kind, name)| Principal { kind, identifier: Leaf::from(name) })
}

const VALUES: &[&str] = &[
    DIST,
    "arn:aws:cloudfront::111122223333:distribution/*",
    "arn:aws:cloudfront::111122223333:distribution/E*",
    "arn:aws:cloudfront::111122223333:distribution/E7*",
    "arn:aws:cloudfront::*:distribution/E9XY",
    "111122223333",
    "true",
    "false",
    "*",
    "vpce-1",
    "${aws:username}",
    "s3.eu-west-1.amazonaws.com",
    "arn:aws:s3:::site",
    "arn:aws:s3:::site/*",
];

fn condition() -> impl Strategy<Value = Condition> {
    let operator = select(&[
        "StringEquals",
        "StringNotEquals",
        "StringLike",
        "StringNotLikeIfExists",
        "StringEqualsIfExists",
        "StringEqualsIgnoreCase",
        "ArnLike",
        "ArnNotEquals",
        "Bool",
        "BoolIfExists",
        "Null",
        "NotIpAddress",
        "NumericLessThan",
        "ForAllValues:StringLike",
        "ForAnyValue:StringNotEquals",
        "Bogus",
    ]);
    let key = select(&[
        "aws:SourceArn",
        "AWS:SourceAccount",
        "aws:SecureTransport",
        "aws:SourceVpce",
        "aws:SourceIp",
        "aws:PrincipalIsAWSService",
        "aws:PrincipalArn",
        "kms:ViaService",
        "kms:EncryptionContext:aws:s3:arn",
        "bogus:key",
    ]);
    (operator, key, leaves(VALUES)).prop_map(|(operator, key, values)| Condition {
        operator: Leaf::from(operator),
        key: Leaf::from(key),
        values,
    })
}

fn statement() -> impl Strategy<Value = Statement> {
    const ACTIONS: &[&str] = &["s3:GetObject", "s3:*", "*", "s3:PutObject", "kms:Decrypt", "kms:Encrypt"];
    const RESOURCES: &[&str] = &[
        "*",
        "arn:aws:s3:::site/*",
        "arn:aws:s3:::site",
        "arn:aws:s3:::site/app/*",
        "arn:aws:s3:::other/*",
        "arn:aws:s3:::${aws:username}/*",
        "arn:aws:kms:eu-west-1:111122223333:key/*",
    ];
    (
        prop_oneof![Just(Effect::Allow), Just(Effect::Deny)],
        (prop::bool::weighted(0.2), vec(principal(), 1..3)),
        what(ACTIONS),
        what(RESOURCES),
        vec(condition(), 0..3),
        (prop::bool::weighted(0.05), select(&[None, Some("A"), Some("B")])),
    )
        .prop_map(|(effect, (spared, named), actions, resources, conditions, (fault, sid))| Statement {
            sid: sid.map(Leaf::from),
            effect,
            who: if spared { Who::AllBut(named) } else { Who::Only(named) },
            actions,
            resources,
            conditions: Conditions::All(conditions),
            fault: fault.then(|| "x".to_owned()),
            replaceable: false,
        })
}

fn document() -> impl Strategy<Value = Document> {
    (vec(statement(), 0..5), any::<bool>()).prop_map(|(statements, variables)| Document {
        statements,
        variables: Some(variables),
        ..Document::default()
    })
}

fn outcome(document: &Document, r: R) -> Outcome {
    let decision = evaluate(document, &request(r));
    assert!(!decision.reason.is_empty());
    decision.outcome
}

/// All that the list of a condition refers to.
struct Listed(Vec<Reference>);

impl LeafReferences for Listed {
    fn references(&self, _statement: usize, part: LeafPart<'_>) -> Option<Vec<Reference>> {
        matches!(part, LeafPart::ConditionValue { .. }).then(|| self.0.clone())
    }
}

fn request_of(distribution: Distribution) -> Request {
    Request { caller: Caller::Service(distribution), ..request(R::Oac) }
}

/// Whether it can be read, if that is certain.
fn reads(outcome: Outcome) -> Option<bool> {
    match outcome {
        Outcome::Allowed => Some(true),
        Outcome::Denied | Outcome::NotGranted => Some(false),
        Outcome::Unresolved => None,
    }
}

fn agree(one: Outcome, other: Outcome) -> bool {
    match (reads(one), reads(other)) {
        (Some(one), Some(other)) => one == other,
        _ => true,
    }
}

/// All the strings of a statement, to be hidden one by one.
fn leaves_of(statement: &mut Statement) -> Vec<&mut Leaf> {
    let (Who::Only(named) | Who::AllBut(named)) = &mut statement.who else { return Vec::new() };
    let (What::Only(actions) | What::AllBut(actions)) = &mut statement.actions;
    let (What::Only(resources) | What::AllBut(resources)) = &mut statement.resources;
    let Conditions::All(conditions) = &mut statement.conditions else { return Vec::new() };
    let mut all: Vec<&mut Leaf> = named.iter_mut().map(|principal| &mut principal.identifier).collect();
    all.extend(actions);
    all.extend(resources);
    for condition in conditions {
        all.extend([&mut condition.operator, &mut condition.key]);
        all.extend(&mut condition.values);
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn one_more_deny_never_lets_anyone_in(mut document in document(), mut deny in statement(), r in select(REQUESTS)) {
        let before = outcome(&document, r);
        deny.effect = Effect::Deny;
        document.statements.push(deny);
        let after = outcome(&document, r);
        match before {
            Outcome::Denied => prop_assert_eq!(after, Outcome::Denied),
            Outcome::NotGranted => prop_assert!(matches!(after, Outcome::NotGranted | Outcome::Denied)),
            Outcome::Unresolved => prop_assert_ne!(after, Outcome::Allowed),
            Outcome::Allowed => prop_assert_ne!(after, Outcome::NotGranted),
        }
    }

    #[test]
    fn one_more_allow_never_shuts_anyone_out(mut document in document(), mut allow in statement(), r in select(REQUESTS)) {
        let before = outcome(&document, r);
        allow.effect = Effect::Allow;
        document.statements.push(allow);
        let after = outcome(&document, r);
        match before {
            Outcome::Allowed | Outcome::Denied => prop_assert_eq!(after, before),
            Outcome::Unresolved => prop_assert!(matches!(after, Outcome::Unresolved | Outcome::Allowed)),
            Outcome::NotGranted => prop_assert_ne!(after, Outcome::Denied),
        }
    }

    #[test]
    fn the_order_of_statements_is_nothing(
        (document, shuffled) in vec(statement(), 0..5).prop_flat_map(|statements| {
            (Just(statements.clone()), Just(statements).prop_shuffle())
        }),
        r in select(REQUESTS),
    ) {
        let of = |statements| Document { statements, variables: Some(true), ..Document::default() };
        prop_assert_eq!(outcome(&of(document), r), outcome(&of(shuffled), r));
    }

    #[test]
    fn hiding_something_never_turns_a_certain_answer_round(
        document in document(), hidden in vec((any::<Index>(), any::<Index>(), 0..6u8, any::<bool>()), 1..4), r in select(REQUESTS),
    ) {
        let mut partly = document.clone();
        for (which, leaf, how, referring) in hidden {
            if partly.statements.is_empty() {
                break;
            }
            let at = which.index(partly.statements.len());
            let statement = &mut partly.statements[at];
            let refers = if referring { vec!["var.x".to_owned()] } else { Vec::new() };
            match how {
                0 => statement.effect = Effect::Unknown,
                1 => statement.who = Who::Unknown,
                2 => statement.conditions = Conditions::Unknown,
                _ => {
                    let mut leaves = leaves_of(statement);
                    if !leaves.is_empty() {
                        let at = leaf.index(leaves.len());
                        *leaves[at] = Leaf::Unknown { refers };
                    }
                }
            }
        }
        let (full, part) = (outcome(&document, r), outcome(&partly, r));
        prop_assert!(agree(full, part), "{full:?} {part:?}");
        partly.variables = None;
        let part = outcome(&partly, r);
        prop_assert!(agree(full, part), "{full:?} {part:?}");
    }

    #[test]
    fn a_leaf_known_only_by_what_it_refers_to_says_the_same(document in document(), r in select(REQUESTS)) {
        // What is yet to be made has no ARN that a policy could have known.
        prop_assume!(r != R::OacMade);
        let mut by_reference = document.clone();
        for leaf in by_reference.statements.iter_mut().flat_map(leaves_of) {
            let address = match leaf.known() {
                Some(DIST) => "module.cdn.aws_cloudfront_distribution.this[0]",
                Some(OAI) => "aws_cloudfront_origin_access_identity.oai",
                Some("arn:aws:s3:::site/*") => "aws_s3_bucket.site",
                _ => continue,
            };
            *leaf = Leaf::Unknown { refers: vec![address.to_owned()] };
        }
        prop_assert!(agree(outcome(&document, r), outcome(&by_reference, r)));
    }

    #[test]
    fn knowing_less_of_the_request_never_turns_a_certain_answer_round(document in document()) {
        for (known, less) in [
            (R::Oac, R::OacNew),
            (R::OacNew, R::OacNewer),
            (R::Oac, R::OacUnnamed),
            (R::Oac, R::OacLoose),
            (R::OaiHttps, R::Oai),
            (R::Oai, R::OaiNew),
            (R::AnonHttp, R::Anon),
            (R::Key, R::KeyNew),
            (R::KeyObject, R::KeyNew),
        ] {
            let (full, part) = (outcome(&document, known), outcome(&document, less));
            prop_assert!(agree(full, part), "{known:?} {full:?}, {less:?} {part:?}");
        }
    }

    #[test]
    fn a_distribution_that_the_plan_makes_gets_an_id_that_no_policy_names(document in document()) {
        let arn = Some("arn:aws:cloudfront::111122223333:distribution/E7NEW".to_owned());
        let made = request_of(Distribution { arn, ..Distribution::default() });
        let (full, part) = (evaluate(&document, &made).outcome, outcome(&document, R::OacMade));
        prop_assert!(agree(full, part), "{full:?} {part:?}");
    }

    #[test]
    fn a_list_that_some_join_says_what_it_says_once_all_are_there(
        list in vec(0..4usize, 1..5), exists in vec(any::<bool>(), 4), asks in 0..4usize, negated in any::<bool>(),
    ) {
        let arn = |which: usize| format!("arn:aws:cloudfront::111122223333:distribution/E{which}");
        let address = |which: usize| format!("aws_cloudfront_distribution.all[{which}]");
        let document = |known: &dyn Fn(usize) -> bool| {
            let values: Vec<Option<String>> = list.iter().map(|&which| known(which).then(|| arn(which))).collect();
            let unknown: Vec<bool> = values.iter().map(Option::is_none).collect();
            let test = if negated { "StringNotEquals" } else { "StringEquals" };
            let statement = |effect: &str, condition: serde_json::Value| json!({
                "effect": effect, "actions": ["s3:GetObject"], "resources": ["*"], "not_principals": [],
                "principals": [{"type": "Service", "identifiers": ["cloudfront.amazonaws.com"]}], "condition": condition,
            });
            let condition = json!([{"test": test, "variable": "aws:SourceArn", "values": values}]);
            let value = json!([statement("Allow", json!([])), statement("Deny", condition)]);
            let unknown = json!([{}, {"condition": [{"values": unknown}]}]);
            let references = Listed(list.iter().map(|&which| Reference {
                known: known(which).then(|| arn(which)).into_iter().collect(),
                ..address(which).into()
            }).collect());
            Document::from_statements(&Node::merge(Some(&value), Some(&unknown), None), &references)
        };
        let asked = |arn: Option<String>| {
            let is_new = arn.is_none();
            let account = Some("111122223333".to_owned());
            request_of(Distribution { arn, account, addresses: vec![address(asks)], is_new, ..Distribution::default() })
        };
        let full = evaluate(&document(&|_| true), &asked(Some(arn(asks)))).outcome;
        let part = evaluate(&document(&|which| exists[which]), &asked(exists[asks].then(|| arn(asks)))).outcome;
        prop_assert!(agree(full, part), "{full:?} {part:?}");
        // What joins alone is known by its reference, however many are there already.
        if list.contains(&asks) && list.iter().all(|&which| exists[which] || which == asks) {
            prop_assert_eq!(full, part);
        }
    }

    #[test]
    fn documents_that_cannot_be_read_never_turn_a_certain_answer_round(
        own in document(), source in document(), over in document(), r in select(REQUESTS),
    ) {
        let full = outcome(&Document::merged([source.clone()], own.clone(), [over.clone()]), r);
        let unread = || Document::unread("x");
        for part in [
            Document::merged([unread()], own.clone(), [over.clone()]),
            Document::merged([source.clone()], unread(), [over]),
            Document::merged([source], own, [unread()]),
        ] {
            let part = outcome(&part, r);
            prop_assert!(agree(full, part), "{full:?} {part:?}");
        }
    }

    #[test]
    fn unknown_sids_never_turn_a_certain_answer_round(
        source in document(), own in document(), over in document(), hidden in vec(any::<bool>(), 15), r in select(REQUESTS),
    ) {
        // The provider refuses a document with a Sid twice.
        let distinct = |mut document: Document| {
            let mut seen = Vec::new();
            document.statements.retain(|statement| {
                let again = statement.sid.is_some() && seen.contains(&statement.sid);
                seen.push(statement.sid.clone());
                !again
            });
            document
        };
        let [source, own, over] = [source, own, over].map(distinct);
        let full = outcome(&Document::merged([source.clone()], own.clone(), [over.clone()]), r);
        let mut hidden = hidden.into_iter();
        let mut hide = |mut document: Document| {
            for statement in &mut document.statements {
                if hidden.next() == Some(true) {
                    statement.sid = Some(Leaf::Unknown { refers: Vec::new() });
                }
            }
            document
        };
        let part = outcome(&Document::merged([hide(source)], hide(own), [hide(over)]), r);
        prop_assert!(agree(full, part), "{full:?} {part:?}");
    }

    #[test]
    fn any_text_is_read_without_a_panic(text in any::<String>(), r in select(REQUESTS)) {
        if let Ok(document) = Document::from_json(&text) {
            outcome(&document, r);
        }
        let quoted = serde_json::json!(text).to_string();
        for form in [
            r#"{"Statement":[{"Effect":"Allow","Principal":{"AWS":X},"Action":"s3:*","Resource":"*"}]}"#,
            r#"{"Statement":[{"Effect":"Allow","Principal":"*","Action":X,"Resource":X,"Sid":X}]}"#,
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"*","Resource":X,"Condition":{"ArnLike":{"aws:SourceArn":X}}}]}"#,
            r#"{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*","Condition":{X:{X:[X]}}}]}"#,
        ] {
            let document = Document::from_json(&form.replace('X', &quoted)).expect("a policy");
            outcome(&document, r);
        }
    }
}
