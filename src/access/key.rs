//! The KMS key that a bucket's default encryption uses.
//!
//! Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html>.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::facts::{Evidence, Fact, KeyFacts, KeyManager, KeyUnfit, Unfit};
use super::view::{self, SENSITIVE, View};
use crate::aws::arn::KeyName;
use crate::aws::encryption::Rule;
use crate::links::estate::{At, Estate, dead_ends, is_open};
use crate::links::expression::references;
use crate::links::keys::{self, is_key};
use crate::links::resolve::Source;
use crate::plan::World;
use crate::plan::instance::Part;
use crate::plan::value::{Node, Text};

/// A key that was found, or why none was.
#[derive(Debug, Clone)]
pub struct Found {
    /// What is known of it.
    pub facts: Fact<KeyFacts>,
    /// The key, if it is one of a plan's.
    pub at: Option<At>,
    /// Its id, if it is only named: a plan may hold its policy all the same.
    pub id: Option<String>,
    /// Whether it is named by an alias.
    pub by_alias: bool,
    /// Where it was read.
    pub evidence: Vec<Evidence>,
}

const UNNAMED: &str = "no key is named, so S3 uses the AWS managed key aws/s3";

/// The key of a KMS rule held by `holder`, for a bucket in `region`. `written` is how the rule stands in the configuration,
/// none if it is not shown.
pub fn of_rule(
    view: &View<'_, '_, '_>,
    holder: At,
    rule: Rule<'_>,
    written: Option<&Json>,
    region: Option<&str>,
    place: &[Part<'_>],
) -> Found {
    const NAME: &str = "kms_master_key_id";
    let expression = written.and_then(|block| block.get(NAME));
    let look = Look { view, sensitive: rule.key_is_sensitive, region, depth: 0 };
    let (key, note) = match rule.key {
        Text::Known(text) if !text.is_empty() => look.at(holder.plan, text, NAME),
        Text::Unset | Text::Known(_) => (Key::AwsManaged, UNNAMED.to_owned()),
        Text::Unknown => match (expression, written) {
            (Some(expression), _) => (look.behind(holder, expression), format!("{NAME}: known after apply")),
            // The provider fills in what is not configured; AWS fills it in with its own key.
            (None, Some(_)) => {
                (Key::AwsManaged, "no key is configured, so S3 uses the AWS managed key aws/s3".to_owned())
            }
            (None, None) => {
                let why = "the key is known after apply, and the plan does not show what it was written with";
                (Key::Unresolved(why.to_owned()), format!("{NAME}: known after apply"))
            }
        },
    };
    let by_alias = match (rule.key, expression) {
        (Text::Known(text), _) => matches!(KeyName::parse(text), KeyName::Alias { .. }),
        (Text::Unknown, Some(expression)) => names_alias(view, holder, expression),
        _ => false,
    };
    Found { by_alias, ..found(view, holder, key, place, note, region) }
}

/// Whether an expression is the name of an alias, rather than the key behind it.
fn names_alias(view: &View<'_, '_, '_>, holder: At, expression: &Json) -> bool {
    view.estate.resolve(holder, expression).iter().any(|(source, at)| {
        let is_name = matches!(source, Source::Instance { attribute: Some(name), .. } if name == "arn" || name == "name" || name == "id");
        is_name && at.is_some_and(|at| view.estate.kind(at).0 == "aws_kms_alias")
    })
}

/// The key of an object that is encrypted with KMS, in a bucket in `region`: the one that its `kms_key_id` names, or AWS's own.
pub fn of_object(view: &View<'_, '_, '_>, object: At, region: Option<&str>) -> Found {
    const NAME: &str = "kms_key_id";
    let expression = view.estate.expressions(object).get(NAME);
    let argument = Argument { values: view.values(object), name: NAME, expression, place: &[Part::Name(NAME)] };
    of_argument(view, object, argument, region)
}

/// An argument that names a key.
#[derive(Debug, Clone, Copy)]
pub struct Argument<'n> {
    /// The attributes that it is one of.
    pub values: Option<&'n Node>,
    /// Its name.
    pub name: &'n str,
    /// How it is written, if the configuration shows that.
    pub expression: Option<&'n Json>,
    /// Where it stands among the attributes of the resource.
    pub place: &'n [Part<'n>],
}

