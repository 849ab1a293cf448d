//! Protection against cross-site request forgery: a token in every form, and fetch metadata (S32, S33).
//!
//! A token is a salt and `HMAC(key, secret, salt)`. The secret of a signed-in player is in the session's row. It
//! survives a new session id, so that other tabs keep working. The secret of a visitor is a random cookie.

use actix_web::http::header::{HeaderMap, ORIGIN};
use data_encoding::BASE64URL_NOPAD;

use crate::platform::crypto::keys::PurposeKey;
use crate::platform::crypto::token::random_bytes;
use crate::platform::fault::Fault;

const SALT: usize = 16;

/// A new token for `secret`. Each call gives another token, and all of them are valid.
pub fn csrf_token(key: &PurposeKey, secret: &str) -> Result<String, Fault> {
    let salt = random_bytes::<SALT>()?;
    let tag = key.tag(&[secret.as_bytes(), &salt]);
    Ok(BASE64URL_NOPAD.encode(&[salt.as_slice(), tag.as_slice()].concat()))
}

/// Whether `token` belongs to `secret`, compared in constant time.
pub fn is_valid_csrf_token(key: &PurposeKey, secret: &str, token: &str) -> bool {
    let Ok(bytes) = BASE64URL_NOPAD.decode(token.as_bytes()) else { return false };
    let Some((salt, tag)) = bytes.split_at_checked(SALT) else { return false };
    key.verifies(&[secret.as_bytes(), salt], tag)
}

/// Whether the browser says that the request came from a page of the portal.
///
/// `Sec-Fetch-Site` decides if it is present; otherwise `Origin` has to be the portal's. Without both headers the
/// token alone decides. `same-site` is refused, because another subdomain is not the portal.
pub fn is_same_origin(headers: &HeaderMap, origin: &str) -> bool {
    let mut sites = headers.get_all("sec-fetch-site");
    let mut origins = headers.get_all(ORIGIN);
    match (sites.next(), origins.next()) {
        (Some(site), _) => matches!(site.as_bytes(), b"same-origin" | b"none") && sites.next().is_none(),
        (None, Some(sent)) => sent.as_bytes() == origin.as_bytes() && origins.next().is_none(),
        (None, None) => true,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn the_browsers_word_is_judged_in_order() {
        let origin = "https://portal.example";
        let sites = [None, Some("same-origin"), Some("none"), Some("same-site"), Some("cross-site")];
        let origins =
            [None, Some("https://portal.example"), Some("null"), Some("https://evil.example"), Some("")];
        for site in sites {
            for sent in origins {
                let mut headers = HeaderMap::new();
                if let Some(site) = site {
                    headers.insert(HeaderName::from_static("sec-fetch-site"), HeaderValue::from_static(site));
                }
                if let Some(sent) = sent {
                    headers.insert(ORIGIN, HeaderValue::from_static(sent));
                }
                let expected = match site {
                    Some(site) => site == "same-origin" || site == "none",
                    None => matches!(sent, None | Some("https://portal.example")),
                };
                assert_eq!(is_same_origin(&headers, origin), expected, "{site:?} {sent:?}");
            }
        }
    }
}
