//! The program's metrics, all named and described in one place: [`Metrics::new`].
//!
//! The program and its settings fix the number of series. A label value is a word of a closed list, or a
//! `&'static str`, which can only come from the source (S135). The two exceptions are the pattern of a route
//! and the id of a sealing key. No metric contains a player, an address or a token.
//!
//! An action counts in one line, after its transaction: `app.metrics.sign_ins.add(SignIn::Wrong)`. Writes
//! inside a transaction are counted once it commits, by [`crate::platform::db::on_commit`].

mod exposition;
mod labels;
mod register;
mod types;

use std::borrow::Cow;
use std::time::Duration;

use prometheus_client::encoding::text;
use prometheus_client::registry::Registry;

pub use self::exposition::Exposition;
pub use self::labels::{
    ApiToken, CallRefused, Circuit, Contradiction, DbAccess, Delivery, GameRequest, GuardState, HashRefused,
    KeyRefusal, Limit, MailResult, Pass, PresentedTokenResult, Proof, Refresh, RevokedLink, SessionEnd,
    SignIn, WorkerName,
};
pub use self::register::MetricDescription;
use self::register::MetricRegistry;
pub use self::types::{
    AgeGauge, CounterVec, GaugeGuard, LabelledHistogram, PlainGauge, SecondsHistogram, SimpleCounter,
    StateSet,
};
use self::types::{AgeGaugeVec, CounterTable};
use crate::platform::fault::{self, Shortage};

/// Every metric of the program, described in [`Metrics::new`].
pub struct Metrics {
    registry: Registry,
    #[cfg_attr(
        not(feature = "test-support"),
        expect(dead_code, reason = "a test compares docs/metrics.md with it")
    )]
    described: Vec<MetricDescription>,

    // Requests
    requests: CounterTable,
    request_seconds: LabelledHistogram<()>,
    pub requests_in_progress: PlainGauge,
    pub problems: CounterVec<&'static str>,

    // Sign-ins and sessions
    pub sign_ins: CounterVec<SignIn>,
    pub staff_sign_ins: CounterVec<SignIn>,
    pub proofs: CounterVec<Proof>,
    pub presented_tokens: CounterVec<PresentedTokenResult>,
    pub throttle_refusals: CounterVec<Limit>,
    pub sessions_started: CounterVec<&'static str>,
    pub sessions_ended: CounterVec<SessionEnd>,
    pub audit_events: CounterVec<&'static str>,

    // Passwords
    pub hashes: SimpleCounter,
    pub hash_wait: SecondsHistogram,
    pub hashes_waiting: PlainGauge,
    pub hashes_running: PlainGauge,
    pub hash_permits: PlainGauge,
    pub hash_refusals: CounterVec<HashRefused>,

    // Amazon
    amazon_calls: CounterTable,
    amazon_call_seconds: LabelledHistogram<&'static str>,
    pub amazon_calls_refused: CounterVec<CallRefused>,
    pub amazon_in_flight: PlainGauge,
    pub amazon_permits: PlainGauge,
    pub circuit: StateSet<Circuit>,
    pub amazon_contradictions: CounterVec<Contradiction>,
    pub refreshes: CounterVec<Refresh>,
    pub oldest_overdue_link: AgeGauge,
    pub revocations: CounterVec<RevokedLink>,
    pub revocation_guard: StateSet<GuardState>,

    // Mail, and events for game servers
    pub mails: CounterVec<MailResult>,
    pub mails_waiting: PlainGauge,
    pub oldest_mail: AgeGauge,
    pub deliveries: CounterVec<Delivery>,
    pub deliveries_waiting: PlainGauge,
    pub oldest_delivery: AgeGauge,

    // Game servers and games
    pub api_tokens: CounterVec<ApiToken>,
    pub game_sockets: PlainGauge,
    pub game_requests: CounterVec<GameRequest>,
    pub code_linkings: CounterVec<&'static str>,
    pub sign_in_codes: CounterVec<&'static str>,
    pub code_networks: CounterVec<&'static str>,

    // Database
    pub db_connections: PlainGauge,
    pub db_connection_limit: PlainGauge,
    pub db_wait: LabelledHistogram<DbAccess>,
    pub db_writers_waiting: PlainGauge,
    pub db_write_retries: SimpleCounter,
    pub db_faults: CounterVec<fault::Kind>,
    pub db_shortages: CounterVec<Shortage>,

    // Log
    pub log_lines_dropped: SimpleCounter,

    // Background workers
    passes: CounterTable,
    last_pass: AgeGaugeVec,
    pub swept_rows: CounterVec<&'static str>,

    // Keys
    key_seals: CounterTable,
    key_opens: CounterTable,
    pub key_refusals: CounterVec<KeyRefusal>,

    process_start: AgeGauge,
    pub ready: PlainGauge,
}