/// The key that an argument names for a bucket in `region`, or AWS's own where it names none.
pub fn of_argument(view: &View<'_, '_, '_>, holder: At, argument: Argument<'_>, region: Option<&str>) -> Found {
    let Argument { values, name, expression, place } = argument;
    let sensitive = values.is_some_and(|values| values.sensitive || values.get(name).is_some_and(|key| key.sensitive));
    let look = Look { view, sensitive, region, depth: 0 };
    let expression = expression.filter(|_| view.world == World::After);
    let (key, note) = match (values.map_or(Text::Unset, |values| values.text(name)), expression) {
        (Text::Known(text), _) if !text.is_empty() => look.at(holder.plan, text, name),
        (Text::Unknown, Some(expression)) => (look.behind(holder, expression), format!("{name}: known after apply")),
        _ => (Key::AwsManaged, UNNAMED.to_owned()),
    };
    found(view, holder, key, place, note, region)
}

fn found(
    view: &View<'_, '_, '_>,
    holder: At,
    key: Key,
    place: &[Part<'_>],
    note: String,
    region: Option<&str>,
) -> Found {
    let mut evidence: Vec<Evidence> = view.evidence(holder, place, note).into_iter().collect();
    let at = match &key {
        Key::Instance(at) => Some(*at),
        _ => None,
    };
    if let Some(at) = at {
        evidence.extend(view.evidence(at, &[], "the key"));
    }
    let id = match &key {
        Key::Named(named) => match KeyName::parse(&named.text) {
            KeyName::Key { id, .. } => Some(id.to_owned()),
            _ => None,
        },
        _ => None,
    };
    Found { facts: facts(view, key, region), at, id, by_alias: false, evidence }
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    /// `aws/s3`.
    AwsManaged,
    /// A key, or a look-up of one, in a plan.
    Instance(At),
    /// A key or an alias that no plan has.
    Named(NamedKey),
    Unresolved(String),
}

/// A key that no plan has, as it is named.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct NamedKey {
    text: String,
    sensitive: bool,
    /// Whether an alias leads there that is not AWS's own, so that neither is the key.
    customer: bool,
}

/// Aliases lead to keys, and through data sources to other aliases; not far.
const DEEPEST: usize = 4;

/// A search for a key.
#[derive(Clone, Copy)]
struct Look<'l, 'v, 's, 'a> {
    view: &'l View<'v, 's, 'a>,
    /// Whether Terraform marks the name as sensitive.
    sensitive: bool,
    /// The Region that bare ids and alias names belong to, if known.
    region: Option<&'l str>,
    /// How many aliases were passed.
    depth: usize,
}

impl Look<'_, '_, '_, '_> {
    /// The key that a known text names, and what to say of the place where it stands.
    fn at(self, plan: usize, text: &str, argument: &str) -> (Key, String) {
        let shown = if self.sensitive { SENSITIVE } else { text };
        (self.named(plan, &KeyName::parse(text), false), format!("{argument}: \"{shown}\""))
    }

    fn deeper(self) -> Self {
        Self { depth: self.depth + 1, ..self }
    }

