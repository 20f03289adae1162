//! CloudFront functions that choose the origin of a request: what the origin in the distribution is set up for then says
//! little about how the bucket is read.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/helper-functions-origin-modification.html>.

use serde_json::Value as Json;

use super::view::View;
use crate::links::estate::At;
use crate::plan::World;
use crate::plan::value::{Node, Text};

/// What a function calls to choose an origin.
const CHOOSES: [&str; 3] = ["updateRequestOrigin", "selectRequestOriginById", "createRequestOriginGroup"];

/// Whether a function of a behaviour may choose another origin, as far as the plan shows its code. Most functions only
/// rewrite paths, so one of another state is taken for such a one.
pub(super) fn chooses_origin(
    view: &View<'_, '_, '_>,
    distribution: At,
    behaviour: &Node,
    written: Option<&Json>,
) -> bool {
    let associations = behaviour.get("function_association").map(Node::items).unwrap_or_default();
    let on_request = |association: &&Node| !matches!(association.text("event_type"), Text::Known("viewer-response"));
    associations.iter().filter(on_request).any(|association| match association.text("function_arn") {
        Text::Known(arn) => view.estate.edge_function(arn, view.world).is_some_and(|at| chooses(view, at)),
        Text::Unknown if view.world == World::After => {
            let expression = written.and_then(|block| block.get("function_association"));
            let sources = expression.map(|blocks| view.estate.resolve(distribution, blocks)).unwrap_or_default();
            sources.into_iter().filter_map(|(_, at)| at).any(|at| chooses(view, at))
        }
        _ => false,
    })
}

fn chooses(view: &View<'_, '_, '_>, at: At) -> bool {
    let Some(values) = view.values(at).filter(|_| view.estate.kind(at) == ("aws_cloudfront_function", true)) else {
        return false;
    };
    match values.text("code") {
        Text::Known(code) => CHOOSES.iter().any(|call| code.contains(call)),
        // Only the newer runtime has those calls.
        Text::Unknown => !matches!(values.text("runtime"), Text::Known("cloudfront-js-1.0")),
        Text::Unset => false,
    }
}
