//! Whether an expression that a distribution takes part in comes to its ARN: as that itself, or put together by hand, where
//! a wrong part makes a text that no request ever carries.
//!
//! `arn:aws:cloudfront::ACCOUNT:distribution/ID` has no Region, and the account is that of the distribution.
//! Source: <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudfront.html>.

use super::view::View;
use crate::aws::endpoint::is_region;
use crate::links::estate::At;
use crate::links::resolve::Source;
use crate::plan::address::Key;

/// How an expression is written, as far as its references tell.
#[derive(Debug)]
pub(super) struct Writing<'w, 'v, 's, 'a> {
    view: &'w View<'v, 's, 'a>,
    /// Whose account it holds.
    callers: Vec<At>,
    /// Whether it holds what ARNs are put together with.
    by_hand: bool,
    has_region: bool,
}

impl<'w, 'v, 's, 'a> Writing<'w, 'v, 's, 'a> {
    /// Of an expression that leads to these.
    pub(super) fn of(view: &'w View<'v, 's, 'a>, sources: &[((Source, Option<At>), usize)]) -> Self {
        let mut writing = Self { view, callers: Vec::new(), by_hand: false, has_region: false };
        for ((source, at), _) in sources {
            match (source, at) {
                (Source::Instance { attribute, .. }, Some(at)) => match (view.estate.kind(*at).0, attribute.as_deref())
                {
                    ("aws_caller_identity", _) => {
                        writing.callers.push(*at);
                        writing.by_hand = true;
                    }
                    ("aws_partition", _) => writing.by_hand = true,
                    ("aws_region", _) | (_, Some("region" | "bucket_region")) => writing.has_region = true,
                    _ => {}
                },
                // A constant that is the index of something else here has done its work.
                (Source::Constant(text), _) if !is_index(view, text, sources) => {
                    writing.has_region |= is_region(text);
                    writing.by_hand |= is_account(text);
                }
                _ => {}
            }
        }
        writing.by_hand |= writing.has_region;
        writing
    }

    /// Whether it comes to the ARN of the distribution where it has this attribute of it, or the whole of it.
    pub(super) fn names(&self, distribution: At, attribute: Option<&str>) -> bool {
        let sound = || !self.has_region && self.callers.iter().all(|caller| self.in_one_account(*caller, distribution));
        match attribute {
            // An ARN within an ARN is none.
            Some("arn") => !self.by_hand,
            Some("id") => !self.callers.is_empty() && sound(),
            Some(_) => false,
            None => sound(),
        }
    }

