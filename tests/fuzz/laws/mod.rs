//! What must hold of any input whatever: one function for each way into the program, each of which panics where its law is
//! broken. The fuzzer calls them with what it makes up, and a test with what there is.

mod documents;
mod endpoints;
mod reader;
mod references;
mod settings;
mod whole;

pub(crate) use documents::documents;
pub(crate) use endpoints::endpoints;
pub(crate) use reader::reader;
pub(crate) use references::references;
pub(crate) use settings::settings;
pub(crate) use whole::whole;

/// A law.
pub(crate) type Law = fn(&[u8]);

/// All laws, by the name of the target that fuzzes them.
pub(crate) const LAWS: [(&str, Law); 6] = [
    ("reader", reader),
    ("endpoints", endpoints),
    ("documents", documents),
    ("references", references),
    ("settings", settings),
    ("whole", whole),
];

/// The bytes as text, if they are one.
fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}
