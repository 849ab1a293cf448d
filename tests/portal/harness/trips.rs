//! Trips to Amazon, cut where stories stop in between, and what the tables hold afterwards.

use dovetail::lwa::simulator::{SimulatedCustomer, WEB_CLIENT_ID};

use super::browser::Browser;
use super::page::Page;
use super::people::Person;
use super::portal::Portal;

impl Portal {
    /// Amazon knows this browser as `customer`, who has allowed the portal before: a trip needs no click there.
    pub async fn at_amazon(&self, browser: &Browser, customer: &str) {
        self.amazon.simulator.allow(customer, WEB_CLIENT_ID, "profile");
        let address = format!("{}/simulator/sign-in", self.amazon.url());
        let answer = browser.post(&address, &[("customer", customer), ("back", "/ap/adam")]).await;
        assert_eq!(answer.status, 303, "nobody is {customer} at Amazon");
    }

    /// Opens an Amazon account without a name or an email, as customers may have them.
    pub fn amazon_admits_nobody_in_particular(&self, key: &str) {
        let nobody = SimulatedCustomer { name: None, email: None, ..SimulatedCustomer::new(key, "", "") };
        self.amazon.simulator.admit(nobody);
    }

    /// Everything the tables hold of this person but the record of events, to show that it was left alone.
    pub fn belongings_of(&self, person: &Person) -> Vec<String> {
        let mut dump = self.dump();
        for record in ["audit_events", "audit_keys", "audit_seals"] {
            dump.remove(record);
        }
        let rows = dump.into_values().flatten();
        rows.filter(|row| row.contains(&person.id)).collect()
    }

    /// Rows of `table` that are this person's.
    pub fn count_of(&self, table: &str, person: &Person) -> i64 {
        self.count(&format!("SELECT count(*) AS count FROM {table} WHERE player_id = '{}'", person.id))
    }

    /// Rows of `table`.
    pub fn count_all(&self, table: &str) -> i64 {
        self.count(&format!("SELECT count(*) AS count FROM {table}"))
    }

    /// The identity that this person's link holds.
    pub fn identity_linked_to(&self, person: &Person) -> Option<String> {
        let query = "SELECT amazon_id AS line FROM amazon_links WHERE player_id";
        self.lines(&format!("{query} = '{}'", person.id)).pop()
    }

    /// How often the link's tokens were written.
    pub fn token_version_of(&self, person: &Person) -> i64 {
        let query = "SELECT token_version AS count FROM amazon_links WHERE player_id";
        self.count(&format!("{query} = '{}'", person.id))
    }

    /// How this person's links ended, oldest first.
    pub fn endings_of(&self, person: &Person) -> Vec<String> {
        let query = "SELECT cause AS line FROM former_links WHERE player_id";
        self.lines(&format!("{query} = '{}' ORDER BY id", person.id))
    }

    /// What was recorded about this person, oldest first.
    pub fn events_of(&self, person: &Person) -> Vec<String> {
        let query = "SELECT kind AS line FROM audit_events WHERE player_id";
        self.lines(&format!("{query} = '{}' ORDER BY id", person.id))
    }

    /// Puts this person's link into a state that only the refresher reaches.
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

    /// Switches the account off, as the desk would.
    pub fn disable(&self, person: &Person) {
        let rows =
            self.run(&format!("UPDATE players SET disabled_at = created_at WHERE id = '{}'", person.id));
        assert_eq!(rows, 1);
    }
}

impl Page {
    /// Presses a button that leads to Amazon, where this browser is known, and stops before the way back: the
    /// callback's address.
    pub async fn press_to_callback(&self, button: &str) -> String {
        let departure = self.press_only(button).await;
        let away = departure.location().unwrap_or_else(|| panic!("{button} stays: {}", departure.text()));
        let back = self.browser().get(&away).await.location();
        back.unwrap_or_else(|| panic!("Amazon keeps the browser at {away}"))
    }
}

/// The same address with one parameter of its query changed, or taken out.
pub fn with_parameter(address: &str, name: &str, value: Option<&str>) -> String {
    let mut url = url::Url::parse(address).unwrap();
    let kept: Vec<(String, String)> =
        url.query_pairs().into_owned().filter(|(known, _)| known != name).collect();
    url.query_pairs_mut().clear().extend_pairs(kept).extend_pairs(value.map(|value| (name, value)));
    url.into()
}
