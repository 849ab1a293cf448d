//! How long audit records are kept.

use chrono::TimeDelta;

use super::reader::{ReadResult, SettingReader};
use super::setting::AllowedValues::Time;
use super::setting::Setting;
use super::setting::SettingDefault::Value;

/// The audit log.
#[derive(Clone, Copy, Debug)]
pub struct AuditConfig {
    /// Older records are deleted, and the signed tail of the chain moves past them (S131).
    pub keep_for: TimeDelta,
}

const DAY: u64 = 24 * 60 * 60;

static KEEP: Setting = Setting::new("DOVETAIL_AUDIT_KEEP", Value("400d"), "how long audit records are kept")
    .within(Time(30 * DAY, 4_000 * DAY));

pub(super) static SETTINGS: &[&Setting] = &[&KEEP];

pub(super) fn read(reader: &mut SettingReader) -> ReadResult<AuditConfig> {
    Ok(AuditConfig { keep_for: reader.span(&KEEP)? })
}
