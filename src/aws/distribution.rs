//! A distribution's origins, and which of its cache behaviours lead to which of them.
//!
//! Source: <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudfront_distribution>.

mod name;
mod routes;

use std::collections::HashSet;

use serde_json::Value as Json;

use super::path_pattern::PathPattern;
use crate::plan::value::{Kind, Node, Text};

use self::name::{Match, both, either};
pub use self::name::{Name, origin_name};
pub use self::routes::{Routes, routes, routes_to_each};

/// How behaviours lead to one origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Routing {
    /// False only when it is certain that no behaviour leads there.
    pub used: bool,
    /// Whether every behaviour that leads there has an `origin-request` function; none if it cannot be told.
    pub edge_function: Option<bool>,
    /// Whether every behaviour that leads there makes viewers use HTTPS; none if it cannot be told.
    pub https_only: Option<bool>,
    /// Whether some behaviour that leads there lets viewers write.
    pub writes: bool,
}

/// A cache behaviour.
struct Behaviour {
    target: Name,
    pattern: PathPattern,
    rewrites: bool,
    writes: bool,
    edge_function: Option<bool>,
    https_only: Option<bool>,
}

/// Whether a function of a behaviour may choose another origin, given the behaviour and how it is written.
pub type ChoosesOrigin<'c> = &'c dyn Fn(&Node, Option<&Json>) -> bool;

/// Works out the routing of each origin, in the order of `ids`. `expressions` are those of the distribution's block.
#[must_use]
pub fn routing(distribution: &Node, expressions: &Json, ids: &[Name], chooses: ChoosesOrigin<'_>) -> Vec<Routing> {
    let behaviours = behaviours(distribution, expressions, chooses);
    let groups = groups(distribution, expressions);
    let targets = groups.as_deref().map(|groups| {
        let origins: HashSet<&Name> = ids.iter().collect();
        let all = origins.iter().copied().chain(groups.iter().map(|group| &group.id)).collect();
        Targets { groups, origins, all }
    });
    ids.iter()
        .map(|id| {
            let (Some(behaviours), Some(targets)) = (&behaviours, &targets) else {
                return Routing { used: true, edge_function: None, https_only: None, writes: false };
            };
            let through = groups_of(id, targets);
            let led: Vec<(Match, &Behaviour)> = behaviours
                .iter()
                .map(|behaviour| (leads(&behaviour.target, id, &through, targets), behaviour))
                .filter(|(leads, _)| *leads != Match::No)
                .collect();
            Routing {
                used: !led.is_empty(),
                writes: led.iter().any(|(leads, behaviour)| *leads == Match::Yes && behaviour.writes),
                edge_function: all(&led.iter().map(|(leads, behaviour)| (*leads, behaviour.edge_function))),
                https_only: all(&led.iter().map(|(leads, behaviour)| (*leads, behaviour.https_only))),
            }
        })
        .collect()
}

/// Whether something holds of every behaviour that leads to the origin, where some may or may not.
fn all(behaviours: &(impl Iterator<Item = (Match, Option<bool>)> + Clone)) -> Option<bool> {
    if behaviours.clone().any(|(leads, holds)| leads == Match::Yes && holds == Some(false)) {
        Some(false)
    } else if behaviours.clone().all(|(_, holds)| holds == Some(false)) {
        // Whichever of them leads there, it does not hold. (Without any behaviour there is none it could hold of.)
        Some(false)
    } else if behaviours.clone().all(|(_, holds)| holds == Some(true)) {
        Some(true)
    } else {
        None
    }
}

/// Whether a behaviour's target is the origin `id`, by itself or through the groups that have it as a member.
fn leads(target: &Name, id: &Name, through: &[(&Name, Match)], targets: &Targets<'_>) -> Match {
    let through = through.iter().map(|(group, member)| both(exactly(target, group, &targets.all), *member));
    through.fold(exactly(target, id, &targets.all), either)
}

