//! Many plans, as those of an organisation: a real one again and again, each time with other names.

use std::path::Path;

use crate::large::SEED;
use crate::many::KEYS;

/// Writes so many valid plans into an empty directory, and returns how many bytes they are.
pub(crate) fn write(directory: &Path, plans: usize) -> u64 {
    let seed = std::str::from_utf8(SEED).unwrap();
    let mut bytes = 0;
    for plan in 0..plans {
        let renamed = KEYS.iter().fold(seed.to_owned(), |text, key| text.replace(key, &format!("{key}{plan:05}")));
        bytes += renamed.len() as u64;
        std::fs::write(directory.join(format!("{plan:05}.plan.json")), renamed).unwrap();
    }
    bytes
}
