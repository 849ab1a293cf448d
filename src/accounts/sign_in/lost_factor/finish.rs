//! Turns the second factor off once the wait is over, and signs the player in.
//!
//! While the factor was on, a short password was enough, and its length is known only where it is typed. So a player
//! with a password chooses a new one, which may stand alone (S1).

use std::sync::Arc;

use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde_json::json;

use crate::accounts::login_attempts::LoginAccount;
use crate::accounts::password_reset::{SetPasswordRefusal, hash_password};
use crate::accounts::players::store as players;
use crate::accounts::players::{PlayerCredentials, end_everything};
use crate::accounts::second_factor::{self, shortest_password};
use crate::accounts::sign_in::lost_factor::store;
use crate::accounts::sign_in::new_session::SignInWrite;
use crate::accounts::sign_in::store::{PendingSignIn, spend_pending};
use crate::accounts::sign_in::two_step::waiting_sign_in;
use crate::audit::{self, Actor, Kind};
use crate::outbound::mail::{self, MailMessage};
use crate::platform::fault::{Fault, Stop};
use crate::platform::metrics::SignIn;
use crate::platform::password::PasswordRefusal;
use crate::web::{RequestContext, urls};

/// Why the second factor stays on.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum FinishRefusal {
    /// No sign-in waits in this browser, or the wait was cancelled or is not over.
    Over,
    Password(PasswordRefusal),
    Overloaded,
}

/// A sign-in that waits in this browser, and the player's wait, if one runs.
#[derive(Clone)]
pub(super) struct LostFactorStanding {
    pub pending: PendingSignIn,
    pub due_at: Option<DateTime<Utc>>,
    pub has_password: bool,
    /// For the browser's password manager.
    pub login_name: String,
}

impl LostFactorStanding {
    /// `None` if no sign-in waits in this browser.
    pub async fn of(context: &RequestContext) -> Result<Option<Self>, Fault> {
        let Some(pending) = waiting_sign_in(context).await? else { return Ok(None) };
        let (player, now) = (pending.player.clone(), context.now);
        let found = context
            .app
            .db
            .read(move |conn| {
                Ok((store::due_of(conn, &player, now)?, players::credentials_by_id(conn, &player)?))
            })
            .await?;
        let (due_at, known) = found;
        let has_password = known.as_ref().is_some_and(|known| known.password.is_some());
        let login_name = known.and_then(|known| known.email).unwrap_or_default();
        Ok(Some(Self { pending, due_at, has_password, login_name }))
    }

    /// Whether the wait is over.
    pub fn is_due(&self, now: DateTime<Utc>) -> bool {
        self.due_at.is_some_and(|due_at| due_at <= now)
    }
}

/// Deletes the second factor, ends all that the player has open, and starts the session that waits.
pub(super) async fn finish(
    context: &RequestContext,
    typed: &SecretString,
) -> Result<(Arc<SignInWrite>, String), Stop<FinishRefusal>> {
    let (app, now) = (&context.app, context.now);
    let standing = LostFactorStanding::of(context).await?.filter(|standing| standing.is_due(now));
    let pending = standing.ok_or(Stop::Refused(FinishRefusal::Over))?.pending;
    let account = LoginAccount::of_player(app, &pending.player).await?;
    let known = account.player().ok_or(Stop::Refused(FinishRefusal::Over))?;
    let hash = match known.password {
        Some(_) => {
            Some(hash_password(app, known, typed, shortest_password(app, false)).await.map_err(lifted)?)
        }
        None => None,
    };
    let message = message(context, known)?;
    let turned_off = context.audit_event(Kind::SecondFactorTurnedOff, Actor::Player).on(&pending.player);
    let turned_off = turned_off.with(json!({ "cause": "recovery" }));
    let changed = context.audit_event(Kind::PasswordChanged, Actor::Player).on(&pending.player);
    let entry = SignInWrite::prepare(context, &pending.player, pending.with, pending.is_remembered)?;
    let entry = Arc::new(entry.going_to(pending.next.as_deref()));
    let next = pending.next.clone().unwrap_or_else(|| urls::ACCOUNT.to_owned());
    let written = Arc::clone(&entry);
    app.db
        .write_or_refuse(move |conn| {
            let player = &pending.player;
            let is_current = players::lock_player_or_closing(conn, player)?
                && players::version_or_closing(conn, player)? == Some(pending.player_version);
            let has_password =
                players::credentials_by_id(conn, player)?.is_some_and(|known| known.password.is_some());
            if !is_current
                || has_password != hash.is_some()
                || !spend_pending(conn, &pending.id, now)?
                || !store::take_due(conn, player, now)?
            {
                return Err(Stop::Refused(FinishRefusal::Over));
            }
            second_factor::store::turn_off(conn, player)?;
            if let Some(hash) = &hash {
                players::set_password(conn, player, hash, now)?;
                audit::append_event(conn, &changed)?;
            }
            end_everything(conn, player, None)?;
            audit::append_event(conn, &turned_off)?;
            mail::enqueue(conn, &message)?;
            Ok(written.write(conn)?)
        })
        .await?;
    app.metrics.sign_ins.add(SignIn::In);
    Ok((entry, next))
}

fn lifted(stop: Stop<SetPasswordRefusal>) -> Stop<FinishRefusal> {
    match stop {
        Stop::Refused(SetPasswordRefusal::Password(why)) => Stop::Refused(FinishRefusal::Password(why)),
        Stop::Refused(SetPasswordRefusal::Overloaded) => Stop::Refused(FinishRefusal::Overloaded),
        Stop::Refused(SetPasswordRefusal::DeadLink) => Stop::Refused(FinishRefusal::Over),
        Stop::Fault(fault) => Stop::Fault(fault),
    }
}

fn message(context: &RequestContext, known: &PlayerCredentials) -> Result<Option<MailMessage>, Fault> {
    let to = known.as_recipient(context.language);
    let (browser, network) = (context.caller.browser_in(to.language), context.caller.network());
    let from = [("browser", browser.as_str()), ("network", network.as_str())];
    MailMessage::compose(&context.app, mail::Kind::TwoStepOff, &to, &from)
}
