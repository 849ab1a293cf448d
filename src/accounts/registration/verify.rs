//! The second step: the mailed code makes the account and signs in.

use std::sync::Arc;

use serde_json::json;

use crate::accounts::players::{self, NewPlayer};
use crate::accounts::registration::model::{PendingRegistration, damaged_registration};
use crate::accounts::registration::{mails, rate_limits, store};
use crate::accounts::sign_in::SignInWrite;
use crate::audit::{self, Actor, Kind};
use crate::outbound::mail;
use crate::platform::crypto::token::NumericCode;
use crate::platform::db::is_unique_violation;
use crate::platform::email::{EmailAddress, LocalPart};
use crate::platform::fault::{Fault, Stop};
use crate::platform::i18n::Language;
use crate::platform::ids::PlayerId;
use crate::platform::name::{DisplayName, ReservedNames};
use crate::platform::password::place_of_hash;
use crate::platform::rate_limit::RateVerdict;
use crate::sessions::SignedInWith;
use crate::web::{NextAddress, RequestContext};

/// Why the code made no account.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum VerifyRefusal {
    /// The registration ended during this request. Another one has just finished it in this browser.
    Gone,
    /// The password of the registration cannot be read any more: the person begins again.
    Unreadable,
    /// The code is wrong; or the address is taken, which only its owner learns, by mail.
    Wrong,
    /// The code has expired.
    Expired,
    /// All tries of the code are used up.
    TooManyTries,
    /// Too many codes from this network. `retry_after` is in seconds.
    Throttled { retry_after: i64 },
}

/// A player who has just registered.
pub(super) struct RegisteredPlayer {
    pub entry: Arc<SignInWrite>,
    pub next: Option<NextAddress>,
}

