//! What the page about everything that opens the account shows.

use askama::Template;

use crate::accounts::remaining_access::model::{RemainingAmazonAccount, RemainingDevice, RemainingPasskey};
use crate::platform::ids::SessionId;
use crate::sessions::game::GameSessionSummary;
use crate::web::current_player::LinkState;
use crate::web::page::ShownTime;
use crate::web::{NextAddress, Page, PageError, RequestContext, urls};

/// `/account/security/access`.
#[derive(Template)]
#[template(path = "sign_in/access.html")]
pub(super) struct AccessPage {
    page: Page,
    /// The Amazon account's name, and what it opens.
    amazon: Option<(String, String)>,
    passkeys: Vec<PasskeyRow>,
    devices: Vec<DeviceRow>,
    games: Vec<GameRow>,
    /// This page with its query, where each button leads back to.
    here: String,
    /// Where the player was going.
    onward: String,
}

struct PasskeyRow {
    id: String,
    name: String,
    since: ShownTime,
}

struct DeviceRow {
    id: String,
    name: String,
    game: String,
    network: String,
    last_used: ShownTime,
}

struct GameRow {
    id: SessionId,
    name: String,
    network: String,
    last_seen: ShownTime,
}

impl AccessPage {
    pub(super) fn new(
        context: &RequestContext,
        next: Option<NextAddress>,
        amazon: Option<RemainingAmazonAccount>,
        passkeys: Vec<RemainingPasskey>,
        devices: Vec<RemainingDevice>,
        games: Vec<GameSessionSummary>,
    ) -> Result<Self, PageError> {
        let page = Page::new(context, "access-heading", "security")?;
        let link = context.player()?.link.as_ref();
        let is_revoked = link.is_some_and(|link| link.state == LinkState::Revoked);
        let what = if is_revoked { "access-amazon-revoked" } else { "access-amazon-body" };
        let passkey = |passkey: RemainingPasskey| PasskeyRow {
            id: passkey.id,
            name: passkey.name,
            since: page.when(passkey.created_at),
        };
        let device = |device: RemainingDevice| DeviceRow {
            name: device.name(context.language),
            id: device.id,
            game: device.api_key,
            network: device.network,
            last_used: page.moment(device.last_used_at),
        };
        let game = |session: GameSessionSummary| GameRow {
            id: session.id,
            name: match session.client.as_str() {
                "" => session.api_key,
                client => format!("{} · {client}", session.api_key),
            },
            network: session.network,
            last_seen: page.moment(session.last_seen_at),
        };
        Ok(Self {
            amazon: amazon.map(|amazon| (amazon.name(&context.app, context.language), page.t(what))),
            passkeys: passkeys.into_iter().map(passkey).collect(),
            devices: devices.into_iter().map(device).collect(),
            games: games.into_iter().map(game).collect(),
            here: next.as_ref().map_or_else(|| urls::ACCESS.to_owned(), |next| next.on(urls::ACCESS)),
            onward: next.map_or_else(|| urls::ACCOUNT.to_owned(), |next| next.as_str().to_owned()),
            page,
        })
    }
}
