//! The `statement` blocks of an `aws_iam_policy_document` to [`Document`]: Terraform puts such a data source off whenever
//! something it reads may change, so on the very plans that matter its JSON is unknown while its blocks are there to read.

use std::collections::BTreeSet;

use super::document::{
    Condition, Conditions, Document, DocumentError, Effect, Leaf, Principal, PrincipalKind, Statement, What, Who,
};
use super::references::naming;
use crate::plan::value::{Kind, Node};

/// What the configuration's expressions for the leaves of a `statement` tree refer to.
pub trait LeafReferences {
    /// All that the expression for a part of a statement refers to. `None` where it cannot be told, as with a `dynamic`
    /// block or a local.
    ///
    /// A leaf whose only reference is the very bucket, distribution or identity of the request counts as naming it; the
    /// data sources of account, partition and Region, with which ARNs are put together, do not count. A list with as many
    /// unknown leaves as references is taken to hold one in each, those left out whose known value stands in the list
    /// already; with more references than leaves, there is a choice between some of them.
    ///
    /// Whether a reference to another attribute than the one that is wanted still names the thing (a distribution's `id`,
    /// where its ARN belongs) is for the implementation to say: with the attribute left on, it equals no address, and the
    /// leaf stays unknown.
    fn references(&self, statement: usize, part: LeafPart<'_>) -> Option<Vec<Reference>>;
}

/// One thing that an expression refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Its Terraform address with its instance index and without the attribute (`module.site["a"].aws_s3_bucket.this`).
    pub address: String,
    /// What the attribute that is read from it will be, if that is known; of a whole resource all that may be read from it.
    pub known: Vec<String>,
    /// How many times it is referred to.
    pub times: usize,
}

impl From<String> for Reference {
    /// Once, and of an unknown value.
    fn from(address: String) -> Self {
        Self { address, known: Vec::new(), times: 1 }
    }
}

/// No references at all: every unknown leaf stays unknown.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoReferences;

impl LeafReferences for NoReferences {
    fn references(&self, _statement: usize, _part: LeafPart<'_>) -> Option<Vec<Reference>> {
        None
    }
}

/// A part of a statement whose leaves may be unknown. Configuration keeps references for a whole list, not for each item,
/// and lists the blocks of a set in another order than the values: hence the block's known contents beside its position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeafPart<'a> {
    /// `actions`.
    Action,
    /// `not_actions`.
    NotAction,
    /// `resources`.
    Resource,
    /// `not_resources`.
    NotResource,
    /// `identifiers` of a `principals` block.
    Principal {
        /// The position of the block in the values.
        block: usize,
        /// Its `type`, if known.
        kind: Option<&'a str>,
    },
    /// `identifiers` of a `not_principals` block.
    NotPrincipal {
        /// The position of the block in the values.
        block: usize,
        /// Its `type`, if known.
        kind: Option<&'a str>,
    },
    /// `values` of a `condition` block.
    ConditionValue {
        /// The position of the block in the values.
        block: usize,
        /// Its `test`, if known.
        operator: Option<&'a str>,
        /// Its `variable`, if known.
        variable: Option<&'a str>,
    },
}

/// A policy document within another whose text is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Nested<'a> {
    /// `source_policy_documents`, `override_policy_documents`, `source_json` or `override_json`.
    pub attribute: &'a str,
    /// Which item of how many; `None` where the list itself is unknown, or where the attribute is no list.
    pub item: Option<(usize, usize)>,
}

impl Document {
    /// Reads the `statement` list of an `aws_iam_policy_document` in a plan, in which any leaf may be unknown.
    ///
    /// Source: <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document>
    pub fn from_statements(list: &Node, refs: &dyn LeafReferences) -> Self {
        let mut document = match &list.kind {
            Kind::List(items) => Self {
                statements: items.iter().enumerate().map(|(at, item)| Reader { refs, at }.statement(item)).collect(),
                ..Self::default()
            },
            Kind::Null => Self::default(),
            _ => Self::unread("its statements are known after apply"),
        };
        document.variables = Some(true);
        document.redact = list.holds_sensitive();
        document
    }

