//! What a policy needs to see before it can find anything, so that only those are loaded and asked that may speak: to read
//! policies takes longer than all else about an ordinary plan.
//!
//! Each policy says itself what that is, in `needs` of its METADATA. It may ask for less than its rules do, never for more: a
//! need that is not met where a rule would have fired hides a finding.

use crate::access::facts::{Access, Algorithm, Endpoint, Existing, Fact, Grant, PathFacts, PlanFacts, WorldFacts};

/// How it is told whether something is there.
#[derive(Clone, Copy)]
enum Shown {
    /// On a path, in either world.
    World(fn(&WorldFacts) -> bool),
    /// On a path that is followed through both.
    Path(fn(&PathFacts) -> bool),
    /// In a plan.
    Plan(fn(&PlanFacts) -> bool),
}
use Shown::{Path, Plan, World};

/// What policies can need, by the word they have for it.
const THINGS: [(&str, Shown); 24] = [
    ("oai", World(|world| world.access.known() == Some(&Access::Oai) || world.oai.is_some())),
    ("oac", World(|world| world.access.known() == Some(&Access::Oac) || world.oac.is_some())),
    ("unsigned", World(|world| matches!(world.access.known(), Some(Access::Unsigned | Access::Website)))),
    ("website", World(|world| world.endpoint.known() == Some(&Endpoint::Website))),
    ("staging", World(|world| world.staging.known() == Some(&true))),
    ("kms", World(under_a_key)),
    ("old-kms", World(|world| world.existing.known() == Some(&Existing::Kms))),
    ("key-alias", World(|world| world.encryption.known().is_some_and(|encryption| encryption.by_alias))),
    ("objects", World(|world| !world.objects.is_empty())),
    ("forced-uploads", World(|world| world.forced_uploads.is_some())),
    ("replicas", World(|world| !world.replicas.is_empty())),
    ("retired-keys", World(|world| !world.retired_keys.is_empty())),
    ("key-context", World(|world| world.key_context.is_some())),
    ("writes", World(|world| world.writes.is_some())),
    ("ownership", World(|world| world.ownership.is_some())),
    ("public-block", World(|world| world.public_block.is_some())),
    ("wide-grants", World(|world| !world.wide_grants.is_empty())),
    ("useless-key-grants", World(|world| !world.useless_key_grants.is_empty())),
    ("destroyed-bucket", World(|world| world.destroyed_bucket.is_some())),
    ("refusal", World(refusing)),
    ("doubt", World(in_doubt)),
    ("switch", Path(switching)),
    ("destruction", Path(destroying)),
    ("left-out", Plan(|plan| plan.complete == Some(false) || !plan.deferred.is_empty() || !plan.unplanned.is_empty())),
];

/// How the needs of a policy begin.
const LINE: &str = "#   needs: [";

/// Whether objects of yesterday, today or tomorrow may be under a KMS key.
fn under_a_key(world: &WorldFacts) -> bool {
    world.encryption.known().is_some_and(|encryption| encryption.algorithm != Algorithm::SseS3)
        || world.existing.known() == Some(&Existing::Kms)
        || !world.objects.is_empty()
}

/// Whether a policy does not let CloudFront read the bucket, or may not.
fn refusing(world: &WorldFacts) -> bool {
    world.bucket_grant.known().is_some_and(|grant| grant.result != Grant::Allowed) || world.bucket_denial.is_some()
}

/// Whether CloudFront reads in another way than before.
fn switching(path: &PathFacts) -> bool {
    let access = |world: &Option<WorldFacts>| world.as_ref().map(|world| world.access.clone());
    let crossed = path.change.grant_before.is_some() || path.change.grant_after.is_some();
    path.before.is_some() && (crossed || access(&path.before) != access(&path.after))
}

/// Whether something on the way is taken away before anything takes its place, or loses its name to that.
fn destroying(path: &PathFacts) -> bool {
    let first = |actions: &[String]| actions.first().is_some_and(|action| action == "delete");
    let taken = |world: &WorldFacts| world.oac.as_ref().is_some_and(|oac| oac.name_is_taken);
    path.change.resources.iter().any(|resource| first(&resource.actions)) || path.after.as_ref().is_some_and(taken)
}

