//! Formats events as lines.

use std::collections::BTreeMap;
use std::io::Write;

use chrono::SecondsFormat;
use serde::Serialize;
use serde_json::Value;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::{LookupSpan, Scope};

use super::fields::LogFields;
use super::{Clock, LogFormat};

/// Writes each event with the fields of its spans.
pub(super) struct LineFormat<W> {
    format: LogFormat,
    writer: W,
    clock: Clock,
}

/// A line of JSON. Its keys are in the order of the alphabet.
#[derive(Serialize)]
struct JsonLine<'a> {
    fields: &'a BTreeMap<&'static str, Value>,
    level: &'static str,
    message: &'a str,
    target: &'a str,
    timestamp: &'a str,
}

impl<W> LineFormat<W> {
    pub(super) fn new(format: LogFormat, writer: W, clock: Clock) -> Self {
        Self { format, writer, clock }
    }

    fn line(&self, event: &Event<'_>, mut fields: LogFields) -> String {
        let timestamp = self.clock.now().to_rfc3339_opts(SecondsFormat::Micros, true);
        let level = event.metadata().level();
        let message = fields.take("message").unwrap_or_default();
        // Events of the `log` crate have their origin in fields.
        let target = fields.take("log.target").unwrap_or_else(|| event.metadata().target().to_owned());
        fields.0.retain(|name, _| !name.starts_with("log."));
        match self.format {
            LogFormat::Text => text_line(&format!("{timestamp} {level:>5} {target}: {message}"), &fields),
            LogFormat::Json => {
                let level = level.as_str();
                let line = JsonLine {
                    fields: &fields.0,
                    level,
                    message: &message,
                    target: &target,
                    timestamp: &timestamp,
                };
                // Text and numbers are always written.
                serde_json::to_string(&line).unwrap_or_default() + "\n"
            }
        }
    }
}

impl<S, W> Layer<S> for LineFormat<W>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    W: for<'writer> MakeWriter<'writer> + 'static,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = LogFields::default();
        attributes.record(&mut fields);
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if let Some(fields) = span.extensions_mut().get_mut::<LogFields>() {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = LogFields::default();
        for span in context.event_scope(event).into_iter().flat_map(Scope::from_root) {
            if let Some(of_span) = span.extensions().get::<LogFields>() {
                fields.0.extend(of_span.0.clone());
            }
        }
        fields.0.remove("message");
        event.record(&mut fields);
        let line = self.line(event, fields);
        // A failure to write the log cannot be reported anywhere.
        let _lost = self.writer.make_writer_for(event.metadata()).write_all(line.as_bytes());
    }
}

fn text_line(start: &str, fields: &LogFields) -> String {
    let mut line = start.to_owned();
    for (name, value) in &fields.0 {
        line.push(' ');
        line.push_str(name);
        line.push('=');
        match value {
            Value::String(text) if is_word(text) => line.push_str(text),
            value => line.push_str(&value.to_string()),
        }
    }
    line.push('\n');
    line
}

/// Whether a value can be written without quotes.
fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-:/|".contains(&byte))
}
