//! Draws one world of a path as SVG: who is asked from top to bottom, with each request between, and where it breaks.
//!
//! Nothing is said by colour alone: a request that is answered is a solid arrow, one that fails ends in a cross, one that cannot
//! be told in a question mark, and one that is never made is dotted.

use maud::{Markup, html};
use textwrap::core::display_width;

use crate::report::picture::Mark;
use crate::report::picture::scene::{Role, Scene, Stop, Way};
use crate::report::plain;

/// The width of the drawing, in its own units, which are pixels where there is room.
const WIDTH: usize = 400;
/// Where text begins.
const LEFT: usize = 52;
/// Where the arrows run.
const MIDDLE: usize = 26;
/// Columns of a name, which is in a font of fixed width.
const NAME: usize = 46;
/// Columns of other text, of which the widest letters are rare.
const TEXT: usize = 50;
/// The height of a line.
const LINE: usize = 17;
/// How many lines of one text are drawn.
const LINES: usize = 6;

/// What a scene takes in height, stop by stop, so that two of them can stand side by side.
pub(super) struct Layout {
    requests: Vec<usize>,
    boxes: Vec<usize>,
}

/// A stop with its lines broken.
struct Drawn<'a> {
    stop: &'a Stop,
    done: Option<&'a str>,
    request: Vec<String>,
    fault: Vec<String>,
    name: Vec<String>,
    facts: Vec<String>,
    notes: Vec<String>,
}

impl Layout {
    /// What all of `scenes` have room in.
    pub(super) fn of(scenes: &[&Scene]) -> Self {
        let mut layout = Self { requests: Vec::new(), boxes: Vec::new() };
        for scene in scenes {
            for (at, stop) in drawn(scene).iter().enumerate() {
                widen(&mut layout.requests, at, stop.request_height());
                widen(&mut layout.boxes, at, stop.box_height());
            }
        }
        layout
    }
}

fn widen(heights: &mut Vec<usize>, at: usize, height: usize) {
    match heights.get_mut(at) {
        Some(own) => *own = (*own).max(height),
        None => heights.push(height),
    }
}

impl Drawn<'_> {
    fn request_height(&self) -> usize {
        if self.stop.request.is_empty() && self.fault.is_empty() {
            return if self.stop.role == Role::Viewers { 0 } else { 30 };
        }
        (self.request.len() + self.fault.len()) * LINE + 22
    }

    fn box_height(&self) -> usize {
        self.lines() * LINE + 20
    }

    fn lines(&self) -> usize {
        1 + self.name.len() + self.facts.len() + self.notes.len()
    }
}

fn drawn(scene: &Scene) -> Vec<Drawn<'_>> {
    let each = scene.stops.iter().map(|stop| {
        let fault = scene.fault.as_ref().filter(|_| matches!(stop.way, Way::Faulty(_)));
        let kind = if matches!(stop.node.kind, "OAI" | "OAC") { format!("{} ", stop.node.kind) } else { String::new() };
        let name = broken(&format!("{kind}{}", stop.node.label), NAME);
        let (done, facts) = done(stop);
        Drawn {
            stop,
            done,
            request: stop.request.iter().flat_map(|line| broken(line, TEXT)).collect(),
            fault: fault.map(|(_, text)| broken(text, TEXT - 4)).unwrap_or_default(),
            name,
            facts: broken(&facts.join(" · "), TEXT - 4),
            notes: stop.node.notes.iter().flat_map(|line| broken(line, TEXT)).collect(),
        }
    });
    each.collect()
}

/// What the plan does to a stop, in a word, and what else is said of it.
fn done(stop: &Stop) -> (Option<&str>, &[String]) {
    let words = ["created", "changed", "replaced", "destroyed", "forgotten"];
    match stop.node.details.split_first() {
        Some((first, rest)) if words.contains(&first.as_str()) => (Some(first), rest),
        _ => (stop.changed.then_some("changed"), &stop.node.details),
    }
}