/// Whether anything about a world is unknown that may decide whether viewers are served.
fn in_doubt(world: &WorldFacts) -> bool {
    fn open<T>(fact: &Fact<T>) -> bool {
        fact.known().is_none()
    }
    let key = world.key.as_ref();
    let oac = world.oac.as_ref();
    open(&world.access)
        || open(&world.bucket)
        || open(&world.endpoint)
        || open(&world.encryption)
        || world.edge_function.known() != Some(&false)
        || world.origin_gap.is_some()
        || open(&world.bucket_grant)
        || oac.is_some_and(|oac| open(&oac.origin_type) || open(&oac.signing))
        || key.is_some_and(|key| key.known().is_none_or(|key| open(&key.manager)))
        || world.key_grant.as_ref().is_some_and(open)
        || world.existing_key_grant.as_ref().is_some_and(open)
        || world.public_block.as_ref().is_some_and(|block| open(&block.restricts))
        || !world.unsettled_keys.is_empty()
        || !world.parting_keys.is_empty()
        || !world.replicas.is_empty()
        || !world.objects.is_empty()
        || world.forced_uploads.is_some()
}

/// Some of those things, one bit for each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Things(u32);

impl Things {
    /// The thing that policies call `word`.
    fn named(word: &str) -> Option<Self> {
        THINGS.iter().position(|(known, _)| *known == word).map(|at| Self(1 << at))
    }

    fn shown(is_shown: impl Fn(&Shown) -> bool) -> Self {
        let bits = THINGS.iter().enumerate().filter(|(_, (_, shown))| is_shown(shown)).map(|(at, _)| 1 << at);
        Self(bits.fold(0, |all, bit| all | bit))
    }

    fn of_path(path: &PathFacts) -> Self {
        Self::shown(|shown| match shown {
            World(is_there) => path.before.iter().chain(&path.after).any(is_there),
            Path(is_there) => is_there(path),
            Plan(_) => false,
        })
    }

    fn of_plan(plan: &PlanFacts) -> Self {
        Self::shown(|shown| matches!(shown, Plan(is_there) if is_there(plan)))
    }

    fn has(self, all: Self) -> bool {
        self.0 & all.0 == all.0
    }
}

/// What there is to be looked at: what each path and each plan has.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen(Vec<Things>);

impl Seen {
    /// What these paths and these plans have, each by itself: one policy needs several things of one path.
    pub(super) fn in_all<'f>(
        paths: impl IntoIterator<Item = &'f PathFacts>,
        plans: impl IntoIterator<Item = &'f PlanFacts>,
    ) -> Self {
        let mut all = Vec::new();
        let things = paths.into_iter().map(Things::of_path).chain(plans.into_iter().map(Things::of_plan));
        for things in things {
            // Thousands of paths are mostly of a few kinds.
            if !all.contains(&things) {
                all.push(things);
            }
        }
        Self(all)
    }
}

/// What a policy needs: all things of one of these sets. Without any set, it has to be asked whatever there is to be seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Needs(Vec<Things>);

impl Needs {
    /// Needs as policies write them, such as `oac and kms` or `objects`.
    ///
    /// # Errors
    /// A word that stands for nothing.
    pub(super) fn parse<S: AsRef<str>>(alternatives: &[S]) -> Result<Self, String> {
        let set = |alternative: &S| {
            let words = alternative.as_ref().split(" and ");
            let things = words.map(|word| Things::named(word).ok_or_else(|| word.to_owned()));
            things.reduce(|left, right| Ok(Things(left?.0 | right?.0))).unwrap_or_else(|| Err(String::new()))
        };
        alternatives.iter().map(set).collect::<Result<_, _>>().map(Self)
    }

    /// The needs in the METADATA of a policy that is known to be in order, without reading all of that.
    pub(super) fn in_source(source: &str) -> Self {
        let line = source.lines().take_while(|line| line.starts_with('#')).find_map(|line| line.strip_prefix(LINE));
        let alternatives =
            line.and_then(|line| line.strip_suffix(']')).map(|line| line.split(", ").collect::<Vec<_>>());
        // What cannot be read asks for nothing, so that the policy is asked always.
        alternatives.and_then(|alternatives| Self::parse(&alternatives).ok()).unwrap_or_default()
    }

    /// Whether there is what it takes.
    pub(super) fn met_by(&self, seen: &Seen) -> bool {
        self.0.is_empty() || self.0.iter().any(|all| seen.0.iter().any(|things| things.has(*all)))
    }

    /// The words that policies have for things.
    pub(super) fn words() -> impl Iterator<Item = &'static str> {
        THINGS.iter().map(|(word, _)| *word)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;
    use crate::access::facts::{PartingKeyFacts, ResourceChange, Retirement};
    use crate::fixture::{facts, path, world};
    use crate::rego::laws_tests::{grants, worlds};
    use crate::rego::{Bundle, bundled, sources};

