//! Laws of the bundled policies: no facts make them go wrong, and they speak where they must and nowhere else.

use proptest::prelude::*;

use super::*;
use crate::access::facts::{
    Access, Algorithm, BucketFacts, ContextFacts, DenialFacts, EncryptionFacts, EncryptionSource, Endpoint, Existing,
    Fact, Grant, GrantFacts, GrantScope, Guarded, KeyFacts, KeyManager, KeyUnfit, OacFacts, ObjectEncryption,
    ObjectFacts, OwnershipFacts, PathFacts, PolicyDocument, PublicBlockFacts, ReadState, ReplicaFacts, ResourceFacts,
    RetiredKeyFacts, Retirement, StatementFacts, Unfit, WideGrantFacts, WorldFacts, WriteFacts,
};
use crate::fixture::{facts, path, world};

#[test]
fn names_from_a_plan_are_text_whatever_they_hold() {
    let long = "x".repeat(1 << 20);
    for name in [
        "%s %d %!",
        "a\n1. b\r\nc",
        "`\"\\\n\u{0}\u{202e}{{",
        "data.oacguard.oai_sse_kms.finding",
        "é日本🦀",
        long.as_str(),
    ] {
        let mut after = world();
        after.bucket = bucket(name);
        after.encryption = encryption(Algorithm::SseKms, name);
        let mut path = path(0, None, Some(after));
        name.clone_into(&mut path.distribution);
        name.clone_into(&mut path.origin);
        let found = bundled().unwrap().evaluate(&facts(vec![path])).unwrap();
        let error = found.iter().find(|found| found.policy == "oai-sse-kms").unwrap();
        // A name with line breaks is shown in one line.
        let name = &*crate::report::plain::line(name);
        assert!(error.message.contains(name) && error.fix.contains(name));
        assert_eq!(error.subject.as_deref(), Some(name));
    }
}

fn bucket(label: &str) -> Fact<BucketFacts> {
    Fact::Known(BucketFacts { label: label.to_owned(), address: None, name: None, region: None, created: false })
}

fn encryption(algorithm: Algorithm, address: &str) -> Fact<EncryptionFacts> {
    let source = EncryptionSource::Resource;
    Fact::Known(EncryptionFacts { algorithm, source, address: Some(address.to_owned()), by_alias: false })
}

/// One of `values`, or unknown.
fn fact<T: Clone + std::fmt::Debug + 'static>(values: Vec<T>) -> impl Strategy<Value = Fact<T>> {
    prop_oneof![
        4 => prop::sample::select(values).prop_map(Fact::Known),
        1 => Just(Fact::Unknown("it is known after the apply".to_owned())),
    ]
}

pub(super) fn grants() -> impl Strategy<Value = Fact<GrantFacts>> {
    let documents = [PolicyDocument::Present, PolicyDocument::None, PolicyDocument::Destroyed];
    let grant = |(document, (policy, sid), statement)| {
        [Grant::Allowed, Grant::Denied, Grant::NotGranted].map(|result| GrantFacts {
            result,
            document,
            policy: Option::clone(&policy),
            statement,
            sid: Option::clone(&sid),
            // Of an answer of yes it says nothing.
            other_source: result == Grant::NotGranted && statement.is_some(),
            reason: "so".to_owned(),
        })
    };
    let name = || prop::option::of(Just("name".to_owned()));
    (prop::sample::select(documents.to_vec()), (name(), name()), prop::option::of(0..2_usize))
        .prop_flat_map(move |parts| fact(grant(parts).to_vec()))
}

