//! The log on standard error: one line for each event, as text or as JSON.
//!
//! A thread of its own writes the lines; a reader that sleeps costs lines, and no request waits for it.
//!
//! An event is always one line, whatever its fields contain (S110). No filter, not even `trace`, makes a
//! dependency print the addresses, headers and bodies that it handles (S72). A panic becomes an error event
//! without values that may be part of its message (S102).

mod fields;
mod format;
mod line_queue;
mod targets;

use std::any::Any;
use std::io;
use std::panic::{self, PanicHookInfo};
use std::sync::OnceLock;
use std::time::Duration;

use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::filter::FilterFn;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, registry};

use self::format::LineFormat;
use self::line_queue::LineQueue;
use super::clock::Clock;
use super::fault::Fault;
use crate::text_enum;

/// The operator's log filter, such as `info` or `info,dovetail::lwa=debug`. It is validated when created.
#[derive(Clone, Debug)]
pub struct LogFilter(String);

impl LogFilter {
    /// Parses a filter. `None` if the text is not a valid filter, or names a target that logs nothing.
    pub fn parse(text: &str) -> Option<Self> {
        let is_valid = EnvFilter::try_new(text).is_ok() && targets::are_known(text);
        is_valid.then(|| Self(text.to_owned()))
    }
}

text_enum! {
    /// The format of a line.
    pub enum LogFormat {
        /// For a person at a terminal.
        Text = "text",
        /// For a machine: one JSON object per line, with the keys `timestamp level target message fields`.
        Json = "json",
    }
}

/// The lines that wait to be written to standard error, once the log has started.
static LINES: OnceLock<LineQueue> = OnceLock::new();

/// How long the end of the program waits for the last lines to be written.
const LAST_LINES: Duration = Duration::from_secs(1);

/// Sends events and panics to standard error from now on. Fails if the log has already started.
///
/// Whoever ends the program calls [`flush`] before, because a thread writes the lines.
pub fn start(filter: &LogFilter, format: LogFormat) -> Result<(), Fault> {
    let lines = LineQueue::start(io::stderr())?;
    subscriber(filter, format, lines.clone())
        .try_init()
        .map_err(|error| Fault::broken("starting the log", error))?;
    // The log starts once, or the line above has failed.
    let _ = LINES.set(lines);
    panic::set_hook(Box::new(log_panic));
    Ok(())
}

/// Waits until the lines so far are written, or for a second if their reader sleeps.
pub fn flush() {
    if let Some(lines) = LINES.get() {
        lines.wait_until_written(LAST_LINES);
    }
}

/// How many lines were dropped because the reader of the log was too slow.
pub fn dropped_lines() -> u64 {
    line_queue::dropped()
}

/// The targets of this program that a filter may name.
#[cfg(feature = "test-support")]
pub fn known_targets() -> &'static [&'static str] {
    targets::LOGGING_MODULES
}

/// The subscriber that [`start`] installs, with another writer: for tests.
pub fn subscriber<W>(filter: &LogFilter, format: LogFormat, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    registry().with(FilterFn::new(is_safe)).with(EnvFilter::new(&filter.0)).with(LineFormat::new(
        format,
        writer,
        Clock::system(),
    ))
}

/// Libraries that handle tokens, passwords or mail: their debug events may contain such data.
const CARRIERS: [&str; 10] = [
    "actix_http",
    "diesel",
    "h2",
    "hyper",
    "hyper_util",
    "lettre",
    "oauth2",
    "reqwest",
    "rustls",
    "tungstenite",
];

/// Dependencies that report a client's behaviour as their own error, such as a malformed request or a reset.
///
/// Any client can cause millions of such lines, and an operator can do nothing about them.
const CLIENT_CAUSED: [&str; 3] =
    ["actix_http::h1::dispatcher", "actix_http::h1::decoder", "webauthn_rs_core"];

/// Passes events of this program, of dependencies up to `info`, and of `CARRIERS` up to `warn`.
///
/// Events of `CLIENT_CAUSED` never pass.
fn is_safe(metadata: &Metadata<'_>) -> bool {
    let krate = metadata.target().split("::").next().unwrap_or_default();
    if CLIENT_CAUSED.contains(&metadata.target()) || CLIENT_CAUSED.contains(&krate) {
        return false;
    }
    let highest_level = match krate {
        env!("CARGO_CRATE_NAME") => Level::TRACE,
        _ if CARRIERS.contains(&krate) => Level::WARN,
        _ => Level::INFO,
    };
    *metadata.level() <= highest_level
}

