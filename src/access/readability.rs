//! What viewers get of a path: all its facts put together to whether objects can be read.

use super::encryption::Encryption;
use super::facts::{
    Access, Algorithm, Endpoint, Existing, Fact, Grant, GrantFacts, KeyFacts, KeyManager, ReadState, Readability,
    RetiredKeyFacts,
};
use super::grants;
use super::origin::{Origin, Reach};

/// The key that objects need, and whether CloudFront may use it.
#[derive(Clone, Copy)]
pub(super) struct Lock<'f> {
    key: Option<&'f Fact<KeyFacts>>,
    grant: Option<&'f Fact<GrantFacts>>,
}

impl<'f> Lock<'f> {
    pub(super) fn of(encryption: Option<&'f Encryption>, grant: Option<&'f grants::Answer>) -> Self {
        Self { key: encryption.and_then(|encryption| encryption.key.as_ref()), grant: grant.map(|grant| &grant.fact) }
    }
}

/// Puts the facts of a path together to what viewers get.
pub(super) struct Judge<'f> {
    pub(super) reach: &'f Reach,
    pub(super) endpoint: &'f Fact<Endpoint>,
    pub(super) origin: &'f Origin<'f>,
    pub(super) edge_function: Option<bool>,
    pub(super) bucket_grant: &'f Fact<GrantFacts>,
    /// Whether the public access block shuts out who does not sign.
    pub(super) shut_out: Option<&'f Fact<bool>>,
    pub(super) new: Lock<'f>,
    pub(super) existing: Lock<'f>,
    pub(super) retired: &'f [RetiredKeyFacts],
    pub(super) gone: bool,
}

impl Judge<'_> {
    pub(super) fn readability(&self, default: &Fact<Algorithm>, existing: &Fact<Existing>) -> Readability {
        let new = match default {
            Fact::Known(Algorithm::SseS3) => self.plain(),
            Fact::Known(_) if self.retired.iter().any(|key| key.new) => ReadState::Unreadable,
            Fact::Known(_) => self.locked(self.new),
            Fact::Unknown(_) => self.either(self.new),
        };
        let existing = match existing {
            Fact::Known(Existing::None) => ReadState::Absent,
            Fact::Known(Existing::SseS3) => self.plain(),
            Fact::Known(Existing::Kms) if self.retired.iter().any(|key| key.existing) => ReadState::Unreadable,
            Fact::Known(Existing::Kms) => self.locked(self.existing),
            Fact::Unknown(_) => self.either(self.existing),
        };
        let settled = |state: ReadState| match state {
            ReadState::Readable if self.reach.oac.is_some() && self.origin.gap().is_some() => ReadState::Unresolved,
            state => state,
        };
        Readability { existing: settled(existing), new: settled(new) }
    }

    /// Where the encryption cannot be told, only what holds for both kinds of object is certain.
    fn either(&self, lock: Lock<'_>) -> ReadState {
        match (self.plain(), self.locked(lock)) {
            (one, other) if one == other => one,
            _ => ReadState::Unresolved,
        }
    }

    /// An object that needs no key.
    fn plain(&self) -> ReadState {
        if self.is_rejected() {
            return ReadState::Unreadable;
        }
        match (self.reach.access.known(), grant(Some(self.bucket_grant))) {
            (None, _) => ReadState::Unresolved,
            (Some(Access::Oac), may_read) => may_read,
            // A function at the edge may sign as somebody whom the bucket policy need not name.
            (Some(_), ReadState::Unreadable) if self.edge_function != Some(false) => ReadState::Unresolved,
            (Some(Access::Unsigned | Access::Website), ReadState::Readable) => match self.shut_out {
                Some(Fact::Known(true)) if self.edge_function == Some(false) => ReadState::Unreadable,
                Some(Fact::Known(true) | Fact::Unknown(_)) => ReadState::Unresolved,
                Some(Fact::Known(false)) | None => ReadState::Readable,
            },
            (Some(_), may_read) => may_read,
        }
    }

    /// An object that is encrypted with a KMS key.
    fn locked(&self, lock: Lock<'_>) -> ReadState {
        if self.is_rejected() {
            return ReadState::Unreadable;
        }
        match self.reach.access.known() {
            Some(Access::Oac) => match lock.key {
                Some(Fact::Known(KeyFacts { manager: Fact::Known(KeyManager::Aws), .. })) => ReadState::Unreadable,
                _ => worst(self.plain(), grant(lock.grant)),
            },
            Some(_) if self.edge_function == Some(false) => ReadState::Unreadable,
            Some(_) | None => ReadState::Unresolved,
        }
    }

    /// Whether the bucket is gone, or AWS refuses the origin as it is configured.
    fn is_rejected(&self) -> bool {
        if self.gone {
            return true;
        }
        let (oai, oac) = (self.reach.oai.is_some(), self.reach.oac.as_ref().map(|(oac, _)| oac));
        let made_for_s3 = oac.and_then(|oac| oac.origin_type.known()).map(|kind| kind == "s3");
        let mistyped = match self.endpoint.known() {
            Some(Endpoint::Website) => oai || oac.is_some(),
            Some(Endpoint::Other) => made_for_s3 == Some(true),
            Some(_) => made_for_s3 == Some(false),
            None => false,
        };
        let mistyped = mistyped || self.origin.has("custom_origin_config") == Some(true) && made_for_s3 == Some(true);
        oai && oac.is_some() || mistyped
    }
}

fn grant(fact: Option<&Fact<GrantFacts>>) -> ReadState {
    match fact {
        Some(Fact::Known(GrantFacts { result: Grant::Allowed, .. })) => ReadState::Readable,
        Some(Fact::Known(_)) => ReadState::Unreadable,
        Some(Fact::Unknown(_)) | None => ReadState::Unresolved,
    }
}

fn worst(one: ReadState, other: ReadState) -> ReadState {
    let rank = |state: ReadState| match state {
        ReadState::Unreadable => 0,
        ReadState::Unresolved => 1,
        ReadState::Readable | ReadState::Absent => 2,
    };
    if rank(one) <= rank(other) { one } else { other }
}
