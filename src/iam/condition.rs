//! Condition operators over a request context of which a plan tells only a part.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>

use std::cmp::Ordering;

use super::context::Context;
use super::document::{Condition, Conditions, Leaf};
use super::matching::{Pattern, Text};
use super::references::stands_for;
use super::request::Request;
use super::truth::Truth;

/// Whether all conditions of a statement hold for the request. `variables` as in a document.
pub(crate) fn all_hold(conditions: &Conditions, request: &Request, variables: Option<bool>) -> Truth {
    match conditions {
        Conditions::All(all) => Truth::all(all.iter().map(|condition| holds(condition, request, variables))),
        Conditions::Unknown => Truth::Unknown,
    }
}

/// Whether one condition holds for the request.
pub(crate) fn holds(condition: &Condition, request: &Request, variables: Option<bool>) -> Truth {
    let (Some(operator), Some(key)) = (condition.operator.known(), condition.key.known()) else {
        return Truth::Unknown;
    };
    let Some(operator) = Operator::parse(operator) else { return Truth::Unknown };
    // What a test without any value means is not documented.
    if condition.values.is_empty() {
        return Truth::Unknown;
    }
    let case = Case { operator, values: &condition.values, variables };
    match request.context(key) {
        Context::Absent => case.absent(),
        Context::Present(text, addresses) => case.present(&text, addresses),
        Context::OneOf(cases) => cases
            .iter()
            .map(|value| value.as_ref().map_or_else(|| case.absent(), |text| case.present(text, &[])))
            .reduce(Truth::either)
            .unwrap_or(Truth::Unknown),
        // Present or not, and with any value: some tests come out the same.
        Context::CannotTell => case.absent().either(case.present(&Text::anything(), &[])),
    }
}

/// Whether a name is a condition operator that is evaluated here.
pub(crate) fn is_operator(name: &str) -> bool {
    Operator::parse(name).is_some()
}

/// Whether an operator compares character by character, so that a `*` in its values stands for itself.
pub(crate) fn is_literal(name: &str) -> bool {
    Operator::parse(name).is_some_and(|operator| matches!(operator.test, Test::Equals | Test::EqualsIgnoreCase))
}

/// How an operator restricts the key of a grant: not at all, to its values as they stand, or to what they match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Restricts {
    /// It names what is left out, or asks for presence only.
    Nothing,
    /// The values stand for themselves.
    Literally,
    /// `*` and `?` in the values stand for other characters.
    ByPattern,
}

/// What a condition with this operator does to a grant; none if there is no such operator.
pub(crate) fn restricts(name: &str) -> Option<Restricts> {
    let operator = Operator::parse(name)?;
    Some(match operator.test {
        Test::Null => Restricts::Nothing,
        _ if operator.negated => Restricts::Nothing,
        Test::Like | Test::Arn => Restricts::ByPattern,
        _ => Restricts::Literally,
    })
}

#[derive(Debug, Clone, Copy)]
struct Operator {
    set: Set,
    test: Test,
    negated: bool,
    if_exists: bool,
}

/// How an operator deals with a key that may have several values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Set {
    Single,
    /// `ForAnyValue:`
    Any,
    /// `ForAllValues:`
    All,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Test {
    Equals,
    EqualsIgnoreCase,
    Like,
    Arn,
    Bool,
    Number(&'static [Ordering]),
    /// Dates and IP addresses: a plan never knows those of a request.
    Untold,
    Null,
}

impl Operator {
    fn parse(name: &str) -> Option<Self> {
        const LESS: &[Ordering] = &[Ordering::Less];
        const AT_MOST: &[Ordering] = &[Ordering::Less, Ordering::Equal];
        const EQUAL: &[Ordering] = &[Ordering::Equal];
        const AT_LEAST: &[Ordering] = &[Ordering::Greater, Ordering::Equal];
        const GREATER: &[Ordering] = &[Ordering::Greater];

        let name = name.to_ascii_lowercase();
        let (set, name) = match name.split_once(':') {
            None => (Set::Single, name.as_str()),
            Some(("foranyvalue", rest)) => (Set::Any, rest),
            Some(("forallvalues", rest)) => (Set::All, rest),
            Some(_) => return None,
        };
        let (name, if_exists) = match name.strip_suffix("ifexists") {
            Some(name) => (name, true),
            None => (name, false),
        };
        let (test, negated) = match name {
            // A key's base64 text is compared as it is.
            "stringequals" | "binaryequals" => (Test::Equals, false),
            "stringnotequals" => (Test::Equals, true),
            "stringequalsignorecase" => (Test::EqualsIgnoreCase, false),
            "stringnotequalsignorecase" => (Test::EqualsIgnoreCase, true),
            "stringlike" => (Test::Like, false),
            "stringnotlike" => (Test::Like, true),
            "arnequals" | "arnlike" => (Test::Arn, false),
            "arnnotequals" | "arnnotlike" => (Test::Arn, true),
            "bool" => (Test::Bool, false),
            "numericequals" => (Test::Number(EQUAL), false),
            "numericnotequals" => (Test::Number(EQUAL), true),
            "numericlessthan" => (Test::Number(LESS), false),
            "numericlessthanequals" => (Test::Number(AT_MOST), false),
            "numericgreaterthan" => (Test::Number(GREATER), false),
            "numericgreaterthanequals" => (Test::Number(AT_LEAST), false),
            "datenotequals" | "notipaddress" => (Test::Untold, true),
            "dateequals"
            | "datelessthan"
            | "datelessthanequals"
            | "dategreaterthan"
            | "dategreaterthanequals"
            | "ipaddress" => (Test::Untold, false),
            "null" if set == Set::Single && !if_exists => (Test::Null, false),
            _ => return None,
        };
        Some(Self { set, test, negated, if_exists })
    }
}

struct Case<'a> {
    operator: Operator,
    values: &'a [Leaf],
    variables: Option<bool>,
}