    fn named(self, plan: usize, name: &KeyName<'_>, customer: bool) -> Key {
        if name.is_aws_managed() {
            return Key::AwsManaged;
        }
        let elsewhere =
            |text: &str, customer| Key::Named(NamedKey { text: text.to_owned(), sensitive: self.sensitive, customer });
        let (estate, world) = (self.view.estate, self.view.world);
        match name {
            KeyName::Unset => Key::AwsManaged,
            KeyName::Alias { name: alias, arn } => {
                let found = estate.aliases_named(alias, *arn, plan, self.region, world);
                let targets: BTreeSet<Key> =
                    found.iter().filter(|_| self.depth < DEEPEST).map(|at| self.deeper().target(*at)).collect();
                match targets.len() {
                    0 => elsewhere(arn.unwrap_or(alias), true),
                    1 => targets.into_iter().next().unwrap_or_else(|| elsewhere(alias, true)),
                    _ => Key::Unresolved(format!("more than one alias of the plan is called {alias}")),
                }
            }
            KeyName::Key { id, arn } => {
                let found = estate.keys_named(name, plan, self.region, world);
                // A key that is looked up is the same key as the one that is managed.
                let managed: Vec<At> = found.iter().copied().filter(|at| estate.kind(*at).1).collect();
                match if managed.is_empty() { &found } else { &managed }.as_slice() {
                    [first, ..] if managed.len() < 2 => Key::Instance(*first),
                    [_, _, ..] => Key::Unresolved(
                        "more than one key of the plan has the id that it is named by, in other Regions".to_owned(),
                    ),
                    _ if aws_alias_leads_to(self.view, plan, id) => Key::AwsManaged,
                    // A key that this plan destroys is a customer's as well.
                    _ => {
                        let before = estate.keys_named(name, plan, self.region, World::Before);
                        let managed = before.iter().any(|at| estate.kind(*at).1);
                        elsewhere(arn.unwrap_or(id), customer || managed)
                    }
                }
            }
        }
    }

    /// The key that an alias stands for.
    fn target(self, alias: At) -> Key {
        let estate = self.view.estate;
        let Some(values) = self.view.values(alias) else {
            return Key::Unresolved("the alias does not exist".to_owned());
        };
        if values.text("name").non_empty().is_some_and(|name| name.starts_with("alias/aws/")) {
            return Key::AwsManaged;
        }
        let region = estate.region(alias, self.view.world);
        let here = Look { region: region.as_deref().or(self.region), ..self };
        // `target_key_arn` is read back from AWS and still shows the old key when the alias moves, so what is set comes
        // first; of one id in several Regions it says which.
        let id = match values.text("target_key_id") {
            Text::Unknown => None,
            text => text.non_empty(),
        };
        let arn = values.text("target_key_arn").non_empty();
        let fits = |arn: &&str| {
            id.is_none_or(|id| arn.ends_with(&format!("/{id}")))
                && region.as_deref().is_none_or(|region| arn.split(':').nth(3) == Some(region))
        };
        let arn = arn.filter(fits);
        let known = if values.text("target_key_id") == Text::Unknown { None } else { arn.or(id) };
        if let Some(text) = known {
            let sensitive = ["target_key_id", "target_key_arn"]
                .iter()
                .any(|name| values.get(name).is_some_and(|value| value.sensitive));
            let look = Look { sensitive: sensitive || self.sensitive, ..here };
            return look.named(alias.plan, &KeyName::parse(text), true);
        }
        match estate.expressions(alias).get("target_key_id") {
            Some(expression) if self.view.world == World::After => here.behind(alias, expression),
            _ => Key::Unresolved(format!("the key that {} stands for is known after apply", estate.label(alias))),
        }
    }

    /// The key that an expression leads to.
    fn behind(self, holder: At, expression: &Json) -> Key {
        let (estate, world) = (self.view.estate, self.view.world);
        let sources = estate.resolve(holder, expression);
        let mut keys = BTreeSet::new();
        for at in sources.iter().filter_map(|(_, at)| *at) {
            match estate.kind(at).0 {
                kind if is_key(kind) => {
                    keys.insert(self.instance(at));
                }
                "aws_kms_alias" if self.depth < DEEPEST => {
                    keys.insert(self.deeper().target(at));
                }
                _ => {}
            }
        }
        // What is known already is not what is known after apply.
        if world == World::After {
            let known =
                |key: &Key| matches!(key, Key::Instance(at) if estate.kind(*at).1 && estate.has_arn(*at, world));
            let several = keys.len() > 1;
            if several && !keys.iter().all(known) {
                keys.retain(|key| !known(key));
            } else if keys.iter().any(known) && !self.is_deferred(&sources) {
                return Key::Unresolved(format!(
                    "the key is known after apply, and written with {}, whose key is known already",
                    names_in(expression)
                ));
            }
        }
        if keys.len() > 1 {
            return Key::Unresolved("it may be any of several keys, and the plan does not say which".to_owned());
        }
        let known_to_be_null =
            keys.is_empty() && !sources.is_empty() && sources.iter().all(|(source, _)| *source == Source::Null);
        if known_to_be_null {
            return Key::AwsManaged;
        }
        if let (Some(key), true) = (keys.first(), is_open(&sources)) {
            let label = match key {
                Key::Instance(at) => estate.label(*at),
                _ => "a key of the plan".to_owned(),
            };
            return Key::Unresolved(format!("it may be {label}, but {}", dead_ends(&sources)));
        }
        if may_leave_out(estate, &sources) {
            return Key::Unresolved(format!(
                "the key is known after apply, and written with {}, which may leave it out",
                names_in(expression)
            ));
        }
        let mut keys = keys.into_iter();
        match (keys.next(), keys.next()) {
            // A function, such as `replace`, may have made the ARN of another one of it.
            (Some(Key::Instance(at)), None) if self.is_elsewhere(at) => Key::Unresolved(format!(
                "the key is known after apply, and written with {}, which is in another Region than the bucket",
                names_in(expression)
            )),
            (Some(key), None) => key,
            _ => Key::Unresolved(format!("the key is known after apply: {}", dead_ends(&sources))),
        }
    }

