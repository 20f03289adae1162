//! What the resources of one world are called, to find them by it.

use std::collections::{BTreeSet, HashMap};

use super::access_points;
use super::buckets::{Setting, Settings};
use super::estate::At;
use super::keys::{AdriftPolicy, Key, is_key};
use super::replication::Replication;
use crate::aws::arn::KeyName;
use crate::plan::{Instance, World};

#[derive(Debug, Default)]
pub(super) struct Index {
    pub(super) buckets: HashMap<String, Vec<At>>,
    pub(super) looked_up_buckets: HashMap<String, Vec<At>>,
    pub(super) access_points: HashMap<String, At>,
    pub(super) access_point_policies: Vec<At>,
    pub(super) settings: HashMap<Setting, Settings>,
    pub(super) key_policies: HashMap<Key, Vec<At>>,
    pub(super) key_policies_adrift: Vec<AdriftPolicy>,
    pub(super) replications: Vec<Replication>,
    pub(super) account_blocks: Vec<At>,
    pub(super) keys: HashMap<String, BTreeSet<At>>,
    pub(super) aliases: HashMap<String, BTreeSet<At>>,
    pub(super) edge_functions: HashMap<String, At>,
    pub(super) identities: HashMap<String, At>,
    pub(super) controls: HashMap<String, At>,
}

impl Index {
    pub(super) fn add(&mut self, at: At, kind: (&str, bool), instance: &Instance<'_>, world: World) {
        let known = |names: &[&str]| instance.texts(world, names);
        match kind {
            ("aws_s3_bucket", managed) => {
                let [bucket, id] = <[Option<String>; 2]>::try_from(known(&["bucket", "id"])).unwrap_or_default();
                if let Some(name) = bucket.or(id) {
                    let names = if managed { &mut self.buckets } else { &mut self.looked_up_buckets };
                    names.entry(name).or_default().push(at);
                }
            }
            ("aws_s3_access_point", true) => {
                for alias in known(&["alias"]).into_iter().flatten() {
                    adopt(&mut self.access_points, alias, at, instance);
                }
            }
            (access_points::POLICY, true) => self.access_point_policies.push(at),
            (kind, _) if is_key(kind) => {
                let names: BTreeSet<String> = known(&["arn", "key_id", "id"]).into_iter().flatten().collect();
                for name in names {
                    let id = match KeyName::parse(&name) {
                        KeyName::Key { id, .. } => id.to_owned(),
                        _ => continue,
                    };
                    self.keys.entry(id).or_default().insert(at);
                    self.keys.entry(name).or_default().insert(at);
                }
            }
            ("aws_s3_account_public_access_block", true) => self.account_blocks.push(at),
            ("aws_kms_alias", _) => {
                for name in known(&["name", "arn"]).into_iter().flatten() {
                    self.aliases.entry(name).or_default().insert(at);
                }
            }
            ("aws_cloudfront_function", true) => {
                self.edge_functions.extend(known(&["arn"]).into_iter().flatten().map(|arn| (arn, at)));
            }
            ("aws_cloudfront_origin_access_identity", _) => {
                for id in known(&["id"]).into_iter().flatten() {
                    adopt(&mut self.identities, id, at, instance);
                }
            }
            ("aws_cloudfront_origin_access_control", _) => {
                for id in known(&["id"]).into_iter().flatten() {
                    adopt(&mut self.controls, id, at, instance);
                }
            }
            _ => {}
        }
    }
}

/// What one state or address lets go of, another one takes in: the one that stays managed is kept.
fn adopt(index: &mut HashMap<String, At>, id: String, at: At, instance: &Instance<'_>) {
    if instance.is_forgotten() {
        index.entry(id).or_insert(at);
    } else {
        index.insert(id, at);
    }
}
