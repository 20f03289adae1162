//! What people read.

use serde_json::json;

use super::Outcome::NotGranted as No;
use super::asking::{ADMIN, GRANT, OAI_GRANT, PUBLIC, R, policy, request, statement};
use super::*;

#[test]
fn reasons_name_the_statement_and_what_is_wrong_with_it() {
    let reason = |r: R, lines: &[&str]| evaluate(&policy(lines), &request(r)).reason;
    let wrong = GRANT.replace("@DIST", "arn:aws:cloudfront::111122223333:distribution/E9XY");
    for (r, lines, expected) in [
        (R::Oac, &[GRANT][..], "statement 1 grants s3:GetObject to cloudfront.amazonaws.com"),
        (
            R::Oac,
            &[OAI_GRANT],
            "no statement grants s3:GetObject to cloudfront.amazonaws.com; statement 1 grants it to an origin access identity only",
        ),
        (
            R::Oai,
            &[GRANT],
            "no statement grants s3:GetObject to origin access identity E2QWRUHAPOMQZL; statement 1 grants it to cloudfront.amazonaws.com only",
        ),
        (R::Oac, &[], "no statement grants s3:GetObject to cloudfront.amazonaws.com"),
        (
            R::Oac,
            &[OAI_GRANT, &wrong],
            "statement 2 names arn:aws:cloudfront::111122223333:distribution/E9XY as AWS:SourceArn, this is arn:aws:cloudfront::111122223333:distribution/E1AB",
        ),
        (
            R::Oac,
            &[
                "Allow | CF | s3:GetObject | OBJ | StringEquals aws:SourceArn=arn:aws:cloudfront::111122223333:distribution/*",
            ],
            "statement 1 names arn:aws:cloudfront::111122223333:distribution/* as aws:SourceArn under StringEquals, where a wildcard stands for itself; this is arn:aws:cloudfront::111122223333:distribution/E1AB",
        ),
        (
            R::Key,
            &[ADMIN],
            "no statement grants kms:Decrypt to cloudfront.amazonaws.com; statement 1 grants it to arn:aws:iam::111122223333:root only",
        ),
        (
            R::Key,
            &[ADMIN, "Allow | CF | kms:Encrypt,kms:GenerateDataKey* | *"],
            "statement 2 grants cloudfront.amazonaws.com kms:Encrypt, kms:GenerateDataKey*, but not kms:Decrypt",
        ),
        (
            R::Oac,
            &["Allow | CF | s3:GetObject | arn:aws:s3:::site"],
            "statement 1 grants cloudfront.amazonaws.com s3:GetObject, but on arn:aws:s3:::site only, which is the bucket itself: its objects are under /*",
        ),
        (
            R::Oac,
            &[r#"Allow | {"AWS":"cloudfront.amazonaws.com"} | s3:GetObject | OBJ"#],
            "no statement grants s3:GetObject to cloudfront.amazonaws.com; statement 1 grants it to cloudfront.amazonaws.com under AWS, but it is a Service",
        ),
        (
            R::Oac,
            &[GRANT, "Deny | * | s3:* | OBJ | StringNotEquals aws:SourceVpce=vpce-1"],
            "statement 2 denies s3:GetObject to everyone, and so to cloudfront.amazonaws.com: its request does not carry aws:SourceVpce",
        ),
        (
            R::Oac,
            &[GRANT, "Deny | !ROOT | s3:* | OBJ"],
            "statement 2 denies s3:GetObject to everyone it does not list, and so to cloudfront.amazonaws.com",
        ),
        (
            R::AnonHttp,
            &[PUBLIC, "Deny | * | s3:* | OBJ | Bool aws:SecureTransport=false"],
            "statement 2 denies s3:GetObject to everyone, and so to callers that do not sign: aws:SecureTransport is false",
        ),
        (
            R::Oac,
            &["Allow | * | s3:GetObject | OBJ | StringEquals aws:SourceVpce=vpce-1"],
            "statement 1 has a condition on aws:SourceVpce, which the request of cloudfront.amazonaws.com does not carry",
        ),
        (
            R::Oac,
            &[GRANT, "Deny | * | s3:* | OBJ | NotIpAddress aws:SourceIp=10.0.0.0/8"],
            "whether statement 2 denies s3:GetObject to cloudfront.amazonaws.com cannot be told: it has a condition on aws:SourceIp, which a plan does not tell",
        ),
        (
            R::Oac,
            &["Allow | CF | s3:GetObject | arn:aws:s3:::site/assets/*"],
            "whether statement 1 grants s3:GetObject to cloudfront.amazonaws.com cannot be told: it covers a part of the objects at most (arn:aws:s3:::site/assets/*)",
        ),
        (
            R::OacNew,
            &[GRANT],
            "whether statement 1 grants s3:GetObject to cloudfront.amazonaws.com cannot be told: it names arn:aws:cloudfront::111122223333:distribution/E1AB as AWS:SourceArn, and that of this distribution is known after apply",
        ),
        (
            R::Oac,
            &["Allow | CF | s3:GetObject | arn:aws:s3:::other/*"],
            "statement 1 grants cloudfront.amazonaws.com s3:GetObject, but on no object that the origin serves: it names arn:aws:s3:::other/*",
        ),
        (
            R::Key,
            &["Allow | CF | kms:Decrypt | arn:aws:kms:eu-west-1:111122223333:key/other"],
            "statement 1 grants cloudfront.amazonaws.com kms:Decrypt, but not on this key: it names arn:aws:kms:eu-west-1:111122223333:key/other",
        ),
        (
            R::Oac,
            &["Allow | CF | s3:GetObject | !OBJ"],
            "statement 1 grants cloudfront.amazonaws.com s3:GetObject, but leaves out what is asked for",
        ),
        (
            R::Oac,
            &["Allow | CF | !s3:Get* | OBJ"],
            "statement 1 leaves s3:GetObject out of what it grants cloudfront.amazonaws.com",
        ),
        (
            R::Oac,
            &["Allow | ROOT | s3:PutObject | OBJ"],
            "no statement grants s3:GetObject to cloudfront.amazonaws.com",
        ),
        (
            R::Oac,
            &["Allow | !CF | s3:* | OBJ"],
            "no statement grants s3:GetObject to cloudfront.amazonaws.com; statement 1 grants it to all but those it lists, and this caller is listed",
        ),
        (
            R::OaiNew,
            &[OAI_GRANT],
            "whether statement 1 grants s3:GetObject to the origin access identity cannot be told: whether the identity it names is this one is known after apply",
        ),
        (
            R::Oac,
            &["Allow | CF | s3:GetObject | OBJ | StringMatches aws:SourceArn=x"],
            "whether statement 1 grants s3:GetObject to cloudfront.amazonaws.com cannot be told: it has a condition on aws:SourceArn with an operator that is not known",
        ),
        (
            R::Oac,
            &[
                "Allow | CF | s3:GetObject | OBJ | ArnLike aws:SourceArn=arn:aws:cloudfront::${aws:PrincipalAccount}:distribution/E1",
            ],
            "whether statement 1 grants s3:GetObject to cloudfront.amazonaws.com cannot be told: the value it has for aws:SourceArn holds a policy variable",
        ),
        (
            R::OacMade,
            &[&wrong],
            "statement 1 names arn:aws:cloudfront::111122223333:distribution/E9XY as AWS:SourceArn, this is a distribution that is yet to be made",
        ),
        (
            R::Oac,
            &[
                "Allow | CF | s3:GetObject | ${x} | IpAddress aws:SourceIp=10.0.0.0/8",
                "Allow | CF | s3:GetObject | OBJ | IpAddress aws:SourceIp=10.0.0.0/8",
                "Allow | ROOT | s3:GetObject | OBJ",
            ],
            "whether statement 2 grants s3:GetObject to cloudfront.amazonaws.com cannot be told: it has a condition on aws:SourceIp, which a plan does not tell",
        ),
        (
            R::Oac,
            &[r#"Allow | {"Service":"lambda.amazonaws.com"} | s3:GetObject | OBJ"#],
            "no statement grants s3:GetObject to cloudfront.amazonaws.com; statement 1 grants it to lambda.amazonaws.com only",
        ),
        (
            R::Oac,
            &[GRANT, r#"Deny | {"AWS":"*"} | s3:* | OBJ | StringNotEquals aws:SourceVpce=vpce-1"#],
            "statement 2 denies s3:GetObject to everyone, and so to cloudfront.amazonaws.com: its request does not carry aws:SourceVpce",
        ),
    ] {
        assert_eq!(reason(r, lines), expected);
    }
    let unread = Document::unread("its text is known after apply");
    assert_eq!(
        evaluate(&unread, &request(R::Oac)).reason,
        "whether the policy grants s3:GetObject to cloudfront.amazonaws.com cannot be told, because its text is known after apply"
    );
}

#[test]
fn nothing_that_may_be_a_secret_is_repeated() {
    let secret = "hunter2";
    let lines = [
        "Allow | {\"AWS\":\"hunter2\"} | s3:GetObject | OBJ",
        "Allow | CF | hunter2 | OBJ",
        "Allow | CF | s3:GetObject | hunter2",
        "Allow | CF | s3:GetObject | OBJ | StringEquals aws:SourceArn=hunter2",
        "Allow | CF | s3:GetObject | OBJ | StringEquals aws:Referer=hunter2",
        "Allow | CF | s3:GetObject | OBJ | StringEquals aws:UserAgent=hunter2",
        "Allow | CF | s3:GetObject | OBJ | hunter2 hunter2=hunter2",
        "Deny | CF | s3:* | OBJ | StringNotEquals aws:SourceVpce=hunter2",
    ];
    for line in lines {
        for lines in [vec![line], vec![GRANT, line]] {
            for r in [R::Oac, R::Oai, R::Anon, R::Key] {
                let reason = evaluate(&policy(&lines), &request(r)).reason;
                assert!(!reason.contains(secret), "{reason}");
            }
        }
    }
    let mut sensitive = statement(&GRANT.replace("@DIST", "arn:aws:cloudfront::111122223333:distribution/E9XY"));
    sensitive["Sid"] = json!(secret);
    let text = json!({"Statement": [sensitive]}).to_string();
    let document = Document::from_json(&text).expect("a policy").redacted();
    let decision = evaluate(&document, &request(R::Oac));
    assert_eq!((decision.outcome, decision.statement, decision.sid), (No, Some(0), None));
    assert!(!decision.reason.contains("E9XY") && !decision.reason.contains(secret), "{}", decision.reason);
}

#[test]
fn what_leaves_the_answer_open_is_told_apart() {
    let gap = |r: R, document: &Document| evaluate(document, &request(r)).gap;
    let on = |condition: &str| policy(&[&format!("Allow | CF | s3:GetObject | OBJ | {condition}")]);
    assert_eq!(gap(R::Oac, &policy(&[GRANT])), None);
    assert_eq!(gap(R::Oac, &policy(&[OAI_GRANT])), None);
    assert_eq!(gap(R::Oac, &Document::unread("x")), Some(Gap::Text));
    assert_eq!(gap(R::OacNew, &policy(&[GRANT])), Some(Gap::Value), "the ARN of the distribution");
    assert_eq!(gap(R::OacUnnamed, &policy(&[GRANT])), Some(Gap::Value), "the name of the bucket");
    assert_eq!(gap(R::OaiNew, &policy(&[OAI_GRANT])), Some(Gap::Value), "the id of the identity");
    assert_eq!(gap(R::Oac, &on("IpAddress aws:SourceIp=10.0.0.0/8")), Some(Gap::Request));
    assert_eq!(gap(R::Oac, &on("StringEquals aws:SourceAccount=${aws:ResourceAccount}")), Some(Gap::Request));
    let denied = policy(&[GRANT, "Deny | * | s3:* | arn:aws:s3:::site/private/*"]);
    assert_eq!(gap(R::Oac, &denied), Some(Gap::Request), "whether private objects are asked for");
    let mut hidden = policy(&[GRANT]);
    hidden.statements[0].actions = What::Only(vec![Leaf::Unknown { refers: Vec::new() }]);
    assert_eq!(gap(R::Oac, &hidden), Some(Gap::Value));
}
