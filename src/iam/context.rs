//! Which condition keys come with CloudFront's request, and what they hold.

use super::matching::{Class, Text};
use super::request::{AccessPoint, Caller, Distribution, Key, Objects, Request, SERVICE, Target, Upload, Way};

/// What a request says for a condition key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Context<'a> {
    /// It has the key; the value is known as far as the text is, and is what these Terraform addresses stand for.
    Present(Text, &'a [String]),
    /// It is one of these: does not have the key, or has it with this value.
    OneOf(Vec<Option<Text>>),
    /// It does not have the key.
    Absent,
    /// The plan does not tell.
    CannotTell,
}

/// CloudFront signs a request when it makes it, and tries three times for ten seconds at most to connect: no signature is as
/// old as this when it arrives, in milliseconds.
///
/// Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html>
const OLDEST_SIGNATURE: &str = "60000";

impl Request {
    fn source_arn<'a>(&self, distribution: &'a Distribution) -> Context<'a> {
        if distribution.is_multi_tenant {
            return Context::CannotTell;
        }
        let arn = if let Some(arn) = &distribution.arn {
            Text::known(arn)
        } else {
            let arn = self.arn_of("cloudfront").then(":");
            let arn = match &distribution.account {
                Some(account) => arn.then(account),
                None => arn.then_exactly(12, Class::Digit),
            };
            let arn = arn.then(":distribution/");
            // An id that AWS has not given yet is none that is written anywhere; a wildcard covers it all the same.
            match &distribution.id {
                Some(id) => arn.then(id),
                None if distribution.is_new => arn.then("E").then_unwritten(Class::Capital),
                None => arn.then_some(Class::Alphanumeric),
            }
        };
        Context::Present(arn, &distribution.addresses)
    }

    /// What the request says for a condition key. Keys have no case.
    ///
    /// Which keys a request carries is each key's "Availability" in
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html> and, for KMS,
    /// <https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html>. What they do not settle for CloudFront
    /// cannot be told, and neither can a key that is not listed here.
    pub(crate) fn context(&self, key: &str) -> Context<'_> {
        let key = key.to_ascii_lowercase();
        match key.as_str() {
            "aws:securetransport" => return self.secure_transport(),
            "s3:tlsversion" if matches!(self.target, Target::Objects(_) | Target::Through(..)) => {
                return self.tls_version();
            }
            // Never a member of an organization, never in a VPC of the customer's, never an IAM principal.
            _ if self.caller == Caller::Uploader => {}
            "aws:principalorgid"
            | "aws:principalorgpaths"
            | "aws:sourcevpc"
            | "aws:sourcevpce"
            | "aws:sourcevpcarn"
            | "aws:vpcsourceip"
            | "aws:vpceaccount"
            | "aws:vpceorgid"
            | "aws:vpceorgpaths"
            | "aws:federatedprovider"
            | "aws:sourceidentity" => return Context::Absent,
            "aws:requestedregion" => {
                return match &self.region {
                    Some(region) => present(Text::known(region)),
                    None => present(Text::known("").then_some(Class::Name)),
                };
            }
            "s3:dataaccesspointaccount" | "s3:dataaccesspointarn" | "s3:accesspointnetworkorigin" => {
                return self.access_point_context(&key);
            }
            _ => {}
        }
        if let Target::Key(target) | Target::DataKey(target) = &self.target
            && let Some(context) = self.kms_context(&key, target)
        {
            return context;
        }
        if let Target::Upload(upload) = &self.target
            && let Some(context) = upload_context(&key, upload)
        {
            return context;
        }
        match &self.caller {
            Caller::Uploader => Context::CannotTell,
            Caller::Service(distribution) => self.service_context(&key, distribution),
            Caller::Identity(_) => identity_context(&key),
            Caller::Anonymous => anonymous_context(&key),
        }
    }

    /// The access point that a request goes through; one that goes through none carries nothing of it.
    ///
    /// Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html#access-points-condition-keys>
    fn access_point_context(&self, key: &str) -> Context<'_> {
        let point = match &self.target {
            Target::Through(_, point) => point,
            Target::Objects(Objects { way, .. }) | Target::Upload(Upload { objects: Objects { way, .. }, .. }) => {
                match way {
                    Way::Straight => return Context::Absent,
                    Way::Through(point) => point,
                    Way::Untold => return Context::CannotTell,
                }
            }
            Target::Key(_) | Target::DataKey(_) => return Context::CannotTell,
        };
        match key {
            "s3:dataaccesspointarn" => Context::Present(self.access_point_arn(point), &point.addresses),
            "s3:dataaccesspointaccount" => present(account_of(point)),
            _ => match point.internet {
                Some(true) => present(Text::known("Internet")),
                Some(false) => present(Text::known("VPC")),
                None => one_of(&["Internet", "VPC"]),
            },
        }
    }

    fn secure_transport(&self) -> Context<'_> {
        match (&self.target, self.https) {
            // S3 calls KMS over TLS, however it was called itself.
            (Target::Key(_) | Target::DataKey(_), _) => present(Text::known("true")),
            (_, Some(https)) => present(Text::known(if https { "true" } else { "false" })),
            (_, None) => one_of(&["true", "false"]),
        }
    }

    /// The TLS version of the connection to S3, which takes none below 1.2.
    ///
    /// Source: <https://aws.amazon.com/blogs/storage/enforcing-encryption-in-transit-with-tls1-2-or-higher-with-amazon-s3/>
    fn tls_version(&self) -> Context<'_> {
        let versions = ["1.2", "1.3"].map(|version| Some(Text::known(version)));
        match self.https {
            Some(true) => Context::OneOf(versions.to_vec()),
            Some(false) => Context::Absent,
            None => Context::OneOf([None].into_iter().chain(versions).collect()),
        }
    }

    fn kms_context(&self, key: &str, target: &Key) -> Option<Context<'_>> {
        Some(match key {
            "kms:viaservice" => {
                let service = Text::known("s3.");
                let service = match &self.region {
                    Some(region) => service.then(region),
                    None => service.then_some(Class::Name),
                };
                let service = service.then(".amazonaws.com");
                present(if self.partition.as_deref() == Some("aws-cn") {
                    // Whether it ends in `.cn` there is not settled.
                    Text::anything()
                } else {
                    service
                })
            }
            "kms:encryptioncontext:aws:s3:arn" => present(match target.bucket_key {
                // What S3 names there for a request through an access point is not documented.
                _ if matches!(target.objects.way, Way::Through(_)) => Text::anything(),
                Some(true) => self.bucket_arn(&target.objects.bucket),
                Some(false) => match self.object_arns(&target.objects).as_slice() {
                    [only] => only.clone(),
                    _ => Text::anything(),
                },
                None => Text::anything(),
            }),
            // Only requests of a service for its own resources in the account carry it, with CreateGrant.
            "kms:grantisforawsresource" => Context::Absent,
            // S3 asks on CloudFront's behalf; how AWS counts that for a service principal is not documented.
            "aws:viaawsservice" | "aws:calledvia" | "aws:calledviafirst" | "aws:calledvialast" => Context::CannotTell,
            _ => return None,
        })
    }

    fn service_context<'a>(&'a self, key: &str, distribution: &'a Distribution) -> Context<'a> {
        match key {
            "aws:sourcearn" => self.source_arn(distribution),
            "aws:sourceaccount" => {
                let account =
                    distribution.arn.as_deref().and_then(|arn| arn.split(':').nth(4)).filter(|part| !part.is_empty());
                match account.or(distribution.account.as_deref()) {
                    Some(account) => present(Text::known(account)),
                    None => present(Text::known("").then_exactly(12, Class::Digit)),
                }
            }
            "aws:principalisawsservice" => present(Text::known("true")),
            "aws:principalservicename" => present(Text::known(SERVICE)),
            "aws:viaawsservice" => present(Text::known("false")),
            // An OAC signs with Signature Version 4, in the Authorization header.
            "s3:signatureversion" => present(Text::known("AWS4-HMAC-SHA256")),
            "s3:authtype" => present(Text::known("REST-HEADER")),
            "s3:signatureage" if matches!(self.target, Target::Objects(_) | Target::Through(..)) => signature_age(),
            // A service principal has no ARN, no tags and no session.
            "aws:principalarn"
            | "aws:calledvia"
            | "aws:calledviafirst"
            | "aws:calledvialast"
            | "aws:username"
            | "aws:tokenissuetime"
            | "aws:multifactorauthage" => Context::Absent,
            _ if key.starts_with("aws:principaltag/") => Context::Absent,
            _ => Context::CannotTell,
        }
    }
}

