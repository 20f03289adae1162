//! The default encryption of a bucket, and the key it uses.
//!
//! The separate resource wins over the bucket's own block, which goes stale beside it; a bucket that nothing encrypts has
//! SSE-S3. Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html>.

use serde_json::Value as Json;

use super::facts::{Algorithm, EncryptionFacts, EncryptionSource, Evidence, Existing, Fact, KeyFacts};
use super::key;
use super::view::{SENSITIVE, View};
use crate::aws::encryption::{AlgorithmUnknown, Rule, rule};
use crate::links::buckets::{Bucket, Setting};
use crate::links::estate::{At, Link};
use crate::links::owner::LastWord;
use crate::plan::World;
use crate::plan::instance::Part;
use crate::plan::value::Unknown;

/// How a bucket encrypts what is written to it.
#[derive(Debug, Clone)]
pub struct Encryption {
    /// The default encryption.
    pub default: Fact<EncryptionFacts>,
    /// The key; none where no KMS key is used.
    pub key: Option<Fact<KeyFacts>>,
    /// The key as a resource, if it is one of a plan's.
    pub key_at: Option<At>,
    /// The id of the key, if it is only named.
    pub key_id: Option<String>,
    /// Where the default was read.
    pub evidence: Vec<Evidence>,
    /// Where the key was read.
    pub key_evidence: Vec<Evidence>,
    /// The resource that sets it.
    pub set_by: Option<At>,
    /// Whether S3 Bucket Keys are on; none if it cannot be told.
    pub bucket_key: Option<bool>,
}

const INLINE: &str = "server_side_encryption_configuration";

impl Encryption {
    fn of(default: Fact<EncryptionFacts>) -> Self {
        Self {
            default,
            key: None,
            key_at: None,
            key_id: None,
            evidence: Vec::new(),
            key_evidence: Vec::new(),
            set_by: None,
            bucket_key: None,
        }
    }

    fn unknown(why: impl Into<String>) -> Self {
        Self::of(Fact::Unknown(why.into()))
    }

    fn default_of(at: Option<At>, view: &View<'_, '_, '_>) -> Self {
        let address = at.map(|at| view.estate.label(at));
        let facts = EncryptionFacts {
            algorithm: Algorithm::SseS3,
            source: EncryptionSource::Default,
            address,
            by_alias: false,
        };
        let note = "nothing sets a default encryption, so S3 uses SSE-S3";
        let evidence = at.and_then(|at| view.evidence(at, &[], note));
        Self { evidence: evidence.into_iter().collect(), set_by: at, ..Self::of(Fact::Known(facts)) }
    }
}

/// The default encryption of a bucket in the view's world.
pub fn of_bucket(view: &View<'_, '_, '_>, bucket: &Bucket) -> Encryption {
    let region = region(view, bucket);
    let region = region.as_deref();
    match view.estate.last_word_on(Setting::Encryption, bucket, INLINE, view.world) {
        LastWord::Of(one) => return separate(view, one, region),
        LastWord::Nobody => {}
        LastWord::Unsettled(why) => return Encryption::unknown(why),
        LastWord::Gone(gone) => return Encryption::default_of(Some(gone), &view.in_world(World::Before)),
        LastWord::Holder => {
            if let Bucket::Instance(at) = bucket {
                return inline(view, *at, region);
            }
        }
    }
    if let Some(adrift) = adrift(view, bucket) {
        return adrift;
    }
    let was_set =
        view.world == World::After && !view.estate.settings_of(Setting::Encryption, bucket, World::Before).is_empty();
    match bucket {
        Bucket::Instance(at) if was_set => Encryption::default_of(Some(*at), view),
        Bucket::Named(_) if was_set => Encryption::default_of(None, view),
        Bucket::Instance(at) if view.estate.kind(*at).1 => inline(view, *at, region),
        _ => Encryption::unknown("the bucket is not managed in this plan, which does not show its default encryption"),
    }
}

