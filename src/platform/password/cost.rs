//! How dear one argon2 hash is, and the stored text of a hash.
//!
//! Promises that no stored row can make the process spend more than the upper bound (S4): a hash's
//! cost is read and judged before anything runs. The stored text is the version of the canonical
//! form the password was brought into (`nfkc1`, S3), followed by the PHC string.

use argon2::password_hash::Error;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use secrecy::SecretString;

use super::policy::Password;
use crate::platform::fault::Fault;

const FORM: &str = "nfkc1";
const OUTPUT_BYTES: usize = 32;

/// The most a stored hash may cost: 256 MiB, 10 passes, 4 lanes.
const MOST: Cost = Cost { kib: 262_144, passes: 10, lanes: 4 };

/// What one hash costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Memory in KiB.
    pub kib: u32,
    pub passes: u32,
    pub lanes: u32,
}

impl Cost {
    /// 19 MiB, two passes, one lane: the least that is allowed where players sign in (S4).
    pub const STANDARD: Self = Self { kib: 19_456, passes: 2, lanes: 1 };

    /// Hashes `password` with argon2id and gives the text to seal.
    pub(super) fn hash(self, password: &Password, salt: [u8; 16]) -> Result<SecretString, Fault> {
        let during = "hashing a password";
        let argon2 = self.argon2().map_err(|err| Fault::broken(during, err))?;
        let phc = argon2
            .hash_password_with_salt(password.as_bytes(), &salt)
            .map_err(|err| Fault::broken(during, err))?;
        Ok(SecretString::from(format!("{FORM}{phc}")))
    }

    fn argon2(self) -> Result<Argon2<'static>, argon2::Error> {
        let params = Params::new(self.kib, self.passes, self.lanes, Some(OUTPUT_BYTES))?;
        Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
    }

    /// Time grows with memory times passes; lanes are worked off one after the other.
    fn work(self) -> u64 {
        u64::from(self.kib) * u64::from(self.passes)
    }
}

/// A hash whose text was read, but not yet run.
pub(super) struct ReadHash {
    form: String,
    phc: PasswordHash,
    cost: Cost,
}

impl ReadHash {
    /// Reads what [`Cost::hash`] wrote, also with costs and algorithms of another day.
    pub(super) fn parse(text: &str) -> Result<Self, Fault> {
        let during = "reading a password hash";
        let (form, phc) = text
            .find('$')
            .and_then(|at| text.split_at_checked(at))
            .ok_or_else(|| Fault::broken(during, "there is no form version before it"))?;
        let phc = PasswordHash::new(phc).map_err(|err| Fault::broken(during, err))?;
        let number = |name| {
            phc.params
                .get_decimal(name)
                .ok_or_else(|| Fault::broken(during, format!("{name} is not a number")))
        };
        let cost = Cost { kib: number("m")?, passes: number("t")?, lanes: number("p")? };
        Ok(Self { form: form.to_owned(), phc, cost })
    }

    /// Whether running it would cost more than any hash of ours ever did.
    pub(super) fn is_too_costly(&self) -> bool {
        self.cost.kib > MOST.kib || self.cost.passes > MOST.passes || self.cost.lanes > MOST.lanes
    }

    /// Whether a hash made now would be another one: dearer, by another algorithm, over another form.
    pub(super) fn is_behind(&self, now: Cost) -> bool {
        self.form != FORM || self.phc.algorithm != Algorithm::Argon2id.ident() || self.cost != now
    }

    /// Runs the hash. A cheaper one than `now` is filled up with idle work, so that an account not
    /// seen since the cost was raised takes as long as one that does not exist (S13).
    pub(super) fn is_of(&self, password: &Password, now: Cost) -> Result<bool, Fault> {
        let during = "checking a password";
        let answer = Argon2::default().verify_password(password.as_bytes(), &self.phc);
        self.fill_up_to(now, password).map_err(|err| Fault::broken(during, err))?;
        match answer {
            Ok(()) => Ok(true),
            Err(Error::PasswordInvalid) => Ok(false),
            Err(err) => Err(Fault::broken(during, err)),
        }
    }

