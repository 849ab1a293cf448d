//! Random opaque values in the formats of Amazon's.

use data_encoding::BASE64URL_NOPAD;
use uuid::{Builder, Uuid};

const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const CAPITALS_AND_DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
/// Without characters that people confuse when they type a code from a TV.
const TYPEABLE: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// 353 characters, as recorded.
pub(super) fn access_token() -> String {
    token("Atza|IwEBI")
}

pub(super) fn refresh_token() -> String {
    token("Atzr|IwEBI")
}

pub(super) fn authorization_code() -> String {
    format!("AN{}", pick::<18>(LETTERS))
}

pub(super) fn user_code() -> String {
    pick::<6>(TYPEABLE)
}

/// `x-amz-rid`.
pub(super) fn rid() -> String {
    pick::<20>(CAPITALS_AND_DIGITS)
}

/// `error_index`: long and opaque.
pub(super) fn error_index() -> String {
    BASE64URL_NOPAD.encode(&bytes::<48>())
}

pub(super) fn uuid() -> Uuid {
    Builder::from_random_bytes(bytes()).into_uuid()
}

fn token(prefix: &str) -> String {
    let mut token = prefix.to_owned();
    token.push_str(&BASE64URL_NOPAD.encode(&bytes::<258>()));
    token.truncate(353);
    token
}

fn pick<const N: usize>(alphabet: &[u8]) -> String {
    bytes::<N>()
        .iter()
        .filter_map(|byte| alphabet.get(usize::from(*byte) % alphabet.len()))
        .map(|letter| char::from(*letter))
        .collect()
}

fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    // Nothing can work without random bytes.
    getrandom::fill(&mut bytes).unwrap_or_else(|_| std::process::abort());
    bytes
}
