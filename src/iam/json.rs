//! Policy text to [`Document`]: whatever a policy may be written as, and a mark on whatever was not understood.

use serde_json::{Map, Value as Json};

use super::document::{
    Condition, Conditions, Document, DocumentError, Effect, Leaf, MAX_TEXT, Principal, PrincipalKind, Statement, What,
    Who,
};

impl Document {
    /// Reads policy text. A statement that holds something the policy language does not have is kept and marked as not
    /// understood, so that it can neither grant nor deny for certain.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>
    ///
    /// # Errors
    /// The text is blank, longer than 64 KiB, not JSON (or nested deeper than 127 levels), or not an object with statements.
    pub fn from_json(text: &str) -> Result<Self, DocumentError> {
        if text.trim().is_empty() {
            return Err(DocumentError::Empty);
        }
        if text.len() > MAX_TEXT {
            return Err(DocumentError::TooLong(text.len()));
        }
        let json: Json = serde_json::from_str(text)
            .map_err(|error| DocumentError::Syntax { line: error.line(), column: error.column() })?;
        let Json::Object(fields) = json else { return Err(DocumentError::NoStatements) };
        let statements = match fields.get("Statement") {
            Some(Json::Array(items)) => items.iter().map(statement).collect(),
            Some(single @ Json::Object(_)) => vec![statement(single)],
            _ => return Err(DocumentError::NoStatements),
        };
        let stray = fields.keys().any(|name| !matches!(name.as_str(), "Version" | "Id" | "Statement"));
        Ok(Self {
            statements,
            variables: match fields.get("Version") {
                None => Some(false),
                Some(Json::String(version)) if version == "2012-10-17" => Some(true),
                Some(Json::String(version)) if version == "2008-10-17" => Some(false),
                Some(_) => None,
            },
            incomplete: stray.then(|| "the policy has an element that the policy language does not know".to_owned()),
            redact: false,
        })
    }
}

/// What a statement holds that is not understood.
struct Fault(&'static str);

fn statement(json: &Json) -> Statement {
    let parsed = match json {
        Json::Object(fields) => understood(fields),
        _ => Err(Fault("it is not an object")),
    };
    parsed.unwrap_or_else(|Fault(why)| Statement {
        sid: json.get("Sid").and_then(Json::as_str).filter(|sid| !sid.is_empty()).map(Leaf::from),
        effect: effect(json.get("Effect")).unwrap_or(Effect::Unknown),
        who: Who::Unknown,
        actions: What::Only(Vec::new()),
        resources: What::Only(Vec::new()),
        conditions: Conditions::Unknown,
        fault: Some(why.to_owned()),
        replaceable: false,
    })
}

fn understood(fields: &Map<String, Json>) -> Result<Statement, Fault> {
    const ELEMENTS: [&str; 9] =
        ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];
    if fields.keys().any(|name| !ELEMENTS.contains(&name.as_str())) {
        return Err(Fault("it has an element that the policy language does not know"));
    }
    let sid = match fields.get("Sid") {
        None | Some(Json::Null) => None,
        Some(Json::String(sid)) => (!sid.is_empty()).then(|| Leaf::from(sid.as_str())),
        Some(_) => return Err(Fault("its Sid is not a string")),
    };
    Ok(Statement {
        sid,
        effect: effect(fields.get("Effect")).ok_or(Fault("its Effect is neither Allow nor Deny"))?,
        who: match (fields.get("Principal"), fields.get("NotPrincipal")) {
            (Some(named), None) => Who::Only(principals(named)?),
            (None, Some(spared)) => Who::AllBut(principals(spared)?),
            _ => return Err(Fault("it has no Principal, or both Principal and NotPrincipal")),
        },
        actions: what(
            fields,
            ["Action", "NotAction"],
            Fault("it has no Action, or one that is neither a string nor a list of strings"),
        )?,
        resources: what(
            fields,
            ["Resource", "NotResource"],
            Fault("it has no Resource, or one that is neither a string nor a list of strings"),
        )?,
        conditions: Conditions::All(match fields.get("Condition") {
            None => Vec::new(),
            Some(Json::Object(operators)) => conditions(operators)?,
            Some(_) => return Err(Fault("its Condition is not an object")),
        }),
        fault: None,
        replaceable: false,
    })
}

