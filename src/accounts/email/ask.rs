//! A player requests another address: its code is mailed, and nothing changes yet.

use crate::accounts::email::confirm::hash_of;
use crate::accounts::email::store::{self, NewEmailChange};
use crate::accounts::players::store::{credentials_by_email, lock_origin};
use crate::accounts::players::{PlayerCredentials, limits};
use crate::audit::{self, AuditEvent};
use crate::outbound::mail::{self, Kind, MailMessage, MailRecipient};
use crate::platform::crypto::token::NumericCode;
use crate::platform::db::new_id;
use crate::platform::email::EmailAddress;
use crate::platform::fault::{Fault, Stop};
use crate::platform::i18n::Language;
use crate::platform::ids::PlayerId;
use crate::platform::rate_limit::RateVerdict;
use crate::sessions::SessionOrigin;
use crate::web::RequestContext;

/// The player who requests the change.
pub struct EmailChangeRequester<'a> {
    /// The session that asks, with which the code ends, and its player as they were then.
    pub origin: SessionOrigin,
    /// The player's current address.
    pub present: Option<&'a str>,
    /// The audit record of the request.
    pub event: AuditEvent,
}

#[derive(Debug, PartialEq, Eq)]
pub enum EmailChangeRefusal {
    /// It is the player's address already.
    AlreadyYours,
    Throttled {
        retry_after: i64,
    },
    /// The session or the account ended meanwhile.
    SessionEnded,
}

/// Stores the change and mails its code.
///
/// If another player has the address, its owner gets a notice instead, and the answer is the same (S12).
pub async fn request_email_change(
    context: &RequestContext,
    requester: EmailChangeRequester<'_>,
    email: EmailAddress,
) -> Result<(), Stop<EmailChangeRefusal>> {
    let (app, now) = (&context.app, context.now);
    let present = requester.present.and_then(super::stored);
    if present.as_ref().is_some_and(|present| present.key() == email.key()) {
        return Err(Stop::Refused(EmailChangeRefusal::AlreadyYours));
    }
    let limits = limits::code_mails(context, email.key());
    if let RateVerdict::Refused { retry_after } = app.throttle.take(limits, now).await? {
        return Err(Stop::Refused(EmailChangeRefusal::Throttled { retry_after }));
    }
    let key = email.key().to_owned();
    let owner = app.db.read(move |conn| credentials_by_email(conn, &key)).await?;
    let code = NumericCode::generate()?;
    let may_send = mail::may_send_to_typed(app, Kind::EmailCode, email.key(), now).await?;
    let message = email_code_message(
        context,
        &requester.origin.player,
        present.as_ref(),
        &email,
        &code,
        owner.as_ref(),
    )?;
    let message = message.filter(|_| may_send);
    let id = new_id(now);
    let change = NewEmailChange {
        code_hash: hash_of(app, &code, &id, present.as_ref().map(EmailAddress::key), email.key()),
        id,
        player: requester.origin.player.clone(),
        is_taken: owner.is_some(),
        session: requester.origin.session.clone(),
        email,
        at: now,
        expires_at: now + app.config.policy.codes.holds_for,
    };
    let (event, origin) = (requester.event, requester.origin);
    app.db
        .write_or_refuse(move |conn| {
            if !lock_origin(conn, &origin, now)? {
                return Err(Stop::Refused(EmailChangeRefusal::SessionEnded));
            }
            store::replace_change(conn, &change)?;
            audit::append_event(conn, &event)?;
            Ok(mail::enqueue(conn, &message)?)
        })
        .await
}

/// One mail in either case, so that both take the same time (S13).
fn email_code_message(
    context: &RequestContext,
    player: &PlayerId,
    present: Option<&EmailAddress>,
    email: &EmailAddress,
    code: &NumericCode,
    owner: Option<&PlayerCredentials>,
) -> Result<Option<MailMessage>, Fault> {
    let Some(owner) = owner else {
        let language = context.language;
        let to = MailRecipient { player: Some(player), email: Some(email.typed()), name: "", language };
        // All three are ours: a masked address, a browser of a closed list and a network. The reader may be a stranger.
        let account = match present {
            Some(present) => {
                language.text_of("mail-account-with-address", [("address", present.masked().as_str())])
            }
            None => language.text("mail-account-without-address"),
        };
        let (browser, network) = (context.caller.browser_in(language), context.caller.network());
        let args = [
            ("code", code.expose()),
            ("account", account.as_str()),
            ("browser", browser.as_str()),
            ("network", network.as_str()),
        ];
        return MailMessage::compose(&context.app, Kind::EmailCode, &to, &args);
    };
    // To the stored address, never to the one that was typed here (S10).
    MailMessage::compose(&context.app, Kind::EmailTaken, &owner.as_recipient(Language::English), &[])
}
