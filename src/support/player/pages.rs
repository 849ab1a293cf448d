//! `/support/players/{id}`.

use actix_web::web::Path;

use crate::support::player::model::Over;
use crate::support::player::store;
use crate::support::player::views::PlayerPage;
use crate::web::{Answer, PageError, Visit, answer};
use crate::words::PlayerId;

/// `GET /support/players/{id}`
pub async fn show(visit: Visit, id: Path<String>) -> Answer {
    let player = PlayerId::from(id.into_inner());
    answer::page(&page(&visit, &player, Over::default()).await?)
}

/// The player's page as it is now, for whoever answers with it. 404 if there is no such player.
pub(in crate::support) async fn page(
    visit: &Visit,
    player: &PlayerId,
    over: Over,
) -> Result<PlayerPage, PageError> {
    let (vault, wanted, now) = (visit.app.vault.clone(), player.clone(), visit.now);
    let known = visit.app.db.read(move |conn| store::known(conn, &vault, &wanted, now)).await?;
    PlayerPage::new(visit, &known.ok_or(PageError::NotFound)?, over)
}
