//! The domain names under which S3 answers.
//!
//! Sources: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html>,
//! <https://docs.aws.amazon.com/general/latest/gr/s3.html>,
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteEndpoints.html>.

use crate::access::facts::Endpoint;

/// An S3 endpoint that a domain name stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct S3Endpoint {
    /// What answers there.
    pub kind: Endpoint,
    /// The bucket; for an access point its alias or name. None for a path-style endpoint, which names no bucket.
    pub bucket: Option<String>,
    /// The Region, where the name has one.
    pub region: Option<String>,
}

/// Suffixes of the partitions: the commercial one with `GovCloud`, China, the European Sovereign Cloud.
const SUFFIXES: [&str; 3] = [".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu"];

impl S3Endpoint {
    /// Reads a domain name; none if it is not one of S3's. Bucket names may hold dots, so it is read from the right.
    #[must_use]
    pub fn parse(domain: &str) -> Option<Self> {
        let domain = domain.trim_end_matches('.').to_ascii_lowercase();
        let name = SUFFIXES.iter().find_map(|suffix| domain.strip_suffix(suffix))?;
        let labels: Vec<&str> = name.split('.').collect();
        let (kind, bucket, region) = match labels.as_slice() {
            [bucket @ .., "accesspoint", "s3-global"] => (Endpoint::MultiRegion, bucket, None),
            [bucket @ .., "s3" | "s3-external-1" | "s3-accelerate"] | [bucket @ .., "s3-accelerate", "dualstack"] => {
                (Endpoint::Rest, bucket, None)
            }
            [bucket @ .., service, "dualstack", region] if is_region(region) => {
                (service_kind(service)?, bucket, Some(*region))
            }
            [bucket @ .., service, region] if is_region(region) && service_kind(service).is_some() => {
                (service_kind(service)?, bucket, Some(*region))
            }
            [bucket @ .., last] => {
                if let Some(region) = last.strip_prefix("s3-website-").filter(|region| is_region(region)) {
                    (Endpoint::Website, bucket, Some(region))
                } else {
                    (Endpoint::Rest, bucket, Some(last.strip_prefix("s3-").filter(|region| is_region(region))?))
                }
            }
            [] => return None,
        };
        let bucket = Some(bucket.join(".")).filter(|name| !name.is_empty());
        let kind = match &bucket {
            Some(name) if kind == Endpoint::Rest && name.ends_with("--ol-s3") => Endpoint::ObjectLambda,
            Some(name) if kind == Endpoint::Rest && name.ends_with("-s3alias") => Endpoint::AccessPoint,
            _ => kind,
        };
        Some(Self { kind, bucket, region: region.map(str::to_owned) })
    }
}

/// Whether a domain name that ends like this may be one of S3's.
#[must_use]
pub fn may_end_s3(end: &str) -> bool {
    let end = end.trim_end_matches('.').to_ascii_lowercase();
    SUFFIXES.iter().any(|suffix| suffix.ends_with(&end) || end.ends_with(suffix))
}

fn service_kind(label: &str) -> Option<Endpoint> {
    match label {
        "s3" | "s3-fips" => Some(Endpoint::Rest),
        "s3-website" => Some(Endpoint::Website),
        "s3-accesspoint" | "s3-accesspoint-fips" => Some(Endpoint::AccessPoint),
        "s3-object-lambda" | "s3-object-lambda-fips" => Some(Endpoint::ObjectLambda),
        _ => None,
    }
}