    #[test]
    fn needs_are_sets_of_words_that_are_known() {
        let needs = |alternatives: &[&str]| Needs::parse(alternatives);
        assert_eq!(needs(&["oai", "oac"]), Ok(Needs(vec![Things(1), Things(2)])));
        assert_eq!(needs(&["oac and oai"]), Ok(Needs(vec![Things(3)])));
        assert_eq!(needs(&[]), Ok(Needs::default()));
        for (wrong, word) in
            [("oia", "oia"), ("oai and  oac", " oac"), ("", ""), ("oai and ", ""), ("oai, oac", "oai, oac")]
        {
            assert_eq!(needs(&[wrong]), Err(word.to_owned()), "{wrong}");
        }
    }

    #[test]
    fn they_are_found_in_a_source() {
        let source = "# METADATA\n# custom:\n#   needs: [oai, oac and kms]\npackage x\n#   needs: [website]\n";
        assert_eq!(Needs::in_source(source), Needs::parse(&["oai", "oac and kms"]).unwrap());
        for always in ["package x\n#   needs: [oai]\n", "#   needs: [oia]\n", "#   needs: [oai\n", ""] {
            assert_eq!(Needs::in_source(always), Needs::default(), "{always}");
        }
    }

    #[test]
    fn all_that_is_needed_is_needed_of_one_path() {
        let with = |access, oac: bool| {
            let mut world = world();
            world.access = Fact::Known(access);
            world.existing = Fact::Known(if oac { Existing::Kms } else { Existing::SseS3 });
            path(0, None, Some(world))
        };
        let seen = |paths: &[PathFacts]| Seen::in_all(paths, []);
        let needs = Needs::parse(&["oai and kms", "oac"]).unwrap();
        assert!(!needs.met_by(&seen(&[])));
        assert!(!needs.met_by(&seen(&[with(Access::Oai, false), with(Access::Unsigned, true)])));
        assert!(needs.met_by(&seen(&[with(Access::Unsigned, false), with(Access::Oai, true)])));
        assert!(needs.met_by(&seen(&[with(Access::Oac, false)])));
        assert!(Needs::default().met_by(&seen(&[])));
    }

    #[test]
    fn each_word_is_one_that_policies_use() {
        let used = |word: &str| {
            sources().iter().any(|(_, source)| {
                let mut lines = source.lines().filter_map(|line| line.strip_prefix(LINE));
                lines.any(|line| {
                    line.trim_end_matches(']').split(", ").any(|all| all.split(" and ").any(|one| one == word))
                })
            })
        };
        assert_eq!(Needs::words().filter(|word| !used(word)).collect::<Vec<_>>(), [""; 0]);
    }

    /// A world, with what decides for few policies in some of them.
    fn odd_worlds() -> impl Strategy<Value = WorldFacts> {
        (worlds(), 0..8_u8, any::<bool>()).prop_map(|(mut world, oddity, taken)| {
            let label = || "aws_kms_key.old".to_owned();
            match oddity {
                0 => world.destroyed_bucket = Some("aws_s3_bucket.site".to_owned()),
                1 => world.unsettled_keys.push(label()),
                2 => world.parting_keys.push(PartingKeyFacts { label: label(), how: Some(Retirement::Disabled) }),
                3 => {
                    if let Fact::Known(bucket) = &mut world.bucket {
                        bucket.region = Some("ca-west-1".to_owned());
                    }
                }
                _ => {}
            }
            if let Some(oac) = &mut world.oac {
                oac.address = Some("aws_cloudfront_origin_access_control.site".to_owned());
                oac.name_is_taken = taken;
            }
            world
        })
    }

    /// The policies, each of which is asked whatever there is to be seen.
    static EACH: LazyLock<Bundle> = LazyLock::new(|| Bundle::load(sources()).unwrap());

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        /// Whatever the facts, a policy that is not asked would have found nothing.
        #[test]
        fn nothing_is_found_where_a_need_is_not_met(
            before in prop::option::weighted(0.8, odd_worlds()),
            after in prop::option::weighted(0.9, odd_worlds()),
            (deleted, bucket, complete) in any::<(bool, bool, Option<bool>)>(),
            crossed in prop::option::of((grants(), grants())),
        ) {
            let mut path = path(0, before, after);
            path.change.bucket = bucket;
            (path.change.grant_before, path.change.grant_after) = crossed.unzip();
            path.change.resources = vec![ResourceChange {
                address: "aws_cloudfront_origin_access_control.site".to_owned(),
                actions: if deleted { vec!["delete".to_owned()] } else { vec!["update".to_owned()] },
            }];
            let mut facts = facts(vec![path]);
            facts.plans[0].complete = complete;
            prop_assert_eq!(bundled().unwrap().evaluate(&facts).unwrap(), EACH.evaluate(&facts).unwrap());
        }
    }
}
