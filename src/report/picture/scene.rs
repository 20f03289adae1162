//! A path before the plan and after it: who asks whom, as whom, and where that works, fails or cannot be told.

use super::{Fault, Mark, Node, fault, path};
use crate::access::facts::{Access, ChangeFacts, Fact, Facts, PathFacts, ReadState, Readability, WorldFacts};
use crate::finding::{Finding, Severity, Status};
use crate::rego::{self, Compares};

/// One path in both worlds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    /// From the facts. A path that is not there in a world has no scene of it.
    Worlds {
        /// Before the plan.
        before: Option<Scene>,
        /// After it.
        after: Option<Scene>,
    },
    /// From the names in a finding, where there are no facts.
    Names(Scene),
}

/// A path at one moment.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Scene {
    /// Who is asked, from the viewers on.
    pub(crate) stops: Vec<Stop>,
    /// What is wrong, at the stop whose `hop` says [`Way::Faulty`].
    pub(crate) fault: Option<(Mark, String)>,
    /// What viewers get; unknown of a path drawn from names alone.
    pub(crate) readable: Option<Readability>,
}

/// One who is asked for an object, and may ask the next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Stop {
    /// Which one.
    pub(crate) role: Role,
    /// What it is called, and what is said of it.
    pub(crate) node: Node,
    /// How it is asked by the stop before; nothing at the first.
    pub(crate) request: Vec<String>,
    /// What becomes of that request.
    pub(crate) way: Way,
    /// Whether the plan changes it, or puts it in the place of another.
    pub(crate) changed: bool,
}

/// The parts that are played on a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Those who look at the site.
    Viewers,
    /// The distribution.
    Distribution,
    /// What it asks S3 as.
    Access,
    /// The bucket.
    Bucket,
    /// The key.
    Key,
}

/// What becomes of a request from one stop to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// It is answered.
    Works,
    /// It is not, or may not be.
    Faulty(Mark),
    /// It is never made, as an earlier one fails.
    Beyond,
    /// Nothing is said of it.
    Open,
}

impl Role {
    /// What it is called above its name.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Viewers => "Viewers",
            Self::Distribution => "CloudFront distribution",
            Self::Access => "Origin access",
            Self::Bucket => "S3 bucket",
            Self::Key => "KMS key",
        }
    }
}

/// What is said of `state`, of objects that are called `what`.
pub(crate) fn outcome(what: &str, state: ReadState) -> Option<(Way, String)> {
    let (way, text) = match state {
        ReadState::Readable => (Way::Works, "can be read"),
        ReadState::Unreadable => (Way::Faulty(Mark::Broken), "cannot be read"),
        ReadState::Unresolved => (Way::Faulty(Mark::Unknown), "cannot be told"),
        ReadState::Absent => return None,
    };
    Some((way, format!("{what} {text}")))
}

impl Way {
    /// The character that says the same without colour.
    pub(crate) fn sign(self) -> &'static str {
        match self {
            Self::Works => "✓",
            Self::Faulty(mark) => mark.sign(),
            Self::Beyond | Self::Open => "",
        }
    }
}

impl Scene {
    /// What viewers get, in at most two lines.
    pub(crate) fn outcomes(&self) -> Vec<(Way, String)> {
        let Some(readable) = self.readable else { return Vec::new() };
        let lines = [outcome("existing objects", readable.existing), outcome("new objects", readable.new)];
        let lines: Vec<(Way, String)> = lines.into_iter().flatten().collect();
        if lines.is_empty() { vec![(Way::Open, "no objects".to_owned())] } else { lines }
    }

