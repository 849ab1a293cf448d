//! All settings of the program, read once, from environment variables and the files that they name.
//!
//! Each value is checked for type and range, and for safety in its mode: `production` rejects whatever S137 lists.
//! Unknown names are rejected. All problems are reported together, each with the name of its setting and never
//! with its value.

mod amazon;
mod audit;
mod database;
mod development;
mod environment;
mod events;
mod files;
mod game;
mod http;
mod limits;
mod logging;
mod mail;
mod parse;
mod policy;
mod privacy;
mod reader;
mod refused;
mod secrets;
mod sessions;
mod setting;
mod site;
mod strength;

use std::collections::BTreeMap;
use std::fmt;

pub use self::amazon::AmazonConfig;
#[cfg(all(feature = "simulator", feature = "test-support"))]
pub use self::amazon::simulated;
pub use self::audit::AuditConfig;
pub use self::database::{DatabaseConfig, DatabaseLocation};
pub use self::events::EventsConfig;
pub use self::game::{GameConfig, GameCredential};
pub use self::http::HttpConfig;
pub use self::limits::LimitsConfig;
pub use self::logging::LoggingConfig;
pub use self::mail::MailConfig;
#[cfg(feature = "test-support")]
pub use self::mail::MailDelivery;
pub use self::policy::PolicyConfig;
#[cfg(feature = "test-support")]
pub use self::policy::{CodePolicy, HashingPolicy};
pub use self::privacy::PrivacyConfig;
use self::reader::{ReadResult, SettingReader};
pub use self::refused::{ConfigProblem, ConfigRefused};
pub use self::secrets::{SecretsConfig, new_keys};
pub use self::sessions::{SessionLifetime, SessionsConfig};
pub use self::setting::Setting;
use self::setting::{SettingGroup, default, settings};
pub use self::site::SiteConfig;
use crate::text_enum;

text_enum! {
    /// The set of rules in effect.
    pub enum Mode {
        /// Refuses to start with anything unsafe. It is the default (S138).
        Production = "production",
        /// For a checkout on one machine; its defaults work at once.
        Development = "development",
    }
}

settings! {
    /// The settings in effect.
    pub struct Config {
        /// `production` or `development`
        pub mode: Mode = DOVETAIL_MODE, default("production");
        pub http: HttpConfig;
        pub database: DatabaseConfig;
        pub amazon: AmazonConfig;
        secrets: Option<SecretsConfig>;
        pub mail: MailConfig;
        pub site: SiteConfig;
        pub game: GameConfig;
        pub logging: LoggingConfig;
        pub policy: PolicyConfig;
        pub sessions: SessionsConfig;
        pub limits: LimitsConfig;
        pub audit: AuditConfig;
        pub events: EventsConfig;
        pub privacy: PrivacyConfig;
        shown: ShownSettings;
    }
}

/// What `config show` prints. It is the last group, because reading the others fills it.
struct ShownSettings(BTreeMap<&'static str, String>);

impl SettingGroup for ShownSettings {
    fn settings() -> Vec<&'static Setting> {
        Vec::new()
    }

    fn read(reader: &mut SettingReader) -> ReadResult<Self> {
        Ok(Self(reader.take_shown()))
    }
}

/// Every setting, in the order of `docs/configuration.md`.
#[cfg(feature = "test-support")]
pub fn all_settings() -> impl Iterator<Item = &'static Setting> {
    Config::settings().into_iter()
}

/// Whether production requires that the database file exists.
#[derive(Clone, Copy, PartialEq, Eq)]
enum DatabaseFile {
    MustExist,
    MayBeMade,
}

impl Config {
    /// Reads the settings of this process.
    pub fn from_env() -> Result<Self, ConfigRefused> {
        let (values, problems) = environment::from_process();
        Self::from_values(values, problems, DatabaseFile::MustExist)
    }

    /// Reads the settings for `migrate` and `config show`, which run before the database exists.
    pub fn from_env_before_database() -> Result<Self, ConfigRefused> {
        let (values, problems) = environment::from_process();
        Self::from_values(values, problems, DatabaseFile::MayBeMade)
    }

    /// Reads the settings from given values, for tests. The names include their prefix.
    #[cfg(feature = "test-support")]
    pub fn from_map(values: BTreeMap<String, String>) -> Result<Self, ConfigRefused> {
        Self::from_values(values, Vec::new(), DatabaseFile::MustExist)
    }

    /// Reads the settings for `serve`, which creates missing development keys beside the database.
    pub fn from_env_making_keys() -> Result<Self, ConfigRefused> {
        Self::making_keys(Self::from_env)
    }

    /// The same as [`Config::from_env_making_keys`] from given values, for tests.
    #[cfg(feature = "test-support")]
    pub fn from_map_making_keys(values: &BTreeMap<String, String>) -> Result<Self, ConfigRefused> {
        Self::making_keys(|| Self::from_map(values.clone()))
    }

    pub fn is_production(&self) -> bool {
        self.mode == Mode::Production
    }

    /// The keys. They are missing only in development, until the first `serve` has created them.
    pub fn secrets(&self) -> Result<&SecretsConfig, ConfigRefused> {
        self.secrets.as_ref().ok_or_else(|| keys_refused("have no value yet; run `dovetail serve` once"))
    }

    /// Name and effective value of every setting, by name. Secrets appear as set or unset, with a fingerprint.
    pub fn shown(&self) -> impl Iterator<Item = (&str, &str)> {
        self.shown.0.iter().map(|(name, value)| (*name, value.as_str()))
    }

    fn making_keys(read: impl Fn() -> Result<Self, ConfigRefused>) -> Result<Self, ConfigRefused> {
        let config = read()?;
        if config.secrets.is_some() {
            return Ok(config);
        }
        let path = development::keys_file(Some(&config.database.location));
        development::make(&path).map_err(|error| {
            keys_refused(&format!("cannot be kept beside the database: {}", error.kind()))
        })?;
        let config = read()?;
        match config.secrets {
            Some(_) => Ok(config),
            None => Err(keys_refused("are missing in keys.env beside the database; restore that file")),
        }
    }

    fn from_values(
        values: BTreeMap<String, String>,
        problems: Vec<ConfigProblem>,
        file: DatabaseFile,
    ) -> Result<Self, ConfigRefused> {
        let mut reader = SettingReader::new(values, problems, file);
        let found = <Self as SettingGroup>::read(&mut reader);
        let problems = reader.finish();
        match found {
            Ok(config) if problems.is_empty() => Ok(config),
            _ => Err(ConfigRefused { problems }),
        }
    }
}

fn keys_refused(says: &str) -> ConfigRefused {
    ConfigRefused { problems: vec![ConfigProblem::new(&secrets::DOVETAIL_TOKEN_KEYS, says)] }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(&self.shown.0).finish()
    }
}
