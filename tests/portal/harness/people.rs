//! Named people, whose rows are written directly.
//!
//! So a story needs no registration and no sign-in, which have stories of their own.

use actix_web::cookie::{Cookie, CookieJar, Key};
use chrono::{DateTime, TimeDelta, Utc};
use diesel::{ExpressionMethods, RunQueryDsl};
use dovetail::testing::lwa::simulator::WEB_CLIENT_ID;
use dovetail::testing::platform::crypto::token::OpaqueToken;
use dovetail::testing::platform::crypto::vault::SealContext;
use dovetail::testing::platform::db::schema::{amazon_links, devices, players, sessions};
use dovetail::testing::platform::db::{UtcTime, new_id};
use dovetail::testing::platform::name::search_key;
use dovetail::testing::platform::password::{Password, place_of_hash};
use secrecy::SecretString;

use super::browser::Browser;
use super::portal::Portal;

/// A person with an account.
#[derive(Clone, Debug)]
pub struct Person {
    pub id: String,
    pub name: String,
    pub email: Option<String>,
    pub password: Option<String>,
}

impl Person {
    /// The confirmed address.
    pub fn email(&self) -> &str {
        self.email.as_deref().expect("somebody with an address")
    }

    pub fn password(&self) -> &str {
        self.password.as_deref().expect("somebody with a password")
    }
}

impl Portal {
    /// Has a password, and is linked to the customer `pat`.
    pub async fn ann(&self) -> Person {
        self.person("Ann", true, Some("pat")).await
    }

    /// Has a password and no link.
    pub async fn bo(&self) -> Person {
        self.person("Bo", true, None).await
    }

    /// Registered with Amazon as the customer `hanako`, and has neither password nor address.
    pub async fn cleo(&self) -> Person {
        self.person("Cleo", false, Some("hanako")).await
    }

    /// Any other person, whose address is `name@example.test` in lower case; without a password there is no address.
    pub async fn person(&self, name: &str, has_password: bool, customer: Option<&str>) -> Person {
        let now = self.clock.now();
        let id = new_id(now);
        let email = has_password.then(|| format!("{}@example.test", name.to_lowercase()));
        let password = has_password.then(|| format!("{name} keeps 7 green boats"));
        let sealed = match &password {
            Some(password) => {
                let typed = Password::as_typed(&SecretString::from(password.as_str())).unwrap();
                let hash = self.app().passwords.hash(typed, place_of_hash("players", &id, &id)).await;
                Some(hash.unwrap_or_else(|_| panic!("no hash for {name}")).sealed().to_vec())
            }
            None => None,
        };
        let at = UtcTime::from(now);
        diesel::insert_into(players::table)
            .values((
                players::id.eq(&id),
                players::display_name.eq(name),
                players::display_name_key.eq(search_key(name)),
                players::email.eq(email.as_ref()),
                players::email_key.eq(email.as_ref()),
                players::email_proven_at.eq(email.as_ref().map(|_| at)),
                players::password_changed_at.eq(sealed.as_ref().map(|_| at)),
                players::password_sealed.eq(sealed),
                players::created_at.eq(at),
            ))
            .execute(&mut *self.app().db.connection().unwrap())
            .unwrap();
        if let Some(customer) = customer {
            self.link(&id, customer);
        }
        Person { id, name: name.to_owned(), email, password }
    }

    /// A browser in which this person has just signed in.
    pub fn browser_of(&self, person: &Person) -> Browser {
        let browser = self.browser();
        self.sign_in(&browser, person);
        browser
    }

    /// A browser in which this person signed in long ago, so that fresh proof is needed.
    pub fn stale_browser_of(&self, person: &Person) -> Browser {
        let browser = self.browser();
        self.start_session(&browser, person, None);
        browser
    }

    /// Signs this person in, in a browser that may have cookies already.
    pub fn sign_in(&self, browser: &Browser, person: &Person) {
        self.start_session(browser, person, Some(self.clock.now()));
    }

