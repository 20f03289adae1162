//! Functions of time where the interpreter reads more than OPA, or less.
//!
//! Source: <https://www.openpolicyagent.org/docs/policy-reference/builtins/time>, <https://pkg.go.dev/time>.

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{Span, Timestamp};
use regorus::Value;

/// An instant some years, months and days later. What is no day of a month is one of the next: a year after the 29th of
/// February is the 1st of March, where the interpreter has nothing.
pub(super) fn add_date(of: &[Value]) -> Option<Value> {
    let numbers: Vec<i64> = of.iter().map(|value| value.as_i64().ok()).collect::<Option<_>>()?;
    let [instant, years, months, days] = numbers.as_slice() else { return None };
    later(*instant, *years, *months, *days).map(Value::from)
}

fn later(instant: i64, years: i64, months: i64, days: i64) -> Option<i64> {
    let from = Offset::UTC.to_datetime(Timestamp::from_nanosecond(i128::from(instant)).ok()?);
    let month = i64::from(from.year()).checked_add(years)?.checked_mul(12)?.checked_add(months)?;
    let month = month.checked_add(i64::from(from.month()) - 1)?;
    let (year, month) = (i16::try_from(month.div_euclid(12)).ok()?, i8::try_from(month.rem_euclid(12) + 1).ok()?);
    let first = Date::new(year, month, 1).ok()?.to_datetime(from.time());
    let days = Span::new().try_days(days.checked_add(i64::from(from.day()) - 1)?).ok()?;
    let then = Offset::UTC.to_timestamp(first.checked_add(days).ok()?).ok()?;
    i64::try_from(then.as_nanosecond()).ok()
}

/// The instant of a text such as `2024-02-29T12:00:00.5+01:00`.
pub(super) fn parse_rfc3339(of: &[Value]) -> Option<Value> {
    let [Value::String(text)] = of else { return None };
    instant(text).map(Value::from)
}

fn instant(text: &str) -> Option<i64> {
    let (date, time) = text.split_once('T')?;
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let zone = time.find(['Z', '+', '-'])?;
    let (time, zone) = time.split_at_checked(zone)?;
    let (time, fraction) = time.split_once(['.', ',']).map_or((time, None), |(time, rest)| (time, Some(rest)));
    // Go takes an hour of one digit.
    let short = time.find(':') == Some(1);
    let [hour, minute, second] = numbers(time, ':', [if short { 1 } else { 2 }, 2, 2])?;
    let nanoseconds = match fraction {
        None => 0,
        Some(digits) if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            let nine: String = digits.chars().chain(std::iter::repeat('0')).take(9).collect();
            nine.parse().ok()?
        }
        Some(_) => return None,
    };
    let away = match zone.split_at_checked(1)? {
        ("Z", "") => 0,
        (sign, rest) => {
            let [hours, minutes] = numbers(rest, ':', [2, 2])?;
            if hours > 24 || minutes > 59 {
                return None;
            }
            (hours * 60 + minutes) * if sign == "-" { -60 } else { 60 }
        }
    };
    let small = |number: i64| i8::try_from(number).ok();
    let date = Date::new(i16::try_from(year).ok()?, small(month)?, small(day)?).ok()?;
    let then =
        date.to_datetime(jiff::civil::Time::new(small(hour)?, small(minute)?, small(second)?, nanoseconds).ok()?);
    let then = Offset::UTC.to_timestamp(then).ok()?.as_nanosecond() - i128::from(away) * 1_000_000_000;
    i64::try_from(then).ok()
}

/// Numbers of so many digits, with `between` in between.
fn numbers<const N: usize>(text: &str, between: char, digits: [usize; N]) -> Option<[i64; N]> {
    let parts: Vec<&str> = text.split(between).collect();
    let good = parts.len() == N
        && parts
            .iter()
            .zip(digits)
            .all(|(part, digits)| part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit()));
    if !good {
        return None;
    }
    parts.iter().map(|part| part.parse().ok()).collect::<Option<Vec<i64>>>()?.try_into().ok()
}

/// The length of a time such as `1h30m`, in nanoseconds.
pub(super) fn parse_duration(of: &[Value]) -> Option<Value> {
    let [Value::String(text)] = of else { return None };
    duration(text).map(Value::from)
}

/// What units are called, with their nanoseconds; what begins like another comes after it.
const UNITS: [(&str, i128); 11] = [
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("μs", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
    ("d", 86_400_000_000_000),
    ("w", 604_800_000_000_000),
    ("y", 31_536_000_000_000_000),
];

fn duration(text: &str) -> Option<i64> {
    let (sign, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(0);
    }
    let mut total = 0_i128;
    loop {
        let end = rest.find(|char: char| !(char.is_ascii_digit() || char == '.'))?;
        let (number, after) = rest.split_at_checked(end)?;
        let (whole, part) = number.split_once('.').unwrap_or((number, ""));
        let digits = format!("{whole}{part}");
        if digits.is_empty() || part.contains('.') || digits.len() > 20 {
            return None;
        }
        let (name, length) = UNITS.iter().find(|(name, _)| after.starts_with(name))?;
        let amount = digits.parse::<i128>().ok()?.checked_mul(*length)?;
        total = total.checked_add(amount / 10_i128.checked_pow(u32::try_from(part.len()).ok()?)?)?;
        rest = after.strip_prefix(name)?;
        if rest.is_empty() {
            return i64::try_from(total * sign).ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::later;

    #[test]
    fn dates_go_over_the_end_of_a_month() {
        const LEAP_DAY: i64 = 1_709_208_000_000_000_000;
        for (years, months, days, expected) in [
            (0, 0, 0, LEAP_DAY),
            (1, 0, 0, 1_740_830_400_000_000_000),
            (0, 12, 0, 1_740_830_400_000_000_000),
            (0, 0, 1, 1_709_294_400_000_000_000),
            (0, -1, 0, 1_706_529_600_000_000_000),
            (4, 0, 0, 1_835_438_400_000_000_000),
        ] {
            assert_eq!(later(LEAP_DAY, years, months, days), Some(expected), "{years} {months} {days}");
        }
        assert_eq!(later(LEAP_DAY, i64::MAX, 0, 0), None);
    }
}
