//! From an origin to the bucket behind it.

use std::collections::BTreeSet;

use super::facts::{BucketFacts, Endpoint, Evidence, Fact};
use super::origin::{Origin, known_endpoint};
use super::shared::shared;
use super::view::{SENSITIVE, View};
use crate::aws::endpoint::{S3Endpoint, may_end_s3};
use crate::links::buckets::Bucket;
use crate::links::estate::{At, Link, dead_ends, is_open};
use crate::links::resolve::Source;
use crate::plan::World;
use crate::plan::instance::Part;
use crate::plan::value::Text;

/// Where an origin leads.
#[derive(Debug, Clone)]
pub struct Destination {
    /// What kind of endpoint its domain is.
    pub endpoint: Fact<Endpoint>,
    /// The domain, as far as it may be shown.
    pub domain: Fact<String>,
    /// The bucket.
    pub bucket: Link<Bucket>,
    /// The access point in front of it, if the plan tells which that is.
    pub access_point: Option<At>,
    /// Where it was read.
    pub evidence: Vec<Evidence>,
    /// The Region that the domain names.
    pub region: Option<String>,
    /// Whether a sensitive domain is all that names the bucket.
    pub sensitive: bool,
    /// The bucket that it led to, if this plan destroys it.
    pub destroyed: Option<String>,
}

/// Works out where `origin` leads; none when it certainly is no S3 origin.
pub fn destination(view: &View<'_, '_, '_>, origin: &Origin<'_>) -> Option<Destination> {
    if origin.has("vpc_origin_config") == Some(true) {
        return None;
    }
    match (known_endpoint(origin), origin.values.text("domain_name")) {
        (Some((domain, endpoint)), _) => known(view, origin, &domain, endpoint),
        (None, Text::Unknown) => written(view, origin),
        // CloudFront has no origin without a domain, so it is the document that lacks it.
        (None, _) => {
            let why = "its domain name is not in the plan";
            let (endpoint, domain) = (Fact::Unknown(why.to_owned()), Fact::Unknown(why.to_owned()));
            let evidence = origin.evidence_of(view, &["domain_name"], "no domain_name".to_owned());
            Some(Destination {
                endpoint,
                domain,
                bucket: Link::nowhere(why),
                access_point: None,
                evidence,
                region: None,
                sensitive: false,
                destroyed: None,
            })
        }
    }
}

fn known(
    view: &View<'_, '_, '_>,
    origin: &Origin<'_>,
    domain: &str,
    endpoint: Option<S3Endpoint>,
) -> Option<Destination> {
    let sensitive = origin.values.sensitive || origin.values.get("domain_name").is_some_and(|domain| domain.sensitive);
    let shown = if sensitive { SENSITIVE } else { domain };
    let note = if sensitive { format!("domain_name: {shown}") } else { format!("domain_name: \"{shown}\"") };
    let evidence = origin.evidence_of(view, &["domain_name"], note);
    if may_be_parameter(domain) {
        let why = "a part of its domain name is a parameter, which every tenant of the distribution sets for itself";
        let unsure = Fact::Unknown(why.to_owned());
        let domain = Fact::Known(shown.to_owned());
        let endpoint = endpoint.map_or(unsure, |endpoint| Fact::Known(endpoint.kind));
        let bucket = Link::nowhere(why);
        return Some(Destination {
            endpoint,
            domain,
            bucket,
            access_point: None,
            evidence,
            region: None,
            sensitive,
            destroyed: None,
        });
    }
    let (kind, access_point, bucket, region) = match endpoint {
        Some(S3Endpoint { kind, bucket, region }) => {
            let alias = bucket.as_deref().filter(|_| kind == Endpoint::AccessPoint);
            let access_point = alias.and_then(|alias| view.estate.access_point(alias, view.world));
            (kind, access_point, link(view, origin.distribution.plan, kind, bucket), region)
        }
        // An OAI works with S3 alone, so whatever the domain is, it is meant to be a bucket.
        None if has_identity(origin) || has_s3_control(view, origin) => {
            (Endpoint::Other, None, Link::nowhere("its domain name is none of S3's"), None)
        }
        None => return None,
    };
    let is_marked = |at: At| view.values(at).and_then(|values| values.get("bucket")).is_some_and(|name| name.sensitive);
    let sensitive = sensitive || access_point.is_some_and(is_marked);
    let destroyed = destroyed(view, &bucket);
    let bucket = match &destroyed {
        Some(label) => Link::nowhere(&format!("this plan destroys {label}, to which it led")),
        None => bucket,
    };
    let domain = Fact::Known(shown.to_owned());
    let endpoint = Fact::Known(kind);
    Some(Destination { endpoint, domain, bucket, access_point, evidence, region, sensitive, destroyed })
}

