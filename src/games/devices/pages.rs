//! The devices that get in to the player by themselves.

use crate::games::devices::forms::SwitchOffForm;
use crate::games::devices::revoke::switch_off;
use crate::games::devices::store;
use crate::games::devices::views::DevicesPage;
use crate::web::{Answer, Flash, PageError, PostForm, Visit, responses, urls};

/// `GET /account/devices`
pub async fn show(visit: Visit) -> Answer {
    let player = visit.player()?.player.id.clone();
    let devices = visit.app.db.read(move |conn| store::list(conn, &player)).await?;
    responses::page(&DevicesPage::of(&visit, devices)?)
}

/// `POST /account/devices`
pub async fn submit(visit: Visit, PostForm(form): PostForm<SwitchOffForm>) -> Answer {
    if !switch_off(&visit, visit.player()?, &form.device).await? {
        return Err(PageError::NotFound);
    }
    Ok(Flash::of("device_off").ride(&visit, responses::see_other(urls::DEVICES)))
}
