//! S72: no secret anywhere else. The real program runs with its log wide open while people register, sign in, link,
//! replace, unlink, reset, and Amazon fails in every way; then its log, its database and its answers are searched for
//! every secret that passed.

use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::time::Duration;

use dovetail::config::new_keys;
use dovetail::lwa::simulator::{Call, Fault, Settings, Simulator, WEB_CLIENT_ID};
use dovetail::platform::clock::Clock;
use dovetail::platform::db::{Db, migrate};
use url::Url;

use super::harness::browser::Diary;
use super::harness::database::Database;
use super::harness::dump;
use super::harness::program::Program;
use super::harness::wiretap::Wiretap;
use super::harness::{Browser, Page};

const CLIENT_SECRET: &str =
    "amzn1.oa2-cs.v1.7c1f60c2c3a94d5f8e0b16a49d2e7f30a1b2c3d4e5f60718293a4b5c6d7e8f90";
const FIRST_PASSWORD: &str = "Zaunkoenig quittiert 41 Pflaumen";
const SECOND_PASSWORD: &str = "Wolkenbruch sortiert 58 Laternen";
const THIRD_PASSWORD: &str = "Murmeltier poliert 73 Trompeten";
const WRONG_PASSWORD: &str = "Haselnuss verlegt 19 Schienen";
const STRAY_PASSWORD: &str = "Regenwurm mietet 64 Ballone";
const ECHOED: &str = "Atza|IwEBI-canary-that-Amazon-repeats-in-an-error";
const STRAY_TOKEN: &str = "Atza|IwEBI-canary-that-somebody-put-into-an-address";
const STRAY_CODE: &str = "ANcanaryCodeOfNobody";
const STRAY_STATE: &str = "canary-state-that-nobody-was-given-0123456789";

/// What must not be found, with its name.
#[derive(Default)]
struct Secrets(BTreeMap<String, &'static str>);

impl Secrets {
    fn add(&mut self, what: &'static str, secret: &str) {
        assert!(secret.len() >= 6, "{what} is too short to be looked for: {secret:?}");
        self.0.insert(secret.to_owned(), what);
    }

    /// Names of the secrets that stand in `place`, as they are or as an address would hold them.
    fn found_in(&self, place: &[u8], but: &[&str]) -> Vec<String> {
        let mut found = Vec::new();
        for (secret, what) in self.0.iter().filter(|(_, what)| !but.contains(what)) {
            let encoded: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
            for form in [secret.as_str(), &encoded, &encoded.replace('+', "%20")] {
                if stands_in(place, form) {
                    found.push(format!("{what} {secret}"));
                    break;
                }
            }
        }
        found
    }

    fn count(&self, what: &str) -> usize {
        self.0.values().filter(|known| **known == what).count()
    }
}

/// Six digits are found only where they stand alone: a longer number that contains them is another one.
fn stands_in(place: &[u8], secret: &str) -> bool {
    let is_code = secret.len() == 6;
    let is_part = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'.');
    place.windows(secret.len()).enumerate().any(|(at, window)| {
        window == secret.as_bytes()
            && !(is_code
                && (is_part(at.checked_sub(1).and_then(|at| place.get(at)))
                    || is_part(place.get(at + secret.len()))))
    })
}

/// The program, its Amazon behind a wiretap, and whoever tries it.
struct Canary {
    url: String,
    simulator: Simulator,
    _amazon: dovetail::lwa::simulator::Running,
    wiretap: Wiretap,
    program: Program,
    database: Database,
    settings: BTreeMap<String, String>,
    diary: Diary,
    secrets: Secrets,
}

