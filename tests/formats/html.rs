//! What is wrong with a report as `html`: what is no part of the page, read by the rules that browsers read by.

use std::collections::BTreeSet;

use markup5ever_rcdom::{Handle, NodeData, RcDom};
use oacguard::report::Verdict;
use oacguard::report::plain;
use oacguard::report::view::View;

use html5ever::ParseOpts;
use html5ever::tendril::TendrilSink as _;

const ELEMENTS: &[&str] = &[
    "a", "article", "b", "body", "circle", "code", "desc", "details", "div", "figure", "footer", "g", "h1", "h2", "h3",
    "h4", "head", "header", "html", "li", "line", "main", "meta", "ol", "p", "path", "pre", "rect", "section", "span",
    "style", "summary", "svg", "table", "tbody", "td", "text", "th", "thead", "title", "tr", "ul",
];

const ATTRIBUTES: &[&str] = &[
    "aria-hidden",
    "aria-labelledby",
    "charset",
    "class",
    "content",
    "cx",
    "cy",
    "d",
    "height",
    "href",
    "fill",
    "http-equiv",
    "id",
    "lang",
    "name",
    "r",
    "rel",
    "role",
    "rx",
    "scope",
    "tabindex",
    "text-anchor",
    "transform",
    "viewBox",
    "width",
    "x",
    "x1",
    "x2",
    "y",
    "y1",
    "y2",
];

/// What the page says, and what it is made of.
#[derive(Default)]
struct Page {
    problems: Vec<String>,
    text: String,
    ids: BTreeSet<String>,
    hrefs: Vec<String>,
    labels: Vec<String>,
    headings: Vec<u8>,
    elements: Vec<String>,
    articles: usize,
}

pub(crate) fn problems(view: View<'_>, text: &str) -> Vec<String> {
    let dom = html5ever::parse_document(RcDom::default(), ParseOpts::default()).one(text);
    let mut page = Page::default();
    // A browser mends what is wrong; that nothing had to be mended shows that no text got out of its place.
    page.problems.extend(dom.errors.borrow().iter().map(|error| format!("not well-formed: {error}")));
    page.walk(&dom.document);
    page.finish(view, text)
}

impl Page {
    fn walk(&mut self, node: &Handle) {
        match &node.data {
            NodeData::Text { contents } => self.text.push_str(&contents.borrow()),
            NodeData::Comment { .. } | NodeData::ProcessingInstruction { .. } => {
                self.problems.push("a comment or an instruction".to_owned());
            }
            NodeData::Element { name, attrs, .. } => {
                let element = name.local.to_string();
                if !ELEMENTS.contains(&element.as_str()) {
                    self.problems.push(format!("an element <{element}>"));
                }
                if let Some(level) = element.strip_prefix('h').and_then(|level| level.parse().ok()) {
                    self.headings.push(level);
                }
                self.articles += usize::from(element == "article");
                for attribute in attrs.borrow().iter() {
                    self.attribute(&element, &attribute.name.local, &attribute.value);
                }
                self.elements.push(element);
            }
            NodeData::Document | NodeData::Doctype { .. } => {}
        }
        for child in node.children.borrow().iter() {
            self.walk(child);
        }
        self.text.push('\n');
    }

    fn attribute(&mut self, element: &str, name: &str, value: &str) {
        if !ATTRIBUTES.contains(&name) {
            self.problems.push(format!("an attribute {name} of <{element}>"));
        }
        match name {
            "id" if !self.ids.insert(value.to_owned()) => {
                self.problems.push(format!("two elements are called {value}"));
            }
            "href" => self.hrefs.push(value.to_owned()),
            "aria-labelledby" => self.labels.extend(value.split(' ').map(str::to_owned)),
            // Only our own words may be classes, which decide on what is seen.
            "class" if !value.chars().all(|c| c.is_ascii_lowercase() || c == ' ') => {
                self.problems.push(format!("a class {value}"));
            }
            _ => {}
        }
    }

    fn finish(mut self, view: View<'_>, text: &str) -> Vec<String> {
        for href in &self.hrefs {
            let ours = match href.strip_prefix('#') {
                Some(id) => self.ids.contains(id),
                None => {
                    href.starts_with("https://")
                        && view.report.findings.iter().any(|finding| finding.links.contains(href))
                }
            };
            if !ours {
                self.problems.push(format!("a link to {href}"));
            }
        }
        for label in &self.labels {
            if !self.ids.contains(label) {
                self.problems.push(format!("nothing is called {label}"));
            }
        }
        if self.headings.first() != Some(&1) || self.headings.windows(2).any(|pair| pair[1] > pair[0] + 1) {
            self.problems.push(format!("headings out of order: {:?}", self.headings));
        }
        if !text.starts_with("<!DOCTYPE html><html lang=\"en\">")
            || !text.contains("content=\"default-src 'none'; style-src")
        {
            self.problems.push("no language or no policy for the content".to_owned());
        }
        if text.contains("@import") || text.contains("url(") {
            self.problems.push("something is loaded".to_owned());
        }
        if text.contains(|c: char| c.is_control() && c != '\n') {
            self.problems.push("a control character".to_owned());
        }
        let shown = |element: &str| self.elements.iter().filter(|one| *one == element).count();
        if shown("style") != 1 || shown("title") != 1 + shown("desc") {
            self.problems.push("styles or titles that are not ours".to_owned());
        }
        self.content(view);
        self.problems
    }

    /// That all is there, and in its own words.
    fn content(&mut self, view: View<'_>) {
        let report = view.report;
        let verdict = match report.verdict {
            Verdict::Pass => "\nPass\n",
            Verdict::Block => "\nBlock\n",
            Verdict::None => "\nNo verdict\n",
        };
        let others = ["\nPass\n", "\nBlock\n", "\nNo verdict\n"].into_iter().filter(|other| *other != verdict);
        if !self.text.contains(verdict) || others.into_iter().any(|other| self.text.contains(other)) {
            self.problems.push("the verdict is not told".to_owned());
        }
        let blocking = report.findings.iter().filter(|finding| view.blocks(finding)).count();
        let marked = self.text.matches(" · blocks\n").count();
        // Each is marked in the list and where it is shown; of very many, only the first are shown.
        if (blocking == 0) != (marked == 0) || marked < blocking.min(200) {
            self.problems.push(format!("{blocking} findings block, {marked} are marked"));
        }
        for finding in &report.findings {
            let names = [&finding.distribution, &finding.origin, &finding.bucket].into_iter().flatten();
            for name in std::iter::once(&finding.policy).chain(names) {
                // Text is shown as it is, but for what is escaped; so all of it is found again.
                if !self.text.contains(&*plain::line(name)) {
                    self.problems.push(format!("{name:?} is not shown"));
                }
            }
        }
        for error in &report.errors {
            if !self.text.contains(&*plain::line(&error.kind)) {
                self.problems.push(format!("the error {} is not shown", error.kind));
            }
        }
        if report.findings.is_empty() && view.facts.is_some_and(|facts| facts.paths.len() != self.articles) {
            self.problems.push("not every path is drawn".to_owned());
        }
    }
}