fn account_of(point: &AccessPoint) -> Text {
    let account = point.arn.as_deref().and_then(|arn| arn.split(':').nth(4)).filter(|part| !part.is_empty());
    match account.or(point.account.as_deref()) {
        Some(account) => Text::known(account),
        None => Text::known("").then_exactly(12, Class::Digit),
    }
}

/// What an upload says of the encryption it asks for.
///
/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html>
fn upload_context<'a>(key: &str, upload: &Upload) -> Option<Context<'a>> {
    Some(match key {
        "s3:x-amz-server-side-encryption" => {
            upload.encryption.map_or(Context::Absent, |header| present(Text::known(header)))
        }
        "s3:x-amz-server-side-encryption-aws-kms-key-id" if upload.names_key => present(Text::anything()),
        "s3:x-amz-server-side-encryption-aws-kms-key-id"
        | "s3:x-amz-server-side-encryption-customer-algorithm"
        // Neither a service that calls on its own behalf, nor nobody.
        | "aws:principalservicename"
        | "aws:principalservicenameslist" => Context::Absent,
        "aws:principalisawsservice" => absent_or("false"),
        _ => return None,
    })
}

/// An identity signs with credentials of CloudFront's own, about which AWS documents little.
fn identity_context<'a>(key: &str) -> Context<'a> {
    match key {
        // Only a call by a service principal carries these.
        "aws:sourcearn"
        | "aws:sourceaccount"
        | "aws:sourceorgid"
        | "aws:sourceorgpaths"
        | "aws:principalservicename"
        | "aws:principalservicenameslist" => Context::Absent,
        // Not a service principal. AWS says that all signed requests carry the key, then with `false`; that one signed by
        // an identity does was never seen.
        "aws:principalisawsservice" | "aws:viaawsservice" => absent_or("false"),
        _ => Context::CannotTell,
    }
}

