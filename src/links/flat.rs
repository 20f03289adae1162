//! How instances of another dialect are read, and what can be told of values that are known after the apply where the
//! configuration shows only that something was written somewhere into the argument that holds them.
//!
//! A nested argument of the Cloud Control provider is one expression: `distribution_config` refers to a bucket and to an OAC,
//! but what became which of its parts is not in the document. Nor is a part that is left out null before the apply: the
//! provider reads it back, so it is as unknown as one that is written with a reference. Two things settle it, and nothing else
//! does: that no reference is left which could have given a part its value, and that only one could.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};

use super::estate::{At, Estate};
use super::expression::{Reference, references};
use super::resolve::Source;
use crate::aws::dialect::Dialect;
use crate::plan::World;
use crate::plan::instance::Reading;
use crate::plan::value::{Kind, Node};

const CONTROL: &str = "aws_cloudfront_origin_access_control";
const IDENTITY: &str = "aws_cloudfront_origin_access_identity";
const ENCRYPTION: &str = "server_side_encryption_configuration";

/// What an instance is read as.
pub(super) fn reading(estate: &Estate<'_, '_>, at: At, dialect: &Dialect) -> Reading {
    let instance = estate.instance(at);
    let read = |world| instance.stated(world).map(|values| dialect.shape.read(values));
    let written = estate.stated_expressions(at);
    let mut reading = Reading {
        before: read(World::Before),
        after: read(World::After),
        expressions: dialect.shape.read_expressions(written),
        untold: None,
    };
    match dialect.kind {
        "awscc_cloudfront_distribution" => {
            if let (Some(after), Some(config)) = (&mut reading.after, written.get("distribution_config")) {
                Flat::of(estate, at, config).settle(after, &mut reading.expressions, &mut reading.untold);
            }
        }
        "awscc_s3_bucket" => {
            if let Some(encryption) = written.get("bucket_encryption") {
                put(&mut reading.expressions, ENCRYPTION, rule_written_with(encryption));
            }
        }
        _ => {}
    }
    reading
}

fn put(expressions: &mut Json, name: &str, value: Json) {
    match expressions {
        Json::Object(fields) => drop(fields.insert(name.to_owned(), value)),
        other => *other = json!({ name: value }),
    }
}

/// The encryption block of a bucket: of what can be unknown in it, only the key can come from a reference.
fn rule_written_with(encryption: &Json) -> Json {
    let default =
        if references(encryption).is_empty() { json!({}) } else { json!({ "kms_master_key_id": encryption }) };
    json!([{ "rule": [{ "apply_server_side_encryption_by_default": [default] }] }])
}

/// A reference of the argument, and what it leads to.
struct Lead {
    reference: Reference,
    sources: Vec<(Source, Option<At>)>,
}

/// The argument that holds everything.
struct Flat<'f, 's, 'a> {
    estate: &'f Estate<'s, 'a>,
    leads: Vec<Lead>,
    /// References that only give the key that others index with.
    keys: Vec<String>,
    /// Whether a reference could give any part any value, or decide whether another one does.
    loose: bool,
}

impl<'f, 's, 'a> Flat<'f, 's, 'a> {
    fn of(estate: &'f Estate<'s, 'a>, at: At, config: &Json) -> Self {
        let all = references(config);
        let is_key = |text: &str| ["each.key", "count.index"].contains(&text);
        let keys: BTreeSet<String> =
            all.iter().map(|reference| reference.text.clone()).filter(|text| is_key(text)).collect();
        let keys: Vec<String> = keys.into_iter().collect();
        let once: BTreeMap<String, Reference> =
            all.into_iter().map(|reference| (reference.text.clone(), reference)).collect();
        let leads: Vec<Lead> = once
            .into_values()
            .filter(|reference| !is_key(&reference.text) && !reference.text.starts_with("path."))
            .map(|reference| {
                let texts: Vec<&str> =
                    [reference.text.as_str()].into_iter().chain(keys.iter().map(String::as_str)).collect();
                Lead { sources: estate.resolve(at, &json!({ "references": texts })), reference }
            })
            .collect();
        let loose = leads.iter().any(|lead| !gives_one_text(estate, lead));
        Self { estate, leads, keys, loose }
    }

