//! Reports and facts made by hand, for what is written from them.

#![allow(dead_code, reason = "each test program uses a part of it")]

use oacguard::access::facts::{
    Access, Algorithm, BucketFacts, ChangeFacts, Counts, EncryptionFacts, EncryptionSource, Endpoint, Evidence,
    Existing, Fact, Facts, Grant, GrantFacts, KeyFacts, KeyManager, OacFacts, PathFacts, PlanFacts, PolicyDocument,
    ReadState, Readability, ResourceChange, ResourceFacts, WorldFacts,
};
use oacguard::finding::{Finding, Severity, Status, Waiver, When};
use oacguard::judge;
use oacguard::report::{PathSummary, PlanSummary, Report, ReportError, SCHEMA, Summary, Tool, Verdict};

pub(crate) const SITE: &str = "aws_cloudfront_distribution.site";
pub(crate) const ENCRYPTION: &str = "aws_s3_bucket_server_side_encryption_configuration.site";
pub(crate) const KMS: Option<Algorithm> = Some(Algorithm::SseKms);

pub(crate) fn world(access: Access, algorithm: Algorithm) -> WorldFacts {
    let resource = |address: &str| Some(ResourceFacts { label: address.to_owned(), address: Some(address.to_owned()) });
    let kms = algorithm != Algorithm::SseS3;
    WorldFacts {
        enabled: Fact::Known(true),
        staging: Fact::Known(false),
        domain: Fact::Known("acme-site.s3.eu-west-1.amazonaws.com".to_owned()),
        endpoint: Fact::Known(Endpoint::Rest),
        access: Fact::Known(access),
        oai: if access == Access::Oai { resource("aws_cloudfront_origin_access_identity.site") } else { None },
        oac: (access == Access::Oac).then(|| OacFacts {
            label: "aws_cloudfront_origin_access_control.site".to_owned(),
            address: Some("aws_cloudfront_origin_access_control.site".to_owned()),
            origin_type: Fact::Known("s3".to_owned()),
            signing: Fact::Known("always".to_owned()),
            name_is_taken: false,
        }),
        edge_function: Fact::Known(false),
        bucket: Fact::Known(BucketFacts {
            label: "aws_s3_bucket.site".to_owned(),
            address: Some("aws_s3_bucket.site".to_owned()),
            name: Some("acme-site".to_owned()),
            region: Some("eu-west-1".to_owned()),
            created: false,
        }),
        encryption: Fact::Known(EncryptionFacts {
            algorithm,
            source: if kms { EncryptionSource::Resource } else { EncryptionSource::Default },
            address: kms.then(|| ENCRYPTION.to_owned()),
            by_alias: false,
        }),
        existing: Fact::Known(Existing::SseS3),
        key: kms.then(|| {
            Fact::Known(KeyFacts {
                label: "aws_kms_key.site".to_owned(),
                address: Some("aws_kms_key.site".to_owned()),
                arn: None,
                unfit: None,
                manager: Fact::Known(KeyManager::Customer),
            })
        }),
        bucket_grant: Fact::Known(GrantFacts {
            result: Grant::Allowed,
            document: PolicyDocument::Present,
            policy: Some("aws_s3_bucket_policy.site".to_owned()),
            statement: Some(0),
            sid: None,
            other_source: false,
            reason: "statement 0 allows it".to_owned(),
        }),
        readable: Readability { existing: ReadState::Readable, new: ReadState::Readable },
        ..WorldFacts::unresolved("it is not in the plan")
    }
}

pub(crate) fn path(id: usize, distribution: &str, before: Option<WorldFacts>, after: Option<WorldFacts>) -> PathFacts {
    PathFacts {
        id,
        plan: 0,
        distribution: distribution.to_owned(),
        origin: "s3".to_owned(),
        before,
        after,
        change: ChangeFacts::default(),
    }
}

pub(crate) fn changed(address: &str, actions: &[&str]) -> ResourceChange {
    ResourceChange { address: address.to_owned(), actions: actions.iter().map(|&action| action.to_owned()).collect() }
}

