//! The state of the simulated Amazon: consents and valid tokens.
//!
//! With a state file, consents and tokens survive a restart, so that a development portal keeps its links. Codes,
//! device pairs, switches and faults do not.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use url::Url;

use super::clients::{RegisteredClient, WEB_CLIENT_ID};
use super::consent::AuthorizationCode;
use super::customers::{self, SimulatedCustomer};
use super::device::DeviceCodePair;
use super::faults::FaultPlan;
use super::recorder::CallRecorder;
#[cfg(feature = "test-support")]
use super::recorder::SimulatedCall;
use super::settings::SimulatorSwitches;
use super::{random, scopes};
use crate::platform::clock::Clock;
#[cfg(feature = "test-support")]
use crate::platform::test_gate::TestGate;

pub(super) struct SimulatorState {
    pub(super) clock: Clock,
    /// How far the simulator's time is ahead of `clock`.
    pub(super) clock_offset: TimeDelta,
    state_file: Option<PathBuf>,
    pub(super) kept: KeptState,
    pub(super) codes: HashMap<String, AuthorizationCode>,
    pub(super) pairs: Vec<DeviceCodePair>,
    pub(super) switches: SimulatorSwitches,
    pub(super) faults: FaultPlan,
    pub(super) recorder: CallRecorder,
    #[cfg(feature = "test-support")]
    pub(super) gates: BTreeMap<SimulatedCall, TestGate>,
}

/// The state that survives a restart.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct KeptState {
    guests: BTreeMap<String, SimulatedCustomer>,
    /// The granted scopes, by customer and then by app.
    pub(super) consents: BTreeMap<String, BTreeMap<String, Vec<String>>>,
    pub(super) refresh_tokens: HashMap<String, ConsentGrant>,
    pub(super) access_tokens: HashMap<String, IssuedAccessToken>,
    /// The return URLs that were added to the portal's own client.
    #[serde(default)]
    pub(super) return_urls: BTreeSet<String>,
}

/// The customer whose consent a token stands for, and the client that got it.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct ConsentGrant {
    pub(super) customer: String,
    pub(super) client: String,
    pub(super) app: String,
    pub(super) scopes: Vec<String>,
}

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct IssuedAccessToken {
    pub(super) grant: ConsentGrant,
    pub(super) issued_at: DateTime<Utc>,
    pub(super) expires_at: DateTime<Utc>,
}

impl SimulatorState {
    pub(super) fn open(clock: Clock, state_file: Option<PathBuf>) -> Self {
        let kept = state_file.as_deref().map(load).unwrap_or_default();
        Self {
            clock,
            clock_offset: TimeDelta::zero(),
            state_file,
            kept,
            codes: HashMap::new(),
            pairs: Vec::new(),
            switches: SimulatorSwitches::default(),
            faults: FaultPlan::default(),
            recorder: CallRecorder::default(),
            #[cfg(feature = "test-support")]
            gates: BTreeMap::default(),
        }
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.clock.now() + self.clock_offset
    }

    pub(super) fn customers(&self) -> Vec<SimulatedCustomer> {
        let mut all = customers::built_in_customers();
        all.retain(|customer| !self.kept.guests.contains_key(&customer.key));
        all.extend(self.kept.guests.values().cloned());
        all
    }

    /// A customer as calls return them: switches can remove name and email.
    pub(super) fn customer(&self, key: &str) -> Option<SimulatedCustomer> {
        let guest = self.kept.guests.get(key).cloned();
        let mut customer = guest
            .or_else(|| customers::built_in_customers().into_iter().find(|customer| customer.key == key))?;
        if self.switches.without_email {
            customer.email = None;
        }
        if self.switches.without_name {
            customer.name = None;
        }
        Some(customer)
    }

    /// Adds a customer, or changes the one with the same key.
    pub(super) fn admit(&mut self, customer: SimulatedCustomer) {
        self.kept.guests.insert(customer.key.clone(), customer);
        self.save();
    }

    /// Adds a return URL to the portal's own client; false if it is not a URL that a browser can be sent to.
    pub(super) fn allow_return_url(&mut self, text: &str) -> bool {
        if !is_return_url(text) {
            return false;
        }
        self.kept.return_urls.insert(text.to_owned());
        self.save();
        true
    }

