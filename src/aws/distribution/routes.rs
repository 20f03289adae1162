//! The behaviours of a distribution in the order in which they are tried: which paths an origin is asked for.

use std::collections::HashSet;

use serde_json::Value as Json;

use super::name::{Match, Name};
use super::{Behaviour, Targets, behaviours, groups, groups_of, leads};
use crate::aws::path_pattern::PathPattern;
use crate::plan::value::Node;

/// The behaviours of a distribution in the order in which they are tried, as seen from one origin.
#[derive(Debug, Clone)]
pub struct Routes {
    /// None where the plan does not show the behaviours.
    routes: Option<Vec<Route>>,
}

#[derive(Debug, Clone)]
struct Route {
    pattern: PathPattern,
    leads: Match,
    rewrites: bool,
}

/// The behaviours as seen from the origin `id`, one of `ids`.
#[must_use]
pub fn routes(distribution: &Node, expressions: &Json, ids: &[Name], id: &Name) -> Routes {
    routes_to_each(distribution, expressions, ids, std::slice::from_ref(id)).pop().unwrap_or(Routes { routes: None })
}

/// The behaviours as seen from each of the origins `each`, all of them among `ids`, in that order.
#[must_use]
pub fn routes_to_each(distribution: &Node, expressions: &Json, ids: &[Name], each: &[Name]) -> Vec<Routes> {
    let (Some(behaviours), Some(groups)) =
        (behaviours(distribution, expressions, &|_, _| false), groups(distribution, expressions))
    else {
        return each.iter().map(|_| Routes { routes: None }).collect();
    };
    let origins: HashSet<&Name> = ids.iter().collect();
    let all = origins.iter().copied().chain(groups.iter().map(|group| &group.id)).collect();
    let targets = Targets { groups: &groups, origins, all };
    each.iter()
        .map(|id| {
            let through = groups_of(id, &targets);
            let route = |behaviour: &Behaviour| Route {
                leads: leads(&behaviour.target, id, &through, &targets),
                pattern: behaviour.pattern.clone(),
                rewrites: behaviour.rewrites,
            };
            Routes { routes: Some(behaviours.iter().map(route).collect()) }
        })
        .collect()
}

impl Routes {
    /// Whether the origin certainly is asked for paths for which, by the routes `before`, it certainly was not.
    #[must_use]
    pub fn take_more_than(&self, before: &Self) -> bool {
        let (Some(now), Some(then)) = (&self.routes, &before.routes) else { return false };
        let is_taken_over = |pattern: &PathPattern| {
            let same = then.iter().find(|route| route.pattern == *pattern);
            same.map_or_else(
                || pattern.literal_start().is_some_and(|start| before.serve_all_under(&start) == Some(false)),
                |route| route.leads == Match::No,
            )
        };
        now.iter().any(|route| route.leads == Match::Yes && is_taken_over(&route.pattern))
    }

    /// Whether the origin is asked for a path, which begins with a slash; none if that cannot be told.
    #[must_use]
    pub fn serve(&self, path: &str) -> Option<bool> {
        self.lead(|pattern| pattern.matches(path))
    }

    /// Whether the origin is asked for all paths that begin like this; none if it is for some, or that cannot be told.
    #[must_use]
    pub fn serve_all_under(&self, start: &str) -> Option<bool> {
        self.lead(|pattern| pattern.matches_all_under(start))
    }

    fn lead(&self, takes: impl Fn(&PathPattern) -> Option<bool>) -> Option<bool> {
        let routes = self.routes.as_ref()?;
        let (mut here, mut elsewhere) = (false, false);
        for route in routes {
            let takes = takes(&route.pattern);
            if takes == Some(false) {
                continue;
            }
            here |= route.leads != Match::No;
            elsewhere |= route.leads != Match::Yes;
            if takes == Some(true) {
                break;
            }
        }
        // A function on a behaviour that does lead there may ask for any path.
        let rewritten = || routes.iter().any(|route| route.rewrites && route.leads != Match::No);
        match (here, elsewhere) {
            (true, false) => Some(true),
            (true, true) => None,
            (false, _) => (!rewritten()).then_some(false),
        }
    }
}
