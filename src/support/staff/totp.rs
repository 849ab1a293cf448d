//! The second factor of staff: codes by time from an app, six digits every thirty seconds (RFC 6238).

use chrono::{DateTime, Utc};
use data_encoding::BASE32_NOPAD;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use totp_rs::{Builder, Totp};

use crate::platform::crypto::token::random_bytes;
use crate::platform::crypto::vault::Vault;
use crate::platform::fault::Fault;
use crate::platform::ids::StaffId;
use crate::support::staff::model::place_of_factor;

/// The secret shared with the app: 160 bits, in base32.
pub(super) struct TotpSecret(SecretString);

impl TotpSecret {
    pub fn generate() -> Result<Self, Fault> {
        let bytes = Zeroizing::new(random_bytes::<20>()?);
        Ok(Self(SecretString::from(BASE32_NOPAD.encode(bytes.as_slice()))))
    }

    pub fn seal(&self, vault: &Vault, id: &StaffId) -> Result<Vec<u8>, Fault> {
        vault.seal(&place_of_factor(id), &self.0)
    }

    /// Opens the sealed secret. `None` and an alert if it does not open: every code is then wrong (S66).
    ///
    /// The member still has a second factor. A recovery code signs in, and an administrator can send a new link.
    pub fn open(vault: &Vault, id: &StaffId, sealed: &[u8]) -> Option<Self> {
        match vault.open(&place_of_factor(id), sealed) {
            Ok(secret) => Some(Self(secret)),
            Err(fault) => {
                tracing::error!(
                    event = "support.second_factor.unreadable",
                    alert = "second_factor_will_not_open",
                    staff.id = %id,
                    %fault,
                    "the second factor of a member of staff cannot be opened"
                );
                None
            }
        }
    }

    /// The time step of the typed code: the present one, the one before, or the one after.
    pub fn step_of(&self, typed: &str, now: DateTime<Utc>) -> Result<Option<i64>, Fault> {
        let at = u64::try_from(now.timestamp()).unwrap_or_default();
        Ok(self.totp("", "")?.check(typed, at).and_then(|step| i64::try_from(step).ok()))
    }

    /// The `otpauth` URL in the QR code.
    pub fn address(&self, site: &str, email: &str) -> Result<SecretString, Fault> {
        let url = self.totp(site, email)?.to_url();
        url.map(SecretString::from).map_err(|why| Fault::broken(DURING, format!("{why:?}")))
    }

    /// The secret in groups of four, to type into an app without a camera.
    pub fn in_groups(&self) -> String {
        grouped(self.0.expose_secret(), ' ')
    }

    fn totp(&self, site: &str, email: &str) -> Result<Totp, Fault> {
        let bytes = BASE32_NOPAD
            .decode(self.0.expose_secret().as_bytes())
            .map_err(|why| Fault::broken(DURING, why))?;
        // The label is `issuer:account`, so neither may contain a colon.
        Builder::new()
            .with_secret(bytes)
            .with_issuer(Some(site.replace(':', " ")))
            .with_account_name(email.replace(':', " "))
            .build()
            .map_err(|why| Fault::broken(DURING, format!("{why:?}")))
    }
}

const DURING: &str = "working out a code";

pub(super) fn grouped(text: &str, between: char) -> String {
    let mut groups = String::new();
    for (at, letter) in text.chars().enumerate() {
        if at > 0 && at % 4 == 0 {
            groups.push(between);
        }
        groups.push(letter);
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B: the secret "12345678901234567890", SHA-1, the last six of eight digits.
    #[test]
    fn codes_are_those_of_the_standard_and_hold_for_three_steps() {
        let secret = TotpSecret(SecretString::from(BASE32_NOPAD.encode(b"12345678901234567890")));
        let step =
            |typed: &str, at: i64| secret.step_of(typed, DateTime::from_timestamp(at, 0).unwrap()).unwrap();
        assert_eq!(step("287082", 59), Some(1));
        assert_eq!(step("081804", 1_111_111_109), Some(37_037_036));
        assert_eq!(step("081804", 1_111_111_109 + 30), Some(37_037_036));
        assert_eq!(step("081804", 1_111_111_109 - 30), Some(37_037_036));
        assert_eq!(step("081804", 1_111_111_109 + 90), None);
        assert_eq!(step("", 59), None);
    }

    #[test]
    fn the_address_names_the_place_and_the_person() {
        let secret = TotpSecret::generate().unwrap();
        let address = secret.address("Acorn: Games", "sam@example.com").unwrap();
        let address = address.expose_secret();
        assert!(address.starts_with("otpauth://totp/Acorn"), "{address}");
        assert!(address.contains("sam%40example.com") && address.contains("issuer="), "{address}");
    }
}
