//! What rules of the user's own give: messages, alone or with more about them; and which rules are exempt.

use regorus::Value;
use serde::{Deserialize, Serialize};
use serde_json::Map;

use super::super::error::PolicyError;
use super::defined;

/// One member of what a rule gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// What is wrong.
    pub msg: String,
    /// What stands beside `msg`.
    pub metadata: Map<String, serde_json::Value>,
    /// The resource that it names, if the plan has it.
    pub place: Option<Place>,
}

/// A resource in a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The plan, by its position.
    pub plan: usize,
    /// The resource's address.
    pub address: String,
    /// The normalized path of its change in the plan document.
    pub path: String,
}

/// The messages in what the rule at `path` evaluated to; `None` if it is undefined.
///
/// # Errors
/// Anything but a set or an array of texts, and of objects that have one as `msg`: conftest leaves it out, and the plan passes.
pub(super) fn messages(path: &str, answer: &Value) -> Result<Option<Vec<Message>>, PolicyError> {
    let refuse = |message: String| PolicyError::Answer { rule: path.to_owned(), message };
    let Some(answer) = defined(answer) else { return Ok(None) };
    let members: Vec<&Value> = match answer {
        Value::Set(set) => set.iter().collect(),
        Value::Array(array) => array.iter().collect(),
        other => {
            return Err(refuse(format!(
                "it gives {}, of which nothing would come; write it as `contains msg if …`, which gives a set",
                kind(other)
            )));
        }
    };
    members.into_iter().map(|member| message(member).map_err(refuse)).collect::<Result<_, _>>().map(Some)
}

fn message(member: &Value) -> Result<Message, String> {
    let json = serde_json::to_value(member).map_err(|error| error.to_string())?;
    let message = match json {
        serde_json::Value::String(msg) => Message { msg, metadata: Map::new(), place: None },
        serde_json::Value::Object(mut metadata) => match metadata.remove("msg") {
            Some(serde_json::Value::String(msg)) => Message { msg, metadata, place: None },
            Some(_) => {
                return Err(
                    "it gives an object whose `msg` is no text; make it one, with `sprintf` for instance".to_owned()
                );
            }
            None => return Err("it gives an object without `msg`; put the message there".to_owned()),
        },
        _ => {
            return Err(format!(
                "it gives {} among its messages, of which nothing would come; give a text, or an object with `msg`",
                kind(member)
            ));
        }
    };
    if message.msg.trim().is_empty() {
        return Err("it gives an empty message, of which nothing would come; say what is wrong".to_owned());
    }
    Ok(message)
}

/// How often `name` is in the lists that the rule `exception` gives.
pub(super) fn exemptions(exception: &Value, name: &str) -> usize {
    let wanted = Value::from(name);
    values(exception).flat_map(values).filter(|value| **value == wanted).count()
}

/// What `[_]` gives of a value.
fn values(value: &Value) -> Box<dyn Iterator<Item = &Value> + '_> {
    match value {
        Value::Set(set) => Box::new(set.iter()),
        Value::Array(array) => Box::new(array.iter()),
        Value::Object(object) => Box::new(object.iter().map(|(_, value)| value)),
        _ => Box::new(std::iter::empty()),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "an array",
        Value::Set(_) => "a set",
        Value::Object(_) => "an object",
        Value::Undefined => "nothing",
    }
}
