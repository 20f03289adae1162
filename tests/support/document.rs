//! A plan document found in whatever a host hands over, without the program's help.

use std::io::Read as _;

use flate2::read::GzDecoder;
use serde_json::Value;

/// The plan object in `bytes`: decompressed, decoded, freed of noise around it and of what it is wrapped in.
pub(crate) fn plan_in(bytes: &[u8]) -> Option<Value> {
    let text = decode(bytes)?;
    let start = text.lines().find(|line| line.starts_with('{'))?;
    let at = start.as_ptr() as usize - text.as_ptr() as usize;
    let mut documents = serde_json::Deserializer::from_str(&text[at..]).into_iter::<Value>();
    let document = documents.next()?.ok()?;
    if document.get("format_version").is_some() {
        return Some(document);
    }
    ["plan", "tfplan", "terraform"].iter().find_map(|host| document.get(host)).cloned()
}

fn decode(bytes: &[u8]) -> Option<String> {
    match bytes {
        [0x1f, 0x8b, ..] => {
            let mut text = String::new();
            GzDecoder::new(bytes).read_to_string(&mut text).ok()?;
            Some(text)
        }
        [0xff, 0xfe, rest @ ..] => {
            let units: Vec<u16> = rest.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
            String::from_utf16(&units).ok()
        }
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8(rest.to_vec()).ok(),
        _ => String::from_utf8(bytes.to_vec()).ok(),
    }
}