/// `scene`, drawn; `id` is not used twice in the document, and `title` says what is to be seen.
pub(super) fn draw(scene: &Scene, layout: &Layout, id: &str, title: &str) -> Markup {
    let stops = drawn(scene);
    let mut y = 6;
    let mut parts = Vec::new();
    for (at, drawn) in stops.iter().enumerate() {
        let request = layout.requests.get(at).copied().unwrap_or_default();
        if at > 0 {
            parts.push(self::request(drawn, y, request));
        }
        y += if at > 0 { request } else { 0 };
        let height = layout.boxes.get(at).copied().unwrap_or_else(|| drawn.box_height());
        parts.push(stop(drawn, y, height));
        y += height;
    }
    let height = y + 6;
    html! {
        svg viewBox=(format!("0 0 {WIDTH} {height}")) width=(WIDTH) height=(height) fill="none" role="img" aria-labelledby=(format!("{id}t {id}d")) class="path" {
            title id=(format!("{id}t")) { (title) }
            desc id=(format!("{id}d")) { (described(scene)) }
            @for part in parts { (part) }
        }
    }
}

/// The scene in words, for who does not see it.
fn described(scene: &Scene) -> String {
    let mut sentences = Vec::new();
    for stop in &scene.stops {
        let name = format!(" {}", stop.node.label);
        let asked =
            if stop.request.is_empty() { String::new() } else { format!(", asked: {}", stop.request.join(", ")) };
        let end = match (stop.way, &scene.fault) {
            (Way::Faulty(mark), Some((_, text))) => format!("; {}: {text}", said(mark)),
            (Way::Works, _) if !stop.request.is_empty() => "; this works".to_owned(),
            (Way::Beyond, _) => "; it does not come to this".to_owned(),
            _ => String::new(),
        };
        sentences.push(format!("{}{asked}{end}.", format!("{}{name}", stop.role.title()).trim_end()));
    }
    plain::line(&sentences.join(" ")).into_owned()
}

fn said(mark: Mark) -> &'static str {
    match mark {
        Mark::Broken => "this fails",
        Mark::Risk => "this is at risk",
        Mark::Unknown => "this is not known",
    }
}

/// The class that gives a request or a stop its colour.
pub(super) fn class(way: Way) -> &'static str {
    match way {
        Way::Works => "works",
        Way::Faulty(Mark::Broken) => "broken",
        Way::Faulty(_) => "doubt",
        Way::Beyond => "beyond",
        Way::Open => "open",
    }
}

fn request(drawn: &Drawn<'_>, y: usize, height: usize) -> Markup {
    let way = drawn.stop.way;
    let (end, centre) = (y + height, y + height / 2);
    let marked = matches!(way, Way::Faulty(_));
    let lines = drawn.request.len() + drawn.fault.len();
    let first = y + height.saturating_sub(lines * LINE) / 2 + 13;
    html! {
        g class=(format!("request {}", class(way))) {
            @if marked {
                line class="way" x1=(MIDDLE) y1=(y) x2=(MIDDLE) y2=(centre - 11) {}
                line class="rest" x1=(MIDDLE) y1=(centre + 11) x2=(MIDDLE) y2=(end) {}
                circle class="mark" cx=(MIDDLE) cy=(centre) r="11" {}
                (mark(way, centre))
            } @else {
                line class="way" x1=(MIDDLE) y1=(y) x2=(MIDDLE) y2=(if way == Way::Beyond { end } else { end - 6 }) {}
                @if way != Way::Beyond {
                    path class="head" d=(format!("M{} {}l5 -9h-10z", MIDDLE, end)) {}
                }
            }
            @for (at, line) in drawn.request.iter().enumerate() {
                text class="asked" x=(LEFT) y=(first + at * LINE) { (line) }
            }
            @for (at, line) in drawn.fault.iter().enumerate() {
                text class="fault" x=(LEFT) y=(first + (drawn.request.len() + at) * LINE) { (line) }
            }
        }
    }
}

/// The sign in the circle, drawn so that no font is needed for it.
fn mark(way: Way, y: usize) -> Markup {
    let at = |dx: i32, dy: i32| format!("{} {}", shifted(MIDDLE, dx), shifted(y, dy));
    let path = match way {
        Way::Faulty(Mark::Broken) => format!("M{}L{}M{}L{}", at(-4, -4), at(4, 4), at(4, -4), at(-4, 4)),
        Way::Faulty(Mark::Risk) => format!("M{}L{}M{}L{}", at(0, -6), at(0, 1), at(0, 5), at(0, 5)),
        _ => format!("M{}q0 -4 4 -4q4 0 4 3q0 3 -4 4M{}L{}", at(-4, -2), at(0, 5), at(0, 5)),
    };
    html! { path class="sign" d=(path) {} }
}

fn shifted(from: usize, by: i32) -> i64 {
    i64::try_from(from).unwrap_or_default() + i64::from(by)
}

