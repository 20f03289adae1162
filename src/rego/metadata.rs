//! The METADATA block at the head of a policy file: what a policy says of itself, to people and to this program.
//!
//! The interpreter ignores these comments, so they are read here: YAML, with no room for keys that nobody knows.

use serde::{Deserialize, Serialize};

use super::error::{MetadataError, PolicyError};
use super::needs::Needs;
use crate::finding::Severity;

/// What a policy says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PolicyMeta {
    /// The kebab-case id; also the file's name.
    pub id: String,
    /// The file it was read from.
    pub file: String,
    /// What it is about, in a line.
    pub title: String,
    /// Why it matters, to somebody who knows Terraform and not yet how CloudFront reads a bucket.
    pub description: String,
    /// Where to read more.
    pub related_resources: Vec<Related>,
    /// The severities it may give. The first is what it gives when it does not say.
    pub levels: Vec<Severity>,
    /// What decides between them, where there are several.
    pub decides: Option<String>,
    /// Whether it judges each world alone, or the change from one to the other.
    pub compares: Compares,
    /// What has to be there for it to be asked at all: all of one of these, such as `oac and kms`. Nothing, if there are none.
    #[serde(skip)]
    pub needs: Vec<String>,
    /// What a plan must show for it to fire.
    pub fires: String,
    /// What breaks, and as what viewers or the apply see that; `None` where nothing does.
    pub breaks: Option<String>,
    /// How to mend it, in general.
    pub remediation: String,
    /// HCL that is right, for any site; `None` where no configuration mends it.
    pub example: Option<String>,
    /// The version of this program that brought it.
    pub since: String,
}

/// A page to read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Related {
    /// Its address.
    #[serde(rename = "ref")]
    pub reference: String,
    /// What it is.
    pub description: String,
}

/// What a policy looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Compares {
    /// One world at a time: the status of a finding follows from the worlds it holds in.
    World,
    /// Both worlds at once: whatever it finds, this plan brings.
    Change,
}

