//! AWS's names: what is taken for one of S3's, or for a key, is one.

use oacguard::access::facts::Endpoint;
use oacguard::aws::arn::{KeyName, bucket_name, identity_id};
use oacguard::aws::endpoint::{S3Endpoint, is_region, may_end_s3};
use oacguard::aws::path_pattern::PathPattern;

/// A domain that is not below one of AWS's is never S3's, however it is written; and what is read can be written again.
pub(crate) fn endpoints(bytes: &[u8]) {
    let Some(text) = super::text(bytes) else { return };
    domain(text);
    key(text);
    bucket(text);
    path(text);
}

fn domain(text: &str) {
    let read = S3Endpoint::parse(text);
    assert_eq!(read, S3Endpoint::parse(&text.to_ascii_uppercase()), "upper case matters");
    assert_eq!(read, S3Endpoint::parse(&format!("{text}.")), "a dot at the end matters");
    assert_eq!(S3Endpoint::parse(&format!("{text}.example.com")), None, "a domain of somebody else's");
    assert_eq!(S3Endpoint::parse(&format!("{text}amazonaws.com.evil")), None, "a domain of somebody else's");
    assert!(!may_end_s3(&format!("{text}.example.com")), "the end of a domain of somebody else's");
    let Some(endpoint) = read else { return };
    let name = text.trim_end_matches('.').to_ascii_lowercase();
    let own = ["amazonaws.com", "amazonaws.com.cn", "amazonaws.eu"];
    let host = own.iter().find_map(|own| name.strip_suffix(own)?.strip_suffix('.')).expect("a domain of AWS's");
    assert!(host.rsplit('.').take(4).any(|label| label.starts_with("s3")), "{host} names no S3");
    for (at, _) in name.char_indices() {
        assert!(may_end_s3(name.get(at..).unwrap_or_default()), "an end of {name} is refused");
    }
    if let Some(region) = &endpoint.region {
        assert!(is_region(region) && host.contains(region.as_str()), "{region} is no Region");
    }
    let Some(bucket) = &endpoint.bucket else { return };
    assert!(!bucket.is_empty(), "a bucket without a name");
    assert!(host.starts_with(bucket.as_str()), "{bucket} is not what {host} begins with");
    let region = endpoint.region.as_ref().map(|region| format!(".{region}")).unwrap_or_default();
    let service = match endpoint.kind {
        Endpoint::Rest => "s3",
        Endpoint::Website if endpoint.region.is_some() => "s3-website",
        Endpoint::AccessPoint if bucket.ends_with("-s3alias") => "s3",
        Endpoint::ObjectLambda if bucket.ends_with("--ol-s3") => "s3",
        Endpoint::AccessPoint => "s3-accesspoint",
        Endpoint::ObjectLambda => "s3-object-lambda",
        Endpoint::MultiRegion => "accesspoint.s3-global",
        other => panic!("{text} is read as {other:?}"),
    };
    let written = format!("{bucket}.{service}{region}.amazonaws.com");
    assert_eq!(S3Endpoint::parse(&written).as_ref(), Some(&endpoint), "{written}");
}

fn key(text: &str) {
    let read = KeyName::parse(text);
    assert_eq!(read, KeyName::parse(&format!(" {text}\n")), "space around it matters");
    match read {
        KeyName::Unset => assert!(text.trim().is_empty() && read.is_aws_managed()),
        KeyName::Alias { name, arn } => {
            assert!(name.starts_with("alias/") && text.trim().ends_with(name));
            assert!(arn.is_none_or(|arn| arn == text.trim() && arn.starts_with("arn:")));
            assert_eq!(read.is_aws_managed(), text.contains("alias/aws/") && name.starts_with("alias/aws/"));
            assert_eq!(KeyName::parse(name), KeyName::Alias { name, arn: None });
        }
        KeyName::Key { id, arn } => {
            assert!(text.trim().ends_with(id) && !read.is_aws_managed());
            assert!(arn.is_none_or(|arn| arn == text.trim() && arn.starts_with("arn:")));
        }
    }
}

fn bucket(text: &str) {
    assert!(text.contains(bucket_name(text)));
    if !text.contains('/') && !text.starts_with("arn:") {
        assert_eq!(bucket_name(&format!("arn:aws:s3:::{text}")), text);
        assert_eq!(bucket_name(&format!("arn:aws:s3:::{text}/*")), text);
        assert_eq!(bucket_name(text), text);
    }
    let id = identity_id(text);
    assert!(!id.contains('/') && identity_id(id) == id && identity_id(&format!("origin-access-identity/{id}")) == id);
}

/// The first line is a pattern of a cache behavior, the second a path.
fn path(text: &str) {
    let (pattern, path) = text.split_once('\n').unwrap_or((text, text));
    let read = PathPattern::of(pattern);
    let further = [format!("{path}x"), format!("{path}/x*y"), format!("{path}?")];
    if let Some(all) = read.matches_all_under(path) {
        for further in further {
            assert_eq!(read.matches(&further), Some(all), "`{pattern}` over `{further}`");
        }
    }
    let start = read.literal_start().expect("a pattern that is known");
    if read.matches(path) == Some(true) {
        let path = format!("/{}", path.strip_prefix('/').unwrap_or(path));
        assert!(path.starts_with(&start), "`{pattern}` takes `{path}`, which does not begin with `{start}`");
    }
}
