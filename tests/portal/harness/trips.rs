//! Sign-in with Amazon in steps, for stories that stop in between, and its rows afterwards.

use dovetail::testing::lwa::simulator::{SimulatedCustomer, WEB_CLIENT_ID};

use super::browser::Browser;
use super::page::Page;
use super::people::Person;
use super::portal::Portal;

impl Portal {
    /// Signs this browser in at Amazon as `customer`, who has allowed the portal before.
    ///
    /// An attempt then needs no click at Amazon.
    pub async fn at_amazon(&self, browser: &Browser, customer: &str) {
        self.amazon.simulator.allow(customer, WEB_CLIENT_ID, "profile");
        let address = format!("{}/simulator/sign-in", self.amazon.url());
        let answer = browser.post(&address, &[("customer", customer), ("back", "/ap/adam")]).await;
        assert_eq!(answer.status, 303, "nobody is {customer} at Amazon");
    }

    /// Adds an Amazon account without name and email address.
    pub fn amazon_admits_nobody_in_particular(&self, key: &str) {
        let nobody = SimulatedCustomer { name: None, email: None, ..SimulatedCustomer::new(key, "", "") };
        self.amazon.simulator.admit(nobody);
    }

    /// All rows of this person but the audit records, to show that nothing changed.
    pub fn belongings_of(&self, person: &Person) -> Vec<String> {
        let mut dump = self.dump();
        for record in ["audit_events", "audit_keys", "audit_seals"] {
            dump.remove(record);
        }
        let rows = dump.into_values().flatten();
        rows.filter(|row| row.contains(&person.id)).collect()
    }

    /// The number of this person's rows in `table`.
    pub fn count_of(&self, table: &str, person: &Person) -> i64 {
        self.count(&format!("SELECT count(*) AS count FROM {table} WHERE player_id = '{}'", person.id))
    }

    /// The number of rows in `table`.
    pub fn count_all(&self, table: &str) -> i64 {
        self.count(&format!("SELECT count(*) AS count FROM {table}"))
    }

    /// The Amazon id of this person's link.
    pub fn identity_linked_to(&self, person: &Person) -> Option<String> {
        let query = "SELECT amazon_id AS line FROM amazon_links WHERE player_id";
        self.lines(&format!("{query} = '{}'", person.id)).pop()
    }

    /// The number of times that the link's tokens were written.
    pub fn token_version_of(&self, person: &Person) -> i64 {
        let query = "SELECT token_version AS count FROM amazon_links WHERE player_id";
        self.count(&format!("{query} = '{}'", person.id))
    }

    /// The causes that ended this person's links, the oldest first.
    pub fn endings_of(&self, person: &Person) -> Vec<String> {
        let query = "SELECT cause AS line FROM former_links WHERE player_id";
        self.lines(&format!("{query} = '{}' ORDER BY id", person.id))
    }

    /// The kinds of this person's audit records, the oldest first.
    pub fn events_of(&self, person: &Person) -> Vec<String> {
        let query = "SELECT kind AS line FROM audit_events WHERE player_id";
        self.lines(&format!("{query} = '{}' ORDER BY id", person.id))
    }

    /// Puts this person's link into a state that only the refresh reaches.
    pub fn link_becomes(&self, person: &Person, state: &str) {
        let tokens = if state == "revoked" {
            ", access_token_sealed = NULL, refresh_token_sealed = NULL, access_token_expires_at = NULL"
        } else {
            ""
        };
        let rows = self.run(&format!(
            "UPDATE amazon_links SET state = '{state}'{tokens} WHERE player_id = '{}'",
            person.id
        ));
        assert_eq!(rows, 1);
    }

    /// Disables the account, as support can.
    pub fn disable(&self, person: &Person) {
        let rows =
            self.run(&format!("UPDATE players SET disabled_at = created_at WHERE id = '{}'", person.id));
        assert_eq!(rows, 1);
    }
}

impl Page {
    /// Presses a button that leads to Amazon, and returns the address of the callback without opening it.
    ///
    /// The browser must be signed in at Amazon.
    pub async fn press_to_callback(&self, button: &str) -> String {
        let departure = self.press_only(button).await;
        let away = departure.location().unwrap_or_else(|| panic!("{button} stays: {}", departure.text()));
        let back = self.browser().get(&away).await.location();
        back.unwrap_or_else(|| panic!("Amazon keeps the browser at {away}"))
    }
}

/// The address with one parameter of its query changed or removed.
pub fn with_parameter(address: &str, name: &str, value: Option<&str>) -> String {
    let mut url = url::Url::parse(address).unwrap();
    let kept: Vec<(String, String)> =
        url.query_pairs().into_owned().filter(|(known, _)| known != name).collect();
    url.query_pairs_mut().clear().extend_pairs(kept).extend_pairs(value.map(|value| (name, value)));
    url.into()
}