pub(crate) fn facts(paths: Vec<PathFacts>) -> Facts {
    let counts = Counts { distributions: 1, origins: 1, buckets: 1, keys: 1, paths: paths.len() };
    let plan = PlanFacts {
        source: "plan.json".to_owned(),
        terraform_version: Some("1.11.4".to_owned()),
        format_version: "1.2".to_owned(),
        complete: Some(true),
        unplanned: Vec::new(),
        deferred: Vec::new(),
    };
    Facts { schema: oacguard::access::facts::SCHEMA.to_owned(), plans: vec![plan], counts, paths }
}

/// The plan of the incident: the bucket behind an OAI gets SSE-KMS.
pub(crate) fn incident_facts() -> Facts {
    let before = world(Access::Oai, Algorithm::SseS3);
    let mut after = world(Access::Oai, Algorithm::SseKms);
    after.readable.new = ReadState::Unreadable;
    let mut path = path(0, SITE, Some(before), Some(after));
    path.change.encryption = true;
    path.change.resources = vec![changed("aws_kms_key.site", &["create"]), changed(ENCRYPTION, &["create"])];
    facts(vec![path])
}

pub(crate) fn finding(policy: &str, severity: Severity) -> Finding {
    let some = |text: &str| Some(text.to_owned());
    Finding {
        policy: policy.to_owned(),
        severity,
        base_severity: severity,
        status: Status::Introduced,
        when: None,
        plan: "plan.json".to_owned(),
        distribution: some(SITE),
        origin: some("s3"),
        bucket: some("aws_s3_bucket.site"),
        key: None,
        subject: some("aws_s3_bucket.site"),
        message: format!("Something about {policy}."),
        why: String::new(),
        fix: "Change it.".to_owned(),
        links: Vec::new(),
        evidence: Vec::new(),
        location: None,
        waiver: None,
        details: None,
        fingerprint: "0123456789abcdef0123456789abcdef".to_owned(),
    }
}

pub(crate) fn incident() -> Finding {
    let evidence = |address: &str, path: &str, note: &str| Evidence {
        plan: "plan.json".to_owned(),
        address: address.to_owned(),
        path: path.to_owned(),
        note: note.to_owned(),
    };
    Finding {
        when: Some(When::NextWrite),
        key: Some("aws_kms_key.site".to_owned()),
        message: "From this apply on, aws_s3_bucket.site encrypts what is uploaded with SSE-KMS (aws_kms_key.site), and \
                  the origin access identity in front of it cannot read that. Viewers get an error from S3 for every \
                  object uploaded afterwards, while older ones still work."
            .to_owned(),
        why: "An OAI signs its requests in a way that S3 does not accept for objects encrypted with a KMS key. No bucket \
              policy and no key policy changes that; only an origin access control can read such objects."
            .to_owned(),
        fix: "Move the origin to an origin access control before the bucket gets SSE-KMS:\n\
              1. create an aws_cloudfront_origin_access_control and grant cloudfront.amazonaws.com s3:GetObject in the \
              policy of aws_s3_bucket.site and kms:Decrypt in the policy of aws_kms_key.site;\n\
              2. in aws_cloudfront_distribution.site, set on origin \"s3\":\n\
              \x20    origin_access_control_id = aws_cloudfront_origin_access_control.site.id\n\
              3. when that is deployed, apply the encryption.\n\
              Or leave the bucket on SSE-S3 (AES256)."
            .to_owned(),
        links: vec![
            "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html"
                .to_owned(),
        ],
        evidence: vec![
            evidence(
                ENCRYPTION,
                "$['resource_changes'][5]['change']['after']['rule'][0]['apply_server_side_encryption_by_default'][0]['sse_algorithm']",
                "the default encryption becomes aws:kms",
            ),
            evidence(
                SITE,
                "$['resource_changes'][0]['change']['after']['origin'][0]['s3_origin_config'][0]['origin_access_identity']",
                "the origin is read as an OAI",
            ),
        ],
        ..finding("oai-sse-kms", Severity::Error)
    }
}