fn effect(json: Option<&Json>) -> Option<Effect> {
    match json?.as_str()? {
        "Allow" => Some(Effect::Allow),
        "Deny" => Some(Effect::Deny),
        _ => None,
    }
}

fn what(fields: &Map<String, Json>, [named, spared]: [&str; 2], fault: Fault) -> Result<What, Fault> {
    match (fields.get(named), fields.get(spared)) {
        (Some(json), None) => strings(json).map(What::Only).ok_or(fault),
        (None, Some(json)) => strings(json).map(What::AllBut).ok_or(fault),
        _ => Err(fault),
    }
}

/// A string or a list of strings, not empty.
fn strings(json: &Json) -> Option<Vec<Leaf>> {
    let leaves: Vec<Leaf> = match json {
        Json::Array(items) => items.iter().map(|item| item.as_str().map(Leaf::from)).collect::<Option<_>>()?,
        _ => vec![Leaf::from(json.as_str()?)],
    };
    (!leaves.is_empty()).then_some(leaves)
}

fn principals(json: &Json) -> Result<Vec<Principal>, Fault> {
    let fault = || Fault("its Principal is not written in a form that the policy language knows");
    match json {
        Json::String(everyone) if everyone == "*" => {
            Ok(vec![Principal { kind: PrincipalKind::Everyone, identifier: Leaf::from("*") }])
        }
        Json::Object(kinds) if !kinds.is_empty() => {
            let mut named = Vec::new();
            for (kind, identifiers) in kinds {
                let kind = kind_of(kind);
                for identifier in strings(identifiers).ok_or_else(fault)? {
                    named.push(Principal { kind, identifier });
                }
            }
            Ok(named)
        }
        _ => Err(fault()),
    }
}

fn kind_of(name: &str) -> PrincipalKind {
    match name {
        "AWS" => PrincipalKind::Aws,
        "Service" => PrincipalKind::Service,
        "CanonicalUser" => PrincipalKind::CanonicalUser,
        "Federated" => PrincipalKind::Federated,
        _ => PrincipalKind::Other,
    }
}

fn conditions(operators: &Map<String, Json>) -> Result<Vec<Condition>, Fault> {
    let mut all = Vec::new();
    for (operator, keys) in operators {
        let Json::Object(keys) = keys else { return Err(Fault("a condition operator of it holds no keys")) };
        for (key, values) in keys {
            let values = match values {
                Json::Array(items) => items.iter().map(scalar).collect::<Option<Vec<_>>>(),
                single => scalar(single).map(|leaf| vec![leaf]),
            };
            all.push(Condition {
                operator: Leaf::from(operator.as_str()),
                key: Leaf::from(key.as_str()),
                values: values.ok_or(Fault("a condition value of it is neither a string, a number nor a boolean"))?,
            });
        }
    }
    Ok(all)
}

