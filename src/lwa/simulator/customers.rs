//! The simulated customers, and which of them a browser is signed in as.
//!
//! There are no passwords: the simulator trusts the browser's cookie.

use actix_web::HttpRequest;
use data_encoding::BASE32;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The cookie that says which customer a browser is signed in as; its value is a [`SimulatedCustomer::key`].
pub const SIGNED_IN_COOKIE: &str = "simulator_customer";

/// A person with an account at the simulated Amazon.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SimulatedCustomer {
    /// Identifies the customer in forms, cookies and tests; plain ASCII.
    pub key: String,
    pub name: Option<String>,
    pub email: Option<String>,
    pub postal_code: Option<String>,
}

impl SimulatedCustomer {
    pub fn new(key: &str, name: &str, email: &str) -> Self {
        Self {
            key: key.into(),
            name: Some(name.into()),
            email: Some(email.into()),
            postal_code: Some("98052".into()),
        }
    }

    /// The same in all apps of one company, different in another company's apps.
    pub fn user_id(&self, company: &str) -> String {
        let digest = Sha256::new().chain_update(&self.key).chain_update([0]).chain_update(company).finalize();
        let letters: String = BASE32.encode(&digest).chars().take(27).collect();
        format!("amzn1.account.A{letters}")
    }

    /// The name on the control page and the sign-in page.
    pub(super) fn label(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.key)
    }
}

/// The built-in customers. Their texts test markup, length, other scripts and right-to-left writing.
pub(super) fn built_in_customers() -> Vec<SimulatedCustomer> {
    vec![
        SimulatedCustomer::new("mork", "Mork Hashimoto", "mhashimoto-04@plaxo.com"),
        SimulatedCustomer::new("pat", "Pat Example", "player@example.com"),
        SimulatedCustomer::new("bobby", "<b>Bobby</b> & Söhne", "bobby.o'tables+tag@example.com"),
        SimulatedCustomer::new("hanako", "山田 花子", "hanako@example.jp"),
        SimulatedCustomer::new("dana", "דנה כהן", "dana@example.co.il"),
        SimulatedCustomer::new(
            "maximiliane",
            "Maximiliane Rosalinde Friederike Charlotte von und zu Hohenlohe-Waldenburg-Schillingsfürst \
             Wolfeschlegelsteinhausenbergerdorff the Third",
            "maximiliane.rosalinde.friederike.charlotte.von.hohenlohe.waldenburg@a-rather-long-host-name.example.com",
        ),
    ]
}

/// The customer's key from the browser's cookie.
pub(super) fn signed_in(req: &HttpRequest) -> Option<String> {
    req.cookie(SIGNED_IN_COOKIE).map(|cookie| cookie.value().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_companies_see_two_ids_of_one_customer() {
        let pat = SimulatedCustomer::new("pat", "Pat", "pat@example.com");
        assert_eq!(pat.user_id("one"), pat.user_id("one"));
        assert_ne!(pat.user_id("one"), pat.user_id("two"));
    }

    #[test]
    fn a_user_id_has_amazons_shape() {
        for customer in built_in_customers() {
            let id = customer.user_id("one");
            let tail = id.strip_prefix("amzn1.account.").unwrap();
            assert_eq!(tail.len(), 28);
            assert!(tail.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()), "{id}");
        }
    }
}