    /// Adds a device of this person, as a game creates it, and returns its id.
    pub fn device_of(&self, person: &Person) -> String {
        let (now, id) = (self.clock.now(), new_id(self.clock.now()));
        let at = UtcTime::from(now);
        diesel::insert_into(devices::table)
            .values((
                devices::id.eq(&id),
                devices::player_id.eq(&person.id),
                devices::api_key.eq("dev-game"),
                devices::device_hash.eq(format!("hash of {id}")),
                devices::label.eq("Fire TV Stick"),
                devices::network.eq("127.0.0.0/24"),
                devices::made_at.eq(at),
                devices::last_used_at.eq(at),
            ))
            .execute(&mut *self.app().db.connection().unwrap())
            .unwrap();
        id
    }

    fn start_session(&self, browser: &Browser, person: &Person, fresh_at: Option<DateTime<Utc>>) {
        let now = self.clock.now();
        let token = OpaqueToken::generate().unwrap();
        let with = if person.password.is_some() { "password" } else { "amazon" };
        diesel::insert_into(sessions::table)
            .values((
                sessions::id.eq(new_id(now)),
                sessions::token_hash.eq(token.hash().as_str()),
                sessions::player_id.eq(&person.id),
                sessions::csrf_secret.eq(OpaqueToken::generate().unwrap().expose()),
                sessions::signed_in_with.eq(with),
                sessions::is_remembered.eq(false),
                sessions::fresh_at.eq(fresh_at.map(UtcTime::from)),
                sessions::browser.eq("Firefox · Linux"),
                sessions::network.eq("127.0.0.0/24"),
                sessions::created_at.eq(UtcTime::from(now)),
                sessions::last_seen_at.eq(UtcTime::from(now)),
                sessions::expires_at.eq(UtcTime::from(now + self.app().session_lifetime(false).max)),
            ))
            .execute(&mut *self.app().db.connection().unwrap())
            .unwrap();
        let mut jar = CookieJar::new();
        jar.signed_mut(&Key::from(self.app().keys.cookies.expose()))
            .add(Cookie::new("session", token.expose().to_owned()));
        let cookie = jar.get("session").unwrap().encoded().to_string();
        browser.plant("session", cookie.strip_prefix("session=").unwrap());
    }

    /// Adds an active link, as `/amazon/confirm` writes it.
    fn link(&self, player: &str, customer: &str) {
        let now = self.clock.now();
        let id = new_id(now);
        self.note_link(&id);
        let amazon_id = self.amazon.identity_of(customer);
        let known = self.amazon.simulator.customers();
        let known = known.into_iter().find(|known| known.key == customer).unwrap();
        let seal = |purpose, token: &str| {
            let place = SealContext {
                purpose,
                table: "amazon_links",
                row: id.clone(),
                player: player.to_owned(),
                identity: amazon_id.clone(),
            };
            self.app().vault.seal(&place, &SecretString::from(token)).unwrap()
        };
        self.amazon.simulator.allow(customer, WEB_CLIENT_ID, "profile");
        diesel::insert_into(amazon_links::table)
            .values((
                amazon_links::id.eq(&id),
                amazon_links::player_id.eq(player),
                amazon_links::amazon_id.eq(&amazon_id),
                amazon_links::confirmed_at.eq(Some(UtcTime::from(now))),
                amazon_links::client_id.eq(WEB_CLIENT_ID),
                amazon_links::scopes.eq("profile"),
                amazon_links::state.eq("active"),
                amazon_links::state_since.eq(UtcTime::from(now)),
                amazon_links::amazon_name.eq(known.name),
                amazon_links::amazon_email.eq(&known.email),
                amazon_links::amazon_email_known.eq(&known.email),
                amazon_links::access_token_sealed.eq(Some(seal("access token", "Atza|of-the-harness"))),
                amazon_links::access_token_expires_at.eq(Some(UtcTime::from(now + TimeDelta::hours(1)))),
                amazon_links::refresh_token_sealed.eq(Some(seal("refresh token", "Atzr|of-the-harness"))),
                amazon_links::token_version.eq(1_i64),
                amazon_links::linked_at.eq(UtcTime::from(now)),
                amazon_links::checked_at.eq(UtcTime::from(now)),
                amazon_links::next_check_at.eq(UtcTime::from(now + TimeDelta::hours(1))),
            ))
            .execute(&mut *self.app().db.connection().unwrap())
            .unwrap();
    }
}
