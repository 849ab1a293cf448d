//! The page with the player's devices.

use crate::games::devices::forms::SwitchOffForm;
use crate::games::devices::revoke::switch_off;
use crate::games::devices::store;
use crate::games::devices::views::DevicesPage;
use crate::web::{FlashMessage, PageError, PageResult, PostForm, RequestContext, responses, urls};

/// `GET /account/devices`
pub async fn show(visit: RequestContext) -> PageResult {
    let player = visit.player()?.player.id.clone();
    let devices = visit.app.db.read(move |conn| store::list_devices(conn, &player)).await?;
    responses::render_page(&DevicesPage::of(&visit, devices)?)
}

/// `POST /account/devices`
pub async fn submit(visit: RequestContext, PostForm(form): PostForm<SwitchOffForm>) -> PageResult {
    if !switch_off(&visit, visit.player()?, &form.device).await? {
        return Err(PageError::NotFound);
    }
    Ok(FlashMessage::of("device_off").ride(&visit, responses::see_other(urls::DEVICES)))
}
