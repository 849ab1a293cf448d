//! Sending a browser to Amazon.
//!
//! Promises an address that asks for a code and nothing else, with a fresh state and a fresh PKCE pair every
//! time (S37 to S39, S44). Refuses to take anything from outside: what differs between two trips is random.

use std::collections::BTreeMap;

use data_encoding::BASE64URL_NOPAD;
use oauth2::{CsrfToken, PkceCodeChallenge, PkceCodeVerifier, Scope};
use secrecy::SecretString;
use url::Url;

use super::LwaClient;
use crate::platform::fault::Fault;

/// One trip, about to begin.
pub struct AuthorizationRequest {
    /// Where to send the browser, by 303.
    pub url: Url,
    /// 256 random bits in 43 characters of base64url; comes back in the callback. Keep its hash.
    pub state: SecretString,
    /// The PKCE verifier, as large; keep it sealed until the exchange.
    pub verifier: SecretString,
}

impl LwaClient {
    /// Begins a trip. Fails only if the system has no randomness to give.
    pub fn authorize(&self) -> Result<AuthorizationRequest, Fault> {
        let state = random()?;
        let verifier = random()?;
        let challenge =
            PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(verifier.clone()));
        let mut request = self
            .web
            .authorize_url(|| CsrfToken::new(state.clone()))
            .set_pkce_challenge(challenge)
            .add_scopes(self.settings.scopes.iter().cloned().map(Scope::new));
        if !self.settings.essential_scopes.is_empty() {
            request = request.add_extra_param("scope_data", essential(&self.settings.essential_scopes));
        }
        let (mut url, _) = request.url();
        // The crate writes a space as `+`; Amazon documents `%20`. A real plus is `%2B` by now.
        let query = url.query().unwrap_or_default().replace('+', "%20");
        url.set_query(Some(&query));
        Ok(AuthorizationRequest { url, state: state.into(), verifier: verifier.into() })
    }
}

fn essential(scopes: &[String]) -> String {
    let marks: BTreeMap<_, _> =
        scopes.iter().map(|scope| (scope, serde_json::json!({ "essential": true }))).collect();
    serde_json::json!(marks).to_string()
}

fn random() -> Result<String, Fault> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|error| Fault::broken("drawing a state for Amazon", error))?;
    Ok(BASE64URL_NOPAD.encode(&bytes))
}
