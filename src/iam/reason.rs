//! Why a document says what it says, in a sentence for people that names the deciding or the nearest statement.
//!
//! A policy may hold anything; only what is an ARN, an id, an action, a condition key or a Sid is repeated, and nothing of a
//! document that Terraform marks sensitive.

use super::condition;
use super::context::Context;
use super::document::{Condition, Conditions, Document, Effect, Leaf, Principal, PrincipalKind, Statement, What, Who};
use super::evaluate::{Assessed, Gap, Outcome};
use super::principal::identity_in;
use super::references::{Sort, sort_of};
use super::request::{Caller, Request, SERVICE, Target};
use super::truth::Truth;
use super::words::{clean, is_action, is_id, is_key, is_resource, is_source, listed};

pub(crate) struct Reasons<'a> {
    pub(crate) document: &'a Document,
    pub(crate) request: &'a Request,
    pub(crate) assessed: &'a [Assessed],
}

impl Reasons<'_> {
    /// The statement to name, the sentence, and what leaves the answer open.
    pub(crate) fn explain(&self, outcome: Outcome, denied: Truth) -> (Option<usize>, String, Option<Gap>) {
        let (statement, reason) = match outcome {
            Outcome::Allowed => self.decided(Effect::Allow),
            Outcome::Denied => self.decided(Effect::Deny),
            Outcome::NotGranted => self.not_granted(),
            Outcome::Unresolved => {
                let (statement, reason, gap) = self.unresolved(denied);
                return (statement, reason, Some(gap));
            }
        };
        (statement, reason, None)
    }

    fn statements(&self) -> impl Iterator<Item = (usize, &Statement, &Assessed)> {
        self.document
            .statements
            .iter()
            .zip(self.assessed)
            .enumerate()
            .map(|(at, (statement, assessed))| (at, statement, assessed))
    }

    fn decided(&self, effect: Effect) -> (Option<usize>, String) {
        let found =
            self.statements().find(|(_, _, assessed)| assessed.effect == effect && assessed.total == Truth::Yes);
        let Some((at, statement, _)) = found else { return (None, self.nothing()) };
        let label = self.label(at, statement);
        let (action, caller) = (self.request.action(), self.caller());
        if effect == Effect::Allow {
            return (Some(at), format!("{label} grants {action} to {caller}"));
        }
        let whom = match &statement.who {
            Who::AllBut(_) => format!("everyone it does not list, and so to {caller}"),
            Who::Only(principals) if principals.iter().any(Principal::is_everyone) => {
                format!("everyone, and so to {caller}")
            }
            _ => caller,
        };
        let why = match &statement.conditions {
            Conditions::All(all) => listed(all.iter().filter_map(|condition| self.met(condition)), " and "),
            Conditions::Unknown => None,
        };
        let why = why.map(|why| format!(": {why}")).unwrap_or_default();
        (Some(at), format!("{label} denies {action} to {whom}{why}"))
    }

    fn not_granted(&self) -> (Option<usize>, String) {
        let score = |assessed: &Assessed| {
            [(assessed.principal, 8), (assessed.action, 4), (assessed.resource, 2), (assessed.condition, 1)]
                .into_iter()
                .filter(|(truth, _)| *truth != Truth::No)
                .map(|(_, weight)| weight)
                .sum::<u32>()
        };
        let nearest = self
            .statements()
            .filter(|(_, _, assessed)| assessed.effect == Effect::Allow)
            .max_by_key(|(at, _, assessed)| (score(assessed), std::cmp::Reverse(*at)));
        let Some((at, statement, assessed)) = nearest else { return (None, self.nothing()) };
        let label = self.label(at, statement);
        let (action, caller) = (self.request.action(), self.caller());
        let reason = if assessed.principal == Truth::No {
            if assessed.action == Truth::No {
                return (None, self.nothing());
            }
            format!("{}; {label} grants it to {}", self.nothing(), self.whom(&statement.who))
        } else if assessed.action == Truth::No {
            match &statement.actions {
                What::Only(leaves) => match self.shown_list(leaves, is_action) {
                    Some(actions) => format!("{label} grants {caller} {actions}, but not {action}"),
                    None => format!("{label} grants {caller} other actions, but not {action}"),
                },
                What::AllBut(_) => format!("{label} leaves {action} out of what it grants {caller}"),
            }
        } else if assessed.resource == Truth::No {
            format!("{label} grants {caller} {action}, but {}", self.other_resource(&statement.resources))
        } else {
            match &statement.conditions {
                Conditions::All(all) => all
                    .iter()
                    .find(|condition| self.holds(condition) == Truth::No)
                    .map_or_else(|| self.nothing(), |condition| format!("{label} {}", self.unmet(condition))),
                Conditions::Unknown => self.nothing(),
            }
        };
        (Some(at), reason)
    }

    fn unresolved(&self, denied: Truth) -> (Option<usize>, String, Gap) {
        let (action, caller) = (self.request.action(), self.caller());
        if denied == Truth::Unknown
            && let Some((at, statement, assessed)) = self
                .statements()
                .find(|(_, _, assessed)| assessed.effect != Effect::Allow && assessed.total != Truth::No)
        {
            let label = self.label(at, statement);
            let (why, gap) = self.doubt(statement, *assessed);
            return (Some(at), format!("whether {label} denies {action} to {caller} cannot be told: {why}"), gap);
        }
        // Of the statements that may grant it, the one with the fewest doubts.
        let doubts = |assessed: &Assessed| {
            [assessed.principal, assessed.action, assessed.resource, assessed.condition]
                .into_iter()
                .filter(|truth| *truth == Truth::Unknown)
                .count()
        };
        let nearest = self
            .statements()
            .filter(|(_, _, assessed)| assessed.effect != Effect::Deny && assessed.total == Truth::Unknown)
            .min_by_key(|(at, _, assessed)| (doubts(assessed), *at));
        match (nearest, &self.document.incomplete) {
            (_, Some(_)) if self.document.redact => {
                (None, format!("whether the policy grants {action} to {caller} cannot be told"), Gap::Text)
            }
            (_, Some(why)) => {
                let reason = format!("whether the policy grants {action} to {caller} cannot be told, because {why}");
                (None, reason, Gap::Text)
            }
            (Some((at, statement, assessed)), None) => {
                let label = self.label(at, statement);
                let (why, gap) = self.doubt(statement, *assessed);
                (Some(at), format!("whether {label} grants {action} to {caller} cannot be told: {why}"), gap)
            }
            (None, None) => (None, format!("whether the policy grants {action} to {caller} cannot be told"), Gap::Text),
        }
    }

    /// Why it cannot be told whether a statement applies, as the end of a sentence, and what leaves that open.
    fn doubt(&self, statement: &Statement, assessed: Assessed) -> (String, Gap) {
        let later = |why: &str| (why.to_owned(), Gap::Value);
        if let Some(fault) = &statement.fault {
            return (format!("it is not understood ({fault})"), Gap::Text);
        }
        if assessed.effect == Effect::Unknown {
            return later("whether it allows or denies is known after apply");
        }
        if assessed.principal == Truth::Unknown {
            let leaves: Vec<&Leaf> = match &statement.who {
                Who::Only(named) | Who::AllBut(named) => named.iter().map(|principal| &principal.identifier).collect(),
                Who::Unknown => Vec::new(),
            };
            return match self.unknown_in(leaves.iter().copied()) {
                Some(references) => later(&format!("whom it names is known after apply{references}")),
                None if leaves.is_empty() => later("whom it names is known after apply"),
                None => match &self.request.caller {
                    Caller::Identity(oai) if oai.id.is_none() || oai.canonical_user_id.is_none() => {
                        later("whether the identity it names is this one is known after apply")
                    }
                    _ => ("AWS does not document whom its principal stands for".to_owned(), Gap::Request),
                },
            };
        }
        if assessed.action == Truth::Unknown {
            return later("its actions are known after apply");
        }
        if assessed.resource == Truth::Unknown {
            return self.resource_doubt(&statement.resources);
        }
        if assessed.context {
            let why = "its condition on the encryption context is met by an object and not by the bucket, which is what S3 \
                       names where an S3 Bucket Key is on";
            return (why.to_owned(), Gap::Request);
        }
        if assessed.condition == Truth::Unknown {
            let doubtful = match &statement.conditions {
                Conditions::All(all) => all.iter().find(|condition| self.holds(condition) == Truth::Unknown),
                Conditions::Unknown => None,
            };
            return doubtful.map_or_else(
                || later("whether it has a condition is known after apply"),
                |condition| self.condition_doubt(condition),
            );
        }
        ("a document that cannot be read may replace it".to_owned(), Gap::Text)
    }

    fn resource_doubt(&self, what: &What) -> (String, Gap) {
        let (What::Only(leaves) | What::AllBut(leaves)) = what;
        if let Some(references) = self.unknown_in(leaves) {
            return (format!("its resource is known after apply{references}"), Gap::Value);
        }
        match (&self.request.target, what, self.shown_list(leaves, is_resource)) {
            (Target::Objects(objects), What::Only(_), Some(shown)) if objects.bucket.name.is_some() => {
                (format!("it covers a part of the objects at most ({shown})"), Gap::Request)
            }
            (Target::Through(..), What::Only(_), Some(shown)) if self.resource_is_known() => {
                (format!("it covers a part of the objects at most ({shown})"), Gap::Request)
            }
            (Target::Objects(objects), ..) if objects.bucket.name.is_some() => {
                ("it covers a part of the objects at most".to_owned(), Gap::Request)
            }
            _ => ("whether its resource is the one asked for is known after apply".to_owned(), Gap::Value),
        }
    }

    /// Whether the ARN of the access point asked for is known.
    fn resource_is_known(&self) -> bool {
        let Target::Through(_, point) = &self.request.target else { return false };
        self.request.access_point_arn(point).whole().is_some()
    }

    fn condition_doubt(&self, condition: &Condition) -> (String, Gap) {
        let (Some(operator), Some(key)) = (condition.operator.known(), condition.key.known()) else {
            return ("one of its conditions is known after apply".to_owned(), Gap::Value);
        };
        let Some(key) = self.shown(key, is_key) else {
            let known = condition.values.iter().all(|value| value.known().is_some());
            return ("one of its conditions cannot be told".to_owned(), if known { Gap::Request } else { Gap::Value });
        };
        if !condition::is_operator(operator) {
            return (format!("it has a condition on {key} with an operator that is not known"), Gap::Request);
        }
        match self.request.context(&key) {
            Context::CannotTell | Context::OneOf(_) => {
                (format!("it has a condition on {key}, which a plan does not tell"), Gap::Request)
            }
            Context::Present(..) | Context::Absent => match self.unknown_in(&condition.values) {
                Some(references) => {
                    (format!("the value it has for {key} is known after apply{references}"), Gap::Value)
                }
                None if condition.values.iter().any(|value| value.known().is_some_and(|text| text.contains("${"))) => {
                    (format!("the value it has for {key} holds a policy variable"), Gap::Request)
                }
                None => match self.shown_list(&condition.values, is_id) {
                    Some(values) if is_source(&key) => {
                        let own = match &self.request.caller {
                            Caller::Service(own) if own.id.is_some() => {
                                "the plan does not tell the account of this one"
                            }
                            _ => "that of this distribution is known after apply",
                        };
                        (format!("it names {values} as {key}, and {own}"), Gap::Value)
                    }
                    _ => (format!("it has a condition on {key}, whose value is known after apply"), Gap::Value),
                },
            },
        }
    }

    /// Whether a leaf is unknown, and what the unknown ones refer to.
    fn unknown_in<'l>(&self, leaves: impl IntoIterator<Item = &'l Leaf>) -> Option<String> {
        let mut unknown = false;
        let mut addresses: Vec<&str> = Vec::new();
        for leaf in leaves {
            if let Leaf::Unknown { refers } = leaf {
                unknown = true;
                addresses.extend(refers.iter().map(String::as_str));
            }
        }
        addresses.sort_unstable();
        addresses.dedup();
        let listed = if self.document.redact { None } else { listed(addresses.into_iter().map(clean), ", ") };
        unknown.then(|| listed.map(|listed| format!(" (it refers to {listed})")).unwrap_or_default())
    }

    /// Why a grant's condition is not met, after the name of the statement.
    fn unmet(&self, condition: &Condition) -> String {
        let (operator, key) =
            (condition.operator.known().unwrap_or_default(), condition.key.known().unwrap_or_default());
        let Some(shown) = self.shown(key, is_key) else {
            return format!("has a condition that the request of {} does not meet", self.caller());
        };
        match self.request.context(key) {
            Context::Absent => {
                format!("has a condition on {shown}, which the request of {} does not carry", self.caller())
            }
            Context::Present(own, _) if is_source(key) => {
                let literal = condition::is_literal(operator)
                    && condition.values.iter().any(|value| value.known().is_some_and(|text| text.contains(['*', '?'])));
                let own = match &self.request.caller {
                    Caller::Service(distribution) if distribution.is_new => {
                        "a distribution that is yet to be made".to_owned()
                    }
                    _ => own.whole().map_or("another".to_owned(), |own| clean(&own)),
                };
                match self.shown_list(&condition.values, is_id) {
                    Some(values) if literal => format!(
                        "names {values} as {shown} under {operator}, where a wildcard stands for itself; this is {own}"
                    ),
                    Some(values) => format!("names {values} as {shown}, this is {own}"),
                    None => format!("names something else as {shown}, this is {own}"),
                }
            }
            _ => format!("has a condition on {shown} that the request of {} does not meet", self.caller()),
        }
    }

    /// How a denial's condition is met.
    fn met(&self, condition: &Condition) -> Option<String> {
        let key = condition.key.known()?;
        let shown = self.shown(key, is_key)?;
        Some(match self.request.context(key) {
            Context::Absent => format!("its request does not carry {shown}"),
            Context::Present(own, _) => match own.whole() {
                Some(own) => format!("{shown} is {}", clean(&own)),
                None => format!("{shown} is not what it spares"),
            },
            Context::OneOf(_) | Context::CannotTell => format!("{shown} is not what it spares"),
        })
    }

    fn holds(&self, condition: &Condition) -> Truth {
        condition::holds(condition, self.request, self.document.variables)
    }

    /// Why a grant's resources are not the ones asked for, after "grants …, but".
    fn other_resource(&self, what: &What) -> String {
        let What::Only(leaves) = what else { return "leaves out what is asked for".to_owned() };
        let none = match self.request.target {
            Target::Objects(_) | Target::Upload(_) | Target::Through(..) => "on no object that the origin serves",
            Target::Key(_) | Target::DataKey(_) => "not on this key",
        };
        match self.shown_list(leaves, is_resource) {
            Some(shown) if leaves.iter().any(|leaf| self.is_bucket(leaf)) => {
                format!("on {shown} only, which is the bucket itself: its objects are under /*")
            }
            Some(shown) => format!("{none}: it names {shown}"),
            None => none.to_owned(),
        }
    }

    fn is_bucket(&self, leaf: &Leaf) -> bool {
        let Target::Objects(objects) = &self.request.target else { return false };
        let name = leaf.known().and_then(|arn| arn.splitn(6, ':').nth(5));
        name.is_some() && name == objects.bucket.name.as_deref()
    }

    fn whom(&self, who: &Who) -> String {
        let principals = match who {
            Who::Only(principals) => principals,
            Who::AllBut(_) => return "all but those it lists, and this caller is listed".to_owned(),
            Who::Unknown => return "others".to_owned(),
        };
        let identity = |principal: &Principal| match &principal.identifier {
            Leaf::Known(name) => identity_in(name).is_some(),
            Leaf::Unknown { refers } => sort_of(refers) == Sort::Identity,
        };
        if !principals.is_empty() && principals.iter().all(identity) {
            return match self.request.caller {
                Caller::Identity(_) => "another origin access identity only",
                _ => "an origin access identity only",
            }
            .to_owned();
        }
        let misplaced = |principal: &Principal| {
            principal.kind == PrincipalKind::Aws && principal.identifier.known() == Some(SERVICE)
        };
        if matches!(self.request.caller, Caller::Service(_)) && principals.iter().any(misplaced) {
            return format!("{SERVICE} under AWS, but it is a Service");
        }
        let leaves: Vec<Leaf> = principals.iter().map(|principal| principal.identifier.clone()).collect();
        match self.shown_list(&leaves, is_id) {
            Some(shown) => format!("{shown} only"),
            None => "others only".to_owned(),
        }
    }

    fn nothing(&self) -> String {
        format!("no statement grants {} to {}", self.request.action(), self.caller())
    }

    fn caller(&self) -> String {
        match &self.request.caller {
            Caller::Service(_) => SERVICE.to_owned(),
            Caller::Identity(oai) => match &oai.id {
                Some(id) if !self.document.redact => format!("origin access identity {}", clean(id)),
                _ => "the origin access identity".to_owned(),
            },
            Caller::Anonymous => "callers that do not sign".to_owned(),
            Caller::Uploader => "whoever uploads".to_owned(),
        }
    }

    fn label(&self, at: usize, statement: &Statement) -> String {
        let sid = statement.sid.as_ref().and_then(Leaf::known).filter(|_| !self.document.redact);
        match sid {
            Some(sid) => format!("statement {} (`{}`)", at + 1, clean(sid)),
            None => format!("statement {}", at + 1),
        }
    }

    /// A text of the document, if it may be repeated.
    fn shown(&self, text: &str, is: fn(&str) -> bool) -> Option<String> {
        (!self.document.redact && is(text)).then(|| clean(text))
    }

    /// The known leaves, if they all may be repeated.
    fn shown_list(&self, leaves: &[Leaf], is: fn(&str) -> bool) -> Option<String> {
        let shown: Option<Vec<String>> =
            leaves.iter().map(|leaf| leaf.known().and_then(|text| self.shown(text, is))).collect();
        listed(shown?, ", ")
    }
}
