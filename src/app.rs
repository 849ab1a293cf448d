//! The portal's hands: everything a verb needs, built once from the settings. It never knows what it is used for.

use std::sync::Arc;

use chrono::TimeDelta;
use secrecy::ExposeSecret;

use crate::config::{Config, Lifetime, Location, Refused};
use crate::lwa;
use crate::platform::clock::Clock;
use crate::platform::db::Db;
use crate::platform::fault::Fault;
use crate::platform::keys::{KeyMaterial, LookupHasher, Purpose, PurposeKey};
use crate::platform::password::{Cost, Limits, PasswordHasher};
use crate::platform::throttle::Throttle;
use crate::platform::vault::{KeyRing, Vault};

/// One portal.
pub struct App {
    pub config: Config,
    pub clock: Clock,
    pub db: Db,
    pub lwa: lwa::Client,
    pub vault: Arc<Vault>,
    pub passwords: PasswordHasher,
    pub throttle: Throttle,
    pub keys: Keys,
}

/// One key a purpose (S137: never one for two).
pub struct Keys {
    pub csrf: PurposeKey,
    pub cookies: PurposeKey,
    pub codes: PurposeKey,
    pub lookup: LookupHasher,
}
