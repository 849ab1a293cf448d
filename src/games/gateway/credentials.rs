//! Looks up game credentials and checks their secrets.
//!
//! A secret is inside every copy of a game: it identifies a build, never a player (S80).

use data_encoding::BASE64;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::config::GameCredential;

/// Finds the credential with this API key and name.
pub(super) fn find<'a>(all: &'a [GameCredential], api_key: &str, name: &str) -> Option<&'a GameCredential> {
    all.iter().find(|credential| credential.api_key == api_key && credential.name == name)
}

/// Finds the credential with this name and secret.
///
/// Over HTTP the API key is part of the host, which is not read (docs/protocols/gamesparks.md#http). Every
/// candidate is compared, each in constant time.
pub(super) fn with_secret<'a>(
    all: &'a [GameCredential],
    name: &str,
    secret: &str,
) -> Option<&'a GameCredential> {
    let presented = Sha256::digest(secret);
    let mut found = None;
    for credential in all.iter().filter(|credential| credential.name == name) {
        let expected = Sha256::digest(credential.secret.expose_secret());
        if bool::from(expected.as_slice().ct_eq(presented.as_slice())) && found.is_none() {
            found = Some(credential);
        }
    }
    found
}

/// Whether `hmac` is base64 of the HMAC-SHA256 of `nonce` under the credential's secret.
///
/// See docs/protocols/gamesparks.md#handshake.
pub(super) fn is_signature_valid(credential: &GameCredential, nonce: &str, hmac: &str) -> bool {
    let Ok(presented) = BASE64.decode(hmac.as_bytes()) else { return false };
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(credential.secret.expose_secret().as_bytes()) else {
        return false;
    };
    mac.update(nonce.as_bytes());
    mac.verify_slice(&presented).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<GameCredential> {
        [("k1", "device", "s-one"), ("k2", "device", "s-two"), ("k1", "server", "s-three")]
            .into_iter()
            .map(|(api_key, name, secret)| GameCredential {
                api_key: api_key.to_owned(),
                name: name.to_owned(),
                secret: secret.into(),
            })
            .collect()
    }

    #[test]
    fn a_credential_is_found_by_key_and_name_or_by_name_and_secret() {
        let all = all();
        assert!(find(&all, "k1", "device").is_some());
        assert!(find(&all, "k2", "server").is_none());
        assert_eq!(with_secret(&all, "device", "s-two").map(|found| found.api_key.as_str()), Some("k2"));
        for (name, secret) in [("server", "s-two"), ("device", "s-tw"), ("device", ""), ("secure", "s-one")] {
            assert!(with_secret(&all, name, secret).is_none(), "{name} {secret}");
        }
    }

    /// `openssl dgst -sha256 -hmac s-one -binary | base64` gave the expected value.
    #[test]
    fn a_signature_is_base64_of_hmac_sha256_and_of_nothing_else() {
        let all = all();
        let credential = find(&all, "k1", "device").unwrap();
        let good = "ZRWC/YhFsUOqqo5rCKyDbKU2x5TbySNHfS3LrGkeFWM=";
        assert!(is_signature_valid(credential, "a-nonce", good));
        for bad in ["", "0", &good[..43], &good.to_lowercase(), &format!("{good}=")] {
            assert!(!is_signature_valid(credential, "a-nonce", bad), "{bad}");
        }
        assert!(!is_signature_valid(credential, "another-nonce", good));
        assert!(!is_signature_valid(find(&all, "k2", "device").unwrap(), "a-nonce", good));
    }
}
