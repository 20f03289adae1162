//! Finds what somebody may have meant who mistyped an id.

/// How many suggestions help rather than confuse.
const SHOWN: usize = 3;

/// The `known` words nearest to `word`, the nearest first.
pub(crate) fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let word = word.to_lowercase().replace(['_', ' '], "-");
    let mut near: Vec<(usize, &str)> = known
        .filter_map(|candidate| {
            let far = distance(&word, candidate);
            let contains = word.len() >= 3 && (candidate.contains(&word) || word.contains(candidate));
            (contains || far <= candidate.len().max(3) / 3).then_some((far, candidate))
        })
        .collect();
    near.sort_unstable();
    near.into_iter().take(SHOWN).map(|(_, candidate)| candidate).collect()
}

/// How many letters must be put in, taken out or exchanged to make one word of the other.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (at, letter) in from.chars().enumerate() {
        let mut left = at + 1;
        let mut next = vec![left];
        for (pair, other) in row.windows(2).zip(&to) {
            let &[diagonal, above] = pair else { continue };
            left = (diagonal + usize::from(letter != *other)).min(above + 1).min(left + 1);
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 4] = ["oai-sse-kms", "oac-key-policy", "unsigned-sse-kms", "legacy-oai"];

    #[test]
    fn letters_are_counted() {
        assert_eq!([distance("", "ab"), distance("abc", "abc"), distance("kitten", "sitting")], [2, 0, 3]);
    }

    #[test]
    fn the_nearest_come_first() {
        assert_eq!(nearest("oia-sse-kms", KNOWN.into_iter()), ["oai-sse-kms"]);
        assert_eq!(nearest("OAC_KEY_POLICY", KNOWN.into_iter()), ["oac-key-policy"]);
        assert_eq!(nearest("sse-kms", KNOWN.into_iter()), ["oai-sse-kms", "unsigned-sse-kms"]);
        assert_eq!(nearest("something-else-entirely", KNOWN.into_iter()), Vec::<&str>::new());
    }
}
