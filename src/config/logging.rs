//! Settings of the log: its levels and its format.

use super::reader::{ReadResult, SettingReader};
use super::setting::Setting;
use super::setting::SettingDefault::Value;
use crate::platform::logging::{LogFilter, LogFormat};

#[derive(Debug)]
pub struct LoggingConfig {
    pub filter: LogFilter,
    pub format: LogFormat,
}

static LOG: Setting = Setting::new(
    "DOVETAIL_LOG",
    Value("info"),
    "`error`, `warn`, `info`, `debug`, `trace`, or a list such as `info,dovetail::lwa=debug`",
);
static LOG_FORMAT: Setting = Setting::new("DOVETAIL_LOG_FORMAT", Value("text"), "`text` or `json`");

pub(super) static SETTINGS: &[&Setting] = &[&LOG, &LOG_FORMAT];

pub(super) fn read(reader: &mut SettingReader) -> ReadResult<LoggingConfig> {
    let filter = reader.value(&LOG, |text| {
        LogFilter::parse(text)
            .ok_or_else(|| "must be a level such as info, or a list of target=level".to_owned())
    });
    let format = reader.value(&LOG_FORMAT, |text| match text {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err("must be text or json".to_owned()),
    });
    Ok(LoggingConfig { filter: filter?, format: format? })
}