    fn of(path: &PathFacts, change: &ChangeFacts, world: &WorldFacts, fault: Option<Fault>) -> Self {
        let readable = world.readable;
        let states = [readable.existing, readable.new];
        let well = states.iter().all(|state| matches!(state, ReadState::Readable | ReadState::Absent));
        let mut nodes = path::nodes(path, change, world, None).into_iter();
        let distribution = nodes.next().unwrap_or_default();
        let origin = nodes.next().unwrap_or_default();
        let mut through = vec![format!("origin {}", origin.label)];
        through.extend(origin.details);
        let viewers = Node::default();
        let roles = [Role::Access, Role::Bucket, Role::Key];
        let requests = [through, vec![to_bucket(world).to_owned()], vec![to_key(world).to_owned()]];
        let further = roles.into_iter().zip(requests).zip(nodes).map(|((role, request), node)| (role, request, node));
        let mut all = vec![
            (Role::Viewers, Vec::new(), viewers),
            (Role::Distribution, vec!["ask for a page".to_owned()], distribution),
        ];
        all.extend(further);
        // A fault counts the origin, which is no stop, and not the viewers, who are one: the numbers are the same.
        let at = fault.as_ref().map(|fault| fault.before.min(all.len() - 1));
        let mark = fault.as_ref().map(|fault| fault.mark);
        let stops = all.into_iter().enumerate().map(|(number, (role, request, node))| {
            let way = match (at, mark) {
                (Some(at), Some(mark)) if number == at => Way::Faulty(mark),
                (Some(at), Some(Mark::Broken)) if number > at => Way::Beyond,
                (Some(at), Some(Mark::Unknown)) if number > at => Way::Open,
                (Some(_), Some(Mark::Broken)) => Way::Works,
                (Some(at), _) if number < at => Way::Works,
                _ if well => Way::Works,
                _ => Way::Open,
            };
            Stop { role, node, request, way, changed: false }
        });
        Self { stops: stops.collect(), fault: fault.map(|fault| (fault.mark, fault.text)), readable: Some(readable) }
    }

    /// Marks what is not as it was in `before`.
    fn compare(&mut self, before: &Self, change: &ChangeFacts) {
        let touched = |node: &Node| change.resources.iter().any(|changed| node.label.contains(&changed.address));
        for stop in &mut self.stops {
            let then = before.stops.iter().find(|then| then.role == stop.role);
            stop.changed = then.is_none_or(|then| then.node != stop.node) || touched(&stop.node);
        }
    }
}

fn to_bucket(world: &WorldFacts) -> &'static str {
    match (&world.access, &world.oai, &world.oac) {
        (_, Some(_), Some(_)) => "as both, which CloudFront does not take",
        (Fact::Known(Access::Oai), ..) => "s3:GetObject as this identity",
        (Fact::Known(Access::Oac), ..) => "s3:GetObject, signed for the distribution",
        (Fact::Known(Access::Unsigned | Access::Website), ..) => "GET without a signature",
        (Fact::Unknown(_), ..) => "s3:GetObject",
    }
}

fn to_key(world: &WorldFacts) -> &'static str {
    match world.access {
        Fact::Known(Access::Oai) => "kms:Decrypt for this identity",
        Fact::Known(Access::Oac) => "kms:Decrypt for the distribution",
        Fact::Known(Access::Unsigned | Access::Website) => "kms:Decrypt for nobody known",
        Fact::Unknown(_) => "kms:Decrypt",
    }
}

/// The path of `finding` in both worlds; none of a finding about no path.
pub(crate) fn of_finding(finding: &Finding, facts: Option<&Facts>) -> Option<Comparison> {
    let Some(path) = facts.and_then(|facts| path::find(finding, facts)) else { return names(finding) };
    let said = |world: &WorldFacts, speaks: bool| {
        let own = if speaks { fault::fault(finding, world) } else { None };
        own.or_else(|| fault::of_world(world))
    };
    let gone = path.after.is_none();
    let before = path.before.as_ref().map(|world| said(world, gone || holds_before(finding)));
    let after = path.after.as_ref().map(|world| said(world, finding.status != Status::Resolved));
    Some(worlds(path, before.flatten(), after.flatten()))
}

/// `path` in both worlds, whatever findings say of it.
pub(crate) fn of_path(path: &PathFacts) -> Comparison {
    let fault = |world: Option<&WorldFacts>| world.and_then(fault::of_world);
    worlds(path, fault(path.before.as_ref()), fault(path.after.as_ref()))
}

