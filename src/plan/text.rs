//! From bytes to the text of one JSON document: packing, encodings, and what CI wrappers print around it.

use std::io::Read;

use flate2::read::MultiGzDecoder;

use super::binary::is_binary_plan;
use super::error::PlanError;

/// The text in `bytes`: unpacked if gzip'd, decoded if UTF-16 (as PowerShell's `>` writes it), without a byte order mark.
///
/// # Errors
/// When the bytes are empty, packed wrongly, larger than `max_size` when unpacked, a binary plan, or no text.
pub fn decode(bytes: Vec<u8>, max_size: u64) -> Result<String, PlanError> {
    let bytes = if bytes.starts_with(&[0x1f, 0x8b]) { unpack(&bytes, max_size)? } else { bytes };
    if is_binary_plan(&bytes) {
        return Err(PlanError::BinaryPlan);
    }
    let mut text = match bytes.as_slice() {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes)?,
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes)?,
        [first, 0, ..] if *first != 0 => utf16(&bytes, u16::from_le_bytes)?,
        [0, second, ..] if *second != 0 => utf16(&bytes, u16::from_be_bytes)?,
        _ => String::from_utf8(bytes).map_err(|error| PlanError::BadText(error.utf8_error().to_string()))?,
    };
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    if text.trim().is_empty() { Err(PlanError::Empty) } else { Ok(text) }
}

fn unpack(packed: &[u8], max_size: u64) -> Result<Vec<u8>, PlanError> {
    let mut bytes = Vec::new();
    MultiGzDecoder::new(packed).take(max_size.saturating_add(1)).read_to_end(&mut bytes).map_err(PlanError::BadGzip)?;
    if bytes.len() as u64 > max_size { Err(PlanError::TooLarge(max_size)) } else { Ok(bytes) }
}

fn utf16(bytes: &[u8], unit: impl Fn([u8; 2]) -> u16) -> Result<String, PlanError> {
    let (pairs, odd) = bytes.as_chunks::<2>();
    if !odd.is_empty() {
        return Err(PlanError::BadText("UTF-16 with an odd number of bytes".to_owned()));
    }
    char::decode_utf16(pairs.iter().map(|pair| unit(*pair)))
        .collect::<Result<_, _>>()
        .map_err(|error| PlanError::BadText(format!("UTF-16 with {error}")))
}

/// Where the JSON document begins: at the first character, or behind the lines that a wrapper prints before it.
///
/// The JSON must begin a line, and what comes before must not look like JSON itself, so that a damaged document is never
/// taken for noise followed by a smaller one.
///
/// # Errors
/// [`PlanError::NotJson`] when no line begins with `{`.
pub(super) fn start(text: &str) -> Result<usize, PlanError> {
    // Most documents begin at once, and many are one line of millions of characters, whose end nobody needs to know.
    let blank = text.len() - text.trim_start().len();
    if text.get(blank..).is_some_and(|text| text.starts_with('{')) {
        return Ok(blank);
    }
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.starts_with('{') {
            return Ok(at);
        }
        if looks_like_json(line) {
            break;
        }
        at += line.len();
    }
    Err(PlanError::NotJson(beginning(text)))
}

/// Checks what follows the document: nothing, or lines that a wrapper prints.
///
/// # Errors
/// [`PlanError::TrailingText`] when it may be more than that.
pub(super) fn check_rest(rest: &str) -> Result<(), PlanError> {
    if rest.trim().is_empty() {
        return Ok(());
    }
    let on_same_line = !rest.trim_start_matches([' ', '\t', '\r']).starts_with('\n');
    if on_same_line || rest.lines().any(looks_like_json) { Err(PlanError::TrailingText) } else { Ok(()) }
}

/// Whether a line could be a piece of a JSON document rather than a message of a program.
fn looks_like_json(line: &str) -> bool {
    let line = line.trim_start();
    match line.chars().next() {
        // `[command]/usr/bin/terraform …` and `[INFO] …` are messages, `["a"` and `[{` are not.
        Some('[') => !line[1..].starts_with(|c: char| c.is_ascii_alphabetic()),
        Some(first) => matches!(first, '{' | '}' | ']' | '"' | ',' | ':') && !line.starts_with("::"),
        None => false,
    }
}

/// What a text begins with, for an error message. No more than one character of it: it may be a secret.
fn beginning(text: &str) -> String {
    match text.trim_start().chars().next() {
        Some('<') => "\"<\", as a web page does".to_owned(),
        Some(first) => format!("\"{}\"", first.escape_debug()),
        None => "nothing".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn decoded(bytes: &[u8]) -> String {
        decode(bytes.to_vec(), 1 << 20).unwrap()
    }

    #[test]
    fn every_encoding_gives_the_same_text() {
        let text = "{\"a\": \"é\"}";
        let units = |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<_>>();
        assert_eq!(decoded(text.as_bytes()), text);
        assert_eq!(decoded(&[b"\xef\xbb\xbf", text.as_bytes()].concat()), text);
        assert_eq!(decoded(&[b"\xff\xfe".as_slice(), &units(u16::to_le_bytes)].concat()), text);
        assert_eq!(decoded(&[b"\xfe\xff".as_slice(), &units(u16::to_be_bytes)].concat()), text);
        assert_eq!(decoded(&units(u16::to_le_bytes)), text);
        assert_eq!(decoded(&units(u16::to_be_bytes)), text);
    }

    #[test]
    fn gzip_is_unpacked_up_to_the_limit() {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(&[b' '; 4096]).unwrap();
        encoder.write_all(b"{}").unwrap();
        let packed = encoder.finish().unwrap();
        assert!(decode(packed.clone(), 5000).unwrap().ends_with("{}"));
        assert!(matches!(decode(packed.clone(), 4000), Err(PlanError::TooLarge(4000))));
        assert!(matches!(decode(packed[..20].to_vec(), 5000), Err(PlanError::BadGzip(_))));
    }

    #[test]
    fn the_document_begins_behind_what_a_wrapper_prints() {
        for (text, expected) in [
            ("{}", Some(0)),
            (" \n {}", Some(3)),
            ("[command]/bin/terraform show -json p\n{}", Some(37)),
            ("::debug::x\n\n{}", Some(12)),
            ("noise {}", None),
            ("\"a\": 1,\n{}", None),
            ("[\n{}\n]", None),
            ("", None),
        ] {
            assert_eq!(start(text).ok(), expected, "{text:?}");
        }
    }

    #[test]
    fn what_follows_may_only_be_a_message() {
        for fine in ["", "\n", "\n::debug::Terraform exited with code 0.\n", "\r\n[command]exit\n"] {
            assert!(check_rest(fine).is_ok(), "{fine:?}");
        }
        for wrong in ["x", ", \"a\": 1}", "\n{}", "}", "\n  \"a\": 1\n}", "\n[1]"] {
            assert!(check_rest(wrong).is_err(), "{wrong:?}");
        }
    }
}