    fn fill_up_to(&self, now: Cost, password: &Password) -> Result<(), argon2::Error> {
        let missing = now.work().saturating_sub(self.cost.work());
        let kib = u32::try_from(missing / u64::from(now.passes.max(1))).unwrap_or(now.kib);
        if kib < Params::MIN_M_COST {
            return Ok(());
        }
        let idle = Cost { kib, passes: now.passes, lanes: 1 }.argon2()?;
        idle.hash_password_into(password.as_bytes(), &[0; 16], &mut [0; OUTPUT_BYTES])
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    const CHEAP: Cost = Cost { kib: 64, passes: 1, lanes: 1 };

    fn password(text: &str) -> Password {
        Password::as_typed(&text.into()).unwrap()
    }

    fn hashed(cost: Cost, text: &str) -> ReadHash {
        ReadHash::parse(cost.hash(&password(text), *b"sixteen of salt.").unwrap().expose_secret()).unwrap()
    }

    #[test]
    fn a_fresh_hash_has_the_standard_cost_and_the_form_version() {
        let text = Cost::STANDARD.hash(&password("some words"), [7; 16]).unwrap();
        assert!(text.expose_secret().starts_with("nfkc1$argon2id$v=19$m=19456,t=2,p=1$"));
        let read = ReadHash::parse(text.expose_secret()).unwrap();
        assert_eq!(read.phc.salt.unwrap().len(), 16);
        assert_eq!(read.phc.hash.unwrap().len(), 32);
        assert!(!read.is_behind(Cost::STANDARD) && !read.is_too_costly());
    }

    #[test]
    fn a_hash_knows_its_password_and_no_other() {
        let hash = hashed(CHEAP, "some words");
        assert!(hash.is_of(&password("some words"), CHEAP).unwrap());
        assert!(!hash.is_of(&password("some wordt"), CHEAP).unwrap());
        assert!(!hash.is_of(&password("Some words"), CHEAP).unwrap());
        assert!(!hash.is_of(&password(""), CHEAP).unwrap());
    }

    #[test]
    fn a_cheaper_hash_still_works_and_is_behind() {
        let hash = hashed(CHEAP, "some words");
        let now = Cost { kib: 256, passes: 2, lanes: 1 };
        assert!(hash.is_behind(now) && !hash.is_behind(CHEAP));
        assert!(hash.is_of(&password("some words"), now).unwrap());
        assert!(!hash.is_of(&password("other words"), now).unwrap());
    }

    #[test]
    fn a_cost_over_the_bound_is_seen_before_it_runs() {
        let with = |params: &str| {
            ReadHash::parse(&format!(
                "nfkc1$argon2id$v=19${params}$c2l4dGVlbiBvZiBzYWx0Lg$MDEyMzQ1Njc4OWFiY2RlZg"
            ))
        };
        for costly in [
            "m=8388608,t=1000,p=1",
            "m=262145,t=1,p=1",
            "m=64,t=11,p=1",
            "m=64,t=1,p=5",
            "m=4294967295,t=4294967295,p=4294967295",
        ] {
            assert!(with(costly).unwrap().is_too_costly(), "{costly}");
        }
        assert!(!with("m=262144,t=10,p=4").unwrap().is_too_costly());
        assert!(with("m=99999999999,t=1,p=1").is_err());
        assert!(with("t=1,p=1").is_err());
    }

    #[test]
    fn another_algorithm_or_form_is_behind() {
        let text = CHEAP.hash(&password("some words"), [7; 16]).unwrap();
        let text = text.expose_secret();
        let behind = |text: String| ReadHash::parse(&text).unwrap().is_behind(CHEAP);
        assert!(!behind(text.to_owned()));
        assert!(behind(text.replace("argon2id", "argon2i")));
        assert!(behind(text.replace("nfkc1", "nfkc0")));
        assert!(behind(text.replace("nfkc1", "")));
    }

    #[test]
    fn text_that_is_no_hash_is_a_fault() {
        for text in ["", "nfkc1", "nfkc1$", "plain words", "nfkc1$argon2id$v=19$m=64,t=1,p=1$c2l4$!"] {
            assert!(ReadHash::parse(text).is_err(), "{text}");
        }
    }
}