/// An encryption resource whose bucket cannot be told may be this bucket's, unless it sets what S3 does anyway.
fn adrift(view: &View<'_, '_, '_>, bucket: &Bucket) -> Option<Encryption> {
    let harmless = |at: At| {
        let rule = view.values(at).map(rule);
        matches!(rule, Some(Ok(None | Some(Rule { algorithm: Ok(Algorithm::SseS3), .. }))))
    };
    let adrift =
        view.estate.settings_adrift(Setting::Encryption, bucket, view.world).find(|adrift| !harmless(adrift.at))?;
    let label = view.estate.label(adrift.at);
    let why = format!("{label} may set it, and which bucket that is for cannot be told: {}", adrift.why);
    let evidence = view.evidence(adrift.at, &[Part::Name("bucket")], "may be the encryption of this bucket");
    Some(Encryption { evidence: evidence.into_iter().collect(), ..Encryption::unknown(why) })
}

fn separate(view: &View<'_, '_, '_>, at: At, region: Option<&str>) -> Encryption {
    let label = view.estate.label(at);
    let parts = [Part::Name("rule")];
    match view.values(at).map_or(Err(Unknown), rule) {
        Ok(Some(rule)) => read(view, at, &parts, EncryptionSource::Resource, rule, region),
        Ok(None) => Encryption::default_of(Some(at), view),
        Err(Unknown) => unknown_at(view, at, &parts, format!("the rule of {label} is known after apply")),
    }
}

fn unknown_at(view: &View<'_, '_, '_>, at: At, parts: &[Part<'_>], why: String) -> Encryption {
    let evidence = view.evidence(at, parts, "known after apply").into_iter().collect();
    Encryption { evidence, set_by: Some(at), ..Encryption::unknown(why) }
}

/// The bucket's own block: what the configuration sets, or what AWS answered.
fn inline(view: &View<'_, '_, '_>, at: At, region: Option<&str>) -> Encryption {
    let Some(values) = view.values(at) else {
        return Encryption::unknown("the bucket does not exist");
    };
    let written = view.estate.expressions(at).get(INLINE).is_some();
    let parts = [Part::Name(INLINE), Part::Index(0), Part::Name("rule")];
    // A new bucket can only have what is configured, by a `dynamic` block if the configuration does not show it.
    let configured = written || view.world == World::After && view.estate.instance(at).is_created();
    let source = if configured { EncryptionSource::Inline } else { EncryptionSource::Observed };
    let block = values.block(INLINE).and_then(|block| block.map_or(Ok(None), rule));
    match block {
        Ok(Some(rule)) => read(view, at, &parts, source, rule, region),
        Ok(None) => Encryption::default_of(Some(at), view),
        // A block that is there is written somewhere, though a `dynamic` block leaves no trace in the configuration.
        Err(Unknown) if written || values.get(INLINE).is_some_and(|list| !list.is_unknown()) => {
            let why = format!("`{INLINE}` of {} is known after apply", view.estate.label(at));
            unknown_at(view, at, &parts, why)
        }
        // Not configured, and to be read back after the apply: a new bucket has SSE-S3, another one keeps what it has.
        Err(Unknown) if view.estate.instance(at).is_created() => Encryption::default_of(Some(at), view),
        Err(Unknown) if view.world == World::Before => {
            let why = format!("`{INLINE}` of {} has a shape that is not understood", view.estate.label(at));
            unknown_at(view, at, &parts, why)
        }
        Err(Unknown) => {
            let before = view.in_world(World::Before);
            match before.values(at) {
                Some(_) => Encryption { set_by: Some(at), ..inline(&before, at, region) },
                None => Encryption::default_of(Some(at), view),
            }
        }
    }
}

