//! From TOML to decisions. All that is wrong is told at once, each with its line and column.
//!
//! The document is walked by hand rather than handed to serde, whose errors come one at a time and quote values.

use std::collections::BTreeMap;
use std::ops::Range;

use clap::ValueEnum;
use jiff::civil::Date;
use toml::de::{DeTable, DeValue};

use super::{Check, Config, ConfigError, Setting, Waiver};
use crate::finding::Severity;
use crate::nearest::nearest;
use crate::own;
use crate::waiver::Selector;

/// How many errors help; what is behind them often follows from them.
const SHOWN: usize = 20;

/// The keys there are, of each table.
pub(super) const ROOT: &[&str] = &["check", "policy", "waiver"];
pub(super) const CHECK: &[&str] = &["fail-on", "fail-on-existing", "unresolved", "require-paths"];
pub(super) const POLICY: &[&str] = &["id", "severity", "enabled", "reason"];
pub(super) const WAIVER: &[&str] = &["policy", "select", "reason", "owner", "expires"];

const NO_REASON: &str = "say why, for whoever reads this in a year";

/// Reads `text`, the content of `file`; `policies` are the ids there are.
///
/// # Errors
/// All that is wrong in it, in the order of its lines.
pub fn read(file: &str, text: &str, policies: &[&str]) -> Result<Config, Vec<ConfigError>> {
    let (document, broken) = DeTable::parse_recoverable(text);
    let mut reader = Reader { file, text, policies, errors: Vec::new() };
    for error in broken {
        // Its own way of showing itself quotes the line.
        let at = error.span().map_or(0, |span| span.start);
        reader.refuse(at, error.message().to_owned(), "mend the TOML; strings stand in quotes");
    }
    // What was recovered from broken TOML may not be what was meant.
    let config = reader.errors.is_empty().then(|| reader.config(document.get_ref()));
    match config {
        Some(config) if reader.errors.is_empty() => Ok(config),
        _ => Err(reader.all_errors()),
    }
}

/// One table of the document.
struct Section<'t> {
    /// What it is called.
    title: &'static str,
    /// Where it begins.
    at: usize,
    fields: &'t DeTable<'t>,
}

/// A value, and where it stands.
struct Found<T> {
    value: T,
    at: usize,
}

struct Reader<'t> {
    file: &'t str,
    text: &'t str,
    policies: &'t [&'t str],
    errors: Vec<(usize, ConfigError)>,
}

