//! Whether a bucket policy leaves whoever uploads no choice but a KMS key: then every new object is encrypted with one,
//! whatever the bucket's default says.

use super::document::{Document, Leaf};
use super::evaluate::denies;
use super::request::{Objects, Request, Upload};
use super::truth::Truth;

/// The statement of a bucket policy that forces uploads to be encrypted with a KMS key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forced {
    /// Its position, counted from 0.
    pub statement: usize,
    /// Its Sid; none where the document is not to be printed.
    pub sid: Option<String>,
}

/// Judges a bucket policy by what it says to uploads without an encryption header, with SSE-S3, and with a KMS key.
///
/// Uploads are forced only if the first two are certainly denied and the last is not: a policy that denies all of them lets
/// nothing in, and one that lets the first through leaves it to the bucket's default.
///
/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html#require-sse-kms>
#[must_use]
pub fn forced_to_kms(document: &Document, objects: &Objects, partition: Option<&str>) -> Option<Forced> {
    let says = |encryption, names_key| {
        let upload = Upload { objects: objects.clone(), encryption, names_key };
        denies(document, &Request { partition: partition.map(str::to_owned), ..Request::upload(upload) })
    };
    let (by_default, _) = says(None, false);
    let (sse_s3, statement) = says(Some("AES256"), false);
    let kms = [says(Some("aws:kms"), true), says(Some("aws:kms:dsse"), true)];
    let let_in = kms.iter().any(|(denied, _)| *denied != Truth::Yes);
    if by_default != Truth::Yes || sse_s3 != Truth::Yes || !let_in {
        return None;
    }
    let statement = statement?;
    let sid = document.statements.get(statement).and_then(|statement| statement.sid.as_ref()).and_then(Leaf::known);
    Some(Forced { statement, sid: sid.filter(|_| !document.redact).map(str::to_owned) })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::super::request::Bucket;
    use super::*;

    const HEADER: &str = "s3:x-amz-server-side-encryption";
    const KEY: &str = "s3:x-amz-server-side-encryption-aws-kms-key-id";

    fn forced(statements: &Json) -> Option<usize> {
        let text = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
        let document = Document::from_json(&text).expect("a policy");
        let bucket = Bucket { name: Some("site".to_owned()), addresses: Vec::new() };
        let objects = Objects { bucket, prefixes: vec!["app/".to_owned()], ..Objects::default() };
        forced_to_kms(&document, &objects, Some("aws")).map(|forced| forced.statement)
    }

    fn deny(condition: &Json) -> Json {
        json!({"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::site/*",
               "Condition": condition})
    }

    #[test]
    fn the_documented_ways_to_demand_kms_are_understood() {
        for condition in [
            json!({"StringNotEquals": {HEADER: "aws:kms"}}),
            json!({"StringNotEqualsIfExists": {HEADER: "aws:kms"}}),
            json!({"StringNotLike": {HEADER: "aws:kms*"}}),
            json!({"StringNotEquals": {HEADER: ["aws:kms", "aws:kms:dsse"]}}),
            json!({"Null": {KEY: "true"}}),
            json!({"ArnNotEqualsIfExists": {KEY: "arn:aws:kms:eu-west-1:111122223333:key/1"}}),
            json!({"StringNotEquals": {KEY: "arn:aws:kms:eu-west-1:111122223333:key/1"}}),
        ] {
            assert_eq!(forced(&json!([deny(&condition)])), Some(0), "{condition}");
        }
        let apart =
            json!([deny(&json!({"Null": {HEADER: "true"}})), deny(&json!({"StringEquals": {HEADER: "AES256"}})),]);
        assert_eq!(forced(&apart), Some(1), "two statements together");
        // Nobody who uploads is a service, whether the request says so or does not.
        let people =
            json!({"StringNotEquals": {HEADER: "aws:kms"}, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}});
        assert_eq!(forced(&json!([deny(&people)])), Some(0));
    }

    #[test]
    fn what_leaves_a_choice_or_nothing_at_all_forces_nobody() {
        for statements in [
            json!([]),
            // The default decides where no header is sent.
            json!([deny(&json!({"Null": {HEADER: "false"}, "StringNotEquals": {HEADER: "aws:kms"}}))]),
            json!([deny(&json!({"StringEquals": {HEADER: "AES256"}}))]),
            json!([deny(&json!({"StringNotEquals": {HEADER: ["aws:kms", "AES256"]}}))]),
            json!([deny(&json!({"StringNotEquals": {HEADER: "AES256"}}))]),
            // Nobody may upload, or nobody without TLS.
            json!([deny(&json!({}))]),
            json!([deny(&json!({"Bool": {"aws:SecureTransport": "false"}}))]),
            // Only some, and nobody can tell whether it is they who upload.
            json!([deny(&json!({"StringNotEquals": {HEADER: "aws:kms", "aws:PrincipalAccount": "1"}}))]),
            json!([{"Effect": "Deny", "Principal": {"AWS": "arn:aws:iam::111122223333:role/ci"}, "Action": "s3:PutObject",
                    "Resource": "*", "Condition": {"StringNotEquals": {HEADER: "aws:kms"}}}]),
            // Elsewhere.
            json!([{"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::site/logs/*",
                    "Condition": {"StringNotEquals": {HEADER: "aws:kms"}}}]),
            json!([{"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws-cn:s3:::site/*",
                    "Condition": {"StringNotEquals": {HEADER: "aws:kms"}}}]),
            json!([{"Effect": "Deny", "Principal": "*", "Action": "s3:PutObjectAcl", "Resource": "*",
                    "Condition": {"StringNotEquals": {HEADER: "aws:kms"}}}]),
        ] {
            assert_eq!(forced(&statements), None, "{statements}");
        }
    }
}
