//! How CloudFront reaches an origin: as an OAI, signed by an OAC, unsigned, or through a website endpoint.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html>.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::facts::{Access, Endpoint, Evidence, Fact, OacFacts, ResourceFacts};
use super::view::{self, SENSITIVE, View};
use crate::aws::distribution::{self, Name};
use crate::aws::endpoint::S3Endpoint;
use crate::aws::origin_blocks::match_blocks;
use crate::links::estate::{At, is_open};
use crate::links::expression::{references, written_with};
use crate::plan::World;
use crate::plan::instance::Part;
use crate::plan::value::{Kind, Node, Text, Unknown};

/// An `origin` block of a distribution in one world.
#[derive(Debug, Clone)]
pub struct Origin<'s> {
    /// The distribution.
    pub distribution: At,
    /// The position in the distribution's set of origins.
    pub index: usize,
    /// Its values.
    pub values: &'s Node,
    /// The block of the configuration it was made from, and its position there.
    pub written: Option<(usize, &'s Json)>,
    /// Its id.
    pub name: Name,
}

impl<'s> Origin<'s> {
    /// The origins of a distribution in a world; none if their number cannot be told.
    pub fn all(view: &View<'_, 's, '_>, distribution: At) -> Option<Vec<Self>> {
        let values = view.values(distribution)?;
        let list = values.get("origin")?;
        let is_block = |item: &Node| matches!(item.kind, Kind::Object(_));
        if !matches!(&list.kind, Kind::List(items) if items.iter().all(is_block)) {
            return None;
        }
        let blocks = match view.world {
            World::Before => vec![None; list.items().len()],
            // What little is known of how they are written was put in their order.
            World::After if view.estate.is_flat(distribution) => (0..list.items().len()).map(Some).collect(),
            World::After => {
                let targets = targets(view, distribution);
                let constant = |expression: &Json| constant(&targets, expression);
                match_blocks(list.items(), view.estate.expressions(distribution), constant)
            }
        };
        let written = |at: usize| Some((at, view.estate.expressions(distribution).get("origin")?.get(at)?));
        let origin = |(index, (values, block)): (usize, (&'s Node, Option<usize>))| {
            let written = block.and_then(written);
            let name = distribution::origin_name(values, written.map(|(_, block)| block));
            Self { distribution, index, values, written, name }
        };
        Some(list.items().iter().zip(blocks).enumerate().map(origin).collect())
    }

    /// What people call it: its id, else the reference it is written with.
    pub fn label(&self) -> String {
        let sensitive = self.values.sensitive || self.values.get("origin_id").is_some_and(|id| id.sensitive);
        match &self.name {
            _ if sensitive => SENSITIVE.to_owned(),
            Name::Known(name) => name.clone(),
            Name::Written(references) => references.iter().cloned().collect::<Vec<_>>().join(", "),
            Name::Unknown => "(known after apply)".to_owned(),
        }
    }

    /// How an argument of the origin is written; the last step of `path` may lie in a nested block.
    pub fn expression(&self, path: &[&str]) -> Option<&'s Json> {
        let (_, block) = self.written?;
        let (last, blocks) = path.split_last()?;
        blocks.iter().try_fold(block, |block, name| block.get(name)?.get(0))?.get(last)
    }

    /// Whether a nested block is there; none if it cannot be told.
    pub fn has(&self, block: &str) -> Option<bool> {
        self.values.block(block).ok().map(|block| block.is_some())
    }

    /// Which block may be there or not: with an access control, AWS takes neither a custom origin nor an identity.
    pub fn gap(&self) -> Option<String> {
        let blocks = ["custom_origin_config", "s3_origin_config"];
        let unknown = blocks.into_iter().find(|block| self.has(block).is_none())?;
        Some(format!("whether it has a block `{unknown}` is known after apply"))
    }

    fn evidence(&self, view: &View<'_, '_, '_>, path: &[&str], note: String) -> Option<Evidence> {
        let mut parts = vec![Part::Name("origin"), Part::Index(self.index)];
        for (at, name) in path.iter().enumerate() {
            parts.push(Part::Name(name));
            if at + 1 < path.len() {
                parts.push(Part::Index(0));
            }
        }
        view.evidence(self.distribution, &parts, note)
    }

    /// Evidence for an argument: where its value stands, and how it is written.
    pub fn evidence_of(&self, view: &View<'_, '_, '_>, path: &[&str], note: String) -> Vec<Evidence> {
        let written = || {
            let (at, _) = self.written?;
            let expression = self.expression(path)?;
            let mut parts = vec![Part::Name("origin"), Part::Index(at)];
            for (at, name) in path.iter().enumerate() {
                parts.push(Part::Name(name));
                if at + 1 < path.len() {
                    parts.push(Part::Index(0));
                }
            }
            view.written_evidence(self.distribution, &parts, format!("written with {}", written_with(expression)?))
        };
        self.evidence(view, path, note).into_iter().chain(written()).collect()
    }
}

