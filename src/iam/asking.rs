//! Requests and policies as tests write them: who asks for what in a word, a statement in a line.

use serde_json::{Value as Json, json};

use super::*;

pub(super) const DIST: &str = "arn:aws:cloudfront::111122223333:distribution/E1AB";
pub(super) const DIST_ADDRESS: &str = "module.cdn.aws_cloudfront_distribution.this[0]";
pub(super) const BUCKET_ADDRESS: &str = "aws_s3_bucket.site";
pub(super) const OAI_ADDRESS: &str = "aws_cloudfront_origin_access_identity.oai";
pub(super) const POINT: &str = "arn:aws:s3:eu-west-1:111122223333:accesspoint/cdn";
pub(super) const POINT_ADDRESS: &str = "aws_s3_access_point.cdn";
pub(super) const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
pub(super) const CANONICAL: &str = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be";

/// Who asks for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum R {
    /// OAC, all known.
    Oac,
    /// OAC, the distribution yet to be made, its account known.
    OacNew,
    /// OAC, the distribution yet to be made, its account unknown.
    OacNewer,
    /// OAC, the distribution made by the plan, its account known.
    OacMade,
    /// OAC, over an origin path.
    OacPath,
    /// OAC, over two prefixes.
    OacPaths,
    /// OAC, the bucket's name unknown.
    OacUnnamed,
    /// OAC that does not always sign, over whatever protocol the viewer uses.
    OacLoose,
    /// OAI, all known, viewers may use HTTP.
    Oai,
    /// OAI, viewers are made to use HTTPS.
    OaiHttps,
    /// OAI yet to be made.
    OaiNew,
    /// Unsigned.
    Anon,
    /// Unsigned, from a website endpoint.
    AnonHttp,
    /// OAC, through an access point, as the policy of the bucket sees it.
    OacThrough,
    /// The same, the access point yet to be made, its account unknown.
    OacThroughNew,
    /// OAC, through an access point, as the policy of that sees it.
    Point,
    /// The same, over an origin path.
    PointPath,
    /// The same, the access point yet to be made, its account unknown.
    PointNew,
    /// Unsigned, through an access point, as the policy of that sees it.
    PointAnon,
    /// OAC, the bucket, by a way that cannot be told.
    OacUntold,
    /// OAC, the key, with a bucket key, through an access point.
    KeyThrough,
    /// OAC, the key, with a bucket key.
    Key,
    /// OAC, the key, without a bucket key.
    KeyObject,
    /// OAC, key and distribution yet to be made, bucket key unknown.
    KeyNew,
}

pub(super) fn request(r: R) -> Request {
    let known =
        Distribution { arn: Some(DIST.into()), addresses: vec![DIST_ADDRESS.into()], ..Distribution::default() };
    let new = |account: Option<&str>| Distribution {
        account: account.map(str::to_owned),
        addresses: vec![DIST_ADDRESS.into()],
        ..Distribution::default()
    };
    let objects = |name: Option<&str>, prefixes: &[&str]| Objects {
        bucket: Bucket { name: name.map(str::to_owned), addresses: vec![BUCKET_ADDRESS.into()] },
        prefixes: prefixes.iter().map(|&prefix| prefix.to_owned()).collect(),
        way: Way::Straight,
    };
    let site = || Target::Objects(objects(Some("site"), &[]));
    let key = |arn: Option<&str>, bucket_key| {
        Target::Key(Key {
            arn: arn.map(str::to_owned),
            addresses: vec!["aws_kms_key.site".into()],
            objects: objects(Some("site"), &[]),
            bucket_key,
        })
    };
    let new_point = || AccessPoint {
        name: Some("cdn".into()),
        internet: Some(true),
        addresses: vec![POINT_ADDRESS.into()],
        ..AccessPoint::default()
    };
    let point = || AccessPoint { arn: Some(POINT.into()), ..new_point() };
    let through = |point, prefixes: &[&str]| Objects { way: Way::Through(point), ..objects(Some("site"), prefixes) };
    let oai = || Oai {
        id: Some("E2QWRUHAPOMQZL".into()),
        canonical_user_id: Some(CANONICAL.into()),
        addresses: vec![OAI_ADDRESS.into()],
        is_new: false,
    };
    let region = |mut request: Request| {
        request.region = Some("eu-west-1".into());
        request.partition = Some("aws".into());
        request
    };
    let https = |mut request: Request, https| {
        request.https = https;
        request
    };
    match r {
        R::Oac => region(Request::oac(known, site())),
        R::OacNew => Request::oac(new(Some("111122223333")), site()),
        R::OacNewer => Request::oac(new(None), site()),
        R::OacMade => {
            let made = Distribution { is_new: true, ..new(Some("111122223333")) };
            region(Request::oac(made, site()))
        }
        R::OacPath => region(Request::oac(known, Target::Objects(objects(Some("site"), &["app/"])))),
        R::OacPaths => region(Request::oac(known, Target::Objects(objects(Some("site"), &["app/", "img/"])))),
        R::OacUnnamed => Request::oac(known, Target::Objects(objects(None, &[]))),
        R::OacLoose => https(Request::oac(known, site()), None),
        R::Oai => Request::oai(oai(), site()),
        R::OaiHttps => https(Request::oai(oai(), site()), Some(true)),
        R::OaiNew => Request::oai(Oai { addresses: vec![OAI_ADDRESS.into()], ..Oai::default() }, site()),
        R::Anon => Request::unsigned(site()),
        R::AnonHttp => https(Request::unsigned(site()), Some(false)),
        R::OacThrough => region(Request::oac(known, Target::Objects(through(point(), &[])))),
        R::OacThroughNew => region(Request::oac(known, Target::Objects(through(new_point(), &[])))),
        R::Point => region(Request::oac(known, Target::Through(through(point(), &[]), point()))),
        R::PointPath => region(Request::oac(known, Target::Through(through(point(), &["app/"]), point()))),
        R::PointNew => region(Request::oac(known, Target::Through(through(new_point(), &[]), new_point()))),
        R::PointAnon => Request::unsigned(Target::Through(through(point(), &[]), point())),
        R::OacUntold => {
            region(Request::oac(known, Target::Objects(Objects { way: Way::Untold, ..objects(Some("site"), &[]) })))
        }
        R::KeyThrough => region(Request::oac(
            known,
            Target::Key(Key {
                arn: Some(KEY.into()),
                addresses: vec!["aws_kms_key.site".into()],
                objects: through(point(), &[]),
                bucket_key: Some(true),
            }),
        )),
        R::Key => region(Request::oac(known, key(Some(KEY), Some(true)))),
        R::KeyObject => region(Request::oac(known, key(Some(KEY), Some(false)))),
        R::KeyNew => Request::oac(new(Some("111122223333")), key(None, None)),
    }
}