/// Makes the account, if `code` is right.
pub(super) async fn verify_code(
    context: &RequestContext,
    code: &NumericCode,
) -> Result<RegisteredPlayer, Stop<VerifyRefusal>> {
    if let RateVerdict::Refused { retry_after } = rate_limits::take_for_try(context).await? {
        return Err(Stop::Refused(VerifyRefusal::Throttled { retry_after }));
    }
    let (pending, tries) = count_try(context).await?;
    let codes = &context.app.config.policy.codes;
    if context.now - pending.code_made_at >= codes.holds_for {
        return Err(Stop::Refused(VerifyRefusal::Expired));
    }
    let wrong =
        if tries < i64::from(codes.tries) { VerifyRefusal::Wrong } else { VerifyRefusal::TooManyTries };
    if !pending.is_finished_by(&context.app, code) {
        return Err(Stop::Refused(wrong));
    }
    match finish_registration(context, &pending).await {
        Ok(registered) => Ok(registered),
        Err(Stop::Refused(VerifyWriteError::Gone)) if is_waiting(context).await? => Err(Stop::Refused(wrong)),
        Err(Stop::Refused(VerifyWriteError::Gone)) => Err(Stop::Refused(VerifyRefusal::Gone)),
        Err(Stop::Refused(VerifyWriteError::Unreadable)) => Err(Stop::Refused(VerifyRefusal::Unreadable)),
        Err(Stop::Refused(VerifyWriteError::Taken)) => {
            notify_owner(context, pending).await?;
            Err(Stop::Refused(wrong))
        }
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

/// The registration of this browser. The try is counted whatever the result.
async fn count_try(context: &RequestContext) -> Result<(PendingRegistration, i64), Stop<VerifyRefusal>> {
    let browser = context.browser_hash();
    let limit = context.app.config.policy.codes.tries;
    let now = context.now;
    let counted = context.app.db.write_or_refuse(move |conn| {
        let waiting = store::waiting(conn, browser.as_str(), now)?;
        let pending = waiting.ok_or(Stop::Refused(VerifyRefusal::Gone))?;
        match store::count_try(conn, &pending.id, limit)? {
            Some(tries) => Ok((pending, tries)),
            // Another request has just finished it.
            None if store::waiting(conn, browser.as_str(), now)?.is_none() => {
                Err(Stop::Refused(VerifyRefusal::Gone))
            }
            None => Err(Stop::Refused(VerifyRefusal::TooManyTries)),
        }
    });
    counted.await
}

/// Why the right code made no account.
enum VerifyWriteError {
    /// Another request has taken the registration, or has asked for a newer code.
    Gone,
    /// Another player has proven the address.
    Taken,
    Unreadable,
}

/// Whether a registration still waits in this browser, so that only its code has been replaced.
async fn is_waiting(context: &RequestContext) -> Result<bool, Fault> {
    let (browser, now) = (context.browser_hash(), context.now);
    context.app.db.read(move |conn| Ok(store::waiting(conn, browser.as_str(), now)?.is_some())).await
}

async fn finish_registration(
    context: &RequestContext,
    pending: &PendingRegistration,
) -> Result<RegisteredPlayer, Stop<VerifyWriteError>> {
    let app = &context.app;
    let Some(player) = player_of(context, pending)? else {
        return Err(Stop::Refused(drop_unreadable(context, pending).await?));
    };
    let entry = SignInWrite::prepare(context, &player.id, SignedInWith::Registration, false)?;
    let entry = Arc::new(entry.going_to(pending.next.as_deref()));
    let written = Arc::clone(&entry);
    let event = context
        .audit_event(Kind::PlayerRegistered, Actor::Player)
        .on(&player.id)
        .with(json!({ "with": "email" }));
    let (id, code_hash) = (pending.id.clone(), pending.code_hash.clone());
    let made = app.db.write_or_refuse(move |conn| {
        if !store::take(conn, &id, &code_hash)? {
            return Err(Stop::Refused(VerifyWriteError::Gone));
        }
        match players::store::insert_player(conn, &player) {
            Err(error) if is_unique_violation(&error) => return Err(Stop::Refused(VerifyWriteError::Taken)),
            inserted => inserted?,
        }
        audit::append_event(conn, &event)?;
        written.write(conn)?;
        Ok(())
    });
    made.await?;
    Ok(RegisteredPlayer { entry, next: pending.next.as_deref().and_then(NextAddress::parse) })
}

/// Deletes a registration whose password hash does not open any more. The person begins again.
async fn drop_unreadable(
    context: &RequestContext,
    pending: &PendingRegistration,
) -> Result<VerifyWriteError, Fault> {
    let (id, code_hash) = (pending.id.clone(), pending.code_hash.clone());
    context.app.db.write(move |conn| Ok(store::take(conn, &id, &code_hash).map(drop)?)).await?;
    Ok(VerifyWriteError::Unreadable)
}

/// The player of a registration. `None` if its password hash does not open any more.
fn player_of(context: &RequestContext, pending: &PendingRegistration) -> Result<Option<NewPlayer>, Fault> {
    let app = &context.app;
    let id = PlayerId::new(context.now);
    let place = place_of_hash(players::TABLE, id.as_str(), id.as_str());
    let reserved = ReservedNames::new(&app.config.site.name);
    let Some(password) = app.passwords.reseal(&pending.stored_hash(), place)? else { return Ok(None) };
    Ok(Some(NewPlayer {
        display_name: DisplayName::parse(&pending.display_name, &reserved)
            .map_err(|_| damaged_registration("the name is refused now"))?,
        proven_email: Some(
            EmailAddress::parse(&pending.email, LocalPart::Ascii)
                .map_err(|_| damaged_registration("the address is refused now"))?,
        ),
        password: Some(password),
        language: pending.language.clone(),
        created_at: context.now,
        id,
    }))
}

/// Marks the address as taken and notifies its owner, once.
///
/// Another player proved the address first, so no code completes this registration any more.
async fn notify_owner(context: &RequestContext, pending: PendingRegistration) -> Result<(), Fault> {
    let app = &context.app;
    // The owner may have been erased again. Nobody is notified then.
    let Some(owner) = mails::owner_of(app, &pending.email_key).await? else { return Ok(()) };
    let language = pending.language.as_deref().and_then(Language::from_tag).unwrap_or(context.language);
    let message = mails::taken_message(app, &owner, language)?;
    let marked = app.db.write(move |conn| {
        if store::mark_taken(conn, &pending.id)? {
            mail::enqueue(conn, &message)?;
        }
        Ok(())
    });
    marked.await
}
