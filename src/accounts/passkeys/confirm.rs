//! Fresh proof of identity with a passkey (S28).

use serde_json::{Value, json};

use crate::accounts::passkeys::assertion::{self, RefusedUse};
use crate::accounts::passkeys::ceremony::begin_ceremony;
use crate::accounts::passkeys::forms::PasskeyAnswerForm;
use crate::accounts::passkeys::model::{AnswerRejection, CeremonyPurpose, CeremonySession};
use crate::accounts::passkeys::relying_party::{RelyingParty, UseRefusal};
use crate::accounts::passkeys::store;
use crate::accounts::players::store::lock_origin;
use crate::audit::{self, Kind};
use crate::platform::fault::{Fault, Stop};
use crate::sessions::SessionOrigin;
use crate::sessions::browser::{self, SessionRotation, StartedSession};
use crate::web::{CurrentPlayer, RequestContext};

/// Begins a proof. `None` for a player without passkey.
pub(super) async fn begin_proof(
    context: &RequestContext,
    current_player: &CurrentPlayer,
) -> Result<Option<Value>, Fault> {
    let player = current_player.player.id.clone();
    let present = context.app.db.read(move |conn| store::list_passkeys(conn, &player)).await?;
    let Some(portal) = RelyingParty::of(&context.app).filter(|_| !present.is_empty()) else {
        return Ok(None);
    };
    let begun = portal.begin_confirm(&present)?;
    let of = Some(CeremonySession::of(current_player));
    begin_ceremony(context, CeremonyPurpose::Confirm, of, begun).await.map(Some)
}

/// Rotates the session after the passkey was used. The interrupted action may then continue.
pub(super) async fn confirm_identity(
    context: &RequestContext,
    current_player: &CurrentPlayer,
    form: &PasskeyAnswerForm,
) -> Result<StartedSession, Stop<UseRefusal>> {
    match try_to(context, current_player, form).await {
        Ok(started) => Ok(started),
        Err(Stop::Refused(refused)) => {
            if let UseRefusal::Rejected(why) = refused.why {
                let event = context
                    .player_event(current_player, Kind::IdentityNotConfirmed)
                    .with(json!({ "with": "passkey", "code": why }));
                audit::write_event(&context.app.db, event).await?;
            }
            Err(Stop::Refused(refused.why))
        }
        Err(Stop::Fault(fault)) => Err(Stop::Fault(fault)),
    }
}

async fn try_to(
    context: &RequestContext,
    current_player: &CurrentPlayer,
    form: &PasskeyAnswerForm,
) -> Result<StartedSession, Stop<RefusedUse>> {
    let checked =
        assertion::check_use(context, CeremonyPurpose::Confirm, &form.ceremony, &form.credential).await?;
    let rotation = SessionRotation::fresh(current_player, context.now)?;
    let started = rotation.started();
    let (origin, now) = (SessionOrigin::of_browser(current_player), context.now);
    let event =
        context.player_event(current_player, Kind::IdentityConfirmed).with(json!({ "with": "passkey" }));
    let done = context
        .app
        .db
        .write_or_refuse(move |conn| {
            let is_over = || checked.refused(UseRefusal::Rejected(AnswerRejection::CeremonyOver));
            if !lock_origin(conn, &origin, now)? {
                return Err(is_over());
            }
            checked.write(conn)?;
            if !browser::rotate_session(conn, &rotation)? {
                return Err(is_over());
            }
            Ok(audit::append_event(conn, &event)?)
        })
        .await;
    match done {
        Ok(()) => Ok(started),
        Err(Stop::Refused(refused)) => Err(Stop::Refused(assertion::after_refusal(context, refused).await?)),
        Err(Stop::Fault(fault)) => Err(Stop::Fault(fault)),
    }
}