fn replicas() -> impl Strategy<Value = ReplicaFacts> {
    let key = fact(vec![KeyManager::Aws, KeyManager::Customer]).prop_map(|manager| {
        let label = "replica".to_owned();
        Fact::Known(KeyFacts { label, address: None, arn: None, unfit: None, manager })
    });
    let key = prop_oneof![3 => key, 1 => Just(Fact::Unknown("it is elsewhere".to_owned()))];
    let encryptions = fact(vec![Algorithm::SseKms, Algorithm::DsseKms]);
    let certain = (fact(vec![true]), fact(vec![true]), fact(vec![true]), encryptions, fact(vec![true]));
    (certain, key, prop::option::of(grants())).prop_map(
        |((into_this_bucket, enabled, selected, source_encryption, served), key, key_grant)| ReplicaFacts {
            address: "replication".to_owned(),
            into_this_bucket,
            source: Fact::Unknown("it is elsewhere".to_owned()),
            source_encryption,
            enabled,
            selected,
            served,
            key,
            key_grant,
            evidence: Vec::new(),
        },
    )
}

fn objects() -> impl Strategy<Value = ObjectFacts> {
    let key = (prop::sample::select(vec!["key", "another"]), fact(vec![KeyManager::Aws, KeyManager::Customer]));
    let key = key.prop_map(|(label, manager)| KeyFacts {
        label: label.to_owned(),
        address: None,
        arn: None,
        unfit: None,
        manager,
    });
    let key = prop_oneof![3 => key.prop_map(Fact::Known), 1 => Just(Fact::Unknown("it is elsewhere".to_owned()))];
    let encryptions = vec![ObjectEncryption::SseKms, ObjectEncryption::DsseKms, ObjectEncryption::SseC];
    (fact(vec![true]), fact(encryptions), any::<(bool, bool)>(), key, prop::option::of(grants())).prop_map(
        |(served, encryption, (configured, written), key, key_grant)| ObjectFacts {
            address: "object".to_owned(),
            served,
            encryption,
            configured,
            written,
            key: Some(key),
            key_grant,
            evidence: Vec::new(),
        },
    )
}

