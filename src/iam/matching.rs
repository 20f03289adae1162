//! Patterns against texts of which a part may be unknown: a bucket's objects, or the ARN of a distribution yet to be made.
//!
//! Two questions are asked of every pair, in time linear in pattern times text: can it match, and must it match.

use super::truth::Truth;

/// A text as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Text(Vec<Piece>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece {
    /// This character.
    Char(char),
    /// One unknown character.
    One(Class),
    /// Any number of unknown characters.
    Run(Class),
    /// Any number of characters that nobody doubts: whatever the pattern says there is right.
    Free(Class),
    /// One character that nobody can have written: only a wildcard stands for it.
    Unwritten,
}

/// The characters an unknown part is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// Any.
    Any,
    /// Digits, as of an account.
    Digit,
    /// Letters and digits.
    Alphanumeric,
    /// Capital letters and digits, as of a CloudFront id.
    Capital,
    /// Letters, digits, hyphens and dots, as of a bucket or a Region.
    Name,
}

impl Class {
    fn contains(self, c: char) -> bool {
        match self {
            Self::Any => true,
            Self::Digit => c.is_ascii_digit(),
            Self::Alphanumeric => c.is_ascii_alphanumeric(),
            Self::Capital => c.is_ascii_uppercase() || c.is_ascii_digit(),
            Self::Name => c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_'),
        }
    }
}

impl Text {
    pub(crate) fn known(text: &str) -> Self {
        Self(text.chars().map(Piece::Char).collect())
    }

    /// A text of which nothing is known.
    pub(crate) fn anything() -> Self {
        Self(vec![Piece::Run(Class::Any)])
    }

    #[must_use]
    pub(crate) fn then(mut self, text: &str) -> Self {
        self.0.extend(text.chars().map(Piece::Char));
        self
    }

    /// Followed by exactly `count` unknown characters.
    #[must_use]
    pub(crate) fn then_exactly(mut self, count: usize, class: Class) -> Self {
        self.0.extend(std::iter::repeat_n(Piece::One(class), count));
        self
    }

    /// Followed by one or more unknown characters.
    #[must_use]
    pub(crate) fn then_some(mut self, class: Class) -> Self {
        self.0.extend([Piece::One(class), Piece::Run(class)]);
        self
    }

    /// Followed by unknown characters that nothing written out can be: those of an id that is yet to be given.
    #[must_use]
    pub(crate) fn then_unwritten(mut self, class: Class) -> Self {
        self.0.extend([Piece::Run(class), Piece::Unwritten, Piece::Run(class)]);
        self
    }

    /// Followed by something that is taken to be whatever a pattern says.
    #[must_use]
    pub(crate) fn then_free(mut self, class: Class) -> Self {
        self.0.push(Piece::Free(class));
        self
    }

    /// The text, if all of it is known.
    pub(crate) fn whole(&self) -> Option<String> {
        let mut whole = String::with_capacity(self.0.len());
        for piece in &self.0 {
            let Piece::Char(c) = piece else { return None };
            whole.push(*c);
        }
        Some(whole)
    }

    #[must_use]
    fn lowered(&self) -> Self {
        Self(
            self.0
                .iter()
                .map(|piece| match piece {
                    Piece::Char(c) => Piece::Char(c.to_ascii_lowercase()),
                    Piece::One(Class::Capital) => Piece::One(Class::Alphanumeric),
                    Piece::Run(Class::Capital) => Piece::Run(Class::Alphanumeric),
                    other => *other,
                })
                .collect(),
        )
    }
}

/// One place of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token {
    Char(char),
    /// `?`
    One,
    /// `*`
    Many,
}

/// What a policy's string matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern(Vec<Token>);

impl Pattern {
    /// `*` and `?` stand for other characters.
    pub(crate) fn wild(text: &str) -> Self {
        Self(
            text.chars()
                .map(|c| match c {
                    '*' => Token::Many,
                    '?' => Token::One,
                    c => Token::Char(c),
                })
                .collect(),
        )
    }

    /// Every character stands for itself.
    pub(crate) fn literal(text: &str) -> Self {
        Self(text.chars().map(Token::Char).collect())
    }

