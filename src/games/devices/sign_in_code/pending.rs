//! The code that a browser has typed, and what may be done with it.

use chrono::{DateTime, Utc};

use super::model::{ShownPlayer, SignInCode, SignInCodeOutcome};
use super::store;
use crate::audit::{self, Actor, AuditEvent, Kind};
use crate::links;
use crate::platform::db::{Conn, QueryResult};
use crate::platform::fault::{Fault, Stop};
use crate::web::RequestContext;

/// The code has ended, or what it came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SignInCodeGone;

/// An open code of this browser, and the TV's own player.
pub(super) struct PendingSignIn {
    pub code: SignInCode,
    pub player: Option<ShownPlayer>,
    /// Whether an Amazon account may be linked to the TV's player on this way.
    pub can_link: bool,
}

/// The open code of this browser. `None` also if the session of the game has ended.
pub(super) async fn pending_sign_in(context: &RequestContext) -> Result<Option<PendingSignIn>, Fault> {
    let (browser, now) = (context.browser_hash(), context.now);
    let rules = links::GameRules::of(&context.app);
    context
        .app
        .db
        .read(move |conn| {
            let Some(code) = store::find_open(conn, browser.as_str(), now)? else { return Ok(None) };
            let Some(origin) = code.origin() else {
                return Ok(Some(PendingSignIn { code, player: None, can_link: false }));
            };
            if !origin.is_alive(conn, now)? {
                return Ok(None);
            }
            let player = store::shown_player(conn, &origin.player)?;
            let can_link = links::may_link_by_code(conn, rules, &origin.player)?;
            Ok(Some(PendingSignIn { code, player, can_link }))
        })
        .await
}

/// The person says that it is not their device, and the game is told.
pub(super) async fn deny_sign_in(context: &RequestContext) -> Result<(), Stop<SignInCodeGone>> {
    let pending = pending_sign_in(context).await?.ok_or(Stop::Refused(SignInCodeGone))?;
    let event = end_event(context, &pending.code, SignInCodeOutcome::Denied);
    let (browser, now, id) = (context.browser_hash(), context.now, pending.code.id);
    context
        .app
        .db
        .write_or_refuse(move |conn| {
            let is_ended = store::end_code(conn, &id, browser.as_str(), SignInCodeOutcome::Denied, now)?;
            if !is_ended {
                return Err(Stop::Refused(SignInCodeGone));
            }
            Ok(audit::append_event(conn, &event)?)
        })
        .await?;
    context.app.metrics.sign_in_codes.add(SignInCodeOutcome::Denied.as_str());
    Ok(())
}

/// The record of the end of a code, on the TV's own player.
///
/// It says nothing of the browser, which may be somebody else's.
pub(super) fn end_event(
    context: &RequestContext,
    code: &SignInCode,
    outcome: SignInCodeOutcome,
) -> AuditEvent {
    AuditEvent::new(context.now, Kind::SignInCodeEnded, Actor::Visitor, &context.reference.to_string())
        .on_any(code.player.as_ref())
        .with(serde_json::json!({ "outcome": outcome.as_str() }))
}

/// Whether the session of the game that asked for the code still lives. The caller has locked its player's row.
pub(super) fn is_origin_alive(conn: &mut Conn, code: &SignInCode, now: DateTime<Utc>) -> QueryResult<bool> {
    match code.origin() {
        Some(origin) => origin.is_alive(conn, now),
        None => Ok(true),
    }
}
