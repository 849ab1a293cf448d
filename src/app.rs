//! The portal as one value: everything that an action needs, built once from the settings.

use std::sync::Arc;

use chrono::TimeDelta;
use secrecy::{ExposeSecret, SecretBox, SecretString};

use crate::config::{Config, ConfigProblem, ConfigRefused, DatabaseLocation, SessionLifetime};
use crate::lwa;
use crate::platform::clock::Clock;
use crate::platform::crypto::keys::{KeyMaterial, KeyPurpose, LookupHasher, PurposeKey, own_key};
use crate::platform::crypto::vault::{KeyRing, Vault};
use crate::platform::db::{AuditContext, Db};
use crate::platform::fault::Fault;
use crate::platform::ledger::Ledger;
use crate::platform::metrics::Metrics;
use crate::platform::password::{
    BreachedPasswords, HashCost, HasherLimits, Password, PasswordContext, PasswordHasher, PasswordRefusal,
};
use crate::platform::rate_limit::RateLimiter;

/// A running portal.
pub struct App {
    pub config: Config,
    pub clock: Clock,
    pub db: Db,
    pub lwa: lwa::LwaClient,
    pub vault: Arc<Vault>,
    pub passwords: PasswordHasher,
    /// The operator's filter of stolen passwords.
    pub breached: Option<BreachedPasswords>,
    pub throttle: RateLimiter,
    pub keys: AppKeys,
    pub metrics: Arc<Metrics>,
}

/// The derived keys. No key serves two purposes (S137).
pub struct AppKeys {
    pub csrf: PurposeKey,
    pub cookies: PurposeKey,
    pub codes: PurposeKey,
    pub audit: PurposeKey,
    pub lookup: LookupHasher,
}

#[derive(Debug)]
pub enum AppBuildError {
    Settings(ConfigRefused),
    Fault(Fault),
}

impl From<ConfigRefused> for AppBuildError {
    fn from(refused: ConfigRefused) -> Self {
        Self::Settings(refused)
    }
}

impl From<Fault> for AppBuildError {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// The size of the connection pool: enough to keep the cores busy while some connections wait for the disk.
pub const CONNECTIONS: u32 = 16;

impl App {
    /// Builds the portal and opens the database, which must be migrated. Contacts no other server.
    pub fn build(config: Config, clock: Clock) -> Result<Self, AppBuildError> {
        let metrics = Arc::new(Metrics::new());
        metrics.started(clock.now().timestamp());
        let counted = || Arc::clone(&metrics);
        let vault = Arc::new(open_vault(&config)?.counted_by(counted()));
        let keys = keys(&config)?;
        let audit = AuditContext { key: keys.audit.clone(), vault: Arc::clone(&vault) };
        let ledger = config.privacy.ledger.as_deref().map(Ledger::open).transpose()?.map(Arc::new);
        let db = open_database(&config)?.counted_by(counted()).with_audit(audit).with_ledger(ledger);
        let hashing = &config.policy.hashing;
        let cost = HashCost { kib: hashing.memory_kib, passes: hashing.passes, lanes: hashing.lanes };
        let limits = HasherLimits { permits: hashing.permits(), queue: hashing.queue, wait: hashing.wait };
        Ok(Self {
            lwa: open_lwa(&config, clock.clone())?.counted_by(counted()),
            clock,
            breached: open_filter(&config)?,
            passwords: PasswordHasher::start(Arc::clone(&vault), cost, limits)?.counted_by(counted()),
            throttle: RateLimiter::new(db.clone(), config.limits.is_throttled, counted()),
            keys,
            vault,
            db,
            config,
            metrics,
        })
    }

    /// How long proof of identity counts for players (S28).
    pub fn fresh_for(&self) -> TimeDelta {
        self.config.sessions.fresh_for
    }

    /// How long proof of identity counts for staff (S28).
    pub fn staff_fresh_for(&self) -> TimeDelta {
        self.config.sessions.staff_fresh_for
    }

    /// What a player's new password is checked against.
    pub fn password_context<'a>(&'a self, display_name: &'a str, email: &'a str) -> PasswordContext<'a> {
        let password = &self.config.policy.password;
        let site = &self.config.site.name;
        PasswordContext { min: password.min, max: password.max, site, display_name, email }
    }

    /// Checks a new password against the rules and the filter of stolen ones. Every door that takes one comes here.
    pub async fn judge_password(
        &self,
        typed: &SecretString,
        context: &PasswordContext<'_>,
    ) -> Result<Result<Password, PasswordRefusal>, Fault> {
        let judged = Password::judge(typed, context);
        match &judged {
            Ok(password) if self.is_breached(password).await? => Ok(Err(PasswordRefusal::Breached)),
            _ => Ok(judged),
        }
    }

    /// Whether a password is in the filter of stolen ones. Never, where there is none.
    pub async fn is_breached(&self, password: &Password) -> Result<bool, Fault> {
        match &self.breached {
            Some(breached) => breached.contains(password).await,
            None => Ok(false),
        }
    }

    /// The idle and absolute limits of a player's browser session (S23).
    pub fn session_lifetime(&self, is_remembered: bool) -> SessionLifetime {
        if is_remembered { self.config.sessions.remembered() } else { self.config.sessions.player() }
    }
}