    /// The references that could be what a part of one sort is.
    fn of_sort(&self, sort: Sort) -> Vec<&Lead> {
        self.leads.iter().filter(|lead| lead.sources.iter().any(|source| self.could_be(sort, source))).collect()
    }

    fn could_be(&self, sort: Sort, (source, at): &(Source, Option<At>)) -> bool {
        let kind = match (source, at) {
            (Source::Instance { .. }, Some(at)) => self.estate.kind(*at).0,
            (Source::Foreign { reference }, _) => reference.strip_prefix("data.").unwrap_or(reference),
            _ => return true,
        };
        match sort {
            Sort::Control => kind == CONTROL,
            Sort::Identity => kind == IDENTITY,
            Sort::Domain => {
                const NO_ORIGINS: [&str; 9] = [
                    "aws_acm_",
                    "aws_cloudfront_",
                    "aws_iam_",
                    "aws_kms_",
                    "aws_wafv2_",
                    "awscc_certificatemanager_",
                    "awscc_cloudfront_",
                    "awscc_iam_",
                    "awscc_wafv2_",
                ];
                let excluded = NO_ORIGINS.iter().any(|prefix| kind.starts_with(prefix));
                !excluded && attribute(source).is_none_or(|name| !name.ends_with("arn"))
            }
        }
    }

    /// Tells apart what is unknown in the attributes of a distribution, as far as can be, and says why it cannot.
    fn settle(&self, after: &mut Node, expressions: &mut Json, untold: &mut Option<String>) {
        if !self.loose {
            for name in ["origin_group", "ordered_cache_behavior", "custom_error_response", "staging"] {
                leave_out(after, name);
            }
            for name in ["default_cache_behavior", "ordered_cache_behavior"] {
                for behaviour in items(after, name) {
                    // One that is written is a list, and only in its items something can be unknown.
                    leave_out(behaviour, "lambda_function_association");
                    leave_out(behaviour, "function_association");
                }
            }
        }
        let mut blocks = Vec::new();
        let mut faults = BTreeSet::new();
        let open = Open::of(after);
        for origin in items(after, "origin") {
            match self.origin(origin, &open) {
                Ok(block) => blocks.push(block),
                Err(fault) => {
                    blocks.push(json!({}));
                    faults.insert(fault);
                }
            }
        }
        put(expressions, "origin", Json::Array(blocks));
        if let Some(fault) = faults.into_iter().next() {
            *untold = Some(fault);
        }
    }

    /// Settles one origin, and tells how its parts are written.
    fn origin(&self, origin: &mut Node, open: &Open) -> Result<Json, String> {
        let mut block = json!({});
        if is_unknown(origin, "domain_name") {
            put(&mut block, "domain_name", self.written("domain_name", Sort::Domain, false)?.unwrap_or(Json::Null));
        }
        if is_unknown(origin, "origin_access_control_id") {
            match self.written("origin_access_control_id", Sort::Control, open.controls > 1)? {
                Some(written) => put(&mut block, "origin_access_control_id", written),
                None => leave_out(origin, "origin_access_control_id"),
            }
        }
        for name in ["s3_origin_config", "custom_origin_config", "vpc_origin_config"] {
            if is_unknown(origin, name) {
                self.settled(name)?;
                // One that is written is an object, and only in its parts something can be unknown.
                leave_out(origin, name);
            }
        }
        for config in items(origin, "s3_origin_config") {
            if is_unknown(config, "origin_access_identity") {
                match self.written("origin_access_identity", Sort::Identity, open.identities > 1)? {
                    Some(written) => {
                        put(&mut block, "s3_origin_config", json!([{ "origin_access_identity": written }]));
                    }
                    None => leave_out(config, "origin_access_identity"),
                }
            }
        }
        Ok(block)
    }

    /// How an unknown part is written: none if it is not.
    fn written(&self, part: &str, sort: Sort, shared: bool) -> Result<Option<Json>, String> {
        self.settled(part)?;
        let found = self.of_sort(sort);
        let targets: BTreeSet<Option<At>> = found.iter().flat_map(|lead| &lead.sources).map(|(_, at)| *at).collect();
        match found.as_slice() {
            [] if sort == Sort::Domain => Err(self.hidden(part)),
            [] => Ok(None),
            _ if shared => Err(self.hidden(part)),
            [one] => Ok(Some(self.expression(&[*one]))),
            _ if targets.len() != 1 || targets.contains(&None) => Err(self.hidden(part)),
            // The id of a bucket, for the name of the origin, beside its domain.
            several if several.iter().all(|lead| !lead.is_website()) => Ok(Some(self.expression(several))),
            _ => Err(self.hidden(part)),
        }
    }

