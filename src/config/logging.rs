//! Settings of the log: its levels and its format.

use super::parse::{ParseResult, ParseRules, SettingValue};
use super::setting::{default, settings};
use crate::platform::logging::{LogFilter, LogFormat};

settings! {
    #[derive(Debug)]
    pub struct LoggingConfig {
        /// `error`, `warn`, `info`, `debug`, `trace`, or a list such as `info,dovetail::lwa=debug`
        pub filter: LogFilter = DOVETAIL_LOG, default("info");
        /// `text` or `json`
        pub format: LogFormat = DOVETAIL_LOG_FORMAT, default("text");
    }
}

impl SettingValue for LogFilter {
    fn parse(text: &str, _: ParseRules) -> ParseResult<Self> {
        Self::parse(text).ok_or_else(|| {
            "must be a level such as info, or a list of target=level, where each target is dovetail, one of its \
             modules as the log names them, or a library"
                .to_owned()
        })
    }
}
