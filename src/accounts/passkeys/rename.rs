//! A player renames a passkey.

use serde_json::json;

use crate::accounts::passkeys::model::passkey_name;
use crate::accounts::passkeys::store;
use crate::accounts::players::store::lock_origin;
use crate::audit::{self, Kind};
use crate::platform::fault::Fault;
use crate::sessions::SessionOrigin;
use crate::web::{CurrentPlayer, RequestContext};

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Renamed {
    Done,
    /// The name has no letter that can be shown.
    Nameless,
    /// The passkey is not the player's, or the session has ended meanwhile.
    NotThere,
}

pub(super) async fn rename_passkey(
    context: &RequestContext,
    current_player: &CurrentPlayer,
    passkey: &str,
    typed: &str,
) -> Result<Renamed, Fault> {
    let Some(name) = passkey_name(&context.app, typed) else { return Ok(Renamed::Nameless) };
    let (origin, passkey, now) = (SessionOrigin::of_browser(current_player), passkey.to_owned(), context.now);
    let event =
        context.player_event(current_player, Kind::PasskeyRenamed).with(json!({ "passkey": passkey }));
    context
        .app
        .db
        .write(move |conn| {
            if !lock_origin(conn, &origin, now)?
                || !store::rename_passkey(conn, &origin.player, &passkey, &name)?
            {
                return Ok(Renamed::NotThere);
            }
            audit::append_event(conn, &event)?;
            Ok(Renamed::Done)
        })
        .await
}
