//! Settings of privacy: how long the operator's backups keep erased data.

use chrono::TimeDelta;

use super::reader::{ReadResult, SettingReader};
use super::setting::AllowedValues::Time;
use super::setting::Setting;
use super::setting::SettingDefault::Value;

#[derive(Clone, Copy, Debug)]
pub struct PrivacyConfig {
    /// How long erased data may remain in the operator's backups. Players read it when they delete an account.
    pub backups_keep: TimeDelta,
}

const DAY: u64 = 24 * 60 * 60;

static BACKUP_KEEP: Setting = Setting::new(
    "DOVETAIL_BACKUP_KEEP",
    Value("35d"),
    "how long you keep backups, as players who delete their account are told",
)
.within(Time(DAY, 3_660 * DAY));

pub(super) static SETTINGS: &[&Setting] = &[&BACKUP_KEEP];

pub(super) fn read(reader: &mut SettingReader) -> ReadResult<PrivacyConfig> {
    Ok(PrivacyConfig { backups_keep: reader.span(&BACKUP_KEEP)? })
}
