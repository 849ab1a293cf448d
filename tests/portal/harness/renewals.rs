//! Links with tokens that the simulator accepts, and their refresh.

use std::future::Future;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use dovetail::testing::app::App;
use dovetail::testing::links::refresh::{
    AccessTokenRefusal, CheckedLink, FreshToken, check_now, fresh_token,
};
use dovetail::testing::lwa::simulator::{SimulatedCall, WEB_CLIENT_ID};
use dovetail::testing::platform::crypto::vault::SealContext;
use dovetail::testing::platform::db::schema::{amazon_links, players};
use dovetail::testing::platform::db::{UtcTime, new_id};
use dovetail::testing::platform::fault::{Fault, Stop};
use secrecy::{ExposeSecret, SecretString};

use super::people::Person;
use super::portal::Portal;

/// The text of a token, or the reason for its refusal.
pub type Given = Result<String, AccessTokenRefusal>;

/// Gets a token as the request of a game server does.
pub async fn token_from(app: &App, person: &Person) -> Given {
    given(fresh_token(app, &person.id.clone().into()).await)
}

fn given(answer: Result<FreshToken, Stop<AccessTokenRefusal>>) -> Given {
    match answer {
        Ok(fresh) => Ok(fresh.token.expose_secret().to_owned()),
        Err(Stop::Refused(refused)) => Err(refused),
        Err(Stop::Fault(fault)) => panic!("{fault}"),
    }
}

/// Waits for something that happens in parallel to the story.
pub async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    for _ in 0..600 {
        if is_so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{what} never came");
}

impl Portal {
    /// A person with a password and a link that Amazon will refresh.
    pub async fn linked(&self, name: &str, customer: &str) -> Person {
        let person = self.person(name, true, Some(customer)).await;
        self.has_real_tokens(&person, customer);
        person
    }

    /// The same without a password: Amazon is the only login method.
    pub async fn linked_with_amazon_only(&self, name: &str, customer: &str) -> Person {
        let person = self.person(name, false, Some(customer)).await;
        self.has_real_tokens(&person, customer);
        person
    }

    /// Gives the link a refresh token that the simulator accepts.
    pub fn has_real_tokens(&self, person: &Person, customer: &str) {
        let token = self.amazon.simulator.mint_refresh_token(customer, WEB_CLIENT_ID, "profile").unwrap();
        let (link, amazon_id): (String, String) = amazon_links::table
            .filter(amazon_links::player_id.eq(&person.id))
            .select((amazon_links::id, amazon_links::amazon_id))
            .first(&mut *self.app().db.connection().unwrap())
            .unwrap();
        let sealed = self.seal_refresh_token(&link, &person.id, &amazon_id, &token);
        diesel::update(amazon_links::table.find(&link))
            .set(amazon_links::refresh_token_sealed.eq(Some(sealed)))
            .execute(&mut *self.app().db.connection().unwrap())
            .unwrap();
    }

    fn seal_refresh_token(&self, link: &str, player: &str, amazon_id: &str, token: &str) -> Vec<u8> {
        let place = SealContext {
            purpose: "refresh token",
            table: "amazon_links",
            row: link.to_owned(),
            player: player.to_owned(),
            identity: amazon_id.to_owned(),
        };
        self.app().vault.seal(&place, &SecretString::from(token)).unwrap()
    }

    /// Adds `many` players with links that are due and that Amazon will refresh; they have no other data.
    pub fn many_due_links(&self, many: usize) {
        let at = UtcTime::from(self.clock.now());
        let rows: Vec<(String, String, String, Vec<u8>)> = (0..many)
            .map(|number| {
                let (player, link) = (new_id(self.clock.now()), new_id(self.clock.now()));
                let amazon_id = format!("amzn1.account.MANY{number:08}");
                let token =
                    self.amazon.simulator.mint_refresh_token("pat", WEB_CLIENT_ID, "profile").unwrap();
                let sealed = self.seal_refresh_token(&link, &player, &amazon_id, &token);
                (player, link, amazon_id, sealed)
            })
            .collect();
        for (_, link, ..) in &rows {
            self.note_link(link);
        }
        self.run_at_once(|conn| {
            for (player, link, amazon_id, sealed) in &rows {
                diesel::insert_into(players::table)
                    .values((
                        players::id.eq(player),
                        players::display_name.eq("One of many"),
                        players::display_name_key.eq("one of many"),
                        players::created_at.eq(at),
                    ))
                    .execute(conn)
                    .unwrap();
                diesel::insert_into(amazon_links::table)
                    .values((
                        amazon_links::id.eq(link),
                        amazon_links::player_id.eq(player),
                        amazon_links::amazon_id.eq(amazon_id),
                        amazon_links::confirmed_at.eq(Some(at)),
                        amazon_links::client_id.eq(WEB_CLIENT_ID),
                        amazon_links::scopes.eq("profile"),
                        amazon_links::state.eq("active"),
                        amazon_links::state_since.eq(at),
                        amazon_links::refresh_token_sealed.eq(Some(sealed)),
                        amazon_links::token_version.eq(1_i64),
                        amazon_links::linked_at.eq(at),
                        amazon_links::checked_at.eq(at),
                        amazon_links::next_check_at.eq(at),
                    ))
                    .execute(conn)
                    .unwrap();
            }
        });
    }