    /// Reads a whole `aws_iam_policy_document` in a plan: its statements, merged with its source and override documents.
    /// A known document among them is read here; `nested` is asked for one whose text is unknown, and answers with the
    /// document it refers to or `None` where that cannot be told.
    pub fn from_data_source(
        data: &Node,
        refs: &dyn LeafReferences,
        nested: &dyn Fn(Nested<'_>) -> Option<Self>,
    ) -> Self {
        let missing = Node { kind: Kind::Null, sensitive: false };
        let mut own = Self::from_statements(data.get("statement").unwrap_or(&missing), refs);
        own.variables = match data.get("version").map(|version| &version.kind) {
            Some(Kind::Unknown) => None,
            Some(Kind::String(version)) => Some(version != "2008-10-17"),
            _ => Some(true),
        };
        let read = |attribute: &str| nested_documents(data.get(attribute), attribute, nested);
        Self::merged(
            read("source_json").into_iter().chain(read("source_policy_documents")),
            own,
            read("override_policy_documents").into_iter().chain(read("override_json")),
        )
    }
}

fn nested_documents(
    node: Option<&Node>,
    attribute: &str,
    nested: &dyn Fn(Nested<'_>) -> Option<Document>,
) -> Vec<Document> {
    let one = |node: &Node, item: Option<(usize, usize)>| {
        let document = match &node.kind {
            Kind::String(text) => match Document::from_json(text) {
                // The provider skips blank items.
                Err(DocumentError::Empty) => return None,
                Err(error) => Document::unread(error.to_string()),
                Ok(document) => document,
            },
            Kind::Null => return None,
            _ => nested(Nested { attribute, item })
                .unwrap_or_else(|| Document::unread(format!("one of its {attribute} is known after apply"))),
        };
        Some(if node.holds_sensitive() { document.redacted() } else { document })
    };
    match node {
        None => Vec::new(),
        Some(Node { kind: Kind::List(items), .. }) => {
            items.iter().enumerate().filter_map(|(at, item)| one(item, Some((at, items.len())))).collect()
        }
        Some(node) => one(node, None).into_iter().collect(),
    }
}

/// A block list: a `dynamic` block over something unknown leaves it unknown, or leaves its key out altogether.
enum Blocks<'a> {
    None,
    Known(&'a [Node]),
    Unknown,
}

fn blocks<'a>(statement: &'a Node, name: &str) -> Blocks<'a> {
    match statement.get(name).map(|node| &node.kind) {
        Some(Kind::List(items)) if items.is_empty() => Blocks::None,
        Some(Kind::List(items)) => Blocks::Known(items),
        Some(Kind::Null) => Blocks::None,
        _ => Blocks::Unknown,
    }
}

struct Reader<'r> {
    refs: &'r dyn LeafReferences,
    at: usize,
}

