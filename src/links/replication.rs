//! Replication: which bucket's objects S3 copies into which other bucket.

use std::collections::HashMap;

use serde_json::Value as Json;

use super::buckets::Bucket;
use super::estate::{At, Estate, Link};
use super::index::in_order;
use crate::plan::World;
use crate::plan::instance::Part;
use crate::plan::value::{Node, Text};

/// One rule of a replication.
#[derive(Debug, Clone)]
pub struct Replication {
    /// The `aws_s3_bucket_replication_configuration`, or the bucket that has it inline.
    pub at: At,
    /// The bucket that is replicated.
    pub source: Link<Bucket>,
    /// The bucket that gets the replicas.
    pub destination: Link<Bucket>,
    rule: usize,
    is_inline: bool,
    /// Whether the bucket that gets the replicas may be one that is there already.
    may_exist: bool,
}

/// All of them in one world.
#[derive(Debug, Default)]
pub(super) struct Replications {
    all: Vec<Replication>,
    /// The positions of those into one bucket, or one of a few.
    into: HashMap<Bucket, Vec<usize>>,
    /// Of those that may be into any.
    into_any: Vec<usize>,
    /// Of those among them that may be into one that is there already.
    into_any_there: Vec<usize>,
}

impl Replications {
    fn add(&mut self, replication: Replication) {
        let at = self.all.len();
        let open = match &replication.destination {
            Link::To(bucket) => {
                self.into.entry(bucket.clone()).or_default().push(at);
                false
            }
            Link::Unresolved { candidates, closed, .. } => {
                for bucket in candidates {
                    self.into.entry(bucket.clone()).or_default().push(at);
                }
                !closed
            }
        };
        if open {
            self.into_any.push(at);
            if replication.may_exist {
                self.into_any_there.push(at);
            }
        }
        self.all.push(replication);
    }

    /// Those that bring objects into a bucket, or may; `settled` says whether it is there already under a name that the plan
    /// shows.
    fn reaching(&self, bucket: &Bucket, settled: bool) -> impl Iterator<Item = &Replication> {
        let into_any = if settled { &self.into_any_there } else { &self.into_any };
        let mut last = None;
        let positions = in_order(self.into.get(bucket).map_or(&[], Vec::as_slice), into_any);
        // What may be into any bucket may be into a few above all.
        positions.filter(move |at| last.replace(*at) != Some(*at)).filter_map(|at| self.all.get(at))
    }
}

const INLINE: &str = "replication_configuration";

impl Replication {
    /// The rule among the attributes of its holder.
    #[must_use]
    pub fn rule<'n>(&self, values: &'n Node) -> Option<&'n Node> {
        rules(values, self.is_inline)?.get(self.rule)
    }

    /// The place of the rule among the attributes of its holder.
    #[must_use]
    pub fn place(&self) -> Vec<Part<'static>> {
        let mut place = if self.is_inline {
            vec![Part::Name(INLINE), Part::Index(0), Part::Name("rules")]
        } else {
            vec![Part::Name("rule")]
        };
        place.push(Part::Index(self.rule));
        place
    }

    /// The block of the rule that names the key of the replicas.
    #[must_use]
    pub fn key_holder<'n>(&self, rule: &'n Node) -> Option<&'n Node> {
        let destination = rule.block("destination").ok().flatten()?;
        if self.is_inline { Some(destination) } else { destination.block("encryption_configuration").ok().flatten() }
    }

    /// The place of that key among the attributes of the holder.
    #[must_use]
    pub fn key_place(&self) -> Vec<Part<'static>> {
        let mut place = self.place();
        place.extend([Part::Name("destination"), Part::Index(0)]);
        if !self.is_inline {
            place.extend([Part::Name("encryption_configuration"), Part::Index(0)]);
        }
        place.push(Part::Name("replica_kms_key_id"));
        place
    }
}

impl Estate<'_, '_> {
    /// The replications that bring objects into a bucket, or may.
    pub fn replications_into(&self, bucket: &Bucket, world: World) -> impl Iterator<Item = &Replication> {
        // A name that comes from something that does not exist yet is not that of a bucket which does.
        let settled = world == World::After && self.has_settled_name(bucket);
        self.index(world).replications.reaching(bucket, settled)
    }

    /// How the key of a replication is written, where the configuration shows it.
    #[must_use]
    pub fn replication_key(&self, replication: &Replication) -> Option<&Json> {
        let rule = self.rule_expression(replication.at, replication.rule, replication.is_inline)?;
        let destination = rule.get("destination")?.get(0)?;
        let holder =
            if replication.is_inline { destination } else { destination.get("encryption_configuration")?.get(0)? };
        holder.get("replica_kms_key_id")
    }

    pub(super) fn replications(&self, world: World) -> Replications {
        let mut all = Replications::default();
        for at in self.all(world) {
            let is_inline = match self.kind(at) {
                ("aws_s3_bucket_replication_configuration", true) => false,
                // A bucket is parsed only if it replicates.
                ("aws_s3_bucket", true) if self.instance(at).mentions(world, INLINE) => true,
                _ => continue,
            };
            let Some(rules) = self.values(at, world).and_then(|values| rules(values, is_inline)) else { continue };
            let source = if is_inline { Link::To(Bucket::Instance(at)) } else { self.bucket_of(at, "bucket", world) };
            for (rule, values) in rules.iter().enumerate() {
                let Ok(Some(destination)) = values.block("destination") else { continue };
                let destination = match destination.text("bucket") {
                    Text::Known(name) if !name.is_empty() => self.bucket_named(name, at.plan, world),
                    Text::Unknown if world == World::After => self.replicated_to(at, rule, is_inline),
                    _ => continue,
                };
                let may_exist = world == World::Before
                    || self
                        .replicates_to(at, rule, is_inline)
                        .is_none_or(|expression| self.names_what_exists(at, expression));
                all.add(Replication { at, source: source.clone(), destination, rule, is_inline, may_exist });
            }
        }
        all
    }

    /// How the bucket that gets the replicas is written.
    fn replicates_to(&self, at: At, rule: usize, is_inline: bool) -> Option<&Json> {
        self.rule_expression(at, rule, is_inline)?.get("destination")?.get(0)?.get("bucket")
    }

    fn replicated_to(&self, at: At, rule: usize, is_inline: bool) -> Link<Bucket> {
        match self.replicates_to(at, rule, is_inline) {
            Some(expression) => self.bucket_behind(at, expression, false),
            None => Link::nowhere("the configuration does not show what it was written with"),
        }
    }

    /// The rule as it is written. A list keeps its order, unless a `dynamic` block makes it; inline rules are a set.
    fn rule_expression(&self, at: At, rule: usize, is_inline: bool) -> Option<&Json> {
        let expressions = self.expressions(at);
        let list = if is_inline { expressions.get(INLINE)?.get(0)?.get("rules")? } else { expressions.get("rule")? };
        let count = rules(self.values(at, World::After)?, is_inline)?.len();
        let list = list.as_array().filter(|list| list.len() == count && (!is_inline || count == 1))?;
        list.get(rule)
    }
}

fn rules(values: &Node, is_inline: bool) -> Option<&[Node]> {
    let list = if is_inline { values.block(INLINE).ok()??.get("rules")? } else { values.get("rule")? };
    Some(list.items())
}
