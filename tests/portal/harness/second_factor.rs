//! Second factors of players, whose rows are written directly; turning one on has stories of its own.

use chrono::TimeDelta;
use dovetail::testing::platform::crypto::token::random_bytes;
use dovetail::testing::platform::crypto::vault::SealContext;
use secrecy::SecretString;

use super::Browser;
use super::full_account::text;
use super::page::Page;
use super::people::Person;
use super::portal::Portal;
use super::staff::code_at;

impl Portal {
    /// Turns this player's second factor on, and returns the secret in their app, in base32.
    pub fn second_factor_of(&self, person: &Person) -> String {
        let secret = data_encoding::BASE32_NOPAD.encode(&random_bytes::<20>().unwrap());
        let place = SealContext {
            purpose: "second factor",
            table: "player_second_factors",
            row: person.id.clone(),
            player: person.id.clone(),
            identity: String::new(),
        };
        let sealed = self.app().vault.seal(&place, &SecretString::from(secret.as_str())).unwrap();
        self.put(
            "player_second_factors",
            &[
                ("player_id", text(&person.id)),
                ("totp_sealed", self.bytes(&sealed)),
                ("totp_step", "0".into()),
                ("created_at", self.moment(0)),
            ],
        );
        secret
    }

    /// A recovery code of this player, from ten new ones.
    pub async fn recovery_code_of(&self, person: &Person) -> String {
        let page = self.browser_of(person).visit("/account/two-step").await.press("Make new codes").await;
        page.text_of(".codes").unwrap().split_whitespace().next().unwrap().to_owned()
    }

    /// The code that the app with this secret shows now.
    pub fn app_code(&self, secret: &str) -> String {
        code_at(secret, self.clock.now())
    }

    /// The code of the next half minute, because each code works once.
    pub fn next_app_code(&self, secret: &str) -> String {
        self.wait(TimeDelta::seconds(30));
        self.app_code(secret)
    }
}

/// Signs in with the password, as far as the portal allows.
pub async fn give_password(browser: &Browser, person: &Person) -> Page {
    let form = browser.visit("/sign-in").await;
    form.fill("identifier", person.email()).fill("password", person.password()).press("Sign in").await
}

/// Signs in with password and code, as far as the portal allows.
pub async fn give_both(browser: &Browser, person: &Person, code: &str) -> Page {
    let page = give_password(browser, person).await;
    assert_eq!(page.path(), "/sign-in/two-step", "{}", page.text());
    page.fill("code", code).press("Continue").await
}
