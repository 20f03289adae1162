//! `sprintf` as OPA has it, which is Go's: an argument that is missing, one too many, or one that does not fit is told in the
//! text. The interpreter's own gives nothing then, and the message would be lost with the failure that it tells.
//!
//! Source: <https://pkg.go.dev/fmt>.

use std::fmt::Write as _;
use std::iter::Peekable;
use std::str::Chars;

use regorus::Value;

use super::super::super::error::PolicyError;
use super::number::{self, Style};

/// Larger widths are passed over, as Go does with some larger still, and larger precisions cut to it.
const LARGEST: usize = 65_535;

/// What is put in the place of a verb.
enum Argument {
    Text(String),
    /// A whole number, in decimal, and as a number where it is not too large.
    Whole(String, Option<i128>),
    Fraction(f64),
}

/// The function: a format and a list of arguments. Anything else is undefined.
#[allow(clippy::unnecessary_wraps, reason = "it is one of several functions, and others fail")]
pub(super) fn call(of: &[Value]) -> Result<Value, PolicyError> {
    let [Value::String(format), Value::Array(arguments)] = of else { return Ok(Value::Undefined) };
    let arguments: Vec<Argument> = arguments.iter().map(argument).collect();
    Ok(Value::from(formatted(format, &arguments)))
}

fn argument(value: &Value) -> Argument {
    match value {
        Value::String(text) => Argument::Text(text.to_string()),
        Value::Number(number) if number.is_integer() => {
            let text = number.format_decimal();
            let number = text.parse().ok();
            Argument::Whole(text, number)
        }
        Value::Number(number) => match number.as_f64() {
            Some(fraction) => Argument::Fraction(fraction),
            None => Argument::Text(number.format_decimal()),
        },
        other => Argument::Text(written(other)),
    }
}

/// A value as Rego writes it.
fn written(value: &Value) -> String {
    let all = |values: &mut dyn Iterator<Item = &Value>| values.map(written).collect::<Vec<_>>().join(", ");
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(truth) => truth.to_string(),
        Value::String(text) => quoted(text),
        Value::Array(items) => format!("[{}]", all(&mut items.iter())),
        Value::Set(items) if items.is_empty() => "set()".to_owned(),
        Value::Set(items) => format!("{{{}}}", all(&mut items.iter())),
        Value::Object(members) => {
            let members = members.iter().map(|(key, value)| format!("{}: {}", written(key), written(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        }
        Value::Number(number) => number.format_decimal(),
        Value::Undefined => String::new(),
    }
}

/// A text in quotes, as Go writes them.
fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\x07' => out.push_str("\\a"),
            '\x08' => out.push_str("\\b"),
            '\x0b' => out.push_str("\\v"),
            '\x0c' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            char if u32::from(char) < 0x80 && char.is_control() => drop(write!(out, "\\x{:02x}", u32::from(char))),
            char if char != ' ' && !printed(char) => match u32::from(char) {
                code @ ..=0xffff => drop(write!(out, "\\u{code:04x}")),
                code => drop(write!(out, "\\U{code:08x}")),
            },
            char => out.push(char),
        }
    }
    out.push('"');
    out
}

/// Whether Go puts the character as it is.
fn printed(char: char) -> bool {
    // What combines with a letter is only escaped where it comes first.
    let text: String = ['a', char].iter().collect();
    !char.is_whitespace() && text.escape_debug().nth(1) != Some('\\') || char == '\''
}

