//! How much is logged, and in which form.

use super::reader::{Read, Reader};
use super::setting::Fallback::Value;
use super::setting::Setting;
use crate::platform::logging::{Filter, Format};

/// The log.
#[derive(Debug)]
pub struct Logging {
    pub filter: Filter,
    pub format: Format,
}

static LOG: Setting = Setting::new(
    "DOVETAIL_LOG",
    Value("info"),
    "`error`, `warn`, `info`, `debug`, `trace`, or a list such as `info,dovetail::lwa=debug`",
);
static LOG_FORMAT: Setting = Setting::new("DOVETAIL_LOG_FORMAT", Value("text"), "`text` or `json`");

pub(super) static SETTINGS: &[&Setting] = &[&LOG, &LOG_FORMAT];

pub(super) fn read(reader: &mut Reader) -> Read<Logging> {
    let filter = reader.value(&LOG, |text| {
        Filter::parse(text)
            .ok_or_else(|| "must be a level such as info, or a list of target=level".to_owned())
    });
    let format = reader.value(&LOG_FORMAT, |text| match text {
        "text" => Ok(Format::Text),
        "json" => Ok(Format::Json),
        _ => Err("must be text or json".to_owned()),
    });
    Ok(Logging { filter: filter?, format: format? })
}