impl Reader<'_> {
    fn config(&mut self, root: &DeTable<'_>) -> Config {
        let root = Section { title: "this file", at: 0, fields: root };
        self.keys(&root, ROOT);
        let check = self.table(&root).map(|section| self.check(&section)).unwrap_or_default();
        let policies = self.tables(&root, "policy", "[[policy]]");
        let policies: Vec<(usize, Setting)> =
            policies.iter().filter_map(|section| Some((section.at, self.setting(section)?))).collect();
        self.no_policy_twice(&policies);
        let policies = policies.into_iter().map(|(_, setting)| setting).collect();
        let waivers = self.tables(&root, "waiver", "[[waiver]]");
        let waivers: Vec<(usize, Waiver)> =
            waivers.iter().filter_map(|section| Some((section.at, self.waiver(section)?))).collect();
        self.no_waiver_twice(&waivers);
        let waivers = waivers.into_iter().map(|(_, waiver)| waiver).collect();
        Config { file: self.file.to_owned(), check, policies, waivers }
    }

    fn check(&mut self, section: &Section<'_>) -> Check {
        self.keys(section, CHECK);
        Check {
            fail_on: self.word(section, "fail-on"),
            fail_on_existing: self.boolean(section, "fail-on-existing"),
            unresolved: self.word(section, "unresolved"),
            require_paths: self.boolean(section, "require-paths"),
        }
    }

    fn setting(&mut self, section: &Section<'_>) -> Option<Setting> {
        self.keys(section, POLICY);
        let id = self.policy(section, "id");
        let severity: Option<Severity> = self.word(section, "severity");
        let enabled = self.boolean(section, "enabled");
        let reason = self.required(section, "reason", NO_REASON);
        let says_how = |key: &str| section.fields.contains_key(key);
        if !says_how("severity") && !says_how("enabled") {
            let help = "give it a `severity`, or switch the policy off with `enabled = false`";
            self.refuse(section.at, "this [[policy]] changes nothing".to_owned(), help);
        }
        if severity.is_some() && enabled == Some(false) {
            let help = "leave out one of the two";
            self.refuse(section.at, "a policy that is switched off has no severity".to_owned(), help);
        }
        let id = id?;
        if id.value == "unresolved" {
            // To take it off would make a pass of what nobody knows.
            let (message, help) = if enabled == Some(false) {
                ("`unresolved` cannot be switched off: what a plan cannot tell has to be said", {
                    "accept what is known to be all right with a [[waiver]], which stays visible"
                })
            } else {
                ("the severity of `unresolved` is not set here", {
                    "set `unresolved` in [check], or give --unresolved on the command line"
                })
            };
            self.refuse(id.at, message.to_owned(), help);
        }
        Some(Setting {
            line: self.line(section.at),
            id: id.value,
            severity,
            enabled: enabled.unwrap_or(true),
            reason: reason?.value,
        })
    }

    fn waiver(&mut self, section: &Section<'_>) -> Option<Waiver> {
        self.keys(section, WAIVER);
        let policy = self.policy(section, "policy");
        let select = self.required(section, "select", "give an address, with `*` for any text, or a JSONPath");
        let select = select.and_then(|select| {
            let refused = |message: String| {
                self.refuse(select.at, format!("`select` is no JSONPath\n{message}"), "try it with `oacguard query`");
            };
            Selector::parse(&select.value).map_err(refused).ok()
        });
        let reason = self.required(section, "reason", NO_REASON);
        let owner = self.string(section, "owner");
        let expires = self.date(section);
        Some(Waiver {
            line: self.line(section.at),
            policy: policy?.value,
            select: select?,
            reason: reason?.value,
            owner: owner.map(|owner| owner.value),
            expires: expires?,
        })
    }

    fn no_policy_twice(&mut self, policies: &[(usize, Setting)]) {
        let mut seen = BTreeMap::new();
        for (at, setting) in policies {
            if let Some(first) = seen.insert(setting.id.as_str(), setting.line) {
                let message = format!("line {first} decides about `{}` already", setting.id);
                self.refuse(*at, message, "make one [[policy]] of the two");
            }
        }
    }

    /// Two waivers of the same findings would leave open which of the dates holds.
    fn no_waiver_twice(&mut self, waivers: &[(usize, Waiver)]) {
        let mut seen = BTreeMap::new();
        for (at, waiver) in waivers {
            if let Some(first) = seen.insert((waiver.policy.as_str(), waiver.select.to_string()), waiver.line) {
                let message = format!("the waiver in line {first} selects the same findings");
                self.refuse(*at, message, "keep one of the two");
            }
        }
    }

    /// The id of a policy that exists.
    fn policy(&mut self, section: &Section<'_>, key: &str) -> Option<Found<String>> {
        let id = self.required(section, key, "give the id that stands in brackets behind a finding's severity")?;
        // Which policies of the user's own there are, depends on the run.
        if self.policies.contains(&id.value.as_str()) || own::is_own(&id.value) {
            return Some(id);
        }
        let help = match nearest(&id.value, self.policies.iter().copied()).as_slice() {
            [] => "`oacguard policies` lists them".to_owned(),
            near => format!("similar ones are {}", near.join(", ")),
        };
        self.refuse(id.at, format!("there is no policy `{}`", id.value), &help);
        None
    }

    /// `expires`, as a date of TOML or as a string.
    fn date(&mut self, section: &Section<'_>) -> Option<Date> {
        const FORM: &str = "write the last day on which it holds as in 2026-12-31";
        let Some((at, value)) = Self::field(section, "expires") else {
            self.lacks(section, "expires", "a waiver holds until a day: write it as in 2026-12-31");
            return None;
        };
        let text = match value {
            DeValue::Datetime(moment) if moment.time.is_none() => moment.date.map(|date| date.to_string()),
            DeValue::String(text) => Some(text.trim().to_owned()),
            _ => None,
        };
        // The library knows more ways to write a date, and some that hold an hour as well.
        let date = text.and_then(|text| text.parse().ok().filter(|date: &Date| date.to_string() == text));
        if date.is_none() {
            self.refuse(at, "`expires` is no date".to_owned(), FORM);
        }
        date
    }

    /// A string that has to be there.
    fn required(&mut self, section: &Section<'_>, key: &str, help: &str) -> Option<Found<String>> {
        if !section.fields.contains_key(key) {
            self.lacks(section, key, help);
            return None;
        }
        self.string(section, key)
    }

    /// A string with something in it.
    fn string(&mut self, section: &Section<'_>, key: &str) -> Option<Found<String>> {
        let (at, value) = Self::field(section, key)?;
        let Some(text) = value.as_str() else {
            self.wrong_type(at, key, value, "a string");
            return None;
        };
        if text.trim().is_empty() {
            self.refuse(at, format!("`{key}` is empty"), "write something, or take the whole entry out");
            return None;
        }
        // One line: with more of them, a reason could pass for lines of the report.
        Some(Found { value: text.split_whitespace().collect::<Vec<_>>().join(" "), at })
    }

    fn boolean(&mut self, section: &Section<'_>, key: &str) -> Option<bool> {
        let (at, value) = Self::field(section, key)?;
        if value.as_bool().is_none() {
            self.wrong_type(at, key, value, "true or false, without quotes");
        }
        value.as_bool()
    }

    /// One of the words that the command line takes for the same.
    fn word<T: ValueEnum>(&mut self, section: &Section<'_>, key: &str) -> Option<T> {
        let (at, value) = Self::field(section, key)?;
        let word = value.as_str().and_then(|word| T::from_str(word, false).ok());
        if word.is_none() {
            let words = T::value_variants().iter().filter_map(T::to_possible_value);
            let words: Vec<String> = words.map(|word| format!("\"{}\"", word.get_name())).collect();
            self.refuse(at, format!("`{key}` is none of {}", words.join(", ")), "write one of these");
        }
        word
    }

    /// `[check]`, if it is there.
    fn table<'s>(&mut self, root: &Section<'s>) -> Option<Section<'s>> {
        let (at, value) = Self::field(root, "check")?;
        let Some(fields) = value.as_table() else {
            self.wrong_type(at, "check", value, "a table: [check]");
            return None;
        };
        Some(Section { title: "[check]", at, fields })
    }

    /// The tables of an array such as `[[waiver]]`.
    fn tables<'s>(&mut self, root: &Section<'s>, key: &str, title: &'static str) -> Vec<Section<'s>> {
        let Some((at, value)) = Self::field(root, key) else { return Vec::new() };
        let Some(items) = value.as_array() else {
            let message = format!("`{key}` is one {}, and has to be a list of tables", value.type_str());
            self.refuse(at, message, &format!("write {title}, with two brackets on each side"));
            return Vec::new();
        };
        let mut sections = Vec::new();
        for item in items {
            let at = item.span().start;
            match item.get_ref().as_table() {
                Some(fields) => sections.push(Section { title, at, fields }),
                None => self.wrong_type(at, key, item.get_ref(), "a list of tables"),
            }
        }
        sections
    }

    fn field<'s>(section: &Section<'s>, key: &str) -> Option<(usize, &'s DeValue<'s>)> {
        section.fields.get(key).map(|value| (value.span().start, value.get_ref()))
    }

    /// Refuses every key that `known` does not list.
    fn keys(&mut self, section: &Section<'_>, known: &[&str]) {
        for (key, _) in section.fields {
            let name = key.get_ref().as_ref();
            if known.contains(&name) {
                continue;
            }
            let help = match nearest(name, known.iter().copied()).first() {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the keys there are {}", known.join(", ")),
            };
            let Range { start, .. } = key.span();
            self.refuse(start, format!("{} has no key `{name}`", section.title), &help);
        }
    }

    fn lacks(&mut self, section: &Section<'_>, key: &str, help: &str) {
        self.refuse(section.at, format!("this {} has no `{key}`", section.title), help);
    }

    fn wrong_type(&mut self, at: usize, key: &str, value: &DeValue<'_>, wanted: &str) {
        let article = if value.type_str().starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
        self.refuse(at, format!("`{key}` is {article} {}", value.type_str()), &format!("it has to be {wanted}"));
    }

    fn refuse(&mut self, at: usize, message: String, help: &str) {
        let before = self.text.get(..at).unwrap_or_default();
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        let place = format!("{}:{}:{column}", self.file, self.line(at));
        self.errors.push((at, ConfigError { place, message, help: help.to_owned() }));
    }

    fn line(&self, at: usize) -> u32 {
        let breaks = self.text.bytes().take(at).filter(|byte| *byte == b'\n').count();
        u32::try_from(breaks).unwrap_or(u32::MAX).saturating_add(1)
    }

    fn all_errors(self) -> Vec<ConfigError> {
        let mut errors = self.errors;
        errors.sort_by_key(|(at, _)| *at);
        let more = errors.len().saturating_sub(SHOWN);
        let mut shown: Vec<ConfigError> = errors.into_iter().take(SHOWN).map(|(_, error)| error).collect();
        if let Some(last) = shown.last_mut().filter(|_| more > 0) {
            last.help = format!("{}; {more} more errors are not shown", last.help);
        }
        shown
    }
}