impl Metrics {
    /// Registers every metric.
    ///
    /// Counter names end in `_total`; durations are in seconds, instants in seconds since 1970.
    #[rustfmt::skip]
    pub fn new() -> Self {
        let mut r = MetricRegistry::default();
        r.info("build", [("version", env!("CARGO_PKG_VERSION")), ("crate", env!("CARGO_PKG_NAME"))], "What runs here");
        Self {
            process_start: r.unprefixed("process_start_time_seconds", "When this process started"),

            ready: r.level("ready", "1 while the portal can serve: database, keys and schema, as /readyz says"),

            requests: r.table("http_requests", &["method", "route", "status"], "Requests answered, by the route's pattern and the status class"),
            request_seconds: r.timings("http_request_seconds", "route", "Time from a request's arrival to its answer"),
            requests_in_progress: r.level("http_requests_in_progress", "Requests being answered now"),
            problems: r.counts("http_problems", "code", "Requests that ended on an error page, by the page's code"),

            sign_ins: r.counts("sign_ins", "outcome", "Tries to sign in with a password, a mailed code or a passkey"),
            staff_sign_ins: r.counts("staff_sign_ins", "outcome", "Tries to sign in at the desk: its password, then its code"),
            proofs: r.counts("password_proofs", "outcome", "Passwords asked for beside the sign-in form"),
            presented_tokens: r.counts("hand_overs", "outcome", "Tokens of Amazon that games presented"),
            throttle_refusals: r.counts("throttle_refusals", "limit", "Tries refused because a budget is used up"),
            sessions_started: r.counts("sessions_started", "with", "Browser sessions begun"),
            sessions_ended: r.counts("sessions_ended", "how", "Browser sessions ended"),
            audit_events: r.counts("audit_events", "kind", "Audit records written"),

            hashes: r.count("password_hashes", "Password hashes run"),
            hash_wait: r.seconds("password_hash_wait_seconds", "Time a password waits for its turn"),
            hashes_waiting: r.level("password_hashes_waiting", "Passwords waiting for their turn"),
            hashes_running: r.level("password_hashes_running", "Password hashes running now"),
            hash_permits: r.level("password_hash_permits", "Password hashes that may run at once"),
            hash_refusals: r.counts("password_hash_refusals", "why", "Passwords not checked because too many were waiting"),

            amazon_calls: r.table("amazon_calls", &["call", "outcome"], "Calls to Amazon, repeats apart, by what came of them"),
            amazon_call_seconds: r.timings("amazon_call_seconds", "call", "Time of one call to Amazon"),
            amazon_calls_refused: r.counts("amazon_calls_refused", "share", "Calls to Amazon not made because their share was used up"),
            amazon_in_flight: r.level("amazon_calls_in_flight", "Calls to Amazon under way"),
            amazon_permits: r.level("amazon_call_permits", "Calls to Amazon that may be under way at once"),
            circuit: r.one_of("amazon_circuit", "state", "1 at the state of the circuit breaker towards Amazon"),
            amazon_contradictions: r.counts("amazon_contradictions", "what", "Answers of Amazon that contradict each other or the request"),
            refreshes: r.counts("token_refreshes", "outcome", "Renewals of Amazon's tokens, by what came of them"),
            oldest_overdue_link: r.age("oldest_overdue_link_seconds", "How long the most overdue link has waited for its renewal; 0 where none waits"),
            revocations: r.counts("links_revoked", "then", "Links that Amazon said were revoked, by what became of the row"),
            revocation_guard: r.one_of("revocation_brake", "state", "1 at the state of the brake on mass revocation"),

            mails: r.counts("mails", "outcome", "Letters handed to the mail server, by what came of it"),
            mails_waiting: r.level("mails_waiting", "Letters in the outbox, neither sent nor given up; counted up to 10000"),
            oldest_mail: r.age("oldest_waiting_mail_seconds", "Age of the oldest letter that waits; 0 where none does"),
            deliveries: r.counts("webhook_deliveries", "outcome", "Tries to deliver events to game servers"),
            deliveries_waiting: r.level("webhook_deliveries_waiting", "Deliveries of events still to be made"),
            oldest_delivery: r.age("oldest_waiting_webhook_seconds", "Age of the oldest delivery that waits; 0 where none does"),

            api_tokens: r.counts("api_tokens", "outcome", "Access tokens that game servers asked for"),
            game_sockets: r.level("game_sockets", "Sockets of games open now"),
            game_requests: r.counts("game_requests", "outcome", "Requests at the game's door"),
            code_linkings: r.counts("code_linkings", "outcome", "Linkings by code that ended, by how"),
            sign_in_codes: r.counts("sign_in_codes", "outcome", "Codes for signing in on a TV that ended before their time, by how"),
            code_networks: r.counts("code_networks", "networks", "Codes of TVs that were typed, by whether game and browser call from one network"),

            db_connections: r.level("db_connections_in_use", "Database connections in use when asked"),
            db_connection_limit: r.level("db_connections_limit", "Database connections there may be"),
            db_wait: r.timings("db_wait_seconds", "door", "Time until a read or a write has its turn and its connection"),
            db_writers_waiting: r.level("db_writers_waiting", "Transactions waiting for their turn to write"),
            db_write_retries: r.count("db_write_retries", "Transactions run again after a conflict"),
            db_faults: r.counts("db_faults", "kind", "Reads and writes that ended in a fault"),
            db_shortages: r.counts("db_shortages", "of", "Reads and writes that the database could not serve just then, by what it lacked"),

            log_lines_dropped: r.count("log_lines_dropped", "Lines of the log dropped because its reader was too slow"),

            passes: worker_passes(&mut r),
            last_pass: r.ages("worker_last_pass_timestamp_seconds", "worker", "When a worker last ended a pass well"),
            swept_rows: r.counts("swept_rows", "table", "Rows removed because their time was over"),

            key_seals: r.table("key_seals", &["key"], "Secrets sealed, by the key's id"),
            key_opens: r.table("key_opens", &["key"], "Sealed secrets opened, by the key's id"),
            key_refusals: r.counts("key_refusals", "why", "Sealed secrets that would not open"),

            described: r.described,
            registry: r.registry,
        }
    }

