//! Facts for tests: a site that works as far as it is known, and the plan around it.

use crate::access::facts::{
    Access, BucketFacts, ChangeFacts, Counts, Endpoint, Fact, Facts, PathFacts, PlanFacts, SCHEMA, WorldFacts,
};

/// A path read as an OAI, of which little else is known.
pub(crate) fn world() -> WorldFacts {
    WorldFacts {
        enabled: Fact::Known(true),
        staging: Fact::Known(false),
        endpoint: Fact::Known(Endpoint::Rest),
        access: Fact::Known(Access::Oai),
        edge_function: Fact::Known(false),
        bucket: Fact::Known(BucketFacts {
            label: "aws_s3_bucket.site".to_owned(),
            address: None,
            name: None,
            region: None,
            created: false,
        }),
        ..WorldFacts::unresolved("it is not in the plan")
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