pub(crate) fn existing() -> Finding {
    Finding {
        severity: Severity::Warning,
        base_severity: Severity::Error,
        status: Status::Existing,
        when: Some(When::NextWrite),
        ..incident()
    }
}

pub(crate) fn legacy(distribution: &str) -> Finding {
    Finding {
        distribution: Some(distribution.to_owned()),
        message: format!(
            "{distribution} reads aws_s3_bucket.site as an OAI. This works today, and ends on the day the bucket gets SSE-KMS."
        ),
        fix: "Move the origin to an origin access control before that day.".to_owned(),
        ..finding("legacy-oai", Severity::Note)
    }
}

pub(crate) fn unresolved() -> Finding {
    Finding {
        bucket: None,
        message: "Which bucket origin \"s3\" of aws_cloudfront_distribution.site reads cannot be told: its domain name is known after the apply."
            .to_owned(),
        fix: "Give the plan of the workspace that holds the bucket as well, or write the bucket's name as a literal.".to_owned(),
        ..finding("unresolved", Severity::Note)
    }
}

pub(crate) fn waived() -> Finding {
    Finding {
        waiver: Some(Waiver {
            reason: "nothing is uploaded until the migration in December".to_owned(),
            owner: Some("web platform".to_owned()),
            expires: "2026-12-31".to_owned(),
        }),
        ..incident()
    }
}

pub(crate) fn resolved() -> Finding {
    Finding { status: Status::Resolved, ..incident() }
}

pub(crate) fn summary_path(access: Access, encryption: Option<Algorithm>) -> PathSummary {
    let readable = Readability { existing: ReadState::Readable, new: ReadState::Readable };
    PathSummary {
        plan: "plan.json".to_owned(),
        distribution: SITE.to_owned(),
        origin: "s3".to_owned(),
        access: Some(access),
        domain: Some("acme-site.s3.eu-west-1.amazonaws.com".to_owned()),
        bucket: Some("aws_s3_bucket.site".to_owned()),
        encryption,
        key: (encryption == KMS).then(|| "aws_kms_key.site".to_owned()),
        before: readable,
        after: readable,
    }
}

pub(crate) fn plan(source: &str) -> PlanSummary {
    PlanSummary {
        source: source.to_owned(),
        terraform_version: Some("1.11.4".to_owned()),
        format_version: Some("1.2".to_owned()),
        complete: Some(true),
    }
}

pub(crate) fn report(findings: Vec<Finding>) -> Report {
    let counts = Counts { distributions: 1, origins: 1, buckets: 1, keys: 1, paths: 1 };
    let verdict = if findings.iter().any(|found| judge::blocks(found, &judge::Options::default())) {
        Verdict::Block
    } else {
        Verdict::Pass
    };
    Report {
        schema: SCHEMA.to_owned(),
        tool: Tool { name: "oacguard".to_owned(), version: "0.1.0".to_owned(), policies: "0".repeat(64) },
        plans: vec![plan("plan.json")],
        verdict,
        errors: Vec::new(),
        summary: Summary::of(&findings, counts),
        findings,
        paths: vec![summary_path(Access::Oai, KMS)],
        config: None,
        baseline: None,
        own: None,
        partition: None,
    }
}

pub(crate) fn unread() -> Report {
    Report {
        plans: vec![plan("plan.json"), PlanSummary { format_version: None, terraform_version: None, complete: None, ..plan("-") }],
        verdict: Verdict::None,
        errors: vec![ReportError {
            plan: Some("-".to_owned()),
            kind: "state".to_owned(),
            message: "this is a state, not a plan".to_owned(),
            help: "a state shows only what is there already; make the plan with `terraform plan -out=tfplan` and pass what `terraform show -json tfplan` prints".to_owned(),
        }],
        ..report(vec![incident()])
    }
}