/// A condition value: AWS takes booleans and numbers as well as strings.
fn scalar(json: &Json) -> Option<Leaf> {
    match json {
        Json::String(text) => Some(Leaf::from(text.as_str())),
        Json::Bool(flag) => Some(Leaf::Known(flag.to_string())),
        Json::Number(number) => Some(Leaf::Known(number.to_string())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_policy_is_an_error_and_never_a_panic() {
        let read = |text: &str| Document::from_json(text).map(|document| document.statements.len());
        assert_eq!(read(" \n"), Err(DocumentError::Empty));
        assert_eq!(read("[]"), Err(DocumentError::NoStatements));
        assert_eq!(read(r#"{"Version":"2012-10-17"}"#), Err(DocumentError::NoStatements));
        assert_eq!(read(r#"{"Statement":"x"}"#), Err(DocumentError::NoStatements));
        assert_eq!(read("{\n\"Statement\": [,"), Err(DocumentError::Syntax { line: 2, column: 15 }));
        assert_eq!(read(&"x".repeat(MAX_TEXT + 1)), Err(DocumentError::TooLong(MAX_TEXT + 1)));
        let deep = format!(r#"{{"Statement":{}{}}}"#, "[".repeat(5000), "]".repeat(5000));
        assert!(matches!(read(&deep), Err(DocumentError::Syntax { .. })));
        assert_eq!(read(r#"{"Statement":[]}"#), Ok(0));
        assert_eq!(read(r#"{"Statement":{}}"#), Ok(1));
    }

    #[test]
    fn policy_variables_come_with_the_newer_version() {
        let variables = |version: &str| {
            Document::from_json(&format!(r#"{{{version}"Statement":[]}}"#)).expect("a policy").variables
        };
        assert_eq!(variables(r#""Version":"2012-10-17","#), Some(true));
        assert_eq!(variables(r#""Version":"2008-10-17","#), Some(false));
        assert_eq!(variables(""), Some(false));
        assert_eq!(variables(r#""Version":"2020-01-01","#), None);
        assert_eq!(variables(r#""Version":2012,"#), None);
    }

    #[test]
    fn every_form_of_every_element_is_read() {
        let document = Document::from_json(
            r#"{"Id":"p","Version":"2012-10-17","Statement":{
              "Sid":"S","Effect":"Deny","NotPrincipal":{"AWS":["111122223333"],"Service":"cloudfront.amazonaws.com"},
              "NotAction":"s3:ListBucket","NotResource":["a","b"],
              "Condition":{"Bool":{"aws:SecureTransport":false},"NumericLessThan":{"s3:max-keys":[10,"20"]}}}}"#,
        )
        .expect("a policy");
        let [statement] = document.statements.as_slice() else { panic!("one statement") };
        assert_eq!(statement.fault, None);
        assert_eq!(statement.sid, Some(Leaf::from("S")));
        assert_eq!(statement.effect, Effect::Deny);
        assert_eq!(
            statement.who,
            Who::AllBut(vec![
                Principal { kind: PrincipalKind::Aws, identifier: Leaf::from("111122223333") },
                Principal { kind: PrincipalKind::Service, identifier: Leaf::from("cloudfront.amazonaws.com") },
            ])
        );
        assert_eq!(statement.actions, What::AllBut(vec![Leaf::from("s3:ListBucket")]));
        assert_eq!(statement.resources, What::AllBut(vec![Leaf::from("a"), Leaf::from("b")]));
        let Conditions::All(conditions) = &statement.conditions else { panic!("known conditions") };
        let values: Vec<_> = conditions.iter().flat_map(|condition| &condition.values).collect();
        assert_eq!(values, [&Leaf::from("false"), &Leaf::from("10"), &Leaf::from("20")]);
    }

    #[test]
    fn what_is_not_understood_is_marked_and_keeps_its_effect() {
        let good = r#""Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*""#;
        for extra in [
            r#""Condtion":{}"#,
            r#""principal":"*""#,
            r#""NotPrincipal":"*""#,
            r#""NotAction":"x""#,
            r#""Sid":1"#,
            r#""Condition":[]"#,
            r#""Condition":{"Bool":true}"#,
            r#""Condition":{"Bool":{"k":null}}"#,
            r#""Condition":{"Bool":{"k":[[]]}}"#,
        ] {
            let text = format!(r#"{{"Statement":[{{{good},{extra}}}]}}"#);
            let document = Document::from_json(&text).expect("a policy");
            assert!(document.statements[0].fault.is_some(), "{extra}");
            assert_eq!(document.statements[0].effect, Effect::Deny, "{extra}");
        }
        for (sid, expected) in [("S", Some("S")), ("", None)] {
            let text = format!(r#"{{"Statement":[{{{good},"Sid":"{sid}","Condtion":{{}}}}]}}"#);
            let document = Document::from_json(&text).expect("a policy");
            assert_eq!(document.sid(0), expected);
        }
        for bad in [
            r#""Effect":"allow","Principal":"*","Action":"s3:*","Resource":"*""#,
            r#""Principal":"*","Action":"s3:*","Resource":"*""#,
            r#""Effect":"Allow","Action":"s3:*","Resource":"*""#,
            r#""Effect":"Allow","Principal":"x","Action":"s3:*","Resource":"*""#,
            r#""Effect":"Allow","Principal":{},"Action":"s3:*","Resource":"*""#,
            r#""Effect":"Allow","Principal":"*","Action":[],"Resource":"*""#,
            r#""Effect":"Allow","Principal":"*","Action":"s3:*""#,
            r#""Effect":"Allow","Principal":"*","Action":"s3:*","Resource":[1]"#,
        ] {
            let document = Document::from_json(&format!(r#"{{"Statement":[{{{bad}}}]}}"#)).expect("a policy");
            assert!(document.statements[0].fault.is_some(), "{bad}");
        }
    }
}
