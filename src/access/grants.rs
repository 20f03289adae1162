//! What bucket and key policies say to the request that CloudFront makes.

use super::bucket::Destination;
use super::encryption::Encryption;
use super::facts::{Evidence, Fact, GrantFacts};
use super::origin::{Origin, Reach};
use super::view::View;
use crate::aws::distribution::Routing;
use crate::links::estate::At;
use crate::plan::value::Node;

/// A path whose grants are asked for.
#[derive(Debug)]
pub struct Subject<'g, 'v, 's, 'a> {
    /// The world.
    pub view: &'g View<'v, 's, 'a>,
    /// The origin.
    pub origin: &'g Origin<'s>,
    /// How CloudFront reaches it.
    pub reach: &'g Reach,
    /// Where it leads.
    pub destination: &'g Destination,
    /// Which behaviours lead there.
    pub routing: Routing,
    /// The distribution's attributes.
    pub distribution: &'s Node,
}

/// A grant, and where it was read.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The answer.
    pub fact: Fact<GrantFacts>,
    /// The resource that holds the policy.
    pub at: Option<At>,
    /// Where it was read.
    pub evidence: Vec<Evidence>,
}

impl Subject<'_, '_, '_, '_> {
    /// Whether the bucket policy lets this origin read.
    pub fn bucket_grant(&self) -> Answer {
        Answer { fact: Fact::Unknown("the bucket policy is not evaluated".to_owned()), at: None, evidence: Vec::new() }
    }

    /// Whether the key policy lets this distribution decrypt; none where that is not needed.
    pub fn key_grant(&self, _encryption: &Encryption) -> Option<Answer> {
        None
    }
}
