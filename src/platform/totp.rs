//! Second factors of players and staff: codes by time from an app, six digits every thirty seconds (RFC 6238).

use chrono::{DateTime, Utc};
use data_encoding::BASE32_NOPAD;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use totp_rs::{Builder, Totp};

use crate::platform::crypto::token::random_bytes;
use crate::platform::crypto::vault::{OpenError, SealContext, Vault};
use crate::platform::fault::Fault;

/// The secret shared with the app: 160 bits, in base32.
#[derive(Clone)]
pub struct TotpSecret(SecretString);

impl TotpSecret {
    pub fn generate() -> Result<Self, Fault> {
        let bytes = Zeroizing::new(random_bytes::<20>()?);
        Ok(Self(SecretString::from(BASE32_NOPAD.encode(bytes.as_slice()))))
    }

    /// The secret that an encrypted cookie carried, if it is one.
    pub fn parse(text: &SecretString) -> Option<Self> {
        let bytes = Zeroizing::new(BASE32_NOPAD.decode(text.expose_secret().as_bytes()).ok()?);
        (bytes.len() == 20).then(|| Self(text.clone()))
    }

    /// The secret in base32.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    pub fn seal(&self, vault: &Vault, place: &SealContext) -> Result<Vec<u8>, Fault> {
        vault.seal(place, &self.0)
    }

    pub fn open(vault: &Vault, place: &SealContext, sealed: &[u8]) -> Result<Self, OpenError> {
        vault.open(place, sealed).map(Self)
    }

    /// The time step of the typed code: the present one, the one before, or the one after.
    pub fn step_of(&self, typed: &str, now: DateTime<Utc>) -> Result<Option<i64>, Fault> {
        let digits: String = typed.chars().filter(|letter| !letter.is_whitespace()).take(7).collect();
        let at = u64::try_from(now.timestamp()).unwrap_or_default();
        Ok(self.totp("", "")?.check(&digits, at).and_then(|step| i64::try_from(step).ok()))
    }

    /// The `otpauth` URL in the QR code.
    pub fn address(&self, site: &str, account: &str) -> Result<SecretString, Fault> {
        let url = self.totp(site, account)?.to_url();
        url.map(SecretString::from).map_err(|why| Fault::broken(DURING, format!("{why:?}")))
    }

    /// The secret in groups of four, to type into an app without a camera.
    pub fn in_groups(&self) -> String {
        grouped(self.0.expose_secret(), ' ')
    }

    fn totp(&self, site: &str, account: &str) -> Result<Totp, Fault> {
        let bytes = BASE32_NOPAD
            .decode(self.0.expose_secret().as_bytes())
            .map_err(|why| Fault::broken(DURING, why))?;
        // The label is `issuer:account`, so neither may contain a colon.
        Builder::new()
            .with_secret(bytes)
            .with_issuer(Some(site.replace(':', " ")))
            .with_account_name(account.replace(':', " "))
            .build()
            .map_err(|why| Fault::broken(DURING, format!("{why:?}")))
    }
}

const DURING: &str = "working out a code";

/// The text in groups of four characters.
pub fn grouped(text: &str, between: char) -> String {
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
        assert_eq!(step("287 082", 59), Some(1));
        assert_eq!(step("2870820", 59), None);
        assert_eq!(step("", 59), None);
    }

    #[test]
    fn a_carried_secret_is_the_same_and_other_text_is_none() {
        let secret = TotpSecret::generate().unwrap();
        let carried = TotpSecret::parse(&SecretString::from(secret.expose())).unwrap();
        assert_eq!(carried.expose(), secret.expose());
        assert!(TotpSecret::parse(&SecretString::from("ABCDEFGH")).is_none());
        assert!(TotpSecret::parse(&SecretString::from("no secret")).is_none());
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
