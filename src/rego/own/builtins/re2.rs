//! The syntax of RE2, in which OPA has regular expressions, put for the `regex` crate: there, `\d`, `\w`, `\s` and `\b` are of all
//! of Unicode, brackets nest, and some is an error that RE2 takes for letters, or the other way round.
//!
//! Source: <https://github.com/google/re2/wiki/Syntax>, <https://pkg.go.dev/regexp/syntax>.

use regex::Regex;

/// The most that a part may be repeated.
const REPEATS: u32 = 1000;

/// The classes of ASCII that have names.
const NAMED: [&str; 14] = [
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper", "word",
    "xdigit",
];

/// The expression in the syntax of the crate, and the names of its groups.
pub(super) fn translated(text: &str) -> Option<(String, Vec<String>)> {
    let mut reader = Reader { rest: text, out: String::new(), names: vec![String::new()] };
    // Whether what stands before is repeated already.
    let mut repeated = false;
    while let Some(char) = reader.next() {
        let again = std::mem::take(&mut repeated);
        match char {
            '\\' => reader.escape()?,
            '[' => reader.class()?,
            '(' => reader.group()?,
            '*' | '+' | '?' => {
                reader.out.push(char);
                repeated = true;
            }
            '{' => match count(reader.rest) {
                Some((count, rest)) => {
                    reader.rest = rest;
                    reader.out.push_str(&count?);
                    repeated = true;
                }
                None => reader.literal('{'),
            },
            '.' | '^' | '$' | '|' | ')' => reader.out.push(char),
            other => reader.literal(other),
        }
        if repeated && again {
            return None;
        }
        if repeated && reader.accept("?") {
            reader.out.push('?');
        }
    }
    Some((reader.out, reader.names))
}

/// What stands between `{` and `}` if it is a count, in the syntax of the crate if it is a good one, and what follows.
fn count(rest: &str) -> Option<(Option<String>, &str)> {
    let (inside, after) = rest.split_once('}')?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (least, most) = inside.split_once(',').unwrap_or((inside, inside));
    if !digits(least) || !(most.is_empty() || digits(most)) {
        return None;
    }
    let number = |text: &str| text.parse::<u32>().ok().filter(|number| *number <= REPEATS);
    let good = match (number(least), number(most)) {
        (Some(least), Some(most)) => least <= most,
        (Some(_), None) => most.is_empty(),
        (None, _) => false,
    };
    Some((good.then(|| format!("{{{inside}}}")), after))
}

/// A character as itself.
fn hex(char: char) -> String {
    format!("\\x{{{:x}}}", u32::from(char))
}

/// What a class of Perl's holds, as it stands between brackets.
fn perl(class: char) -> Option<&'static str> {
    match class.to_ascii_lowercase() {
        'd' => Some("0-9"),
        's' => Some(r"\t\n\x0c\r\x20"),
        'w' => Some("0-9A-Za-z_"),
        _ => None,
    }
}

