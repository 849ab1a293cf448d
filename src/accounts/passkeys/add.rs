//! A player adds a passkey.

use serde_json::{Value, json};

use crate::accounts::passkeys::ceremony::{begin_ceremony, end_ceremony, find_ceremony};
use crate::accounts::passkeys::forms::AddPasskeyForm;
use crate::accounts::passkeys::model::{
    AnswerRejection, CeremonyPurpose, CeremonySession, NewPasskey, passkey_name,
};
use crate::accounts::passkeys::relying_party::{PasskeyOwner, RelyingParty};
use crate::accounts::passkeys::store;
use crate::accounts::players::store::lock_origin;
use crate::audit::{self, Kind};
use crate::outbound::mail::{self, MailMessage, MailRecipient};
use crate::platform::db::{is_unique_violation, new_id};
use crate::platform::fault::{Fault, Stop};
use crate::sessions::SessionOrigin;
use crate::web::{CurrentPlayer, RequestContext};

/// The passkeys of one player.
const MOST: i64 = 20;

/// Why no passkey was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AddPasskeyRefusal {
    /// The name has no letter that can be shown.
    Nameless,
    Rejected(AnswerRejection),
    /// This player or another one has the passkey.
    AlreadyThere,
    TooMany,
    /// The session or the account ended meanwhile.
    SessionEnded,
}

/// Begins to add one. `None` where the portal has no domain, or the player has as many as there may be.
pub(super) async fn begin_to_add(
    context: &RequestContext,
    current_player: &CurrentPlayer,
) -> Result<Option<Value>, Fault> {
    let profile = &current_player.player;
    let player = profile.id.clone();
    let present = context.app.db.read(move |conn| store::list_passkeys(conn, &player)).await?;
    let is_full = i64::try_from(present.len()).unwrap_or(MOST) >= MOST;
    let Some(portal) = RelyingParty::of(&context.app).filter(|_| !is_full) else { return Ok(None) };
    let owner = PasskeyOwner {
        player: &profile.id,
        name: profile.email.as_ref().or(profile.user_name.as_ref()).unwrap_or(&profile.display_name),
        display_name: &profile.display_name,
    };
    let begun = portal.begin_add(&owner, &present)?;
    let of = Some(CeremonySession::of(current_player));
    begin_ceremony(context, CeremonyPurpose::Add, of, begun).await.map(Some)
}

/// Stores the passkey that the browser made. Returns its name.
pub(super) async fn add_passkey(
    context: &RequestContext,
    current_player: &CurrentPlayer,
    form: &AddPasskeyForm,
) -> Result<String, Stop<AddPasskeyRefusal>> {
    let app = &context.app;
    let rejected = |why| Stop::Refused(AddPasskeyRefusal::Rejected(why));
    let name = passkey_name(app, &form.name).ok_or(Stop::Refused(AddPasskeyRefusal::Nameless))?;
    let ceremony = find_ceremony(context, &form.ceremony, CeremonyPurpose::Add).await?.map_err(rejected)?;
    let portal = RelyingParty::of(app).ok_or_else(|| rejected(AnswerRejection::Invalid))?;
    let key = match portal.finish_add(&ceremony.state, &form.credential)? {
        Ok(key) => key,
        Err(why) => {
            end_ceremony(context, &ceremony).await?;
            return Err(rejected(why));
        }
    };
    let new = NewPasskey {
        id: new_id(context.now),
        player: current_player.player.id.clone(),
        name: name.clone(),
        key,
        created_at: context.now,
    };
    let event = context.player_event(current_player, Kind::PasskeyAdded).with(json!({ "passkey": new.id }));
    let args = [
        ("passkey", name.as_str()),
        ("browser", &context.caller.browser_in(context.language)),
        ("network", &context.caller.network()),
    ];
    let to = MailRecipient::current(context, current_player);
    let message = MailMessage::compose(app, mail::Kind::PasskeyAdded, &to, &args)?;
    let (origin, now) = (SessionOrigin::of_browser(current_player), context.now);
    app.db
        .write_or_refuse(move |conn| {
            if !lock_origin(conn, &origin, now)? {
                return Err(Stop::Refused(AddPasskeyRefusal::SessionEnded));
            }
            if !store::spend_ceremony(conn, &ceremony.id)? {
                return Err(rejected(AnswerRejection::CeremonyOver));
            }
            if store::count_passkeys(conn, &new.player)? >= MOST {
                return Err(Stop::Refused(AddPasskeyRefusal::TooMany));
            }
            match store::insert_passkey(conn, &new) {
                Err(error) if is_unique_violation(&error) => {
                    return Err(Stop::Refused(AddPasskeyRefusal::AlreadyThere));
                }
                inserted => inserted?,
            }
            audit::append_event(conn, &event)?;
            Ok(mail::enqueue(conn, &message)?)
        })
        .await?;
    Ok(name)
}