    /// The policy's string with its variables: `${*}`, `${?}` and `${$}` are those characters; `None` if there is any
    /// other, whose value no plan knows.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>
    pub(crate) fn with_variables(text: &str, wild: bool) -> Option<Self> {
        let mut tokens = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let (name, behind) = after.split_once('}')?;
            let part = if wild { Self::wild(before) } else { Self::literal(before) };
            tokens.extend(part.0);
            match name {
                "*" => tokens.push(Token::Char('*')),
                "?" => tokens.push(Token::Char('?')),
                "$" => tokens.push(Token::Char('$')),
                _ => return None,
            }
            rest = behind;
        }
        tokens.extend(if wild { Self::wild(rest) } else { Self::literal(rest) }.0);
        Some(Self(tokens))
    }

    /// Whether it is `*` alone.
    pub(crate) fn is_everything(&self) -> bool {
        self.0 == [Token::Many]
    }

    /// Whether it matches the text from end to end, whatever the unknown parts of the text are.
    pub(crate) fn matches(&self, text: &Text) -> Truth {
        compare(&self.0, &text.0)
    }

    /// The same, ASCII letters of either case being equal.
    pub(crate) fn matches_ignoring_case(&self, text: &Text) -> Truth {
        let lowered: Vec<Token> = self
            .0
            .iter()
            .map(|token| match token {
                Token::Char(c) => Token::Char(c.to_ascii_lowercase()),
                other => *other,
            })
            .collect();
        compare(&lowered, &text.lowered().0)
    }

    /// The same for ARNs: "Each of the six colon-delimited components of the ARN is checked separately and each can
    /// include multi-character match wildcards (*) or single-character match wildcards (?)."
    ///
    /// What AWS makes of a pattern that is no ARN is not documented: if it could not match as plain text either, it does
    /// not match; otherwise that cannot be told.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN>
    pub(crate) fn matches_arn(&self, text: &Text) -> Truth {
        let patterns: Vec<&[Token]> = self.0.splitn(6, |token| *token == Token::Char(':')).collect();
        let texts: Vec<&[Piece]> = text.0.splitn(6, |piece| *piece == Piece::Char(':')).collect();
        if patterns.len() < 6 || texts.len() < 6 {
            return Truth::Unknown.and(self.matches(text));
        }
        Truth::all(patterns.iter().zip(texts).map(|(pattern, text)| compare(pattern, text)))
    }

    /// The same for a `Resource`, where `*` alone is everything.
    pub(crate) fn matches_resource(&self, text: &Text) -> Truth {
        if self.is_everything() { Truth::Yes } else { self.matches_arn(text) }
    }
}

/// Whether an action pattern of a policy (`s3:Get*`, `*`) names the action. Actions have no case.
pub(crate) fn action_matches(pattern: &str, action: &str) -> bool {
    Pattern::wild(pattern).matches_ignoring_case(&Text::known(action)) == Truth::Yes
}

fn compare(pattern: &[Token], text: &[Piece]) -> Truth {
    if !reaches_end(pattern, text, false) {
        Truth::No
    } else if reaches_end(pattern, text, true) {
        Truth::Yes
    } else {
        Truth::Unknown
    }
}

/// Runs the pattern over the text, all its places at once. With `must`, only `*` takes an unknown run and only `*` or `?` an
/// unknown character, so that what matches does so for every filling; without, they may be whatever the pattern needs.
fn reaches_end(pattern: &[Token], text: &[Piece], must: bool) -> bool {
    // `at[i]`: the text so far is matched by the first `i` tokens.
    let mut at = vec![false; pattern.len() + 1];
    if let Some(start) = at.first_mut() {
        *start = true;
    }
    skip_many(pattern, &mut at);
    for piece in text {
        let next = match *piece {
            Piece::Char(c) => step(pattern, &at, |token| match token {
                Token::Char(other) => other == c,
                Token::One | Token::Many => true,
            }),
            Piece::Unwritten => step(pattern, &at, |token| !matches!(token, Token::Char(_))),
            Piece::One(class) => step(pattern, &at, |token| match token {
                Token::Char(other) => !must && class.contains(other),
                Token::One | Token::Many => true,
            }),
            Piece::Run(_) if must => at
                .iter()
                .enumerate()
                .map(|(place, reached)| *reached && pattern.get(place) == Some(&Token::Many))
                .collect(),
            Piece::Run(class) | Piece::Free(class) => run(pattern, &at, class),
        };
        at = next;
        skip_many(pattern, &mut at);
    }
    at.last().copied().unwrap_or(false)
}

