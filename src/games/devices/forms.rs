//! The form of the device list.

use serde::Deserialize;

use crate::web::ParsedForm;

/// `POST /account/devices`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct DisableDeviceForm {
    pub(super) device: String,
    /// The page whose button it was, if not the list of devices.
    pub(super) next: String,
}

impl ParsedForm for DisableDeviceForm {}
