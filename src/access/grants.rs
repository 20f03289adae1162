//! What bucket and key policies say to the request that CloudFront makes.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html>.

use super::access_point;
use super::bucket::Destination;
use super::encryption::Encryption;
use super::exposure::{self, Acls, acls};
use super::facts::{
    Access, ContextFacts, DenialFacts, Endpoint, Evidence, Fact, Grant, GrantFacts, GrantGap, KeyFacts, KeyManager,
    PolicyDocument, WriteFacts,
};
use super::origin::{Origin, Reach};
use super::policy::{Policy, of_bucket, of_key, of_named_key};
use super::view::View;
use crate::aws::arn::identity_id;
use crate::aws::dialect;
use crate::aws::distribution::{Name, Routing};
use crate::iam::{
    Bucket as NamedBucket, Caller, Distribution, Document, Gap, Key as NamedKey, Oai, Objects, Outcome, Request,
    Target, Upload, Way, evaluate, outcome,
};
use crate::links::buckets::Bucket;
use crate::links::estate::{At, Link};
use crate::plan::World;
use crate::plan::value::{Node, Text};

/// A path whose grants are asked for.
#[derive(Debug, Clone, Copy)]
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
    /// The ids of all its origins.
    pub ids: &'g [Name],
}

/// Where a plan has a key: as a resource, or only its policy, under the key's id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The resource or data source.
    At(At),
    /// The id of a key that no plan has.
    Id(String),
}

/// A grant, and where it was read.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The answer.
    pub fact: Fact<GrantFacts>,
    /// A statement that may deny, if that alone is what is not known.
    pub denial: Option<DenialFacts>,
    /// What in the policy leaves the answer open.
    pub gap: Option<GrantGap>,
    /// The answer if object ACLs do not grant, where that they might is all that is not known.
    pub without_acls: Option<GrantFacts>,
    /// Whether that object ACLs may grant it is all that is not known.
    pub rides_on_acls: bool,
    /// A grant that an S3 Bucket Key makes doubtful.
    pub context: Option<ContextFacts>,
    /// The resource that holds the policy.
    pub at: Option<At>,
    /// The resource that holds the policy of the bucket, where one of an access point decides as well.
    pub beside: Option<At>,
    /// Where it was read.
    pub evidence: Vec<Evidence>,
}

impl Answer {
    /// Nothing can be told, and this is why.
    pub fn unknown(why: impl Into<String>) -> Self {
        Self::of(Fact::Unknown(why.into()))
    }

    pub(super) fn of(fact: Fact<GrantFacts>) -> Self {
        Self {
            fact,
            denial: None,
            gap: None,
            without_acls: None,
            rides_on_acls: false,
            context: None,
            at: None,
            beside: None,
            evidence: Vec::new(),
        }
    }
}

impl Subject<'_, '_, '_, '_> {
    /// What CloudFront asks of the bucket.
    ///
    /// # Errors
    /// Why that cannot be told.
    pub fn bucket_request(&self) -> Result<Request, String> {
        match &self.destination.bucket {
            Link::To(_) if self.destination.access_point.is_none() && self.destination.is_access_point() => {
                Err("the policy of the access point decides as well, and which access point it is cannot be told"
                    .to_owned())
            }
            Link::To(bucket) => self.request(Target::Objects(self.objects(bucket))),
            Link::Unresolved { why, .. } => Err(why.clone()),
        }
    }

    /// Whether the policy of the key of an encryption lets this distribution decrypt; none where that is not needed.
    pub fn key_grant(&self, encryption: &Encryption) -> Option<Answer> {
        let at = encryption.key_at.map(Place::At).or_else(|| encryption.key_id.clone().map(Place::Id));
        self.grant_on(encryption.key.as_ref()?, at, encryption.bucket_key)
    }

