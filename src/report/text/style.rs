//! The few styles of the text report. Nothing is said by colour alone.

use anstyle::{AnsiColor, Style};

use crate::finding::Severity;

/// Names and headings.
pub(crate) const BOLD: Style = Style::new().bold();
/// What leads the eye but is not read.
pub(crate) const DIM: Style = Style::new().dimmed();
/// What is broken.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
/// What may break, or could not be told.
pub(crate) const DOUBT: Style = AnsiColor::Yellow.on_default().bold();
/// What is only said.
pub(crate) const REMARK: Style = AnsiColor::Cyan.on_default().bold();
/// What is well.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();

/// `text` in `style`.
pub(crate) fn paint(style: Style, text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("{style}{text}{style:#}") }
}

/// The style of a severity's word.
pub(crate) fn of(severity: Severity) -> Style {
    match severity {
        Severity::Error => BAD,
        Severity::Warning => DOUBT,
        Severity::Note => REMARK,
    }
}
