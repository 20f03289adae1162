//! How widely a policy lets CloudFront in, beyond what this one distribution needs; and grants to identities where they have
//! no effect. None of it decides whether reads succeed.

use super::condition::{Restricts, pattern, restricts};
use super::document::{Condition, Conditions, Document, Effect, Leaf, Principal, PrincipalKind, Statement, What, Who};
use super::matching::{Class, Pattern, Text, action_matches};
use super::principal::identity_in;
use super::references::{Sort, sort_of};
use super::request::SERVICE;
use super::truth::Truth;
use super::words::{clean, is_action};

/// For whom a grant to CloudFront's service principal holds, from the widest to the narrowest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Distributions of any account.
    Anyone,
    /// All distributions of another account.
    OtherAccount,
    /// What the named account or organization has.
    Owned,
    /// All distributions of the own account, by a wildcard for their ARN.
    Account,
    /// No more than what is written out.
    Narrow,
}

/// A statement that grants CloudFront more than it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wide {
    /// Its position, counted from 0.
    pub statement: usize,
    /// Its Sid; none where the document is not to be printed.
    pub sid: Option<String>,
    /// For whom it holds.
    pub scope: Scope,
    /// The actions with a wildcard that covers more than reading and writing objects, or using a key; empty if there are none.
    pub actions: Vec<String>,
}

