//! Terraform's names for things: instance keys, module paths, resource addresses, and the traversals in `references`.

use std::fmt;

/// The key of a resource or module instance: a number with `count`, a string with `for_each`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// With `count`.
    Number(u64),
    /// With `for_each`.
    Text(String),
}

impl fmt::Display for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(formatter, "[{number}]"),
            Self::Text(text) => write!(formatter, "[\"{}\"]", escape(text)),
        }
    }
}

/// As HCL writes a quoted string, which is how Terraform writes keys into addresses.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            '\t' => escaped.push_str("\\t"),
            '"' => escaped.push_str("\\\""),
            '\\' => escaped.push_str("\\\\"),
            '$' | '%' if characters.peek() == Some(&'{') => escaped.extend([character, character]),
            _ => escaped.push(character),
        }
    }
    escaped
}

/// One step into a module: the name of the call, and the key of the instance.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModuleStep {
    /// The name in `module "name"`.
    pub name: String,
    /// The instance, where the call has `count` or `for_each`.
    pub key: Option<Key>,
}

/// The path from the root module to a module instance; empty for the root.
pub type ModulePath = Vec<ModuleStep>;

/// Whether a resource is managed or looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// `resource`.
    Managed,
    /// `data`.
    Data,
}

impl Mode {
    /// From the word in a plan; ephemeral resources and anything new are none.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "managed" => Some(Self::Managed),
            "data" => Some(Self::Data),
            _ => None,
        }
    }
}

/// The address of a resource instance.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    /// The module instance it lies in.
    pub module: ModulePath,
    /// Managed or data.
    pub mode: Mode,
    /// The type, such as `aws_s3_bucket`.
    pub kind: String,
    /// The name.
    pub name: String,
    /// The instance, where the resource has `count` or `for_each`.
    pub key: Option<Key>,
}

impl Address {
    /// The address that `text` writes, as Terraform writes it; none if it is not one of a resource or a data source.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut steps = parse_traversal(text)?.into_iter().peekable();
        let mut module = ModulePath::new();
        while steps.next_if(|step| step.is("module")).is_some() {
            let name = steps.next().and_then(Step::into_identifier)?;
            let key = steps.next_if(|step| matches!(step, Step::Index(_))).and_then(Step::into_key);
            module.push(ModuleStep { name, key });
        }
        let mode = if steps.next_if(|step| step.is("data")).is_some() { Mode::Data } else { Mode::Managed };
        let kind = steps.next().and_then(Step::into_identifier)?;
        let name = steps.next().and_then(Step::into_identifier)?;
        let key = match steps.next() {
            Some(step) => Some(step.into_key()?),
            None => None,
        };
        steps.next().is_none().then_some(Self { module, mode, kind, name, key })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_module(formatter, &self.module)?;
        if !self.module.is_empty() {
            formatter.write_str(".")?;
        }
        if self.mode == Mode::Data {
            formatter.write_str("data.")?;
        }
        write!(formatter, "{}.{}", self.kind, self.name)?;
        self.key.as_ref().map_or(Ok(()), |key| write!(formatter, "{key}"))
    }
}

fn write_module(formatter: &mut fmt::Formatter<'_>, path: &[ModuleStep]) -> fmt::Result {
    for (at, step) in path.iter().enumerate() {
        let dot = if at == 0 { "" } else { "." };
        write!(formatter, "{dot}module.{}", step.name)?;
        step.key.as_ref().map_or(Ok(()), |key| write!(formatter, "{key}"))?;
    }
    Ok(())
}

/// The module path that `module_address` writes, such as `module.site["blog"].module.cdn`.
#[must_use]
pub fn parse_module(address: &str) -> Option<ModulePath> {
    let steps = parse_traversal(address)?;
    let mut path = ModulePath::new();
    let mut steps = steps.into_iter().peekable();
    while let Some(step) = steps.next() {
        let (Step::Name(word), Some(Step::Name(name))) = (step, steps.next()) else { return None };
        if word != "module" {
            return None;
        }
        let key = match steps.peek() {
            Some(Step::Index(_)) => steps.next().and_then(Step::into_key),
            _ => None,
        };
        path.push(ModuleStep { name, key });
    }
    Some(path)
}

/// One step of a traversal such as `module.site["blog"].bucket.arn`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Step {
    /// `.name`, or the first word.
    Name(String),
    /// `["key"]` or `[0]`.
    Index(Key),
}

impl Step {
    fn into_key(self) -> Option<Key> {
        match self {
            Self::Index(key) => Some(key),
            Self::Name(_) => None,
        }
    }

