//! The page with the player's devices.

use crate::games::devices::forms::DisableDeviceForm;
use crate::games::devices::revoke::disable_device;
use crate::games::devices::store;
use crate::games::devices::views::DevicesPage;
use crate::web::{NextAddress, Notice, PageError, PageResult, PostForm, RequestContext, responses, urls};

/// `GET /account/devices`
pub async fn show(context: RequestContext) -> PageResult {
    let player = context.player()?.player.id.clone();
    let devices = context.app.db.read(move |conn| store::list_devices(conn, &player)).await?;
    responses::render_page(&DevicesPage::of(&context, devices)?)
}

/// `POST /account/devices`
pub async fn submit(context: RequestContext, PostForm(form): PostForm<DisableDeviceForm>) -> PageResult {
    if !disable_device(&context, context.player()?, &form.device).await? {
        return Err(PageError::NotFound);
    }
    let back = NextAddress::parse(&form.next);
    let response = responses::see_other(back.as_ref().map_or(urls::DEVICES, NextAddress::as_str));
    Ok(Notice::good("device_off").attach_to(&context, response))
}
