//! The operator's listener: what it says, what it refuses, and that it tells the truth while things break.

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use dovetail::testing::platform::metrics::Metrics;
use futures_util::future::join_all;
use reqwest::Method;

use super::harness::cuttable_proxy::Cable;
use super::harness::database::Database;
use super::harness::ports::port_for_a_program;
use super::harness::program::Program;
use super::harness::{Portal, operations::Operations};

#[tokio::test]
async fn it_answers_two_addresses_and_nothing_else() {
    let portal = Portal::start().await;
    let operations = portal.operations();
    let ready = operations.get("/readyz").await;
    assert_eq!(
        (ready.status().as_u16(), ready.headers()["cache-control"].to_str().unwrap()),
        (200, "no-store")
    );
    assert!(!ready.headers().contains_key("set-cookie") && !ready.headers().contains_key("server"));
    assert_eq!(ready.text().await.unwrap(), "ok\n");
    let metrics = operations.get("/metrics").await;
    assert!(!metrics.headers().contains_key("set-cookie"));
    for path in ["/", "/healthz", "/account", "/metrics/", "/readyz/x", "/static/x/y"] {
        assert_eq!(operations.get(path).await.status(), 404, "{path}");
    }
    for path in ["/readyz", "/metrics"] {
        assert_eq!(operations.ask(Method::HEAD, path).await.status(), 200, "{path}");
        for method in [Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS] {
            let refused = operations.ask(method.clone(), path).await;
            assert_eq!(refused.status(), 405, "{method} {path}");
            assert_eq!(refused.headers()["allow"], "GET, HEAD");
        }
    }
}

#[tokio::test]
async fn metrics_come_in_the_format_that_was_asked_for() {
    let portal = Portal::start().await;
    let operations = portal.operations();
    let prometheus =
        "application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.4,*/*;q=0.1";
    for (accept, is_open) in [
        (prometheus, true),
        ("application/openmetrics-text", true),
        ("text/plain;version=0.0.4", false),
        ("*/*", false),
        ("application/openmetrics-text;q=0, text/plain", false),
    ] {
        let scraped = operations.ask_for(accept, "/metrics").await;
        let kind = scraped.headers()["content-type"].to_str().unwrap().to_owned();
        assert_eq!(scraped.headers()["vary"], "Accept", "{accept}");
        let text = scraped.text().await.unwrap();
        let wanted = if is_open {
            "application/openmetrics-text; version=1.0.0; charset=utf-8"
        } else {
            "text/plain; version=0.0.4; charset=utf-8"
        };
        assert_eq!(kind, wanted, "{accept}");
        assert_eq!(text.ends_with("# EOF\n"), is_open, "{accept}");
        let counter = if is_open { "dovetail_sign_ins counter" } else { "dovetail_sign_ins_total counter" };
        assert!(text.contains(&format!("# TYPE {counter}\n")), "{accept}");
        assert_eq!(text.contains(" info\n"), is_open, "{accept}");
        assert!(text.contains("dovetail_build_info{"), "{accept}");
    }
}

/// `increase()` sees nothing in a series that begins at one, so each has to be there before its first event.
#[tokio::test]
async fn every_counter_is_there_before_its_first_event() {
    let portal = Portal::start().await;
    let operations = portal.operations();
    let before = operations.series().await;
    let is_zero = |series: &str| before.iter().any(|line| line == &format!("{series} 0"));
    for series in [
        "dovetail_amazon_calls_total{call=\"exchange\",outcome=\"invalid_client\"}",
        "dovetail_amazon_calls_total{call=\"refresh\",outcome=\"unauthorized_client\"}",
        "dovetail_amazon_calls_total{call=\"tokeninfo\",outcome=\"timeout\"}",
        "dovetail_amazon_contradictions_total{what=\"wrong_user\"}",
        "dovetail_key_refusals_total{why=\"tampered\"}",
        "dovetail_db_faults_total{kind=\"busy\"}",
        "dovetail_http_problems_total{code=\"csrf\"}",
        "dovetail_http_requests_total{method=\"POST\",route=\"/sign-in\",status=\"5xx\"}",
        "dovetail_audit_events_total{kind=\"link.amazon.added\"}",
        "dovetail_sessions_started_total{with=\"amazon\"}",
        "dovetail_links_revoked_total{then=\"ended\"}",
        "dovetail_api_tokens_total{outcome=\"given\"}",
        "dovetail_game_requests_total{outcome=\"panicked\"}",
        "dovetail_code_linkings_total{outcome=\"taken\"}",
        "dovetail_worker_passes_total{worker=\"mail\",outcome=\"fault\"}",
        "dovetail_swept_rows_total{table=\"mails\"}",
    ] {
        assert!(is_zero(series), "{series} in\n{}", before.join("\n"));
    }
    let counters = Metrics::new().described().iter().filter(|it| it.kind == "counter").count();
    let mut there: Vec<&str> = before
        .iter()
        .filter_map(|line| line.split(['{', ' ']).next())
        .filter(|name| name.ends_with("_total"))
        .collect();
    there.dedup();
    assert_eq!(there.len(), counters, "a counter has no series yet: {there:?}");
}