impl Compares {
    /// What follows for the status of a finding, in a sentence for people.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::World => {
                "It is looked for before and after the plan: introduced if it holds only afterwards, existing if it \
                 held before as well (then an error counts as a warning and does not block), resolved if the plan \
                 ends it."
            }
            Self::Change => "It is looked for in the change itself: what it finds, the plan introduces.",
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Block {
    scope: Scope,
    title: String,
    description: String,
    related_resources: Vec<Related>,
    custom: Custom,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Scope {
    Package,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Custom {
    id: String,
    levels: Vec<Severity>,
    decides: Option<String>,
    compares: Compares,
    #[serde(default)]
    needs: Vec<String>,
    fires: String,
    breaks: Option<String>,
    remediation: String,
    example: Option<String>,
    since: String,
}

impl PolicyMeta {
    /// The severity of a finding that does not say its own.
    pub fn default_severity(&self) -> Severity {
        // `parse` refuses an empty list; the gravest is the safe answer all the same.
        self.levels.first().copied().unwrap_or(Severity::Error)
    }

    /// The package the policy must live in, without `data.`.
    pub fn package(&self) -> String {
        format!("oacguard.{}", self.id.replace('-', "_"))
    }

    /// Reads the block at the head of `source`.
    ///
    /// # Errors
    /// No block, a block that is not YAML, an unknown or missing key, or a value that makes no sense.
    pub(super) fn parse(file: &str, source: &str) -> Result<Self, PolicyError> {
        let block = CommentBlock::find(file, source)?;
        let yaml = regorus::Value::from_yaml_str(&block.text)
            .map_err(|error| block.error(error.to_string().trim(), "write it as YAML, each line behind `# `"))?;
        let json = serde_json::to_value(&yaml).map_err(|error| block.error(&error.to_string(), "use plain YAML"))?;
        let Block { title, description, related_resources, custom, scope: Scope::Package } =
            serde_json::from_value(json).map_err(|error| {
                block.error(
                    &error.to_string(),
                    "the keys are scope, title, description, related_resources [ref, description] and custom \
                     [id, levels, decides, compares, needs, fires, breaks, remediation, example, since]",
                )
            })?;
        Needs::parse(&custom.needs).map_err(|word| {
            let words = Needs::words().collect::<Vec<_>>().join(", ");
            let help = format!("put such words between `and`: {words}");
            block.error(&format!("`needs` has the word `{word}`, which stands for nothing"), &help)
        })?;
        let trimmed = |text: Option<String>| text.map(|text| text.trim().to_owned());
        let meta = Self {
            id: custom.id,
            file: file.to_owned(),
            title: title.trim().to_owned(),
            description: description.trim().to_owned(),
            related_resources,
            levels: custom.levels,
            decides: trimmed(custom.decides),
            compares: custom.compares,
            needs: custom.needs,
            fires: custom.fires.trim().to_owned(),
            breaks: trimmed(custom.breaks),
            remediation: custom.remediation.trim().to_owned(),
            example: trimmed(custom.example),
            since: custom.since,
        };
        meta.check(&block)?;
        Ok(meta)
    }

    fn check(&self, block: &CommentBlock<'_>) -> Result<(), MetadataError> {
        let kebab = |id: &str| {
            id.split('-').all(|word| {
                !word.is_empty() && word.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit())
            })
        };
        if !kebab(&self.id) {
            return Err(block.error(
                &format!("`id` is `{}`", self.id),
                "use lower-case words with hyphens between them, such as `oai-sse-kms`",
            ));
        }
        let stem = self.file.rsplit('/').next().and_then(|name| name.strip_suffix(".rego"));
        if stem != Some(self.id.as_str()) {
            return Err(block.error(
                &format!("`id` is `{}`, but the file is not called `{}.rego`", self.id, self.id),
                "give both the same name",
            ));
        }
        if self.levels.is_empty() {
            return Err(block.error("`levels` is empty", "list the severities it gives, the usual one first"));
        }
        if self.levels.len() > 1 && self.decides.is_none() {
            return Err(block.error(
                "`levels` lists several, and nothing says which one a finding gets",
                "say in `decides` what decides between them",
            ));
        }
        if self.levels.len() == 1 && self.decides.is_some() {
            return Err(block.error("`decides` is there, but `levels` leaves it nothing to decide", "leave it out"));
        }
        for (name, text) in [
            ("title", Some(&self.title)),
            ("description", Some(&self.description)),
            ("decides", self.decides.as_ref()),
            ("fires", Some(&self.fires)),
            ("breaks", self.breaks.as_ref()),
            ("remediation", Some(&self.remediation)),
            ("example", self.example.as_ref()),
            ("since", Some(&self.since)),
        ] {
            if text.is_some_and(String::is_empty) {
                return Err(
                    block.error(&format!("`{name}` is empty"), "write a sentence, or leave out an optional key")
                );
            }
        }
        let https = |related: &Related| related.reference.starts_with("https://");
        if self.related_resources.is_empty() || !self.related_resources.iter().all(https) {
            return Err(block.error(
                "`related_resources` must name at least one page, each by an https address",
                "name the AWS page that the policy rests on",
            ));
        }
        Ok(())
    }
}

/// The comment lines between `# METADATA` and the package, and where they stand.
struct CommentBlock<'a> {
    file: &'a str,
    /// The line of `# METADATA`, counted from 1.
    line: usize,
    text: String,
}

impl<'a> CommentBlock<'a> {
    fn find(file: &'a str, source: &str) -> Result<Self, MetadataError> {
        let source = source.strip_prefix('\u{feff}').unwrap_or(source);
        let head = source.lines().take_while(|line| !line.starts_with("package")).enumerate();
        let mut lines = head.skip_while(|(_, line)| line.trim_end() != "# METADATA");
        let Some((start, _)) = lines.next() else {
            return Err(MetadataError {
                file: file.to_owned(),
                line: 1,
                message: "there is none before the package".to_owned(),
                help: "begin the file with a line `# METADATA` and the block below it".to_owned(),
            });
        };
        let mut text = String::new();
        for (_, line) in lines.take_while(|(_, line)| line.starts_with('#')) {
            let line = line.strip_prefix("# ").or_else(|| line.strip_prefix('#')).unwrap_or(line);
            text.push_str(line);
            text.push('\n');
        }
        Ok(Self { file, line: start + 1, text })
    }

