//! A hundred thousand links that are all due, while people look at their pages.
//!
//! Amazon is played by a bare handler that answers every refresh after 50 ms and keeps nothing: what is measured is
//! the portal's pass over its links, against what its limit of calls under way allows, and what pages feel of it.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpResponse, HttpServer};
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use dovetail::testing::platform::db::UtcTime;
use dovetail::testing::platform::db::schema::amazon_links::dsl;
use dovetail::testing::platform::db::schema::audit_seals;
use dovetail::testing::platform::fault::Fault;

use crate::database::Database;
use crate::measures::{self, part, watch};
use crate::portal::{self, Portal, Upstream};
use crate::report::{Aim, Report};

/// Every second made-up player is linked.
const PLAYERS: u32 = 200_000;
const ROUNDS: u32 = 7;
/// What one call takes, and how many may be under way: `DOVETAIL_REFRESH_CONCURRENCY` as it is by default.
const ANSWER_AFTER: Duration = Duration::from_millis(50);
const CALLS_AT_ONCE: f64 = 16.0;
/// Links after which the memory is looked at for the first time.
const WARM: u64 = 1_000;

/// Seeds, makes every link due, starts a portal with its refresher on, and looks at both while it works.
pub async fn due_links(database: &Database) {
    let mut report = Report::of(database.name());
    let amazon = Amazon::start();
    let portal = Portal::start_before(database, PLAYERS, Upstream::At(amazon.address)).await;
    make_due(&portal.app).await;
    let worker = portal::refresh(database, &portal);
    let requests = measures::account_requests(&portal, &worker, measures::WATCHERS).await;
    amazon.wait_for(WARM).await;
    let before = worker.process.resident();
    let (mut share, mut slowest, mut middle) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let (began, calls) = (Instant::now(), amazon.calls());
        let (mut real, mut floor) = watch(&worker, &portal.floor, &requests).await;
        #[expect(clippy::cast_precision_loss, reason = "thousands")]
        let per_second = (amazon.calls() - calls) as f64 / began.elapsed().as_secs_f64();
        share.push(per_second / (CALLS_AT_ONCE / ANSWER_AFTER.as_secs_f64()));
        slowest.push(part(&mut real, 99) / part(&mut floor, 99));
        middle.push(part(&mut real, 50) / part(&mut floor, 50));
    }
    #[expect(clippy::cast_precision_loss, reason = "megabytes")]
    let memory = worker.process.resident() as f64 / before as f64;
    println!(
        "  {}: {} links were looked at, {} KiB resident",
        report.database(),
        amazon.calls(),
        worker.process.resident()
    );
    report.add("links a second ÷ what 16 calls of 50 ms allow, 100,000 due", Aim::AtLeast(0.90), share);
    report.add("p99 of GET /account ÷ p99 of the floor, meanwhile", Aim::AtMost(3.0), slowest);
    report.add("the same, medians", Aim::None, middle);
    report.add("memory at the end ÷ after the first thousand links", Aim::AtMost(1.10), vec![memory]);
    report.print();
}

/// Waits until the records of the made-up links have their place in the audit chain, which is not what is measured
/// here, and makes every link due.
async fn make_due(app: &dovetail::testing::app::App) {
    let epoch = UtcTime::from(chrono::DateTime::UNIX_EPOCH);
    let waiting = audit_seals::table.filter(audit_seals::position.is_null()).count();
    while app.db.read(move |conn| waiting.get_result::<i64>(conn)).await.is_ok_and(|waiting| waiting > 0) {
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    let all = app.db.read(|conn| dsl::amazon_links.select(dsl::id).load::<String>(conn)).await;
    let all = all.unwrap_or_else(|fault| panic!("{fault}"));
    assert_eq!(all.len(), PLAYERS as usize / 2);
    for some in all.chunks(1_000) {
        let some = some.to_vec();
        let due = app.db.write(move |conn| {
            let these = dsl::amazon_links.filter(dsl::id.eq_any(&some));
            Ok::<_, Fault>(diesel::update(these).set(dsl::next_check_at.eq(epoch)).execute(conn)?)
        });
        due.await.unwrap_or_else(|fault| panic!("{fault}"));
    }
}

/// A stand-in for Amazon's token endpoint that takes its time and believes everybody.
struct Amazon {
    address: SocketAddr,
    calls: Arc<AtomicU64>,
}

impl Amazon {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let calls = Arc::new(AtomicU64::new(0));
        let counted = Data::from(Arc::clone(&calls));
        std::thread::spawn(move || {
            let service = move || App::new().app_data(counted.clone()).default_service(web::to(renew));
            let server = HttpServer::new(service).workers(1).listen(listener).unwrap();
            actix_web::rt::System::new().block_on(server.run()).unwrap();
        });
        Self { address, calls }
    }

    fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }

    async fn wait_for(&self, calls: u64) {
        while self.calls() < calls {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

/// The same refresh token again, as Amazon does.
async fn renew(calls: Data<AtomicU64>, form: Bytes) -> HttpResponse {
    let refresh_token = url::form_urlencoded::parse(&form).find(|(name, _)| name == "refresh_token");
    let (_, refresh_token) = refresh_token.unwrap();
    tokio::time::sleep(ANSWER_AFTER).await;
    let number = calls.fetch_add(1, Ordering::Relaxed);
    HttpResponse::Ok().json(serde_json::json!({
        "access_token": format!("Atza|{number:0>340}"),
        "token_type": "bearer",
        "expires_in": 3600,
        "refresh_token": refresh_token,
    }))
}
