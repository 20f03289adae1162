//! What an S3 access point adds to a bucket: a policy of its own, which has to let CloudFront read as well as that of the
//! bucket.
//!
//! "For an application or user to be able to access objects through an access point, both the access point and the underlying
//! bucket must permit the request." What is said here for certain is no more than that: that both allow it, that one of them
//! denies it, or that neither speaks of it.
//! Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html>.

use super::facts::{Fact, Grant, GrantFacts, PolicyDocument};
use super::grants::{Answer, judge};
use super::policy::{Policy, gone_with, leaves_out, of_attribute};
use super::view::View;
use crate::iam::{AccessPoint, Caller, Request, Target};
use crate::links::estate::At;
use crate::links::owner::{Contest, LastWord};
use crate::plan::World;
use crate::plan::instance::Part;
use crate::plan::value::{Kind, Node, Text};

const POLICY: &str = "aws_s3control_access_point_policy";
const WHAT: &str = "the policy of the access point";
const NONE: &str = "the access point has no policy";

/// What is known of an access point.
pub(super) fn facts(view: &View<'_, '_, '_>, at: At) -> AccessPoint {
    let values = view.values(at);
    let text = |name: &str| values.and_then(|values| values.text(name).non_empty()).map(str::to_owned);
    // Without an account of its own it is made in that of its provider.
    let of_plan = || {
        let is_left_open = view.estate.expressions(at).get("account_id").is_none();
        view.estate.account(at.plan).filter(|_| is_left_open).map(str::to_owned)
    };
    AccessPoint {
        arn: text("arn"),
        name: text("name"),
        account: text("account_id").or_else(of_plan),
        internet: values.and_then(takes_the_internet),
        addresses: vec![view.estate.label(at)],
    }
}

/// Whether it takes requests from the internet. An access point of a VPC takes only those that come from there.
///
/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-vpc.html>
fn takes_the_internet(values: &Node) -> Option<bool> {
    match (values.text("network_origin"), values.block("vpc_configuration")) {
        (Text::Known("VPC"), _) | (_, Ok(Some(_))) => Some(false),
        (Text::Known("Internet") | Text::Unknown, Ok(None)) => Some(true),
        _ => None,
    }
}

/// What comes of a request through an access point, where the bucket policy answers it like this.
pub(super) fn through(view: &View<'_, '_, '_>, at: At, bucket: Answer, request: &Request) -> Answer {
    let Target::Objects(objects) = &request.target else {
        return Answer::unknown("only reading through an access point is judged");
    };
    let point = facts(view, at);
    let internet = point.internet;
    let asked = Request { target: Target::Through(objects.clone(), point), ..request.clone() };
    let own = judge(view, policy(view, at), &asked);
    let label = view.estate.label(at);
    let fact = match (&own.fact, &bucket.fact) {
        // A denial stands, whatever the other policy says.
        (Fact::Known(GrantFacts { result: Grant::Denied, .. }), _) => own.fact.clone(),
        (_, Fact::Known(GrantFacts { result: Grant::Denied, .. })) => bucket.fact.clone(),
        (Fact::Unknown(why), _) => Fact::Unknown(format!("the policy of {label} leaves it open: {why}")),
        (_, Fact::Unknown(why)) => Fact::Unknown(format!("the bucket policy behind {label} leaves it open: {why}")),
        (Fact::Known(own), Fact::Known(bucket)) => match (own.result, bucket.result) {
            (Grant::Allowed, Grant::Allowed) => match doubt(view, at, internet, request) {
                Some(why) => Fact::Unknown(why),
                None => Fact::Known(GrantFacts {
                    reason: format!("{}; in the bucket policy, {}", own.reason, bucket.reason),
                    ..own.clone()
                }),
            },
            (Grant::Allowed, _) => Fact::Unknown(format!(
                "the policy of {label} lets it, and the bucket policy neither does nor leaves it to the access point: {}",
                bucket.reason
            )),
            (_, Grant::Allowed) => {
                Fact::Unknown(format!("the bucket policy lets it, and the policy of {label} does not: {}", own.reason))
            }
            _ => Fact::Known(neither(&label, own, bucket)),
        },
    };
    let mut evidence = own.evidence;
    evidence.extend(bucket.evidence);
    let beside = bucket.at;
    Answer { at: own.at.or(Some(at)), beside, evidence, ..Answer::of(fact) }
}