impl Canary {
    async fn start() -> Self {
        let port = free_port();
        let url = format!("http://localhost:{port}");
        let simulator = amazon(&url);
        let running = simulator.start(TcpListener::bind("127.0.0.1:0").unwrap()).unwrap();
        let wiretap = Wiretap::to(running.url().trim_start_matches("http://")).await;
        let database = Database::fresh(|url| {
            migrate::up(&mut Db::open(url, 1).unwrap().connection().unwrap()).unwrap();
        });
        let mut settings = BTreeMap::new();
        let mut set = |name: &str, value: &str| settings.insert(name.to_owned(), value.to_owned());
        set("DOVETAIL_MODE", "development");
        set("DOVETAIL_LOG", "trace");
        set("DOVETAIL_LISTEN", &format!("127.0.0.1:{port}"));
        set("DOVETAIL_OPS_LISTEN", &format!("127.0.0.1:{}", free_port()));
        set("DOVETAIL_PUBLIC_URL", &url);
        set("DOVETAIL_DATABASE_URL", database.url());
        set("DOVETAIL_SIMULATOR", "off");
        set("DOVETAIL_AMAZON_CLIENT_ID", WEB_CLIENT_ID);
        set("DOVETAIL_AMAZON_CLIENT_SECRET", CLIENT_SECRET);
        set("DOVETAIL_AMAZON_AUTHORIZE_URL", &format!("{}/ap/oa", running.url()));
        set("DOVETAIL_AMAZON_TOKEN_URL", &format!("{}/auth/o2/token", wiretap.url()));
        set("DOVETAIL_AMAZON_TOKENINFO_URL", &format!("{}/auth/o2/tokeninfo", wiretap.url()));
        set("DOVETAIL_AMAZON_PROFILE_URL", &format!("{}/user/profile", wiretap.url()));
        set("DOVETAIL_UPSTREAM_CONNECT", "1s");
        set("DOVETAIL_UPSTREAM_TOTAL", "1s");
        let keys = new_keys().unwrap();
        for line in keys.lines() {
            let (name, value) = line.split_once('=').unwrap();
            set(name, value);
        }
        let program = Program::serve(&settings);
        let secrets = Secrets::default();
        Self {
            url,
            simulator,
            _amazon: running,
            wiretap,
            program,
            database,
            settings,
            diary: Diary::default(),
            secrets,
        }
    }

    fn browser(&self) -> Browser {
        Browser::new(&self.url, &Clock::system()).with_diary(&self.diary)
    }

    /// The text of the newest mail to this address.
    async fn mail_to(&self, address: &str) -> String {
        let outbox = self.browser().visit("/dev/outbox").await;
        let mail = outbox.text_of(&format!("article[data-mail-to='{address}'] pre"));
        mail.unwrap_or_else(|| panic!("no mail to {address}: {}", outbox.text()))
    }