fn stop(drawn: &Drawn<'_>, y: usize, height: usize) -> Markup {
    let changed = if drawn.done.is_some() { " changed" } else { "" };
    let middle = y + height / 2;
    let first = y + height.saturating_sub(drawn.lines() * LINE) / 2 + 13;
    let facts = first + (1 + drawn.name.len()) * LINE;
    html! {
        g class=(format!("stop {}{changed}", class(drawn.stop.way))) {
            rect class="box" x="1" y=(y) width=(WIDTH - 2) height=(height) rx="10" {}
            (icon(drawn.stop.role, middle))
            text class="role" x=(LEFT) y=(first) { (drawn.stop.role.title()) }
            @if let Some(done) = drawn.done {
                text class="new" x=(WIDTH - 14) y=(first) text-anchor="end" { "Δ " (done) }
            }
            @for (at, line) in drawn.name.iter().enumerate() {
                text class="name" x=(LEFT) y=(first + (1 + at) * LINE) { (line) }
            }
            @for (at, line) in drawn.facts.iter().enumerate() {
                text class="fact" x=(LEFT) y=(facts + at * LINE) { (line) }
            }
            @for (at, line) in drawn.notes.iter().enumerate() {
                text x=(LEFT) y=(facts + (drawn.facts.len() + at) * LINE) { (line) }
            }
        }
    }
}

/// A little picture of what plays the part, 24 units square.
fn icon(role: Role, middle: usize) -> Markup {
    let path = match role {
        Role::Viewers => "M2 4h20v14h-20zM2 8.5h20M5 6.2h.1M8 6.2h.1M9 22h6M12 18v4",
        Role::Distribution => "M12 2a10 10 0 1 0 .01 0zM2 12h20M12 2c-7 6 -7 14 0 20c7 -6 7 -14 0 -20z",
        Role::Access => "M3 5h18v14h-18zM8 9a2.2 2.2 0 1 0 .01 0zM4.8 16.5c.6 -3.4 5.8 -3.4 6.4 0M14 10h5M14 14h5",
        Role::Bucket => "M3 5c0 -3.4 18 -3.4 18 0c0 3.4 -18 3.4 -18 0zM3 5l2.4 14.5c.6 3 12.6 3 13.2 0L21 5",
        Role::Key => "M8 9.5a4.5 4.5 0 1 0 .01 0zM11.4 11.2L21 4M17.5 6.6l2.4 3.2M14.6 8.8l2 2.7",
    };
    html! {
        path class="icon" transform=(format!("translate({} {})", MIDDLE - 12, middle - 12)) d=(path) {}
    }
}

/// The lines of `text`, broken where an address may be.
fn broken(text: &str, columns: usize) -> Vec<String> {
    let text = plain::line(text);
    let mut lines = Vec::new();
    let mut line = String::new();
    for piece in pieces(&text) {
        if !line.is_empty() && display_width(&line) + display_width(piece.trim_end()) > columns {
            lines.push(std::mem::take(&mut line).trim_end().to_owned());
        }
        for c in piece.chars() {
            if display_width(&line) >= columns {
                lines.push(std::mem::take(&mut line));
            }
            line.push(c);
        }
    }
    if !line.trim().is_empty() {
        lines.push(line.trim_end().to_owned());
    }
    if lines.len() > LINES {
        lines.truncate(LINES);
        if let Some(last) = lines.last_mut() {
            last.pop();
            last.push('…');
        }
    }
    lines
}

/// Words, and the parts of an address.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let mut chars = rest.char_indices().peekable();
        let mut end = rest.len();
        while let Some((_, c)) = chars.next() {
            let next = chars.peek().copied();
            if let Some((at, next)) = next
                && (c == ' ' || c == '/' || matches!(next, '.' | '[' | '/'))
                && next != ' '
            {
                end = at;
                break;
            }
        }
        let (piece, left) = rest.split_at_checked(end)?;
        rest = left;
        (!piece.is_empty()).then_some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_break_at_their_dots() {
        let address = "module.a_long_name_of_a_module[\"key\"].aws_s3_bucket.this";
        assert_eq!(broken(address, 40), ["module.a_long_name_of_a_module[\"key\"]", ".aws_s3_bucket.this"]);
        assert_eq!(broken("one two", 4), ["one", "two"]);
        assert_eq!(broken(&"x".repeat(9), 4), ["xxxx", "xxxx", "x"]);
        assert_eq!(broken(&"x".repeat(900), 4).len(), LINES);
        assert_eq!(broken("東京東京", 4), ["東京", "東京"]);
    }
}