/// Reads an expression, and writes it in the syntax of the crate.
struct Reader<'t> {
    rest: &'t str,
    out: String,
    names: Vec<String>,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<char> {
        let char = self.rest.chars().next()?;
        self.rest = self.rest.get(char.len_utf8()..)?;
        Some(char)
    }

    fn accept(&mut self, text: &str) -> bool {
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn literal(&mut self, char: char) {
        self.out.push_str(&hex(char));
    }

    /// What follows `\` outside of brackets.
    fn escape(&mut self) -> Option<()> {
        let next = self.rest.chars().next()?;
        match next {
            'A' | 'z' => {
                self.out.extend(['\\', next]);
                self.next();
            }
            'b' | 'B' => {
                self.out.extend(["(?-u:\\", &next.to_string(), ")"]);
                self.next();
            }
            'Q' => {
                self.next();
                let (quoted, rest) = self.rest.split_once("\\E").unwrap_or((self.rest, ""));
                self.rest = rest;
                quoted.chars().for_each(|char| self.literal(char));
            }
            'E' => {
                self.next();
            }
            _ => {
                if let Some(set) = self.set()? {
                    self.out.push_str(&set);
                } else {
                    let char = self.escaped()?;
                    self.literal(char);
                }
            }
        }
        Some(())
    }

    /// What follows `\` if it is a class, in the syntax of the crate. Nothing at all if it is none that there is.
    #[allow(clippy::option_option, reason = "neither a class nor an error is a third thing")]
    fn set(&mut self) -> Option<Option<String>> {
        let next = self.rest.chars().next()?;
        if let Some(class) = perl(next) {
            self.next();
            let not = if next.is_ascii_uppercase() { "^" } else { "" };
            return Some(Some(format!("[{not}{class}]")));
        }
        if !matches!(next, 'p' | 'P') {
            return Some(None);
        }
        self.next();
        let mut not = next == 'P';
        let mut name = if self.accept("{") {
            let (name, rest) = self.rest.split_once('}')?;
            self.rest = rest;
            name.to_owned()
        } else {
            self.next()?.to_string()
        };
        if let Some(rest) = name.strip_prefix('^') {
            not = !not;
            name = rest.to_owned();
        }
        let letter = if not { 'P' } else { 'p' };
        if name == "Any" {
            return Some(Some(format!("\\{letter}{{Any}}")));
        }
        if !name.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_') {
            return None;
        }
        let kinds = ["gc", "sc"].into_iter().map(|kind| format!("\\{letter}{{{kind}={name}}}"));
        Some(Some({ kinds }.find(|set| Regex::new(set).is_ok())?))
    }

    /// The character that follows `\`.
    fn escaped(&mut self) -> Option<char> {
        let next = self.next()?;
        match next {
            'a' => Some('\x07'),
            'f' => Some('\x0c'),
            'n' => Some('\n'),
            'r' => Some('\r'),
            't' => Some('\t'),
            'v' => Some('\x0b'),
            '0'..='7' => {
                let octal = |char: &char| ('0'..='7').contains(char);
                // A digit alone would mean a group, which there is no looking back to.
                if next != '0' && !self.rest.chars().next().is_some_and(|char| octal(&char)) {
                    return None;
                }
                let mut value = next.to_digit(8)?;
                for _ in 0..2 {
                    if let Some(digit) = self.rest.chars().next().filter(octal) {
                        value = value * 8 + digit.to_digit(8)?;
                        self.next();
                    }
                }
                char::from_u32(value)
            }
            'x' => {
                let digits = if self.accept("{") {
                    let (digits, rest) = self.rest.split_once('}')?;
                    self.rest = rest;
                    digits
                } else {
                    let digits = self.rest.get(..2)?;
                    self.rest = self.rest.get(2..)?;
                    digits
                };
                let good = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
                good.then(|| u32::from_str_radix(digits, 16).ok()).flatten().and_then(char::from_u32)
            }
            other => (other.is_ascii() && !other.is_ascii_alphanumeric()).then_some(other),
        }
    }

    /// What follows `[`.
    fn class(&mut self) -> Option<()> {
        self.out.push('[');
        if self.accept("^") {
            self.out.push('^');
        }
        let mut first = true;
        loop {
            if !first && self.accept("]") {
                self.out.push(']');
                return Some(());
            }
            first = false;
            if self.rest.starts_with("[:") && self.rest.contains(":]") {
                let (name, rest) = self.rest.get(2..)?.split_once(":]")?;
                if !NAMED.contains(&name.strip_prefix('^').unwrap_or(name)) {
                    return None;
                }
                self.rest = rest;
                self.out.extend(["[:", name, ":]"]);
                continue;
            }
            if self.accept("\\") {
                if let Some(set) = self.set()? {
                    self.out.push_str(&set);
                    continue;
                }
                let low = self.escaped()?;
                self.range(low)?;
            } else {
                let low = self.next()?;
                self.range(low)?;
            }
        }
    }

    /// A character between brackets, or a range that begins with it.
    fn range(&mut self, low: char) -> Option<()> {
        self.literal(low);
        if self.rest.starts_with('-') && !self.rest.starts_with("-]") && self.rest.len() > 1 {
            self.next();
            let high = if self.accept("\\") { self.escaped()? } else { self.next()? };
            if high < low {
                return None;
            }
            self.out.push('-');
            self.literal(high);
        }
        Some(())
    }

    /// What follows `(`.
    fn group(&mut self) -> Option<()> {
        if !self.accept("?") {
            self.names.push(String::new());
            self.out.push('(');
            return Some(());
        }
        if self.accept("P<") || self.accept("<") {
            let (name, rest) = self.rest.split_once('>')?;
            if name.is_empty() || !name.chars().all(|char| char.is_alphanumeric() || char == '_') {
                return None;
            }
            self.rest = rest;
            self.names.push(name.to_owned());
            self.out.push('(');
            return Some(());
        }
        let end = self.rest.find([':', ')'])?;
        let flags = self.rest.get(..end)?;
        let bare = flags.replacen('-', "", 1);
        let empty = flags.ends_with('-') || (bare.is_empty() && !self.rest.starts_with(':'));
        if empty || !bare.chars().all(|flag| "imsU".contains(flag)) {
            return None;
        }
        let open = self.rest.get(..=end)?;
        self.out.push_str("(?");
        self.out.push_str(open);
        self.rest = self.rest.get(end + 1..)?;
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::translated;

    #[test]
    fn classes_are_those_of_ascii() {
        for (expression, expected) in [
            (r"\d", "[0-9]"),
            (r"\W", "[^0-9A-Za-z_]"),
            (r"[^\d]", "[^[0-9]]"),
            (r"\b", r"(?-u:\b)"),
            (r"a{2,}?", r"\x{61}{2,}?"),
            (r"{", r"\x{7b}"),
            (r"[&&]", r"[\x{26}\x{26}]"),
            (r"(?P<n>.)", "(.)"),
        ] {
            assert_eq!(translated(expression).unwrap().0, expected, "{expression}");
        }
    }
}