/// A statement, written `Effect | principal | actions | resources | condition`, with names for what recurs and `!` in front
/// of what is spared.
pub(super) fn statement(line: &str) -> Json {
    let parts: Vec<&str> = line.split(" | ").collect();
    let [effect, principal, action, resource, rest @ ..] = parts.as_slice() else { panic!("{line}") };
    let mut statement = json!({"Effect": effect});
    let mut set = |name: &str, text: &str, value: &dyn Fn(&str) -> Json| {
        let (name, text) = match text.strip_prefix('!') {
            Some(text) => (format!("Not{name}"), text),
            None => (name.to_owned(), text),
        };
        statement[name] = value(text);
    };
    let oai = "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity";
    set("Principal", principal, &|text| match text {
        "CF" => json!({"Service": "cloudfront.amazonaws.com"}),
        "OAI" => json!({"AWS": format!("{oai} E2QWRUHAPOMQZL")}),
        "OTHER-OAI" => json!({"AWS": [format!("{oai} E3OTHER")]}),
        "CANON" => json!({"CanonicalUser": CANONICAL}),
        "*" => json!("*"),
        "AWS*" => json!({"AWS": "*"}),
        "ROOT" => json!({"AWS": "arn:aws:iam::111122223333:root"}),
        "ACCOUNT" => json!({"AWS": "111122223333"}),
        json => serde_json::from_str(json).unwrap_or_else(|_| panic!("{json}")),
    });
    let list = |text: &str| match text.split(',').collect::<Vec<_>>().as_slice() {
        [one] => json!(one),
        several => json!(several),
    };
    set("Action", action, &list);
    set("Resource", resource, &|text| list(&text.replace("OBJ", "arn:aws:s3:::site/*")));
    if let [condition] = rest {
        let condition = condition.replace("@DIST", DIST);
        let (operator, rest) = condition.split_once(' ').unwrap_or_else(|| panic!("{line}"));
        let (key, value) = rest.split_once('=').unwrap_or_else(|| panic!("{line}"));
        let value = if value.starts_with(['[', '"', 't', 'f']) && !value.starts_with("foo") {
            serde_json::from_str(value).unwrap_or_else(|_| json!(value))
        } else {
            json!(value)
        };
        statement["Condition"] = json!({operator: {key: value}});
    }
    statement
}

pub(super) fn policy(lines: &[&str]) -> Document {
    let statements: Vec<Json> = lines.iter().map(|line| statement(line)).collect();
    Document::from_json(&json!({"Version": "2012-10-17", "Statement": statements}).to_string()).expect("a policy")
}

pub(super) const GRANT: &str = "Allow | CF | s3:GetObject | OBJ | StringEquals AWS:SourceArn=@DIST";
pub(super) const OAI_GRANT: &str = "Allow | OAI | s3:GetObject | OBJ";
pub(super) const PUBLIC: &str = "Allow | * | s3:GetObject | OBJ";
pub(super) const KEY_GRANT: &str =
    "Allow | CF | kms:Decrypt,kms:Encrypt,kms:GenerateDataKey* | * | StringEquals AWS:SourceArn=@DIST";
pub(super) const ADMIN: &str = "Allow | ROOT | kms:* | *";