    /// The mailed code, remembered as a secret.
    async fn code_for(&mut self, address: &str) -> String {
        let mail = self.mail_to(address).await;
        let code =
            mail.split(' ').find(|word| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit()));
        let code = code.unwrap_or_else(|| panic!("no code in {mail}")).to_owned();
        self.secrets.add("mailed code", &code);
        code
    }

    /// The mailed link, its token remembered as a secret.
    async fn link_for(&mut self, address: &str) -> String {
        let mail = self.mail_to(address).await;
        let link = mail.split(' ').find(|word| word.contains("token="));
        let link = link.unwrap_or_else(|| panic!("no link in {mail}")).to_owned();
        let token = link.split_once("token=").unwrap().1;
        self.secrets.add("mailed token", token);
        link
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn amazon(url: &str) -> Simulator {
    let mut settings = Settings::development(Clock::system(), &format!("{url}/amazon/callback"));
    for client in &mut settings.clients {
        if client.id == WEB_CLIENT_ID {
            client.secret = Some(CLIENT_SECRET.to_owned());
        }
    }
    Simulator::new(settings)
}

#[tokio::test]
async fn no_secret_is_anywhere_else() {
    let mut canary = Canary::start().await;
    let secrets = &mut canary.secrets;
    for password in [FIRST_PASSWORD, SECOND_PASSWORD, THIRD_PASSWORD, WRONG_PASSWORD, STRAY_PASSWORD] {
        secrets.add("password", password);
    }
    secrets.add("client secret", CLIENT_SECRET);
    for token in [ECHOED, STRAY_TOKEN] {
        secrets.add("access token", token);
    }
    secrets.add("authorization code", STRAY_CODE);
    secrets.add("state", STRAY_STATE);
    for name in ["DOVETAIL_TOKEN_KEYS", "DOVETAIL_SESSION_KEY"] {
        let key = canary.settings[name].clone();
        canary.secrets.add("key", key.rsplit(':').next().unwrap());
    }

    registers_and_signs_in(&mut canary).await;
    links_replaces_and_unlinks(&mut canary).await;
    comes_with_amazon(&canary).await;
    forgets_the_password(&mut canary).await;
    meets_a_broken_amazon(&canary).await;
    says_secrets_in_the_wrong_place(&canary).await;

    look_everywhere(canary);
}

async fn registers_and_signs_in(canary: &mut Canary) {
    let browser = canary.browser();
    let form = browser.visit("/register").await;
    let form = form.fill("display_name", "Zora").fill("email", "zora@example.test");
    let verify = form.fill("password", FIRST_PASSWORD).press("Create account").await;
    let code = canary.code_for("zora@example.test").await;
    let wrong = if code == "271828" { "314159" } else { "271828" };
    verify.clone().fill("code", wrong).press("Confirm email").await;
    let account = verify.fill("code", &code).press("Confirm email").await;
    assert_eq!(account.link_state(), Some("none".into()), "{}", account.text());
    account.press("Sign out").await;

    let form = browser.visit("/sign-in").await.fill("identifier", "zora@example.test");
    let refused = form.clone().fill("password", WRONG_PASSWORD).press("Sign in").await;
    assert_eq!(refused.code(), Some("credentials_wrong".into()));
    let account = form.fill("password", FIRST_PASSWORD).tick("remember").press("Sign in").await;
    assert_eq!(account.status, 200, "{}", account.text());

    let form = account.visit("/account/password").await;
    form.fill("current_password", FIRST_PASSWORD)
        .fill("new_password", SECOND_PASSWORD)
        .press("Save password")
        .await;
}

async fn links_replaces_and_unlinks(canary: &mut Canary) {
    let browser = canary.browser();
    let account = sign_in(&browser, SECOND_PASSWORD).await;
    let declined = account.press("Link Amazon account").await.cancel_as("Mork Hashimoto").await;
    assert_eq!(declined.code(), Some("declined".into()), "{}", declined.text());
    let confirm = account.press("Link Amazon account").await.allow_as("Mork Hashimoto").await;
    let account = confirm.press("Link this account").await;
    assert_eq!(account.link_state(), Some("active".into()), "{}", account.text());

    browser.leave_amazon();
    let replace = browser.visit("/amazon/replace").await;
    let confirm = replace.press("Link a different account").await.allow_as("Pat Example").await;
    let account = confirm.press("Link this account").await;
    assert_eq!(account.link_state(), Some("active".into()), "{}", account.text());

    let unlinked = browser.visit("/amazon/unlink").await.press("Unlink Amazon account").await;
    assert_eq!(unlinked.link_state(), Some("none".into()), "{}", unlinked.text());
}

/// Signs in as Zora, who is asked again where what comes next needs fresh proof.
async fn sign_in(browser: &Browser, password: &str) -> Page {
    let form = browser.visit("/sign-in").await;
    form.fill("identifier", "zora@example.test").fill("password", password).press("Sign in").await
}

async fn comes_with_amazon(canary: &Canary) {
    let browser = canary.browser();
    let register = browser.visit("/sign-in").await.press("Login with Amazon").await;
    let register = register.allow_as("山田 花子").await;
    let account = register.fill("display_name", "Yara").press("Create account").await;
    assert_eq!(account.link_state(), Some("active".into()), "{}", account.text());
    account.press("Sign out").await;
    let account =
        browser.visit("/sign-in").await.press("Login with Amazon").await.allow_as("山田 花子").await;
    assert_eq!(account.link_state(), Some("active".into()), "{}", account.text());
}

async fn forgets_the_password(canary: &mut Canary) {
    let browser = canary.browser();
    let forgot = browser.visit("/forgot-password").await;
    forgot.fill("identifier", "zora@example.test").press("Send link").await;
    let link = canary.link_for("zora@example.test").await;
    let form = browser.visit(&link).await;
    assert!(!form.path().contains("token"), "{}", form.url);
    form.fill("new_password", THIRD_PASSWORD).press("Save password").await;
    assert_eq!(sign_in(&browser, THIRD_PASSWORD).await.link_state(), Some("none".into()));
}

/// Every call of the trip fails in every way.
async fn meets_a_broken_amazon(canary: &Canary) {
    let echo =
        serde_json::json!({ "error": "invalid_grant", "error_description": ECHOED, "request_id": "x" });
    let faults = [
        Fault::ServerError,
        Fault::Unavailable,
        Fault::TooManyRequests { retry_after: Some(7) },
        Fault::Slow(Duration::from_secs(3)),
        Fault::Reset,
        Fault::ResetAfterWork,
        Fault::Malformed,
        Fault::Refused("invalid_client".into()),
        Fault::Refused("invalid_grant".into()),
        Fault::Answer { status: 400, content_type: "application/json".into(), body: echo.to_string() },
        Fault::Answer { status: 200, content_type: "text/html".into(), body: format!("<p>{ECHOED}</p>") },
        Fault::Answer { status: 302, content_type: "text/html".into(), body: ECHOED.into() },
    ];
    for call in [Call::Exchange, Call::TokenInfo, Call::Profile] {
        for fault in &faults {
            canary.simulator.set_fault(call, fault.clone());
            let amazon = canary.browser().visit("/sign-in").await.press("Login with Amazon").await;
            let sorry = amazon.allow_as("Mork Hashimoto").await;
            assert!(sorry.code().is_some(), "{call:?} {fault:?}: {} {}", sorry.status, sorry.text());
        }
        canary.simulator.clear_faults();
    }
}

async fn says_secrets_in_the_wrong_place(canary: &Canary) {
    let browser = canary.browser();
    let callback = format!("/amazon/callback?code={STRAY_CODE}&state={STRAY_STATE}&scope=profile");
    assert_eq!(browser.visit(&callback).await.status, 400);
    let encoded: String = url::form_urlencoded::byte_serialize(STRAY_TOKEN.as_bytes()).collect();
    for path in ["/nowhere", "/sign-in", "/account", "/healthz"] {
        browser.get(&format!("{path}?access_token={encoded}")).await;
    }
    browser.post("/sign-in", &[("csrf", "stray"), ("password", STRAY_PASSWORD)]).await;
    browser.post("/nowhere", &[("password", STRAY_PASSWORD)]).await;
    browser.post("/sign-in", &[("password", STRAY_PASSWORD), ("password", STRAY_PASSWORD)]).await;
}

fn look_everywhere(mut canary: Canary) {
    let pages: Vec<Page> = canary.diary.lock().unwrap().clone();
    collect_from_pages(&mut canary.secrets, &pages);
    collect_from_wire(&mut canary.secrets, &canary.wiretap.heard());
    for what in [
        "password",
        "client secret",
        "key",
        "access token",
        "refresh token",
        "authorization code",
        "state",
        "verifier",
        "mailed code",
        "mailed token",
        "session cookie",
        "cookie",
        "CSRF token",
    ] {
        assert!(canary.secrets.count(what) > 0, "no {what} passed, so none can be missed");
    }

    let said = canary.program.stop();
    assert!(said.lines().count() > 100, "the log is wide open: {said}");
    let mut told = canary.secrets.found_in(said.as_bytes(), &[]);
    for personal in ["zora@example.test", "Zora", "mhashimoto-04@plaxo.com", "Hashimoto"] {
        told.extend(
            said.lines().filter(|line| line.contains(personal)).map(|line| format!("{personal} in {line}")),
        );
    }
    assert!(told.is_empty(), "in the log: {told:#?}");

    for (place, bytes) in stored(&canary.database) {
        let kept = canary.secrets.found_in(&bytes, &[]);
        assert!(kept.is_empty(), "in {place}: {kept:#?}");
    }
    for page in pages.iter().filter(|page| page.url.as_str().starts_with(&canary.url)) {
        let shown = shown_by(page, &canary.secrets);
        assert!(shown.is_empty(), "on {}: {shown:#?}\n{}", page.url, page.html);
    }
}

/// Secrets in an answer, apart from where each belongs: tokens in their forms, mails in the outbox, cookies in
/// `Set-Cookie`, and the state on its way to Amazon.
fn shown_by(page: &Page, secrets: &Secrets) -> Vec<String> {
    let but: &[&str] = match page.url.path() {
        "/dev/outbox" => &["CSRF token", "mailed code", "mailed token"],
        _ => &["CSRF token"],
    };
    let mut shown = secrets.found_in(page.html.as_bytes(), but);
    for (name, value) in page.headers.iter().filter(|(name, _)| *name != "set-cookie") {
        let is_trip = name == "location" && value.to_str().unwrap().contains("/ap/oa?");
        shown.extend(secrets.found_in(value.as_bytes(), if is_trip { &["state"] } else { &[] }));
    }
    shown
}

fn collect_from_pages(secrets: &mut Secrets, pages: &[Page]) {
    for page in pages {
        if page.value("csrf").is_some() {
            secrets.add("CSRF token", &page.csrf());
        }
        for cookie in page.headers.get_all("set-cookie") {
            let (name, value) = cookie.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            if value.len() < 20 {
                continue; // Taken back, or the simulator's own.
            }
            secrets.add(if name == "session" { "session cookie" } else { "cookie" }, value);
            if name == "session" {
                // The signature stands before the token.
                secrets.add("session cookie", &value[value.len() - 43..]);
            }
        }
        let Some(location) = page.location().and_then(|location| page.url.join(&location).ok()) else {
            continue;
        };
        collect_from_address(secrets, &location);
    }
}

fn collect_from_address(secrets: &mut Secrets, address: &Url) {
    for (name, value) in address.query_pairs() {
        match &*name {
            "state" => secrets.add("state", &value),
            "code" => secrets.add("authorization code", &value),
            _ => {}
        }
    }
}

/// What only the two programs see: tokens and verifiers.
fn collect_from_wire(secrets: &mut Secrets, heard: &str) {
    let heard = heard.replace("%7C", "|");
    let words = heard.split(|c: char| c.is_whitespace() || "\"&{},<>".contains(c));
    for word in words {
        if let Some(verifier) = word.strip_prefix("code_verifier=") {
            secrets.add("verifier", verifier);
        }
        for (prefix, what) in [("Atza|", "access token"), ("Atzr|", "refresh token")] {
            if let Some(at) = word.find(prefix).filter(|at| word.len() > at + 20) {
                secrets.add(what, &word[at..]);
            }
        }
    }
}

/// The database as a thief would find it.
fn stored(database: &Database) -> Vec<(String, Vec<u8>)> {
    if database.is_postgres() {
        let db = Db::open(database.url(), 1).unwrap();
        let rows = dump::of(&mut db.connection().unwrap());
        return rows.into_iter().map(|(table, rows)| (table, rows.join("\n").into_bytes())).collect();
    }
    let file = PathBuf::from(database.url().trim_start_matches("sqlite:"));
    let folder = fs::read_dir(file.parent().unwrap()).unwrap().map(|entry| entry.unwrap().path());
    folder.map(|path| (path.display().to_string(), fs::read(&path).unwrap())).collect()
}

#[test]
fn what_is_there_is_found() {
    let mut secrets = Secrets::default();
    secrets.add("token", "Atza|one+two");
    secrets.add("code", "123456");
    let found = |place: &str| secrets.found_in(place.as_bytes(), &[]).len();
    assert_eq!(found("x=Atza|one+two;"), 1);
    assert_eq!(found("x=Atza%7Cone%2Btwo&y"), 1);
    assert_eq!(found("code 123456\n"), 1);
    assert_eq!(found("2026-11-21T12:43:22.123456Z 0123456 a123456"), 0);
    assert_eq!(secrets.found_in(b"123456", &["code"]).len(), 0);
}