#[allow(clippy::too_many_lines, reason = "one line for each fact")]
pub(super) fn worlds() -> impl Strategy<Value = WorldFacts> {
    let oac = (
        fact(vec!["s3".to_owned(), "lambda".to_owned()]),
        fact(["always", "never", "no-override"].map(str::to_owned).to_vec()),
    )
        .prop_map(|(origin_type, signing)| OacFacts {
            label: "oac".to_owned(),
            address: None,
            origin_type,
            signing,
            name_is_taken: false,
        });
    let key = fact(vec![KeyManager::Aws, KeyManager::Customer]).prop_map(|manager| {
        Fact::Known(KeyFacts { label: "key".to_owned(), address: None, arn: None, unfit: None, manager })
    });
    let key = prop_oneof![3 => key, 1 => Just(Fact::Unknown("the key is elsewhere".to_owned()))];
    let denials = Just(DenialFacts { policy: None, statement: Some(0), sid: None, reason: "perhaps".to_owned() });
    let endpoints = vec![Endpoint::Rest, Endpoint::Rest, Endpoint::Website, Endpoint::AccessPoint, Endpoint::Other];
    let states = vec![ReadState::Readable, ReadState::Unreadable, ReadState::Unresolved, ReadState::Absent];
    let links = (
        fact(endpoints),
        fact(vec![Access::Oai, Access::Oac, Access::Unsigned, Access::Website]),
        any::<bool>(),
        prop::option::of(oac),
        fact(vec![true, false, false]),
        prop_oneof![4 => Just(bucket("a")), 1 => Just(bucket("b")), 1 => Just(Fact::Unknown("no link".to_owned()))],
    );
    let rest = (
        fact(vec![Algorithm::SseS3, Algorithm::SseKms, Algorithm::DsseKms]),
        fact(vec![Existing::None, Existing::SseS3, Existing::Kms]),
        (prop::option::of(key.clone()), prop::option::of(key)),
        (grants(), prop::option::of(denials)),
        (prop::option::of(grants()), prop::option::of(grants())),
        (prop::sample::select(states.clone()), prop::sample::select(states)),
        any::<(bool, bool, bool, bool, bool)>(),
    );
    let rules = ["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"].map(str::to_owned).to_vec();
    let asides = (
        prop::option::of(objects()),
        any::<(bool, bool, bool)>(),
        (fact(vec![true, false]), fact(vec![true, false])),
        (prop::option::of(fact(rules)), any::<bool>(), prop::option::of(fact(vec![true, false]))),
        (prop::option::of(replicas()), any::<(bool, bool, bool)>(), prop::option::of((grants(), grants()))),
    );
    (links.boxed(), rest.boxed(), asides.boxed()).prop_map(
        |(
            (endpoint, access, oai, oac, edge_function, bucket),
            (algorithm, existing, (key, existing_key), (grant, denial), (key_grant, existing_grant), (new, old), flags),
            (
                object,
                (forced, wide, useless),
                (https, staging),
                (rule, acls, block),
                (replica, (context, alias, unfit), writes),
            ),
        )| {
            let mut world = world();
            world.endpoint = endpoint;
            world.access = access;
            world.oai = oai.then(|| ResourceFacts { label: "oai".to_owned(), address: None });
            world.oac = oac;
            world.edge_function = edge_function;
            world.bucket = bucket;
            world.encryption = algorithm.map(|algorithm| EncryptionFacts {
                algorithm,
                source: EncryptionSource::Default,
                address: None,
                by_alias: false,
            });
            world.existing = existing;
            world.key = key;
            world.existing_key = existing_key;
            world.bucket_grant = grant;
            world.bucket_denial = denial;
            world.key_grant = key_grant;
            world.existing_key_grant = existing_grant;
            world.readable.new = new;
            world.readable.existing = old;
            world.objects = object.into_iter().collect();
            world.viewers_use_https = https;
            world.staging = staging;
            world.ownership = rule.map(|rule| OwnershipFacts { address: "ownership".to_owned(), rule });
            world.rides_on_acls = acls;
            world.public_block = block.map(|restricts| PublicBlockFacts {
                address: "block".to_owned(),
                restricts,
                ignores_acls: Fact::Known(true),
            });
            world.replicas = replica.into_iter().collect();
            world.key_context = context.then_some(ContextFacts { policy: None, statement: Some(0), sid: None });
            if let (true, Fact::Known(encryption)) = (alias, &mut world.encryption) {
                encryption.by_alias = true;
            }
            if let (true, Some(Fact::Known(key))) = (unfit, &mut world.key) {
                let (is, needs) = ("RSA_2048".to_owned(), "SYMMETRIC_DEFAULT".to_owned());
                key.unfit = Some(KeyUnfit { how: Unfit::Spec, is, needs });
            }
            world.writes = writes.map(|(bucket_grant, key_grant)| WriteFacts { bucket_grant, key_grant });
            let statement = || StatementFacts { policy: None, statement: Some(0), sid: None };
            world.forced_uploads = forced.then(statement);
            world.useless_key_grants = if useless { vec![statement()] } else { Vec::new() };
            if wide {
                let (guards, scope) = (Guarded::Key, GrantScope::Anyone);
                let wide = WideGrantFacts { guards, policy: None, statement: None, sid: None, scope, actions: vec![] };
                world.wide_grants.push(wide);
            }
            let retired;
            let gap;
            (world.used, world.error_masked, world.custom_origin, retired, gap) = flags;
            world.origin_gap = gap.then(|| "it is known after apply".to_owned());
            if retired {
                let (label, how) = ("key".to_owned(), Retirement::Disabled);
                world.retired_keys.push(RetiredKeyFacts { label, how, new: true, existing: false });
            }
            world
        },
    )
}