/// Neither policy lets it.
fn neither(label: &str, own: &GrantFacts, bucket: &GrantFacts) -> GrantFacts {
    let either = |state| own.document == state || bucket.document == state;
    let document = [PolicyDocument::Destroyed, PolicyDocument::Present].into_iter().find(|state| either(*state));
    GrantFacts {
        document: document.unwrap_or(PolicyDocument::None),
        policy: own.policy.clone().or_else(|| Some(label.to_owned())),
        other_source: own.other_source && bucket.other_source,
        reason: format!("{}; nor does the bucket policy: {}", own.reason, bucket.reason),
        ..own.clone()
    }
}

/// Why a request that both policies allow may be refused all the same.
fn doubt(view: &View<'_, '_, '_>, at: At, internet: Option<bool>, request: &Request) -> Option<String> {
    let label = view.estate.label(at);
    match internet {
        Some(true) => {}
        Some(false) => {
            return Some(format!("both policies let it, and {label} takes requests from its VPC only"));
        }
        None => {
            return Some(format!(
                "both policies let it, and whether {label} takes requests from a VPC only is not told"
            ));
        }
    }
    // The default of all four settings is to block.
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-bpa-settings.html
    let blocks = || {
        let block = view.values(at).and_then(|values| values.block("public_access_block_configuration").ok().flatten());
        let is_off = |name: &str| {
            let value = block.and_then(|block| block.get(name)).map(|value| &value.kind);
            matches!(value, Some(Kind::Bool(false)))
        };
        !is_off("restrict_public_buckets")
    };
    let public = request.caller == Caller::Anonymous && blocks();
    public.then(|| format!("both policies let it, and {label} blocks public access unless it is told not to"))
}

/// The policy of an access point.
fn policy(view: &View<'_, '_, '_>, point: At) -> Policy {
    let estate = view.estate;
    let label = estate.label(point);
    let Some(values) = view.values(point) else {
        return Policy::unknown(format!("{label} is not there"));
    };
    if let Some(policy) = separate(view, point) {
        return policy;
    }
    if let Some(adrift) = estate.access_point_policy_adrift(point, view.world) {
        let why =
            format!("{} may be its policy, and which access point that is for cannot be told", estate.label(adrift));
        let parts = [Part::Name("access_point_arn")];
        return Policy::unknown(why).with(view, adrift, &parts, "may be the policy of this access point");
    }
    let parts = [Part::Name("policy")];
    let configured = estate.expressions(point).get("policy").is_some();
    let created = view.world == World::After && estate.instance(point).is_created();
    match values.text("policy") {
        // This is how the provider is told to take a policy off: without the argument it leaves one as it is.
        Text::Known(text) if is_empty_object(text) => Policy::none(NONE).with(view, point, &parts, NONE),
        Text::Known(text) if !text.is_empty() => of_attribute(view, point, WHAT),
        Text::Unknown if configured => of_attribute(view, point, WHAT),
        _ if created && leaves_out(view, point, POLICY) => {
            let why = "this plan covers only a part of the configuration, and may leave its policy to another";
            Policy::unknown(why).with(view, point, &parts, "no policy here")
        }
        // Nobody can have given one to what is not there yet.
        _ if created => Policy::none(NONE).with(view, point, &parts, NONE),
        _ => {
            let why = format!("{label} does not show whether it has a policy");
            Policy::unknown(why).with(view, point, &parts, "not shown")
        }
    }
}

fn is_empty_object(text: &str) -> bool {
    text.trim().strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).is_some_and(|inner| inner.trim().is_empty())
}

