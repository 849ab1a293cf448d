//! Players with a history, for stories about the support pages.

use chrono::TimeDelta;
use diesel::{ExpressionMethods, RunQueryDsl};
use dovetail::testing::platform::crypto::vault::SealContext;
use dovetail::testing::platform::db::schema::{devices, player_notes};
use dovetail::testing::platform::db::{UtcTime, new_id};
use secrecy::SecretString;

use super::{Agent, Person, Portal};

impl Portal {
    /// A player with a password and a history that fills a support page.
    ///
    /// The player was linked to `customer`, unlinked and linked again, and has signed in in a browser and a game. One
    /// device is enabled and one disabled. The mails include sent, waiting and failed ones.
    pub async fn person_with_a_past(&self, name: &str, customer: &str) -> Person {
        let person = self.linked(name, customer).await;
        self.wait(TimeDelta::days(3));
        let browser = self.browser_of(&person);
        let unlink = browser.visit("/account").await.click("Unlink").await;
        unlink.press("Unlink Amazon account").await;
        self.at_amazon(&browser, customer).await;
        let confirm = browser.visit("/account").await.press("Link Amazon account").await;
        let linked = confirm.press("Link this account").await;
        assert_eq!(linked.link_state().as_deref(), Some("active"), "{}", linked.text());
        let form = self.browser().visit("/sign-in").await.fill("identifier", person.email());
        form.fill("password", "not this one").press("Sign in").await;
        let form = self.browser().visit("/forgot-password").await.fill("identifier", person.email());
        form.press("Send link").await;
        self.game_token_of(&person);
        self.device_named(&person, "Living room · tvOS", false);
        self.device_named(&person, "Old Fire TV", true);
        self.run(&format!(
            "UPDATE players SET user_name = '{0}.1', user_name_key = '{0}.1', language = 'de' WHERE id = '{1}'",
            name.to_lowercase(),
            person.id
        ));
        self.run("UPDATE mails SET sent_at = created_at, body_sealed = NULL WHERE kind = 'amazon-unlinked'");
        self.run("UPDATE mails SET failed_at = created_at, attempts = 8 WHERE kind = 'amazon-linked'");
        person
    }

    /// Adds a device of this player, which may be disabled.
    pub fn device_named(&self, person: &Person, label: &str, is_off: bool) {
        let at = UtcTime::from(self.clock.now());
        diesel::insert_into(devices::table)
            .values((
                devices::id.eq(new_id(self.clock.now())),
                devices::player_id.eq(&person.id),
                devices::api_key.eq("dovetail"),
                devices::device_hash.eq(format!("hash of {label}")),
                devices::label.eq(label),
                devices::network.eq("198.51.100.0/24"),
                devices::made_at.eq(at),
                devices::last_used_at.eq(at),
                devices::switched_off_at.eq(is_off.then_some(at)),
            ))
            .execute(&mut *self.app().db.connection().unwrap())
            .unwrap();
    }

    /// Adds a note of this member of staff about a player.
    pub fn note_about(&self, agent: &Agent, person: &Person, text: &str) {
        let id = new_id(self.clock.now());
        let place = SealContext {
            purpose: "note",
            table: "player_notes",
            row: id.clone(),
            player: person.id.clone(),
            identity: String::new(),
        };
        let sealed = self.app().vault.seal(&place, &SecretString::from(text)).unwrap();
        diesel::insert_into(player_notes::table)
            .values((
                player_notes::id.eq(&id),
                player_notes::player_id.eq(&person.id),
                player_notes::staff_id.eq(&agent.id),
                player_notes::note_sealed.eq(sealed),
                player_notes::created_at.eq(UtcTime::from(self.clock.now())),
            ))
            .execute(&mut *self.app().db.connection().unwrap())
            .unwrap();
    }

    /// The path of this player's support page.
    #[expect(clippy::unused_self, reason = "stories ask the portal for everything")]
    pub fn file_of(&self, person: &Person) -> String {
        format!("/support/players/{}", person.id)
    }
}