#[tokio::test]
async fn amazon_that_contradicts_itself_is_counted() {
    let portal = Portal::start().await;
    let operations = portal.operations();
    let bo = portal.bo().await;
    let series = "dovetail_amazon_contradictions_total{what=\"wrong_user\"}";
    assert!(operations.value(series).await < 0.5);
    portal.amazon.simulator.switch(|switches| switches.wrong_customer = true);
    let amazon = portal.browser_of(&bo).visit("/account").await.press("Link Amazon account").await;
    amazon.allow_as("Mork Hashimoto").await;
    assert!(operations.value(series).await > 0.5);
    portal.amazon.simulator.switch(|switches| {
        switches.wrong_customer = false;
        switches.wrong_audience = true;
    });
    let amazon = portal.browser_of(&bo).visit("/account").await.press("Link Amazon account").await;
    amazon.allow_as("Mork Hashimoto").await;
    assert!(operations.value("dovetail_amazon_contradictions_total{what=\"wrong_audience\"}").await > 0.5);
    assert!(operations.value("dovetail_amazon_contradictions_total{what=\"wrong_issuer\"}").await < 0.5);
}

#[tokio::test]
async fn players_find_neither_of_them() {
    let portal = Portal::start().await;
    for path in ["/readyz", "/metrics"] {
        assert_eq!(portal.browser().visit(path).await.status, 404, "{path}");
    }
    assert_eq!(portal.browser().get("/healthz").await.status, 200);
}

#[tokio::test]
async fn who_is_stopping_is_not_ready() {
    let portal = Portal::start().await;
    let operations = portal.operations();
    assert!(operations.is_ready().await);
    operations.readiness.stop();
    let refused = operations.get("/readyz").await;
    assert_eq!(refused.status(), 503);
    assert!(refused.headers().contains_key("retry-after"));
    assert_eq!(refused.text().await.unwrap(), "not ready\n");
}

/// A thousand probes cost about as much as one: each second there is at most one look.
#[tokio::test]
async fn a_crowd_of_probes_is_answered_by_few_looks() {
    let portal = Portal::start().await;
    let operations = portal.operations();
    let writes = "dovetail_db_wait_seconds_count{door=\"write\"}";
    operations.is_ready().await;
    let before = operations.value(writes).await;
    let started = std::time::Instant::now();
    let answers = join_all((0..200).map(|_| operations.is_ready())).await;
    assert!(answers.into_iter().all(|answer| answer));
    let seconds = started.elapsed().as_secs_f64();
    let looks = operations.value(writes).await - before;
    assert!(looks <= seconds + 2.0, "{looks} looks in {seconds} s");
    assert_eq!(portal.count("SELECT count(*) AS count FROM throttles"), 0, "a probe leaves nothing behind");
}

/// S92, on PostgreSQL: the line to it is cut.
#[tokio::test]
async fn readiness_follows_a_database_that_goes_and_comes_back() {
    let database = Database::fresh(|url| {
        use dovetail::testing::platform::db::{Db, migrate};
        migrate::up(&mut Db::open(url, 1).unwrap().connection().unwrap()).unwrap();
    });
    if !database.is_postgres() {
        return;
    }
    let mut url = url::Url::parse(database.url()).unwrap();
    let cable = Cable::to(&format!("{}:{}", url.host_str().unwrap(), url.port().unwrap())).await;
    url.set_host(Some("127.0.0.1")).unwrap();
    url.set_port(Some(cable.port())).unwrap();
    let portal = Portal::with(|settings| {
        settings.set("DOVETAIL_DATABASE_URL", url.as_str());
    })
    .await;
    let operations = portal.operations();
    assert!(operations.is_ready().await);
    cable.cut();
    assert!(operations.becomes(false).await, "the database is gone, and nobody noticed");
    assert_eq!(portal.browser().get("/healthz").await.status, 200, "it is alive all the same");
    assert!(operations.get("/metrics").await.text().await.unwrap().contains("dovetail_ready 0\n"));
    assert_eq!(portal.browser().get("/sign-in").await.status, 200, "pages that need no database are served");
    cable.mend();
    assert!(operations.becomes(true).await, "the database is back, and nobody noticed");
    assert!(operations.value("dovetail_ready").await > 0.5);
}