fn formatted(format: &str, arguments: &[Argument]) -> String {
    let mut out = String::new();
    let mut chars = format.chars().peekable();
    let (mut next, mut reordered) = (0, false);
    while let Some(char) = chars.next() {
        if char != '%' {
            out.push(char);
            continue;
        }
        let mut style = flags(&mut chars);
        let mut good = index(&mut chars, arguments.len(), &mut next, &mut reordered);
        style.width = size(&mut chars, arguments, &mut next).filter(|width| *width <= LARGEST);
        if chars.next_if_eq(&'.').is_some() {
            good &= index(&mut chars, arguments.len(), &mut next, &mut reordered);
            style.precision = Some(size(&mut chars, arguments, &mut next).unwrap_or(0).min(LARGEST));
        }
        good &= index(&mut chars, arguments.len(), &mut next, &mut reordered);
        match (chars.next(), arguments.get(next)) {
            (None, _) => out.push_str("%!(NOVERB)"),
            (Some('%'), _) => out.push('%'),
            (Some(verb), _) if !good => drop(write!(out, "%!{verb}(BADINDEX)")),
            (Some(verb), None) => drop(write!(out, "%!{verb}(MISSING)")),
            (Some(verb), Some(argument)) => {
                out.push_str(&put(argument, verb, &style));
                next += 1;
            }
        }
    }
    let left = arguments.get(next..).unwrap_or_default();
    if !reordered && !left.is_empty() {
        let left: Vec<String> = left.iter().map(typed).collect();
        let _ = write!(out, "%!(EXTRA {})", left.join(", "));
    }
    out
}

fn flags(chars: &mut Peekable<Chars<'_>>) -> Style {
    let mut style = Style::default();
    while let Some(flag) = chars.next_if(|char| "#0+- ".contains(*char)) {
        match flag {
            '#' => style.sharp = true,
            '0' => style.zero = true,
            '+' => style.plus = true,
            '-' => style.minus = true,
            _ => style.space = true,
        }
    }
    style
}

/// `[n]`, which says what argument comes next. Whether it is one, if it is there.
fn index(chars: &mut Peekable<Chars<'_>>, count: usize, next: &mut usize, reordered: &mut bool) -> bool {
    if chars.next_if_eq(&'[').is_none() {
        return true;
    }
    *reordered = true;
    let mut digits = String::new();
    for char in chars.by_ref() {
        if char == ']' {
            break;
        }
        digits.push(char);
    }
    match digits.parse::<usize>().ok().and_then(|number| number.checked_sub(1)).filter(|at| *at < count) {
        Some(at) => {
            *next = at;
            true
        }
        None => false,
    }
}

/// A width or a precision: digits, or `*` for the next argument.
fn size(chars: &mut Peekable<Chars<'_>>, arguments: &[Argument], next: &mut usize) -> Option<usize> {
    if chars.next_if_eq(&'*').is_some() {
        let at = *next;
        *next += 1;
        return match arguments.get(at)? {
            Argument::Whole(_, Some(number)) => usize::try_from(*number).ok(),
            _ => None,
        };
    }
    let mut digits = String::new();
    while let Some(digit) = chars.next_if(char::is_ascii_digit) {
        digits.push(digit);
    }
    (!digits.is_empty()).then(|| digits.parse().unwrap_or(usize::MAX))
}

/// The argument in the place of `verb`.
fn put(argument: &Argument, verb: char, style: &Style) -> String {
    if verb == 'T' {
        return style.padded(kind(argument));
    }
    let put = match argument {
        Argument::Text(text) => put_text(text, verb, style),
        Argument::Whole(_, Some(number)) => number::whole(*number, verb, style),
        Argument::Whole(text, None) => {
            "vds".contains(verb).then(|| style.padded(&if style.plus { format!("+{text}") } else { text.clone() }))
        }
        Argument::Fraction(fraction) => number::fraction(*fraction, verb, style),
    };
    put.unwrap_or_else(|| format!("%!{verb}({})", typed(argument)))
}

fn put_text(text: &str, verb: char, style: &Style) -> Option<String> {
    let cut: String = text.chars().take(style.precision.unwrap_or(usize::MAX)).collect();
    let text = match verb {
        'v' if style.sharp => quoted(&cut),
        'v' | 's' => cut,
        'q' => quoted(&cut),
        'x' => hex(text),
        'X' => hex(text).to_uppercase(),
        _ => return None,
    };
    Some(style.padded(&text))
}