fn open_filter(config: &Config) -> Result<Option<BreachedPasswords>, ConfigRefused> {
    let opened = config.policy.password.filter.as_deref().map(BreachedPasswords::open).transpose();
    opened.map_err(|why| {
        let setting = "DOVETAIL_PASSWORD_FILTER".to_owned();
        ConfigRefused { problems: vec![ConfigProblem { setting, says: why.to_string() }] }
    })
}

pub fn open_database(config: &Config) -> Result<Db, Fault> {
    match &config.database.location {
        DatabaseLocation::Sqlite(path) => Db::open(&format!("sqlite:{}", path.display()), CONNECTIONS),
        // Each connection would see an in-memory database of its own.
        DatabaseLocation::SqliteInMemory => Db::open("sqlite::memory:", 1),
        DatabaseLocation::Postgres(url) => Db::open(url.expose_secret(), CONNECTIONS),
    }
}

/// The vault with the configured token keys.
pub fn open_vault(config: &Config) -> Result<Vault, AppBuildError> {
    Ok(Vault::new(ring(config)?))
}

/// The configured client of Login with Amazon. Contacts no server.
pub fn open_lwa(config: &Config, clock: Clock) -> Result<lwa::LwaClient, Fault> {
    lwa::LwaClient::new(lwa_settings(config)?, clock)
}

fn ring(config: &Config) -> Result<KeyRing, AppBuildError> {
    let keys = config.secrets()?.token_keys.iter();
    let keys = keys.map(|key| (key.id.clone(), SecretBox::new(Box::new(*key.key.expose_secret()))));
    Ok(KeyRing::from_keys(keys).ok_or_else(|| Fault::broken("reading the token keys", "there is none"))?)
}

fn keys(config: &Config) -> Result<AppKeys, AppBuildError> {
    let secrets = config.secrets()?;
    let session_key = KeyMaterial::from_bytes(*secrets.session_key.expose_secret());
    let lookup = match &secrets.index_key {
        Some(own) => own_key(KeyPurpose::LookupIndex, own.expose_secret()),
        None => session_key.derive(KeyPurpose::LookupIndex),
    };
    let audit = match &secrets.audit_key {
        Some(own) => own_key(KeyPurpose::Audit, own.expose_secret()),
        None => session_key.derive(KeyPurpose::Audit),
    };
    Ok(AppKeys {
        audit,
        csrf: session_key.derive(KeyPurpose::Csrf),
        cookies: session_key.derive(KeyPurpose::Cookies),
        codes: session_key.derive(KeyPurpose::Codes),
        lookup: LookupHasher::new(lookup),
    })
}

fn lwa_settings(config: &Config) -> Result<lwa::LwaSettings, Fault> {
    let amazon = &config.amazon;
    let endpoints = &amazon.endpoints;
    let redirect_uri = config
        .http
        .public_url
        .join(AMAZON_CALLBACK)
        .map_err(|error| Fault::broken("building the return address", error))?;
    let scopes: Vec<String> = amazon.scope.split(' ').map(str::to_owned).collect();
    Ok(lwa::LwaSettings {
        client_id: amazon.client_id.clone(),
        client_secret: amazon.client_secret.clone(),
        device_client_id: amazon.device_client_id.clone(),
        audiences: amazon.audiences.clone(),
        redirect_uri,
        // The callback refuses a link without one of them.
        essential_scopes: scopes.iter().filter(|scope| !lwa::is_voluntary(scope)).cloned().collect(),
        scopes,
        issuer: lwa::ISSUER.to_owned(),
        endpoints: lwa::LwaEndpoints {
            authorize: endpoints.authorize.clone(),
            token: endpoints.token.clone(),
            tokeninfo: endpoints.tokeninfo.clone(),
            profile: endpoints.profile.clone(),
            codepair: endpoints.codepair.clone(),
        },
        only_https: config.is_production(),
        limits: lwa::LwaLimits {
            connect: config.limits.upstream.connect,
            total: config.limits.upstream.total,
            body: config.limits.upstream.body,
            ..lwa::LwaLimits::default()
        },
    })
}

/// The path of the one redirect URI that is registered at Amazon (S38).
const AMAZON_CALLBACK: &str = "/amazon/callback";
