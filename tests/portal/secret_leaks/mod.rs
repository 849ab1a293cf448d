//! S72: no secret anywhere else. The real program runs with its log wide open while people register, sign in, link,
//! replace, unlink, reset, and Amazon fails in every way; then its log, its database and its answers are searched for
//! every secret that passed.

mod secrets;

use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use dovetail::testing::config::new_keys;
use dovetail::testing::lwa::simulator::{
    DEVICE_CLIENT_ID, SimulatedCall, SimulatedFault, Simulator, SimulatorSettings, WEB_CLIENT_ID,
};
use dovetail::testing::platform::clock::Clock;
use dovetail::testing::platform::db::schema::amazon_links;
use dovetail::testing::platform::db::{Db, UtcTime, migrate};

use secrets::Secrets;
use serde_json::json;

use super::harness::browser::Diary;
use super::harness::database::Database;
use super::harness::dump;
use super::harness::ports::port_for_a_program;
use super::harness::program::Program;
use super::harness::recording_proxy::Wiretap;
use super::harness::renewals::until;
use super::harness::staff::code_at;
use super::harness::{Browser, GameClient, Page, Receiver};

const CLIENT_SECRET: &str =
    "amzn1.oa2-cs.v1.7c1f60c2c3a94d5f8e0b16a49d2e7f30a1b2c3d4e5f60718293a4b5c6d7e8f90";
const FIRST_PASSWORD: &str = "Zaunkoenig quittiert 41 Pflaumen";
const SECOND_PASSWORD: &str = "Wolkenbruch sortiert 58 Laternen";
const THIRD_PASSWORD: &str = "Murmeltier poliert 73 Trompeten";
const WRONG_PASSWORD: &str = "Haselnuss verlegt 19 Schienen";
const STRAY_PASSWORD: &str = "Regenwurm mietet 64 Ballone";
const STAFF_PASSWORD: &str = "Siebenschlaefer ordnet 27 Kerzen";
const NOTE: &str = "canary-note: calls from a lighthouse";
const REASON: &str = "canary-reason: ticket 90210";
const ECHOED: &str = "Atza|IwEBI-canary-that-Amazon-repeats-in-an-error";
const STRAY_TOKEN: &str = "Atza|IwEBI-canary-that-somebody-put-into-an-address";
const GAME_SECRETS: [&str; 2] = ["canary-secret-of-every-game-5417", "canary-secret-of-a-server-90263"];
const STRAY_GAME_SECRET: &str = "canary-secret-that-was-mistyped-31";
const STRAY_GAME_TOKEN: &str = "cAnAryTokenThatAGameHasLostAndFoundAgain00A";
const GAME_PASSWORD: &str = "Eichelhaeher leiht 27 Kommoden";
const DEVICE_ID: &str = "canary-device-id-0c7e11f2a9";
const DEVICE: &str = "canary-of-a-living-room-0f3c9a52";
const CONSOLE: &str = "canary-console-8c1f2f0a-77aa-4d0e-9a3b";
const STRAY_CODE: &str = "ANcanaryCodeOfNobody";
const STRAY_KEY: &str = "dovetail_sk_canaryKeyThatNobodyMade0123456789abcdefghijklm";
const STRAY_STATE: &str = "canary-state-that-nobody-was-given-0123456789";

/// The program, its Amazon behind a wiretap, and whoever tries it.
struct Canary {
    url: String,
    simulator: Simulator,
    _amazon: dovetail::testing::lwa::simulator::RunningSimulator,
    wiretap: Wiretap,
    program: Program,
    database: Database,
    settings: BTreeMap<String, String>,
    diary: Diary,
    secrets: Secrets,
}

