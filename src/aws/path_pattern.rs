//! Which paths a cache behaviour answers for, to tell whether an object is ever asked for through an origin.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html#DownloadDistValuesPathPattern>.

/// The path pattern of a cache behaviour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathPattern {
    /// Of the default behaviour: whatever no other takes.
    Everything,
    /// Without its leading slash, which may be left out.
    Pattern(Vec<char>),
    /// Known after apply.
    Unknown,
}

impl PathPattern {
    /// Reads a pattern as it is written: `*` stands for any characters, `?` for one.
    #[must_use]
    pub fn of(pattern: &str) -> Self {
        Self::Pattern(pattern.strip_prefix('/').unwrap_or(pattern).chars().collect())
    }

    /// What all paths that fit begin with, a slash first; none if that cannot be told.
    #[must_use]
    pub fn literal_start(&self) -> Option<String> {
        match self {
            Self::Everything => Some("/".to_owned()),
            Self::Unknown => None,
            Self::Pattern(pattern) => {
                let start = pattern.iter().take_while(|token| !matches!(token, '*' | '?'));
                Some(std::iter::once(&'/').chain(start).collect())
            }
        }
    }

    /// Whether a path fits; none if that cannot be told. Case matters, and the query is no part of the path.
    #[must_use]
    pub fn matches(&self, path: &str) -> Option<bool> {
        match self {
            Self::Everything => Some(true),
            Self::Unknown => None,
            Self::Pattern(pattern) => {
                let path: Vec<char> = path.strip_prefix('/').unwrap_or(path).chars().collect();
                Some(fits(pattern, &path))
            }
        }
    }

    /// Whether all paths that begin like this fit, or none does; none if some do and some do not, or that cannot be told.
    #[must_use]
    pub fn matches_all_under(&self, start: &str) -> Option<bool> {
        match self {
            Self::Everything => Some(true),
            Self::Unknown => None,
            Self::Pattern(pattern) => {
                let start: Vec<char> = start.strip_prefix('/').unwrap_or(start).chars().collect();
                let places = places(pattern, &start);
                if places.contains(&true) {
                    (pattern.ends_with(&['*']) && places.last() == Some(&true)).then_some(true)
                } else {
                    Some(false)
                }
            }
        }
    }
}

/// Whether a path is written alike as it is and in a URL.
#[must_use]
pub fn is_plain(path: &str) -> bool {
    path.bytes().all(goes_as_it_is)
}

/// The path as it is written in a URL.
#[must_use]
pub fn encoded(path: &str) -> String {
    let write = |byte: u8| if goes_as_it_is(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    path.bytes().map(write).collect()
}

/// Source: <https://www.rfc-editor.org/rfc/rfc3986#section-3.3>.
fn goes_as_it_is(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/".contains(&byte)
}

/// Whether a pattern fits a path.
fn fits(pattern: &[char], path: &[char]) -> bool {
    places(pattern, path).last() == Some(&true)
}

/// The places of the pattern that are reached once the path is read. All are followed at once, so that no pattern takes
/// longer than its length times that of the path.
fn places(pattern: &[char], path: &[char]) -> Vec<bool> {
    let skip_stars = |at: &mut Vec<bool>| {
        for place in 0..pattern.len() {
            if at.get(place) == Some(&true)
                && pattern.get(place) == Some(&'*')
                && let Some(next) = at.get_mut(place + 1)
            {
                *next = true;
            }
        }
    };
    let mut at = vec![false; pattern.len() + 1];
    if let Some(start) = at.first_mut() {
        *start = true;
    }
    skip_stars(&mut at);
    for c in path {
        let mut next = vec![false; at.len()];
        for (place, token) in pattern.iter().enumerate().filter(|(place, _)| at.get(*place) == Some(&true)) {
            let to = match token {
                '*' => place,
                token if *token == '?' || token == c => place + 1,
                _ => continue,
            };
            if let Some(flag) = next.get_mut(to) {
                *flag = true;
            }
        }
        at = next;
        skip_stars(&mut at);
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_paths_under_a_start_fit_some_or_none() {
        for (pattern, start, expected) in [
            ("assets/*", "/assets/", Some(true)),
            ("assets/*", "/assets/img/", Some(true)),
            ("*", "/", Some(true)),
            ("assets/*", "/ledger/", Some(false)),
            ("assets/*", "/as", None),
            ("assets/*", "/", None),
            ("*.png", "/img/", None),
            ("a/b", "/a/b", None),
            ("a/b", "/a/b/c", Some(false)),
        ] {
            assert_eq!(PathPattern::of(pattern).matches_all_under(start), expected, "{pattern} {start}");
        }
        assert_eq!(PathPattern::Everything.matches_all_under("/a"), Some(true));
        assert_eq!(PathPattern::Unknown.matches_all_under("/a"), None);
    }

    #[test]
    fn stars_and_question_marks_stand_for_characters_slashes_included() {
        for (pattern, path, expected) in [
            ("*", "/a/b", true),
            ("/img/*", "/img/a/b.png", true),
            ("img/*", "/img/", true),
            ("/img/*", "/img", false),
            ("*.jpg", "/a/b.jpg", true),
            ("*.jpg", "/a/b.JPG", false),
            ("/a?c", "/abc", true),
            ("/a?c", "/ac", false),
            ("/index.html", "/index.html", true),
            ("/index.html", "/x/index.html", false),
            ("", "/", true),
        ] {
            assert_eq!(PathPattern::of(pattern).matches(path), Some(expected), "{pattern} {path}");
        }
        assert_eq!(PathPattern::Unknown.matches("/"), None);
        let long = "*a".repeat(2000);
        assert_eq!(PathPattern::of(&long).matches(&"a".repeat(500)), Some(false));
    }
}