    fn is_elsewhere(self, at: At) -> bool {
        let own = self.view.estate.region(at, self.view.world);
        own.as_deref().zip(self.region).is_some_and(|(own, region)| own != region)
    }

    /// A key by reference; a look-up leads on to the key that is managed, or to AWS's own.
    fn instance(self, at: At) -> Key {
        let (estate, world) = (self.view.estate, self.view.world);
        if estate.kind(at).1 {
            return Key::Instance(at);
        }
        let asked = self.view.values(at).map_or(Text::Unset, |values| values.text("key_id"));
        if asked.non_empty().is_some_and(|name| KeyName::parse(name).is_aws_managed()) {
            return Key::AwsManaged;
        }
        match estate.looked_up_key(at, world) {
            keys::Key::Instance(managed) => Key::Instance(managed),
            keys::Key::Named(_) => Key::Instance(at),
        }
    }

    /// Whether the name is only put off: some data source among what it was written with is read during the apply.
    fn is_deferred(self, sources: &[(Source, Option<At>)]) -> bool {
        let estate = self.view.estate;
        sources.iter().filter_map(|(_, at)| *at).any(|at| !estate.kind(at).1)
    }
}

/// Whether an alias of AWS's own, looked up in the plan, leads to the key with that id.
fn aws_alias_leads_to(view: &View<'_, '_, '_>, plan: usize, id: &str) -> bool {
    view.estate.aliases_named("alias/aws/s3", None, plan, None, view.world).into_iter().any(|at| {
        let targets = view.estate.instance(at).texts(view.world, &["target_key_id", "target_key_arn"]);
        targets
            .into_iter()
            .flatten()
            .any(|target| KeyName::parse(&target) == KeyName::parse(id) || target.ends_with(&format!("/{id}")))
    })
}

/// Whether an expression may come out as null, and so as the key of AWS itself: `var.own_key ? aws_kms_key.k.arn : null`
/// leaves both in the plan, and other conditions leave what they read beside the key.
fn may_leave_out(estate: &Estate<'_, '_>, sources: &[(Source, Option<At>)]) -> bool {
    let attribute = |name: &str| {
        sources.iter().any(|(source, at)| {
            matches!(source, Source::Instance { attribute: Some(own), .. } if own == name)
                && at.is_some_and(|at| is_key(estate.kind(at).0))
        })
    };
    let whole = |source: &Source| matches!(source, Source::Instance { attribute: Some(_), .. });
    if !sources.iter().any(|(source, _)| whole(source)) {
        return false;
    }
    // `arn:aws:kms:${region}:${account}:key/${aws_kms_key.k.key_id}` is the ARN put together by hand.
    let by_hand = attribute("key_id") || attribute("id");
    let beside = |(source, at): &(Source, Option<At>)| match (source, at) {
        (Source::Constant(_), _) => !by_hand,
        (Source::Known | Source::Null, _) => true,
        (_, Some(at)) => match estate.kind(*at).0 {
            "aws_caller_identity" | "aws_partition" | "aws_region" => !by_hand,
            kind => !is_key(kind) && kind != "aws_kms_alias",
        },
        _ => false,
    };
    sources.iter().any(beside)
}

