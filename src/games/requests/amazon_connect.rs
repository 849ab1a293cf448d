//! `AmazonConnectRequest`: signs in or links by an Amazon access token that the game presents.
//!
//! See docs/protocols/gamesparks.md#amazonconnectrequest. `links` decides; this module translates request and
//! result.

use chrono::TimeDelta;
use secrecy::SecretString;

use super::caller::GameCaller;
use super::dispatch::{GameRequest, RequestResult};
use super::external_ids::external_ids;
use super::script_data::read_script_data;
use super::sign_in_response::{SignedInGame, call_context};
use crate::accounts::players;
use crate::app::App;
use crate::games::protocol::{Authenticated, GameErrors, GameResponse, RequestFields, SwitchSummary};
use crate::links::{self, ConnectFlags, ConnectOptions, ConnectRefusal};
use crate::platform::fault::{Fault, Stop};
use crate::platform::ids::PlayerId;
use crate::sessions::SignedInWith;
use crate::sessions::game::{self, NewGameSession};

/// A player seen within this time counts as online, perhaps on another copy of the program.
const ONLINE: TimeDelta = TimeDelta::minutes(5);

#[expect(clippy::struct_excessive_bools, reason = "the flags of the interface we keep")]
pub(super) struct AmazonConnectRequest {
    pub access_token: SecretString,
    pub do_not_link_to_current_player: bool,
    pub error_on_switch: bool,
    pub switch_if_possible: bool,
    pub sync_display_name: bool,
    pub do_not_create_new_player: bool,
    pub segments: Option<String>,
}

impl GameRequest for AmazonConnectRequest {
    const NAME: &'static str = "AmazonConnectRequest";

    fn read(fields: &mut RequestFields) -> Self {
        Self {
            access_token: fields.required_secret("accessToken"),
            do_not_link_to_current_player: fields.flag("doNotLinkToCurrentPlayer"),
            error_on_switch: fields.flag("errorOnSwitch"),
            switch_if_possible: fields.flag("switchIfPossible"),
            sync_display_name: fields.flag("syncDisplayName"),
            do_not_create_new_player: fields.flag("doNotCreateNewPlayer"),
            segments: fields.segments(),
        }
    }

    fn refuse(errors: GameErrors) -> GameResponse {
        GameResponse::Authentication(Authenticated::refused(errors))
    }

    async fn answer(self, app: &App, caller: &GameCaller) -> RequestResult {
        let new_session =
            NewGameSession::prepare(app, caller.session(), &caller.place, SignedInWith::Amazon)?;
        let options = ConnectOptions {
            flags: ConnectFlags {
                do_not_link_to_current_player: self.do_not_link_to_current_player,
                switch_if_possible: self.switch_if_possible,
                error_on_switch: self.error_on_switch,
                do_not_create_new_player: self.do_not_create_new_player,
            },
            sync_display_name: self.sync_display_name,
            segments: self.segments,
        };
        let call = call_context(app, caller);
        match links::connect_presented_token(app, &call, &self.access_token, &options, &new_session).await {
            Ok(connected) => {
                let (session, display_name, is_new) =
                    (connected.session, connected.display_name, connected.is_new);
                Ok(SignedInGame { session, display_name, is_new }.authenticated(&new_session))
            }
            Err(Stop::Refused(ConnectRefusal::WouldSwitch(to))) => would_switch(app, caller, to).await,
            Err(Stop::Refused(refused)) => Err(Stop::Refused(refusal_errors(app, &refused))),
            Err(Stop::Fault(fault)) => Err(Stop::Fault(fault)),
        }
    }
}

fn refusal_errors(app: &App, refused: &ConnectRefusal) -> GameErrors {
    match refused {
        ConnectRefusal::NotAuthenticated | ConnectRefusal::MayNotCreate => {
            GameErrors::of("accessToken", "NOTAUTHENTICATED")
        }
        ConnectRefusal::TryAgain => GameErrors::of("accessToken", "TRY_AGAIN"),
        ConnectRefusal::AlreadyLinked | ConnectRefusal::WouldSwitch(_) => {
            GameErrors::of("accessToken", "ACCOUNT_ALREADY_LINKED")
        }
        ConnectRefusal::Closing => GameErrors::account_closing(app),
        ConnectRefusal::Disabled | ConnectRefusal::SessionEnded => GameErrors::not_authorized(),
        ConnectRefusal::NotFresh => GameErrors::proof_needed(app),
    }
}

/// The error for `errorOnSwitch`, with a summary of the other player.
async fn would_switch(app: &App, caller: &GameCaller, to: PlayerId) -> RequestResult {
    let error = Some(GameErrors::of("accessToken", "ACCOUNT_ALREADY_LINKED"));
    let switch_summary = switch_summary(app, caller, to).await?;
    let response = Authenticated { switch_summary, error, ..Authenticated::default() };
    Ok(GameResponse::Authentication(response).into())
}

async fn switch_summary(
    app: &App,
    caller: &GameCaller,
    player: PlayerId,
) -> Result<Option<SwitchSummary>, Fault> {
    let now = app.clock.now();
    let is_connected_here = caller.connections.is_online(&player);
    app.db
        .read(move |conn| {
            let Some(known) = players::store::credentials_by_id(conn, &player)? else { return Ok(None) };
            let link = links::summary(conn, &player)?;
            let sessions = game::list(conn, &player, now)?;
            let script_data = players::store::script_data(conn, &player)?;
            Ok(Some(SwitchSummary {
                id: player,
                display_name: known.display_name,
                external_ids: external_ids(link.as_ref()),
                online: is_connected_here
                    || sessions.iter().any(|session| now - session.last_seen_at < ONLINE),
                achievements: [],
                virtual_goods: [],
                script_data: read_script_data(script_data),
            }))
        })
        .await
}
