//! The cost of one Argon2 hash, and the stored text of a hash.
//!
//! No stored row can make the process spend more than the upper bound (S4): the cost is read and checked
//! before the hash runs. The stored text is the version of the password's canonical form (`nfkc1`, S3),
//! followed by the PHC string.

use argon2::password_hash;
use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use secrecy::SecretString;

use super::memory::Memory;
use super::policy::Password;
use crate::platform::fault::Fault;

const FORM: &str = "nfkc1";
const OUTPUT_BYTES: usize = 32;

/// The upper bound for a stored hash: 256 MiB, 10 passes, 4 lanes.
const UPPER_BOUND: HashCost = HashCost { kib: 262_144, passes: 10, lanes: 4 };

/// The cost of one hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HashCost {
    /// Memory in KiB.
    pub kib: u32,
    pub passes: u32,
    pub lanes: u32,
}

impl HashCost {
    /// Hashes `password` with Argon2id and returns the text to seal.
    pub(super) fn hash(
        self,
        password: &Password,
        salt: [u8; 16],
        memory: &Memory,
    ) -> Result<SecretString, Fault> {
        let phc = memory.lend(self.kib, |blocks| self.hash_in(blocks, password, salt));
        let phc = phc.map_err(|err| Fault::broken("hashing a password", err))?;
        Ok(SecretString::from(format!("{FORM}{phc}")))
    }

    fn hash_in(
        self,
        blocks: &mut [Block],
        password: &Password,
        salt: [u8; 16],
    ) -> Result<PasswordHash, password_hash::Error> {
        let params = self.params()?;
        let params_text = ParamsString::try_from(&params)?;
        let mut output = [0; OUTPUT_BYTES];
        argon2(params).hash_password_into_with_memory(password.as_bytes(), &salt, &mut output, blocks)?;
        Ok(PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: params_text,
            salt: Some(Salt::new(&salt)?),
            hash: Some(Output::new(&output)?),
        })
    }

    fn params(self) -> Result<Params, argon2::Error> {
        Params::new(self.kib, self.passes, self.lanes, Some(OUTPUT_BYTES))
    }

    /// Whether a hash of this cost is cheaper to guess: less work, or equal work in less memory.
    fn is_cheaper_than(self, other: Self) -> bool {
        (self.work(), self.kib) < (other.work(), other.kib)
    }

    /// Time grows with memory times passes; lanes run one after the other.
    fn work(self) -> u64 {
        u64::from(self.kib) * u64::from(self.passes)
    }
}

fn argon2(params: Params) -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// A parsed hash that has not been run yet.
pub(super) struct ParsedHash {
    form: String,
    phc: PasswordHash,
    cost: HashCost,
}