fn hex(text: &str) -> String {
    let digits = text.bytes().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

/// The argument with the name of its type in Go.
fn typed(argument: &Argument) -> String {
    format!("{}={}", kind(argument), put(argument, 'v', &Style::default()))
}

fn kind(argument: &Argument) -> &'static str {
    match argument {
        Argument::Text(_) => "string",
        Argument::Whole(_, Some(_)) => "int64",
        Argument::Whole(_, None) => "*big.Int",
        Argument::Fraction(_) => "float64",
    }
}

#[cfg(test)]
mod tests {
    use regorus::Value;
    use serde_json::json;

    use super::call;

    fn sprintf(format: &str, arguments: serde_json::Value) -> String {
        let answer = call(&[Value::from(format), Value::from(arguments)]).unwrap();
        answer.as_string().unwrap().to_string()
    }

    #[test]
    fn verbs_put_arguments_in_their_place() {
        for (format, arguments, expected) in [
            ("%s is %v", json!(["a", "b"]), "a is b"),
            (
                "%d|%5d|%-5d|%05d|%+d|% d|%x|%#x|%o|%b|%c|%U",
                json!([7, 7, 7, 7, 7, 7, 255, 255, 8, 5, 65, 65]),
                "7|    7|7    |00007|+7| 7|ff|0xff|10|101|A|U+0041",
            ),
            ("%d %v", json!([-7, 9_007_199_254_740_993_i64]), "-7 9007199254740993"),
            ("%5s|%-5s|%.1s|%q|%x", json!(["ab", "ab", "ab", "a\"b", "ab"]), "   ab|ab   |a|\"a\\\"b\"|6162"),
            ("%v %v %v %v", json!([true, null, ["a", 1], {"k": [1.5]}]), "true null [\"a\", 1] {\"k\": [1.5]}"),
            (
                "%v %.2f %6.1f %-6.1f| %e %g",
                json!([1.5, 1.005, 2.25, 2.25, 1234.5, 1e-7]),
                "1.5 1.00    2.2 2.2   | 1.234500e+03 1e-07",
            ),
            ("%v %v", json!([12_345_678.5, 0.000_012_5]), "1.23456785e+07 1.25e-05"),
            ("100%% %[2]s %[1]s", json!(["a", "b"]), "100% b a"),
            ("%*d|%.*f", json!([4, 7, 1, 2.55]), "   7|2.5"),
            ("é%sé", json!(["ü"]), "éüé"),
        ] {
            assert_eq!(sprintf(format, arguments), expected, "{format}");
        }
    }

    #[test]
    fn what_does_not_fit_is_told() {
        for (format, arguments, expected) in [
            ("%s %d", json!(["a"]), "a %!d(MISSING)"),
            ("%s", json!(["a", "b", 7]), "a%!(EXTRA string=b, int64=7)"),
            ("%d", json!(["a"]), "%!d(string=a)"),
            ("%s", json!([7]), "%!s(int64=7)"),
            ("%d", json!([1.5]), "%!d(float64=1.5)"),
            ("%t", json!([true]), "%!t(string=true)"),
            ("%f", json!([7]), "%!f(int64=7)"),
            ("%y", json!(["a"]), "%!y(string=a)"),
            ("%[3]s", json!(["a"]), "%!s(BADINDEX)"),
            ("end %", json!([]), "end %!(NOVERB)"),
            ("%2000000000d|%.70000s|%*d", json!([1, "a", 99_999, 2]), "1|a|2"),
            ("none", json!([]), "none"),
        ] {
            assert_eq!(sprintf(format, arguments), expected, "{format}");
        }
    }

    #[test]
    fn anything_but_a_format_and_a_list_is_undefined() {
        assert_eq!(call(&[Value::from("a"), Value::from("b")]).unwrap(), Value::Undefined);
    }
}
