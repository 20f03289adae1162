//! The very request that CloudFront makes to S3, or that S3 makes to KMS on its behalf: who asks for what.

use super::matching::{Class, Text};

/// The service principal that CloudFront signs as with an origin access control.
pub(crate) const SERVICE: &str = "cloudfront.amazonaws.com";

/// A request to be judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Who asks.
    pub caller: Caller,
    /// What is asked for; it also says which action: `s3:GetObject` or `kms:Decrypt`.
    pub target: Target,
    /// `aws`, `aws-cn` or `aws-us-gov`. Where it is unknown, whatever partition a policy writes is taken to be right: AWS
    /// accepts no other for the resources and principals of an account.
    pub partition: Option<String>,
    /// The Region of the bucket, and so of the key.
    pub region: Option<String>,
    /// Whether CloudFront connects to S3 over TLS: always, where an OAC always signs; otherwise as the viewer does, which
    /// is certain only where viewers are made to use HTTPS. Never for a website endpoint.
    pub https: Option<bool>,
    /// Whether what it is made of is marked as sensitive, so that no reason may name any of it.
    pub secret: bool,
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// The CloudFront service principal, on behalf of a distribution whose origin has an origin access control.
    Service(Distribution),
    /// An origin access identity.
    Identity(Oai),
    /// Nobody: the request is not signed.
    Anonymous,
    /// Whoever puts objects into the bucket: some principal that the bucket's owner lets do that.
    Uploader,
}

/// The distribution on whose behalf CloudFront asks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Distribution {
    /// Its ARN, if known.
    pub arn: Option<String>,
    /// The account it is in, where its ARN is unknown but the account is not.
    pub account: Option<String>,
    /// Its id, where its ARN is unknown but the id is not.
    pub id: Option<String>,
    /// Whether it serves many tenants. Which ARN CloudFront then names as the source, that of the distribution or that of a
    /// tenant, is not documented.
    pub is_multi_tenant: bool,
    /// The Terraform addresses under which configuration refers to it.
    pub addresses: Vec<String>,
    /// Whether the plan makes it, so that nobody can know its id and nothing written out can name it.
    pub is_new: bool,
}

/// An origin access identity.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Oai {
    /// Its id (`E…`), if known.
    pub id: Option<String>,
    /// Its S3 canonical user id, if known.
    pub canonical_user_id: Option<String>,
    /// The Terraform addresses under which configuration refers to it.
    pub addresses: Vec<String>,
    /// Whether the plan makes it, so that nobody can know its id and nothing written out can name it.
    pub is_new: bool,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// To read objects of a bucket, as its own policy sees it.
    Objects(Objects),
    /// To read objects through an access point, as the policy of that sees it.
    Through(Objects, AccessPoint),
    /// To decrypt with the key that objects are encrypted with.
    Key(Key),
    /// To put an object where the origin serves it.
    Upload(Upload),
    /// To make a data key for an object that is put there.
    DataKey(Key),
}

/// An object on its way into a bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// Where it goes.
    pub objects: Objects,
    /// The `x-amz-server-side-encryption` header; none if it is not sent.
    pub encryption: Option<&'static str>,
    /// Whether the request names a KMS key.
    pub names_key: bool,
}

/// The objects of a bucket that an origin serves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Objects {
    /// The bucket.
    pub bucket: Bucket,
    /// What the keys served begin with: the origin path without its leading slash and with one at its end. Empty for the
    /// whole bucket; with several, the objects under each are served.
    pub prefixes: Vec<String>,
    /// By what the request gets to them.
    pub way: Way,
}

/// By what a request gets to a bucket.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Way {
    /// By the bucket's own endpoint.
    Straight,
    /// Through an access point.
    Through(AccessPoint),
    /// That cannot be told.
    #[default]
    Untold,
}

/// An S3 access point.
///
/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html>
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccessPoint {
    /// Its ARN, if known.
    pub arn: Option<String>,
    /// Its name, where its ARN is unknown but the name is not.
    pub name: Option<String>,
    /// The account it is in, where its ARN is unknown but the account is not.
    pub account: Option<String>,
    /// Whether it takes requests from the internet; otherwise from one VPC only.
    pub internet: Option<bool>,
    /// The Terraform addresses under which configuration refers to it.
    pub addresses: Vec<String>,
}

/// A bucket.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bucket {
    /// Its name, if known.
    pub name: Option<String>,
    /// The Terraform addresses under which configuration refers to it.
    pub addresses: Vec<String>,
}

/// A key, and the objects it decrypts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Key {
    /// Its ARN, if known.
    pub arn: Option<String>,
    /// The Terraform addresses under which configuration refers to it.
    pub addresses: Vec<String>,
    /// The objects that are encrypted with it.
    pub objects: Objects,
    /// Whether the objects were written with an S3 Bucket Key: the encryption context then names the bucket, otherwise the
    /// object.
    pub bucket_key: Option<bool>,
}