/// Whether a label has the form of a Region's name, such as `eu-west-1` or `us-gov-east-1`.
pub fn is_region(label: &str) -> bool {
    let mut parts = label.split('-');
    let first = parts.next().is_some_and(|part| part.len() >= 2 && part.chars().all(|c| c.is_ascii_lowercase()));
    let rest: Vec<&str> = parts.collect();
    let Some((number, words)) = rest.split_last() else { return false };
    first
        && !words.is_empty()
        && words.iter().all(|word| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase()))
        && !number.is_empty()
        && number.chars().all(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_an_s3_domain_is_read() {
        use Endpoint::{AccessPoint, MultiRegion, ObjectLambda, Rest, Website};
        for (domain, kind, bucket, region) in [
            ("b.s3.amazonaws.com", Rest, Some("b"), None),
            ("B.S3.Amazonaws.Com", Rest, Some("b"), None),
            ("b.s3.eu-west-1.amazonaws.com", Rest, Some("b"), Some("eu-west-1")),
            ("b.s3-eu-west-1.amazonaws.com", Rest, Some("b"), Some("eu-west-1")),
            ("b.s3.dualstack.eu-west-1.amazonaws.com", Rest, Some("b"), Some("eu-west-1")),
            ("b.s3-fips.us-gov-west-1.amazonaws.com", Rest, Some("b"), Some("us-gov-west-1")),
            ("b.s3-fips.dualstack.us-east-2.amazonaws.com", Rest, Some("b"), Some("us-east-2")),
            ("b.s3-accelerate.amazonaws.com", Rest, Some("b"), None),
            ("b.s3-accelerate.dualstack.amazonaws.com", Rest, Some("b"), None),
            ("b.s3-external-1.amazonaws.com", Rest, Some("b"), None),
            ("b.s3.cn-north-1.amazonaws.com.cn", Rest, Some("b"), Some("cn-north-1")),
            ("www.example.com.s3.eu-west-1.amazonaws.com", Rest, Some("www.example.com"), Some("eu-west-1")),
            ("s3.eu.s3.amazonaws.com", Rest, Some("s3.eu"), None),
            ("a.s3.us-east-1.s3.us-east-1.amazonaws.com", Rest, Some("a.s3.us-east-1"), Some("us-east-1")),
            ("s3.eu-west-1.amazonaws.com", Rest, None, Some("eu-west-1")),
            (".s3.eu-west-1.amazonaws.com", Rest, None, Some("eu-west-1")),
            ("b.s3-website-us-east-1.amazonaws.com", Website, Some("b"), Some("us-east-1")),
            ("b.s3-website.eu-central-1.amazonaws.com", Website, Some("b"), Some("eu-central-1")),
            ("b.s3-website.cn-north-1.amazonaws.com.cn", Website, Some("b"), Some("cn-north-1")),
            ("ap-abc123-s3alias.s3.eu-west-1.amazonaws.com", AccessPoint, Some("ap-abc123-s3alias"), Some("eu-west-1")),
            (
                "ap-111122223333.s3-accesspoint.eu-west-1.amazonaws.com",
                AccessPoint,
                Some("ap-111122223333"),
                Some("eu-west-1"),
            ),
            ("ol-abc--ol-s3.s3.eu-west-1.amazonaws.com", ObjectLambda, Some("ol-abc--ol-s3"), Some("eu-west-1")),
            ("m.mrap.accesspoint.s3-global.amazonaws.com", MultiRegion, Some("m.mrap"), None),
        ] {
            let expected = S3Endpoint { kind, bucket: bucket.map(str::to_owned), region: region.map(str::to_owned) };
            assert_eq!(S3Endpoint::parse(domain), Some(expected), "{domain}");
        }
    }

    #[test]
    fn an_end_may_be_that_of_an_s3_domain_unless_it_is_anothers() {
        for end in ["", ".", "com", ".amazonaws.com", ".s3.eu-west-1.amazonaws.com", ".CN", "aws.eu"] {
            assert!(may_end_s3(end), "{end}");
        }
        for end in [".example.com", "notamazonaws.com", ".net"] {
            assert!(!may_end_s3(end), "{end}");
        }
    }

    #[test]
    fn other_domains_are_none() {
        for domain in [
            "",
            "example.com",
            "s3.example.com",
            "b.s3.example.com",
            "x.execute-api.eu-west-1.amazonaws.com",
            "lb-1.eu-west-1.elb.amazonaws.com",
            "b.s3express-use1-az4.us-east-1.amazonaws.com",
            "vpce-1.s3.eu-west-1.vpce.amazonaws.com",
            "amazonaws.com",
        ] {
            assert_eq!(S3Endpoint::parse(domain), None, "{domain}");
        }
    }
}