impl Reader<'_> {
    fn statement(&self, node: &Node) -> Statement {
        let mut faults = Vec::new();
        let effect = match node.get("effect").map(|effect| &effect.kind) {
            // In a data source that is put off, the default is not filled in yet.
            None | Some(Kind::Null) if !node.is_unknown() => Effect::Allow,
            Some(Kind::String(text)) if text == "Allow" || text.is_empty() => Effect::Allow,
            Some(Kind::String(text)) if text == "Deny" => Effect::Deny,
            _ => Effect::Unknown,
        };
        if !matches!(node.kind, Kind::Object(_)) {
            faults.push("it is known after apply as a whole");
        }
        let who = match (blocks(node, "principals"), blocks(node, "not_principals")) {
            (Blocks::Known(named), Blocks::None | Blocks::Unknown) => Who::Only(self.principals(named, false)),
            (Blocks::None | Blocks::Unknown, Blocks::Known(spared)) => Who::AllBut(self.principals(spared, true)),
            (Blocks::None, Blocks::None) => {
                faults.push("it names no principal");
                Who::Unknown
            }
            (Blocks::Known(_), Blocks::Known(_)) => {
                faults.push("it has both principals and not_principals");
                Who::Unknown
            }
            _ => Who::Unknown,
        };
        let actions = self.what(
            node,
            [("actions", LeafPart::Action), ("not_actions", LeafPart::NotAction)],
            std::convert::identity,
        );
        let resources = self.what(
            node,
            [("resources", LeafPart::Resource), ("not_resources", LeafPart::NotResource)],
            with_variables,
        );
        let nothing = || What::Only(Vec::new());
        if actions.is_none() {
            faults.push("it has no action, or both actions and not_actions");
        }
        if resources.is_none() {
            faults.push("it has no resource, or both resources and not_resources");
        }
        Statement {
            sid: match node.get("sid").map(|sid| &sid.kind) {
                Some(Kind::String(sid)) if !sid.is_empty() => Some(Leaf::from(sid.as_str())),
                Some(Kind::Unknown) => Some(Leaf::Unknown { refers: Vec::new() }),
                _ => None,
            },
            effect,
            who,
            actions: actions.unwrap_or_else(nothing),
            resources: resources.unwrap_or_else(nothing),
            conditions: self.conditions(node),
            fault: faults.first().map(|&fault| fault.to_owned()),
            replaceable: false,
        }
    }

    fn what(
        &self,
        statement: &Node,
        [(named, part), (spared, not_part)]: [(&str, LeafPart<'_>); 2],
        render: fn(String) -> String,
    ) -> Option<What> {
        let read = |name, part| self.leaves(statement.get(name), part, render);
        match (read(named, part), read(spared, not_part)) {
            (leaves, none) if !leaves.is_empty() && none.is_empty() => Some(What::Only(leaves)),
            (none, leaves) if !leaves.is_empty() && none.is_empty() => Some(What::AllBut(leaves)),
            _ => None,
        }
    }

    /// The strings of a list. A list that is unknown as a whole is one unknown string.
    fn leaves(&self, list: Option<&Node>, part: LeafPart<'_>, render: fn(String) -> String) -> Vec<Leaf> {
        let items: Vec<&Node> = match list {
            None | Some(Node { kind: Kind::Null, .. }) => return Vec::new(),
            Some(Node { kind: Kind::List(items), .. }) => items.iter().collect(),
            Some(single) => vec![single],
        };
        let mut leaves: Vec<Leaf> = items
            .into_iter()
            .map(|item| match &item.kind {
                Kind::String(text) => Leaf::Known(render(text.clone())),
                Kind::Bool(flag) => Leaf::Known(flag.to_string()),
                Kind::Number(number) => Leaf::Known(number.to_string()),
                _ => Leaf::Unknown { refers: Vec::new() },
            })
            .collect();
        let (mut known, mut unknown) = (Vec::new(), Vec::new());
        for leaf in &mut leaves {
            match leaf {
                Leaf::Known(text) => known.push(text.as_str()),
                Leaf::Unknown { refers } => unknown.push(refers),
            }
        }
        if !unknown.is_empty() {
            share(&self.refs.references(self.at, part).unwrap_or_default(), &known, unknown);
        }
        leaves
    }

    fn principals(&self, list: &[Node], spared: bool) -> Vec<Principal> {
        let mut named = Vec::new();
        for (block, node) in list.iter().enumerate() {
            let name = node.get("type").and_then(Node::as_str);
            let part = if spared {
                LeafPart::NotPrincipal { block, kind: name }
            } else {
                LeafPart::Principal { block, kind: name }
            };
            let mut identifiers = self.leaves(node.get("identifiers"), part, with_variables);
            if identifiers.is_empty() {
                identifiers.push(Leaf::Unknown { refers: Vec::new() });
            }
            for identifier in identifiers {
                let kind = match name {
                    Some("AWS") => PrincipalKind::Aws,
                    Some("Service") => PrincipalKind::Service,
                    Some("CanonicalUser") => PrincipalKind::CanonicalUser,
                    Some("Federated") => PrincipalKind::Federated,
                    // The provider renders this pair as `"Principal": "*"`.
                    Some("*") if identifier.known() == Some("*") => PrincipalKind::Everyone,
                    _ => PrincipalKind::Other,
                };
                named.push(Principal { kind, identifier });
            }
        }
        named
    }

    fn conditions(&self, statement: &Node) -> Conditions {
        let list = match blocks(statement, "condition") {
            Blocks::None => &[],
            Blocks::Known(list) => list,
            Blocks::Unknown => return Conditions::Unknown,
        };
        let mut all: Vec<Condition> = Vec::new();
        for (block, node) in list.iter().enumerate() {
            let text = |name: &str| match node.get(name).and_then(Node::as_str) {
                Some(text) => Leaf::from(text),
                None => Leaf::Unknown { refers: Vec::new() },
            };
            let (operator, key) = (text("test"), text("variable"));
            let part = LeafPart::ConditionValue { block, operator: operator.known(), variable: key.known() };
            let values = self.leaves(node.get("values"), part, with_variables);
            // The provider writes blocks with the same test and variable as one, with the values of all.
            let known = operator.known().is_some() && key.known().is_some();
            match all.iter_mut().find(|other| known && other.operator == operator && other.key == key) {
                Some(other) => other.values.extend(values),
                None => all.push(Condition { operator, key, values }),
            }
        }
        Conditions::All(all)
    }
}

/// Gives unknown leaves what their list refers to: one each where there are several and as many of both, otherwise all to
/// all. Which of them gets which does not matter, since a list is a set to every test.
///
/// What has a known value cannot be what is unknown; where that value stands in the list as well, it is clear what became of
/// the reference, and it is left out. A value that stands nowhere may be a part of an unknown text.
fn share(references: &[Reference], known: &[&str], unknown: Vec<&mut Vec<String>>) {
    let stands = |reference: &Reference| reference.known.iter().any(|value| known.contains(&value.as_str()));
    let settled = |address: &String| references.iter().filter(|other| other.address == *address).all(stands);
    let open: Vec<&Reference> = references.iter().filter(|reference| !settled(&reference.address)).collect();
    let times = |address: &String| {
        open.iter()
            .filter(|other| other.address == *address)
            .fold(0, |sum: usize, other| sum.saturating_add(other.times))
    };
    let addresses: BTreeSet<String> = open.iter().map(|reference| reference.address.clone()).collect();
    let addresses: Vec<String> = addresses.into_iter().collect();
    let named: Vec<(&String, usize)> = naming(&addresses).map(|address| (address, times(address))).collect();
    let total = named.iter().fold(0, |sum: usize, (_, times)| sum.saturating_add(*times));
    if unknown.len() > 1 && total == unknown.len() {
        let each = named.into_iter().flat_map(|(address, times)| std::iter::repeat_n(address, times));
        for (refers, address) in unknown.into_iter().zip(each) {
            *refers = vec![address.clone()];
        }
    } else {
        for refers in unknown {
            refers.clone_from(&addresses);
        }
    }
}

/// The provider lets `&{…}` stand for `${…}`, which Terraform would take for its own interpolation.
fn with_variables(text: String) -> String {
    if text.contains("&{") { text.replace("&{", "${") } else { text }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    struct Always;
    impl LeafReferences for Always {
        fn references(&self, statement: usize, part: LeafPart<'_>) -> Option<Vec<Reference>> {
            Some(vec![format!("{statement} {part:?}").into()])
        }
    }

    fn read(value: &serde_json::Value, unknown: &serde_json::Value) -> Document {
        Document::from_statements(&Node::merge(Some(value), Some(unknown), None), &Always)
    }

    #[test]
    fn a_statement_tree_as_a_plan_shows_it() {
        let document = read(
            &json!([{
                "sid": null, "effect": null, "actions": ["s3:GetObject"], "not_actions": null,
                "resources": [null, "arn:aws:s3:::b/&{aws:username}"], "not_resources": null,
                "principals": [{"type": "Service", "identifiers": ["cloudfront.amazonaws.com"]}, {"type": "*", "identifiers": ["*"]}],
                "not_principals": [],
                "condition": [{"test": "StringEquals", "variable": "AWS:SourceArn", "values": [null]}]
            }]),
            &json!([{"resources": [true, false], "condition": [{"values": [true]}]}]),
        );
        let [statement] = document.statements.as_slice() else { panic!("one statement") };
        assert_eq!((statement.effect, &statement.sid, &statement.fault), (Effect::Allow, &None, &None));
        assert_eq!(
            statement.resources,
            What::Only(vec![
                Leaf::Unknown { refers: vec!["0 Resource".to_owned()] },
                Leaf::from("arn:aws:s3:::b/${aws:username}")
            ])
        );
        let Who::Only(principals) = &statement.who else { panic!("principals") };
        assert_eq!(principals[1].kind, PrincipalKind::Everyone);
        let Conditions::All(conditions) = &statement.conditions else { panic!("conditions") };
        let Leaf::Unknown { refers } = &conditions[0].values[0] else { panic!("an unknown value") };
        assert!(refers[0].contains("AWS:SourceArn") && refers[0].contains("StringEquals"), "{refers:?}");
        assert_eq!(document.variables, Some(true));
    }

    #[test]
    fn an_effect_that_is_left_out_allows_and_a_word_that_is_none_is_unknown() {
        let effect = |effect: serde_json::Value, unknown: serde_json::Value| {
            read(&json!([{"effect": effect}]), &json!([{"effect": unknown}])).statements[0].effect
        };
        assert_eq!(effect(json!(null), json!(false)), Effect::Allow);
        assert_eq!(effect(json!(""), json!(false)), Effect::Allow);
        assert_eq!(effect(json!("Allow"), json!(false)), Effect::Allow);
        assert_eq!(effect(json!("Deny"), json!(false)), Effect::Deny);
        assert_eq!(effect(json!("allow"), json!(false)), Effect::Unknown);
        assert_eq!(effect(json!(null), json!(true)), Effect::Unknown);
        assert_eq!(read(&json!([null]), &json!([true])).statements[0].effect, Effect::Unknown);
    }

    #[test]
    fn what_is_left_out_is_told_from_what_is_named() {
        let of = |statement: serde_json::Value| {
            let mut document = read(&json!([statement]), &json!([{}]));
            let statement = document.statements.remove(0);
            (statement.actions, statement.fault)
        };
        let leaves = || vec![Leaf::from("s3:PutObject")];
        let rest = json!({"resources": ["*"], "principals": [{"type": "*", "identifiers": ["*"]}]});
        let with = |mut own: serde_json::Value| {
            own.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
            of(own)
        };
        assert_eq!(with(json!({"actions": ["s3:PutObject"]})), (What::Only(leaves()), None));
        assert_eq!(with(json!({"not_actions": ["s3:PutObject"]})), (What::AllBut(leaves()), None));
        assert!(with(json!({})).1.is_some(), "neither");
        assert!(with(json!({"actions": ["a"], "not_actions": ["b"]})).1.is_some(), "both");
    }

    #[test]
    fn only_a_star_under_a_star_is_everyone() {
        let kinds = |kind: &str| {
            let block = json!({"type": kind, "identifiers": ["*", "x"]});
            match read(&json!([{"principals": [block], "not_principals": []}]), &json!([])).statements.remove(0).who {
                Who::Only(principals) => principals.into_iter().map(|principal| principal.kind).collect::<Vec<_>>(),
                other => panic!("principals, not {other:?}"),
            }
        };
        assert_eq!(kinds("*"), [PrincipalKind::Everyone, PrincipalKind::Other]);
        assert_eq!(kinds("AWS"), [PrincipalKind::Aws, PrincipalKind::Aws]);
        assert_eq!(kinds("User"), [PrincipalKind::Other, PrincipalKind::Other]);
    }

    #[test]
    fn a_document_that_is_null_is_left_out_and_never_asked_for() {
        for (name, value) in [("source_policy_documents", json!([null])), ("override_json", json!(null))] {
            let data = Node::known(&json!({ name: value, "statement": [] }));
            let document = Document::from_data_source(&data, &NoReferences, &|nested| {
                panic!("{} is known", nested.attribute);
            });
            assert_eq!((document.incomplete, document.statements.len()), (None, 0), "{name}");
        }
    }

    #[test]
    fn what_a_dynamic_block_hides_is_unknown_and_never_absent() {
        let statement = json!({"actions": ["a"], "resources": ["*"], "principals": [], "not_principals": []});
        let document = read(&json!([statement]), &json!([{}]));
        assert_eq!(document.statements[0].conditions, Conditions::Unknown, "the key is absent");
        assert!(document.statements[0].fault.is_some(), "no principal at all");
        let document = read(&json!([{"condition": [], "not_principals": []}]), &json!([{"principals": true}]));
        assert_eq!(document.statements[0].who, Who::Unknown);
        assert_eq!(document.statements[0].conditions, Conditions::All(Vec::new()));
        let document = read(&json!([null]), &json!([true]));
        assert_eq!(document.statements[0].effect, Effect::Unknown);
        assert!(document.statements[0].fault.is_some());
        assert!(read(&json!(null), &json!(true)).incomplete.is_some());
    }

    #[test]
    fn blocks_with_the_same_test_and_variable_are_one() {
        let block = |value: &str| json!({"test": "StringEquals", "variable": "aws:SourceArn", "values": [value]});
        let document = read(&json!([{"condition": [block("a"), block("b")]}]), &json!([]));
        let Conditions::All(conditions) = &document.statements[0].conditions else { panic!("conditions") };
        assert_eq!(conditions.len(), 1);
        assert_eq!(conditions[0].values, [Leaf::from("a"), Leaf::from("b")]);
    }

    #[test]
    fn a_data_source_is_merged_with_the_documents_it_reads() {
        let allow = |sid: &str| {
            format!(
                r#"{{"Statement":{{"Sid":"{sid}","Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}}}}"#
            )
        };
        let data = Node::merge(
            Some(&json!({
                "version": null,
                "source_policy_documents": [allow("A"), null, ""],
                "override_policy_documents": [allow("O")],
                "statement": [{"sid": "A", "effect": "Deny"}],
            })),
            Some(&json!({"source_policy_documents": [false, true, false]})),
            None,
        );
        let asked = std::cell::RefCell::new(Vec::new());
        let document = Document::from_data_source(&data, &NoReferences, &|nested| {
            asked.borrow_mut().push((nested.attribute.to_owned(), nested.item));
            Document::from_json(&allow("N")).ok()
        });
        assert_eq!(asked.into_inner(), [("source_policy_documents".to_owned(), Some((1, 3)))]);
        let sids: Vec<_> =
            document.statements.iter().map(|statement| statement.sid.as_ref().and_then(Leaf::known)).collect();
        assert_eq!(sids, [Some("A"), Some("N"), Some("O")]);
        assert_eq!(document.statements[0].effect, Effect::Deny);
        let document = Document::from_data_source(&data, &NoReferences, &|_| None);
        assert!(document.incomplete.is_some());
    }

    #[test]
    fn anything_sensitive_keeps_the_whole_text_out_of_reasons() {
        let value = json!([{"principals": [{"type": "AWS", "identifiers": ["x"]}]}]);
        let mask = json!([{"principals": [{"identifiers": true}]}]);
        let node = Node::merge(Some(&value), None, Some(&mask));
        assert!(Document::from_statements(&node, &NoReferences).redact);
        assert!(!Document::from_statements(&Node::known(&value), &NoReferences).redact);
    }
}