/// Whether a domain name has a `{{parameter}}` of a multi-tenant distribution in it, and may be S3's with some value of it.
fn may_be_parameter(domain: &str) -> bool {
    domain.contains("{{") && domain.rsplit_once("}}").is_none_or(|(_, end)| may_end_s3(end))
}

/// The bucket of that name which is there before the plan and which the plan destroys.
fn destroyed(view: &View<'_, '_, '_>, bucket: &Link<Bucket>) -> Option<String> {
    let (World::After, Link::To(Bucket::Named(name))) = (view.world, bucket) else { return None };
    let all = view.estate.buckets_before(name);
    all.iter().find(|at| view.estate.instance(**at).is_destroyed()).map(|at| view.estate.label(*at))
}

fn link(view: &View<'_, '_, '_>, plan: usize, kind: Endpoint, name: Option<String>) -> Link<Bucket> {
    let Some(name) = name else {
        return Link::nowhere("its domain is a path-style endpoint of S3, which names no bucket");
    };
    match kind {
        Endpoint::Rest | Endpoint::Website | Endpoint::Other => view.estate.bucket_named(&name, plan, view.world),
        Endpoint::AccessPoint => match view.estate.access_point(&name, view.world) {
            Some(at) => view.estate.bucket_of(at, "bucket", view.world),
            None => Link::nowhere("the access point that its domain names is not in this plan"),
        },
        Endpoint::ObjectLambda => {
            Link::nowhere("its domain is an S3 Object Lambda access point, behind which a function reads")
        }
        Endpoint::MultiRegion => {
            Link::nowhere("its domain is a Multi-Region Access Point, which stands for several buckets")
        }
    }
}

fn has_identity(origin: &Origin<'_>) -> bool {
    match origin.values.block("s3_origin_config") {
        Ok(Some(block)) => !block.text("origin_access_identity").is_blank(),
        _ => false,
    }
}

/// Whether the origin has an OAC that certainly is one for S3.
fn has_s3_control(view: &View<'_, '_, '_>, origin: &Origin<'_>) -> bool {
    control_type(view, origin).is_some_and(|kind| kind == "s3")
}

fn control_type(view: &View<'_, '_, '_>, origin: &Origin<'_>) -> Option<String> {
    let at = match origin.values.text("origin_access_control_id") {
        Text::Known(id) => view.estate.control(id, view.world)?,
        Text::Unknown => {
            let sources = view.estate.resolve(origin.distribution, origin.expression(&["origin_access_control_id"])?);
            let controls = sources.iter().filter_map(|(_, at)| *at).filter(|_| !is_open(&sources));
            let mut controls = controls.filter(|at| view.estate.kind(*at).0 == "aws_cloudfront_origin_access_control");
            controls.next().filter(|_| controls.next().is_none())?
        }
        Text::Unset => return None,
    };
    view.values(at)?.text("origin_access_control_origin_type").non_empty().map(str::to_owned)
}

/// A domain that is known after apply: what it was written with decides.
fn written(view: &View<'_, '_, '_>, origin: &Origin<'_>) -> Option<Destination> {
    let custom = origin.has("custom_origin_config");
    let domain = Fact::Unknown("the domain name is known after apply".to_owned());
    let done = |endpoint, bucket, evidence| {
        let domain = domain.clone();
        Some(Destination {
            endpoint,
            domain,
            bucket,
            access_point: None,
            evidence,
            region: None,
            sensitive: false,
            destroyed: None,
        })
    };
    let unsure = || Fact::Unknown("the domain name is known after apply".to_owned());
    let evidence = origin.evidence_of(view, &["domain_name"], "domain_name: known after apply".to_owned());
    let Some(expression) = origin.expression(&["domain_name"]) else {
        let why = "its domain name is known after apply, and the plan does not show what it was written with (a `dynamic` block hides that)";
        return done(unsure(), shared(view, origin).unwrap_or_else(|| Link::nowhere(why)), evidence);
    };
    let sources = view.estate.resolve(origin.distribution, expression);
    let bucket = view.estate.bucket_behind(origin.distribution, expression, true);
    let leads_to_s3 =
        bucket.target().is_some() || matches!(&bucket, Link::Unresolved { candidates, .. } if !candidates.is_empty());
    if leads_to_s3 {
        let found = done(endpoint_read(view, &sources, custom), bucket, evidence);
        return found.map(|found| Destination { access_point: access_point_read(view, &sources), ..found });
    }
    // A load balancer, an API, a function or another distribution: no S3 origin. Without a custom origin block only S3 is left.
    let elsewhere =
        sources.iter().any(|(source, _)| matches!(source, Source::Foreign { .. } | Source::Instance { .. }));
    let signed_for_other = control_type(view, origin).is_some_and(|kind| kind != "s3");
    if elsewhere && !has_identity(origin) && (custom == Some(true) || signed_for_other) {
        return None;
    }
    let why = format!("its domain name is known after apply: {}", dead_ends(&sources));
    done(unsure(), shared(view, origin).unwrap_or_else(|| Link::nowhere(&why)), evidence)
}

