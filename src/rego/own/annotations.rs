//! What METADATA says of rules of the user's own: title, severity, remediation and pages to read.
//!
//! Any key may be there. What cannot be read counts for nothing, as with conftest: then the rule's name decides.
//!
//! Source: <https://www.openpolicyagent.org/docs/policy-language#metadata>.

use regorus::unstable::Module;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::ast::{self, Head};
use super::super::error::PolicyError;
use super::super::yaml::yaml;
use crate::finding::Severity;

/// What is said of a rule.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Annotations {
    /// `title`.
    pub title: Option<String>,
    /// `description`.
    pub description: Option<String>,
    /// `custom.severity`, if it is one of `error`, `warning` and `note`.
    pub severity: Option<Severity>,
    /// `custom.remediation`.
    pub remediation: Option<String>,
    /// `related_resources`, as far as they are web addresses.
    pub links: Vec<String>,
}

/// One METADATA block.
struct Block {
    file: String,
    package: String,
    scope: String,
    /// The line that it stands above.
    above: u32,
    says: Annotations,
}

/// All that is said in some modules.
pub(super) struct All(Vec<Block>);

impl All {
    /// Reads every block of `modules`.
    ///
    /// # Errors
    /// A block that is not YAML: what it says of severity, if anything, could not be told.
    pub(super) fn of(modules: &[&Module]) -> Result<Self, PolicyError> {
        let mut all = Vec::new();
        for module in modules {
            all.extend(blocks(module)?);
        }
        Ok(Self(all))
    }

    /// What is said of the rule that is defined at `heads`. Its definitions cannot be told apart by what they give, so the
    /// gravest severity of any of them holds; of other things, the first word.
    pub(super) fn about(&self, heads: &[Head]) -> Annotations {
        let document = self.0.iter().find(|block| {
            block.scope == "document" && heads.iter().any(|head| head.file == block.file && head.line == block.above)
        });
        let mut all = Annotations::default();
        let mut severities = Vec::new();
        for head in heads {
            let own = self
                .0
                .iter()
                .find(|block| block.scope == "rule" && block.file == head.file && block.above == head.line);
            let package = self.0.iter().find(|block| block.scope == "package" && block.package == head.package);
            let above = self
                .0
                .iter()
                .filter(|block| block.scope == "subpackages" && is_at_or_below(&head.package, &block.package));
            let mut levels = own.into_iter().chain(document).chain(package).chain(above).map(|block| &block.says);
            severities.push(levels.clone().find_map(|says| says.severity));
            let first = |all: &mut Option<String>, of: fn(&Annotations) -> Option<&String>| {
                if all.is_none() {
                    *all = levels.clone().find_map(|says| of(says).cloned());
                }
            };
            first(&mut all.title, |says| says.title.as_ref());
            first(&mut all.description, |says| says.description.as_ref());
            first(&mut all.remediation, |says| says.remediation.as_ref());
            if all.links.is_empty() {
                all.links =
                    levels.find(|says| !says.links.is_empty()).map(|says| says.links.clone()).unwrap_or_default();
            }
        }
        // A definition without a word on it counts as its name says, which no other definition may lower.
        all.severity = severities.iter().copied().collect::<Option<Vec<_>>>().and_then(|all| all.into_iter().max());
        all
    }
}

fn is_at_or_below(package: &str, root: &str) -> bool {
    package.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn blocks(module: &Module) -> Result<Vec<Block>, PolicyError> {
    let source = module.package.span.source.contents();
    let lines: Vec<&str> = source.lines().collect();
    let mut blocks = Vec::new();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        at += 1;
        if line.trim_end() != "# METADATA" {
            continue;
        }
        let comment = lines.iter().skip(at).take_while(|line| line.starts_with('#'));
        let text: Vec<&str> =
            comment.map(|line| line.strip_prefix("# ").or_else(|| line.strip_prefix('#')).unwrap_or(line)).collect();
        at += text.len();
        let yaml = yaml(&text.join("\n")).map_err(|error| PolicyError::Contract {
            file: ast::file(module),
            message: format!("the METADATA above line {} is not YAML: {error}", at + 1),
        })?;
        let above = u32::try_from(at + 1).unwrap_or(u32::MAX);
        let usual = if above <= module.package.span.line { "package" } else { "rule" };
        blocks.push(Block {
            file: ast::file(module),
            package: ast::package(module),
            scope: yaml.get("scope").and_then(Value::as_str).unwrap_or(usual).to_owned(),
            above,
            says: says(&yaml),
        });
    }
    Ok(blocks)
}

fn says(yaml: &Value) -> Annotations {
    let text = |at: &str| {
        let text = yaml.pointer(at)?.as_str()?.trim();
        (!text.is_empty()).then(|| text.to_owned())
    };
    let link = |related: &Value| {
        let address = related.as_str().or_else(|| related.get("ref")?.as_str())?;
        address.starts_with("https://").then(|| address.to_owned())
    };
    Annotations {
        title: text("/title"),
        description: text("/description"),
        severity: text("/custom/severity").and_then(|word| match word.to_lowercase().as_str() {
            "error" => Some(Severity::Error),
            "warning" => Some(Severity::Warning),
            "note" => Some(Severity::Note),
            _ => None,
        }),
        remediation: text("/custom/remediation"),
        links: yaml.get("related_resources").and_then(Value::as_array).into_iter().flatten().filter_map(link).collect(),
    }
}