/// The groups that an origin is, or may be, a member of.
fn groups_of<'t>(id: &Name, targets: &Targets<'t>) -> Vec<(&'t Name, Match)> {
    let member = |group: &'t Group| match &group.members {
        None => Match::Maybe,
        Some(members) => members.iter().map(|member| exactly(member, id, &targets.origins)).fold(Match::No, either),
    };
    targets.groups.iter().map(|group| (&group.id, member(group))).filter(|(_, member)| *member != Match::No).collect()
}

/// What a behaviour can lead to.
struct Targets<'t> {
    groups: &'t [Group],
    origins: HashSet<&'t Name>,
    /// Origins and groups.
    all: HashSet<&'t Name>,
}

/// Whether `target` names `id`; an uncertain match is none if the target certainly names another one of `all`.
fn exactly(target: &Name, id: &Name, all: &HashSet<&Name>) -> Match {
    match target.is(id) {
        Match::Maybe if *target != Name::Unknown && all.contains(target) => Match::No,
        matched => matched,
    }
}

/// An origin group.
struct Group {
    id: Name,
    members: Option<Vec<Name>>,
}

/// The block list of that name: none if it is not known whether and how many there are.
fn blocks<'n>(node: &'n Node, name: &str) -> Option<&'n [Node]> {
    match node.get(name).map(|list| &list.kind) {
        Some(Kind::Unknown) => None,
        Some(Kind::List(items)) => items.iter().all(|item| !item.is_unknown()).then_some(items),
        _ => Some(&[]),
    }
}

/// The configuration's block for the block at `index`, when the two lists line up: lists keep their order, and nothing was
/// added by a `dynamic` block.
fn written<'e>(expressions: &'e Json, name: &str, index: usize, count: usize) -> Option<&'e Json> {
    let list = expressions.get(name)?.as_array()?;
    (list.len() == count).then(|| list.get(index))?
}

fn behaviours(distribution: &Node, expressions: &Json, chooses: ChoosesOrigin<'_>) -> Option<Vec<Behaviour>> {
    let mut behaviours = Vec::new();
    // The default one comes last: it takes what no other does.
    for name in ["ordered_cache_behavior", "default_cache_behavior"] {
        let list = blocks(distribution, name)?;
        for (index, behaviour) in list.iter().enumerate() {
            let written = written(expressions, name, index, list.len());
            behaviours.push(Behaviour {
                target: Name::of(
                    behaviour.text("target_origin_id"),
                    written.and_then(|block| block.get("target_origin_id")),
                ),
                pattern: match behaviour.text("path_pattern") {
                    _ if name == "default_cache_behavior" => PathPattern::Everything,
                    Text::Known(pattern) => PathPattern::of(pattern),
                    _ => PathPattern::Unknown,
                },
                rewrites: may_rewrite(behaviour),
                writes: behaviour.get("allowed_methods").is_some_and(|methods| {
                    methods.items().iter().any(|method| matches!(method.as_str(), Some("PUT" | "POST" | "PATCH")))
                }),
                edge_function: match has_edge_function(behaviour) {
                    // A function that chooses the origin leaves it open how anything is read.
                    Some(false) if chooses(behaviour, written) => None,
                    known => known,
                },
                https_only: match behaviour.text("viewer_protocol_policy") {
                    Text::Known(policy) => Some(policy != "allow-all"),
                    _ => None,
                },
            });
        }
    }
    Some(behaviours)
}

fn has_edge_function(behaviour: &Node) -> Option<bool> {
    let associations = blocks(behaviour, "lambda_function_association")?;
    let mut unknown = false;
    for association in associations {
        match association.text("event_type") {
            Text::Known("origin-request") => return Some(true),
            Text::Unknown => unknown = true,
            _ => {}
        }
    }
    if unknown { None } else { Some(false) }
}

/// Whether a function may ask the origin for another path than the viewer did.
fn may_rewrite(behaviour: &Node) -> bool {
    let events = |name| blocks(behaviour, name).map(|list| list.iter().map(|one| one.text("event_type")));
    ["lambda_function_association", "function_association"].into_iter().any(|name| match events(name) {
        None => true,
        Some(mut events) => {
            events.any(|event| matches!(event, Text::Known("viewer-request" | "origin-request") | Text::Unknown))
        }
    })
}

