//! Facts for tests: a site that works as far as it is known, and the plan around it.

use crate::access::facts::{
    Access, BucketFacts, ChangeFacts, Counts, Endpoint, Fact, Facts, GrantFacts, PathEvidence, PathFacts, PlanFacts,
    ReadState, Readability, SCHEMA, WorldFacts,
};

/// A path read as an OAI, of which little else is known.
pub(crate) fn world() -> WorldFacts {
    let unknown = || "it is not in the plan".to_owned();
    WorldFacts {
        enabled: Fact::Known(true),
        distribution_arn: None,
        staging: Fact::Known(false),
        used: true,
        domain: Fact::Unknown(unknown()),
        endpoint: Fact::Known(Endpoint::Rest),
        access: Fact::Known(Access::Oai),
        oai: None,
        oac: None,
        edge_function: Fact::Known(false),
        custom_origin: false,
        retired_keys: Vec::new(),
        destroyed_bucket: None,
        error_masked: false,
        bucket: Fact::Known(BucketFacts {
            label: "aws_s3_bucket.site".to_owned(),
            address: None,
            name: None,
            region: None,
            created: false,
        }),
        encryption: Fact::Unknown(unknown()),
        existing: Fact::Unknown(unknown()),
        key: None,
        existing_key: None,
        bucket_grant: Fact::<GrantFacts>::Unknown(unknown()),
        bucket_denial: None,
        key_grant: None,
        existing_key_grant: None,
        readable: Readability { existing: ReadState::Unresolved, new: ReadState::Unresolved },
        evidence: PathEvidence::default(),
    }
}

/// A path in the worlds given.
pub(crate) fn path(id: usize, before: Option<WorldFacts>, after: Option<WorldFacts>) -> PathFacts {
    PathFacts {
        id,
        plan: 0,
        distribution: format!("aws_cloudfront_distribution.d{id}"),
        origin: "s3".to_owned(),
        before,
        after,
        change: ChangeFacts::default(),
    }
}

/// The facts of one plan with these paths.
pub(crate) fn facts(paths: Vec<PathFacts>) -> Facts {
    let plan = PlanFacts {
        source: "plan.json".to_owned(),
        terraform_version: None,
        format_version: "1.2".to_owned(),
        complete: Some(true),
        unplanned: vec![],
        deferred: vec![],
    };
    Facts { schema: SCHEMA.to_owned(), plans: vec![plan], counts: Counts::default(), paths }
}
