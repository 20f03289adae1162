//! What is wrong with a report as `html`.

use oacguard::report::view::View;

pub(crate) fn problems(_: View<'_>, text: &str) -> Vec<String> {
    let empty = text.is_empty();
    empty.then(|| "it is empty".to_owned()).into_iter().collect()
}