impl Case<'_> {
    /// The key is not in the request: "the values do not match and the condition is false", but true for operators that
    /// require the key not to match, for `IfExists` and for `ForAllValues`.
    fn absent(&self) -> Truth {
        match self.operator {
            Operator { test: Test::Null, .. } => self.null(true),
            Operator { set: Set::All, .. } => Truth::Yes,
            // The two rules contradict each other here, and AWS does not say which one wins.
            Operator { set: Set::Any, if_exists: true, .. } => Truth::Unknown,
            Operator { set: Set::Any, .. } => Truth::No,
            Operator { if_exists, negated, .. } => Truth::from(if_exists || negated),
        }
    }

    /// The key is in the request. One value of several in the policy is enough, and for a negated operator too many.
    fn present(&self, text: &Text, addresses: &[String]) -> Truth {
        if self.operator.test == Test::Null {
            return self.null(false);
        }
        let matched = Truth::any(self.values.iter().map(|value| self.matches(value, text, addresses)));
        if self.operator.negated { matched.negate() } else { matched }
    }

    fn null(&self, absent: bool) -> Truth {
        Truth::any(self.values.iter().map(|value| match value.known().map(str::to_ascii_lowercase).as_deref() {
            Some("true") => Truth::from(absent),
            Some("false") => Truth::from(!absent),
            _ => Truth::Unknown,
        }))
    }

    fn matches(&self, value: &Leaf, text: &Text, addresses: &[String]) -> Truth {
        let kind = self.operator.test;
        let value = match value {
            Leaf::Known(value) => value,
            Leaf::Unknown { refers } => {
                return match kind {
                    Test::Equals | Test::EqualsIgnoreCase | Test::Like | Test::Arn => stands_for(refers, addresses),
                    Test::Bool | Test::Number(_) | Test::Untold | Test::Null => Truth::Unknown,
                };
            }
        };
        let Some(pattern) = pattern(value, matches!(kind, Test::Like | Test::Arn), self.variables) else {
            return Truth::Unknown;
        };
        match kind {
            Test::Equals | Test::Like => pattern.matches(text),
            Test::EqualsIgnoreCase => pattern.matches_ignoring_case(text),
            Test::Arn => pattern.matches_arn(text),
            Test::Bool if value.eq_ignore_ascii_case("true") || value.eq_ignore_ascii_case("false") => {
                pattern.matches_ignoring_case(text)
            }
            Test::Number(orders) => {
                let number = |text: &str| text.trim().parse::<f64>().ok();
                match (text.whole().as_deref().and_then(number), number(value)) {
                    (Some(own), Some(wanted)) => {
                        Truth::from(own.partial_cmp(&wanted).is_some_and(|order| orders.contains(&order)))
                    }
                    _ => Truth::Unknown,
                }
            }
            Test::Bool | Test::Untold | Test::Null => Truth::Unknown,
        }
    }
}