    /// Counts an answered request. `route` is the pattern of a mounted route, or `none`: never an address.
    pub fn request(&self, method: &str, route: impl Into<Cow<'static, str>>, status: u16, took: Duration) {
        let method = method_label(method);
        let class = match status {
            ..200 => "1xx",
            200..300 => "2xx",
            300..400 => "3xx",
            400..500 => "4xx",
            500.. => "5xx",
        };
        let route: Cow<'static, str> = route.into();
        self.requests.add([method.into(), route.clone(), class.into()]);
        self.request_seconds.observe_at(route, took);
    }

    /// Begins the counter of a mounted route's faults at zero.
    ///
    /// Prometheus sees no increase in a series that begins at one, so the first fault would raise no alert.
    pub fn begin_route(&self, method: &str, route: &str) {
        let route: Cow<'static, str> = route.to_owned().into();
        self.requests.begin([method_label(method).into(), route, "5xx".into()]);
    }

    /// Begins the counters of a call to Amazon at zero, one for each outcome.
    pub fn begin_amazon_call(&self, call: &'static str, outcomes: impl Iterator<Item = &'static str>) {
        for outcome in outcomes {
            self.amazon_calls.begin([call.into(), outcome.into()]);
        }
    }

    /// Counts a call to Amazon. `outcome` is `ok`, or names the failure.
    pub fn amazon_call(&self, call: &'static str, outcome: &'static str, took: Duration) {
        self.amazon_calls.add([call.into(), outcome.into()]);
        self.amazon_call_seconds.observe(call, took);
    }

    /// Counts a worker's pass that ended at `at`, in seconds since 1970.
    pub fn pass(&self, worker: WorkerName, outcome: Pass, at: i64) {
        self.passes.add([worker.as_str().into(), outcome.as_str().into()]);
        if outcome == Pass::Well {
            self.last_pass.set(worker.as_str(), seconds(at));
        }
    }

    /// Counts a sealed secret. The settings list the key ids, so they are few.
    pub fn sealed(&self, key: &str) {
        self.key_seals.add([key.to_owned().into()]);
    }

    /// Counts an opened secret; `key` is a key of the ring.
    pub fn opened(&self, key: &str) {
        self.key_opens.add([key.to_owned().into()]);
    }

    /// Begins the counters of a key of the ring at zero.
    pub fn begin_key(&self, key: &str) {
        self.key_seals.begin([key.to_owned().into()]);
        self.key_opens.begin([key.to_owned().into()]);
    }

    /// Sets the start of this process, in seconds since 1970.
    pub fn started(&self, at: i64) {
        self.process_start.set(seconds(at));
    }

    /// All metrics in the format that was asked for.
    pub fn exposed_as(&self, format: Exposition) -> String {
        format.written(&self.text())
    }

    /// All metrics in the `OpenMetrics` text format.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a string fails only if an encoder fails; the text is then incomplete.
        let _ = text::encode(&mut text, &self.registry);
        text
    }

    /// Name, kind, labels and help of every metric, for the table in `docs/metrics.md`.
    #[cfg(feature = "test-support")]
    pub fn described(&self) -> &[MetricDescription] {
        &self.described
    }
}

fn worker_passes(r: &mut MetricRegistry) -> CounterTable {
    let help = "Passes of what works beside the requests";
    let passes = r.table("worker_passes", &["worker", "outcome"], help);
    for worker in WorkerName::ALL {
        for outcome in Pass::ALL {
            passes.begin([worker.as_str().into(), outcome.as_str().into()]);
        }
    }
    passes
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

#[expect(clippy::cast_precision_loss, reason = "seconds since 1970 fit into 53 bits")]
fn seconds(since_1970: i64) -> f64 {
    since_1970 as f64
}

fn method_label(method: &str) -> &'static str {
    match method {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        _ => "other",
    }
}

#[cfg(test)]
mod tests;
