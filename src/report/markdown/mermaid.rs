//! Draws a path before and after a plan as a Mermaid flowchart, which GitHub, GitLab and others show as a picture.
//!
//! Source: <https://mermaid.js.org/syntax/flowchart.html>

use std::fmt::Write as _;

use crate::report::picture::Mark;
use crate::report::picture::scene::{Comparison, Scene, Stop, Way};
use crate::report::plain;

/// The longest name that is drawn whole; a longer one loses its middle.
const LONGEST: usize = 120;

/// The colours say their own background and text, so that they read in light and dark themes.
const CLASSES: [&str; 5] = [
    "classDef works fill:#dafbe1,stroke:#1a7f37,color:#0b3d1a",
    "classDef broken fill:#ffebe9,stroke:#cf222e,stroke-width:2px,color:#6e0d17",
    "classDef doubt fill:#fff8c5,stroke:#9a6700,stroke-width:2px,color:#4d2d00",
    "classDef beyond fill:#eaeef2,stroke:#6e7781,stroke-dasharray:4 4,color:#424a53",
    "classDef open fill:#f6f8fa,stroke:#6e7781,color:#24292f",
];

/// The lines of the flowchart.
pub(super) fn lines(comparison: &Comparison) -> Vec<String> {
    let mut chart = Chart { lines: vec!["flowchart LR".to_owned()], edges: 0, styles: Vec::new() };
    match comparison {
        Comparison::Worlds { before, after } => {
            chart.world("before", "Before this plan", before.as_ref(), "this path is not there yet");
            chart.world("after", "After this plan", after.as_ref(), "this path is gone");
            // Else which of them stands first is up to the version of Mermaid.
            chart.lines.push("  before ~~~ after".to_owned());
        }
        Comparison::Names(scene) => chart.world("path", "The path", Some(scene), ""),
    }
    let mut lines = chart.lines;
    lines.extend(chart.styles.into_iter().chain(CLASSES.map(str::to_owned)).map(|line| format!("  {line}")));
    lines
}

struct Chart {
    lines: Vec<String>,
    edges: usize,
    styles: Vec<String>,
}

impl Chart {
    fn world(&mut self, id: &str, title: &str, scene: Option<&Scene>, absent: &str) {
        self.lines.push(format!("  subgraph {id}[\"{title}\"]"));
        self.lines.push("    direction TB".to_owned());
        match scene {
            Some(scene) => self.scene(id, scene),
            None => self.lines.push(format!("    {id}0[\"{absent}\"]:::beyond")),
        }
        self.lines.push("  end".to_owned());
        self.styles.push(format!("style {id} fill:none,stroke:#8c959f"));
    }

    fn scene(&mut self, id: &str, scene: &Scene) {
        for (number, stop) in scene.stops.iter().enumerate() {
            self.lines.push(format!("    {id}{number}[\"{}\"]:::{}", label(stop), class(stop.way)));
        }
        for (number, stop) in scene.stops.iter().enumerate().skip(1) {
            let fault = scene.fault.as_ref().filter(|_| matches!(stop.way, Way::Faulty(_)));
            self.edge(id, number, stop, fault.map(|(_, text)| text.as_str()));
        }
        let outcomes: Vec<String> = scene
            .outcomes()
            .into_iter()
            .map(|(way, text)| format!("{} {text}", way.sign()).trim().replace(' ', "\u{a0}"))
            .collect();
        if !outcomes.is_empty() {
            let way = scene.outcomes().iter().map(|(way, _)| *way).max_by_key(|way| gravity(*way)).unwrap_or(Way::Open);
            self.lines.push(format!("    {id}9([\"{}\"]):::{}", outcomes.join("<br/>"), class(way)));
            let last = scene.stops.len().saturating_sub(1);
            self.lines.push(format!("    {id}{last} ~~~ {id}9"));
            self.edges += 1;
        }
    }

    fn edge(&mut self, id: &str, number: usize, stop: &Stop, fault: Option<&str>) {
        let (arrow, style) = match stop.way {
            Way::Works => ("-->", "stroke:#1a7f37,stroke-width:2px"),
            Way::Faulty(Mark::Broken) => ("--x", "stroke:#cf222e,stroke-width:3px"),
            Way::Faulty(_) => ("-.->", "stroke:#bf8700,stroke-width:3px"),
            Way::Beyond => ("-.->", "stroke:#8c959f"),
            Way::Open => ("-->", "stroke:#8c959f"),
        };
        let mut parts: Vec<String> = stop.request.iter().map(|part| escaped(part)).collect();
        if let Some(text) = fault {
            parts.push(format!("{} {}", stop.way.sign(), escaped(text)));
        }
        let said = if parts.is_empty() { String::new() } else { format!("|\"{}\"|", parts.join("<br/>")) };
        self.lines.push(format!("    {id}{} {arrow}{said} {id}{number}", number - 1));
        self.styles.push(format!("linkStyle {} {style}", self.edges));
        self.edges += 1;
    }
}

fn gravity(way: Way) -> u8 {
    match way {
        Way::Faulty(Mark::Broken) => 3,
        Way::Faulty(_) => 2,
        Way::Works => 1,
        Way::Beyond | Way::Open => 0,
    }
}

fn class(way: Way) -> &'static str {
    match way {
        Way::Works => "works",
        Way::Faulty(Mark::Broken) => "broken",
        Way::Faulty(_) => "doubt",
        Way::Beyond => "beyond",
        Way::Open => "open",
    }
}

fn label(stop: &Stop) -> String {
    let node = &stop.node;
    let name = if node.kind == "OAI" || node.kind == "OAC" {
        format!("{} {}", node.kind, node.label)
    } else {
        node.label.clone()
    };
    let mut parts = vec![stop.role.title().to_owned()];
    if !name.is_empty() {
        parts.push(escaped(&name));
    }
    if !node.details.is_empty() {
        parts.push(escaped(&node.details.join(" · ")));
    }
    parts.join("<br/>")
}

/// `text` for a quoted label. What is not a letter, a digit or harmless is written as the code of its character.
fn escaped(text: &str) -> String {
    let text = shortened(&plain::line(text));
    // Mermaid takes `fa:fa-…` for a picture, even where it is written in codes.
    let text = text.replace(":fa-", ": fa-");
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_alphanumeric() || matches!(c, ' ' | '.' | ',' | '_' | '-' | '/' | '·' | '→' | '…') {
            out.push(c);
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "#{};", u32::from(c));
        }
    }
    out
}

fn shortened(text: &str) -> String {
    let length = text.chars().count();
    if length <= LONGEST {
        return text.to_owned();
    }
    let half = LONGEST / 2;
    let head: String = text.chars().take(half).collect();
    let tail: String = text.chars().skip(length - half).collect();
    format!("{head}…{tail}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_label_is_mermaid() {
        assert_eq!(escaped("a[\"k\"].b_c-1/d"), "a#91;#34;k#34;#93;.b_c-1/d");
        assert_eq!(
            escaped("%%{init: {}}%% #quot; ;\n"),
            "#37;#37;#123;init#58; #123;#125;#125;#37;#37; #35;quot#59; #59;#92;n"
        );
        assert_eq!(escaped("fa:fa-bomb"), "fa#58; fa-bomb");
        assert_eq!(escaped(&"x".repeat(500)).chars().count(), LONGEST + 1);
    }
}
