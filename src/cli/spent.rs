//! Where the time went: a line for each part of the run when it is over, with what there is to know of it.

use std::fmt::{Debug, Write as _};
use std::io::{self, Write as _};
use std::time::{Duration, Instant};

use anstyle::{AnsiColor, Style};
use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use super::log::Format;
use crate::report::plain;
use crate::report::text::style::paint;

/// Writes the lines to standard error.
pub(super) struct Spent {
    pub(super) format: Format,
    pub(super) colour: bool,
}

/// A part of the run that is not over.
struct Begun {
    at: Instant,
    fields: Fields,
}

/// What is known of a part of the run, in the order in which it is declared.
#[derive(Default)]
struct Fields(Vec<(&'static str, Value)>);

impl Fields {
    fn put(&mut self, field: &Field, value: impl Into<Value>) {
        self.0.push((field.name(), value.into()));
    }
}

impl Visit for Fields {
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        // A plan's name is anything that a file name can be.
        self.put(field, plain::line(value));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.record_str(field, &format!("{value:?}"));
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Spent {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        span.extensions_mut().insert(Begun { at: Instant::now(), fields });
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if let Some(begun) = span.extensions_mut().get_mut::<Begun>() {
            values.record(&mut begun.fields);
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(span) = context.span(&id) else { return };
        let Some(Begun { at, fields }) = span.extensions_mut().remove() else { return };
        let (level, phase, took) = (*span.metadata().level(), span.name(), at.elapsed());
        let line = match self.format {
            Format::Text => text(level, phase, took, &fields, self.colour),
            Format::Json => json(level, phase, took, fields),
        };
        // That it cannot be written can be said nowhere.
        let _ = io::stderr().lock().write_all(line.as_bytes());
    }
}

/// To a thousandth, which is more than a run repeats.
#[allow(clippy::cast_precision_loss, reason = "no run lasts for so many centuries")]
fn milliseconds(took: Duration) -> f64 {
    took.as_micros() as f64 / 1000.0
}

fn text(level: Level, phase: &str, took: Duration, fields: &Fields, colour: bool) -> String {
    let level_colour = if level == Level::INFO { AnsiColor::Green } else { AnsiColor::Blue };
    let level = format!("{:>5}", level.as_str());
    let level = if colour { paint(Style::new().fg_color(Some(level_colour.into())), &level) } else { level };
    let mut line = format!("{level} {phase} took {:.3} ms", milliseconds(took));
    for (name, value) in &fields.0 {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        // Writing to a string cannot fail.
        let _ = write!(line, " {name}={value}");
    }
    line.push('\n');
    line
}

fn json(level: Level, phase: &str, took: Duration, fields: Fields) -> String {
    let own = [
        ("level", level.as_str().into()),
        ("message", "done".into()),
        ("phase", phase.into()),
        ("elapsed_ms", milliseconds(took).into()),
    ];
    let line: Map<String, Value> =
        own.into_iter().chain(fields.0).map(|(name, value)| (name.to_owned(), value)).collect();
    format!("{}\n", Value::Object(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOOK: Duration = Duration::from_nanos(12_345_678);

    fn fields() -> Fields {
        Fields(vec![("plan", "a b".into()), ("bytes", 7.into())])
    }

    #[test]
    fn a_line_for_people_says_what_took_how_long() {
        assert_eq!(text(Level::INFO, "parse", TOOK, &fields(), false), " INFO parse took 12.345 ms plan=a b bytes=7\n");
        let coloured = text(Level::DEBUG, "parse", TOOK, &fields(), true);
        assert_eq!(
            anstream::adapter::strip_str(&coloured).to_string(),
            "DEBUG parse took 12.345 ms plan=a b bytes=7\n"
        );
    }

    #[test]
    fn a_line_for_programs_has_numbers() {
        let line: Value = serde_json::from_str(&json(Level::INFO, "parse", TOOK, fields())).unwrap();
        let wanted = serde_json::json!({
            "level": "INFO", "message": "done", "phase": "parse", "elapsed_ms": 12.345, "plan": "a b", "bytes": 7
        });
        assert_eq!(line, wanted);
    }
}