/// A string of a policy as a pattern; `None` where it holds a variable whose value the plan does not know.
pub(crate) fn pattern(text: &str, wild: bool, variables: Option<bool>) -> Option<Pattern> {
    match variables {
        _ if !text.contains("${") => Some(if wild { Pattern::wild(text) } else { Pattern::literal(text) }),
        Some(true) => Pattern::with_variables(text, wild),
        Some(false) => Some(if wild { Pattern::wild(text) } else { Pattern::literal(text) }),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::Truth::{No, Unknown, Yes};
    use super::*;

    fn case(operator: &str, values: &[&str], text: Option<&Text>) -> Truth {
        let values: Vec<Leaf> = values.iter().copied().map(Leaf::from).collect();
        let operator = Operator::parse(operator).unwrap_or_else(|| panic!("{operator}"));
        let case = Case { operator, values: &values, variables: Some(true) };
        text.map_or_else(|| case.absent(), |text| case.present(text, &[]))
    }

    #[test]
    fn an_absent_key_fails_positive_tests_and_passes_the_others() {
        for (operator, expected) in [
            ("StringEquals", No),
            ("stringequals", No),
            ("StringNotEquals", Yes),
            ("StringLike", No),
            ("StringNotLike", Yes),
            ("StringEqualsIgnoreCase", No),
            ("StringNotEqualsIgnoreCase", Yes),
            ("ArnLike", No),
            ("ArnEquals", No),
            ("ArnNotLike", Yes),
            ("ArnNotEquals", Yes),
            ("Bool", No),
            ("BoolIfExists", Yes),
            ("BinaryEquals", No),
            ("NumericLessThan", No),
            ("NumericNotEquals", Yes),
            ("NumericGreaterThanEqualsIfExists", Yes),
            ("DateGreaterThan", No),
            ("DateNotEquals", Yes),
            ("IpAddress", No),
            ("NotIpAddress", Yes),
            ("IpAddressIfExists", Yes),
            ("StringEqualsIfExists", Yes),
            ("StringNotEqualsIfExists", Yes),
            ("ForAnyValue:StringEquals", No),
            ("ForAnyValue:StringNotEquals", No),
            ("ForAllValues:StringEquals", Yes),
            ("ForAllValues:StringNotLike", Yes),
            ("ForAnyValue:StringLikeIfExists", Unknown),
        ] {
            assert_eq!(case(operator, &["x"], None), expected, "{operator}");
        }
        assert_eq!(case("Null", &["true"], None), Yes);
        assert_eq!(case("Null", &["false"], None), No);
        assert_eq!(case("Null", &["true"], Some(&Text::known("x"))), No);
        assert_eq!(case("Null", &["False"], Some(&Text::anything())), Yes);
    }

    #[test]
    fn a_present_key_is_compared() {
        for (operator, values, text, expected) in [
            ("StringEquals", &["a", "b"][..], "b", Yes),
            ("StringEquals", &["a*"], "ab", No),
            ("StringEquals", &["A"], "a", No),
            ("StringEqualsIgnoreCase", &["A"], "a", Yes),
            ("StringNotEqualsIgnoreCase", &["A"], "a", No),
            ("StringNotEquals", &["a", "b"], "b", No),
            ("StringNotEquals", &["a", "b"], "c", Yes),
            ("StringLike", &["a?c*"], "abcd", Yes),
            ("StringLike", &["A*"], "ab", No),
            ("StringNotLike", &["x*", "a*"], "ab", No),
            ("StringLike", &["${aws:username}"], "x", Unknown),
            ("StringLike", &["${aws:username}", "x"], "x", Yes),
            ("StringEquals", &["${*}"], "*", Yes),
            ("Bool", &["true"], "true", Yes),
            ("Bool", &["True"], "true", Yes),
            ("Bool", &["false"], "true", No),
            ("Bool", &["yes"], "true", Unknown),
            ("BinaryEquals", &["YQ=="], "YQ==", Yes),
            ("NumericLessThan", &["2"], "1.5", Yes),
            ("NumericLessThanEquals", &["1"], "1.0", Yes),
            ("NumericGreaterThan", &["1"], "1", No),
            ("NumericEquals", &["1"], "x", Unknown),
            ("NumericNotEquals", &["1", "2"], "2", No),
            ("DateLessThan", &["2026-01-01T00:00:00Z"], "2020-01-01T00:00:00Z", Unknown),
            ("IpAddress", &["0.0.0.0/0"], "1.2.3.4", Unknown),
            ("ForAnyValue:StringEquals", &["a", "b"], "a", Yes),
            ("ForAllValues:StringLike", &["a*"], "b", No),
            ("StringEqualsIfExists", &["a"], "b", No),
        ] {
            assert_eq!(case(operator, values, Some(&Text::known(text))), expected, "{operator} {values:?} {text}");
        }
    }

    #[test]
    fn variables_are_plain_text_in_a_policy_of_2008() {
        assert!(pattern("${aws:x}", true, Some(false)).is_some());
        assert!(pattern("${aws:x}", true, Some(true)).is_none());
        assert!(pattern("${*}", true, None).is_none());
        assert!(pattern("plain", true, None).is_some());
    }

    #[test]
    fn what_is_no_operator_is_not_guessed() {
        for name in ["StringMatches", "ForSomeValues:StringEquals", "NullIfExists", "ForAnyValue:Null", "", "IfExists"]
        {
            assert!(!is_operator(name), "{name}");
        }
    }
}
