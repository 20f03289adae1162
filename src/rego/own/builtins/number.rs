//! Numbers as Go writes them in the place of a verb.
//!
//! Source: <https://pkg.go.dev/fmt>, <https://pkg.go.dev/strconv#FormatFloat>.

/// What stands between `%` and the verb.
#[derive(Debug, Default)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own, and they go together in every way")]
pub(super) struct Style {
    pub(super) minus: bool,
    pub(super) plus: bool,
    pub(super) sharp: bool,
    pub(super) space: bool,
    pub(super) zero: bool,
    pub(super) width: Option<usize>,
    pub(super) precision: Option<usize>,
}

impl Style {
    /// `text`, with blanks up to the width.
    pub(super) fn padded(&self, text: &str) -> String {
        let width = self.width.unwrap_or(0);
        if self.minus { format!("{text:<width$}") } else { format!("{text:>width$}") }
    }

    /// The sign of a number.
    fn sign(&self, negative: bool) -> &'static str {
        match (negative, self.plus, self.space) {
            (true, ..) => "-",
            (false, true, _) => "+",
            (false, false, true) => " ",
            (false, false, false) => "",
        }
    }

    /// A number of a sign and `digits`, padded with zeros between them if so wanted.
    fn signed(&self, sign: &str, digits: &str, zeros: bool) -> String {
        let wanted = self.width.unwrap_or(0).saturating_sub(sign.len());
        if zeros && self.zero && !self.minus {
            return format!("{sign}{digits:0>wanted$}");
        }
        self.padded(&format!("{sign}{digits}"))
    }
}

/// A whole number; `None` if the verb is none for it.
pub(super) fn whole(number: i128, verb: char, style: &Style) -> Option<String> {
    let amount = number.unsigned_abs();
    let char = || u32::try_from(number).ok().and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER);
    let (prefix, digits) = match verb {
        'v' | 'd' => ("", amount.to_string()),
        'b' => (if style.sharp { "0b" } else { "" }, format!("{amount:b}")),
        'o' => (if style.sharp { "0" } else { "" }, format!("{amount:o}")),
        'O' => ("0o", format!("{amount:o}")),
        'x' => (if style.sharp { "0x" } else { "" }, format!("{amount:x}")),
        'X' => (if style.sharp { "0X" } else { "" }, format!("{amount:X}")),
        'c' => return Some(style.padded(&char().to_string())),
        'q' => return Some(style.padded(&format!("'{}'", char()))),
        'U' => return Some(style.padded(&format!("U+{amount:04X}"))),
        _ => return None,
    };
    let least = style.precision.unwrap_or(0);
    let digits = format!("{prefix}{digits:0>least$}");
    Some(style.signed(style.sign(number < 0), &digits, style.precision.is_none()))
}

/// A fraction; `None` if the verb is none for it.
pub(super) fn fraction(number: f64, verb: char, style: &Style) -> Option<String> {
    let amount = number.abs();
    let digits = match verb {
        'f' | 'F' => format!("{amount:.*}", style.precision.unwrap_or(6)),
        'e' | 'E' => scientific(&format!("{amount:.*e}", style.precision.unwrap_or(6))),
        'v' | 'g' | 'G' => general(amount, style),
        _ => return None,
    };
    let digits = if verb.is_ascii_uppercase() { digits.to_uppercase() } else { digits };
    Some(style.signed(style.sign(number.is_sign_negative()), &digits, true))
}

/// The shorter of both ways to write a number.
fn general(amount: f64, style: &Style) -> String {
    let written = match style.precision {
        Some(precision) => format!("{amount:.*e}", precision.max(1) - 1),
        None => format!("{amount:e}"),
    };
    let (mantissa, exponent) = written.split_once('e').unwrap_or((&written, "0"));
    let mantissa = if mantissa.contains('.') && !style.sharp {
        mantissa.trim_end_matches('0').trim_end_matches('.')
    } else {
        mantissa
    };
    let exponent: i64 = exponent.parse().unwrap_or(0);
    let digits = i64::try_from(mantissa.chars().filter(char::is_ascii_digit).count()).unwrap_or(i64::MAX);
    let limit = match style.precision {
        None => 6,
        Some(precision) => {
            let precision = i64::try_from(precision.max(1)).unwrap_or(i64::MAX);
            if precision > digits && digits > exponent { digits } else { precision }
        }
    };
    if exponent < -4 || exponent >= limit {
        return scientific(&format!("{mantissa}e{exponent}"));
    }
    format!("{amount:.*}", usize::try_from(digits - 1 - exponent).unwrap_or(0))
}

/// With a sign and two digits at least in the exponent.
fn scientific(written: &str) -> String {
    let (mantissa, exponent) = written.split_once('e').unwrap_or((written, "0"));
    let (sign, digits) = exponent.strip_prefix('-').map_or(('+', exponent), |digits| ('-', digits));
    format!("{mantissa}e{sign}{digits:0>2}")
}