    /// Whether the policy of a key lets this distribution decrypt; none where that is not needed.
    pub fn grant_on(&self, key: &Fact<KeyFacts>, at: Option<Place>, bucket_key: Option<bool>) -> Option<Answer> {
        if self.access() != Some(Access::Oac) {
            return None;
        }
        let facts = match key {
            Fact::Known(facts) => facts,
            Fact::Unknown(why) => return Some(Answer::unknown(why.clone())),
        };
        if facts.manager == Fact::Known(KeyManager::Aws) {
            // https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying.html
            let reason =
                "an AWS managed key admits the account's own principals, and its policy cannot be edited".to_owned();
            let grant = GrantFacts {
                result: Grant::NotGranted,
                document: PolicyDocument::Present,
                policy: None,
                statement: None,
                sid: None,
                other_source: false,
                reason,
            };
            return Some(Answer::of(Fact::Known(grant)));
        }
        let elsewhere = || Answer::unknown(format!("the policy of {} is not in this plan", facts.label));
        let Some(at) = at else { return Some(elsewhere()) };
        let objects = match &self.destination.bucket {
            Link::To(bucket) => self.objects(bucket),
            Link::Unresolved { why, .. } => return Some(Answer::unknown(why.clone())),
        };
        let (policy, arn, addresses) = match at {
            Place::At(at) => {
                let Some(values) = self.view.values(at) else {
                    return Some(Answer::unknown(format!("the plan destroys {}", facts.label)));
                };
                let arn = values.text("arn").non_empty().map(str::to_owned);
                (of_key(self.view, at), arn, vec![self.view.estate.label(at)])
            }
            Place::Id(id) => {
                let region = self.region();
                let Some(policy) = of_named_key(self.view, &id, region.as_deref()) else { return Some(elsewhere()) };
                (policy, facts.arn.clone(), Vec::new())
            }
        };
        let target = Target::Key(NamedKey { arn, addresses, objects, bucket_key });
        Some(match self.request(target) {
            Ok(request) => judge(self.view, policy, &request),
            Err(why) => Answer::unknown(why),
        })
    }

    /// What writing through CloudFront takes, where viewers may write and a KMS key encrypts what they do.
    pub fn writes(&self, encryption: Option<&Encryption>) -> Option<WriteFacts> {
        let (Link::To(bucket), Some(encryption)) = (&self.destination.bucket, encryption) else { return None };
        if !self.routing.writes || self.access() != Some(Access::Oac) || encryption.key.is_none() {
            return None;
        }
        let at = encryption.key_at?;
        let ask = |target, policy| match self.request(target) {
            Ok(request) => judge(self.view, policy, &request).fact,
            Err(why) => Fact::Unknown(why),
        };
        let upload = Upload { objects: self.objects(bucket), encryption: None, names_key: false };
        let values = self.view.values(at)?;
        let key = NamedKey {
            arn: values.text("arn").non_empty().map(str::to_owned),
            addresses: vec![self.view.estate.label(at)],
            objects: self.objects(bucket),
            bucket_key: encryption.bucket_key,
        };
        Some(WriteFacts {
            bucket_grant: ask(Target::Upload(upload), of_bucket(self.view, bucket)),
            key_grant: ask(Target::DataKey(key), of_key(self.view, at)),
        })
    }

    /// The account that the distribution is in, if the plan tells.
    pub fn account(&self) -> Option<String> {
        self.caller().account
    }

    /// The partition that the distribution is in, if the plan tells.
    pub fn partition(&self) -> Option<String> {
        self.caller().arn.as_deref().and_then(|arn| arn.split(':').nth(1)).map(str::to_owned)
    }

    fn access(&self) -> Option<Access> {
        self.reach.access.known().copied()
    }

    /// The request CloudFront makes for this origin.
    fn request(&self, target: Target) -> Result<Request, String> {
        let access = match &self.reach.access {
            Fact::Known(access) => *access,
            Fact::Unknown(why) => return Err(why.clone()),
        };
        let mut request = match access {
            Access::Oac => Request::oac(self.caller(), target),
            Access::Oai => Request::oai(self.identity(), target),
            Access::Unsigned | Access::Website => Request::unsigned(target),
        };
        request.https = self.https(access);
        request.secret = self.asks_with_secrets();
        request.region = self.region();
        Ok(request)
    }