fn worlds(path: &PathFacts, before_fault: Option<Fault>, after_fault: Option<Fault>) -> Comparison {
    // What the plan does is said of what comes of it; of what it ends, where it was.
    let nothing = ChangeFacts::default();
    let change = if path.after.is_some() { &nothing } else { &path.change };
    let before = path.before.as_ref().map(|world| Scene::of(path, change, world, before_fault));
    let mut after = path.after.as_ref().map(|world| Scene::of(path, &path.change, world, after_fault));
    if let (Some(before), Some(after)) = (&before, &mut after) {
        after.compare(before, &path.change);
    }
    Comparison::Worlds { before, after }
}

fn names(finding: &Finding) -> Option<Comparison> {
    let hop = fault::kind_of_hop(finding);
    let nodes = path::bare(finding).nodes;
    if nodes.is_empty() {
        return None;
    }
    let mark = if finding.base_severity == Severity::Error { Mark::Broken } else { Mark::Risk };
    let broken = hop.filter(|hop| nodes.iter().any(|node| node.kind == *hop));
    let mut request = Vec::new();
    let mut stops = Vec::new();
    for node in nodes {
        let role = match node.kind {
            "origin" => {
                request.push(format!("origin {}", node.label));
                continue;
            }
            "bucket" => Role::Bucket,
            "key" => Role::Key,
            _ => Role::Distribution,
        };
        let way = if broken == Some(node.kind) { Way::Faulty(mark) } else { Way::Open };
        stops.push(Stop { role, node, request: std::mem::take(&mut request), way, changed: false });
    }
    if stops.is_empty() {
        return None;
    }
    let text = if mark == Mark::Broken { "breaks here" } else { "at risk here" };
    let fault = broken.map(|_| (mark, text.to_owned()));
    Some(Comparison::Names(Scene { stops, fault, readable: None }))
}

/// Whether `finding` is about the world before the plan as well. What is about the change is not, even where a baseline makes
/// it count as existing.
fn holds_before(finding: &Finding) -> bool {
    let of_change = rego::policy(&finding.policy).is_some_and(|meta| meta.compares == Compares::Change);
    finding.status != Status::Introduced && !of_change
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scene(existing: ReadState, new: ReadState, fault: Option<Fault>) -> Scene {
        let mut world = WorldFacts::unresolved("it is not in the plan");
        world.readable = Readability { existing, new };
        let path = PathFacts {
            id: 0,
            plan: 0,
            distribution: "d".to_owned(),
            origin: "o".to_owned(),
            before: None,
            after: None,
            change: ChangeFacts::default(),
        };
        Scene::of(&path, &path.change, &world, fault)
    }

    fn ways(scene: &Scene) -> Vec<Way> {
        scene.stops.iter().map(|stop| stop.way).collect()
    }

    #[test]
    fn what_comes_after_the_break_is_never_asked() {
        let fault = Fault { before: 2, mark: Mark::Broken, text: "no".to_owned() };
        let broken = scene(ReadState::Readable, ReadState::Unreadable, Some(fault));
        assert_eq!(ways(&broken), [Way::Works, Way::Works, Way::Faulty(Mark::Broken), Way::Beyond]);
        let lines: Vec<String> = broken.outcomes().into_iter().map(|(_, text)| text).collect();
        assert_eq!(lines, ["existing objects can be read", "new objects cannot be read"]);
    }

    #[test]
    fn nothing_unknown_is_drawn_as_working() {
        let fault = Fault { before: 2, mark: Mark::Unknown, text: "cannot be told".to_owned() };
        let told = scene(ReadState::Unresolved, ReadState::Unresolved, Some(fault));
        assert_eq!(ways(&told), [Way::Works, Way::Works, Way::Faulty(Mark::Unknown), Way::Open]);
        assert_eq!(ways(&scene(ReadState::Unresolved, ReadState::Readable, None)), [Way::Open; 4]);
        assert_eq!(ways(&scene(ReadState::Readable, ReadState::Absent, None)), [Way::Works; 4]);
    }
}