fn names_in(expression: &Json) -> String {
    references(expression).into_iter().map(|reference| reference.text).collect::<Vec<_>>().join(", ")
}

/// What keeps S3 from using a key for a bucket in `region`, whatever its policy says.
///
/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html>
fn unfit(arn: Option<&str>, values: Option<&Node>, region: Option<&str>) -> Option<KeyUnfit> {
    let own = arn.and_then(|arn| arn.split(':').nth(3)).filter(|own| !own.is_empty());
    if let (Some(own), Some(region)) = (own, region)
        && own != region
    {
        return Some(KeyUnfit { how: Unfit::OtherRegion, is: own.to_owned(), needs: region.to_owned() });
    }
    let other = |name: &str, needs: &str| {
        let is = values?.text(name).non_empty().filter(|is| *is != needs)?;
        Some((view::told(values?, name, is, &[]).to_owned(), needs.to_owned()))
    };
    if let Some((is, needs)) = other("key_usage", "ENCRYPT_DECRYPT") {
        return Some(KeyUnfit { how: Unfit::Usage, is, needs });
    }
    let spec = ["customer_master_key_spec", "key_spec"].iter().find_map(|name| other(name, "SYMMETRIC_DEFAULT"));
    spec.map(|(is, needs)| KeyUnfit { how: Unfit::Spec, is, needs })
}

/// What decides what a key is for and is not known. Where nothing is written, the provider knows what it will be.
fn unknown_use(key: &Node) -> Option<&'static str> {
    ["key_usage", "customer_master_key_spec"].into_iter().find(|name| key.get(name).is_some_and(Node::is_unknown))
}

fn facts(view: &View<'_, '_, '_>, key: Key, region: Option<&str>) -> Fact<KeyFacts> {
    match key {
        Key::AwsManaged => Fact::Known(KeyFacts {
            label: "aws/s3".to_owned(),
            address: None,
            arn: None,
            unfit: None,
            manager: Fact::Known(KeyManager::Aws),
        }),
        Key::Instance(at) => {
            let label = view.estate.label(at);
            let values = view.values(at);
            if let Some(name) = values.filter(|_| view.estate.kind(at) == ("aws_kms_key", true)).and_then(unknown_use) {
                let why = format!("whether S3 can use {label} depends on its `{name}`, which is known after apply");
                return Fact::Unknown(why);
            }
            let arn = values.and_then(|values| {
                values.get("arn").filter(|arn| !arn.sensitive)?;
                values.text("arn").non_empty().map(str::to_owned)
            });
            let manager = match (view.estate.kind(at).1, values.map(|values| values.text("key_manager"))) {
                (true, _) | (false, Some(Text::Known("CUSTOMER"))) => Fact::Known(KeyManager::Customer),
                (false, Some(Text::Known("AWS"))) => Fact::Known(KeyManager::Aws),
                _ => Fact::Unknown(format!("who manages the key that {label} looks up is known after apply")),
            };
            let whole_arn = values.and_then(|values| values.text("arn").non_empty());
            let unfit = unfit(whole_arn, values, region);
            Fact::Known(KeyFacts { address: Some(label.clone()), label, arn, unfit, manager })
        }
        Key::Named(NamedKey { text, sensitive, customer }) => {
            let label = if sensitive { SENSITIVE.to_owned() } else { text };
            let arn = (!sensitive && label.starts_with("arn:")).then(|| label.clone());
            // AWS keeps `alias/aws/` to itself, so any other alias is a customer's.
            let manager = if customer {
                Fact::Known(KeyManager::Customer)
            } else {
                Fact::Unknown(format!("the key {label} is not in this plan"))
            };
            let unfit = unfit(arn.as_deref(), None, region);
            Fact::Known(KeyFacts { label, address: None, arn, unfit, manager })
        }
        Key::Unresolved(why) => Fact::Unknown(why),
    }
}
