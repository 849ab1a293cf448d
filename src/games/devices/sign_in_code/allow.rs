//! The signed-in person lets the TV in as their own player.

use chrono::TimeDelta;
use serde_json::json;

use super::model::SignInCodeOutcome;
use super::pending::{SignInCodeGone, end_event, is_origin_alive, pending_sign_in};
use super::store;
use crate::accounts::players;
use crate::audit::{self, Kind};
use crate::outbound::mail::{self, MailMessage, MailRecipient};
use crate::platform::fault::Stop;
use crate::sessions::SessionOrigin;
use crate::sessions::browser::{self, SessionRotation, StartedSession};
use crate::web::{CurrentPlayer, RequestContext};

/// How long the game may take up the outcome.
const TAKEN_UP_WITHIN: TimeDelta = TimeDelta::minutes(10);

/// Allows the TV to sign in, and tells the player by mail. Returns the rotated session.
///
/// The permission rests on this browser's session: it ends with it, and with all that ends the player's sessions.
pub(super) async fn allow_sign_in(
    context: &RequestContext,
    current: &CurrentPlayer,
) -> Result<StartedSession, Stop<SignInCodeGone>> {
    let gone = || Stop::Refused(SignInCodeGone);
    let pending = pending_sign_in(context).await?.ok_or_else(gone)?;
    let code = pending.code;
    let label = if code.label.is_empty() {
        context.language.text("claim-device-unnamed")
    } else {
        code.label.clone()
    };
    let rotation = SessionRotation::prepare(current)?;
    let started = rotation.started();
    let to = MailRecipient::current(context, current);
    let args = [("device", label.as_str()), ("network", code.network.as_str())];
    let message = MailMessage::compose(&context.app, mail::Kind::SignedInByCode, &to, &args)?;
    let allowed = context.player_event(current, Kind::SignInCodeAllowed).with(json!({ "door": "code" }));
    // The TV's own player stays as they are, and their history says what became of the code.
    let is_other = code.player.as_ref().is_some_and(|own| *own != current.player.id);
    let ended = is_other.then(|| end_event(context, &code, SignInCodeOutcome::SignedIn));
    let (player, session) = (current.player.id.clone(), current.session.id.clone());
    let (browser, now) = (context.browser_hash(), context.now);
    context
        .app
        .db
        .write_or_refuse(move |conn| {
            // Both rows are locked in one order, so that two transactions cannot deadlock.
            let mut locked = vec![&player];
            locked.extend(code.player.iter().filter(|own| **own != player));
            locked.sort();
            for player in locked {
                if !players::store::lock_player(conn, player)? {
                    return Err(gone());
                }
            }
            let Some(player_version) = players::store::version_of(conn, &player)? else { return Err(gone()) };
            if !is_origin_alive(conn, &code, now)? || !browser::rotate_session(conn, &rotation)? {
                return Err(gone());
            }
            let with = browser::signed_in_with(conn, &session)?.ok_or_else(gone)?;
            let grant =
                SessionOrigin { player: player.clone(), player_version, session: Some(session.clone()) };
            let until = now + TAKEN_UP_WITHIN;
            if !store::grant_code(conn, &code.id, browser.as_str(), &grant, with, now, until)? {
                return Err(gone());
            }
            audit::append_event(conn, &allowed)?;
            if let Some(ended) = &ended {
                audit::append_event(conn, ended)?;
            }
            mail::enqueue(conn, &message)?;
            Ok(())
        })
        .await?;
    context.app.metrics.sign_in_codes.add(SignInCodeOutcome::SignedIn.as_str());
    Ok(started)
}