fn read(
    view: &View<'_, '_, '_>,
    at: At,
    parts: &[Part<'_>],
    source: EncryptionSource,
    rule: Rule<'_>,
    region: Option<&str>,
) -> Encryption {
    let label = view.estate.label(at);
    let default_parts: Vec<Part<'_>> = parts
        .iter()
        .copied()
        .chain([Part::Index(0), Part::Name("apply_server_side_encryption_by_default"), Part::Index(0)])
        .collect();
    let of = |name| default_parts.iter().copied().chain([Part::Name(name)]).collect::<Vec<_>>();
    let algorithm = match rule.algorithm {
        Ok(algorithm) => algorithm,
        Err(AlgorithmUnknown::Unknown) => {
            let why = format!("`sse_algorithm` of {label} is known after apply");
            return unknown_at(view, at, &of("sse_algorithm"), why);
        }
        Err(AlgorithmUnknown::Unrecognized(word)) => {
            let word: String = word.chars().take(40).flat_map(char::escape_debug).collect();
            let word = if rule.algorithm_is_sensitive { SENSITIVE.to_owned() } else { format!("\"{word}\"") };
            let why = format!("{label} sets the encryption {word}, which this release does not know");
            return unknown_at(view, at, &of("sse_algorithm"), why);
        }
    };
    let facts = EncryptionFacts { algorithm, source, address: Some(label), by_alias: false };
    let shown = if rule.algorithm_is_sensitive { SENSITIVE.to_owned() } else { format!("\"{}\"", word(algorithm)) };
    let evidence = view.evidence(at, &of("sse_algorithm"), format!("sse_algorithm: {shown}"));
    let mut encryption =
        Encryption { evidence: evidence.into_iter().collect(), set_by: Some(at), ..Encryption::of(Fact::Known(facts)) };
    if algorithm != Algorithm::SseS3 {
        let written = written_rule(view, at, source);
        let found = key::of_rule(view, at, rule, written, region, &of("kms_master_key_id"));
        encryption.default = encryption.default.map(|facts| EncryptionFacts { by_alias: found.by_alias, ..facts });
        encryption.key = Some(found.facts);
        encryption.key_at = found.at;
        encryption.key_id = found.id;
        encryption.bucket_key = rule.bucket_key;
        encryption.key_evidence = found.evidence;
    }
    encryption
}

/// How the rule is written in the configuration: none if the configuration does not show it.
fn written_rule<'s>(view: &View<'_, 's, '_>, at: At, source: EncryptionSource) -> Option<&'s Json> {
    if view.world == World::Before {
        return None;
    }
    let expressions = view.estate.expressions(at);
    let holder = if source == EncryptionSource::Resource { expressions } else { expressions.get(INLINE)?.get(0)? };
    holder.get("rule")?.get(0)?.get("apply_server_side_encryption_by_default")?.get(0)
}

/// The Region of a bucket, in which its key has to be.
#[must_use]
pub fn region(view: &View<'_, '_, '_>, bucket: &Bucket) -> Option<String> {
    let at = match bucket {
        Bucket::Instance(at) => *at,
        Bucket::Named(name) => view.estate.looked_up(name, view.world)?,
    };
    let of_bucket =
        |world| view.estate.instance(at).texts(world, &["bucket_region", "region"]).into_iter().flatten().next();
    of_bucket(view.world).or_else(|| of_bucket(World::Before)).or_else(|| view.estate.region_of_provider(at))
}

/// The algorithm as the S3 API writes it.
#[must_use]
pub fn word(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::SseS3 => "AES256",
        Algorithm::SseKms => "aws:kms",
        Algorithm::DsseKms => "aws:kms:dsse",
    }
}

/// What the objects that lie in the bucket when the plan is applied may be encrypted with, as far as the default of today
/// tells; single objects may differ.
pub fn existing(view: &View<'_, '_, '_>, bucket: &Link<Bucket>) -> Fact<Existing> {
    let bucket = match bucket {
        Link::To(bucket) => bucket,
        Link::Unresolved { why, .. } => return Fact::Unknown(why.clone()),
    };
    if let Bucket::Instance(at) = bucket {
        let instance = view.estate.instance(*at);
        if view.world == World::After && instance.is_created() || !instance.exists(World::Before) {
            return Fact::Known(Existing::None);
        }
    }
    let before = view.in_world(World::Before);
    of_bucket(&before, bucket).default.map(|facts| match facts.algorithm {
        Algorithm::SseS3 => Existing::SseS3,
        Algorithm::SseKms | Algorithm::DsseKms => Existing::Kms,
    })
}