impl Request {
    /// The request of an origin with an origin access control that always signs.
    pub fn oac(distribution: Distribution, target: Target) -> Self {
        let partition = distribution.arn.as_deref().and_then(|arn| arn.split(':').nth(1)).map(str::to_owned);
        Self {
            caller: Caller::Service(distribution),
            target,
            partition,
            region: None,
            https: Some(true),
            secret: false,
        }
    }

    /// The request of an origin with an origin access identity. Set [`Request::https`] where viewers are made to use HTTPS.
    pub fn oai(oai: Oai, target: Target) -> Self {
        Self { caller: Caller::Identity(oai), target, partition: None, region: None, https: None, secret: false }
    }

    /// The request of an origin that does not sign. Set [`Request::https`] as for an identity.
    pub fn unsigned(target: Target) -> Self {
        Self { caller: Caller::Anonymous, target, partition: None, region: None, https: None, secret: false }
    }

    /// The request of whoever uploads. People's tools talk to S3 over TLS.
    pub fn upload(upload: Upload) -> Self {
        Self {
            caller: Caller::Uploader,
            target: Target::Upload(upload),
            partition: None,
            region: None,
            https: Some(true),
            secret: false,
        }
    }

    /// The action asked for.
    pub fn action(&self) -> &'static str {
        match self.target {
            Target::Objects(_) | Target::Through(..) => "s3:GetObject",
            Target::Key(_) => "kms:Decrypt",
            Target::Upload(_) => "s3:PutObject",
            Target::DataKey(_) => "kms:GenerateDataKey",
        }
    }

    /// The resources asked for, each as far as it is known.
    pub(crate) fn resources(&self) -> Vec<Text> {
        match &self.target {
            Target::Objects(objects) | Target::Upload(Upload { objects, .. }) => self.object_arns(objects),
            Target::Through(objects, point) => under(objects, &self.access_point_arn(point).then("/object/")),
            Target::Key(key) | Target::DataKey(key) => vec![self.key_arn(key)],
        }
    }

    /// The Terraform addresses of the resource asked for.
    pub(crate) fn resource_addresses(&self) -> &[String] {
        match &self.target {
            Target::Objects(objects) | Target::Upload(Upload { objects, .. }) => &objects.bucket.addresses,
            Target::Through(_, point) => &point.addresses,
            Target::Key(key) | Target::DataKey(key) => &key.addresses,
        }
    }

    pub(super) fn arn_of(&self, service: &str) -> Text {
        let arn = Text::known("arn:");
        let arn = match &self.partition {
            Some(partition) => arn.then(partition),
            None => arn.then_free(Class::Name),
        };
        arn.then(":").then(service).then(":")
    }

    pub(super) fn bucket_arn(&self, bucket: &Bucket) -> Text {
        let arn = self.arn_of("s3").then("::");
        match &bucket.name {
            Some(name) => arn.then(name),
            None => arn.then_some(Class::Name),
        }
    }

    pub(super) fn object_arns(&self, objects: &Objects) -> Vec<Text> {
        under(objects, &self.bucket_arn(&objects.bucket).then("/"))
    }

    /// `arn:aws:s3:REGION:ACCOUNT:accesspoint/NAME`, in the Region of its bucket.
    pub(super) fn access_point_arn(&self, point: &AccessPoint) -> Text {
        if let Some(arn) = &point.arn {
            return Text::known(arn);
        }
        let arn = self.arn_of("s3");
        let arn = match &self.region {
            Some(region) => arn.then(region),
            None => arn.then_some(Class::Name),
        };
        let arn = arn.then(":");
        let arn = match &point.account {
            Some(account) => arn.then(account),
            None => arn.then_exactly(12, Class::Digit),
        };
        let arn = arn.then(":accesspoint/");
        match &point.name {
            Some(name) => arn.then(name),
            None => arn.then_some(Class::Name),
        }
    }

    fn key_arn(&self, key: &Key) -> Text {
        if let Some(arn) = &key.arn {
            return Text::known(arn);
        }
        let arn = self.arn_of("kms");
        let arn = match &self.region {
            Some(region) => arn.then(region),
            None => arn.then_some(Class::Name),
        };
        arn.then(":").then_exactly(12, Class::Digit).then(":key/").then_some(Class::Name)
    }
}

/// The objects that are served, behind what all their ARNs begin with.
fn under(objects: &Objects, all: &Text) -> Vec<Text> {
    let under = |prefix: &str| all.clone().then(prefix).then_some(Class::Any);
    if objects.prefixes.is_empty() {
        vec![under("")]
    } else {
        objects.prefixes.iter().map(|prefix| under(prefix)).collect()
    }
}