    /// The step as something that Terraform lets people call a block; a traversal may hold any text between its dots.
    fn into_identifier(self) -> Option<String> {
        match self {
            Self::Name(name) if name.chars().all(|letter| letter.is_alphanumeric() || "-_".contains(letter)) => {
                Some(name)
            }
            _ => None,
        }
    }

    fn is(&self, word: &str) -> bool {
        matches!(self, Self::Name(name) if name == word)
    }

    /// The step as the key of a map: `.web` and `["web"]` are the same to Terraform.
    #[must_use]
    pub fn as_key(&self) -> Key {
        match self {
            Self::Index(key) => key.clone(),
            Self::Name(name) => Key::Text(name.clone()),
        }
    }
}

/// The steps of a reference as Terraform writes it; none if it is not one.
#[must_use]
pub fn parse_traversal(text: &str) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        if let Some(inside) = rest.strip_prefix('[') {
            let (key, after) = parse_index(inside)?;
            steps.push(Step::Index(key));
            rest = after;
        } else {
            let name = if steps.is_empty() { rest } else { rest.strip_prefix('.')? };
            let end = name.find(['.', '[']).unwrap_or(name.len());
            let (name, after) = name.split_at(end);
            if name.is_empty() {
                return None;
            }
            steps.push(Step::Name(name.to_owned()));
            rest = after;
        }
    }
    (!steps.is_empty()).then_some(steps)
}

fn parse_index(inside: &str) -> Option<(Key, &str)> {
    let Some(quoted) = inside.strip_prefix('"') else {
        let (number, after) = inside.split_once(']')?;
        return Some((Key::Number(number.parse().ok()?), after));
    };
    let mut text = String::new();
    let mut characters = quoted.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((Key::Text(text), quoted.get(at + 1..)?.strip_prefix(']')?)),
            '\\' => text.push(match characters.next()?.1 {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                other => other,
            }),
            '$' | '%'
                if quoted
                    .get(at + 1..)
                    .is_some_and(|rest| rest.starts_with(character) && rest.get(1..2) == Some("{")) =>
            {
                characters.next();
                text.push(character);
            }
            _ => text.push(character),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn name(text: &str) -> Step {
        Step::Name(text.to_owned())
    }

    #[test]
    fn traversals_are_split_at_dots_outside_of_keys() {
        assert_eq!(
            parse_traversal(r#"module.web["a\"b.c"].out[0].arn"#),
            Some(vec![
                name("module"),
                name("web"),
                Step::Index(Key::Text("a\"b.c".to_owned())),
                name("out"),
                Step::Index(Key::Number(0)),
                name("arn"),
            ])
        );
        for broken in ["", ".a", "a..b", "a[", "a[\"x", "a[x]", "a[0]b"] {
            assert_eq!(parse_traversal(broken), None, "{broken:?}");
        }
    }

    #[test]
    fn an_address_reads_as_terraform_writes_it() {
        let address = Address {
            module: parse_module(r#"module.a["x.y"].module.b[1]"#).unwrap(),
            mode: Mode::Data,
            kind: "aws_s3_bucket".to_owned(),
            name: "this".to_owned(),
            key: Some(Key::Text("${q}".to_owned())),
        };
        assert_eq!(address.to_string(), r#"module.a["x.y"].module.b[1].data.aws_s3_bucket.this["$${q}"]"#);
    }

    #[test]
    fn an_address_is_read_as_it_is_written() {
        for text in [
            "aws_s3_bucket.site",
            "aws_s3_bucket.module",
            r#"module.a["x.y"].module.b[1].data.aws_s3_bucket.this["$${q}"]"#,
            "module.data.aws_kms_key.data[0]",
        ] {
            assert_eq!(Address::parse(text).unwrap().to_string(), text);
        }
        for other in [
            "",
            "aws_s3_bucket",
            "module.a",
            "module.a[0]",
            "arn:aws:s3:::site/*",
            "acme-site.s3.amazonaws.com",
            "aws_s3_bucket.site.arn",
            "aws_s3_bucket.site[0].arn",
            "aws_s3_bucket[0].site",
            "aws_s3_bucket_policy.site, statement `Read`",
        ] {
            assert_eq!(Address::parse(other), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn any_key_survives_writing_and_reading(text in ".*") {
            let key = Key::Text(text);
            let steps = parse_traversal(&format!("a{key}"));
            prop_assert_eq!(steps, Some(vec![name("a"), Step::Index(key)]));
        }

        #[test]
        fn no_text_panics(text in ".*") {
            let _ = (parse_traversal(&text), parse_module(&text), Address::parse(&text));
        }
    }
}
