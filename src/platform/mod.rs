//! The base of every feature, without knowledge of players, Amazon or HTML.

pub mod clock;
pub mod crypto;
pub mod db;
pub mod email;
pub mod fault;
pub mod i18n;
pub mod ids;
pub(crate) mod jobs;
pub mod json;
pub mod ledger;
pub mod logging;
pub mod metrics;
pub mod name;
pub mod password;
pub mod qr;
pub mod rate_limit;
pub mod recovery_codes;
#[cfg(feature = "test-support")]
pub mod test_gate;
pub mod text_enum;
pub mod totp;
pub mod typed_digits;