/// S92, on SQLite: another program holds the lock.
#[tokio::test]
async fn readiness_follows_a_database_that_cannot_be_written() {
    let portal = Portal::start().await;
    let Some(file) = portal.sqlite_file().map(str::to_owned) else { return };
    let operations = portal.operations();
    assert!(operations.is_ready().await);
    let mut other = SqliteConnection::establish(&file).unwrap();
    other.batch_execute("BEGIN IMMEDIATE").unwrap();
    assert!(operations.becomes(false).await, "nothing can be written, and nobody noticed");
    assert_eq!(portal.browser().get("/healthz").await.status, 200, "it is alive all the same");
    other.batch_execute("ROLLBACK").unwrap();
    assert!(operations.becomes(true).await, "the lock is free, and nobody noticed");
}

#[tokio::test]
async fn a_schema_of_another_program_is_not_ready() {
    let portal = Portal::start().await;
    portal.run("INSERT INTO __diesel_schema_migrations (version) VALUES ('29990101000000')");
    let operations = portal.operations();
    assert!(!operations.is_ready().await);
}

/// S135: many players more, not one series more.
#[tokio::test]
async fn no_label_grows_with_players() {
    let portal = Portal::with(|settings| {
        settings.set("DOVETAIL_THROTTLE", "off");
    })
    .await;
    let operations = portal.operations();
    let mut before = 0;
    for number in 0..12 {
        let person = portal.person(&format!("Player{number:02}"), true, None).await;
        let page = portal.browser().visit("/sign-in").await;
        let page = page.fill("identifier", person.email()).fill("password", "not the password");
        assert_eq!(page.press("Sign in").await.status, 422);
        let page = portal.browser().visit("/sign-in").await;
        let page = page.fill("identifier", person.email()).fill("password", person.password());
        assert_eq!(page.press("Sign in").await.url.path(), "/account");
        portal.browser().get(&format!("/nobody/was/here/{number}")).await;
        // The first scrape after the first player knows every series that a player can cause.
        if number == 0 {
            before = names(&operations).await.len();
        }
    }
    let after = names(&operations).await;
    assert_eq!(after.len(), before, "{after:#?}");
    assert!((operations.value("dovetail_sign_ins_total{outcome=\"in\"}").await - 12.0).abs() < 0.1);
    assert!((operations.value("dovetail_sign_ins_total{outcome=\"wrong\"}").await - 12.0).abs() < 0.1);
    assert!(
        (operations.value("dovetail_sessions_started_total{with=\"password\"}").await - 12.0).abs() < 0.1
    );
}

async fn names(operations: &Operations) -> Vec<String> {
    let series = operations.series().await;
    series.iter().map(|line| line.rsplit_once(' ').unwrap().0.to_owned()).collect()
}

/// S19: one network that tries many accounts, and many tries at one.
#[tokio::test]
async fn spraying_shows_in_the_metrics() {
    let portal = Portal::with(|settings| {
        settings.set("DOVETAIL_LOGIN_NETWORK_FAILURES", "10");
    })
    .await;
    let operations = portal.operations();
    let refused = "dovetail_throttle_refusals_total{limit=\"network_guesses\"}";
    assert!(operations.value(refused).await < 0.5);
    for number in 0..13 {
        let page = portal.browser().visit("/sign-in").await;
        let page = page.fill("identifier", &format!("player{number}@example.test"));
        page.fill("password", "Summer2026!").press("Sign in").await;
    }
    assert!(operations.value(refused).await >= 3.0);
    assert!(operations.value("dovetail_sign_ins_total{outcome=\"code_asked\"}").await >= 3.0);
}

#[tokio::test]
async fn what_happens_is_counted() {
    let portal = Portal::start().await;
    let operations = portal.operations();
    let bo = portal.bo().await;
    let amazon = portal.browser_of(&bo).visit("/account").await.press("Link Amazon account").await;
    let confirm = amazon.allow_as("Mork Hashimoto").await;
    confirm.press("Link this account").await;
    for (series, least) in [
        ("dovetail_amazon_calls_total{call=\"exchange\",outcome=\"ok\"}", 1.0),
        ("dovetail_amazon_calls_total{call=\"profile\",outcome=\"ok\"}", 1.0),
        ("dovetail_amazon_call_seconds_count{call=\"tokeninfo\"}", 1.0),
        ("dovetail_amazon_calls_in_flight", 0.0),
        ("dovetail_audit_events_total{kind=\"link.amazon.added\"}", 1.0),
        ("dovetail_mails_waiting", 1.0),
        ("dovetail_password_hashes_total", 1.0),
        ("dovetail_db_connections_limit", 16.0),
        ("dovetail_http_requests_total{method=\"POST\",route=\"/amazon/confirm\",status=\"3xx\"}", 1.0),
        ("dovetail_http_request_seconds_count{route=\"/account\"}", 1.0),
        ("dovetail_amazon_circuit{state=\"closed\"}", 1.0),
    ] {
        assert!(operations.value(series).await >= least, "{series}");
    }
    let opened = operations.series().await;
    assert!(opened.iter().any(|line| line.starts_with("dovetail_key_opens_total{key=")), "{opened:#?}");
}