/// `*` may stand for nothing.
fn skip_many(pattern: &[Token], at: &mut [bool]) {
    let mut reached = false;
    for (place, flag) in at.iter_mut().enumerate() {
        *flag |= reached;
        reached = *flag && pattern.get(place) == Some(&Token::Many);
    }
}

/// The places reached by one more character that the token at hand takes.
fn step(pattern: &[Token], at: &[bool], takes: impl Fn(Token) -> bool) -> Vec<bool> {
    let mut next = vec![false; at.len()];
    for (place, token) in pattern.iter().enumerate() {
        if at.get(place) == Some(&true) && takes(*token) {
            let to = if *token == Token::Many { place } else { place + 1 };
            if let Some(flag) = next.get_mut(to) {
                *flag = true;
            }
        }
    }
    next
}

/// The places reached by any number of characters of a class.
fn run(pattern: &[Token], at: &[bool], class: Class) -> Vec<bool> {
    let mut next = at.to_vec();
    let mut reached = false;
    for (place, flag) in next.iter_mut().enumerate() {
        *flag |= reached;
        reached = *flag
            && match pattern.get(place) {
                Some(Token::Char(c)) => class.contains(*c),
                Some(Token::One | Token::Many) => true,
                None => false,
            };
    }
    next
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Truth::{No, Unknown, Yes};
    use super::*;

    fn objects(base: &str) -> Text {
        Text::known(base).then_some(Class::Any)
    }

    #[test]
    fn patterns_over_the_objects_of_a_bucket() {
        let text = objects("arn:aws:s3:::site/app/");
        for (pattern, expected) in [
            ("*", Yes),
            ("arn:aws:s3:::*", Yes),
            ("arn:aws:s3:::site/*", Yes),
            ("arn:aws:s3:::site*", Yes),
            ("arn:aws:s3:::si?e/*", Yes),
            ("arn:*:s3:::site/*", Yes),
            ("arn:aws:s3:::site/app/*", Yes),
            ("arn:aws:s3:::site/app/?*", Yes),
            ("arn:aws:s3:::site/app/**", Yes),
            ("arn:aws:s3:::site/app/img/*", Unknown),
            ("arn:aws:s3:::site/*.html", Unknown),
            ("arn:aws:s3:::site/app/??*", Unknown),
            ("arn:aws:s3:::site/app/index.html", Unknown),
            ("arn:aws:s3:::site/other/*", No),
            ("arn:aws:s3:::site/app/", No),
            ("arn:aws:s3:::site/", No),
            ("arn:aws:s3:::site", No),
            ("arn:aws:s3:::other/*", No),
            ("arn:aws-cn:s3:::site/*", No),
            ("arn:aws:s3:*", Unknown),
            ("arn:aws:sqs:*", No),
            ("s3:site/*", No),
            ("", No),
        ] {
            assert_eq!(Pattern::wild(pattern).matches_resource(&text), expected, "{pattern}");
        }
    }

    #[test]
    fn a_wildcard_in_an_arn_does_not_cross_a_colon_before_the_resource() {
        let arn = Text::known("arn:aws:cloudfront::111122223333:distribution/E1");
        for (pattern, expected) in [
            ("arn:aws:cloudfront::111122223333:distribution/E1", Yes),
            ("arn:aws:cloudfront::*:distribution/*", Yes),
            ("arn:aws:cloudfront:*:1111*:*", Yes),
            ("arn:aws:cloudfront::*", Unknown),
            ("*", Unknown),
            ("arn:*:distribution/E1", Unknown),
            ("arn:aws:cloudfront::*:distribution/E2", No),
            ("arn:aws:cloudfront:us-east-1:*:distribution/*", No),
        ] {
            assert_eq!(Pattern::wild(pattern).matches_arn(&arn), expected, "{pattern}");
        }
    }

    #[test]
    fn an_id_yet_to_be_given_is_met_by_wildcards_alone() {
        let id = Text::known("distribution/E").then_unwritten(Class::Capital);
        for (pattern, expected) in [
            ("distribution/*", Yes),
            ("distribution/E*", Yes),
            ("distribution/E?*", Unknown),
            ("distribution/E?QWRUHAPOMQZL", Unknown),
            ("*", Yes),
            ("distribution/E2*", Unknown),
            ("distribution/E*Z", Unknown),
            ("distribution/E2QWRUHAPOMQZ?", Unknown),
            ("distribution/E2QWRUHAPOMQZL", No),
            ("distribution/Ea*", No),
            ("distribution/K*", No),
            ("distribution/e*", No),
            ("distribution/E", No),
            ("distribution/", No),
        ] {
            assert_eq!(Pattern::wild(pattern).matches(&id), expected, "{pattern}");
        }
        assert_eq!(Pattern::wild("Distribution/e*").matches_ignoring_case(&id), Yes);
        assert_eq!(Pattern::wild("distribution/e2*").matches_ignoring_case(&id), Unknown);
        assert_eq!(Pattern::literal("distribution/E2*").matches(&id), No);
    }

    #[test]
    fn variables_that_stand_for_themselves_are_characters() {
        let matches = |pattern: &str, text: &str| {
            Pattern::with_variables(pattern, true).map(|pattern| pattern.matches(&Text::known(text)))
        };
        assert_eq!(matches("a${*}b*", "a*bcd"), Some(Yes));
        assert_eq!(matches("a${*}b", "axb"), Some(No));
        assert_eq!(matches("${$}{x}${?}", "${x}?"), Some(Yes));
        assert_eq!(matches("${aws:username}", "x"), None);
        assert_eq!(matches("${aws:username, 'x'}", "x"), None);
        assert_eq!(matches("${open", "x"), None);
    }

    #[test]
    fn actions_have_no_case_and_take_wildcards() {
        for pattern in ["s3:GetObject", "S3:getobject", "s3:Get*", "s3:*", "*", "s3:Get?bject"] {
            assert!(action_matches(pattern, "s3:GetObject"), "{pattern}");
        }
        for pattern in ["s3:GetObjectVersion", "s3:Put*", "kms:*", "s3:GetObjec", ""] {
            assert!(!action_matches(pattern, "s3:GetObject"), "{pattern}");
        }
    }

    #[test]
    fn a_hostile_pattern_is_no_trouble() {
        let pattern = "*a".repeat(30_000);
        assert_eq!(Pattern::wild(&pattern).matches(&Text::known(&"a".repeat(200))), No);
    }

    /// The textbook definition, for comparison.
    fn plain(pattern: &[char], text: &[char]) -> bool {
        match (pattern.split_first(), text.split_first()) {
            (None, None) => true,
            (Some(('*', rest)), _) if plain(rest, text) => true,
            (Some(('*', _)), Some((_, text))) => plain(pattern, text),
            (Some(('?', rest)), Some((_, text))) => plain(rest, text),
            (Some((p, rest)), Some((t, text))) if p == t => plain(rest, text),
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn an_id_once_given_never_contradicts(
            before in "[E2a]{0,3}", wildcard in "[*?]", after in "[E2a*?]{0,3}", id in "[E2Z]{1,5}",
        ) {
            let pattern = Pattern::wild(&format!("E{before}{wildcard}{after}"));
            let unwritten = pattern.matches(&Text::known("E").then_unwritten(Class::Capital));
            let given = pattern.matches(&Text::known(&format!("E{id}")));
            prop_assert!(unwritten == Unknown || unwritten == given, "{unwritten:?} {given:?}");
        }

        #[test]
        fn known_texts_match_as_the_definition_says(pattern in "[ab*?]{0,7}", text in "[ab]{0,7}") {
            let expected = plain(&pattern.chars().collect::<Vec<_>>(), &text.chars().collect::<Vec<_>>());
            prop_assert_eq!(Pattern::wild(&pattern).matches(&Text::known(&text)), Truth::from(expected));
        }

        #[test]
        fn filling_what_is_unknown_never_contradicts(
            pattern in "[ab:*?]{0,7}", before in "[ab:]{0,3}", filling in "[ab]{1,3}", after in "[ab:]{0,3}",
        ) {
            let partly = Text::known(&before).then_some(Class::Alphanumeric).then(&after);
            let filled = Text::known(&format!("{before}{filling}{after}"));
            let pattern = Pattern::wild(&pattern);
            for (partly, filled) in [
                (pattern.matches(&partly), pattern.matches(&filled)),
                (pattern.matches_arn(&partly), pattern.matches_arn(&filled)),
                (pattern.matches_resource(&partly), pattern.matches_resource(&filled)),
            ] {
                prop_assert!(partly == Unknown || filled == Unknown || partly == filled, "{partly:?} {filled:?}");
            }
        }
    }
}