fn groups(distribution: &Node, expressions: &Json) -> Option<Vec<Group>> {
    let list = blocks(distribution, "origin_group")?;
    // A set: the configuration lines up only if there is just one.
    let written = |index| if list.len() == 1 { written(expressions, "origin_group", index, 1) } else { None };
    let group = |(index, group): (usize, &Node)| {
        let written = written(index);
        let members = blocks(group, "member").map(|members| {
            let name = |(at, member): (usize, &Node)| {
                let expression = written
                    .and_then(|block| block.get("member")?.as_array())
                    .filter(|list| list.len() == members.len())
                    .and_then(|list| list.get(at)?.get("origin_id"));
                Name::of(member.text("origin_id"), expression)
            };
            members.iter().enumerate().map(name).collect()
        });
        Group { id: Name::of(group.text("origin_id"), written.and_then(|block| block.get("origin_id"))), members }
    };
    Some(list.iter().enumerate().map(group).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use std::collections::BTreeSet;

    use super::*;

    fn known(name: &str) -> Name {
        Name::Known(name.to_owned())
    }

    fn written(name: &str) -> Name {
        Name::Written(BTreeSet::from([name.to_owned()]))
    }

    /// A distribution whose behaviours have these targets, the last of them without an edge function.
    fn distribution(targets: &[&str], groups: &Json) -> Node {
        let edge = json!([{"event_type": "origin-request"}]);
        let behaviour = |(at, target): (usize, &&str)| {
            let edge = if at + 1 < targets.len() { edge.clone() } else { json!([]) };
            json!({"target_origin_id": target, "viewer_protocol_policy": "https-only", "lambda_function_association": edge})
        };
        let all: Vec<Json> = targets.iter().enumerate().map(behaviour).collect();
        let (default, ordered) = all.split_at(1);
        Node::known(&json!({
            "default_cache_behavior": default, "ordered_cache_behavior": ordered, "origin_group": groups,
        }))
    }

    fn used(distribution: &Node, expressions: &Json, ids: &[Name]) -> Vec<bool> {
        routing(distribution, expressions, ids, &|_, _| false).into_iter().map(|routing| routing.used).collect()
    }

    #[test]
    fn an_origin_that_no_behaviour_and_no_group_in_use_leads_to_is_unused() {
        let groups = json!([
            {"origin_id": "g", "member": [{"origin_id": "a"}, {"origin_id": "b"}]},
            {"origin_id": "idle", "member": [{"origin_id": "c"}]},
        ]);
        let ids = ["a", "b", "c", "d"].map(known);
        assert_eq!(used(&distribution(&["g", "d"], &groups), &Json::Null, &ids), [true, true, false, true]);
    }

    #[test]
    fn a_name_that_is_not_known_may_be_anything_unless_it_is_written_like_another() {
        let node = Node::merge(
            Some(&json!({"default_cache_behavior": [{}]})),
            Some(&json!({"default_cache_behavior": [{"target_origin_id": true}]})),
            None,
        );
        let ids = [written("aws_s3_bucket.a.id"), known("b"), Name::Unknown];
        assert_eq!(used(&node, &Json::Null, &ids), [true, true, true]);
        let expressions =
            json!({"default_cache_behavior": [{"target_origin_id": {"references": ["aws_s3_bucket.a.id"]}}]});
        assert_eq!(used(&node, &expressions, &ids), [true, false, false]);
    }

    #[test]
    fn behaviours_that_are_not_known_leave_everything_open() {
        let node = Node::merge(Some(&json!({})), Some(&json!({"ordered_cache_behavior": true})), None);
        let open = Routing { used: true, edge_function: None, https_only: None, writes: false };
        assert_eq!(routing(&node, &Json::Null, &[known("a")], &|_, _| false), [open]);
    }

    #[test]
    fn the_first_behaviour_whose_pattern_fits_is_asked() {
        let behaviour = |target: &str, pattern: &str, functions: &Json| json!({"target_origin_id": target, "path_pattern": pattern, "function_association": functions});
        let none = json!([]);
        let distribution = |functions: &Json| {
            Node::known(&json!({
                "ordered_cache_behavior": [
                    behaviour("a", "/img/*.png", functions), behaviour("b", "img/*", &none), behaviour("c", "/api/?", &none),
                ],
                "default_cache_behavior": [{"target_origin_id": "c", "function_association": none}],
            }))
        };
        let ids = ["a", "b", "c"].map(known);
        let served = |node: &Node, path: &str| {
            ids.iter().map(|id| routes(node, &Json::Null, &ids, id).serve(path)).collect::<Vec<_>>()
        };
        let plain = distribution(&none);
        assert_eq!(served(&plain, "/img/x.png"), [Some(true), Some(false), Some(false)]);
        assert_eq!(served(&plain, "/img/x.jpg"), [Some(false), Some(true), Some(false)]);
        assert_eq!(served(&plain, "/index.html"), [Some(false), Some(false), Some(true)]);
        let rewriting = distribution(&json!([{"event_type": "viewer-request"}]));
        assert_eq!(served(&rewriting, "/index.html"), [None, Some(false), Some(true)]);
        let hidden = Node::merge(Some(&json!({})), Some(&json!({"ordered_cache_behavior": true})), None);
        assert_eq!(served(&hidden, "/"), [None, None, None]);
    }

    #[test]
    fn an_origin_takes_more_once_it_is_sent_what_others_served() {
        let ids = ["a", "b"].map(known);
        let to_a = |behaviours: &[(&str, &str)], default: &str| {
            let behaviour =
                |(pattern, target): &(&str, &str)| json!({"target_origin_id": target, "path_pattern": pattern});
            let node = Node::known(&json!({
                "ordered_cache_behavior": behaviours.iter().map(behaviour).collect::<Vec<_>>(),
                "default_cache_behavior": [{"target_origin_id": default}],
            }));
            routes(&node, &Json::Null, &ids, &known("a"))
        };
        let grows = |before: &Routes, after: &Routes| after.take_more_than(before);
        let shop = to_a(&[("shop/*", "a")], "b");
        assert!(grows(&shop, &to_a(&[("shop/*", "a")], "a")), "the default behaviour moves");
        assert!(grows(&shop, &to_a(&[("shop/*", "a"), ("api/*", "a")], "b")), "another path");
        assert!(grows(&to_a(&[("shop/*", "b")], "a"), &to_a(&[("shop/*", "a")], "a")), "a path of another origin");
        assert!(!grows(&shop, &shop));
        assert!(!grows(&shop, &to_a(&[("shop/img/*", "a"), ("shop/*", "a")], "b")), "a part of what it served");
        assert!(!grows(&to_a(&[], "a"), &to_a(&[("api/*", "a")], "a")), "the same");
        assert!(!grows(&shop, &to_a(&[], "b")), "less");
    }

    #[test]
    fn a_function_that_chooses_the_origin_leaves_it_open() {
        let node = distribution(&["a"], &json!([]));
        let edge = |chooses: ChoosesOrigin<'_>| routing(&node, &Json::Null, &[known("a")], chooses)[0].edge_function;
        assert_eq!((edge(&|_, _| true), edge(&|_, _| false)), (None, Some(false)));
    }

    #[test]
    fn one_behaviour_without_an_edge_function_is_enough() {
        let routings = |targets: &[&str]| {
            routing(&distribution(targets, &json!([])), &Json::Null, &[known("a"), known("b")], &|_, _| false)
                .into_iter()
                .map(|routing| routing.edge_function)
                .collect::<Vec<_>>()
        };
        assert_eq!(routings(&["a", "a", "b"]), [Some(true), Some(false)]);
        assert_eq!(routings(&["a", "b", "a"]), [Some(false), Some(true)]);
    }
}
