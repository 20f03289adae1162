//! What a policy document says to CloudFront.

use std::sync::LazyLock;

use oacguard::iam::{
    AccessPoint, Bucket, Decision, Distribution, Document, Effect, Key, Oai, Objects, Outcome, Request, Statement,
    Target, Way, evaluate, forced_to_kms, identity_grants, wide_grants,
};
use serde_json::{Value, json};

/// Whatever a document says: no statement that denies ever lets anybody in, none that allows ever shuts anybody out, and it
/// does not matter in which order they stand, nor how the JSON is written.
pub(crate) fn documents(bytes: &[u8]) {
    let Some(text) = super::text(bytes) else { return };
    let document = match Document::from_json(text) {
        Ok(document) => document,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    written_otherwise(text, &document);
    // The time that a statement takes with each of the others grows with their square.
    let few = document.statements.len() <= 4;
    for request in REQUESTS.iter() {
        let decision = evaluate(&document, request);
        sound(&document, &decision);
        order(&document, request, decision.outcome);
        everybody_denied(&document, request);
        let hidden = evaluate(&document.clone().redacted(), request);
        assert_eq!((hidden.outcome, hidden.sid), (decision.outcome, None), "not to be shown");
        if few {
            for statement in &document.statements {
                one_more(&document, statement, request, decision.outcome);
            }
        }
    }
    let _ = wide_grants(&document, Some("111122223333"), true);
    let _ = identity_grants(&document);
    let _ = forced_to_kms(&document, &objects(&["app/"]), Some("aws"));
}

static REQUESTS: LazyLock<Vec<Request>> = LazyLock::new(requests);

fn objects(prefixes: &[&str]) -> Objects {
    Objects {
        bucket: Bucket { name: Some("acme-site".to_owned()), addresses: vec!["aws_s3_bucket.site".to_owned()] },
        prefixes: prefixes.iter().map(|&prefix| prefix.to_owned()).collect(),
        way: Way::Straight,
    }
}

/// Those that CloudFront makes, with all known of them and with little.
fn requests() -> Vec<Request> {
    let address = || vec!["aws_cloudfront_distribution.site".to_owned()];
    let known = || Distribution {
        arn: Some("arn:aws:cloudfront::111122223333:distribution/E1AB".to_owned()),
        addresses: address(),
        ..Distribution::default()
    };
    let new = Distribution {
        account: Some("111122223333".to_owned()),
        addresses: address(),
        is_new: true,
        ..Distribution::default()
    };
    let oai = Oai {
        id: Some("E2QWRUHAPOMQZL".to_owned()),
        canonical_user_id: Some("79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be".to_owned()),
        ..Oai::default()
    };
    let point = AccessPoint {
        arn: Some("arn:aws:s3:eu-west-1:111122223333:accesspoint/cdn".to_owned()),
        internet: Some(true),
        ..AccessPoint::default()
    };
    let through = Objects { way: Way::Through(point.clone()), ..objects(&[]) };
    let key = |bucket_key| Key {
        arn: Some("arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab".to_owned()),
        objects: objects(&[]),
        bucket_key,
        ..Key::default()
    };
    let in_region = |request| Request { region: Some("eu-west-1".to_owned()), ..request };
    vec![
        in_region(Request::oac(known(), Target::Objects(objects(&["app/", "img/"])))),
        Request::oac(new, Target::Objects(objects(&[]))),
        Request::oac(Distribution::default(), Target::Key(Key::default())),
        in_region(Request::oac(known(), Target::Key(key(Some(true))))),
        in_region(Request::oac(known(), Target::Key(key(Some(false))))),
        Request::oac(known(), Target::Objects(through.clone())),
        Request::oac(known(), Target::Through(through, point)),
        Request::oai(oai, Target::Objects(objects(&[]))),
        Request::oai(Oai::default(), Target::Objects(Objects::default())),
        Request { https: Some(false), ..Request::unsigned(Target::Objects(objects(&[]))) },
    ]
}

/// The same JSON, its keys in another order and without its spaces, is the same document.
fn written_otherwise(text: &str, document: &Document) {
    let json: Value = serde_json::from_str(text).expect("a document is JSON");
    let again = Document::from_json(&json.to_string());
    // An escape is shorter than what it stands for only as long as nothing else needs one.
    if json.to_string().len() <= text.len() {
        assert_eq!(again.as_ref(), Ok(document));
    }
    // To put one more statement into the text is to put it into the document.
    let mut longer = json;
    let deny = json!({"Sid": "no", "Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"});
    let Some(statements) = longer.get_mut("Statement").and_then(Value::as_array_mut) else { return };
    statements.push(deny);
    if let Ok(longer) = Document::from_json(&longer.to_string()) {
        assert_eq!(longer.statements.split_last().map(|(_, rest)| rest), Some(document.statements.as_slice()));
        for request in REQUESTS.iter() {
            assert_eq!(evaluate(&longer, request).outcome, Outcome::Denied, "a denial of everything");
        }
    }
}

/// What a decision says of itself can be.
fn sound(document: &Document, decision: &Decision) {
    assert!(!decision.reason.is_empty(), "no reason: {decision:?}");
    assert!(
        decision.statement.is_none_or(|at| at < document.statements.len()),
        "there is no such statement: {decision:?}"
    );
    let any = |effect| document.statements.iter().any(|statement| statement.effect == effect);
    match decision.outcome {
        Outcome::Allowed => assert!(any(Effect::Allow) && document.incomplete.is_none()),
        Outcome::Denied => assert!(any(Effect::Deny)),
        Outcome::NotGranted | Outcome::Unresolved => {}
    }
    assert_eq!(decision.gap.is_some(), decision.outcome == Outcome::Unresolved, "{decision:?}");
}

fn order(document: &Document, request: &Request, outcome: Outcome) {
    let mut other = document.clone();
    other.statements.reverse();
    assert_eq!(evaluate(&other, request).outcome, outcome, "turned round");
    let by = other.statements.len() / 2;
    other.statements.rotate_left(by);
    assert_eq!(evaluate(&other, request).outcome, outcome, "mixed");
    // To say it twice is to say it once.
    other.statements.extend(document.statements.iter().cloned());
    assert_eq!(evaluate(&other, request).outcome, outcome, "said twice");
}

/// Without what allows, nobody is let in; and with what allows only, nobody is denied.
fn everybody_denied(document: &Document, request: &Request) {
    let without = |effect: Effect| {
        let mut document = document.clone();
        document.statements.retain(|statement| statement.effect != effect && statement.effect != Effect::Unknown);
        evaluate(&document, request).outcome
    };
    let hidden = document.incomplete.is_some();
    let closed = without(Effect::Allow);
    assert!(matches!(closed, Outcome::Denied | Outcome::NotGranted) || hidden, "let in by nothing: {closed:?}");
    assert_ne!(without(Effect::Deny), Outcome::Denied, "denied by nothing");
}

/// A statement as one that denies, and as one that allows, beside all others.
fn one_more(document: &Document, statement: &Statement, request: &Request, before: Outcome) {
    let with = |effect| {
        let mut document = document.clone();
        document.statements.push(Statement { effect, ..statement.clone() });
        evaluate(&document, request).outcome
    };
    let denied = with(Effect::Deny);
    assert!(
        match before {
            Outcome::Denied => denied == Outcome::Denied,
            Outcome::NotGranted => matches!(denied, Outcome::NotGranted | Outcome::Denied),
            Outcome::Unresolved => denied != Outcome::Allowed,
            Outcome::Allowed => denied != Outcome::NotGranted,
        },
        "{before:?} became {denied:?} by one more denial: {statement:?}"
    );
    let allowed = with(Effect::Allow);
    assert!(
        match before {
            Outcome::Allowed | Outcome::Denied => allowed == before,
            Outcome::Unresolved => matches!(allowed, Outcome::Unresolved | Outcome::Allowed),
            Outcome::NotGranted => allowed != Outcome::Denied,
        },
        "{before:?} became {allowed:?} by one more grant: {statement:?}"
    );
}