/// The access point whose alias the domain was written with, if that is one.
fn access_point_read(view: &View<'_, '_, '_>, sources: &[(Source, Option<At>)]) -> Option<At> {
    // A bucket beside it may be what is meant instead.
    let of_s3: BTreeSet<(At, Option<&str>)> = sources
        .iter()
        .filter_map(|(source, at)| match (source, at) {
            (Source::Instance { attribute, .. }, Some(at)) if view.estate.kind(*at).0.starts_with("aws_s3") => {
                Some((*at, attribute.as_deref()))
            }
            _ => None,
        })
        .collect();
    let mut of_s3 = of_s3.into_iter();
    let (one, attribute) = of_s3.next()?;
    // CloudFront takes it by its alias only; its `domain_name` is another.
    (of_s3.next().is_none() && attribute == Some("alias") && view.estate.is_access_point(one)).then_some(one)
}

/// The kind of endpoint, from the attribute that the domain was written with.
fn endpoint_read(view: &View<'_, '_, '_>, sources: &[(Source, Option<At>)], custom: Option<bool>) -> Fact<Endpoint> {
    let attributes: BTreeSet<&str> = sources
        .iter()
        .filter_map(|(source, at)| match source {
            Source::Instance { attribute, .. } if at.is_some_and(|at| view.estate.kind(at).0.starts_with("aws_s3")) => {
                attribute.as_deref()
            }
            _ => None,
        })
        .collect();
    let access_point =
        sources.iter().any(|(_, at)| at.is_some_and(|at| view.estate.kind(at).0 == "aws_s3_access_point"));
    if access_point {
        Fact::Known(Endpoint::AccessPoint)
    } else if attributes.contains("website_endpoint") || attributes.contains("website_domain") {
        Fact::Known(Endpoint::Website)
    } else if custom == Some(false) || attributes.iter().any(|name| name.ends_with("domain_name")) {
        Fact::Known(Endpoint::Rest)
    } else {
        Fact::Unknown("the domain name is known after apply, and may be the REST or the website endpoint".to_owned())
    }
}

/// The facts of a bucket.
pub fn facts(view: &View<'_, '_, '_>, bucket: &Bucket, destination: &Destination) -> BucketFacts {
    let at = match bucket {
        Bucket::Instance(at) => Some(*at),
        Bucket::Named(name) => view.estate.looked_up(name, view.world),
    };
    let values = at.and_then(|at| view.values(at));
    let shown = |name: &str| {
        let values = values?;
        values.get(name).filter(|value| !value.sensitive)?;
        values.text(name).non_empty().map(str::to_owned)
    };
    let hidden = destination.sensitive && at.is_none();
    let name = match bucket {
        _ if hidden => None,
        Bucket::Instance(_) => shown("bucket"),
        Bucket::Named(name) => (!destination.sensitive).then(|| name.clone()),
    };
    BucketFacts {
        label: if hidden { SENSITIVE.to_owned() } else { view.estate.bucket_label(bucket, view.world) },
        address: at.map(|at| view.estate.label(at)),
        name,
        region: shown("bucket_region")
            .or_else(|| shown("region"))
            .or_else(|| destination.region.clone())
            .or_else(|| view.estate.region_of_provider(at?)),
        created: at.is_some_and(|at| view.estate.kind(at).1 && view.estate.instance(at).is_created()),
    }
}

/// Evidence for the link from origin to bucket.
pub fn evidence(view: &View<'_, '_, '_>, bucket: &Bucket) -> Option<Evidence> {
    let at = match bucket {
        Bucket::Instance(at) => *at,
        Bucket::Named(name) => view.estate.looked_up(name, view.world)?,
    };
    let sensitive = view.values(at)?.get("bucket").is_some_and(|name| name.sensitive);
    let note = match view.values(at)?.text("bucket") {
        Text::Known(name) if !sensitive => format!("bucket: \"{name}\""),
        _ => "the bucket".to_owned(),
    };
    view.evidence(at, &[Part::Name("bucket")], note)
}
