//! The same document in other letters: JSON leaves open how it is written.

use std::fmt::Write as _;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

use super::transform::Dice;

/// The document as some program might write it: escapes, white space, numbers and the order of members all by chance.
pub(crate) fn spelled(value: &Value, dice: &mut Dice) -> String {
    let style = Style { space: dice.below(3), escapes: [0, 2, 20][dice.below(3)], numbers: dice.below(2) == 1 };
    let mut text = String::new();
    style.value(value, &mut text, dice);
    style.gap(&mut text, dice);
    text
}

/// The bytes of a text, in one of the encodings that plans come in.
pub(crate) fn encoded(text: &str, dice: &mut Dice) -> Vec<u8> {
    match dice.below(4) {
        0 => [b"\xef\xbb\xbf", text.as_bytes()].concat(),
        1 => [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect(),
        2 => {
            let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
            packed.write_all(text.as_bytes()).unwrap();
            packed.finish().unwrap()
        }
        _ => text.as_bytes().to_vec(),
    }
}

#[derive(Clone, Copy)]
struct Style {
    /// None, as little as can be, or any.
    space: usize,
    /// One character in so many is escaped that need not be; 0 for none.
    escapes: usize,
    /// Whether numbers are written otherwise as well.
    numbers: bool,
}

impl Style {
    fn value(&self, value: &Value, text: &mut String, dice: &mut Dice) {
        match value {
            Value::Object(fields) => {
                let fields: Vec<_> = fields.iter().collect();
                text.push('{');
                for (nth, at) in dice.order(fields.len()).into_iter().enumerate() {
                    text.push_str(if nth > 0 { "," } else { "" });
                    self.gap(text, dice);
                    self.string(fields[at].0, text, dice);
                    self.gap(text, dice);
                    text.push(':');
                    self.gap(text, dice);
                    // Of a key, Terraform writes no fraction, and nothing else is taken for a key.
                    let numbers = self.numbers && fields[at].0 != "index";
                    Self { numbers, ..*self }.value(fields[at].1, text, dice);
                    self.gap(text, dice);
                }
                text.push('}');
            }
            Value::Array(items) => {
                text.push('[');
                for (nth, item) in items.iter().enumerate() {
                    text.push_str(if nth > 0 { "," } else { "" });
                    self.gap(text, dice);
                    self.value(item, text, dice);
                    self.gap(text, dice);
                }
                text.push(']');
            }
            Value::String(letters) => self.string(letters, text, dice),
            Value::Number(number) if self.numbers && number.is_i64() => match dice.below(4) {
                2 if number.as_i64() == Some(0) => text.push_str("0.00"),
                0 => write!(text, "{number}.0").unwrap(),
                1 => write!(text, "{number}e0").unwrap(),
                2 => write!(text, "{number}0E-1").unwrap(),
                _ => write!(text, "{number}").unwrap(),
            },
            other => write!(text, "{other}").unwrap(),
        }
    }

    /// White space between two tokens.
    fn gap(&self, text: &mut String, dice: &mut Dice) {
        match self.space {
            0 => {}
            1 => text.push_str(["", "\n", " "][dice.below(3)]),
            _ => (0..dice.below(4)).for_each(|_| text.push_str([" ", "\t", "\r\n", "\n", "\r"][dice.below(5)])),
        }
    }

    fn string(&self, letters: &str, text: &mut String, dice: &mut Dice) {
        text.push('"');
        for letter in letters.chars() {
            let wanted = self.escapes > 0 && dice.below(self.escapes) == 0;
            match letter {
                '"' | '\\' if !wanted => write!(text, "\\{letter}").unwrap(),
                '/' if wanted && dice.below(2) == 0 => text.push_str("\\/"),
                '\n' if dice.below(2) == 0 => text.push_str("\\n"),
                '\t' if dice.below(2) == 0 => text.push_str("\\t"),
                _ if wanted || letter < ' ' || letter == '"' || letter == '\\' => {
                    // Beyond the first plane, a pair of surrogates.
                    for unit in letter.encode_utf16(&mut [0; 2]) {
                        let escape =
                            if dice.below(2) == 0 { format!("\\u{unit:04x}") } else { format!("\\u{unit:04X}") };
                        text.push_str(&escape);
                    }
                }
                _ => text.push(letter),
            }
        }
        text.push('"');
    }
}
