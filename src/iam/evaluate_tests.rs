//! What AWS documents, as a table: who asks, what the policy says, what comes out.

use serde_json::{Value as Json, json};

use super::Outcome::{Allowed as Yes, Denied, NotGranted as No, Unresolved as Maybe};
use super::asking::{ADMIN, DIST, GRANT, KEY, KEY_GRANT, OAI_GRANT, POINT, PUBLIC, R, policy, request, statement};
use super::*;

fn check(cases: &[(&str, R, &[&str], Outcome)]) {
    let mut wrong = Vec::new();
    for (name, r, lines, expected) in cases {
        let decision = evaluate(&policy(lines), &request(*r));
        if decision.outcome != *expected {
            wrong.push(format!("{name} [{r:?}]: {:?}, expected {expected:?}: {}", decision.outcome, decision.reason));
        }
        assert!(!decision.reason.is_empty() && !decision.reason.ends_with('.'), "{name}: {}", decision.reason);
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
#[rustfmt::skip]
fn principals() {
    check(&[
        ("AWS's statement for OAC", R::Oac, &[GRANT], Yes),
        ("AWS's statement for OAI", R::Oai, &[OAI_GRANT], Yes),
        ("an OAI by canonical user id", R::Oai, &["Allow | CANON | s3:GetObject | OBJ"], Yes),
        ("public", R::Anon, &[PUBLIC], Yes),
        ("public, AWS form", R::Anon, &["Allow | AWS* | s3:GetObject | OBJ"], Yes),
        ("public covers OAC", R::Oac, &[PUBLIC], Yes),
        ("public, AWS form, covers OAC", R::Oac, &["Allow | AWS* | s3:GetObject | OBJ"], Yes),
        ("public covers OAI", R::Oai, &[PUBLIC], Yes),
        ("no statements", R::Oac, &[], No),
        ("C10: OAC, but the OAI is granted", R::Oac, &[OAI_GRANT], No),
        ("C10: OAI, but the service is granted", R::Oai, &["Allow | CF | s3:GetObject | OBJ"], No),
        ("OAC grants are nothing to an unsigned request", R::Anon, &[GRANT, OAI_GRANT], No),
        ("another OAI", R::Oai, &["Allow | OTHER-OAI | s3:GetObject | OBJ"], No),
        ("one of several OAIs", R::Oai, &[r#"Allow | {"AWS":["arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E3OTHER","arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E2QWRUHAPOMQZL"]} | s3:GetObject | OBJ"#], Yes),
        ("an OAI in China", R::Oai, &[r#"Allow | {"AWS":"arn:aws-cn:iam::cloudfront:user/CloudFront Origin Access Identity E2QWRUHAPOMQZL"} | s3:GetObject | OBJ"#], Yes),
        ("an OAI without its spaces", R::Oai, &[r#"Allow | {"AWS":"arn:aws:iam::cloudfront:user/CloudFrontOriginAccessIdentityE2QWRUHAPOMQZL"} | s3:GetObject | OBJ"#], No),
        ("what a deleted OAI leaves behind", R::Oai, &[r#"Allow | {"AWS":"AIDAAAAAAAAAAAAAAAAAA"} | s3:GetObject | OBJ"#], Maybe),
        ("what a deleted OAI leaves behind, for OAC", R::Oac, &[r#"Allow | {"AWS":"AIDAAAAAAAAAAAAAAAAAA"} | s3:GetObject | OBJ"#], No),
        ("any OAI by wildcard", R::Oai, &[r#"Allow | {"AWS":"arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity *"} | s3:GetObject | OBJ"#], Maybe),
        ("another canonical user", R::Oai, &[r#"Allow | {"CanonicalUser":"aaaa"} | s3:GetObject | OBJ"#], No),
        ("a known ARN cannot be told from an OAI yet to be made", R::OaiNew, &[OAI_GRANT], Maybe),
        ("nor can a canonical id", R::OaiNew, &["Allow | CANON | s3:GetObject | OBJ"], Maybe),
        ("the service under AWS", R::Oac, &[r#"Allow | {"AWS":"cloudfront.amazonaws.com"} | s3:GetObject | OBJ"#], No),
        ("another service", R::Oac, &[r#"Allow | {"Service":"delivery.logs.amazonaws.com"} | s3:GetObject | OBJ"#], No),
        ("one of several services", R::Oac, &[r#"Allow | {"Service":["delivery.logs.amazonaws.com","cloudfront.amazonaws.com"]} | s3:GetObject | OBJ"#], Yes),
        ("the service in capitals is not documented", R::Oac, &[r#"Allow | {"Service":"CloudFront.amazonaws.com"} | s3:GetObject | OBJ"#], Maybe),
        ("the service in China is not settled", R::Oac, &[r#"Allow | {"Service":"cloudfront.amazonaws.com.cn"} | s3:GetObject | OBJ"#], Maybe),
        ("any service is not documented", R::Oac, &[r#"Allow | {"Service":"*"} | s3:GetObject | OBJ"#], Maybe),
        ("a service among accounts", R::Oac, &[r#"Allow | {"AWS":"111122223333","Service":"cloudfront.amazonaws.com"} | s3:GetObject | OBJ"#], Yes),
        ("the account's root", R::Oac, &["Allow | ROOT | s3:* | OBJ"], No),
        ("the account's id", R::Oac, &["Allow | ACCOUNT | s3:* | OBJ"], No),
        ("the account, for an OAI", R::Oai, &["Allow | ACCOUNT | s3:* | OBJ"], No),
        ("the account, unsigned", R::Anon, &["Allow | ROOT | s3:* | OBJ"], No),
        ("the account called cloudfront", R::Oai, &[r#"Allow | {"AWS":"arn:aws:iam::cloudfront:root"} | s3:* | OBJ"#], No),
        ("federated", R::Oac, &[r#"Allow | {"Federated":"cognito-identity.amazonaws.com"} | s3:* | OBJ"#], No),
        ("canonical users are no services", R::Oac, &["Allow | CANON | s3:* | OBJ"], No),
        ("a sort of principal that does not exist", R::Oac, &[r#"Allow | {"Servcie":"cloudfront.amazonaws.com"} | s3:* | OBJ"#], Maybe),
        ("NotPrincipal with Allow reaches all others", R::Oac, &["Allow | !ROOT | s3:GetObject | OBJ"], Yes),
        ("NotPrincipal with Allow leaves the listed out", R::Oac, &["Allow | !CF | s3:GetObject | OBJ"], No),
        ("NotPrincipal denies a service that is not listed", R::Oac, &[GRANT, "Deny | !ROOT | s3:* | OBJ"], Denied),
        ("NotPrincipal spares the service listed", R::Oac, &[GRANT, "Deny | !CF | s3:* | OBJ"], Yes),
        ("NotPrincipal spares the OAI listed", R::Oai, &[OAI_GRANT, "Deny | !OAI | s3:* | OBJ"], Yes),
        ("NotPrincipal denies another OAI", R::Oai, &[OAI_GRANT, "Deny | !OTHER-OAI | s3:* | OBJ"], Denied),
        ("NotPrincipal denies the unsigned", R::Anon, &[PUBLIC, "Deny | !ROOT | s3:* | OBJ"], Denied),
        ("NotPrincipal of everyone denies nobody", R::Oac, &[GRANT, "Deny | !* | s3:* | OBJ"], Yes),
        ("a denied account is not CloudFront", R::Oac, &[GRANT, "Deny | ROOT | s3:* | OBJ"], Yes),
        ("a deny for the OAI leaves OAC alone", R::Oac, &[GRANT, "Deny | OAI | s3:* | OBJ"], Yes),
        ("a deny for the OAI", R::Oai, &[OAI_GRANT, "Deny | OAI | s3:* | OBJ"], Denied),
        ("a deny for the service", R::Oac, &[GRANT, "Deny | CF | s3:* | OBJ"], Denied),
    ]);
}

#[test]
#[rustfmt::skip]
fn actions() {
    let case = |action: &str| evaluate(&policy(&[&format!("Allow | CF | {action} | OBJ")]), &request(R::Oac)).outcome;
    for action in [
        "s3:GetObject",
        "s3:getobject",
        "S3:GetObject",
        "s3:Get*",
        "s3:*",
        "*",
        "s3:Get?bject",
        "s3:PutObject,s3:GetObject",
        "!s3:PutObject",
        "!s3:Put*,s3:Delete*",
    ] {
        assert_eq!(case(action), Yes, "{action}");
    }
    for action in [
        "s3:PutObject",
        "s3:GetObjectVersion",
        "s3:GetObjectAcl",
        "s3:ListBucket",
        "kms:*",
        "s3:Put*",
        "!s3:GetObject",
        "!s3:Get*",
        "!*",
        "s3:List*,s3:Head*",
    ] {
        assert_eq!(case(action), No, "{action}");
    }
    check(&[
        ("a deny of another action", R::Oac, &[GRANT, "Deny | * | s3:PutObject | OBJ"], Yes),
        ("a deny by NotAction", R::Oac, &[GRANT, "Deny | * | !s3:ListBucket | OBJ"], Denied),
        ("a deny that spares reading", R::Oac, &[GRANT, "Deny | * | !s3:Get* | OBJ"], Yes),
        ("decrypting is enough", R::Key, &["Allow | CF | kms:Decrypt | *"], Yes),
        ("decrypting by wildcard", R::Key, &["Allow | CF | kms:De* | *"], Yes),
        ("all of kms", R::Key, &["Allow | CF | kms:* | *"], Yes),
        ("C08: only encrypting", R::Key, &[ADMIN, "Allow | CF | kms:Encrypt,kms:GenerateDataKey*,kms:DescribeKey | *"], No),
        ("reading a bucket does not decrypt", R::Key, &["Allow | CF | s3:* | *"], No),
    ]);
}

#[test]
#[rustfmt::skip]
fn resources() {
    check(&[
        ("the bucket is not its objects", R::Oac, &["Allow | CF | s3:GetObject | arn:aws:s3:::site"], No),
        ("both", R::Oac, &["Allow | CF | s3:GetObject | arn:aws:s3:::site,OBJ"], Yes),
        ("everything", R::Oac, &["Allow | CF | s3:GetObject | *"], Yes),
        ("every bucket", R::Oac, &["Allow | CF | s3:GetObject | arn:aws:s3:::*"], Yes),
        ("a wildcard that crosses the slash", R::Oac, &["Allow | CF | s3:GetObject | arn:aws:s3:::si*"], Yes),
        ("another bucket", R::Oac, &["Allow | CF | s3:GetObject | arn:aws:s3:::other/*"], No),
        ("a bucket that begins alike", R::Oac, &["Allow | CF | s3:GetObject | arn:aws:s3:::site-logs/*"], No),
        ("another partition", R::Oac, &["Allow | CF | s3:GetObject | arn:aws-cn:s3:::site/*"], No),
        ("a partition that is not known is not doubted", R::Oai, &["Allow | OAI | s3:GetObject | arn:aws-cn:s3:::site/*"], Yes),
        ("bucket names have a case", R::Oac, &["Allow | CF | s3:GetObject | arn:aws:s3:::Site/*"], No),
        ("a part of the objects", R::Oac, &["Allow | CF | s3:GetObject | arn:aws:s3:::site/assets/*"], Maybe),
        ("a part and the whole", R::Oac, &["Allow | CF | s3:GetObject | arn:aws:s3:::site/assets/*,OBJ"], Yes),
        ("objects by suffix", R::Oac, &["Allow | CF | s3:GetObject | arn:aws:s3:::site/*.html"], Maybe),
        ("the part that is served", R::OacPath, &["Allow | CF | s3:GetObject | arn:aws:s3:::site/app/*"], Yes),
        ("more than the part that is served", R::OacPath, &["Allow | CF | s3:GetObject | OBJ"], Yes),
        ("another part than the one served", R::OacPath, &["Allow | CF | s3:GetObject | arn:aws:s3:::site/assets/*"], No),
        ("a part of the part served", R::OacPath, &["Allow | CF | s3:GetObject | arn:aws:s3:::site/app/v1/*"], Maybe),
        ("both prefixes served", R::OacPaths, &["Allow | CF | s3:GetObject | arn:aws:s3:::site/app/*,arn:aws:s3:::site/img/*"], Yes),
        ("one of two prefixes served", R::OacPaths, &["Allow | CF | s3:GetObject | arn:aws:s3:::site/app/*"], Maybe),
        ("one of two prefixes denied", R::OacPaths, &[GRANT, "Deny | * | s3:GetObject | arn:aws:s3:::site/app/*"], Maybe),
        ("neither of two prefixes denied", R::OacPaths, &[GRANT, "Deny | * | s3:GetObject | arn:aws:s3:::site/private/*"], Yes),
        ("NotResource of another bucket", R::Oac, &["Allow | CF | s3:GetObject | !arn:aws:s3:::other/*"], Yes),
        ("NotResource of this bucket's objects", R::Oac, &["Allow | CF | s3:GetObject | !OBJ"], No),
        ("NotResource of a part", R::Oac, &["Allow | CF | s3:GetObject | !arn:aws:s3:::site/private/*"], Maybe),
        ("a policy variable", R::Oac, &["Allow | CF | s3:GetObject | arn:aws:s3:::site/${aws:username}/*"], Maybe),
        ("denied in all", R::Oac, &[GRANT, "Deny | * | s3:GetObject | OBJ"], Denied),
        ("denied on the bucket only", R::Oac, &[GRANT, "Deny | * | s3:* | arn:aws:s3:::site"], Yes),
        ("denied in part", R::Oac, &[GRANT, "Deny | * | s3:GetObject | arn:aws:s3:::site/private/*"], Maybe),
        ("denied in another part than the one served", R::OacPath, &[GRANT, "Deny | * | s3:GetObject | arn:aws:s3:::site/private/*"], Yes),
        ("denied elsewhere", R::Oac, &[GRANT, "Deny | * | s3:GetObject | arn:aws:s3:::other/*"], Yes),
        ("denied everywhere but in another bucket", R::Oac, &[GRANT, "Deny | * | s3:GetObject | !arn:aws:s3:::other/*"], Denied),
        ("denied everywhere but here", R::Oac, &[GRANT, "Deny | * | s3:GetObject | !OBJ"], Yes),
        ("a bucket whose name is unknown", R::OacUnnamed, &[GRANT], Maybe),
        ("everything, with an unknown name", R::OacUnnamed, &["Allow | CF | s3:GetObject | *"], Yes),
        ("every bucket, with an unknown name", R::OacUnnamed, &["Allow | CF | s3:GetObject | arn:aws:s3:::*"], Yes),
        ("no object of any bucket", R::OacUnnamed, &["Allow | CF | s3:GetObject | arn:aws:s3:::site"], No),
        ("another service's resource", R::OacUnnamed, &["Allow | CF | s3:GetObject | arn:aws:sqs:::site/*"], No),
        ("the key itself", R::Key, &[&format!("Allow | CF | kms:Decrypt | {KEY}")], Yes),
        ("all keys", R::Key, &["Allow | CF | kms:Decrypt | arn:aws:kms:eu-west-1:111122223333:key/*"], Yes),
        ("another key", R::Key, &["Allow | CF | kms:Decrypt | arn:aws:kms:eu-west-1:111122223333:key/other"], No),
        ("an alias is no key", R::Key, &["Allow | CF | kms:Decrypt | arn:aws:kms:eu-west-1:111122223333:alias/site"], No),
        ("a key yet to be made", R::KeyNew, &["Allow | CF | kms:Decrypt | arn:aws:kms:eu-west-1:111122223333:key/*"], Maybe),
        ("an alias is no key yet to be made", R::KeyNew, &["Allow | CF | kms:Decrypt | arn:aws:kms:eu-west-1:111122223333:alias/site"], No),
    ]);
}

#[test]
#[rustfmt::skip]
fn source_conditions() {
    check(&[
        ("AWS's statement for KMS", R::Key, &[ADMIN, KEY_GRANT], Yes),
        ("the default key policy", R::Key, &[ADMIN], No),
        ("C24: not scoped", R::Key, &["Allow | CF | kms:Decrypt | *"], Yes),
        ("C07: another distribution", R::Oac, &["Allow | CF | s3:GetObject | OBJ | StringEquals aws:SourceArn=arn:aws:cloudfront::111122223333:distribution/E9XY"], No),
        ("one of several distributions", R::Oac, &[r#"Allow | CF | s3:GetObject | OBJ | StringEquals aws:SourceArn=["arn:aws:cloudfront::111122223333:distribution/E9XY","@DIST"]"#], Yes),
        ("the wrong account", R::Oac, &["Allow | CF | s3:GetObject | OBJ | StringEquals aws:SourceArn=arn:aws:cloudfront::999988887777:distribution/E1AB"], No),
        ("the id alone", R::Oac, &["Allow | CF | s3:GetObject | OBJ | StringEquals aws:SourceArn=E1AB"], No),
        ("the OAC's ARN", R::Oac, &["Allow | CF | s3:GetObject | OBJ | StringEquals aws:SourceArn=arn:aws:cloudfront::111122223333:origin-access-control/E1AB"], No),
        ("a Region in the ARN", R::Oac, &["Allow | CF | s3:GetObject | OBJ | StringLike aws:SourceArn=arn:aws:cloudfront:us-east-1:111122223333:distribution/*"], No),
        ("the key of the key is written in another case", R::Oac, &["Allow | CF | s3:GetObject | OBJ | StringEquals AWS:SOURCEARN=@DIST"], Yes),
        ("C23: a wildcard under StringEquals", R::Oac, &["Allow | CF | s3:GetObject | OBJ | StringEquals aws:SourceArn=arn:aws:cloudfront::111122223333:distribution/*"], No),
        ("C23, the distribution yet to be made", R::OacNewer, &["Allow | CF | s3:GetObject | OBJ | StringEquals aws:SourceArn=arn:aws:cloudfront::111122223333:distribution/*"], No),
        ("a wildcard under StringLike", R::Oac, &["Allow | CF | s3:GetObject | OBJ | StringLike aws:SourceArn=arn:aws:cloudfront::111122223333:distribution/*"], Yes),
        ("a wildcard under ArnLike", R::Oac, &["Allow | CF | s3:GetObject | OBJ | ArnLike aws:SourceArn=arn:aws:cloudfront::111122223333:distribution/*"], Yes),
        ("a wildcard under ArnEquals", R::Oac, &["Allow | CF | s3:GetObject | OBJ | ArnEquals aws:SourceArn=arn:aws:cloudfront::*:distribution/*"], Yes),
        ("a wildcard in the account of a distribution yet to be made", R::OacNewer, &["Allow | CF | s3:GetObject | OBJ | ArnLike aws:SourceArn=arn:aws:cloudfront::*:distribution/*"], Yes),
        ("all of the account, the distribution yet to be made", R::OacNew, &["Allow | CF | s3:GetObject | OBJ | ArnLike aws:SourceArn=arn:aws:cloudfront::111122223333:distribution/*"], Yes),
        ("all of another account, the distribution yet to be made", R::OacNew, &["Allow | CF | s3:GetObject | OBJ | ArnLike aws:SourceArn=arn:aws:cloudfront::999988887777:distribution/*"], No),
        ("all of an account, that of the distribution unknown", R::OacNewer, &["Allow | CF | s3:GetObject | OBJ | ArnLike aws:SourceArn=arn:aws:cloudfront::111122223333:distribution/*"], Maybe),
        ("any id, the distribution yet to be made", R::OacMade, &["Allow | CF | s3:GetObject | OBJ | ArnLike aws:SourceArn=arn:aws:cloudfront::111122223333:distribution/E*"], Yes),
        ("any id by StringLike, the distribution yet to be made", R::OacMade, &["Allow | CF | s3:GetObject | OBJ | StringLike aws:SourceArn=arn:aws:cloudfront::*:distribution/E*"], Yes),
        ("ids that begin alike, the distribution yet to be made", R::OacMade, &["Allow | CF | s3:GetObject | OBJ | ArnLike aws:SourceArn=arn:aws:cloudfront::111122223333:distribution/E1*"], Maybe),
        ("no id begins so, the distribution yet to be made", R::OacMade, &["Allow | CF | s3:GetObject | OBJ | ArnLike aws:SourceArn=arn:aws:cloudfront::111122223333:distribution/K*"], No),
        ("an id written out, the distribution yet to be made", R::OacMade, &[GRANT], No),
        ("an id under a literal wildcard, the distribution yet to be made", R::OacMade, &["Allow | CF | s3:GetObject | OBJ | StringEquals aws:SourceArn=arn:aws:cloudfront::111122223333:distribution/E*"], No),
        ("a known ARN, the distribution yet to be made", R::OacNew, &[GRANT], Maybe),
        ("a bucket's ARN, the distribution yet to be made", R::OacNew, &["Allow | CF | s3:GetObject | OBJ | ArnLike aws:SourceArn=arn:aws:s3:::site"], No),
        ("any source", R::Oac, &["Allow | CF | s3:GetObject | OBJ | StringLike aws:SourceArn=*"], Yes),
        ("any ARN by less than an ARN is not documented", R::Oac, &["Allow | CF | s3:GetObject | OBJ | ArnLike aws:SourceArn=*"], Maybe),
        ("ignoring case", R::Oac, &["Allow | CF | s3:GetObject | OBJ | StringEqualsIgnoreCase aws:SourceArn=ARN:AWS:CLOUDFRONT::111122223333:DISTRIBUTION/E1AB"], Yes),
        ("the account", R::Oac, &["Allow | CF | s3:GetObject | OBJ | StringEquals aws:SourceAccount=111122223333"], Yes),
        ("another account", R::Oac, &["Allow | CF | s3:GetObject | OBJ | StringEquals aws:SourceAccount=999988887777"], No),
        ("the account of a distribution yet to be made", R::OacNew, &["Allow | CF | s3:GetObject | OBJ | StringEquals aws:SourceAccount=111122223333"], Yes),
        ("an unknown account", R::OacNewer, &["Allow | CF | s3:GetObject | OBJ | StringEquals aws:SourceAccount=111122223333"], Maybe),
        ("the organization is not told", R::Oac, &["Allow | CF | s3:GetObject | OBJ | StringEquals aws:SourceOrgID=o-abc"], Maybe),
        ("public for one source", R::Oac, &["Allow | * | s3:GetObject | OBJ | StringEquals aws:SourceArn=@DIST"], Yes),
        ("an OAI has no source", R::Oai, &["Allow | * | s3:GetObject | OBJ | StringEquals aws:SourceArn=@DIST"], No),
        ("an unsigned request has no source", R::Anon, &["Allow | * | s3:GetObject | OBJ | StringEquals aws:SourceArn=@DIST"], No),
        ("a source if there is one", R::Oai, &["Allow | * | s3:GetObject | OBJ | StringEqualsIfExists aws:SourceArn=@DIST"], Yes),
        ("a source there must be", R::Oac, &["Allow | CF | s3:GetObject | OBJ | Null aws:SourceArn=false"], Yes),
        ("no source there may be", R::Oac, &[GRANT, r#"Deny | CF | s3:* | OBJ | Null aws:SourceArn="false""#], Denied),
        ("denied to all other distributions", R::Oac, &[GRANT, "Deny | * | s3:GetObject | OBJ | StringNotEquals aws:SourceArn=@DIST"], Yes),
        ("denied to all but another distribution", R::Oac, &[GRANT, "Deny | * | s3:GetObject | OBJ | ArnNotLike aws:SourceArn=arn:aws:cloudfront::111122223333:distribution/E9XY"], Denied),
        ("denied to all but two others", R::Oac, &[GRANT, r#"Deny | * | s3:GetObject | OBJ | StringNotEquals aws:SourceArn=["a","b"]"#], Denied),
        ("denied to all but two, this one among them", R::Oac, &[GRANT, r#"Deny | * | s3:GetObject | OBJ | StringNotEquals aws:SourceArn=["a","@DIST"]"#], Yes),
        ("a source that is denied to an OAI, which has none", R::Oai, &[OAI_GRANT, "Deny | * | s3:GetObject | OBJ | StringNotEquals aws:SourceArn=@DIST"], Denied),
        ("a policy variable for a source", R::Oac, &["Allow | CF | s3:GetObject | OBJ | ArnLike aws:SourceArn=arn:aws:cloudfront::${aws:PrincipalAccount}:distribution/E1AB"], Maybe),
        ("set operators on a single key", R::Oac, &["Allow | CF | s3:GetObject | OBJ | ForAnyValue:StringEquals aws:SourceArn=@DIST"], Yes),
        ("all of no values", R::Oai, &["Allow | * | s3:GetObject | OBJ | ForAllValues:StringEquals aws:SourceArn=@DIST"], Yes),
        ("any of no values", R::Oai, &["Allow | * | s3:GetObject | OBJ | ForAnyValue:StringNotEquals aws:SourceArn=@DIST"], No),
    ]);
}

#[test]
#[rustfmt::skip]
fn other_conditions() {
    check(&[
        ("TLS is used by an OAC", R::Oac, &[GRANT, r#"Deny | * | s3:* | OBJ | Bool aws:SecureTransport="false""#], Yes),
        ("a JSON boolean", R::Oac, &[GRANT, "Deny | * | s3:* | OBJ | Bool aws:SecureTransport=false"], Yes),
        ("a grant for TLS", R::Oac, &["Allow | CF | s3:GetObject | OBJ | Bool aws:SecureTransport=true"], Yes),
        ("an OAI follows the viewer", R::Oai, &[OAI_GRANT, "Deny | * | s3:* | OBJ | Bool aws:SecureTransport=false"], Maybe),
        ("an OAI behind HTTPS", R::OaiHttps, &[OAI_GRANT, "Deny | * | s3:* | OBJ | Bool aws:SecureTransport=false"], Yes),
        ("an OAC that does not always sign", R::OacLoose, &[GRANT, "Deny | * | s3:* | OBJ | Bool aws:SecureTransport=false"], Maybe),
        ("a website endpoint has no TLS", R::AnonHttp, &[PUBLIC, "Deny | * | s3:* | OBJ | Bool aws:SecureTransport=false"], Denied),
        ("TLS denied, by Null of nothing", R::Oac, &[GRANT, "Deny | * | s3:* | OBJ | Null aws:SecureTransport=true"], Yes),
        ("C25: outside the VPC endpoint", R::Oac, &[GRANT, "Deny | * | s3:* | OBJ | StringNotEquals aws:SourceVpce=vpce-1"], Denied),
        ("C25: for an OAI too", R::Oai, &[OAI_GRANT, "Deny | * | s3:* | OBJ | StringNotEquals aws:SourceVpce=vpce-1"], Denied),
        ("C25: for the unsigned too", R::Anon, &[PUBLIC, "Deny | * | s3:* | OBJ | StringNotEquals aws:SourceVpc=vpc-1"], Denied),
        ("inside the VPC endpoint", R::Oac, &[GRANT, "Deny | * | s3:* | OBJ | StringEquals aws:SourceVpce=vpce-1"], Yes),
        ("outside it, if there is one", R::Oac, &[GRANT, "Deny | * | s3:* | OBJ | StringNotEqualsIfExists aws:SourceVpce=vpce-1"], Denied),
        ("a grant for the VPC endpoint", R::Oac, &["Allow | * | s3:GetObject | OBJ | StringEquals aws:SourceVpce=vpce-1"], No),
        ("C25: outside the organization", R::Oac, &[GRANT, "Deny | * | s3:* | OBJ | StringNotEquals aws:PrincipalOrgID=o-1"], Denied),
        ("C25: outside the organization, OAI", R::Oai, &[OAI_GRANT, "Deny | * | s3:* | OBJ | StringNotEquals aws:PrincipalOrgID=o-1"], Denied),
        ("inside the organization", R::Oac, &["Allow | * | s3:GetObject | OBJ | StringEquals aws:PrincipalOrgID=o-1"], No),
        ("organization paths", R::Oac, &[GRANT, "Deny | * | s3:* | OBJ | ForAllValues:StringNotLike aws:PrincipalOrgPaths=o-1/*"], Denied),
        ("C25: other principals", R::Oac, &[GRANT, "Deny | * | s3:* | OBJ | ArnNotLike aws:PrincipalArn=arn:aws:iam::111122223333:role/admin"], Denied),
        ("other principals, OAI", R::Oai, &[OAI_GRANT, "Deny | * | s3:* | OBJ | ArnNotLike aws:PrincipalArn=arn:aws:iam::111122223333:role/admin"], Maybe),
        ("other principals, unsigned", R::Anon, &[PUBLIC, "Deny | * | s3:* | OBJ | ArnNotEquals aws:PrincipalArn=arn:aws:iam::111122223333:role/admin"], Denied),
        ("C25: addresses", R::Oac, &[GRANT, "Deny | * | s3:* | OBJ | NotIpAddress aws:SourceIp=10.0.0.0/8"], Maybe),
        ("a grant for addresses", R::Anon, &["Allow | * | s3:GetObject | OBJ | IpAddress aws:SourceIp=10.0.0.0/8"], Maybe),
        ("addresses in a VPC", R::Oac, &[GRANT, "Deny | * | s3:* | OBJ | NotIpAddress aws:VpcSourceIp=10.0.0.0/8"], Denied),
        ("services are spared", R::Oac, &[GRANT, "Deny | * | s3:* | OBJ | Bool aws:PrincipalIsAWSService=false"], Yes),
        ("services are spared, if exists", R::Oac, &[GRANT, "Deny | * | s3:* | OBJ | BoolIfExists aws:PrincipalIsAWSService=false"], Yes),
        ("an OAI is no service", R::Oai, &[OAI_GRANT, "Deny | * | s3:* | OBJ | BoolIfExists aws:PrincipalIsAWSService=false"], Denied),
        ("whether an OAI carries the key is not documented", R::Oai, &[OAI_GRANT, "Deny | * | s3:* | OBJ | Bool aws:PrincipalIsAWSService=false"], Maybe),
        ("an unsigned request does not carry it", R::Anon, &[PUBLIC, "Deny | * | s3:* | OBJ | Bool aws:PrincipalIsAWSService=false"], Yes),
        ("nor is an OAI a service for a grant", R::Oai, &["Allow | * | s3:GetObject | OBJ | Bool aws:PrincipalIsAWSService=true"], No),
        ("the service by its name", R::Oac, &["Allow | * | s3:GetObject | OBJ | StringEquals aws:PrincipalServiceName=cloudfront.amazonaws.com"], Yes),
        ("a service asks by itself", R::Oac, &[GRANT, "Deny | * | s3:* | OBJ | Bool aws:ViaAWSService=true"], Yes),
        ("what asks by itself is denied", R::Oac, &[GRANT, "Deny | * | s3:* | OBJ | Bool aws:ViaAWSService=false"], Denied),
        ("no tags", R::Oac, &[GRANT, "Deny | * | s3:* | OBJ | StringNotEquals aws:PrincipalTag/team=web"], Denied),
        ("tags of objects", R::Oac, &["Allow | CF | s3:GetObject | OBJ | StringEquals s3:ExistingObjectTag/public=yes"], Maybe),
        ("a referer", R::Anon, &["Allow | * | s3:GetObject | OBJ | StringLike aws:Referer=https://example.com/*"], Maybe),
        ("any referer or none", R::Anon, &["Allow | * | s3:GetObject | OBJ | StringLikeIfExists aws:Referer=*"], Yes),
        ("a referer whether or not", R::Anon, &["Allow | * | s3:GetObject | OBJ | StringLike aws:Referer=*"], Maybe),
        ("old TLS is denied", R::Oac, &[GRANT, "Deny | * | s3:* | OBJ | NumericLessThan s3:TlsVersion=1.2"], Yes),
        ("old TLS is denied to an OAI over any protocol", R::Oai, &[OAI_GRANT, "Deny | * | s3:* | OBJ | NumericLessThan s3:TlsVersion=1.2"], Yes),
        ("TLS 1.2 is denied", R::Oac, &[GRANT, "Deny | * | s3:* | OBJ | NumericLessThan s3:TlsVersion=1.3"], Maybe),
        ("TLS that does not exist is demanded", R::Oac, &[GRANT, "Deny | * | s3:* | OBJ | NumericLessThan s3:TlsVersion=2"], Denied),
        ("old signatures are denied", R::Oac, &[GRANT, "Deny | * | s3:* | OBJ | StringNotEquals s3:signatureversion=AWS4-HMAC-SHA256"], Yes),
        ("old signatures are denied to an OAI", R::Oai, &[OAI_GRANT, "Deny | * | s3:* | OBJ | StringNotEquals s3:signatureversion=AWS4-HMAC-SHA256"], Maybe),
        ("stale signatures are denied", R::Oac, &[GRANT, "Deny | * | s3:* | OBJ | NumericGreaterThan s3:signatureAge=600000"], Yes),
        ("signatures of a tenth of a second are denied", R::Oac, &[GRANT, "Deny | * | s3:* | OBJ | NumericGreaterThan s3:signatureAge=100"], Maybe),
        ("requests without an age are denied", R::Oac, &[GRANT, "Deny | * | s3:* | OBJ | NumericGreaterThanIfExists s3:signatureAge=600000"], Maybe),
        ("fresh signatures are granted", R::Oac, &["Allow | CF | s3:GetObject | OBJ | NumericLessThan s3:signatureAge=600000"], Maybe),
        ("stale signatures are denied to an OAI", R::Oai, &[OAI_GRANT, "Deny | * | s3:* | OBJ | NumericGreaterThan s3:signatureAge=600000"], Maybe),
        ("no signature is denied", R::Anon, &[PUBLIC, "Deny | * | s3:* | OBJ | StringNotEquals s3:signatureversion=AWS4-HMAC-SHA256"], Denied),
        ("TLS or not, it is there", R::Oai, &[OAI_GRANT, "Deny | * | s3:* | OBJ | Null aws:SecureTransport=true"], Yes),
        ("a time", R::Oac, &["Allow | CF | s3:GetObject | OBJ | DateLessThan aws:CurrentTime=2030-01-01T00:00:00Z"], Maybe),
        ("the Region", R::Oac, &["Allow | CF | s3:GetObject | OBJ | StringEquals aws:RequestedRegion=eu-west-1"], Yes),
        ("a key that nobody knows", R::Oac, &["Allow | CF | s3:GetObject | OBJ | StringEquals custom:thing=x"], Maybe),
        ("a key that nobody knows, absent", R::Oac, &["Allow | CF | s3:GetObject | OBJ | Null custom:thing=true"], Maybe),
        ("an operator that nobody knows", R::Oac, &["Allow | CF | s3:GetObject | OBJ | StringMatches aws:SourceArn=@DIST"], Maybe),
        ("no values", R::Oac, &["Allow | CF | s3:GetObject | OBJ | StringEquals aws:SourceArn=[]"], Maybe),
        ("an anonymous account", R::Anon, &["Allow | * | s3:GetObject | OBJ | StringEquals aws:PrincipalAccount=111122223333"], No),
        ("accounts of a service are not told", R::Oac, &[GRANT, "Deny | * | s3:* | OBJ | StringNotEquals aws:PrincipalAccount=111122223333"], Maybe),
        ("via S3", R::Key, &["Allow | CF | kms:Decrypt | * | StringEquals kms:ViaService=s3.eu-west-1.amazonaws.com"], Yes),
        ("via S3 elsewhere", R::Key, &["Allow | CF | kms:Decrypt | * | StringEquals kms:ViaService=s3.us-east-1.amazonaws.com"], No),
        ("via S3 anywhere", R::KeyNew, &["Allow | CF | kms:Decrypt | * | StringLike kms:ViaService=s3.*.amazonaws.com"], Yes),
        ("via S3, Region unknown", R::KeyNew, &["Allow | CF | kms:Decrypt | * | StringEquals kms:ViaService=s3.eu-west-1.amazonaws.com"], Maybe),
        ("via another service", R::KeyNew, &["Allow | CF | kms:Decrypt | * | StringLike kms:ViaService=sqs.*.amazonaws.com"], No),
        ("the caller's account", R::Key, &["Allow | * | kms:Decrypt | * | StringEquals kms:CallerAccount=111122223333"], Maybe),
        ("C32: the bucket as context, with a bucket key", R::Key, &["Allow | CF | kms:Decrypt | * | StringEquals kms:EncryptionContext:aws:s3:arn=arn:aws:s3:::site"], Yes),
        ("C32: objects as context, with a bucket key", R::Key, &["Allow | CF | kms:Decrypt | * | StringLike kms:EncryptionContext:aws:s3:arn=arn:aws:s3:::site/*"], Maybe),
        ("objects as context, without a bucket key", R::KeyObject, &["Allow | CF | kms:Decrypt | * | StringLike kms:EncryptionContext:aws:s3:arn=arn:aws:s3:::site/*"], Yes),
        ("some objects as context", R::KeyObject, &["Allow | CF | kms:Decrypt | * | StringLike kms:EncryptionContext:aws:s3:arn=arn:aws:s3:::site/a/*"], Maybe),
        ("the bucket as context, without a bucket key", R::KeyObject, &["Allow | CF | kms:Decrypt | * | StringEquals kms:EncryptionContext:aws:s3:arn=arn:aws:s3:::site"], No),
        ("context that cannot be told", R::KeyNew, &["Allow | CF | kms:Decrypt | * | StringEquals kms:EncryptionContext:aws:s3:arn=arn:aws:s3:::site"], Maybe),
        ("KMS is called over TLS", R::Key, &[KEY_GRANT, "Deny | * | kms:* | * | Bool aws:SecureTransport=false"], Yes),
        ("grants to AWS resources only", R::Key, &["Allow | CF | kms:* | * | Bool kms:GrantIsForAWSResource=true"], No),
        ("a key denied outside the organization", R::Key, &[KEY_GRANT, "Deny | * | kms:* | * | StringNotEquals aws:PrincipalOrgID=o-1"], Denied),
        ("a key denied to direct callers", R::Key, &[KEY_GRANT, "Deny | * | kms:* | * | Bool aws:ViaAWSService=false"], Maybe),
    ]);
}

#[test]
#[rustfmt::skip]
fn combinations() {
    check(&[
        ("an explicit deny wins, after", R::Oac, &[GRANT, "Deny | * | s3:* | *"], Denied),
        ("an explicit deny wins, before", R::Oac, &["Deny | * | s3:* | *", GRANT], Denied),
        ("an explicit deny without a grant", R::Oac, &["Deny | * | s3:* | *"], Denied),
        ("a certain deny beats a doubtful grant", R::Oac, &["Allow | * | s3:* | * | IpAddress aws:SourceIp=1.2.3.4/32", "Deny | * | s3:* | *"], Denied),
        ("a doubtful deny without a grant", R::Oac, &["Deny | * | s3:* | * | IpAddress aws:SourceIp=1.2.3.4/32"], No),
        ("a doubtful deny and a doubtful grant", R::Oac, &["Allow | * | s3:* | * | IpAddress aws:SourceIp=1.2.3.4/32", "Deny | * | s3:* | * | IpAddress aws:SourceIp=1.2.3.4/32"], Maybe),
        ("a doubtful grant beside a certain one", R::Oac, &["Allow | * | s3:* | * | IpAddress aws:SourceIp=1.2.3.4/32", GRANT], Yes),
        ("a doubtful and a certain deny", R::Oac, &[GRANT, "Deny | * | s3:* | * | IpAddress aws:SourceIp=1.2.3.4/32", "Deny | * | * | *"], Denied),
        ("both grants while migrating, OAC", R::Oac, &[OAI_GRANT, GRANT], Yes),
        ("both grants while migrating, OAI", R::Oai, &[OAI_GRANT, GRANT], Yes),
    ]);
    // Several tests in one Condition must all hold.
    let both = |first: Json, second: Json| {
        let mut statement = statement("Allow | CF | s3:GetObject | OBJ");
        statement["Condition"] = json!({"StringEquals": first, "Bool": second});
        evaluate(
            &Document::from_json(&json!({"Statement": statement}).to_string()).expect("a policy"),
            &request(R::Oac),
        )
        .outcome
    };
    assert_eq!(both(json!({"aws:SourceArn": DIST}), json!({"aws:SecureTransport": "true"})), Yes);
    assert_eq!(both(json!({"aws:SourceArn": DIST}), json!({"aws:SecureTransport": "false"})), No);
    assert_eq!(
        both(json!({"aws:SourceArn": DIST, "aws:SourceIp": "x"}), json!({"aws:SecureTransport": "true"})),
        Maybe
    );
    assert_eq!(both(json!({"aws:SourceArn": "x", "aws:SourceIp": "x"}), json!({"aws:SecureTransport": "true"})), No);
}

#[test]
fn what_is_not_understood_neither_grants_nor_denies() {
    let outcome = |statements: Json| {
        evaluate(
            &Document::from_json(&json!({"Statement": statements}).to_string()).expect("a policy"),
            &request(R::Oac),
        )
        .outcome
    };
    let grant = statement(GRANT);
    let with = |mut statement: Json, name: &str, value: Json| {
        statement[name] = value;
        statement
    };
    assert_eq!(outcome(grant.clone()), Yes, "a single statement, not in a list, in a policy of 2008");
    assert_eq!(outcome(json!([with(grant.clone(), "Conditon", json!({}))])), Maybe);
    assert_eq!(outcome(json!([grant, with(statement("Deny | * | s3:* | *"), "Conditon", json!({}))])), Maybe);
    assert_eq!(outcome(json!([grant, with(statement("Deny | * | s3:* | *"), "Effect", json!("deny"))])), Maybe);
    assert_eq!(outcome(json!([grant, "text"])), Maybe);
    assert_eq!(outcome(json!([with(grant.clone(), "Effect", json!("allow"))])), Maybe);
    assert_eq!(outcome(json!([with(grant.clone(), "Action", json!([]))])), Maybe);
    let unread = Document::unread("its text is known after apply");
    assert_eq!(evaluate(&unread, &request(R::Oac)).outcome, Maybe);
    let denied = Document::merged([unread.clone()], policy(&["Deny | * | s3:* | *"]), []);
    assert_eq!(
        evaluate(&denied, &request(R::Oac)).outcome,
        Denied,
        "no override can take a statement without a Sid away"
    );
    let granted = Document::merged([unread], policy(&[GRANT]), []);
    assert_eq!(evaluate(&granted, &request(R::Oac)).outcome, Maybe, "what cannot be read may deny");
    let stray = Document::from_json(&json!({"Statements": [], "Statement": [grant]}).to_string()).expect("a policy");
    assert_eq!(evaluate(&stray, &request(R::Oac)).outcome, Maybe);
}

#[test]
fn overrides_are_what_counts_in_a_merged_document() {
    let with_sid = |line: &str| {
        let mut statement = statement(line);
        statement["Sid"] = json!("AllowCloudFront");
        Document::from_json(&json!({"Version": "2012-10-17", "Statement": [statement]}).to_string()).expect("a policy")
    };
    let other = GRANT.replace("@DIST", "arn:aws:cloudfront::111122223333:distribution/E9XY");
    let request = request(R::Oac);
    let outcome = |document: &Document| evaluate(document, &request).outcome;
    assert_eq!(outcome(&Document::merged([with_sid(GRANT)], policy(&[]), [with_sid(&other)])), No);
    assert_eq!(outcome(&Document::merged([with_sid(&other)], with_sid(GRANT), [])), Yes);
    assert_eq!(outcome(&Document::merged([], with_sid(GRANT), [Document::unread("x")])), Maybe);
    let deny = with_sid("Deny | * | s3:* | *");
    assert_eq!(outcome(&Document::merged([], deny.clone(), [])), Denied);
    assert_eq!(outcome(&Document::merged([], deny, [Document::unread("x")])), Maybe, "the denial may be replaced");
}

#[test]
fn a_grant_that_names_another_distribution_is_told_where_nothing_else_grants() {
    let other = |lines: &[&str]| evaluate(&policy(lines), &request(R::Oac)).other_source;
    let wrong = "Allow | CF | s3:GetObject | OBJ | StringEquals AWS:SourceArn=arn:aws:cloudfront::111122223333:distribution/E9XY";
    assert!(other(&[wrong]));
    assert!(other(&["Allow | ROOT | s3:GetObject | OBJ", wrong]));
    assert!(!other(&[GRANT, wrong]), "it is granted");
    assert!(!other(&[wrong, "Deny | * | s3:* | OBJ"]), "it is denied");
    assert!(!other(&["Allow | CF | s3:PutObject | OBJ"]), "it fails for something else");
    assert!(!other(&["Allow | CF | s3:GetObject | OBJ | StringEquals aws:SourceVpce=vpce-1"]));
    assert!(!other(&[]));
}

#[test]
fn a_denial_that_hangs_on_the_request_alone_is_told_from_other_doubts() {
    let conditional = |r: R, lines: &[&str]| evaluate(&policy(lines), &request(r)).conditional_deny;
    let elsewhere = "Deny | * | s3:* | OBJ | NotIpAddress aws:SourceIp=10.0.0.0/8";
    assert!(conditional(R::Oac, &[GRANT, elsewhere]));
    assert!(conditional(R::Oai, &[OAI_GRANT, "Deny | * | s3:* | OBJ | Bool aws:SecureTransport=false"]));
    // Certain, or without a grant, or the grant is in doubt as well.
    assert!(!conditional(R::OaiHttps, &[OAI_GRANT, "Deny | * | s3:* | OBJ | Bool aws:SecureTransport=false"]));
    assert!(!conditional(R::Oac, &[elsewhere]));
    assert!(!conditional(R::Oac, &["Allow | * | s3:* | OBJ | IpAddress aws:SourceIp=10.0.0.0/8", elsewhere]));
    // A value that the plan does not know yet is another matter, and so is a part of the objects.
    assert!(!conditional(
        R::OacNew,
        &[PUBLIC, elsewhere, "Deny | * | s3:* | OBJ | StringNotEquals AWS:SourceArn=@DIST"]
    ));
    assert!(!conditional(
        R::Oac,
        &[GRANT, "Deny | * | s3:* | arn:aws:s3:::site/a/* | IpAddress aws:SourceIp=1.2.3.4/32"]
    ));
}

#[test]
fn an_access_point_has_resources_and_condition_keys_of_its_own() {
    const READ: &str = "Allow | CF | s3:GetObject | arn:aws:s3:eu-west-1:111122223333:accesspoint/cdn/object/* | \
                        StringEquals AWS:SourceArn=@DIST";
    const DELEGATE: &str = "Allow | AWS* | * | OBJ | StringEquals s3:DataAccessPointAccount=111122223333";
    const ONLY_VPC: &str = "Deny | * | s3:* | OBJ | StringNotEquals s3:AccessPointNetworkOrigin=VPC";
    const ONLY_POINTS: &str = "Deny | * | s3:* | OBJ | StringNotEquals s3:DataAccessPointAccount=111122223333";
    let arn = format!("Allow | * | s3:GetObject | OBJ | ArnLike s3:DataAccessPointArn={POINT}");
    let of_others = arn.replace("accesspoint/cdn", "accesspoint/other");
    check(&[
        ("its objects", R::Point, &[READ], Yes),
        ("its objects, yet to be made", R::PointNew, &[READ], Maybe),
        ("all objects, origin path", R::PointPath, &[READ], Yes),
        ("one folder", R::Point, &["Allow | CF | s3:GetObject | arn:aws:s3:*:*:accesspoint/cdn/object/app/*"], Maybe),
        (
            "that folder",
            R::PointPath,
            &["Allow | CF | s3:GetObject | arn:aws:s3:*:*:accesspoint/cdn/object/app/*"],
            Yes,
        ),
        ("any account's", R::PointNew, &["Allow | CF | s3:GetObject | arn:aws:s3:*:*:accesspoint/cdn/object/*"], Yes),
        (
            "the point itself",
            R::Point,
            &["Allow | CF | s3:GetObject | arn:aws:s3:eu-west-1:111122223333:accesspoint/cdn"],
            No,
        ),
        ("no /object/", R::Point, &["Allow | CF | s3:GetObject | arn:aws:s3:*:*:accesspoint/cdn/app/*"], No),
        ("another point", R::Point, &["Allow | CF | s3:GetObject | arn:aws:s3:*:*:accesspoint/other/object/*"], No),
        (
            "another point, yet to be made",
            R::PointNew,
            &["Allow | CF | s3:* | arn:aws:s3:*:*:accesspoint/x/object/*"],
            No,
        ),
        (
            "another Region",
            R::Point,
            &["Allow | CF | s3:GetObject | arn:aws:s3:eu-west-2:*:accesspoint/cdn/object/*"],
            No,
        ),
        ("the bucket's objects", R::Point, &["Allow | CF | s3:GetObject | OBJ"], No),
        ("everyone", R::PointAnon, &["Allow | * | s3:GetObject | *"], Yes),
        ("not CloudFront", R::PointAnon, &[READ], No),
        ("explicit deny", R::Point, &[READ, "Deny | * | s3:GetObject | *"], Denied),
        ("delegated", R::OacThrough, &[DELEGATE], Yes),
        ("delegated, account unknown", R::OacThroughNew, &[DELEGATE], Maybe),
        ("delegated to others", R::OacThrough, &[&DELEGATE.replace("=1111", "=9999")], No),
        ("delegated, asked straight", R::Oac, &[DELEGATE], No),
        ("delegated, way unknown", R::OacUntold, &[DELEGATE], Maybe),
        ("delegated by ARN", R::OacThrough, &[&arn], Yes),
        ("delegated by ARN to another", R::OacThrough, &[&of_others], No),
        ("delegated by ARN to another, new", R::OacThroughNew, &[&of_others], No),
        ("delegated by ARN, asked straight", R::Oac, &[&arn], No),
        ("granted to CloudFront", R::OacThrough, &[GRANT], Yes),
        ("not from the internet", R::OacThrough, &[DELEGATE, ONLY_VPC], Denied),
        ("not from the internet, asked straight", R::Oac, &[GRANT, ONLY_VPC], Denied),
        ("access points only", R::OacThrough, &[GRANT, ONLY_POINTS], Yes),
        ("access points only, asked straight", R::Oac, &[GRANT, ONLY_POINTS], Denied),
        ("access points only, way unknown", R::OacUntold, &[GRANT, ONLY_POINTS], Maybe),
        ("key", R::KeyThrough, &[ADMIN, KEY_GRANT], Yes),
        (
            "key, in the context of the bucket",
            R::KeyThrough,
            &["Allow | CF | kms:Decrypt | * | StringEquals kms:EncryptionContext:aws:s3:arn=arn:aws:s3:::site"],
            Maybe,
        ),
    ]);
}