/// What the ids of origins that are written with locals stand for, as far as behaviours show it: a local that a behaviour's
/// target is written with, and the target that it became.
fn targets(view: &View<'_, '_, '_>, distribution: At) -> BTreeMap<String, String> {
    let Some(values) = view.values(distribution) else { return BTreeMap::new() };
    let expressions = view.estate.expressions(distribution);
    let mut found = BTreeMap::new();
    for name in ["default_cache_behavior", "ordered_cache_behavior"] {
        let blocks = expressions.get(name).and_then(Json::as_array).map_or(&[] as &[Json], Vec::as_slice);
        let behaviours = values.get(name).map(Node::items).unwrap_or_default();
        // A list keeps its order, unless a `dynamic` block adds to it.
        if blocks.len() != behaviours.len() {
            continue;
        }
        for (block, behaviour) in blocks.iter().zip(behaviours) {
            let expression = block.get("target_origin_id");
            let target = behaviour.text("target_origin_id").non_empty();
            if let (Some(key), Some(target)) = (expression.and_then(sole_reference), target) {
                found.insert(key, target.to_owned());
            }
        }
    }
    found
}

/// The reference that an expression consists of, if that is all there is to it.
fn sole_reference(expression: &Json) -> Option<String> {
    match references(expression).as_slice() {
        [only] => Some(only.text.clone()),
        _ => None,
    }
}

/// The one constant string an expression comes down to: a constant, or what behaviours show of a lone reference.
///
/// A lone reference may still be part of a text, in a template; equal templates give equal texts.
fn constant(targets: &BTreeMap<String, String>, expression: &Json) -> Option<String> {
    if let Some(value) = expression.get("constant_value") {
        return value.as_str().map(str::to_owned);
    }
    targets.get(&sole_reference(expression)?).cloned()
}

/// How CloudFront reaches an origin.
#[derive(Debug, Clone)]
pub struct Reach {
    /// In a word.
    pub access: Fact<Access>,
    /// The identity, if one is set.
    pub oai: Option<(ResourceFacts, Option<At>)>,
    /// The access control, if one is set.
    pub oac: Option<(OacFacts, Option<At>)>,
    /// Where it was read.
    pub evidence: Vec<Evidence>,
}

/// Works out how CloudFront reaches `origin`, whose domain is `endpoint`.
pub fn reach(view: &View<'_, '_, '_>, origin: &Origin<'_>, endpoint: &Fact<Endpoint>) -> Reach {
    let mut evidence = Vec::new();
    let oai = identity(view, origin, &mut evidence);
    let oac = control(view, origin, &mut evidence);
    let never_signs = |oac: &(OacFacts, Option<At>)| oac.0.signing.known().is_some_and(|signing| signing == "never");
    let access = match (&oai, &oac) {
        _ if endpoint.known() == Some(&Endpoint::Website) => Fact::Known(Access::Website),
        (Ok(Some(_)), _) => Fact::Known(Access::Oai),
        (_, Some(oac)) if never_signs(oac) => Fact::Known(Access::Unsigned),
        (_, Some(_)) => Fact::Known(Access::Oac),
        (Ok(None), None) => Fact::Known(Access::Unsigned),
        (Err(Unknown), None) => Fact::Unknown(
            "whether the origin has an origin access identity depends on values known after apply".to_owned(),
        ),
    };
    if matches!(access, Fact::Known(Access::Unsigned)) && oac.is_none() {
        let note = "neither an origin access identity nor an origin access control is set".to_owned();
        evidence.extend(origin.evidence(view, &[], note));
    }
    Reach { access, oai: oai.unwrap_or(None), oac, evidence }
}

type Identity = (ResourceFacts, Option<At>);

fn identity(
    view: &View<'_, '_, '_>,
    origin: &Origin<'_>,
    evidence: &mut Vec<Evidence>,
) -> Result<Option<Identity>, Unknown> {
    let path = ["s3_origin_config", "origin_access_identity"];
    let Some(block) = origin.values.block("s3_origin_config")? else { return Ok(None) };
    let sensitive = block.sensitive || block.get("origin_access_identity").is_some_and(|value| value.sensitive);
    let identity = match block.text("origin_access_identity") {
        // An empty identity is how the API says that there is none.
        Text::Unset | Text::Known("") => return Ok(None),
        Text::Known(value) => {
            let at = view.estate.identity(value, view.world);
            let label = at.map_or_else(|| value.to_owned(), |at| view.estate.label(at));
            let label = if sensitive && at.is_none() { SENSITIVE.to_owned() } else { label };
            (label, at, if sensitive { SENSITIVE.to_owned() } else { format!("\"{value}\"") })
        }
        Text::Unknown => {
            let (label, at) = written_resource(view, origin, &path, "aws_cloudfront_origin_access_identity");
            (label, at, "known after apply".to_owned())
        }
    };
    let (label, at, shown) = identity;
    evidence.extend(origin.evidence_of(view, &path, format!("origin_access_identity: {shown}")));
    let address = at.map(|at| view.estate.label(at));
    Ok(Some((ResourceFacts { label, address }, at)))
}

