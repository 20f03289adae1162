//! Which `origin` block of the configuration became which origin of the plan: `origin` is a set, whose order tells nothing.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use crate::plan::value::{Kind, Node, Text};

/// Far above what CloudFront allows in one distribution (25, or a few times that by request).
const MOST_ORIGINS: usize = 256;

/// Finds for each origin the position of the block in the configuration that it was made from. `origin` is a set, so the order tells
/// nothing; what is known of each decides, and where two are alike in all that is known it does not matter which is which.
#[must_use]
pub fn match_blocks(
    origins: &[Node],
    expressions: &Json,
    constant: impl Fn(&Json) -> Option<String>,
) -> Vec<Option<usize>> {
    let blocks: Vec<&Json> = expressions.get("origin").and_then(Json::as_array).into_iter().flatten().collect();
    // Where the numbers differ some origins came from a `dynamic` block, which leaves no trace: any of them may have.
    let complete = blocks.len() == origins.len();
    if blocks.len().max(origins.len()) > MOST_ORIGINS {
        return vec![None; origins.len()];
    }
    let fits: Vec<BTreeSet<usize>> = origins
        .iter()
        .map(|origin| {
            (0..blocks.len()).filter(|at| blocks.get(*at).is_some_and(|block| fits(origin, block, &constant))).collect()
        })
        .collect();
    let fits_of = |block: usize| fits.iter().filter(|fits| fits.contains(&block)).count();
    let mut assigned: Vec<Option<usize>> = vec![None; origins.len()];
    let mut free: BTreeSet<usize> = (0..blocks.len()).collect();
    loop {
        let next = assigned.iter().zip(&fits).enumerate().find_map(|(origin, (done, fits))| {
            let left: Vec<usize> = fits.intersection(&free).copied().collect();
            let sole = |block: &usize| complete || fits_of(*block) == 1;
            match (done, left.as_slice()) {
                (None, [only]) if sole(only) => Some((origin, *only)),
                _ => None,
            }
        });
        // With nothing forced, it does not matter which is which where the blocks are written alike.
        let next = next.or_else(|| {
            let open = |origin: usize| assigned.get(origin).is_some_and(Option::is_none);
            (0..origins.len()).filter(|origin| complete && open(*origin)).find_map(|origin| {
                let mine = fits.get(origin)?;
                let left: Vec<usize> = mine.intersection(&free).copied().collect();
                let alike = (0..origins.len()).filter(|other| open(*other) && fits.get(*other) == Some(mine)).count();
                let first = blocks.get(*left.first()?)?;
                let same = left.iter().all(|at| blocks.get(*at).is_some_and(|block| written_alike(first, block)));
                (same && alike == left.len()).then(|| left.first().map(|block| (origin, *block)))?
            })
        });
        let Some((origin, block)) = next else { break };
        free.remove(&block);
        if let Some(slot) = assigned.get_mut(origin) {
            *slot = Some(block);
        }
    }
    assigned
}

/// Whether two blocks say the same of where the origin leads and how it is reached.
fn written_alike(one: &Json, other: &Json) -> bool {
    ["domain_name", "origin_access_control_id", "s3_origin_config", "custom_origin_config", "origin_path"]
        .iter()
        .all(|name| one.get(name) == other.get(name))
}

/// Whether an origin may have been made from a block: nothing that both tell differs.
fn fits(origin: &Node, block: &Json, constant: &impl Fn(&Json) -> Option<String>) -> bool {
    let texts = ["origin_id", "domain_name", "origin_path", "origin_access_control_id"].iter().all(|name| {
        match (origin.text(name), block.get(name)) {
            (Text::Known(value), Some(expression)) => constant(expression).is_none_or(|constant| constant == value),
            (Text::Known(value), None) => value.is_empty(),
            // An argument that is not written is never unknown here: none of these is computed.
            (Text::Unknown, None) => false,
            _ => true,
        }
    });
    let nested = ["s3_origin_config", "custom_origin_config", "vpc_origin_config"].iter().all(|name| {
        let there = match origin.get(name).map(|list| &list.kind) {
            Some(Kind::List(items)) => Some(!items.is_empty()),
            Some(Kind::Unknown) => None,
            _ => Some(false),
        };
        // A block that is not written may still come from a `dynamic` block within.
        !(there == Some(false) && block.get(name).is_some())
    });
    texts && nested
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn constant(expression: &Json) -> Option<String> {
        expression.get("constant_value").and_then(Json::as_str).map(str::to_owned)
    }

    /// Which block each origin came from; an origin is its id, or nothing if that is unknown, and whether it has an OAI.
    fn matched(origins: &[(&str, bool)], blocks: &Json) -> Vec<Option<usize>> {
        let node = |(id, oai): &(&str, bool)| {
            let config = if *oai { json!([{}]) } else { json!([]) };
            let known = json!({"origin_id": id, "s3_origin_config": config});
            let unknown = json!({"origin_id": id.is_empty(), "domain_name": true});
            Node::merge(Some(&known), Some(&unknown), None)
        };
        let origins: Vec<Node> = origins.iter().map(node).collect();
        match_blocks(&origins, &json!({ "origin": blocks }), constant)
    }

    #[test]
    fn origins_find_their_blocks_whatever_their_order() {
        let domain = json!({"references": ["aws_s3_bucket.a.id"]});
        let blocks = json!([
            {"origin_id": {"constant_value": "a"}, "domain_name": domain},
            {"origin_id": {"constant_value": "b"}, "domain_name": domain},
            {"origin_id": {"references": ["var.c"]}, "domain_name": domain},
        ]);
        assert_eq!(matched(&[("c", false), ("b", false), ("a", false)], &blocks), [Some(2), Some(1), Some(0)]);
    }

    #[test]
    fn what_else_is_known_tells_origins_apart_and_alike_ones_are_interchangeable() {
        let domain = json!({"references": ["aws_s3_bucket.a.id"]});
        let plain = json!({"origin_id": {"references": ["x.y"]}, "domain_name": domain});
        let oai = json!({"origin_id": {"references": ["x.z"]}, "domain_name": domain, "s3_origin_config": [{}]});
        assert_eq!(matched(&[("", true), ("", false)], &json!([plain, oai])), [Some(1), Some(0)]);
        assert_eq!(matched(&[("", true), ("", true)], &json!([oai, oai])), [Some(0), Some(1)]);
        let mut elsewhere = oai.clone();
        elsewhere["domain_name"] = json!({"references": ["aws_s3_bucket.b.id"]});
        assert_eq!(matched(&[("", true), ("", true)], &json!([oai, elsewhere])), [None, None]);
    }

    #[test]
    fn beside_a_dynamic_block_only_a_sole_fit_counts() {
        let domain = json!({"references": ["aws_s3_bucket.a.id"]});
        let blocks = json!([{"origin_id": {"references": ["x.y"]}, "domain_name": domain}]);
        assert_eq!(matched(&[("", false), ("", false)], &blocks), [None, None]);
        let blocks = json!([{"origin_id": {"constant_value": "a"}, "domain_name": domain}]);
        assert_eq!(matched(&[("a", false), ("b", false)], &blocks), [Some(0), None]);
    }
}
