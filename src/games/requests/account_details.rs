//! `AccountDetailsRequest`: the player's profile, and the state of the Amazon link.

use super::caller::GameCaller;
use super::dispatch::{GameRequest, RequestResult};
use super::external_ids::external_ids;
use crate::accounts::players;
use crate::app::App;
use crate::games::protocol::{AccountDetails, GameErrors, GameResponse, LinkDetails, RequestFields};
use crate::links;
use crate::platform::fault::Stop;

pub(super) struct AccountDetailsRequest;

impl GameRequest for AccountDetailsRequest {
    const NAME: &'static str = "AccountDetailsRequest";

    fn read(_: &mut RequestFields) -> Self {
        Self
    }

    fn refuse(errors: GameErrors) -> GameResponse {
        GameResponse::AccountDetails(AccountDetails::refused(errors))
    }

    async fn answer(self, app: &App, caller: &GameCaller) -> RequestResult {
        let id = caller.require_player()?.player.clone();
        let found = app
            .db
            .read(move |conn| {
                let known = players::store::credentials_by_id(conn, &id)?;
                let segments = players::store::segments(conn, &id)?;
                Ok(known.zip(Some((links::summary(conn, &id)?, segments))))
            })
            .await?;
        let Some((known, (link, segments))) = found else {
            return Err(Stop::Refused(GameErrors::not_authorized()));
        };
        let mut details = AccountDetails::of(known.id, known.display_name, external_ids(link.as_ref()));
        details.segments = segments;
        details.amazon_link =
            link.map(|link| LinkDetails { state: link.state.as_str(), renewable: link.is_renewable });
        Ok(GameResponse::AccountDetails(details).into())
    }
}
