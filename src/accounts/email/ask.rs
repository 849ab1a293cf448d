//! A player asks for another address: its code is mailed, and nothing changes yet.

use crate::accounts::email::confirm::hash_of;
use crate::accounts::email::store::{self, NewChange};
use crate::accounts::players::store::{credentials_by_email, hold};
use crate::accounts::players::{Credentials, limits};
use crate::audit::{self, Event};
use crate::outbound::mail::{self, Kind, Letter};
use crate::platform::crypto::token::Code;
use crate::platform::db::new_id;
use crate::platform::email::EmailAddress;
use crate::platform::fault::{Fault, Stop};
use crate::platform::i18n::Language;
use crate::platform::ids::PlayerId;
use crate::platform::rate_limit::Verdict;
use crate::web::Visit;

/// Who asks.
pub struct Asker<'a> {
    pub player: &'a PlayerId,
    /// The address that counts for them now.
    pub present: Option<&'a str>,
    /// The record of it.
    pub event: Event,
}

#[derive(Debug, PartialEq, Eq)]
pub enum AskRefused {
    /// It is the player's address already.
    AlreadyYours,
    Throttled {
        retry_after: i64,
    },
    /// The account was disabled meanwhile.
    SessionEnded,
}

/// Keeps the change for an hour and mails its code; where somebody else has the address, its owner is told
/// instead and the answer is the same (S12).
pub async fn ask(visit: &Visit, asker: Asker<'_>, email: EmailAddress) -> Result<(), Stop<AskRefused>> {
    let (app, now) = (&visit.app, visit.now);
    let present = asker.present.and_then(super::stored);
    if present.as_ref().is_some_and(|present| present.key() == email.key()) {
        return Err(Stop::Refused(AskRefused::AlreadyYours));
    }
    let budgets = limits::letters(visit, email.key());
    if let Verdict::Refused { retry_after } = app.throttle.take(budgets, now).await? {
        return Err(Stop::Refused(AskRefused::Throttled { retry_after }));
    }
    let key = email.key().to_owned();
    let owner = app.db.read(move |conn| credentials_by_email(conn, &key)).await?;
    let code = Code::generate()?;
    let letter = letter(visit, asker.player, &email, &code, owner.as_ref())?;
    let id = new_id(now);
    let change = NewChange {
        code_hash: hash_of(app, &code, &id, present.as_ref().map(EmailAddress::key), email.key()),
        id,
        player: asker.player.clone(),
        is_taken: owner.is_some(),
        email,
        at: now,
        expires_at: now + app.config.policy.codes.holds_for,
    };
    let event = asker.event;
    app.db
        .write(move |conn| {
            if !hold(conn, &change.player)? {
                return Err(Stop::Refused(AskRefused::SessionEnded));
            }
            store::replace_change(conn, &change)?;
            audit::append(conn, &event)?;
            Ok(mail::enqueue(conn, &letter)?)
        })
        .await
}

/// One letter either way, so that both ways take the same time (S13).
fn letter(
    visit: &Visit,
    player: &PlayerId,
    email: &EmailAddress,
    code: &Code,
    owner: Option<&Credentials>,
) -> Result<Letter, Fault> {
    let Some(owner) = owner else {
        let args = [("code", code.expose())];
        let reader = Some(player);
        return Letter::write(&visit.app, Kind::EmailCode, reader, email.typed(), visit.language, &args);
    };
    let language = owner.language.as_deref().and_then(Language::from_tag).unwrap_or(Language::English);
    let args = [("name", owner.display_name.as_str())];
    // To the address on record, never to what was typed here (S10).
    let address = owner.email.as_deref().unwrap_or_default();
    Letter::write(&visit.app, Kind::EmailTaken, Some(&owner.id), address, language, &args)
}