impl ParsedHash {
    /// Parses what [`HashCost::hash`] wrote, also with other costs and algorithms.
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
        let cost = HashCost { kib: number("m")?, passes: number("t")?, lanes: number("p")? };
        Ok(Self { form: form.to_owned(), phc, cost })
    }

    /// Whether the cost is over the upper bound.
    pub(super) fn is_too_costly(&self) -> bool {
        self.cost.kib > UPPER_BOUND.kib
            || self.cost.passes > UPPER_BOUND.passes
            || self.cost.lanes > UPPER_BOUND.lanes
    }

    /// Whether a new hash would be better: costlier, of a newer algorithm or version, or over a newer form.
    ///
    /// A hash that is costlier than `now` is kept (S5).
    pub(super) fn is_outdated(&self, now: HashCost) -> bool {
        self.form != FORM
            || self.phc.algorithm != Algorithm::Argon2id.ident()
            || self.phc.version != Some(Version::V0x13.into())
            || self.cost.is_cheaper_than(now)
    }

    /// Runs the hash. A cheaper one than `now` is followed by idle work.
    ///
    /// An account that was not seen since the cost was raised then takes as long as one that does not exist
    /// (S13).
    pub(super) fn is_of(&self, password: &Password, now: HashCost, memory: &Memory) -> Result<bool, Fault> {
        let answer = memory.lend(self.cost.kib.max(now.kib), |blocks| {
            let answer = self.run(blocks, password);
            self.fill_up_to(now, blocks, password)?;
            answer
        });
        answer.map_err(|err| Fault::broken("checking a password", err))
    }

    /// Outputs are compared in constant time.
    fn run(&self, blocks: &mut [Block], password: &Password) -> Result<bool, password_hash::Error> {
        let (Some(salt), Some(expected)) = (&self.phc.salt, &self.phc.hash) else { return Ok(false) };
        let algorithm = Algorithm::try_from(self.phc.algorithm.as_str())?;
        let version = self.phc.version.map(Version::try_from).transpose()?.unwrap_or_default();
        let argon2 = Argon2::new(algorithm, version, Params::try_from(&self.phc)?);
        let mut output = [0; Output::MAX_LENGTH];
        let output = output.get_mut(..expected.len()).ok_or(password_hash::Error::OutputSize)?;
        argon2.hash_password_into_with_memory(password.as_bytes(), salt, output, blocks)?;
        Ok(*expected == Output::new(output)?)
    }

    fn fill_up_to(
        &self,
        now: HashCost,
        blocks: &mut [Block],
        password: &Password,
    ) -> Result<(), argon2::Error> {
        let missing = now.work().saturating_sub(self.cost.work());
        let kib = u32::try_from(missing / u64::from(now.passes.max(1))).unwrap_or(now.kib);
        if kib < Params::MIN_M_COST {
            return Ok(());
        }
        let idle = argon2(HashCost { kib, passes: now.passes, lanes: 1 }.params()?);
        idle.hash_password_into_with_memory(password.as_bytes(), &[0; 16], &mut [0; OUTPUT_BYTES], blocks)
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    const CHEAP: HashCost = HashCost { kib: 64, passes: 1, lanes: 1 };
    const STANDARD: HashCost = HashCost { kib: 19_456, passes: 2, lanes: 1 };

    fn password(text: &str) -> Password {
        Password::as_typed(&text.into()).unwrap()
    }

    fn text_of(cost: HashCost, text: &str, salt: [u8; 16]) -> SecretString {
        cost.hash(&password(text), salt, &Memory::of(cost.kib)).unwrap()
    }

    fn hashed(cost: HashCost, text: &str) -> ParsedHash {
        ParsedHash::parse(text_of(cost, text, *b"sixteen of salt.").expose_secret()).unwrap()
    }

    fn is_of(hash: &ParsedHash, text: &str, now: HashCost) -> bool {
        hash.is_of(&password(text), now, &Memory::of(now.kib)).unwrap()
    }

    #[test]
    fn a_fresh_hash_has_the_standard_cost_and_the_form_version() {
        let text = text_of(STANDARD, "some words", [7; 16]);
        assert!(text.expose_secret().starts_with("nfkc1$argon2id$v=19$m=19456,t=2,p=1$"));
        let read = ParsedHash::parse(text.expose_secret()).unwrap();
        assert_eq!(read.phc.salt.unwrap().len(), 16);
        assert_eq!(read.phc.hash.unwrap().len(), 32);
        assert!(!read.is_outdated(STANDARD) && !read.is_too_costly());
    }

    #[test]
    fn a_hash_knows_its_password_and_no_other() {
        let hash = hashed(CHEAP, "some words");
        assert!(is_of(&hash, "some words", CHEAP));
        assert!(!is_of(&hash, "some wordt", CHEAP));
        assert!(!is_of(&hash, "Some words", CHEAP));
        assert!(!is_of(&hash, "", CHEAP));
    }

    #[test]
    fn a_cheaper_hash_still_works_and_is_behind() {
        let hash = hashed(CHEAP, "some words");
        let now = HashCost { kib: 256, passes: 2, lanes: 1 };
        assert!(hash.is_outdated(now) && !hash.is_outdated(CHEAP));
        assert!(is_of(&hash, "some words", now));
        assert!(!is_of(&hash, "other words", now));
    }

    #[test]
    fn a_dearer_hash_works_and_is_kept() {
        let hash = hashed(HashCost { kib: 256, passes: 3, lanes: 4 }, "some words");
        assert!(!hash.is_outdated(CHEAP) && is_of(&hash, "some words", CHEAP));
        let now = HashCost { kib: 256, passes: 2, lanes: 1 };
        assert!(
            !hash.is_outdated(now) && is_of(&hash, "some words", now) && !is_of(&hash, "other words", now)
        );
    }

    #[test]
    fn less_work_is_behind_and_so_is_less_memory_for_the_same_work() {
        let now = HashCost { kib: 128, passes: 2, lanes: 1 };
        for (kib, passes, is_outdated) in
            [(128, 2, false), (128, 1, true), (127, 2, true), (64, 4, true), (256, 1, false), (64, 5, false)]
        {
            let hash = hashed(HashCost { kib, passes, lanes: 1 }, "some words");
            assert_eq!(hash.is_outdated(now), is_outdated, "m={kib},t={passes}");
        }
    }

    /// Two of the reference implementation's own test vectors.
    #[test]
    fn hashes_of_other_programs_are_read_and_an_older_version_is_behind() {
        let now = HashCost { kib: 256, passes: 2, lanes: 1 };
        let read = |text: &str| ParsedHash::parse(text).unwrap();
        let new =
            read("nfkc1$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4");
        let old =
            read("nfkc1$argon2i$v=16$m=256,t=2,p=1$c29tZXNhbHQ$/U3YPXYsSb3q9XxHvc0MLxur+GP960kN9j7emXX8zwY");
        for hash in [&new, &old] {
            assert!(is_of(hash, "password", now) && !is_of(hash, "passwort", now));
        }
        assert!(!new.is_outdated(now) && old.is_outdated(now));
        let mut older = new;
        older.phc.version = Some(Version::V0x10.into());
        assert!(older.is_outdated(now));
    }

    #[test]
    fn a_cost_over_the_bound_is_seen_before_it_runs() {
        let with = |params: &str| {
            ParsedHash::parse(&format!(
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
        let text = text_of(CHEAP, "some words", [7; 16]);
        let text = text.expose_secret();
        let behind = |text: String| ParsedHash::parse(&text).unwrap().is_outdated(CHEAP);
        assert!(!behind(text.to_owned()));
        assert!(behind(text.replace("argon2id", "argon2i")));
        assert!(behind(text.replace("nfkc1", "nfkc0")));
        assert!(behind(text.replace("nfkc1", "")));
    }

    #[test]
    fn text_that_is_no_hash_is_a_fault() {
        for text in ["", "nfkc1", "nfkc1$", "plain words", "nfkc1$argon2id$v=19$m=64,t=1,p=1$c2l4$!"] {
            assert!(ParsedHash::parse(text).is_err(), "{text}");
        }
    }
}