    /// The Region of the bucket, and so of its key.
    pub fn region(&self) -> Option<String> {
        self.destination.region.clone().or_else(|| self.bucket_text(&["bucket_region", "region"]))
    }

    /// Whether Terraform marks as sensitive what a request is made of.
    fn asks_with_secrets(&self) -> bool {
        let marked = |values: Option<&Node>, name: &str| {
            values.and_then(|values| values.get(name)).is_some_and(Node::holds_sensitive)
        };
        let values = |at: Option<At>| at.and_then(|at| self.view.values(at));
        let bucket = match self.destination.bucket.target() {
            Some(Bucket::Instance(at)) => values(Some(*at)),
            _ => None,
        };
        let point = values(self.destination.access_point);
        let identity = values(self.reach.oai.as_ref().and_then(|(_, at)| *at));
        let origin = &self.origin.values;
        origin.sensitive
            || marked(Some(origin), "domain_name")
            || marked(Some(origin), "s3_origin_config")
            || marked(Some(self.distribution), "arn")
            || marked(bucket, "bucket")
            || marked(identity, "id")
            || ["name", "arn", "account_id", "alias"].iter().any(|name| marked(point, name))
    }

    fn caller(&self) -> Distribution {
        let arn = self.distribution.text("arn").non_empty().map(str::to_owned);
        let account = arn.as_deref().and_then(|arn| arn.split(':').nth(4)).map(str::to_owned);
        let at = self.origin.distribution;
        // A distribution that is replaced stays in its account.
        let account = account.or_else(|| {
            let arn = self.view.estate.instance(at).texts(World::Before, &["arn"]).into_iter().flatten().next()?;
            arn.split(':').nth(4).map(str::to_owned)
        });
        // A provider of another kind may act in another account than those that the account was told from.
        let of_plan = || self.view.estate.account(at.plan).filter(|_| !self.view.estate.is_flat(at)).map(str::to_owned);
        let account = account.or_else(|| self.account_beside()).or_else(of_plan);
        let id = self.distribution.text("id").non_empty().filter(|_| arn.is_none()).map(str::to_owned);
        let is_new = arn.is_none() && id.is_none() && self.is_new(at);
        let is_multi_tenant = self.view.estate.instance(at).address.kind == dialect::MULTI_TENANT;
        Distribution { arn, account, id, is_multi_tenant, addresses: vec![self.view.estate.label(at)], is_new }
    }

    /// The account of what has to be in that of the distribution: its certificate, and its origin access control.
    ///
    /// Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html>
    fn account_beside(&self) -> Option<String> {
        let certificate = self.distribution.block("viewer_certificate").ok().flatten();
        let certificate = certificate.and_then(|block| block.text("acm_certificate_arn").non_empty());
        let control = self.reach.oac.as_ref().and_then(|(_, at)| self.view.values((*at)?)?.text("arn").non_empty());
        let account = |arn: &str| arn.split(':').nth(4).filter(|part| !part.is_empty()).map(str::to_owned);
        certificate.and_then(account).or_else(|| control.and_then(account))
    }

    fn is_new(&self, at: At) -> bool {
        self.view.world == World::After && self.view.estate.instance(at).is_created()
    }

    fn identity(&self) -> Oai {
        let path = self.origin.values.block("s3_origin_config").ok().flatten();
        let id = path
            .and_then(|block| block.text("origin_access_identity").non_empty())
            .map(|path| identity_id(path).to_owned());
        let at = self.reach.oai.as_ref().and_then(|(_, at)| *at);
        let values = at.and_then(|at| self.view.values(at));
        let text = |name: &str| values.and_then(|values| values.text(name).non_empty()).map(str::to_owned);
        Oai {
            id: id.or_else(|| text("id")),
            canonical_user_id: text("s3_canonical_user_id"),
            addresses: at.map(|at| self.view.estate.label(at)).into_iter().collect(),
            is_new: at.is_some_and(|at| self.is_new(at)),
        }
    }

