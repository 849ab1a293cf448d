//! Masks on a player's page (S121).

use crate::support::mask;

/// Masks every value, or none once a reason is on record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Masking {
    pub is_lifted: bool,
}

impl Masking {
    pub fn email(self, address: &str) -> String {
        self.over(address, mask::email)
    }

    pub fn amazon_id(self, id: &str) -> String {
        self.over(id, mask::amazon_id)
    }

    pub fn postal_code(self, code: &str) -> String {
        self.over(code, |_| "•••••".to_owned())
    }

    pub fn network(self, network: &str) -> String {
        self.over(network, mask::network)
    }

    /// Masks the text; an empty text stays empty.
    fn over(self, text: &str, mask: fn(&str) -> String) -> String {
        if self.is_lifted || text.is_empty() { text.to_owned() } else { mask(text) }
    }
}
