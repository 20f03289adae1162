//! `units.*` as OPA has it: the interpreter takes more units, and rounds where OPA cuts.
//!
//! Source: <https://www.openpolicyagent.org/docs/policy-reference/builtins/units>.

use regorus::Value;

/// Powers of 1000 and of 1024, from the smallest.
const LETTERS: &str = "kmgtpe";

/// A number with a unit such as `100m`, `10K` or `1.5Gi`.
pub(super) fn parse(of: &[Value]) -> Option<Value> {
    let (number, unit) = split(of)?;
    let mut chars = unit.chars();
    match (chars.next(), chars.next(), chars.next()) {
        (None, ..) => value(&number, 1, 0),
        (Some('m'), None, _) => value(&number, 1, 3),
        (Some(letter), None, _) => value(&number, 1000_i128.checked_pow(power(letter)?)?, 0),
        (Some(letter), Some('i' | 'I'), None) => value(&number, 1024_i128.checked_pow(power(letter)?)?, 0),
        _ => None,
    }
}

/// A number of bytes such as `10KB`, `10k` or `1.5GiB`, without what is left of a byte.
pub(super) fn parse_bytes(of: &[Value]) -> Option<Value> {
    let (number, unit) = split(of)?;
    let unit = unit.to_ascii_lowercase();
    let unit = unit.strip_suffix('b').filter(|unit| !unit.is_empty()).unwrap_or(&unit);
    let mut chars = unit.chars();
    let times = match (chars.next(), chars.next(), chars.next()) {
        (None, ..) => 1,
        (Some(letter), None, _) => 1000_i128.checked_pow(power(letter)?)?,
        (Some(letter), Some('i'), None) => 1024_i128.checked_pow(power(letter)?)?,
        _ => return None,
    };
    let whole = number.digits.checked_mul(times)? / 10_i128.checked_pow(number.places)?;
    Some(Value::from(i64::try_from(whole).ok()?))
}

/// A decimal number: its digits, and how many of them come after the point.
struct Decimal {
    digits: i128,
    places: u32,
}

fn power(letter: char) -> Option<u32> {
    let at = LETTERS.find(letter.to_ascii_lowercase())?;
    u32::try_from(at + 1).ok()
}

/// The number, and the unit after it.
fn split(of: &[Value]) -> Option<(Decimal, String)> {
    let [Value::String(text)] = of else { return None };
    let text = text.replace('"', "");
    let end = text.find(|char: char| !(char.is_ascii_digit() || "+-.".contains(char))).unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(end)?;
    // `1e3` is a number, and `1e` is one with a unit.
    if let Some(exponent) = unit.strip_prefix(['e', 'E'])
        && exponent.contains(|char: char| char.is_ascii_digit())
    {
        let end = exponent.find(|char: char| !(char.is_ascii_digit() || "+-".contains(char))).unwrap_or(exponent.len());
        let (exponent, unit) = exponent.split_at_checked(end)?;
        let number = decimal(number)?;
        let exponent: i32 = exponent.parse().ok()?;
        let factor = 10_i128.checked_pow(exponent.unsigned_abs())?;
        let number = if exponent < 0 {
            Decimal { digits: number.digits, places: number.places + exponent.unsigned_abs() }
        } else {
            Decimal { digits: number.digits.checked_mul(factor)?, places: number.places }
        };
        return Some((number, unit.to_owned()));
    }
    Some((decimal(number)?, unit.to_owned()))
}

fn decimal(text: &str) -> Option<Decimal> {
    let (sign, amount) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, part) = amount.split_once('.').unwrap_or((amount, ""));
    let digits = format!("{whole}{part}");
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(Decimal { digits: digits.parse::<i128>().ok()? * sign, places: u32::try_from(part.len()).ok()? })
}

/// `number` times `times`, by a thousand as often as `less` has zeros.
fn value(number: &Decimal, times: i128, less: u32) -> Option<Value> {
    let digits = number.digits.checked_mul(times)?;
    let places = number.places + less;
    let divisor = 10_i128.checked_pow(places)?;
    if digits % divisor == 0 {
        let whole = digits / divisor;
        return match i64::try_from(whole) {
            Ok(whole) => Some(Value::from(whole)),
            Err(_) => Value::from_numeric_string(&whole.to_string()).ok(),
        };
    }
    Value::from_numeric_string(&format!("{digits}e-{places}")).ok()
}
