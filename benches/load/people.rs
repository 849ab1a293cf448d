//! Made-up players at their browsers.

use actix_web::cookie::{Cookie, CookieJar, Key};
use diesel::prelude::*;
use dovetail::testing::app::App;
use dovetail::testing::lwa::simulator::{SIGNED_IN_COOKIE, SimulatedCustomer, Simulator, WEB_CLIENT_ID};
use dovetail::testing::platform::crypto::token::OpaqueToken;
use dovetail::testing::platform::db::schema::{players, sessions, staff, staff_sessions};
use dovetail::testing::platform::db::{UtcTime, new_id};
use url::Url;

use crate::http::{Answer, Connection, Jar, request};
use crate::portal::Door;

/// As `dovetail seed` says it.
const PASSWORD: &str = "quiet herons nest at dawn";

/// A player of the population, signed in.
pub struct Person {
    pub number: u32,
    pub jar: Jar,
}

/// A browser with one connection.
pub struct Browser {
    connection: Connection,
    host: String,
    jar: Jar,
}

/// A visitor in front of the sign-in form.
pub struct Visitor {
    browser: Browser,
    csrf: String,
}

impl Person {
    /// Signs the player of this number in, by writing the session's row as signing in would.
    pub async fn plant(app: &App, number: u32) -> Self {
        let token = OpaqueToken::generate().unwrap();
        let (hash, csrf) = (token.hash(), OpaqueToken::generate().unwrap());
        let now = app.clock.now();
        let expires_at = now + app.session_lifetime(false).max;
        let email = email_of(number);
        let planted = app.db.read(move |conn| {
            let player: String =
                players::table.filter(players::email_key.eq(email)).select(players::id).first(conn)?;
            diesel::insert_into(sessions::table)
                .values((
                    sessions::id.eq(new_id(now)),
                    sessions::token_hash.eq(hash.as_str()),
                    sessions::player_id.eq(player),
                    sessions::csrf_secret.eq(csrf.expose()),
                    sessions::signed_in_with.eq("password"),
                    sessions::is_remembered.eq(false),
                    sessions::fresh_at.eq(Some(UtcTime::from(now))),
                    sessions::browser.eq("Firefox · Linux"),
                    sessions::network.eq("127.0.0.0/24"),
                    sessions::created_at.eq(UtcTime::from(now)),
                    sessions::last_seen_at.eq(UtcTime::from(now)),
                    sessions::expires_at.eq(UtcTime::from(expires_at)),
                ))
                .execute(conn)
        });
        planted.await.unwrap();
        let mut signed = CookieJar::new();
        signed
            .signed_mut(&Key::from(app.keys.cookies.expose()))
            .add(Cookie::new("session", token.expose().to_owned()));
        let cookie = signed.get("session").unwrap().encoded().to_string();
        let mut jar = Jar::default();
        jar.put("session", cookie.strip_prefix("session=").unwrap());
        Self { number, jar }
    }
}

/// The address of the player of this number.
pub fn email_of(number: u32) -> String {
    format!("player{number}@seed.example")
}

/// Players whose name nobody else's begins like, however many there are.
pub async fn plant_rare(app: &App) {
    let now = app.clock.now();
    let planted = app.db.read(move |conn| {
        for number in 1..=3 {
            diesel::insert_into(players::table)
                .values((
                    players::id.eq(new_id(now)),
                    players::display_name.eq(format!("Rare Ibis {number}")),
                    players::display_name_key.eq(format!("rare ibis {number}")),
                    players::created_at.eq(UtcTime::from(now)),
                ))
                .execute(conn)?;
        }
        Ok(())
    });
    planted.await.unwrap();
}

