//! The Login with Amazon client.
//!
//! It is built only from complete settings: URLs of the right kind and a list of audiences that has an entry.
//! Anything less is rejected at start, because an empty list must never mean that no audience is checked (S74).

use std::sync::Arc;

use oauth2::basic::BasicClient;
use oauth2::{AuthType, AuthUrl, ClientId, ClientSecret, EndpointNotSet, EndpointSet, RedirectUrl, TokenUrl};
use secrecy::ExposeSecret as _;
use url::Url;

use super::http::LwaHttp;
use super::{CircuitBreaker, LwaError, LwaErrorClass, LwaErrorKind, LwaSettings, scopes};
use crate::platform::clock::Clock;
use crate::platform::fault::Fault;
use crate::platform::metrics::Metrics;

/// The Login with Amazon client. Clones share one connection pool, one limit of calls and one circuit breaker.
#[derive(Clone)]
pub struct LwaClient {
    pub(super) settings: LwaSettings,
    pub(super) web: OAuth,
    pub(super) device: Option<OAuth>,
    pub(super) http: LwaHttp,
}

/// One of our two registrations at Amazon. A token can be renewed only by the registration that got it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientRegistration {
    /// The website client, which has a secret.
    Web,
    /// The client for linking by code, which has no secret.
    Device,
}

pub(super) type OAuth = BasicClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

impl LwaClient {
    /// Builds the client without opening a connection.
    ///
    /// The fault names the wrong setting and never contains its value.
    pub fn new(settings: LwaSettings, clock: Clock) -> Result<Self, Fault> {
        const DURING: &str = "building the Login with Amazon client";
        check(&settings).map_err(|problem| Fault::broken(DURING, problem))?;
        let http = LwaHttp::new(settings.only_https, settings.limits, clock)
            .map_err(|error| Fault::broken(DURING, error.without_url()))?;
        let web = oauth(&settings, &settings.client_id)
            .set_client_secret(ClientSecret::new(settings.client_secret.expose_secret().to_owned()))
            .set_redirect_uri(RedirectUrl::from_url(settings.redirect_uri.clone()));
        let device = settings.device_client_id.as_deref().map(|id| oauth(&settings, id));
        Ok(Self { settings, web, device, http })
    }

    /// Returns the same client, with its calls counted in `metrics`.
    #[must_use]
    pub fn counted_by(mut self, metrics: Arc<Metrics>) -> Self {
        self.http = self.http.counted_by(metrics);
        self
    }

    /// The client id of a registration, to be stored beside its tokens.
    pub fn client_id(&self, registration: ClientRegistration) -> Option<&str> {
        match registration {
            ClientRegistration::Web => Some(&self.settings.client_id),
            ClientRegistration::Device => self.settings.device_client_id.as_deref(),
        }
    }

    /// The registration of a stored client id, if it is still one of ours.
    pub fn registration(&self, client_id: &str) -> Option<ClientRegistration> {
        [ClientRegistration::Web, ClientRegistration::Device]
            .into_iter()
            .find(|&registration| self.client_id(registration) == Some(client_id))
    }

    /// The scopes that every request asks for.
    pub fn scopes(&self) -> &[String] {
        &self.settings.scopes
    }

    /// The scopes among them without which no link is made.
    pub fn essential_scopes(&self) -> &[String] {
        &self.settings.essential_scopes
    }

    /// Whether the settings ask for the postal code. Otherwise none is read, whatever a profile contains.
    pub fn asks_postal_code(&self) -> bool {
        self.settings.scopes.iter().any(|scope| scope == scopes::POSTAL_CODE)
    }

    /// The state of the circuit breaker, read without a call to Amazon.
    pub fn circuit(&self) -> CircuitBreaker {
        self.http.breaker.status()
    }

    /// Whether pages warn that Amazon is unavailable: the breaker is not closed, and a call failed lately.
    pub fn is_failing(&self) -> bool {
        self.http.breaker.has_recent_failure()
    }

    pub(super) fn oauth(&self, registration: ClientRegistration) -> Result<&OAuth, LwaError> {
        match registration {
            ClientRegistration::Web => Ok(&self.web),
            ClientRegistration::Device => self
                .device
                .as_ref()
                .ok_or(LwaError::new(LwaErrorKind::Misconfigured, LwaErrorClass::NoDeviceClient)),
        }
    }
}

fn oauth(settings: &LwaSettings, client_id: &str) -> OAuth {
    BasicClient::new(ClientId::new(client_id.to_owned()))
        .set_auth_uri(AuthUrl::from_url(settings.endpoints.authorize.clone()))
        .set_token_uri(TokenUrl::from_url(settings.endpoints.token.clone()))
        .set_auth_type(AuthType::RequestBody)
}

fn check(settings: &LwaSettings) -> Result<(), String> {
    let ids = std::iter::once(&settings.client_id).chain(&settings.device_client_id);
    for id in ids.chain(&settings.audiences) {
        if !(1..=100).contains(&id.len()) || !id.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err("a client id or audience must be 1 to 100 visible characters".to_owned());
        }
    }
    if settings.audiences.is_empty() {
        return Err("the list of audiences must have an entry".to_owned());
    }
    if settings.scopes.is_empty() {
        return Err("the list of scopes must have an entry".to_owned());
    }
    if let Some(scope) = settings.essential_scopes.iter().find(|scope| !settings.scopes.contains(scope)) {
        return Err(format!("the scope {scope} is essential but not asked for"));
    }
    let LwaSettings { endpoints, redirect_uri, only_https, .. } = settings;
    for (name, url) in [
        ("authorize", &endpoints.authorize),
        ("token", &endpoints.token),
        ("tokeninfo", &endpoints.tokeninfo),
        ("profile", &endpoints.profile),
        ("codepair", &endpoints.codepair),
        ("return", redirect_uri),
    ] {
        if !may_call(url, *only_https) {
            return Err(format!("the {name} address must be a plain https address"));
        }
    }
    Ok(())
}

fn may_call(url: &Url, only_https: bool) -> bool {
    let scheme = url.scheme() == "https" || (!only_https && url.scheme() == "http");
    let has_credentials = !url.username().is_empty() || url.password().is_some();
    scheme && url.has_host() && !has_credentials && url.fragment().is_none()
}
