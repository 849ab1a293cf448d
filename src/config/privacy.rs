//! What players are told about data that is out of this program's hands.

use chrono::TimeDelta;

use super::reader::{ReadResult, SettingReader};
use super::setting::AllowedValues::Time;
use super::setting::Setting;
use super::setting::SettingDefault::Value;

/// Privacy.
#[derive(Clone, Copy, Debug)]
pub struct PrivacyConfig {
    /// When what was erased here is gone from the operator's backups as well.
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