    /// An error at the line of the first key that `message` names, else at the head of the block.
    fn error(&self, message: &str, help: &str) -> MetadataError {
        let named = message.split('`').nth(1).filter(|key| !key.is_empty());
        let offset = named.and_then(|key| {
            self.text.lines().position(|line| {
                let line = line.trim_start().trim_start_matches("- ");
                line.strip_prefix(key).is_some_and(|rest| rest.starts_with(':'))
            })
        });
        MetadataError {
            file: self.file.to_owned(),
            line: self.line + offset.map_or(0, |offset| offset + 1),
            message: message.to_owned(),
            help: help.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"# METADATA
# scope: package
# title: A policy
# description: |
#   Two lines,
#
#   and a third.
# related_resources:
#   - ref: https://example.com/page
#     description: A page
# custom:
#   id: some-policy
#   levels: [warning, note]
#   decides: Whether it is grave.
#   compares: world
#   fires: Something is there.
#   remediation: Do something.
#   example: |
#     resource "aws_kms_key" "site" {
#       is_enabled = true
#
#       # A comment.
#     }
#   since: 0.1.0
package oacguard.some_policy
"#;

    fn error(source: &str) -> String {
        PolicyMeta::parse("policies/x/some-policy.rego", source).unwrap_err().to_string()
    }

    #[test]
    fn a_good_block_is_read() {
        let meta = PolicyMeta::parse("policies/x/some-policy.rego", GOOD).unwrap();
        assert_eq!(meta.id, "some-policy");
        assert_eq!(meta.package(), "oacguard.some_policy");
        assert_eq!(meta.levels, [Severity::Warning, Severity::Note]);
        assert_eq!(meta.default_severity(), Severity::Warning);
        assert_eq!(meta.description, "Two lines,\n\nand a third.");
        assert_eq!(meta.breaks, None);
        let example = "resource \"aws_kms_key\" \"site\" {\n  is_enabled = true\n\n  # A comment.\n}";
        assert_eq!(meta.example.as_deref(), Some(example));
    }

    #[test]
    fn an_error_names_the_line_and_what_to_do() {
        let text = error(&GOOD.replace("compares", "comparez"));
        assert!(text.starts_with("policies/x/some-policy.rego:15: METADATA: unknown field `comparez`"), "{text}");
        assert!(text.contains("the keys are scope, title"), "{text}");
    }

    #[test]
    fn what_is_missing_or_senseless_is_refused() {
        for (from, to, expected) in [
            ("# METADATA\n", "", "there is none before the package"),
            ("# title: A policy\n", "", "missing field `title`"),
            ("title: A policy", "title: ''", "`title` is empty"),
            ("scope: package", "scope: rule", "unknown variant `rule`"),
            ("[warning, note]", "[]", "`levels` is empty"),
            ("[warning, note]", "[note]", "leaves it nothing to decide"),
            ("#   decides: Whether it is grave.\n", "", "say in `decides`"),
            ("decides: Whether it is grave.", "decides: ''", "`decides` is empty"),
            ("#   fires: Something is there.\n", "", "missing field `fires`"),
            ("fires: Something is there.", "fires: ''", "`fires` is empty"),
            ("[warning, note]", "[fatal]", "unknown variant `fatal`"),
            ("compares: world", "compares: worlds", "unknown variant `worlds`"),
            ("id: some-policy", "id: other-policy", "not called `other-policy.rego`"),
            ("id: some-policy", "id: Some_Policy", "use lower-case words"),
            ("https://", "http://", "https address"),
            ("title: A policy", "title: [", "write it as YAML"),
            ("title: A policy", "title: 7", "invalid type"),
        ] {
            let text = error(&GOOD.replace(from, to));
            assert!(text.contains(expected), "{expected} not in {text}");
        }
    }
}
