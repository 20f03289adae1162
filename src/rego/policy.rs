//! A policy among others: known by its file, and asked what it says of itself only when somebody wants to know.
//!
//! Reading METADATA takes longer than judging an ordinary plan, and most policies find nothing.

use std::borrow::Cow;
use std::sync::OnceLock;

use regorus::Value;

use super::error::PolicyError;
use super::metadata::PolicyMeta;
use super::needs::Needs;
use super::raw::{self, RawFinding};
use crate::access::facts::PathFacts;

/// A policy file.
#[derive(Debug, Clone)]
pub(super) struct Policy {
    /// The kebab-case id.
    pub(super) id: Cow<'static, str>,
    file: Cow<'static, str>,
    source: Cow<'static, str>,
    pub(super) needs: Needs,
    meta: OnceLock<Result<PolicyMeta, PolicyError>>,
}

impl Policy {
    /// A policy whose METADATA is read now.
    ///
    /// # Errors
    /// METADATA that is missing or wrong.
    pub(super) fn read(file: &str, source: &str) -> Result<Self, PolicyError> {
        let meta = PolicyMeta::parse(file, source)?;
        Ok(Self {
            id: meta.id.clone().into(),
            file: file.to_owned().into(),
            source: source.to_owned().into(),
            // They could be read before.
            needs: Needs::parse(&meta.needs).unwrap_or_default(),
            meta: Ok(meta).into(),
        })
    }

    /// A policy that is known to be called as its file is.
    pub(super) fn unread(file: &'static str, source: &'static str) -> Self {
        let name = file.rsplit('/').next().unwrap_or(file);
        let id = name.strip_suffix(".rego").unwrap_or(name);
        let needs = Needs::in_source(source);
        Self { id: id.into(), file: file.into(), source: source.into(), needs, meta: OnceLock::new() }
    }

    /// Its file and what stands in it.
    pub(super) fn source(&self) -> (&str, &str) {
        (&self.file, &self.source)
    }

    /// What it says of itself.
    ///
    /// # Errors
    /// METADATA that is missing or wrong.
    pub(super) fn meta(&self) -> Result<&PolicyMeta, PolicyError> {
        self.meta.get_or_init(|| PolicyMeta::parse(&self.file, &self.source)).as_ref().map_err(Clone::clone)
    }

    /// The path of the rule that holds what it finds.
    pub(super) fn entry(&self) -> String {
        format!("data.oacguard.{}.finding", self.id.replace('-', "_"))
    }

    /// What it found, read from what its entry evaluated to over these plans and paths.
    ///
    /// # Errors
    /// Anything that is not a set of well-formed findings about them.
    pub(super) fn decode(
        &self,
        answer: &Value,
        plans: usize,
        paths: &[PathFacts],
    ) -> Result<Vec<RawFinding>, PolicyError> {
        match answer {
            Value::Set(set) if set.is_empty() => Ok(Vec::new()),
            _ => raw::decode(self.meta()?, answer, plans, paths),
        }
    }
}
