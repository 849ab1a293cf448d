//! Closing an account: what its player has asked to delete is kept for `DOVETAIL_ERASE_AFTER`, disabled (S164).
//!
//! At the request every session, open action and Amazon token ends. Identity, address, user name and device ids stay
//! taken, so that nobody else gets them. Until the end the player may sign in in a browser, which opens nothing but
//! the page with **Keep my account**, **Download my data** and **Erase now**. The cleanup erases what is due.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::json;

use crate::accounts::players;
use crate::accounts::sign_in::{ClosingProof, SignInWrite};
use crate::app::App;
use crate::audit::{self, Actor, AuditEvent, Kind};
use crate::links::{self, TokenStop};
use crate::outbound::mail::{self, MailMessage};
use crate::platform::fault::{Fault, Stop};
use crate::platform::ids::PlayerId;
use crate::privacy::requester::PrivacyRequester;
use crate::sessions::browser;
use crate::web::RequestContext;

/// Why an account does not begin to close.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseRefusal {
    /// The player does not exist, or is disabled, perhaps because the account closes already.
    Gone,
    /// The session of the request has ended meanwhile.
    SessionEnded,
    /// Accounts are erased at once here, or the player has no address to which the way back could be mailed.
    AtOnce,
}

/// Why an account is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeepRefusal {
    /// The account is erased or kept by now, or the proof is too old.
    NotClosing,
}

/// Begins to close the account. Returns when it will be erased.
pub async fn close_account(
    app: &App,
    requester: PrivacyRequester,
    player: &PlayerId,
) -> Result<DateTime<Utc>, Stop<CloseRefusal>> {
    let wait = app.config.privacy.erase_after;
    let id = player.clone();
    let found = app.db.read(move |conn| players::store::credentials_by_id(conn, &id)).await?;
    let account = found.ok_or(Stop::Refused(CloseRefusal::Gone))?;
    if wait.is_zero() || account.email.is_none() {
        return Err(Stop::Refused(CloseRefusal::AtOnce));
    }
    let (at, closes_at) = (requester.at(), requester.at() + wait);
    let to = account.as_recipient(requester.language);
    let day = to.language.date_time(closes_at);
    let message = MailMessage::compose(app, mail::Kind::AccountClosing, &to, &[("day", &day)])?;
    let event = AuditEvent { kind: Kind::AccountClosing, ..requester.export_event.clone() };
    let event = event.on(player).with(json!({ "closes_at": closes_at }));
    let id = player.clone();
    app.db
        .write_or_refuse(move |conn| {
            if !players::store::lock_player(conn, &id)? {
                return Err(Stop::Refused(CloseRefusal::Gone));
            }
            if let Some(rotation) = &requester.rotation
                && !browser::rotate_session(conn, rotation)?
            {
                return Err(Stop::Refused(CloseRefusal::SessionEnded));
            }
            if !players::store::begin_closing(conn, &id, at, closes_at)? {
                return Err(Stop::Refused(CloseRefusal::AtOnce));
            }
            players::end_everything(conn, &id, None)?;
            audit::append_event(conn, &event)?;
            mail::enqueue(conn, &message)?;
            let stop = TokenStop {
                at,
                actor: requester.actor(),
                because: "account_closing",
                reference: &event.reference,
            };
            Ok(links::stop_tokens_of(conn, &id, &stop)?)
        })
        .await?;
    tracing::info!(event = "privacy.account.closing", player.id = %player, "an account began to close");
    Ok(closes_at)
}

/// When the account of this proof is erased. `None` if it does not close any more.
pub(super) async fn closing_day(
    context: &RequestContext,
    proof: &ClosingProof,
) -> Result<Option<DateTime<Utc>>, Fault> {
    let (player, version) = (proof.player().clone(), proof.version());
    let found = context.app.db.read(move |conn| players::store::closing_of(conn, &player)).await?;
    Ok(found.filter(|(now, _)| *now == version).map(|(_, day)| day))
}

/// Keeps the account and signs its player in. The Amazon account has to be linked once more, for new tokens.
pub(super) async fn keep_account(
    context: &RequestContext,
    proof: ClosingProof,
) -> Result<Arc<SignInWrite>, Stop<KeepRefusal>> {
    let id = proof.player().clone();
    let found = context.app.db.read(move |conn| players::store::credentials_by_id(conn, &id)).await?;
    let account = found.ok_or(Stop::Refused(KeepRefusal::NotClosing))?;
    let to = account.as_recipient(context.language);
    let message = MailMessage::compose(&context.app, mail::Kind::AccountKept, &to, &[])?;
    let event = context.audit_event(Kind::AccountKept, Actor::Player).on(proof.player());
    let sign_in = SignInWrite::prepare(context, proof.player(), proof.with(), false)?;
    let sign_in = Arc::new(match proof.factor() {
        Some(word) => sign_in.with_second_factor(word),
        None => sign_in,
    });
    let written = Arc::clone(&sign_in);
    context
        .app
        .db
        .write_or_refuse(move |conn| {
            if !players::store::lock_any_player(conn, proof.player())?
                || !players::store::end_closing(conn, proof.player(), proof.version())?
            {
                return Err(Stop::Refused(KeepRefusal::NotClosing));
            }
            audit::append_event(conn, &event)?;
            mail::enqueue(conn, &message)?;
            Ok(written.write(conn)?)
        })
        .await?;
    Ok(sign_in)
}
