//! The view of the device list. It never shows a device id, which only the device knows.

use askama::Template;

use crate::games::devices::model::Device;
use crate::web::page::{Page, ShownTime};
use crate::web::{PageError, RequestContext};

/// `/account/devices`.
#[derive(Template)]
#[template(path = "devices/list.html")]
pub(super) struct DevicesPage {
    page: Page,
    devices: Vec<DeviceListRow>,
}

struct DeviceListRow {
    id: String,
    label: String,
    game: String,
    network: String,
    since: ShownTime,
    last_used: ShownTime,
}

impl DevicesPage {
    pub(super) fn of(context: &RequestContext, devices: Vec<Device>) -> Result<Self, PageError> {
        let page = Page::new(context, "devices-heading", "security")?;
        let row = |device: Device| DeviceListRow {
            id: device.id,
            label: if device.label.is_empty() { page.t("claim-device-unnamed") } else { device.label },
            game: device.api_key,
            network: device.network,
            since: page.when(device.made_at),
            last_used: page.moment(device.last_used_at),
        };
        Ok(Self { devices: devices.into_iter().map(row).collect(), page })
    }
}