fn control(
    view: &View<'_, '_, '_>,
    origin: &Origin<'_>,
    evidence: &mut Vec<Evidence>,
) -> Option<(OacFacts, Option<At>)> {
    let path = ["origin_access_control_id"];
    let sensitive = origin.values.get(path[0]).is_some_and(|value| value.sensitive);
    let (label, at, shown) = match origin.values.text(path[0]) {
        Text::Unset | Text::Known("") => return None,
        Text::Known(value) => {
            let at = view.estate.control(value, view.world);
            let label = at.map_or_else(|| value.to_owned(), |at| view.estate.label(at));
            let label = if sensitive && at.is_none() { SENSITIVE.to_owned() } else { label };
            (label, at, if sensitive { SENSITIVE.to_owned() } else { format!("\"{value}\"") })
        }
        Text::Unknown => {
            let (label, at) = written_resource(view, origin, &path, "aws_cloudfront_origin_access_control");
            (label, at, "known after apply".to_owned())
        }
    };
    evidence.extend(origin.evidence_of(view, &path, format!("origin_access_control_id: {shown}")));
    let values = at.and_then(|at| view.values(at));
    let fact = |name: &str, note: &str, words: &[&str]| match values.map(|values| (values, values.text(name))) {
        Some((values, Text::Known(value))) => Fact::Known(view::told(values, name, value, words).to_owned()),
        Some((_, Text::Unknown)) => Fact::Unknown(format!("`{name}` of {label} is known after apply")),
        _ => Fact::Unknown(match at {
            None if label.starts_with('(') => {
                format!("the plan does not show which origin access control it is, nor its {note}")
            }
            _ => format!("the origin access control {label} is not in this plan, so its {note} is not shown"),
        }),
    };
    let facts = OacFacts {
        address: at.map(|at| view.estate.label(at)),
        origin_type: fact("origin_access_control_origin_type", "origin type", &["s3"]),
        signing: fact("signing_behavior", "signing behaviour", &["always", "never", "no-override"]),
        name_is_taken: at.is_some_and(|at| name_is_taken(view, at)),
        label: label.clone(),
    };
    // What is as it should be for S3 is not worth a line.
    let unusual = [
        ("origin_access_control_origin_type", &facts.origin_type, "s3"),
        ("signing_behavior", &facts.signing, "always"),
    ];
    for (name, fact, usual) in unusual {
        if let (Some(at), Some(value)) = (at, fact.known().filter(|value| *value != usual)) {
            let shown = values.map_or(value.as_str(), |values| view::told(values, name, value, &[]));
            let shown = if shown == SENSITIVE { shown.to_owned() } else { format!("\"{shown}\"") };
            evidence.extend(view.evidence(at, &[Part::Name(name)], format!("{name}: {shown}")));
        }
    }
    Some((facts, at))
}

/// Whether an access control is made anew beside the old one, whose name it shares: names are unique in an account.
fn name_is_taken(view: &View<'_, '_, '_>, at: At) -> bool {
    let instance = view.estate.instance(at);
    let name = |world| instance.texts(world, &["name"]).into_iter().flatten().next();
    let order: Vec<&str> = instance.actions.iter().map(String::as_str).collect();
    view.world == World::After && order == ["create", "delete"] && name(World::Before) == name(World::After)
}

/// The resource of a type that an unknown argument was written with: its label, and the instance if there is exactly one.
fn written_resource(view: &View<'_, '_, '_>, origin: &Origin<'_>, path: &[&str], kind: &str) -> (String, Option<At>) {
    let Some(expression) = origin.expression(path) else { return ("(known after apply)".to_owned(), None) };
    let sources = view.estate.resolve(origin.distribution, expression);
    let found: Vec<At> =
        sources.iter().filter_map(|(_, at)| *at).filter(|at| view.estate.kind(*at).0 == kind).collect();
    if let ([one], false) = (found.as_slice(), is_open(&sources)) {
        return (view.estate.label(*one), Some(*one));
    }
    (written_with(expression).unwrap_or_else(|| "(known after apply)".to_owned()), None)
}

/// What an origin's domain name tells, when it is known.
pub fn known_endpoint(origin: &Origin<'_>) -> Option<(String, Option<S3Endpoint>)> {
    let domain = origin.values.text("domain_name").non_empty()?;
    Some((domain.to_owned(), S3Endpoint::parse(domain)))
}
