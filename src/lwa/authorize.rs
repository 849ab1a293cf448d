//! The authorization request: the URL that starts a sign-in with Amazon.
//!
//! Each URL asks for a code and nothing else, with a fresh `state` and a fresh PKCE pair (S37 to S39, S44).
//! No part of it comes from a visitor: two URLs differ in random values only.

use std::collections::BTreeMap;

use data_encoding::BASE64URL_NOPAD;
use oauth2::{CsrfToken, PkceCodeChallenge, PkceCodeVerifier, Scope};
use secrecy::SecretString;
use url::Url;

use super::LwaClient;
use crate::platform::fault::Fault;

/// One authorization request.
pub struct AuthorizationRequest {
    /// The target of the browser's redirect (303).
    pub url: Url,
    /// 256 random bits in 43 characters of base64url. The callback brings it back; the caller stores its hash.
    pub state: SecretString,
    /// The PKCE verifier, 256 random bits too. The caller keeps it sealed until the exchange.
    pub verifier: SecretString,
}

impl LwaClient {
    /// Makes a request. It fails only if the system gives no random bytes.
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
            let marks = marks(&self.settings.scopes, &self.settings.essential_scopes);
            request = request.add_extra_param("scope_data", marks);
        }
        let (mut url, _) = request.url();
        // The `oauth2` crate writes a space as `+`; Amazon documents `%20`. A literal plus is already `%2B` here.
        let query = url.query().unwrap_or_default().replace('+', "%20");
        url.set_query(Some(&query));
        Ok(AuthorizationRequest { url, state: state.into(), verifier: verifier.into() })
    }
}

/// Whether a customer has to grant each of the scopes.
fn marks(scopes: &[String], essential: &[String]) -> String {
    let mark = |scope| serde_json::json!({ "essential": essential.contains(scope) });
    let marks: BTreeMap<_, _> = scopes.iter().map(|scope| (scope, mark(scope))).collect();
    serde_json::json!(marks).to_string()
}

fn random() -> Result<String, Fault> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|error| Fault::broken("generating an OAuth state", error))?;
    Ok(BASE64URL_NOPAD.encode(&bytes))
}