    /// Whether CloudFront connects to S3 over TLS.
    fn https(&self, access: Access) -> Option<bool> {
        let signing = self.reach.oac.as_ref().and_then(|(oac, _)| oac.signing.known().map(String::as_str));
        match access {
            Access::Website => return Some(false),
            Access::Oac if signing == Some("always") => return Some(true),
            _ => {}
        }
        // Otherwise as the viewer connects, unless the origin settles it.
        let custom = self.origin.values.block("custom_origin_config").ok().flatten();
        match custom.map(|block| block.text("origin_protocol_policy")) {
            Some(Text::Known("https-only")) => Some(true),
            Some(Text::Known("http-only")) => Some(false),
            _ => self.routing.https_only.filter(|https| *https),
        }
    }

    /// The objects of a bucket that the origin serves.
    pub fn objects(&self, bucket: &Bucket) -> Objects {
        let at = match bucket {
            Bucket::Instance(at) => Some(*at),
            Bucket::Named(name) => self.view.estate.looked_up(name, self.view.world),
        };
        let name = match bucket {
            Bucket::Instance(_) => self.bucket_text(&["bucket"]),
            Bucket::Named(name) => Some(name.clone()),
        };
        let prefix =
            self.origin.values.text("origin_path").non_empty().map(|path| format!("{}/", path.trim_matches('/')));
        let addresses = at.map(|at| self.view.estate.label(at)).into_iter().collect();
        let bucket = NamedBucket { name, addresses };
        Objects { bucket, prefixes: prefix.into_iter().collect(), way: self.way() }
    }

    fn way(&self) -> Way {
        match (&self.destination.endpoint, self.destination.access_point) {
            (_, Some(point)) => Way::Through(access_point::facts(self.view, point)),
            (Fact::Known(Endpoint::Rest | Endpoint::Website), None) => Way::Straight,
            _ => Way::Untold,
        }
    }

    fn bucket_text(&self, names: &[&str]) -> Option<String> {
        let Some(Bucket::Instance(at)) = self.destination.bucket.target() else { return None };
        let values = self.view.values(*at)?;
        names.iter().find_map(|name| values.text(name).non_empty()).map(str::to_owned)
    }
}

/// Whether a grant is given, or may be.
pub fn may_allow(grant: &Fact<GrantFacts>) -> bool {
    grant.known().is_none_or(|grant| grant.result == Grant::Allowed)
}

/// Whether the policy of a key, which is this one, lets whoever makes a request to a bucket decrypt what lies there.
pub fn admits(view: &View<'_, '_, '_>, request: &Request, key: At, policy: &Document) -> bool {
    decryption(view, request, key).is_some_and(|request| outcome(policy, &request) == Outcome::Allowed)
}

/// Whether the policy of a key certainly does not let them.
pub fn shuts_out(view: &View<'_, '_, '_>, request: &Request, key: At) -> bool {
    let Some(request) = decryption(view, request, key) else { return false };
    match of_key(view, key).document {
        Ok(Some(policy)) => matches!(outcome(&policy, &request), Outcome::Denied | Outcome::NotGranted),
        Ok(None) => true,
        Err(_) => false,
    }
}

/// The request to decrypt with a key what a request to a bucket asks for.
fn decryption(view: &View<'_, '_, '_>, request: &Request, key: At) -> Option<Request> {
    let Target::Objects(objects) = &request.target else { return None };
    let arn = view.values(key).and_then(|values| values.text("arn").non_empty()).map(str::to_owned);
    let addresses = vec![view.estate.label(key)];
    let target = Target::Key(NamedKey { arn, addresses, objects: objects.clone(), bucket_key: None });
    Some(Request { target, ..request.clone() })
}