    /// Whether a customer may be sent back there. Compared as exact strings.
    pub(super) fn allows_return(&self, client: &RegisteredClient, uri: &str) -> bool {
        let is_added = client.id == WEB_CLIENT_ID && self.kept.return_urls.contains(uri);
        is_added || client.return_urls.iter().any(|allowed| allowed == uri)
    }

    pub(super) fn consented(&self, customer: &str, app: &str) -> &[String] {
        self.kept.consents.get(customer).and_then(|apps| apps.get(app)).map_or(&[], Vec::as_slice)
    }

    pub(super) fn allow(&mut self, customer: &str, app: &str, granted: &[String]) {
        let apps = self.kept.consents.entry(customer.to_owned()).or_default();
        let allowed = apps.entry(app.to_owned()).or_default();
        for scope in granted {
            if !scopes::has(allowed, scope) {
                allowed.push(scope.clone());
            }
        }
        self.save();
    }

    /// Withdraws the consent for one app or for all, and ends every code and token of it.
    pub(super) fn revoke(&mut self, customer: &str, app: Option<&str>) {
        let ends = |owner: &str, owned: &str| owner == customer && app.is_none_or(|app| app == owned);
        if let Some(apps) = self.kept.consents.get_mut(customer) {
            apps.retain(|owned, _| !ends(customer, owned));
        }
        self.kept.refresh_tokens.retain(|_, grant| !ends(&grant.customer, &grant.app));
        self.kept.access_tokens.retain(|_, access| !ends(&access.grant.customer, &access.grant.app));
        self.codes.retain(|_, code| !ends(&code.grant.customer, &code.grant.app));
        self.save();
    }

    pub(super) fn grant(client: &RegisteredClient, customer: &str, scopes: Vec<String>) -> ConsentGrant {
        ConsentGrant {
            customer: customer.into(),
            client: client.id.clone(),
            app: client.app_id.clone(),
            scopes,
        }
    }

    pub(super) fn new_access_token(&mut self, grant: ConsentGrant) -> String {
        let now = self.now();
        let lifetime = TimeDelta::try_seconds(self.switches.access_token_lifetime).unwrap_or_default();
        // Expired and unknown tokens get the same response, so expired ones need not be kept.
        self.kept.access_tokens.retain(|_, access| access.expires_at > now);
        let token = random::access_token();
        let access = IssuedAccessToken { grant, issued_at: now, expires_at: now + lifetime };
        self.kept.access_tokens.insert(token.clone(), access);
        self.save();
        token
    }

    pub(super) fn new_refresh_token(&mut self, grant: ConsentGrant) -> String {
        let token = random::refresh_token();
        self.kept.refresh_tokens.insert(token.clone(), grant);
        self.save();
        token
    }

    /// The access token, if it is valid now.
    pub(super) fn access(&self, token: &str) -> Option<&IssuedAccessToken> {
        self.kept.access_tokens.get(token).filter(|access| access.expires_at > self.now())
    }

    pub(super) fn save(&self) {
        if let Some(path) = &self.state_file
            && let Err(fault) = store(path, &self.kept)
        {
            tracing::warn!(
                event = "lwa.simulator.state_not_saved",
                path = %path.display(),
                %fault,
                "saving the simulator's state failed"
            );
        }
    }
}

/// An absolute address without a fragment. Amazon asks for `https`; a client under test may be anywhere.
pub(super) fn is_return_url(text: &str) -> bool {
    let is_plain = text.len() <= 2_000 && text.bytes().all(|byte| byte.is_ascii_graphic());
    is_plain
        && Url::parse(text).is_ok_and(|url| {
            matches!(url.scheme(), "http" | "https") && url.has_host() && url.fragment().is_none()
        })
}

fn load(path: &Path) -> KeptState {
    let read = fs::read(path).and_then(|bytes| serde_json::from_slice(&bytes).map_err(io::Error::other));
    match read {
        Ok(kept) => kept,
        Err(fault) if fault.kind() == io::ErrorKind::NotFound => KeptState::default(),
        Err(fault) => {
            tracing::warn!(
                event = "lwa.simulator.state_not_loaded",
                path = %path.display(),
                %fault,
                "loading the simulator's state failed"
            );
            KeptState::default()
        }
    }
}

/// Replaces the whole file: written beside it, then renamed.
fn store(path: &Path, kept: &KeptState) -> io::Result<()> {
    let beside = path.with_extension("new");
    fs::write(&beside, serde_json::to_vec(kept)?)?;
    fs::rename(beside, path)
}