/// The policies that must speak of a path in a world, worked out once more without Rego: a finding must not get lost on
/// the way into words.
#[allow(clippy::too_many_lines, reason = "one line for each condition of each policy")]
fn expected(path: &PathFacts, world: World) -> Vec<&'static str> {
    let Some(here) = (if world == World::Before { &path.before } else { &path.after }) else { return vec![] };
    let kms = |world: &WorldFacts| world.encryption.known().is_some_and(|e| e.algorithm != Algorithm::SseS3);
    let access = |world: &WorldFacts| world.access.known().copied();
    let doubled = |world: &WorldFacts| world.oai.is_some() && world.oac.is_some();
    let mistyped = |world: &WorldFacts| {
        let made_for_s3 = world.oac.as_ref().and_then(|oac| oac.origin_type.known()).map(|kind| kind == "s3");
        match world.endpoint.known() {
            Some(Endpoint::Website) => world.oai.is_some() || world.oac.is_some(),
            Some(Endpoint::Other) => made_for_s3 == Some(true),
            Some(_) => made_for_s3 == Some(false) || world.custom_origin && made_for_s3 == Some(true),
            None => world.custom_origin && made_for_s3 == Some(true),
        }
    };
    let rejected = |world: &WorldFacts| doubled(world) || mistyped(world);
    let unkeyed = |world: &WorldFacts| access(world).is_some_and(|access| access != Access::Oac);
    let keyless =
        |world: &WorldFacts| unkeyed(world) && world.edge_function.known() == Some(&false) && !rejected(world);
    let old_kms = here.existing.known() == Some(&Existing::Kms);
    let in_service = |world: &WorldFacts| {
        world.used && world.enabled.known() != Some(&false) && world.staging.known() != Some(&true)
    };
    let put_into_service =
        path.before.as_ref().is_some_and(|before| !in_service(before)) && path.after.as_ref().is_some_and(in_service);
    let comes = path.before.as_ref().is_none_or(|before| !keyless(before)) || path.change.bucket || put_into_service;
    let stranded = world == World::After && keyless(here) && old_kms && !kms(here) && comes;
    let key = here.key.as_ref().and_then(Fact::known);
    let managed = access(here) == Some(Access::Oac)
        && kms(here)
        && key.is_some_and(|key| key.manager.known() == Some(&KeyManager::Aws))
        && !rejected(here);
    let says_no = |fact: &Fact<GrantFacts>| fact.known().is_some_and(|grant| grant.result != Grant::Allowed);
    let alone = |world: &WorldFacts| !rejected(world) && (access(world) == Some(Access::Oac) || keyless(world));
    let refused = |world: &WorldFacts| says_no(&world.bucket_grant) && alone(world);
    let doubtful = here.bucket_denial.is_some() && here.bucket_grant.known().is_none() && alone(here);
    let locked = access(here) == Some(Access::Oac)
        && kms(here)
        && here.key_grant.as_ref().is_some_and(says_no)
        && key.is_some()
        && !managed
        && !rejected(here)
        && here.retired_keys.is_empty();
    let retired = access(here) == Some(Access::Oac) && !rejected(here) && !here.retired_keys.is_empty();
    let remains =
        world == World::After && keyless(here) && old_kms && !kms(here) && here.encryption.known().is_some() && !comes;
    let switches = world == World::After
        && access(here) == Some(Access::Oac)
        && !path.change.bucket
        && !rejected(here)
        && path.before.as_ref().is_some_and(|before| unkeyed(before) && !rejected(before) && !refused(before));
    let crossed = |grant: &Option<Fact<GrantFacts>>| switches && grant.as_ref().is_some_and(says_no) && !refused(here);
    let was = path.before.as_ref();
    let was_granted = was.and_then(|was| was.bucket_grant.known()).is_some_and(|grant| grant.result == Grant::Allowed);
    let reads_as = |world: &WorldFacts| matches!(access(world), Some(Access::Oai | Access::Oac));
    let exchanges = world == World::After
        && reads_as(here)
        && !path.change.bucket
        && !rejected(here)
        && path.before.as_ref().is_some_and(|before| reads_as(before) && !rejected(before))
        && was_granted;
    let was_plain = was.and_then(|was| was.encryption.known()).is_some_and(|old| old.algorithm == Algorithm::SseS3);
    let mode = keyless(here) && kms(here) || stranded;
    let signed = access(here) == Some(Access::Oac) && !rejected(here);
    let signing = |word: &str| here.oac.as_ref().and_then(|oac| oac.signing.known()).is_some_and(|own| own == word);
    let never = access(here) == Some(Access::Unsigned) && signing("never") && refused(here) && !mode;
    let object = here.objects.first();
    let object_key = object.and_then(|object| object.key.as_ref()?.known());
    let served = object.is_some_and(|object| {
        object.served == Fact::Known(true)
            && matches!(object.encryption, Fact::Known(ObjectEncryption::SseKms | ObjectEncryption::DsseKms))
    });
    let aws_owned = object_key.is_some_and(|key| key.manager.known() == Some(&KeyManager::Aws));
    let dark_object = served && keyless(here) && (object.is_some_and(|object| object.configured) || !kms(here));
    let managed_object = served && signed && aws_owned;
    let locked_object = served
        && signed
        && !aws_owned
        && object.and_then(|object| object.key_grant.as_ref()).is_some_and(says_no)
        && object_key.is_some_and(|own| {
            key.is_none_or(|key| key.label != own.label)
                && here.retired_keys.iter().all(|retired| retired.label != own.label)
        });
    let left = |world: &WorldFacts| {
        let default = world.key.as_ref().and_then(Fact::known);
        let old = world.existing_key.as_ref().and_then(Fact::known);
        let is_aws = |key: Option<&KeyFacts>| key.is_some_and(|key| key.manager.known() == Some(&KeyManager::Aws));
        let signed = access(world) == Some(Access::Oac) && !rejected(world);
        let managed = signed && kms(world) && is_aws(default);
        let locked = signed
            && kms(world)
            && world.key_grant.as_ref().is_some_and(says_no)
            && default.is_some()
            && !managed
            && world.retired_keys.is_empty();
        signed
            && world.existing.known() == Some(&Existing::Kms)
            && world.existing_key_grant.as_ref().is_some_and(says_no)
            && old.is_some_and(|old| {
                let same = default.is_some_and(|default| default.label == old.label);
                !(locked && same || managed && is_aws(Some(old)))
            })
    };
    let left_here = left(here)
        || world == World::Before
            && path.after.as_ref().is_some_and(|after| left(after) && (in_service(here) || !in_service(after)))
            && here.readable.existing == ReadState::Unreadable
            && !path.change.bucket;
    let left_of = if left(here) { Some(here) } else { path.after.as_ref() };
    let left_of_aws = left_here
        && left_of
            .and_then(|world| world.existing_key.as_ref()?.known())
            .is_some_and(|key| key.manager.known() == Some(&KeyManager::Aws));
    let unfit = signed && kms(here) && key.is_some_and(|key| key.unfit.is_some());
    let shut_out = matches!(access(here), Some(Access::Unsigned | Access::Website))
        && keyless(here)
        && here.bucket_grant.known().is_some_and(|grant| grant.result == Grant::Allowed)
        && here.public_block.as_ref().is_some_and(|block| block.restricts == Fact::Known(true));
    let rule = here.ownership.as_ref().and_then(|ownership| ownership.rule.known()).map(String::as_str);
    let acls_go = world == World::After
        && path.before.as_ref().is_some_and(|before| before.rides_on_acls)
        && !path.change.bucket
        && rule == Some("BucketOwnerEnforced")
        && unkeyed(here)
        && refused(here);
    let in_context = signed && here.key_context.is_some();
    let by_source = |fact: &Fact<GrantFacts>| fact.known().is_some_and(|grant| grant.other_source);
    let staging = here.staging == Fact::Known(true);
    let unstaged_bucket =
        staging && refused(here) && access(here) == Some(Access::Oac) && by_source(&here.bucket_grant);
    let unstaged_key = staging && locked && here.key_grant.as_ref().is_some_and(by_source);
    let replica = here.replicas.first();
    let replica_aws = replica
        .and_then(|replica| replica.key.known())
        .is_some_and(|key| key.manager.known() == Some(&KeyManager::Aws));
    let replica_grant = replica.and_then(|replica| replica.key_grant.as_ref());
    let dark_replica =
        replica.is_some() && (keyless(here) || signed && (replica_aws || replica_grant.is_some_and(says_no)));
    let certain_replica = replica.is_some_and(|replica| {
        replica.into_this_bucket.known().is_some()
            && replica.enabled.known().is_some()
            && replica.selected.known().is_some()
            && replica.source_encryption.known().is_some()
            && replica.served.known().is_some()
    });
    let doubtful_replica = access(here) == Some(Access::Oac)
        && replica.is_some_and(|replica| {
            replica.key.known().is_none() || replica_grant.is_some_and(|grant| grant.known().is_none()) && !replica_aws
        });
    let doubtful_block = matches!(access(here), Some(Access::Unsigned | Access::Website))
        && here.bucket_grant.known().is_some_and(|grant| grant.result == Grant::Allowed)
        && here.public_block.as_ref().is_some_and(|block| block.restricts.known().is_none());
    let writes = here.writes.as_ref().is_some_and(|writes| {
        writes.bucket_grant.known().is_some_and(|grant| grant.result == Grant::Allowed) && says_no(&writes.key_grant)
    });
    let by_alias = kms(here)
        && here.encryption.known().is_some_and(|encryption| encryption.by_alias)
        && key.is_none_or(|key| key.manager.known() != Some(&KeyManager::Aws));
    let forced = keyless(here) && here.forced_uploads.is_some();
    let doubtful_object = object.is_some_and(|object| {
        let oac = access(here) == Some(Access::Oac);
        let grant = object.key_grant.as_ref();
        let granted = grant.and_then(Fact::known).is_some_and(|grant| grant.result == Grant::Allowed);
        match (object.encryption.known(), object.served.known()) {
            (None, _) | (Some(ObjectEncryption::SseC), Some(_)) => true,
            (Some(_), None) => !oac || !granted,
            (Some(_), Some(_)) => {
                let hidden = object_key.is_none();
                oac && (hidden || grant.is_some_and(|grant| grant.known().is_none()))
            }
        }
    });
    let oai = access(here) == Some(Access::Oai);
    let failing = rejected(here)
        || mode
        || managed
        || locked
        || retired
        || refused(here)
        || dark_object
        || managed_object
        || locked_object
        || left_here
        || unfit
        || shut_out
        || dark_replica && certain_replica
        || forced
        || here.readable.new == ReadState::Unreadable;
    let restricted = matches!(access(here), Some(Access::Unsigned | Access::Website))
        && here.public_block.as_ref().is_some_and(|block| block.restricts == Fact::Known(true));
    let (bucket, way) = (here.bucket.known().is_some(), here.access.known().is_some());
    let needs_key = access(here) == Some(Access::Oac) && bucket && kms(here);
    let key_grant = here.key_grant.as_ref();
    let doubts = [
        !way,
        !bucket,
        here.origin_gap.is_some(),
        here.oac.as_ref().is_some_and(|oac| oac.origin_type.known().is_none() || way && oac.signing.known().is_none()),
        bucket && (here.endpoint.known().is_none() || here.encryption.known().is_none()),
        unkeyed(here)
            && (kms(here)
                || old_kms
                || served
                || !here.replicas.is_empty()
                || here.forced_uploads.is_some()
                || says_no(&here.bucket_grant)
                || restricted)
            && here.edge_function.known() != Some(&false),
        way && bucket && here.bucket_grant.known().is_none() && !doubtful,
        needs_key && here.key.is_some() && key.is_none(),
        needs_key
            && key.is_some_and(|key| key.manager.known().is_none())
            && key_grant.is_none_or(|grant| grant.known().is_none()),
        needs_key && key.is_some() && key_grant.is_some_and(|grant| grant.known().is_none()) && !in_context,
        doubtful_replica,
        doubtful_block,
        access(here) == Some(Access::Oac)
            && old_kms
            && here.existing_key_grant.as_ref().is_some_and(|grant| grant.known().is_none())
            && !retired
            && !in_context
            && !(needs_key && here.existing_key == here.key),
        way && bucket && doubtful_object,
        here.forced_uploads.is_some()
            && access(here) == Some(Access::Oac)
            && here.encryption.known().is_some()
            && !kms(here),
    ];
    [
        ("cross-account-key-alias", by_alias),
        ("encryption-context", in_context),
        ("key-retired-in-use", retired),
        ("key-unusable", unfit),
        ("kms-objects-remain", remains),
        ("kms-with-oac-switch", switches && was_plain && kms(here) && !failing),
        ("legacy-oai", oai && here.encryption.known().is_some() && !kms(here) && !failing),
        ("oac-aws-managed-key", managed || managed_object),
        ("oac-aws-managed-key", left_of_aws),
        ("oac-grant-after-switch", crossed(&path.change.grant_before)),
        ("oac-key-policy", locked && !unstaged_key),
        ("oac-key-policy", left_here && !left_of_aws),
        ("oac-key-policy", locked_object),
        ("oac-origin-type", mistyped(here)),
        ("oac-write-grant", writes),
        ("oac-signing", never || signed && signing("no-override")),
        ("oai-and-oac", doubled(here)),
        ("object-ownership", acls_go),
        ("object-ownership", signed && rule == Some("ObjectWriter")),
        ("public-access-blocked", shut_out),
        ("replica-kms-objects", dark_replica),
        ("staging-not-granted", unstaged_bucket || unstaged_key),
        (
            "oai-grant-dropped-early",
            exchanges && path.change.grant_after.as_ref().is_some_and(says_no) && !refused(here),
        ),
        ("oai-kms-object", dark_object),
        ("oai-kms-object", forced),
        ("oai-sse-kms", oai && mode),
        ("origin-bucket-policy", refused(here) && !never && !acls_go && !unstaged_bucket || doubtful),
        ("unresolved", world == World::After && here.used && !rejected(here) && doubts.contains(&true)),
        ("unscoped-cloudfront-grant", !here.wide_grants.is_empty()),
        ("unsigned-sse-kms", !oai && mode),
        ("useless-oai-key-grant", !here.useless_key_grants.is_empty()),
    ]
    .into_iter()
    .filter_map(|(policy, speaks)| speaks.then_some(policy))
    .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    /// Whatever the facts, even such as contradict each other, the bundled policies say what they must and no more.
    #[test]
    fn the_bundled_policies_speak_where_they_must(
        before in prop::option::weighted(0.8, worlds()),
        after in prop::option::weighted(0.9, worlds()),
        changes in any::<(bool, bool, bool, bool)>(),
        crossed in prop::option::of((grants(), grants())),
    ) {
        let mut path = path(0, before, after);
        (path.change.access, path.change.bucket, path.change.encryption, path.change.key) = changes;
        (path.change.grant_before, path.change.grant_after) = crossed.unzip();
        let facts = facts(vec![path]);
        let found = bundled().unwrap().evaluate(&facts).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(&found, &bundled().unwrap().evaluate(&facts).unwrap());
        for world in [World::Before, World::After] {
            let here: Vec<&str> =
                found.iter().filter(|found| found.world == world).map(|found| found.policy.as_str()).collect();
            let mut expected = expected(&facts.paths[0], world);
            expected.sort_unstable();
            prop_assert_eq!(here, expected, "{:?}", world);
        }
    }
}