/// What a separate resource says of it; none if none does, or if the access point's own argument comes after it.
fn separate(view: &View<'_, '_, '_>, point: At) -> Option<Policy> {
    let estate = view.estate;
    let before = estate.access_point_policies_of(point, World::Before);
    let after = estate.access_point_policies_of(point, World::After);
    let arn = estate.instance(point).texts(World::Before, &["arn"]).into_iter().flatten().next();
    let contest = Contest {
        before: &before,
        after: &after,
        holder: Some((point, "policy")),
        target: "access_point_arn",
        leftover: arn.is_some_and(|arn| estate.has_leftover(&[POLICY], &arn)),
    };
    match estate.last_word(&contest, view.world) {
        LastWord::Of(one) => match estate.access_point_policy_adrift(point, view.world) {
            Some(rival) => Some(Policy::unknown(format!(
                "{} may set it as well as {}, and which access point that is for cannot be told",
                estate.label(rival),
                estate.label(one)
            ))),
            // Both are set: which of them is written last is not fixed.
            None if estate.expressions(point).get("policy").is_some() => {
                Some(Policy::unknown(format!("{} and its own `policy` both set it", estate.label(one))))
            }
            None => Some(of_attribute(view, one, WHAT)),
        },
        LastWord::Unsettled(why) => Some(Policy::unknown(why)),
        LastWord::Gone(gone) => Some(gone_with(view, gone, NONE)),
        LastWord::Nobody => match before.as_slice() {
            [gone, ..] if view.world == World::After && !estate.instance(point).is_created() => {
                Some(gone_with(view, *gone, NONE))
            }
            _ => None,
        },
        LastWord::Holder => Some(Policy::unknown("a separate policy and its own `policy` both set it")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::access::facts::Endpoint;
    use crate::plan::Plan;

    const DISTRIBUTION: &str = "arn:aws:cloudfront::111122223333:distribution/E1AB";
    const ARN: &str = "arn:aws:s3:eu-west-1:111122223333:accesspoint/cdn";

    fn entry(kind: &str, before: &Json, after: &Json) -> Json {
        let action = match (before.is_null(), after.is_null()) {
            (true, _) => "create",
            (_, true) => "delete",
            _ if before == after => "no-op",
            _ => "update",
        };
        json!({
            "address": format!("{kind}.site"), "mode": "managed", "type": kind, "name": "site",
            "change": {"actions": [action], "before": before, "after": after, "after_unknown": {}},
        })
    }

    fn kept(kind: &str, values: &Json) -> Json {
        entry(kind, values, values)
    }

    /// The grant of an OAC through an access point that is there, with these changes beside it.
    fn grant(point: &Json, changes: &[Json]) -> Fact<GrantFacts> {
        let mut own = json!({
            "name": "cdn", "arn": ARN, "alias": "cdn-abc-s3alias", "bucket": "site", "account_id": "111122223333",
            "network_origin": "Internet", "policy": null, "vpc_configuration": [],
        });
        for (name, value) in point.as_object().expect("attributes") {
            own[name] = value.clone();
        }
        let site = json!({
            "arn": DISTRIBUTION, "id": "E1AB", "enabled": true,
            "origin": [{
                "origin_id": "s3", "domain_name": "cdn-abc-s3alias.s3.eu-west-1.amazonaws.com",
                "origin_access_control_id": "E2OAC", "origin_path": "", "s3_origin_config": [],
                "custom_origin_config": [],
            }],
            "default_cache_behavior": [{"target_origin_id": "s3", "viewer_protocol_policy": "https-only"}],
        });
        let control = json!({"id": "E2OAC", "origin_access_control_origin_type": "s3", "signing_behavior": "always"});
        let mut resources = vec![
            kept("aws_cloudfront_distribution", &site),
            kept("aws_cloudfront_origin_access_control", &control),
            kept("aws_s3_bucket", &json!({"bucket": "site", "id": "site", "policy": ""})),
            kept("aws_s3_access_point", &own),
        ];
        resources.extend_from_slice(changes);
        let text = json!({
            "format_version": "1.2", "complete": true, "resource_changes": resources,
            "configuration": {"root_module": {}},
        });
        let plan = Plan::read(&text.to_string()).map(|plan| super::super::facts(&[plan], &["plan.json".to_owned()]));
        let facts = plan.expect("a plan");
        let after = facts.paths.first().and_then(|path| path.after.clone()).expect("a path");
        assert_eq!(after.endpoint, Fact::Known(Endpoint::AccessPoint));
        after.bucket_grant
    }

    fn document(effect: &str, resource: &str, principal: &Json, condition: &Json) -> String {
        json!({"Version": "2012-10-17", "Statement": [{
            "Effect": effect, "Action": "s3:GetObject", "Resource": resource, "Principal": principal,
            "Condition": condition,
        }]})
        .to_string()
    }

    fn on_point(effect: &str) -> String {
        let condition = json!({"StringEquals": {"AWS:SourceArn": DISTRIBUTION}});
        document(effect, &format!("{ARN}/object/*"), &json!({"Service": "cloudfront.amazonaws.com"}), &condition)
    }

    fn of_point(effect: &str) -> Json {
        json!({"access_point_arn": ARN, "policy": on_point(effect)})
    }

    fn on_bucket(effect: &str, account: &str) -> Json {
        let condition = json!({"StringEquals": {"s3:DataAccessPointAccount": account}});
        let text = document(effect, "arn:aws:s3:::site/*", &json!({"AWS": "*"}), &condition);
        kept("aws_s3_bucket_policy", &json!({"bucket": "site", "policy": text}))
    }

    const POINT_POLICY: &str = "aws_s3control_access_point_policy";
    const OWN: &str = "111122223333";
    const OTHER: &str = "999900001111";

    fn result(fact: &Fact<GrantFacts>) -> Option<Grant> {
        fact.known().map(|grant| grant.result)
    }

    #[test]
    fn both_policies_decide() {
        let none = json!({});
        let own = |effect| kept(POINT_POLICY, &of_point(effect));
        for (name, point, changes, expected) in [
            ("both allow", &none, vec![own("Allow"), on_bucket("Allow", OWN)], Some(Grant::Allowed)),
            ("the point only", &none, vec![own("Allow"), on_bucket("Allow", OTHER)], None),
            ("the point only, no bucket policy", &none, vec![own("Allow")], None),
            ("the bucket only", &json!({"policy": "{}"}), vec![on_bucket("Allow", OWN)], None),
            ("neither", &json!({"policy": "{}"}), vec![on_bucket("Allow", OTHER)], Some(Grant::NotGranted)),
            ("neither, no bucket policy", &json!({"policy": "{ }"}), vec![], Some(Grant::NotGranted)),
            ("not shown", &none, vec![on_bucket("Allow", OWN)], None),
            ("not shown, and the bucket does not", &none, vec![on_bucket("Allow", OTHER)], None),
            ("empty", &json!({"policy": ""}), vec![on_bucket("Allow", OTHER)], None),
            ("not shown, and the bucket denies", &none, vec![on_bucket("Deny", OWN)], Some(Grant::Denied)),
            ("the point denies", &none, vec![own("Deny"), on_bucket("Allow", OWN)], Some(Grant::Denied)),
            ("the bucket denies", &none, vec![own("Allow"), on_bucket("Deny", OWN)], Some(Grant::Denied)),
            (
                "its own argument",
                &json!({"policy": on_point("Allow")}),
                vec![on_bucket("Allow", OWN)],
                Some(Grant::Allowed),
            ),
            (
                "of a VPC",
                &json!({"network_origin": "VPC", "vpc_configuration": [{"vpc_id": "vpc-1"}]}),
                vec![own("Allow"), on_bucket("Allow", OWN)],
                None,
            ),
        ] {
            let fact = grant(point, &changes);
            assert_eq!(result(&fact), expected, "{name}: {fact:?}");
        }
    }

    #[test]
    fn a_policy_that_goes_leaves_none() {
        let gone = entry(POINT_POLICY, &of_point("Allow"), &Json::Null);
        let fact = grant(&json!({}), std::slice::from_ref(&gone));
        assert_eq!(result(&fact), Some(Grant::NotGranted), "{fact:?}");
        let facts = fact.known().expect("known");
        assert_eq!(facts.document, PolicyDocument::Destroyed);
        assert_eq!(result(&grant(&json!({}), &[gone, on_bucket("Allow", OWN)])), None, "one of two still grants");
    }

    #[test]
    fn a_policy_whose_access_point_is_unknown_may_be_its() {
        let elsewhere = json!({
            "address": "aws_s3control_access_point_policy.other", "mode": "managed",
            "type": POINT_POLICY, "name": "other",
            "change": {"actions": ["create"], "before": null, "after": {"policy": on_point("Deny")},
                "after_unknown": {"access_point_arn": true}},
        });
        let granted = [kept(POINT_POLICY, &of_point("Allow")), on_bucket("Allow", OWN), elsewhere];
        let fact = grant(&json!({}), &granted);
        assert!(fact.why().is_some_and(|why| why.contains("other")), "{fact:?}");
    }
}
