//! Metrics that are measured at each scrape: queue lengths and ages from the database.
//!
//! A sample costs the same however many players there are: it reads the front of an index, or a bounded
//! number of entries. The cost of counting all links by state would grow with them, so no sample does it.

use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::time::timeout;

use crate::app::App;
use crate::audit;
use crate::links::device_flow;
use crate::lwa;
use crate::operations::cleanup;
use crate::outbound::mail;
use crate::outbound::webhooks;
use crate::platform::db::{Conn, QueryResult};
use crate::platform::logging;
use crate::platform::metrics::{Circuit, Metrics};
use crate::server::routes;
use crate::sessions::SignedInWith;
use crate::web::error::PROBLEM_CODES;

/// The longest wait for the database. After that the scrape goes on without the samples.
const PATIENCE: Duration = Duration::from_secs(2);

/// Queries one value, and returns a function that stores it in the metrics.
type MetricSample = fn(&mut Conn, DateTime<Utc>) -> QueryResult<SampleNote>;
type SampleNote = Box<dyn FnOnce(&Metrics) + Send>;

/// All samples of a scrape.
const SAMPLES: &[MetricSample] = &[mails, deliveries];

/// Updates the metrics that are not counted by events.
pub(super) async fn take_samples(app: &App) {
    begin_counters(&app.metrics);
    app.db.update_gauges();
    app.metrics.log_lines_dropped.raise_to(logging::dropped_lines());
    app.metrics.circuit.set(match app.lwa.circuit() {
        lwa::CircuitBreaker::Closed => Circuit::Closed,
        lwa::CircuitBreaker::HalfOpen => Circuit::HalfOpen,
        lwa::CircuitBreaker::Open { .. } => Circuit::Open,
    });
    let now = app.clock.now();
    let asked = app.db.read(move |conn| {
        SAMPLES.iter().map(|sample| sample(conn, now)).collect::<QueryResult<Vec<SampleNote>>>()
    });
    if let Ok(Ok(notes)) = timeout(PATIENCE, asked).await {
        for note in notes {
            note(&app.metrics);
        }
    }
}

/// Begins the counters whose label values the rooms list, at zero.
///
/// Prometheus sees no increase in a series that begins at one, so an event of a kind that no scrape has shown
/// would raise no alert.
fn begin_counters(metrics: &Metrics) {
    for route in routes::table() {
        metrics.begin_route(route.method.as_str(), route.path);
    }
    metrics.problems.begin(PROBLEM_CODES);
    metrics.sessions_started.begin(SignedInWith::ALL.iter().map(|with| with.as_str()));
    metrics.audit_events.begin(audit::Kind::ALL.iter().map(|kind| kind.as_str()));
    metrics.code_linkings.begin(device_flow::Outcome::ALL.iter().map(|outcome| outcome.as_str()));
    metrics.sign_in_codes.begin(["signed_in", "linked", "taken", "denied", "replaced"]);
    metrics.code_networks.begin(["same", "different"]);
    metrics.swept_rows.begin(cleanup::swept_tables());
}

fn mails(conn: &mut Conn, now: DateTime<Utc>) -> QueryResult<SampleNote> {
    let waiting = mail::waiting(conn)?;
    Ok(Box::new(move |metrics| {
        metrics.mails_waiting.set(waiting.count);
        metrics.oldest_mail.set(age(waiting.oldest, now));
    }))
}

fn deliveries(conn: &mut Conn, now: DateTime<Utc>) -> QueryResult<SampleNote> {
    let (waiting, oldest) = webhooks::backlog(conn)?;
    Ok(Box::new(move |metrics| {
        metrics.deliveries_waiting.set(waiting);
        metrics.oldest_delivery.set(age(oldest, now));
    }))
}

/// The age in seconds, or 0 for `None`.
fn age(of: Option<DateTime<Utc>>, now: DateTime<Utc>) -> f64 {
    of.map_or(0.0, |since| (now - since).as_seconds_f64().max(0.0))
}
