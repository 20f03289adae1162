//! Text: nothing that a terminal or the reader of a log obeys comes from the plan.

use oacguard::report::view::View;

pub(crate) fn problems(view: View<'_>, text: &str) -> Vec<String> {
    let text = anstream::adapter::strip_str(text).to_string();
    let mut problems = Vec::new();
    for finding in &view.report.findings {
        if !text.contains(&finding.policy) && finding.policy != "unresolved" {
            problems.push(format!("{} is not named", finding.policy));
        }
    }
    for (number, line) in text.lines().enumerate() {
        let obeyed = line.trim_start().starts_with("::") || line.contains("##[") || line.contains("##vso[");
        if obeyed || line.contains(|c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}')) {
            problems.push(format!("line {}: {line:?}", number + 1));
        }
    }
    problems
}