/// The real program: ready before it says where to click, not ready while it stops, and gone at last.
#[tokio::test]
async fn the_program_is_ready_while_it_serves_and_not_while_it_stops() {
    use std::time::Duration;
    use tokio::io::AsyncWriteExt;
    let (program, port, ops) = program(&[]);
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let readyz = format!("http://127.0.0.1:{ops}/readyz");
    assert_eq!(client.get(&readyz).send().await.unwrap().status(), 200);
    // A form that does not come to its end keeps the portal from stopping at once.
    let mut slow = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let head = format!(
        "POST /sign-in HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: 100\r\n\r\ncsrf="
    );
    slow.write_all(head.as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    program.ask_to_stop();
    let mut told = Vec::new();
    while let Ok(answer) = client.get(&readyz).send().await {
        told.push(answer.status().as_u16());
        if answer.status() == 503 {
            drop(slow);
            break;
        }
    }
    assert_eq!(told.last(), Some(&503), "{told:?}");
    program.stop();
    assert!(client.get(&readyz).send().await.is_err(), "it stops last, and it stops");
}

fn program(more: &[(&str, &str)]) -> (Program, u16, u16) {
    let (port, ops, simulator) = (port_for_a_program(), port_for_a_program(), port_for_a_program());
    let folder = tempfile::tempdir().unwrap().keep();
    let mut settings = std::collections::BTreeMap::new();
    let mut set = |name: &str, value: &str| settings.insert(name.to_owned(), value.to_owned());
    set("DOVETAIL_MODE", "development");
    set("DOVETAIL_LISTEN", &format!("127.0.0.1:{port}"));
    set("DOVETAIL_OPS_LISTEN", &format!("127.0.0.1:{ops}"));
    set("DOVETAIL_SIMULATOR_LISTEN", &format!("127.0.0.1:{simulator}"));
    set("DOVETAIL_PUBLIC_URL", &format!("http://localhost:{port}"));
    set("DOVETAIL_DATABASE_URL", &format!("sqlite:{}", folder.join("dovetail.db").display()));
    for (name, value) in more {
        set(name, value);
    }
    (Program::serve(&settings), port, ops)
}

/// S133: one reference for every line of a request, ours unless a trusted proxy brings one and may.
#[tokio::test]
async fn every_line_of_a_request_carries_its_reference() {
    for (trusted, setting, is_believed) in
        [("10.0.0.0/8", "on", false), ("127.0.0.0/8", "off", false), ("127.0.0.0/8", "on", true)]
    {
        let more = [
            ("DOVETAIL_LOG", "trace"),
            ("DOVETAIL_LOG_FORMAT", "json"),
            ("DOVETAIL_TRUSTED_PROXIES", trusted),
            ("DOVETAIL_PROXY_REQUEST_ID", setting),
        ];
        let (program, port, _) = program(&more);
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let address = format!("http://localhost:{port}/sign-in/code");
        let brought = "edge-7f3a9c0d";
        let answer = client.get(&address).header("x-request-id", brought).send().await.unwrap();
        let named = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
        assert_eq!(named == brought, is_believed, "{trusted} {setting}");
        for hostile in ["a b c d e f g h", "short", "<script>alert(1)</script>", &"x".repeat(65)] {
            let answer = client.get(&address).header("x-request-id", hostile).send().await.unwrap();
            assert_ne!(answer.headers()["x-request-id"], hostile);
        }
        let log = program.stop();
        let lines: Vec<serde_json::Value> = log
            .lines()
            .filter(|line| line.starts_with('{'))
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert!(
            lines.iter().all(|line| line["timestamp"].as_str().unwrap().ends_with('Z')),
            "times are in UTC"
        );
        let of_request: Vec<&str> = lines
            .iter()
            .filter(|line| line["fields"]["request.reference"] == named.as_str())
            .filter_map(|line| line["fields"]["event"].as_str())
            .collect();
        assert!(of_request.contains(&"web.request.answered"), "{of_request:?}\n{log}");
        assert!(
            of_request.iter().any(|event| event.starts_with("platform.db.")),
            "work on the blocking pool, too: {of_request:?}"
        );
    }
}

#[test]
fn the_table_of_metrics_is_the_list_in_the_program() {
    let page = include_str!("../../docs/metrics.md");
    let written: Vec<&str> = page
        .lines()
        .filter(|line| line.starts_with("| `dovetail_") || line.starts_with("| `process_"))
        .collect();
    let metrics = Metrics::new();
    let wanted: Vec<String> = metrics
        .described()
        .iter()
        .map(dovetail::testing::platform::metrics::MetricDescription::row)
        .collect();
    assert!(written == wanted, "the table in docs/metrics.md should be:\n{}", wanted.join("\n"));
}