    fn expression(&self, leads: &[&Lead]) -> Json {
        let texts: Vec<&str> =
            leads.iter().map(|lead| lead.reference.text.as_str()).chain(self.keys.iter().map(String::as_str)).collect();
        json!({ "references": texts })
    }

    /// That every reference gives one text, so that what is unknown is one of them or is not written.
    fn settled(&self, part: &str) -> Result<(), String> {
        if self.loose { Err(self.hidden(part)) } else { Ok(()) }
    }

    fn hidden(&self, part: &str) -> String {
        let named: Vec<&str> = self.leads.iter().map(|lead| lead.reference.text.as_str()).take(6).collect();
        let named = if named.is_empty() { "values that it does not show".to_owned() } else { named.join(", ") };
        format!(
            "`{part}` of an origin is known after apply, and the plan shows only that `distribution_config` as a whole is \
             written with {named}"
        )
    }
}

/// How many origins have an unknown part of a sort.
struct Open {
    controls: usize,
    identities: usize,
}

impl Open {
    fn of(distribution: &Node) -> Self {
        let origins = distribution.get("origin").map(Node::items).unwrap_or_default();
        let unknown = |node: &Node, name: &str| node.get(name).is_some_and(Node::is_unknown);
        let identity = |origin: &&Node| {
            let configs = origin.get("s3_origin_config").map(Node::items).unwrap_or_default();
            configs.iter().any(|config| unknown(config, "origin_access_identity"))
        };
        Self {
            controls: origins.iter().filter(|origin| unknown(origin, "origin_access_control_id")).count(),
            identities: origins.iter().filter(identity).count(),
        }
    }
}

/// What a part of an origin names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Control,
    Identity,
    Domain,
}

impl Lead {
    fn is_website(&self) -> bool {
        self.sources.iter().any(|(source, _)| attribute(source).is_some_and(|name| name.starts_with("website")))
    }
}

/// Whether a reference gives a single text of a resource: no list that something could be made for each item of, no object,
/// and none of the values that are known before anything is made, which a condition may hang on.
fn gives_one_text(estate: &Estate<'_, '_>, lead: &Lead) -> bool {
    const ENDINGS: [&str; 8] = ["id", "arn", "name", "url", "endpoint", "alias", "bucket", "path"];
    const SURROUNDINGS: [&str; 3] = ["aws_caller_identity", "aws_partition", "aws_region"];
    let one_text = |(source, at): &(Source, Option<At>)| {
        at.is_none_or(|at| !SURROUNDINGS.contains(&estate.kind(at).0))
            && attribute(source).is_some_and(|name| ENDINGS.iter().any(|ending| name.ends_with(ending)))
    };
    !lead.sources.is_empty() && lead.sources.iter().all(one_text)
}

/// The attribute of a resource that a source reads.
fn attribute(source: &Source) -> Option<&str> {
    match source {
        Source::Instance { attribute, .. } => attribute.as_deref(),
        Source::Foreign { reference } => reference.rsplit('.').next(),
        _ => None,
    }
}

fn is_unknown(node: &Node, name: &str) -> bool {
    node.get(name).is_some_and(Node::is_unknown)
}

/// Takes an unknown field for one that is not set.
fn leave_out(node: &mut Node, name: &str) {
    if let Kind::Object(fields) = &mut node.kind
        && let Some(field) = fields.get_mut(name).filter(|field| field.is_unknown())
    {
        field.kind = Kind::Null;
    }
}

/// The items of a list, to be settled.
fn items<'n>(node: &'n mut Node, name: &str) -> &'n mut [Node] {
    let Kind::Object(fields) = &mut node.kind else { return &mut [] };
    match fields.get_mut(name).map(|field| &mut field.kind) {
        Some(Kind::List(items)) => items,
        _ => &mut [],
    }
}
