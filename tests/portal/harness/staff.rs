//! Members of staff, whose rows are written directly; enrolment and sign-in have stories of their own.

use actix_web::cookie::{Cookie, CookieJar, Key};
use chrono::{DateTime, TimeDelta, Utc};
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use dovetail::testing::platform::crypto::token::OpaqueToken;
use dovetail::testing::platform::crypto::vault::SealContext;
use dovetail::testing::platform::db::schema::{staff, staff_sessions};
use dovetail::testing::platform::db::{UtcTime, new_id};
use dovetail::testing::platform::password::{Password, place_of_hash};
use secrecy::SecretString;
use totp_rs::Builder;

use super::browser::Browser;
use super::page::Page;
use super::portal::Portal;

/// A member of staff with password and authenticator app.
#[derive(Clone, Debug)]
pub struct Agent {
    pub id: String,
    pub email: String,
    pub password: String,
    /// The secret in the app, in base32.
    pub secret: String,
}

/// The code that an app shows at this time.
pub fn code_at(secret: &str, at: DateTime<Utc>) -> String {
    let bytes = data_encoding::BASE32_NOPAD.decode(secret.replace(' ', "").as_bytes()).unwrap();
    let totp = Builder::new().with_secret(bytes).build().unwrap();
    totp.generate(u64::try_from(at.timestamp()).unwrap()).to_string()
}

impl Portal {
    /// An enrolled member of staff in this role: `viewer`, `agent`, `lead` or `admin`.
    pub async fn agent(&self, name: &str, role: &str) -> Agent {
        let now = self.clock.now();
        let id = new_id(now);
        let email = format!("{name}@desk.test");
        let password = format!("{name} waters 9 quiet lanterns");
        let typed = Password::as_typed(&SecretString::from(password.as_str())).unwrap();
        let hash = self.app().passwords.hash(typed, place_of_hash("staff", &id, "")).await;
        let hash = hash.unwrap_or_else(|_| panic!("no hash for {name}")).sealed().to_vec();
        let secret = data_encoding::BASE32_NOPAD
            .encode(&dovetail::testing::platform::crypto::token::random_bytes::<20>().unwrap());
        let place = SealContext {
            purpose: "second factor",
            table: "staff",
            row: id.clone(),
            player: String::new(),
            identity: String::new(),
        };
        let sealed = self.app().vault.seal(&place, &SecretString::from(secret.as_str())).unwrap();
        diesel::insert_into(staff::table)
            .values((
                staff::id.eq(&id),
                staff::email.eq(&email),
                staff::email_key.eq(&email),
                staff::role.eq(role),
                staff::password_sealed.eq(hash),
                staff::password_changed_at.eq(UtcTime::from(now)),
                staff::totp_sealed.eq(sealed),
                staff::created_at.eq(UtcTime::from(now)),
            ))
            .execute(&mut *self.app().db.connection().unwrap())
            .unwrap();
        Agent { id, email, password, secret }
    }

    /// The code that this person's app shows now.
    pub fn code_of(&self, agent: &Agent) -> String {
        code_at(&agent.secret, self.clock.now())
    }

    /// The code of the next half minute, because each code works once.
    pub fn next_code_of(&self, agent: &Agent) -> String {
        self.wait(TimeDelta::seconds(30));
        self.code_of(agent)
    }

    /// A browser in which this person has just signed in.
    pub fn desk_of(&self, agent: &Agent) -> Browser {
        self.desk_since(agent, Some(self.clock.now()))
    }

    /// A browser in which this person signed in long ago, so that fresh proof is needed.
    pub fn stale_desk_of(&self, agent: &Agent) -> Browser {
        self.desk_since(agent, None)
    }

    /// Waits until the last use of a staff session is stored, which happens after the response.
    pub async fn use_is_noted(&self) {
        let lately = UtcTime::from(self.clock.now() - TimeDelta::seconds(1));
        for _ in 0..1_000 {
            let noted = staff_sessions::table.filter(staff_sessions::last_seen_at.ge(lately));
            let noted: i64 = noted.count().get_result(&mut *self.app().db.connection().unwrap()).unwrap();
            if noted > 0 {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        panic!("the use of a session was never noted");
    }

    fn desk_since(&self, agent: &Agent, fresh_at: Option<DateTime<Utc>>) -> Browser {
        let now = self.clock.now();
        let token = OpaqueToken::generate().unwrap();
        let until = now + self.app().config.sessions.staff().max;
        diesel::insert_into(staff_sessions::table)
            .values((
                staff_sessions::id.eq(new_id(now)),
                staff_sessions::token_hash.eq(token.hash().as_str()),
                staff_sessions::staff_id.eq(&agent.id),
                staff_sessions::csrf_secret.eq(OpaqueToken::generate().unwrap().expose()),
                staff_sessions::fresh_at.eq(fresh_at.map(UtcTime::from)),
                staff_sessions::browser.eq("Firefox · Linux"),
                staff_sessions::network.eq("127.0.0.0/24"),
                staff_sessions::created_at.eq(UtcTime::from(now)),
                staff_sessions::last_seen_at.eq(UtcTime::from(now)),
                staff_sessions::expires_at.eq(UtcTime::from(until)),
            ))
            .execute(&mut *self.app().db.connection().unwrap())
            .unwrap();
        let browser = self.browser();
        let value = serde_json::json!({ "until": until, "value": token.expose() }).to_string();
        let mut jar = CookieJar::new();
        jar.private_mut(&Key::from(self.app().keys.cookies.expose())).add(Cookie::new("staff", value));
        let cookie = jar.get("staff").unwrap().encoded().to_string();
        browser.plant("staff", cookie.strip_prefix("staff=").unwrap());
        browser
    }
}

/// Signs in with password and code, as far as the portal allows.
pub async fn sign_in(browser: &Browser, agent: &Agent, code: &str) -> Page {
    let form = browser.visit("/support/sign-in").await;
    let form = form.fill("email", &agent.email).fill("password", &agent.password);
    let page = form.press("Continue").await;
    assert_eq!(page.path(), "/support/sign-in/code", "{}", page.text());
    page.fill("code", code).press("Sign in").await
}
