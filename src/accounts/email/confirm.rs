//! Confirms a new address with the mailed code, and notifies the previous address.

use chrono::{DateTime, TimeDelta, Utc};

use crate::accounts::email::store::{self, NewEmailUndo, PendingEmailChange};
use crate::accounts::players::limits;
use crate::accounts::players::store::{is_email_taken, lock_player, set_email};
use crate::app::App;
use crate::audit;
use crate::outbound::mail::{self, Kind, MailMessage, MailRecipient};
use crate::platform::crypto::token::{NumericCode, OpaqueToken};
use crate::platform::db::{Conn, is_unique_violation, new_id};
use crate::platform::email::EmailAddress;
use crate::platform::fault::{Fault, Stop};
use crate::platform::ids::PlayerId;
use crate::platform::rate_limit::RateVerdict;
use crate::sessions::browser::{self, SessionRotation, StartedSession};
use crate::web::{CurrentPlayer, RequestContext, urls};

/// How long the previous address may undo the change.
pub(super) const UNDO_HOLDS_FOR: TimeDelta = TimeDelta::days(7);

#[derive(Debug, PartialEq, Eq)]
pub(super) enum EmailConfirmRefusal {
    /// The code is wrong, or the address is taken.
    Wrong,
    /// No change is pending, or it has expired.
    Expired,
    TooManyTries,
    Throttled {
        retry_after: i64,
    },
    /// The session or the account ended meanwhile.
    SessionEnded,
}

type EmailConfirmDenied = Stop<EmailConfirmRefusal>;

/// Sets the address if `typed` is the code of the pending change. A wrong code uses up one try.
pub(super) async fn confirm_email(
    context: &RequestContext,
    current_player: &CurrentPlayer,
    typed: &str,
) -> Result<StartedSession, EmailConfirmDenied> {
    let (app, now) = (&context.app, context.now);
    let code = NumericCode::parse(typed).ok_or(Stop::Refused(EmailConfirmRefusal::Wrong))?;
    let player = current_player.player.id.clone();
    let limits = limits::codes(context, current_player);
    if let RateVerdict::Refused { retry_after } = app.throttle.take(limits, now).await? {
        return Err(Stop::Refused(EmailConfirmRefusal::Throttled { retry_after }));
    }
    let notice = OldAddressNotice::prepare(context, current_player).await?;
    let rotation = SessionRotation::prepare(current_player)?;
    let started = rotation.started();
    let event = context.player_event(current_player, audit::Kind::EmailChanged);
    let (owned_app, tries) = (app.clone(), app.config.policy.codes.tries);
    let outcome = app
        .db
        .write_or_refuse(move |conn| {
            if !lock_player(conn, &player)? {
                return Err(Stop::Refused(EmailConfirmRefusal::SessionEnded));
            }
            let Some(change) = store::take_try(conn, &player, tries, now)? else {
                let waits = store::pending(conn, &player, now)?.is_some();
                let why =
                    if waits { EmailConfirmRefusal::TooManyTries } else { EmailConfirmRefusal::Expired };
                return Err(Stop::Refused(why));
            };
            let present = store::present_key(conn, &player)?;
            let Some(email) = proven_address(&owned_app, conn, &code, &change, present.as_deref())? else {
                // Not an error, so that the counted try is committed.
                return Ok(Err(EmailConfirmRefusal::Wrong));
            };
            set_proven_address(conn, &player, &email, now)?;
            store::forget_changes(conn, &player)?;
            store::forget_mailed_ways(conn, &player)?;
            if let Some(notice) = &notice {
                store::insert_undo(conn, &notice.undo)?;
                mail::enqueue(conn, &notice.message)?;
            }
            audit::append_event(conn, &event)?;
            if !browser::rotate_session(conn, &rotation)? {
                return Err(Stop::Refused(EmailConfirmRefusal::SessionEnded));
            }
            Ok(Ok(()))
        })
        .await?;
    outcome.map_err(Stop::Refused)?;
    app.throttle.reset(limits::code_id(current_player)).await?;
    Ok(started)
}

/// The hash of the code, bound to the change, the previous address and the new one (S62).
pub(super) fn hash_of(
    app: &App,
    code: &NumericCode,
    change: &str,
    old_key: Option<&str>,
    new_key: &str,
) -> String {
    code.hash(&app.keys.codes, PURPOSE, &code_owner(change, old_key, new_key))
}

const PURPOSE: &str = "email change";

fn code_owner(change: &str, old_key: Option<&str>, new_key: &str) -> String {
    format!("{change} {} {new_key}", old_key.unwrap_or_default())
}

/// The new address, if the code is right and no other player has the address.
fn proven_address(
    app: &App,
    conn: &mut Conn,
    code: &NumericCode,
    change: &PendingEmailChange,
    present: Option<&str>,
) -> Result<Option<EmailAddress>, EmailConfirmDenied> {
    let Some(email) = super::stored(&change.email) else { return Ok(None) };
    let owner = code_owner(&change.id, present, email.key());
    let is_right = code.is_behind(&change.code_hash, &app.keys.codes, PURPOSE, &owner);
    let is_free = !change.is_taken && !is_email_taken(conn, email.key())?;
    Ok((is_right && is_free).then_some(email))
}

fn set_proven_address(
    conn: &mut Conn,
    player: &PlayerId,
    email: &EmailAddress,
    now: DateTime<Utc>,
) -> Result<(), EmailConfirmDenied> {
    match set_email(conn, player, email, now) {
        Ok(_) => Ok(()),
        // Another player proved the address at the same moment.
        Err(error) if is_unique_violation(&error) => Err(Stop::Refused(EmailConfirmRefusal::Wrong)),
        Err(error) => Err(error.into()),
    }
}

/// What the previous address gets: a mail with a link that undoes the change.
struct OldAddressNotice {
    message: Option<MailMessage>,
    undo: NewEmailUndo,
}

impl OldAddressNotice {
    async fn prepare(
        context: &RequestContext,
        current_player: &CurrentPlayer,
    ) -> Result<Option<Self>, Fault> {
        let Some(old) = current_player.player.email.as_deref().and_then(super::stored) else {
            return Ok(None);
        };
        let (app, now, player) = (&context.app, context.now, &current_player.player.id);
        let token = OpaqueToken::generate()?;
        let portal = app.config.http.public_url.as_str().trim_end_matches('/');
        let link = format!("{portal}{}?token={}", urls::EMAIL_UNDO, token.expose());
        let asked = player.clone();
        let new = app.db.read(move |conn| store::pending(conn, &asked, now)).await?;
        let new = super::masked(new.as_deref());
        let to =
            MailRecipient { email: Some(old.typed()), ..MailRecipient::current(context, current_player) };
        let args = [("link", link.as_str()), ("address", new.as_str())];
        let message = MailMessage::compose(app, Kind::EmailChanged, &to, &args)?;
        let undo = NewEmailUndo {
            id: new_id(now),
            player: player.clone(),
            token_hash: token.hash(),
            email: old,
            at: now,
            expires_at: now + UNDO_HOLDS_FOR,
        };
        Ok(Some(Self { message, undo }))
    }
}