/// Actions that nobody wants to grant CloudFront by a wildcard.
const HARMFUL: [&str; 5] =
    ["s3:DeleteObject", "s3:PutBucketPolicy", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:CreateGrant"];

/// The statements of a bucket or key policy that grant the service principal of CloudFront for more than single
/// distributions, or more than it can use. `account` is that of the distribution, if known; `public` says whether a grant to
/// everybody, under no condition at all, counts as one to CloudFront.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html>
#[must_use]
pub fn wide_grants(document: &Document, account: Option<&str>, public: bool) -> Vec<Wide> {
    let wide = |(at, statement): (usize, &Statement)| {
        if statement.effect != Effect::Allow || statement.fault.is_some() || statement.replaceable {
            return None;
        }
        let Conditions::All(conditions) = &statement.conditions else { return None };
        let to_all = public && conditions.is_empty();
        if !names(statement, |principal| is_service(principal) || to_all && principal.is_everyone()) {
            return None;
        }
        // A condition that is not understood may restrict it to anything.
        let scopes = conditions.iter().map(|condition| scope(condition, account, document.variables));
        let scope = scopes.collect::<Option<Vec<Scope>>>()?.into_iter().max().unwrap_or(Scope::Anyone);
        let actions = wide_actions(&statement.actions, document.redact);
        let too_wide = matches!(scope, Scope::Anyone | Scope::OtherAccount | Scope::Account);
        (too_wide || !actions.is_empty()).then(|| Wide { statement: at, sid: sid(document, statement), scope, actions })
    };
    document.statements.iter().enumerate().filter_map(wide).collect()
}

/// The statements of a key policy that grant something to origin access identities, with position and Sid: KMS never sees
/// one.
#[must_use]
pub fn identity_grants(document: &Document) -> Vec<(usize, Option<String>)> {
    let is_identity = |principal: &Principal| {
        principal.kind == PrincipalKind::Aws
            && match &principal.identifier {
                Leaf::Known(name) => identity_in(name).is_some(),
                Leaf::Unknown { refers } => sort_of(refers) == Sort::Identity,
            }
    };
    let grants = |(at, statement): (usize, &Statement)| {
        let certain = statement.effect == Effect::Allow && statement.fault.is_none() && !statement.replaceable;
        (certain && names(statement, is_identity)).then(|| (at, sid(document, statement)))
    };
    document.statements.iter().enumerate().filter_map(grants).collect()
}

fn names(statement: &Statement, is: impl Fn(&Principal) -> bool) -> bool {
    matches!(&statement.who, Who::Only(principals) if principals.iter().any(is))
}

fn is_service(principal: &Principal) -> bool {
    principal.kind == PrincipalKind::Service && principal.identifier.known() == Some(SERVICE)
}

fn sid(document: &Document, statement: &Statement) -> Option<String> {
    statement.sid.as_ref().and_then(Leaf::known).filter(|_| !document.redact).map(str::to_owned)
}

/// What one condition leaves of a grant; none if that cannot be told.
fn scope(condition: &Condition, account: Option<&str>, variables: Option<bool>) -> Option<Scope> {
    let (operator, key) = (condition.operator.known()?, condition.key.known()?.to_ascii_lowercase());
    let how = restricts(operator)?;
    if how == Restricts::Nothing {
        return Some(Scope::Anyone);
    }
    let values = |written_out: Scope| {
        let one = |value: &Leaf| match value {
            // Whatever it refers to, it is one thing.
            Leaf::Unknown { .. } => Some(written_out),
            Leaf::Known(_) if how == Restricts::Literally => Some(written_out),
            Leaf::Known(text) => {
                let pattern = pattern(text, true, variables)?;
                Some(match key.as_str() {
                    "aws:sourcearn" => of_distributions(&pattern, text, account),
                    _ if pattern.is_everything() => Scope::Anyone,
                    _ => written_out,
                })
            }
        };
        condition.values.iter().map(one).collect::<Option<Vec<Scope>>>()?.into_iter().min()
    };
    match key.as_str() {
        "aws:sourceaccount" | "aws:sourceorgid" | "aws:sourceorgpaths" | "kms:calleraccount" => values(Scope::Owned),
        "aws:sourcearn" => values(Scope::Narrow),
        // Ties the key to the objects of a bucket, which has a policy of its own.
        key if key.starts_with("kms:encryptioncontext:") => values(Scope::Narrow),
        _ => Some(Scope::Anyone),
    }
}

/// Of whose distributions a pattern for their ARN lets in more than one.
fn of_distributions(pattern: &Pattern, text: &str, account: Option<&str>) -> Scope {
    let arn = || Text::known("arn:").then_free(Class::Name).then(":cloudfront::");
    let all_of = |owner: Text| owner.then(":distribution/E").then_some(Class::Capital);
    let covers = |owner: Text| pattern.is_everything() || pattern.matches_arn(&all_of(owner)) == Truth::Yes;
    if covers(arn().then_exactly(12, Class::Digit)) {
        return Scope::Anyone;
    }
    let Some(owner) = text.split(':').nth(4).filter(|owner| owner.len() == 12) else { return Scope::Narrow };
    if !covers(arn().then(owner)) {
        Scope::Narrow
    } else if account.is_none_or(|account| account == owner) {
        Scope::Account
    } else {
        Scope::OtherAccount
    }
}

/// The actions that reach further than anybody means to let CloudFront go, as far as they may be repeated.
fn wide_actions(what: &What, redact: bool) -> Vec<String> {
    let shown = |action: &str| if redact || !is_action(action) { "(not shown)".to_owned() } else { clean(action) };
    match what {
        What::Only(leaves) => leaves
            .iter()
            .filter_map(Leaf::known)
            .filter(|action| action.contains(['*', '?']) && HARMFUL.iter().any(|harm| action_matches(action, harm)))
            .map(shown)
            .collect(),
        // Whatever it leaves out, it grants what nobody has thought of.
        What::AllBut(_) => vec!["NotAction".to_owned()],
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    const OWN: &str = "111122223333";

    fn read(statement: &Json) -> Document {
        Document::from_json(&json!({"Version": "2012-10-17", "Statement": [statement]}).to_string()).expect("a policy")
    }

    fn scope_of(condition: &Json) -> Option<Scope> {
        let statement = json!({"Effect": "Allow", "Principal": {"Service": SERVICE}, "Action": "s3:GetObject",
            "Resource": "*", "Condition": condition});
        wide_grants(&read(&statement), Some(OWN), false).first().map(|wide| wide.scope)
    }

    /// Each of them would be a grant to everybody, were it not for what keeps it from being read as one.
    #[test]
    fn a_statement_that_grants_nothing_for_certain_is_not_wide() {
        let grants = |change: fn(&mut Document)| {
            let statement = json!({"Effect": "Allow", "Principal": {"Service": SERVICE}, "Action": "s3:GetObject", "Resource": "*"});
            let mut document = read(&statement);
            change(&mut document);
            wide_grants(&document, Some(OWN), false).len()
        };
        assert_eq!(grants(|_| {}), 1);
        assert_eq!(grants(|document| document.statements.iter_mut().for_each(|one| one.effect = Effect::Deny)), 0);
        assert_eq!(grants(|document| document.statements.iter_mut().for_each(|one| one.replaceable = true)), 0);
    }

    #[test]
    fn a_condition_on_the_source_narrows_and_a_wildcard_widens() {
        let arn = |value: &str| json!({"ArnLike": {"AWS:SourceArn": value}});
        for (condition, expected) in [
            (json!({}), Some(Scope::Anyone)),
            (arn("*"), Some(Scope::Anyone)),
            (arn("arn:aws:cloudfront::*:distribution/*"), Some(Scope::Anyone)),
            (arn("arn:*:cloudfront::*:*"), Some(Scope::Anyone)),
            (arn("arn:aws:cloudfront::111122223333:distribution/*"), Some(Scope::Account)),
            (arn("arn:aws:cloudfront::111122223333:*"), Some(Scope::Account)),
            (arn("arn:aws:cloudfront::111122223333:distribution/E*"), Some(Scope::Account)),
            (arn("arn:aws:cloudfront::444455556666:distribution/*"), Some(Scope::OtherAccount)),
            (arn("arn:aws:cloudfront::111122223333:distribution/E1AB"), None),
            (arn("arn:aws:cloudfront::111122223333:distribution/E1*"), None),
            (
                json!({"StringLike": {"aws:sourcearn": ["arn:aws:cloudfront::111122223333:distribution/E1", "*"]}}),
                Some(Scope::Anyone),
            ),
            (json!({"StringEquals": {"aws:SourceArn": "arn:aws:cloudfront::111122223333:distribution/*"}}), None),
            (json!({"StringEquals": {"aws:SourceAccount": OWN}}), None),
            (json!({"StringLike": {"aws:SourceAccount": "*"}}), Some(Scope::Anyone)),
            (json!({"StringLike": {"aws:SourceAccount": "11112222333?"}}), None),
            (json!({"ArnLike": {"kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::site*"}}), None),
            (json!({"StringEquals": {"aws:SourceAccount": OWN}, "ArnLike": {"aws:SourceArn": "*"}}), None),
            (
                json!({"StringEquals": {"aws:SourceAccount": OWN},
                       "ArnLike": {"aws:SourceArn": "arn:aws:cloudfront::111122223333:distribution/*"}}),
                Some(Scope::Account),
            ),
            (json!({"StringNotEquals": {"aws:SourceAccount": "444455556666"}}), Some(Scope::Anyone)),
            (json!({"Null": {"aws:SourceArn": "false"}}), Some(Scope::Anyone)),
            (json!({"Bool": {"aws:SecureTransport": "true"}}), Some(Scope::Anyone)),
            (json!({"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}), Some(Scope::Anyone)),
            (json!({"StringEquals": {"kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::site"}}), None),
            (json!({"Sounds": {"aws:SourceArn": "x"}}), None),
            (json!({"StringLike": {"aws:SourceArn": "${aws:x}"}}), None),
        ] {
            assert_eq!(scope_of(&condition), expected, "{condition}");
        }
    }

    #[test]
    fn only_grants_to_cloudfront_count() {
        let statement = |effect: &str, who: &Json, action: &Json| {
            read(&json!({"Effect": effect, "Principal": who, "Action": action, "Resource": "*"}))
        };
        let (service, get) = (json!({"Service": [SERVICE, "x.amazonaws.com"]}), json!("s3:GetObject"));
        let count = |document: &Document, public| wide_grants(document, Some(OWN), public).len();
        assert_eq!(count(&statement("Allow", &service, &get), false), 1);
        assert_eq!(count(&statement("Deny", &service, &get), false), 0);
        assert_eq!(count(&statement("Allow", &json!({"AWS": "*"}), &get), false), 0);
        assert_eq!(count(&statement("Allow", &json!({"AWS": "*"}), &get), true), 1);
        assert_eq!(count(&statement("Allow", &json!("*"), &get), true), 1);
        assert_eq!(count(&statement("Allow", &json!({"AWS": OWN}), &get), true), 0);
    }

    #[test]
    fn a_wildcard_over_more_than_objects_is_too_much() {
        let actions = |actions: &Json| {
            let statement = json!({"Sid": "S", "Effect": "Allow", "Principal": {"Service": SERVICE}, "Action": actions,
                "Resource": "*", "Condition": {"StringEquals": {"aws:SourceAccount": OWN}}});
            wide_grants(&read(&statement), Some(OWN), false).pop().map(|wide| (wide.actions, wide.sid))
        };
        let sid = Some("S".to_owned());
        assert_eq!(actions(&json!(["s3:GetObject", "s3:*"])), Some((vec!["s3:*".to_owned()], sid.clone())));
        assert_eq!(actions(&json!("kms:*")), Some((vec!["kms:*".to_owned()], sid.clone())));
        assert_eq!(actions(&json!("*")), Some((vec!["*".to_owned()], sid)));
        assert_eq!(actions(&json!(["s3:Get*", "s3:DeleteObject", "kms:GenerateDataKey*", "kms:Encrypt"])), None);
    }

    #[test]
    fn a_wide_action_is_named_only_where_it_may_be() {
        let statement =
            json!({"Effect": "Allow", "Principal": {"Service": SERVICE}, "Action": "s3:*", "Resource": "*"});
        let named = |document: &Document| wide_grants(document, Some(OWN), false).pop().map(|wide| wide.actions);
        assert_eq!(named(&read(&statement)), Some(vec!["s3:*".to_owned()]));
        assert_eq!(named(&read(&statement).redacted()), Some(vec!["(not shown)".to_owned()]));
        let hidden = What::Only(vec![Leaf::from("s3:*\u{202e}"), Leaf::from("s3:Get*")]);
        assert!(wide_actions(&hidden, false).iter().all(|action| action == "(not shown)"));
    }

    #[test]
    fn an_identity_in_a_key_policy_is_found() {
        let of = |who: &Json| {
            let statement = json!({"Effect": "Allow", "Principal": who, "Action": "kms:Decrypt", "Resource": "*"});
            identity_grants(&read(&statement))
        };
        let oai = "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1";
        assert_eq!(of(&json!({"AWS": ["arn:aws:iam::111122223333:root", oai]})), [(0, None)]);
        assert!(of(&json!({"AWS": "arn:aws:iam::111122223333:root"})).is_empty());
        assert!(of(&json!("*")).is_empty());
        let referring = |address: &str| {
            let statement =
                json!({"Effect": "Allow", "Principal": {"AWS": oai}, "Action": "kms:Decrypt", "Resource": "*"});
            let mut document = read(&statement);
            let identifier = Leaf::Unknown { refers: vec![address.to_owned()] };
            document.statements[0].who = Who::Only(vec![Principal { kind: PrincipalKind::Aws, identifier }]);
            identity_grants(&document).len()
        };
        assert_eq!(referring("aws_cloudfront_origin_access_identity.oai"), 1);
        assert_eq!(referring("aws_iam_role.ci"), 0);
    }
}