fn log_panic(info: &PanicHookInfo<'_>) {
    let location = info.location().map(ToString::to_string).unwrap_or_default();
    let reason = literal_message(info.payload());
    tracing::error!(event = "platform.panic.caught", location, reason, "a request or task panicked");
}

/// The message of a panic, if it is a literal in the source.
///
/// A message that was built at run time may contain anything, even a token.
fn literal_message(payload: &(dyn Any + Send)) -> &'static str {
    payload.downcast_ref::<&'static str>().copied().unwrap_or("withheld, since it was made at run time")
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use tracing::subscriber::with_default;

    use super::*;

    #[derive(Clone, Default)]
    struct Paper(Arc<Mutex<Vec<u8>>>);

    impl Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn written(filter: &str, format: LogFormat, tell: impl FnOnce()) -> Vec<String> {
        let paper = Paper::default();
        let copy = paper.clone();
        let subscriber = subscriber(&LogFilter::parse(filter).unwrap(), format, move || copy.clone());
        with_default(subscriber, tell);
        let bytes = paper.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap().lines().map(ToOwned::to_owned).collect()
    }

    const HOSTILE: &str = "x\n{\"level\":\"ERROR\"}\r\u{1b}[31m\u{202e}\u{2028}\u{85}\u{7f}";

    #[test]
    fn hostile_text_stays_one_line_and_one_object() {
        for format in [LogFormat::Text, LogFormat::Json] {
            let lines = written("info", format, || {
                let _request = tracing::info_span!("request", agent = HOSTILE).entered();
                tracing::warn!(name = %HOSTILE, other = ?HOSTILE, "seen {HOSTILE}");
            });
            assert_eq!(lines.len(), 1, "{lines:?}");
            let is_hostile = |c: char| c.is_control() || "\u{202e}\u{2028}".contains(c);
            assert!(!lines[0].contains(is_hostile), "{lines:?}");
        }
    }

    #[test]
    fn a_json_line_has_fixed_keys_and_the_fields_of_its_spans() {
        let lines = written("info", LogFormat::Json, || {
            let _request = tracing::info_span!("request", request.reference = "abc").entered();
            tracing::info!(player.id = 7, is_new = true, level = "forged", "player signed in");
        });
        let line: serde_json::Value = serde_json::from_str(&lines[0]).unwrap();
        let keys: Vec<&String> = line.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["fields", "level", "message", "target", "timestamp"]);
        assert_eq!(line["level"], "INFO");
        assert_eq!(line["message"], "player signed in");
        assert_eq!(line["fields"]["request.reference"], "abc");
        assert_eq!(line["fields"]["player.id"], 7);
        assert_eq!(line["fields"]["is_new"], true);
        assert_eq!(line["fields"]["level"], "forged");
    }

    #[test]
    fn a_value_is_cut_at_256_bytes() {
        let long = "é".repeat(5_000);
        for format in [LogFormat::Text, LogFormat::Json] {
            let lines = written("info", format, || tracing::info!(name = long, "said"));
            assert!(lines[0].len() < 500, "{}", lines[0].len());
        }
    }

    #[test]
    fn no_filter_opens_the_mouth_of_a_dependency() {
        let lines = written("trace,reqwest=trace,h2::codec=trace", LogFormat::Text, || {
            tracing::trace!(target: "reqwest::connect", "token in the address");
            tracing::info!(target: "hyper_util::client", "token in the address");
            tracing::debug!(target: "h2::codec", "token in a frame");
            tracing::debug!(target: "some_new_library", "token somewhere");
            tracing::error!(target: "actix_http::h1::dispatcher", "stream error: Invalid Header provided");
            tracing::warn!(target: "reqwest", "worth knowing");
            tracing::trace!("our own");
        });
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert!(lines[0].contains("worth knowing") && lines[1].contains("our own"));
    }

    #[test]
    fn a_panic_tells_only_what_stands_in_the_source() {
        let made = panic::catch_unwind(|| panic!("{}", String::from("Atza|secret"))).unwrap_err();
        assert!(!literal_message(made.as_ref()).contains("secret"));
        let written = panic::catch_unwind(|| panic!("out of ideas")).unwrap_err();
        assert_eq!(literal_message(written.as_ref()), "out of ideas");
    }

    #[test]
    fn a_filter_that_is_none_is_refused() {
        assert!(LogFilter::parse("info,dovetail::lwa=debug").is_some());
        for wrong in ["info=loud", "a=b=c", "[{", "inof", "info,dovetail::lwaa=debug"] {
            assert!(LogFilter::parse(wrong).is_none(), "{wrong}");
        }
    }
}