    fn in_one_account(&self, caller: At, distribution: At) -> bool {
        let estate = self.view.estate;
        let provider = estate.provider(caller);
        estate.plans.get(caller.plan).is_some_and(|plan| plan.one_account)
            || provider.is_some() && provider == estate.provider(distribution)
    }
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_index(view: &View<'_, '_, '_>, text: &str, sources: &[((Source, Option<At>), usize)]) -> bool {
    let is_text = |key: Option<&Key>| matches!(key, Some(Key::Text(key)) if key == text);
    sources.iter().filter_map(|((_, at), _)| *at).any(|at| {
        let address = &view.estate.instance(at).address;
        is_text(address.key.as_ref()) || address.module.iter().any(|step| is_text(step.key.as_ref()))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::access::memo::Memo;
    use crate::links::estate::Estate;
    use crate::plan::{Plan, World};

    /// Whether `references` in a policy document beside a distribution come to its ARN, by the attribute that is read.
    fn names(references: &[&str], providers: &Json, attribute: Option<&str>) -> bool {
        let instance = |kind: &str, name: &str, mode: &str, key: Json| {
            let prefix = if mode == "data" { "data." } else { "" };
            let index = key.as_str().map(|key| format!("[\"{key}\"]")).unwrap_or_default();
            let mut entry = json!({
                "address": format!("{prefix}{kind}.{name}{index}"), "mode": mode, "type": kind, "name": name,
                "change": {"actions": ["create"], "before": null, "after": {}, "after_unknown": {"id": true}},
            });
            if !key.is_null() {
                entry["index"] = key;
            }
            entry
        };
        let block = |kind: &str, name: &str, mode: &str, provider: &str| {
            json!({"mode": mode, "type": kind, "name": name, "provider_config_key": provider,
                "expressions": {"values": {"references": references}}})
        };
        let text = json!({
            "format_version": "1.2",
            "complete": true,
            "variables": {"region": {"value": "eu-west-1"}, "owner": {"value": "111122223333"}, "which": {"value": "x"}},
            "resource_changes": [
                instance("aws_cloudfront_distribution", "site", "managed", json!("eu-west-1")),
                instance("aws_caller_identity", "me", "data", Json::Null),
                instance("aws_caller_identity", "dns", "data", Json::Null),
                instance("aws_region", "here", "data", Json::Null),
                instance("aws_partition", "here", "data", Json::Null),
                instance("aws_iam_policy_document", "key", "data", Json::Null),
            ],
            "configuration": {
                "provider_config": providers,
                "root_module": {"resources": [
                    block("aws_cloudfront_distribution", "site", "managed", "aws"),
                    block("aws_caller_identity", "me", "data", "aws"),
                    block("aws_caller_identity", "dns", "data", "aws.dns"),
                    block("aws_iam_policy_document", "key", "data", "aws"),
                ]},
            },
        })
        .to_string();
        let plans = [Plan::read(&text).expect("a plan")];
        let estate = Estate::new(&plans);
        let view = View { estate: &estate, sources: &[], memo: &Memo::default(), world: World::After };
        let find = |kind: &str| *estate.all(World::After).iter().find(|at| estate.kind(**at).0 == kind).expect("one");
        let document = find("aws_iam_policy_document");
        let sources = estate.count(document, &estate.expressions(document)["values"]);
        Writing::of(&view, &sources).names(find("aws_cloudfront_distribution"), attribute)
    }

    const ID: &str = "aws_cloudfront_distribution.site[\"eu-west-1\"].id";
    const ARN: &str = "aws_cloudfront_distribution.site[\"eu-west-1\"].arn";
    const ME: &str = "data.aws_caller_identity.me.account_id";
    const DNS: &str = "data.aws_caller_identity.dns.account_id";
    const HERE: &str = "data.aws_region.here.name";

    fn apart() -> Json {
        json!({"aws": {"name": "aws"}, "aws.dns": {"name": "aws", "expressions": {"profile": {"constant_value": "dns"}}}})
    }

    #[test]
    fn an_arn_stands_for_itself_and_an_id_with_the_account_around_it() {
        for (references, attribute, expected) in [
            (&[ARN][..], "arn", true),
            (&[ID], "id", false),
            (&[ME, ID], "id", true),
            (&[ME, "data.aws_partition.here.partition", ID], "id", true),
            (&[ME, ARN], "arn", false),
            (&["var.owner", ARN], "arn", false),
            (&["data.aws_partition.here.partition", ARN], "arn", false),
            (&["var.which", ARN], "arn", true),
            (&[ME, ID], "domain_name", false),
        ] {
            assert_eq!(names(references, &apart(), Some(attribute)), expected, "{references:?}");
        }
        assert!(names(&["aws_cloudfront_distribution.site"], &apart(), None));
        assert!(names(&["aws_cloudfront_distribution.site", ME], &apart(), None));
    }

    #[test]
    fn no_arn_of_a_distribution_has_a_region() {
        for references in [&[HERE, ME, ID][..], &["var.region", ME, "aws_cloudfront_distribution.x.id"]] {
            assert!(!names(references, &apart(), Some("id")), "{references:?}");
            assert!(!names(references, &apart(), None), "{references:?}");
        }
        assert!(!names(&[HERE, ARN], &apart(), Some("arn")));
        assert!(names(&["var.region", ARN], &apart(), Some("arn")), "the index of the distribution");
    }

    #[test]
    fn the_account_is_that_of_the_distribution() {
        assert!(!names(&[DNS, ID], &apart(), Some("id")));
        assert!(!names(&[ME, DNS, ID], &apart(), Some("id")));
        let together = json!({"aws": {"name": "aws"}, "aws.dns": {"name": "aws"}});
        assert!(names(&[DNS, ID], &together, Some("id")), "two names for one account");
    }
}