fn anonymous_context<'a>(key: &str) -> Context<'a> {
    match key {
        "aws:principalaccount" | "aws:userid" => absent_or("anonymous"),
        "aws:principaltype" => present(Text::known("Anonymous")),
        "aws:viaawsservice" => absent_or("false"),
        "aws:sourcearn"
        | "aws:sourceaccount"
        | "aws:sourceorgid"
        | "aws:sourceorgpaths"
        | "aws:principalservicename"
        | "aws:principalservicenameslist"
        | "aws:principalisawsservice"
        | "aws:principalarn"
        | "aws:username"
        | "aws:tokenissuetime"
        | "aws:multifactorauthpresent"
        | "aws:multifactorauthage"
        | "s3:signatureversion"
        | "s3:authtype" => Context::Absent,
        _ if key.starts_with("aws:principaltag/") => Context::Absent,
        _ => Context::CannotTell,
    }
}

/// How old the signature in a header is. AWS has the key "work for" presigned URLs and forms, and does not say whether other
/// requests carry it; if so, then with the milliseconds since it was signed. In between, a number compares as at the ends.
///
/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/API/bucket-policy-s3-sigv4-conditions.html>
fn signature_age<'a>() -> Context<'a> {
    Context::OneOf(vec![None, Some(Text::known("0")), Some(Text::known(OLDEST_SIGNATURE))])
}

fn absent_or<'a>(value: &str) -> Context<'a> {
    Context::OneOf(vec![None, Some(Text::known(value))])
}

fn one_of<'a>(values: &[&str]) -> Context<'a> {
    Context::OneOf(values.iter().map(|value| Some(Text::known(value))).collect())
}

fn present<'a>(text: Text) -> Context<'a> {
    Context::Present(text, &[])
}

#[cfg(test)]
mod tests {
    use super::super::request::{Oai, Objects};
    use super::*;

    const ARN: &str = "arn:aws:cloudfront::111122223333:distribution/E1AB";

    fn oac() -> Request {
        let distribution = Distribution { arn: Some(ARN.to_owned()), ..Distribution::default() };
        Request::oac(distribution, Target::Objects(Objects::default()))
    }

    #[test]
    fn a_signed_request_carries_what_a_service_principal_carries() {
        let request = oac();
        let value = |key: &str| match request.context(key) {
            Context::Present(text, _) => text.whole(),
            _ => None,
        };
        assert_eq!(value("AWS:SourceArn").as_deref(), Some(ARN));
        assert_eq!(value("aws:sourceaccount").as_deref(), Some("111122223333"));
        assert_eq!(value("aws:SecureTransport").as_deref(), Some("true"));
        assert_eq!(value("aws:PrincipalIsAWSService").as_deref(), Some("true"));
        for absent in ["aws:SourceVpce", "aws:PrincipalOrgID", "aws:PrincipalArn", "aws:PrincipalTag/team"] {
            assert_eq!(request.context(absent), Context::Absent, "{absent}");
        }
        let age = ["0", OLDEST_SIGNATURE].map(|age| Some(Text::known(age)));
        assert_eq!(request.context("s3:signatureAge"), Context::OneOf([None].into_iter().chain(age).collect()));
        for unclear in ["aws:SourceIp", "s3:ExistingObjectTag/a", "aws:CurrentTime", "nonsense"] {
            assert_eq!(request.context(unclear), Context::CannotTell, "{unclear}");
        }
    }

    #[test]
    fn a_source_is_known_as_far_as_the_distribution_is() {
        let request = |distribution| Request::oac(distribution, Target::Objects(Objects::default()));
        let by_id = request(Distribution { id: Some("E1AB".to_owned()), ..Distribution::default() });
        let any_account = by_id.arn_of("cloudfront").then(":").then_exactly(12, Class::Digit);
        assert_eq!(by_id.context("aws:SourceArn"), present(any_account.then(":distribution/E1AB")));
        let tenants = Distribution { arn: Some(ARN.to_owned()), is_multi_tenant: true, ..Distribution::default() };
        let tenants = request(tenants);
        assert_eq!(tenants.context("aws:SourceArn"), Context::CannotTell);
        assert_eq!(tenants.context("aws:SourceAccount"), present(Text::known("111122223333")));
    }

    #[test]
    fn identities_and_unsigned_requests_have_no_source() {
        let objects = || Target::Objects(Objects::default());
        for request in [Request::oai(Oai::default(), objects()), Request::unsigned(objects())] {
            assert_eq!(request.context("aws:SourceArn"), Context::Absent);
            assert_eq!(request.context("aws:SecureTransport"), one_of(&["true", "false"]));
        }
        assert_eq!(Request::oai(Oai::default(), objects()).context("aws:PrincipalArn"), Context::CannotTell);
        assert_eq!(Request::unsigned(objects()).context("aws:PrincipalArn"), Context::Absent);
    }
}
