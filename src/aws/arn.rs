//! The parts of ARNs and KMS key identifiers that tell whether two of them mean the same thing.
//!
//! Source: <https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id>.

/// How a bucket's default encryption, or an alias, may name a KMS key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyName<'a> {
    /// No name: S3 uses the AWS managed key `aws/s3`.
    Unset,
    /// An alias: its name (`alias/…`), and its ARN if it was given as one.
    Alias {
        /// `alias/…`.
        name: &'a str,
        /// The whole ARN.
        arn: Option<&'a str>,
    },
    /// A key id or a key ARN.
    Key {
        /// The id without what comes before it.
        id: &'a str,
        /// The whole ARN.
        arn: Option<&'a str>,
    },
}

impl<'a> KeyName<'a> {
    /// Reads a `kms_master_key_id`.
    #[must_use]
    pub fn parse(text: &'a str) -> Self {
        let text = text.trim();
        if text.is_empty() {
            return Self::Unset;
        }
        let arn = text.starts_with("arn:").then_some(text);
        let resource = arn.and_then(|arn| arn.splitn(6, ':').nth(5)).unwrap_or(text);
        if resource.starts_with("alias/") {
            Self::Alias { name: resource, arn }
        } else {
            Self::Key { id: resource.strip_prefix("key/").unwrap_or(resource), arn }
        }
    }

    /// Whether it is the alias of an AWS managed key, whose policy cannot be edited.
    #[must_use]
    pub fn is_aws_managed(&self) -> bool {
        match self {
            Self::Unset => true,
            Self::Alias { name, .. } => name.starts_with("alias/aws/"),
            Self::Key { .. } => false,
        }
    }
}

/// The bucket name in a bucket's ARN, or the text itself.
#[must_use]
pub fn bucket_name(text: &str) -> &str {
    match text.strip_prefix("arn:").and_then(|rest| rest.split_once(":s3:::")) {
        Some((_, resource)) => resource.split('/').next().unwrap_or(resource),
        None => text,
    }
}

/// The id of an origin access identity in its path (`origin-access-identity/cloudfront/E…`), or the text itself.
#[must_use]
pub fn identity_id(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_told_apart_from_aliases() {
        let arn = "arn:aws-cn:kms:cn-north-1:111122223333:key/mrk-1234";
        assert_eq!(KeyName::parse(arn), KeyName::Key { id: "mrk-1234", arn: Some(arn) });
        assert_eq!(KeyName::parse("1234-ab"), KeyName::Key { id: "1234-ab", arn: None });
        let alias = "arn:aws:kms:eu-west-1:111122223333:alias/site";
        assert_eq!(KeyName::parse(alias), KeyName::Alias { name: "alias/site", arn: Some(alias) });
        for managed in ["", "alias/aws/s3", "arn:aws:kms:eu-west-1:111122223333:alias/aws/s3"] {
            assert!(KeyName::parse(managed).is_aws_managed(), "{managed}");
        }
        assert!(!KeyName::parse("alias/awsome").is_aws_managed());
    }

    #[test]
    fn a_bucket_may_be_named_by_its_arn() {
        assert_eq!(bucket_name("arn:aws:s3:::b/*"), "b");
        assert_eq!(bucket_name("b"), "b");
    }
}