    /// Makes this person's access token expire.
    pub fn token_ends(&self, person: &Person) {
        self.set_time(person, "access_token_expires_at", self.clock.now() - TimeDelta::seconds(1));
    }

    /// Makes this person's link due for the next batch.
    pub fn link_is_due(&self, person: &Person) {
        self.set_time(person, "next_check_at", self.clock.now());
    }

    fn set_time(&self, person: &Person, column: &str, at: DateTime<Utc>) {
        let at = at.format("%Y-%m-%d %H:%M:%S%.f");
        let rows =
            self.run(&format!("UPDATE amazon_links SET {column} = '{at}' WHERE player_id = '{}'", person.id));
        assert_eq!(rows, 1);
    }

    /// A token from this instance.
    pub async fn token(&self, person: &Person) -> Given {
        token_from(self.app(), person).await
    }

    /// Gets a token in parallel to the story.
    pub fn token_meanwhile(
        &self,
        person: &Person,
    ) -> impl Future<Output = Result<Given, tokio::task::JoinError>> + use<> {
        let (app, person) = (self.app().clone(), person.clone());
        tokio::spawn(async move { token_from(&app, &person).await })
    }

    /// Checks the link at Amazon now.
    pub async fn check(&self, person: &Person) -> Result<CheckedLink, AccessTokenRefusal> {
        match check_now(self.app(), &person.id.clone().into()).await {
            Ok(checked) => Ok(checked),
            Err(Stop::Refused(refused)) => Err(refused),
            Err(Stop::Fault(fault)) => panic!("{fault}"),
        }
    }

    /// Runs one batch of the refresh.
    pub async fn pass(&self) -> dovetail::testing::links::refresh::BatchProgress {
        self.try_pass().await.unwrap()
    }

    pub async fn try_pass(&self) -> Result<dovetail::testing::links::refresh::BatchProgress, Fault> {
        dovetail::testing::links::refresh::refresh_batch(self.app(), &|_| ()).await
    }

    /// The link's state and cause, `active` or `needs_reconnect key_lost`; `None` without a link.
    pub fn health_of(&self, person: &Person) -> Option<String> {
        let query =
            "SELECT state || coalesce(' ' || state_cause, '') AS line FROM amazon_links WHERE player_id";
        self.lines(&format!("{query} = '{}'", person.id)).pop()
    }

    /// The link's id, Amazon id, state, token version and cause; empty unless both tokens are stored.
    pub fn worth_of(&self, person: &Person) -> Vec<String> {
        let query = "SELECT id || amazon_id || state || token_version || coalesce(state_cause, '') AS line FROM amazon_links \
                     WHERE access_token_sealed IS NOT NULL AND refresh_token_sealed IS NOT NULL AND player_id";
        self.lines(&format!("{query} = '{}'", person.id))
    }

    /// The link events of this person, the oldest first.
    pub fn feed_of(&self, person: &Person) -> Vec<String> {
        let query = "SELECT kind AS line FROM link_events WHERE player_id";
        self.lines(&format!("{query} = '{}' ORDER BY position", person.id))
    }

    /// The number of refreshes that Amazon got.
    pub fn renewals(&self) -> usize {
        self.amazon.calls(SimulatedCall::Refresh)
    }

    /// The number of links that are being refreshed.
    pub fn leases(&self) -> i64 {
        self.count("SELECT count(*) AS count FROM amazon_links WHERE lease_owner IS NOT NULL")
    }
}
