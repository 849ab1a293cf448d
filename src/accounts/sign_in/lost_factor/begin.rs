//! Begins the wait with the mailed link: whoever asked also reads the player's mail.

use chrono::{DateTime, TimeDelta, Utc};

use crate::accounts::players::store::{credentials_by_id, lock_player_or_closing};
use crate::accounts::sign_in::lost_factor::links::{cancel_token, to_cancel};
use crate::accounts::sign_in::lost_factor::store::{self, MailedRecovery, RecoveryWait};
use crate::audit::{self, Actor, Kind};
use crate::outbound::mail::{self, MailMessage};
use crate::platform::crypto::token::OpaqueToken;
use crate::platform::fault::{Fault, Stop};
use crate::web::RequestContext;

/// How long the second factor can be turned off once the wait is over.
const USABLE_FOR: TimeDelta = TimeDelta::days(14);

/// The link was used or superseded, is too old, or was never sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DeadLink;

/// What the link would begin. Spends nothing, because programs open links in mails as well.
pub(super) async fn asked_recovery(
    context: &RequestContext,
    token: Option<OpaqueToken>,
) -> Result<Option<MailedRecovery>, Fault> {
    let Some(hash) = token.map(|token| token.hash()) else { return Ok(None) };
    let now = context.now;
    context.app.db.read(move |conn| store::find_asked(conn, &hash, now)).await
}

/// Begins the wait and tells the player. Returns when it is over.
pub(super) async fn begin_wait(
    context: &RequestContext,
    token: Option<OpaqueToken>,
) -> Result<DateTime<Utc>, Stop<DeadLink>> {
    let (app, now) = (&context.app, context.now);
    let asked = asked_recovery(context, token).await?.ok_or(Stop::Refused(DeadLink))?;
    let id = asked.player.clone();
    let known = app.db.read(move |conn| credentials_by_id(conn, &id)).await?;
    let known = known.ok_or(Stop::Refused(DeadLink))?;
    let due_at = now + app.config.policy.codes.factor_recovery_after;
    let wait = RecoveryWait {
        cancel_hash: cancel_token(app, &asked.id).hash(),
        from: now,
        due_at,
        expires_at: due_at + USABLE_FOR,
    };
    let to = known.as_recipient(context.language);
    let (day, link) = (to.language.date_time(due_at), to_cancel(app, &asked.id));
    let args = [("day", day.as_str()), ("link", link.as_str())];
    let message = MailMessage::compose(app, mail::Kind::FactorRecoveryRuns, &to, &args)?;
    let event = context.audit_event(Kind::FactorRecoveryStarted, Actor::Visitor).on(&asked.player);
    let event = event.with(serde_json::json!({ "due_at": due_at }));
    app.db
        .write_or_refuse(move |conn| {
            if !lock_player_or_closing(conn, &asked.player)? || !store::begin(conn, &asked.id, &wait)? {
                return Err(Stop::Refused(DeadLink));
            }
            audit::append_event(conn, &event)?;
            Ok(mail::enqueue(conn, &message)?)
        })
        .await?;
    Ok(due_at)
}