/// What the policies of a bucket, and of the access point before it, say to a request, be it of this world or of the other.
pub fn of_policies(
    view: &View<'_, '_, '_>,
    bucket: &Bucket,
    access_point: Option<At>,
    request: &Result<Request, String>,
) -> Answer {
    let answer = of_policy(view, bucket, request);
    match (access_point, request) {
        (Some(point), Ok(request)) => access_point::through(view, point, answer, request),
        _ => answer,
    }
}

/// What the policy of a bucket says to a request.
///
/// Where it does not grant, object ACLs may, except to a service. That is no doubt where the policy is how the bucket grants
/// it before the plan, unless the configuration keeps ACLs on.
fn of_policy(view: &View<'_, '_, '_>, bucket: &Bucket, request: &Result<Request, String>) -> Answer {
    let request = match request {
        Ok(request) => request,
        Err(why) => return Answer::unknown(why.clone()),
    };
    let answer = judge(view, of_bucket(view, bucket), request);
    let refused = matches!(&answer.fact, Fact::Known(grant) if grant.result == Grant::NotGranted);
    let by_policy = || {
        let before = view.in_world(World::Before);
        let was = judge(&before, of_bucket(&before, bucket), request).fact;
        matches!(was, Fact::Known(grant) if grant.result == Grant::Allowed)
    };
    let ignores_acls =
        || exposure::public_block(view, bucket).is_some_and(|block| block.ignores_acls == Fact::Known(true));
    let acls = match (refused, &request.caller) {
        (false, _) | (_, Caller::Service(_)) => Acls::Off,
        (_, Caller::Anonymous) if ignores_acls() => Acls::Off,
        _ => acls(view, bucket),
    };
    if acls == Acls::On || acls == Acls::Unsaid && !(view.world == World::After && by_policy()) {
        let why = "the bucket policy does not let it, but object ACLs may, and the plan does not show those";
        let without_acls = answer.fact.known().filter(|_| acls == Acls::Unsaid).cloned();
        return Answer { fact: Fact::Unknown(why.to_owned()), without_acls, rides_on_acls: true, ..answer };
    }
    answer
}

pub(super) fn judge(view: &View<'_, '_, '_>, policy: Policy, request: &Request) -> Answer {
    let label = policy.at.map(|at| view.estate.label(at));
    let document = policy.state;
    let given = |result, reason, statement, sid, other_source| {
        Fact::Known(GrantFacts { result, document, policy: label.clone(), statement, sid, other_source, reason })
    };
    let (mut denial, mut context, mut gap) = (None, None, None);
    let fact = match policy.document {
        Ok(Some(document)) => {
            let document = if request.secret { document.redacted() } else { document };
            let decision = evaluate(&document, request);
            let result = match decision.outcome {
                Outcome::Allowed => Some(Grant::Allowed),
                Outcome::Denied => Some(Grant::Denied),
                Outcome::NotGranted => Some(Grant::NotGranted),
                Outcome::Unresolved => None,
            };
            if let Some(result) = result {
                given(result, decision.reason, decision.statement, decision.sid, decision.other_source)
            } else {
                let (statement, sid, reason) = (decision.statement, decision.sid, decision.reason.clone());
                let facts = DenialFacts { policy: label.clone(), statement, sid, reason };
                denial = decision.conditional_deny.then_some(facts);
                context = decision.context.map(|at| ContextFacts {
                    policy: label.clone(),
                    statement: Some(at),
                    sid: document.sid(at).map(str::to_owned),
                });
                gap = decision.gap.map(|gap| match gap {
                    Gap::Text => GrantGap::Text,
                    Gap::Value => GrantGap::Value,
                    Gap::Request => GrantGap::Request,
                });
                Fact::Unknown(decision.reason)
            }
        }
        Ok(None) => given(Grant::NotGranted, policy.note, None, None, false),
        Err(why) => {
            gap = Some(GrantGap::Text);
            Fact::Unknown(why)
        }
    };
    Answer { denial, context, gap, at: policy.at, evidence: policy.evidence, ..Answer::of(fact) }
}
