//! S3 access points: found by alias, and the resources that set their policies.

use super::estate::{At, Estate, is_open};
use crate::plan::World;

/// The resource that is the policy of an access point.
pub(super) const POLICY: &str = "aws_s3control_access_point_policy";
const ACCESS_POINT: &str = "aws_s3_access_point";

/// Which access point a policy is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    This,
    Another,
    CannotTell,
}

impl Estate<'_, '_> {
    /// The access point with that alias.
    #[must_use]
    pub fn access_point(&self, alias: &str, world: World) -> Option<At> {
        self.index(world).access_points.get(alias).copied()
    }

    /// Whether an instance is an access point of a plan.
    #[must_use]
    pub fn is_access_point(&self, at: At) -> bool {
        self.kind(at) == (ACCESS_POINT, true)
    }

    /// The separate policies of an access point.
    #[must_use]
    pub fn access_point_policies_of(&self, point: At, world: World) -> Vec<At> {
        self.policies(world).filter(|at| self.whose(*at, point, world) == Whose::This).collect()
    }

    /// A separate policy that may be that of an access point.
    #[must_use]
    pub fn access_point_policy_adrift(&self, point: At, world: World) -> Option<At> {
        self.policies(world).find(|at| self.whose(*at, point, world) == Whose::CannotTell)
    }

    fn policies(&self, world: World) -> impl Iterator<Item = At> {
        self.index(world).access_point_policies.iter().copied()
    }

    fn whose(&self, policy: At, point: At, world: World) -> Whose {
        let text = |at: At, name: &str| self.instance(at).texts(world, &[name]).into_iter().flatten().next();
        let written = text(policy, "access_point_arn");
        match (written, text(point, "arn")) {
            (Some(written), Some(own)) => {
                if written == own {
                    Whose::This
                } else {
                    Whose::Another
                }
            }
            // An ARN that is put together may be that of an access point which is yet to be made, if its name is.
            (Some(written), None) => match (text(point, "name"), written.rsplit_once(":accesspoint/")) {
                (Some(own), Some((_, name))) if name != own => Whose::Another,
                _ => Whose::CannotTell,
            },
            (None, _) if world == World::Before => Whose::CannotTell,
            (None, _) => self.written_for(policy, point),
        }
    }

    fn written_for(&self, policy: At, point: At) -> Whose {
        let Some(expression) = self.expressions(policy).get("access_point_arn") else { return Whose::CannotTell };
        let sources = self.resolve(policy, expression);
        match sources.as_slice() {
            [(_, Some(one))] if !is_open(&sources) && self.is_access_point(*one) => {
                if *one == point {
                    Whose::This
                } else {
                    Whose::Another
                }
            }
            _ => Whose::CannotTell,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::super::sketch::{ask, at, block, change, document, kept, refers};
    use super::*;
    use crate::plan::Plan;

    /// Of the policy of this ARN beside the access points `a` and `b`: whether it is that of `a`, and whether it may be.
    fn of_a(arn: &Json, written: &Json, known: bool) -> (bool, bool) {
        let point = |name| {
            if known {
                (
                    json!({"name": name, "arn": format!("arn:aws:s3:eu-west-1:111122223333:accesspoint/{name}")}),
                    json!({}),
                )
            } else {
                (json!({"name": name}), json!({"arn": true}))
            }
        };
        let policy = if arn.is_null() {
            (json!({}), json!({"access_point_arn": true}))
        } else {
            (json!({"access_point_arn": arn}), json!({}))
        };
        let entry = |kind: &str, name: &str, (after, unknown): (Json, Json)| {
            json!({
                "address": format!("{kind}.{name}"), "mode": "managed", "type": kind, "name": name,
                "change": {"actions": ["create"], "before": null, "after": after, "after_unknown": unknown},
            })
        };
        let text = json!({
            "format_version": "1.2",
            "complete": true,
            "resource_changes": [
                entry(ACCESS_POINT, "a", point("a")), entry(ACCESS_POINT, "b", point("b")), entry(POLICY, "p", policy),
            ],
            "configuration": {"root_module": {"resources": [
                block(ACCESS_POINT, "a", &json!({})),
                block(ACCESS_POINT, "b", &json!({})),
                block(POLICY, "p", &json!({"access_point_arn": written})),
            ]}},
        })
        .to_string();
        let plans = [Plan::read(&text).expect("a plan")];
        let estate = Estate::new(&plans);
        let a = estate.all(World::After).into_iter().find(|at| estate.label(*at) == "aws_s3_access_point.a");
        let a = a.expect("the access point");
        (
            !estate.access_point_policies_of(a, World::After).is_empty(),
            estate.access_point_policy_adrift(a, World::After).is_some(),
        )
    }

    #[test]
    fn of_what_a_policy_was_for_before_its_words_of_today_say_nothing() {
        let arn = json!({"arn": "arn:aws:s3:eu-west-1:111122223333:accesspoint/a"});
        let none = json!({});
        let changes = [
            kept("aws_s3_access_point.a", &arn),
            change(
                "aws_s3control_access_point_policy.p",
                &["update"],
                &none,
                (&none, &json!({"access_point_arn": true})),
            ),
        ];
        let written = json!({"access_point_arn": refers(&["aws_s3_access_point.a.arn"])});
        let text = document(&changes, &[("aws_s3control_access_point_policy.p", written)], &none);
        ask(&[text], |estate| {
            let (point, policy) =
                (at(estate, "aws_s3_access_point.a"), at(estate, "aws_s3control_access_point_policy.p"));
            assert_eq!(estate.access_point_policies_of(point, World::Before), []);
            assert_eq!(estate.access_point_policy_adrift(point, World::Before), Some(policy));
            assert_eq!(estate.access_point_policies_of(point, World::After), [policy]);
        });
    }

    #[test]
    fn a_policy_is_that_of_the_access_point_whose_arn_it_names() {
        let arn = |name: &str| json!(format!("arn:aws:s3:eu-west-1:111122223333:accesspoint/{name}"));
        let (a, b) = (refers(&["aws_s3_access_point.a.arn"]), refers(&["aws_s3_access_point.b.arn"]));
        let both = refers(&["aws_s3_access_point.a.arn", "aws_s3_access_point.b.arn"]);
        for (name, arn, written, known, expected) in [
            ("by value", arn("a"), &a, true, (true, false)),
            ("another's value", arn("b"), &b, true, (false, false)),
            ("by reference", Json::Null, &a, false, (true, false)),
            ("another's reference", Json::Null, &b, false, (false, false)),
            ("either's reference", Json::Null, &both, false, (false, true)),
            ("of a local", Json::Null, &refers(&["local.arn"]), false, (false, true)),
            ("put together, before it is made", arn("a"), &json!({}), false, (false, true)),
            ("put together for another", arn("b"), &json!({}), false, (false, false)),
            ("no ARN of one", json!("a"), &json!({}), false, (false, true)),
        ] {
            assert_eq!(of_a(&arn, written, known), expected, "{name}");
        }
    }
}