/// An agent at the desk, signed in, by writing the rows as enrolling and signing in would.
pub async fn plant_agent(app: &App) -> Jar {
    let (token, csrf) = (OpaqueToken::generate().unwrap(), OpaqueToken::generate().unwrap());
    let (hash, now) = (token.hash(), app.clock.now());
    let (at, expires_at) = (UtcTime::from(now), now + app.config.sessions.staff().max);
    let planted = app.db.read(move |conn| {
        let id = new_id(now);
        diesel::insert_into(staff::table)
            .values((
                staff::id.eq(&id),
                staff::email.eq("agent@bench.example"),
                staff::email_key.eq("agent@bench.example"),
                staff::role.eq("agent"),
                // Whoever has neither has not enrolled. Nobody signs in with these.
                staff::password_sealed.eq(b"none".to_vec()),
                staff::totp_sealed.eq(b"none".to_vec()),
                staff::created_at.eq(at),
            ))
            .execute(conn)?;
        diesel::insert_into(staff_sessions::table)
            .values((
                staff_sessions::id.eq(new_id(now)),
                staff_sessions::token_hash.eq(hash.as_str()),
                staff_sessions::staff_id.eq(&id),
                staff_sessions::csrf_secret.eq(csrf.expose()),
                staff_sessions::browser.eq("Firefox · Linux"),
                staff_sessions::network.eq("127.0.0.0/24"),
                staff_sessions::created_at.eq(at),
                staff_sessions::last_seen_at.eq(at),
                staff_sessions::expires_at.eq(UtcTime::from(expires_at)),
            ))
            .execute(conn)
    });
    planted.await.unwrap();
    let value = serde_json::json!({ "until": expires_at, "value": token.expose() }).to_string();
    let mut sealed = CookieJar::new();
    sealed.private_mut(&Key::from(app.keys.cookies.expose())).add(Cookie::new("staff", value));
    let cookie = sealed.get("staff").unwrap().encoded().to_string();
    let mut jar = Jar::default();
    jar.put("staff", cookie.strip_prefix("staff=").unwrap());
    jar
}

impl Visitor {
    /// Opens the sign-in page.
    pub async fn arrive(door: &Door) -> Self {
        let mut browser = Browser::open(door, Jar::default()).await;
        let csrf = browser.get("/sign-in").await.expect(200).hidden("csrf");
        Self { browser, csrf }
    }

    /// Signs in as the player of this number, and forgets it. False if the portal was too busy.
    pub async fn sign_in(&mut self, number: u32) -> bool {
        let identifier = email_of(number);
        let fields = [("identifier", identifier.as_str()), ("password", PASSWORD), ("csrf", &self.csrf)];
        let jar = self.browser.jar.clone();
        let answer = self.browser.post("/sign-in", &fields).await;
        self.browser.jar = jar;
        if answer.status == 503 {
            return false;
        }
        let answer = answer.expect(303);
        assert_eq!(answer.location(), "/account", "{answer}");
        true
    }
}

impl Browser {
    pub async fn open(door: &Door, jar: Jar) -> Self {
        Self { connection: Connection::open(door.address).await, host: door.host.clone(), jar }
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(&self.request(path)).await
    }

    /// What [`Browser::get`] sends.
    pub fn request(&self, path: &str) -> Vec<u8> {
        request(&self.host, path, &self.jar, None)
    }

    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(&request(&self.host, path, &self.jar, Some(fields))).await
    }

    async fn send(&mut self, request: &[u8]) -> Answer {
        let answer = self.connection.send(request).await;
        self.jar.keep(&answer);
        answer
    }
}

/// A customer of the simulator who has allowed the portal before, so that Amazon asks nothing.
pub fn allow(amazon: &Simulator, number: u32) {
    let key = customer(number);
    amazon.admit(SimulatedCustomer::new(
        &key,
        &format!("Pat {number}"),
        &format!("pat{number}@amazon.example"),
    ));
    amazon.allow(&key, WEB_CLIENT_ID, "profile");
}

/// From the button on the account page to the linked account page, by way of Amazon. Five pages of the portal.
pub async fn link(door: &Door, person: &Person) {
    let mut portal = Browser::open(door, person.jar.clone()).await;
    let csrf = portal.get("/account").await.expect(200).hidden("csrf");
    let away = portal.post("/amazon/link", &[("csrf", &csrf)]).await.expect(303).location().to_owned();
    let back = consent(&away, person.number).await;
    let confirm = portal.get(&path_of(&back)).await.expect(303).location().to_owned();
    let page = portal.get(&confirm).await.expect(200);
    let (csrf, attempt) = (page.hidden("csrf"), page.hidden("attempt"));
    let fields = [("csrf", csrf.as_str()), ("attempt", attempt.as_str()), ("choice", "link")];
    let linked = portal.post("/amazon/confirm", &fields).await.expect(303);
    assert_eq!(linked.location(), "/account", "{linked}");
}

/// Amazon's part: the browser is signed in there, and is sent straight back.
async fn consent(away: &str, number: u32) -> String {
    let url = Url::parse(away).unwrap();
    let address = url.socket_addrs(|| None).unwrap()[0];
    let mut jar = Jar::default();
    jar.put(SIGNED_IN_COOKIE, &customer(number));
    let request = request(&address.to_string(), &path_of(away), &jar, None);
    Connection::open(address).await.send(&request).await.expect(302).location().to_owned()
}

fn path_of(address: &str) -> String {
    let url = Url::parse(address).unwrap();
    url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()))
}

fn customer(number: u32) -> String {
    format!("customer-{number}")
}