impl Canary {
    async fn start() -> Self {
        let port = port_for_a_program();
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
        set("DOVETAIL_OPS_LISTEN", &format!("127.0.0.1:{}", port_for_a_program()));
        set("DOVETAIL_PUBLIC_URL", &url);
        set("DOVETAIL_DATABASE_URL", database.url());
        set("DOVETAIL_SIMULATOR", "off");
        set("DOVETAIL_AMAZON_CLIENT_ID", WEB_CLIENT_ID);
        set("DOVETAIL_AMAZON_CLIENT_SECRET", CLIENT_SECRET);
        set("DOVETAIL_AMAZON_AUTHORIZE_URL", &format!("{}/ap/oa", running.url()));
        set("DOVETAIL_AMAZON_TOKEN_URL", &format!("{}/auth/o2/token", wiretap.url()));
        set("DOVETAIL_AMAZON_TOKENINFO_URL", &format!("{}/auth/o2/tokeninfo", wiretap.url()));
        set("DOVETAIL_AMAZON_PROFILE_URL", &format!("{}/user/profile", wiretap.url()));
        set("DOVETAIL_AMAZON_DEVICE_CLIENT_ID", DEVICE_CLIENT_ID);
        set("DOVETAIL_AMAZON_CODEPAIR_URL", &format!("{}/auth/o2/create/codepair", wiretap.url()));
        let [device, server] = GAME_SECRETS;
        set("DOVETAIL_GAME_CREDENTIALS", &format!("canary:device:{device},canary:server:{server}"));
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

    /// What a command of this portal's operator prints.
    fn run(&self, arguments: &[&str]) -> String {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_dovetail"));
        let output = command.args(arguments).env_clear().envs(&self.settings).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
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

fn amazon(url: &str) -> Simulator {
    let mut settings = SimulatorSettings::development(Clock::system(), &format!("{url}/amazon/callback"));
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
    for secret in GAME_SECRETS.into_iter().chain([STRAY_GAME_SECRET]) {
        secrets.add("game secret", secret);
    }
    secrets.add("game token", STRAY_GAME_TOKEN);
    secrets.add("device id", DEVICE_ID);
    secrets.add("password", GAME_PASSWORD);
    secrets.add("device id", DEVICE);
    secrets.add("authorization code", STRAY_CODE);
    secrets.add("service key", STRAY_KEY);
    secrets.add("state", STRAY_STATE);
    for name in ["DOVETAIL_TOKEN_KEYS", "DOVETAIL_SESSION_KEY"] {
        let key = canary.settings[name].clone();
        canary.secrets.add("key", key.rsplit(':').next().unwrap());
    }

    registers_and_signs_in(&mut canary).await;
    links_replaces_and_unlinks(&mut canary).await;
    comes_with_amazon(&canary).await;
    forgets_the_password(&mut canary).await;
    is_kept_alive(&canary).await;
    // Before Amazon breaks: the circuit to it would be open for a while.
    links_a_console(&mut canary).await;
    serves_a_game_server(&mut canary).await;
    plays_on_a_device(&mut canary).await;
    takes_everything(&canary).await;
    comes_to_the_desk(&mut canary).await;
    meets_a_broken_amazon(&canary).await;
    says_secrets_in_the_wrong_place(&canary).await;
    plays_a_game(&mut canary).await;

    look_everywhere(canary);
}

async fn registers_and_signs_in(canary: &mut Canary) {
    let browser = canary.browser();
    let form = browser.visit("/register").await;
    let form = form.fill("display_name", "Zora").fill("email", "zora@example.test");
    let verify = form.fill("password", FIRST_PASSWORD).press("Create account").await;
    let code = canary.code_for("zora@example.test").await;
    let wrong = if code == "271828" { "314159" } else { "271828" };
    verify.fill("code", wrong).press("Confirm email").await;
    let account = verify.fill("code", &code).press("Confirm email").await;
    assert_eq!(account.link_state(), Some("none".into()), "{}", account.text());
    account.press("Sign out").await;

    let form = browser.visit("/sign-in").await.fill("identifier", "zora@example.test");
    let refused = form.fill("password", WRONG_PASSWORD).press("Sign in").await;
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

/// The file with all that is held of a player, after everything was done to the account.
async fn takes_everything(canary: &Canary) {
    let browser = canary.browser();
    sign_in(&browser, THIRD_PASSWORD).await;
    let file = browser.visit("/account/data").await.press("Download my data").await;
    assert!(file.status == 200 && file.html.contains("zora@example.test"), "{}", file.text());
}

/// Somebody becomes staff, loses the telephone at once, and signs in with a recovery code.
async fn comes_to_the_desk(canary: &mut Canary) {
    let added = Command::new(env!("CARGO_BIN_EXE_dovetail"))
        .args(["staff", "add", "orla@desk.test", "--role", "admin"])
        .env_clear()
        .envs(&canary.settings)
        .output()
        .unwrap();
    let said = String::from_utf8(added.stdout).unwrap();
    let link = said.lines().find(|line| line.contains("token=")).expect("an enrolment link");
    canary.secrets.add("enrolment token", link.split_once("token=").unwrap().1);
    let browser = canary.browser();
    let enrol = browser.visit(link).await;
    let secret = enrol.text_of(".secret").unwrap();
    canary.secrets.add("factor", &secret);
    canary.secrets.add("factor", &secret.replace(' ', ""));
    canary.secrets.add("password", STAFF_PASSWORD);
    let code = code_at(&secret, Clock::system().now());
    canary.secrets.add("factor code", &code);
    let done = enrol.fill("password", STAFF_PASSWORD).fill("code", &code).press("Finish").await;
    let recovery = done.text_of(".codes code").unwrap_or_else(|| panic!("{}", done.text()));
    canary.secrets.add("recovery code", &recovery);
    canary.secrets.add("recovery code", &recovery.replace('-', ""));
    done.press("Sign out").await;
    let form = browser.visit("/support/sign-in").await.fill("email", "orla@desk.test");
    let asked = form.fill("password", STAFF_PASSWORD).press("Continue").await;
    let home = asked.fill("code", &recovery).press("Sign in").await;
    assert_eq!(home.path(), "/support", "{}", home.text());
    canary.secrets.add("staff's words", NOTE);
    canary.secrets.add("staff's words", REASON);
    let player = home.fill("q", "zora@example.test").press("Search").await.click("Zora").await;
    let noted = player.fill("note", NOTE).fill("reason", REASON).press("Add note").await;
    assert_eq!(noted.code(), Some("support_noted".into()), "{}", noted.text());
    let sent = noted.fill("reason", REASON).press("Send password reset").await;
    assert_eq!(sent.code(), Some("support_sent_reset".into()), "{}", sent.text());
    canary.link_for("zora@example.test").await;
    let audit = home.visit("/support/audit").await;
    assert_eq!(audit.status, 200);
    audit.press("Export as CSV").await;
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
    // The first page after a reset lists what still opens the account.
    assert_eq!(sign_in(&browser, THIRD_PASSWORD).await.path(), "/account/security/access");
    assert_eq!(browser.visit("/account").await.link_state(), Some("none".into()));
}

/// The refresher meets an answer that repeats a secret, and then renews Yara's link with a new refresh token.
async fn is_kept_alive(canary: &Canary) {
    canary.simulator.switch(|switches| switches.rotate_refresh_tokens = true);
    let body = serde_json::json!({ "error": "invalid_request", "error_description": ECHOED }).to_string();
    let echo = SimulatedFault::Answer { status: 400, content_type: "application/json".into(), body };
    canary.simulator.set_fault_times(SimulatedCall::Refresh, echo, 1);
    let db = Db::open(canary.database.url(), 1).unwrap();
    until("the new tokens", || {
        let conn = &mut *db.connection().unwrap();
        diesel::update(amazon_links::table)
            .set(amazon_links::next_check_at.eq(UtcTime::from(chrono::DateTime::UNIX_EPOCH)))
            .execute(conn)
            .unwrap();
        let renewed: i64 =
            amazon_links::table.filter(amazon_links::token_version.gt(2)).count().get_result(conn).unwrap();
        renewed == 1
    })
    .await;
    assert_eq!(canary.simulator.calls(SimulatedCall::Refresh), 2, "the first was answered with an echo");
}

/// A console's player types a code on a phone.
async fn links_a_console(canary: &mut Canary) {
    canary.simulator.switch(|switches| switches.poll_interval = 1);
    let host = canary.url.trim_start_matches("http://");
    let mut game = GameClient::connect(host, "/ws/device/canary", &[]).await.unwrap();
    game.shake(GAME_SECRETS[0], json!({})).await;
    let asked = json!({ "deviceId": CONSOLE, "deviceOS": "tvOS" });
    let entered = game.ask("DeviceAuthenticationRequest", asked).await;
    canary.secrets.add("device id", CONSOLE);
    canary.secrets.add("game token", entered["authToken"].as_str().unwrap_or_else(|| panic!("{entered}")));
    let begun = game.ask("AmazonLinkByCodeRequest", json!({})).await;
    let code = begun["userCode"].as_str().unwrap_or_else(|| panic!("{begun}"));
    canary.secrets.add("user code", code);
    assert!(canary.simulator.approve_device(code, "dana"));
    assert_eq!(game.next().await["state"], "confirm");
    let yes = json!({ "linkingId": begun["linkingId"], "confirm": true });
    assert_eq!(game.ask("AmazonLinkByCodeRequest", yes).await["state"], "linked");
    let begun = game.ask("SignInByCodeRequest", json!({})).await;
    for (what, field) in [("code of a TV", "userCode"), ("secret of a TV", "linkingId")] {
        canary.secrets.add(what, begun[field].as_str().unwrap_or_else(|| panic!("{begun}")));
    }
}

/// Every call of the trip fails in every way.
async fn meets_a_broken_amazon(canary: &Canary) {
    let echo =
        serde_json::json!({ "error": "invalid_grant", "error_description": ECHOED, "request_id": "x" });
    let faults = [
        SimulatedFault::ServerError,
        SimulatedFault::Unavailable,
        SimulatedFault::TooManyRequests { retry_after: Some(7) },
        SimulatedFault::Slow(Duration::from_secs(3)),
        SimulatedFault::Reset,
        SimulatedFault::ResetAfterWork,
        SimulatedFault::Malformed,
        SimulatedFault::Refused("invalid_client".into()),
        SimulatedFault::Refused("invalid_grant".into()),
        SimulatedFault::Answer {
            status: 400,
            content_type: "application/json".into(),
            body: echo.to_string(),
        },
        SimulatedFault::Answer {
            status: 200,
            content_type: "text/html".into(),
            body: format!("<p>{ECHOED}</p>"),
        },
        SimulatedFault::Answer { status: 302, content_type: "text/html".into(), body: ECHOED.into() },
    ];
    for call in [SimulatedCall::Exchange, SimulatedCall::TokenInfo, SimulatedCall::Profile] {
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

/// The door for games, by both ways, with right secrets and wrong ones.
async fn plays_a_game(canary: &mut Canary) {
    let [device, server] = GAME_SECRETS;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    for (secret, status) in [(server, 200), (device, 403), (STRAY_GAME_SECRET, 403)] {
        for name in ["EndSessionRequest", "AmazonConnectRequest", "NoRequest"] {
            let url = format!("{}/rs/server/{secret}/{name}", canary.url);
            let body = json!({ "authToken": STRAY_GAME_TOKEN, "accessToken": STRAY_TOKEN, "password": STRAY_PASSWORD });
            let answer = client.post(url).json(&body).send().await.unwrap();
            assert_eq!(answer.status(), status, "{name}");
        }
        // Other methods and longer addresses are refused elsewhere.
        client.get(format!("{}/rs/server/{secret}/EndSessionRequest", canary.url)).send().await.unwrap();
        client.post(format!("{}/rs/server/{secret}/a/b", canary.url)).send().await.unwrap();
    }
    let host = canary.url.trim_start_matches("http://");
    let mut game = GameClient::connect(host, "/ws/device/canary", &[]).await.unwrap();
    let welcome = game.shake(device, json!({ "authToken": STRAY_GAME_TOKEN })).await;
    assert!(welcome["sessionId"].is_string(), "{welcome}");
    game.ask("AmazonConnectRequest", json!({ "accessToken": STRAY_TOKEN })).await;
    game.ask("AuthenticationRequest", json!({ "userName": "nobody", "password": STRAY_PASSWORD })).await;
    let account = json!({ "displayName": "Wera", "userName": "wera", "password": GAME_PASSWORD });
    let registered = game.ask("RegistrationRequest", account).await;
    let token = registered["authToken"].as_str().unwrap_or_else(|| panic!("{registered}")).to_owned();
    canary.secrets.add("game token", &token);
    let mut back = GameClient::connect(host, "/ws/device/canary", &[]).await.unwrap();
    let welcome = back.shake(device, json!({ "authToken": token })).await;
    canary.secrets.add("game token", welcome["authToken"].as_str().unwrap());
    let phone = json!({ "deviceId": DEVICE_ID, "deviceOS": "ANDROID" });
    assert_eq!(back.ask("DeviceAuthenticationRequest", phone).await["newPlayer"], true);
    game.send(&format!("no JSON, but {STRAY_GAME_TOKEN}")).await;
    assert_eq!(game.next().await["@class"], ".ErrorResponse");
    let mut stray = GameClient::connect(host, "/ws/device/canary", &[]).await.unwrap();
    assert!(stray.shake(STRAY_GAME_SECRET, json!({})).await["error"].is_string());
}

/// A device comes back by its id, its player is claimed by a code, and a token of Amazon's is presented.
async fn plays_on_a_device(canary: &mut Canary) {
    let host = canary.url.trim_start_matches("http://").to_owned();
    let mut game = GameClient::connect(&host, "/ws/device/canary", &[]).await.unwrap();
    game.shake(GAME_SECRETS[0], json!({})).await;
    for device in [DEVICE, "short"] {
        let asked = json!({ "deviceId": device, "deviceOS": "tvOS", "displayName": "Zita" });
        let answer = game.ask("DeviceAuthenticationRequest", asked).await;
        if let Some(token) = answer["authToken"].as_str() {
            canary.secrets.add("game token", token);
        }
    }
    let begun = game.ask("ClaimAccountByCodeRequest", json!({})).await;
    let code = begun["userCode"].as_str().unwrap_or_else(|| panic!("{begun}"));
    canary.secrets.add("claim code", code);
    let typed = canary.browser().visit("/activate").await.fill("code", code).press("Continue").await;
    let form = typed.fill("display_name", "Zita").fill("user_name", "zita").fill("password", THIRD_PASSWORD);
    assert_eq!(form.press("Create account").await.path(), "/account");
    let token = canary.simulator.mint_access_token("mork", WEB_CLIENT_ID, "profile").unwrap();
    canary.secrets.add("access token", &token);
    let answer = game.ask("AmazonConnectRequest", json!({ "accessToken": token })).await;
    assert!(answer["userId"].is_string(), "{answer}");
    canary.secrets.add("game token", answer["authToken"].as_str().unwrap());
}

/// A key is made, used for a token, held wrongly; a webhook is registered and told.
async fn serves_a_game_server(canary: &mut Canary) {
    let receiver = Receiver::start().await;
    let hooks = canary.run(&["webhook", "add", &receiver.url()]);
    let secret = hooks.lines().find_map(|line| line.strip_prefix("secret  ")).unwrap();
    canary.secrets.add("webhook secret", secret);
    canary.secrets.add("webhook secret", secret.strip_prefix("whsec_").unwrap());
    let keys = canary.run(&["service-key", "add", "x", "--scope", "players:read", "--scope", "tokens:issue"]);
    let key = keys.lines().find_map(|line| line.strip_prefix("key  ")).unwrap();
    canary.secrets.add("service key", key);
    canary.secrets.add("service key", key.strip_prefix("dovetail_sk_").unwrap());

    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let api = format!("{}/api/v1/players", canary.url);
    let identity = canary.simulator.user_id("hanako", WEB_CLIENT_ID).unwrap();
    let found = http.get(format!("{api}?amazon_id={identity}")).bearer_auth(key).send().await.unwrap();
    let found: serde_json::Value = found.json().await.unwrap();
    let player = found["players"][0]["id"].as_str().unwrap_or_else(|| panic!("{found}"));
    let address = format!("{api}/{player}/amazon-link/access-token");
    let given = http.post(&address).bearer_auth(key).send().await.unwrap();
    let given: serde_json::Value = given.json().await.unwrap();
    canary.secrets.add("access token", given["access_token"].as_str().unwrap_or_else(|| panic!("{given}")));
    for wrong in [STRAY_KEY, STRAY_TOKEN] {
        assert_eq!(http.post(&address).bearer_auth(wrong).send().await.unwrap().status(), 401);
    }
    http.get(format!("{address}?key={STRAY_KEY}")).send().await.unwrap();

    let browser = canary.browser();
    let account = sign_in(&browser, THIRD_PASSWORD).await;
    let confirm = account.press("Link Amazon account").await.allow_as("Mork Hashimoto").await;
    confirm.press("Link this account").await;
    receiver.has_heard(1).await;
}

fn look_everywhere(mut canary: Canary) {
    let pages: Vec<Page> = canary.diary.lock().unwrap().clone();
    canary.secrets.collect_from_pages(&pages);
    let wire = canary.wiretap.heard();
    assert!(wire.contains("/auth/o2/tokeninfo?access_token=Atza%7C"), "an address held a token");
    canary.secrets.collect_from_wire(&wire);
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
        "enrolment token",
        "factor",
        "factor code",
        "recovery code",
        "service key",
        "webhook secret",
        "user code",
        "device code",
        "device id",
    ] {
        assert!(canary.secrets.count(what) > 0, "no {what} passed, so none can be missed");
    }

    let said = canary.program.stop();
    assert!(said.lines().count() > 100, "the log is wide open: {said}");
    let mut told = canary.secrets.found_in(&said, &[]);
    for personal in ["zora@example.test", "Zora", "mhashimoto-04@plaxo.com", "Hashimoto"] {
        told.extend(
            said.lines().filter(|line| line.contains(personal)).map(|line| format!("{personal} in {line}")),
        );
    }
    assert!(told.is_empty(), "in the log: {told:#?}");

    for (place, bytes) in stored(&canary.database) {
        let kept = canary.secrets.found_in(&String::from_utf8_lossy(&bytes), &[]);
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
        "/support/enrol" => &["CSRF token", "factor"],
        "/support/recovery-codes" => &["CSRF token", "recovery code"],
        path if path.starts_with("/support/players/") || path.starts_with("/support/audit") => {
            &["CSRF token", "staff's words"]
        }
        _ => &["CSRF token"],
    };
    let mut shown = secrets.found_in(&page.html, but);
    for (name, value) in page.headers.iter().filter(|(name, _)| *name != "set-cookie") {
        let value = value.to_str().unwrap();
        let is_trip = name == "location" && value.contains("/ap/oa?");
        shown.extend(secrets.found_in(value, if is_trip { &["state"] } else { &[] }));
    }
    shown
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
