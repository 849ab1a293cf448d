//! `/account/security/access`.

use actix_web::web::Query;

use crate::accounts::remaining_access::forms::AccessQuery;
use crate::accounts::remaining_access::store;
use crate::accounts::remaining_access::views::AccessPage;
use crate::sessions::game;
use crate::web::{PageResult, RequestContext, responses};

/// `GET /account/security/access`
pub async fn show(context: RequestContext, query: Query<AccessQuery>) -> PageResult {
    let (player, now) = (context.player()?.player.id.clone(), context.now);
    let (amazon, passkeys, devices, games) = context
        .app
        .db
        .read(move |conn| {
            let amazon = store::amazon_account(conn, &player)?;
            let passkeys = store::list_passkeys(conn, &player)?;
            let devices = store::list_devices(conn, &player)?;
            Ok((amazon, passkeys, devices, game::list(conn, &player, now)?))
        })
        .await?;
    responses::render_page(&AccessPage::new(&context, query.next(), amazon, passkeys, devices, games)?)
}
