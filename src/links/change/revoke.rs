//! Amazon has withdrawn its consent.
//!
//! Both tokens go at once, whatever follows (S67, S68). A player with another way in is unlinked, and the
//! sessions that the link opened end, as when they unlink. Whoever has no other way in keeps the row, without
//! tokens, so that the same Amazon account comes back to the same player; their sessions stay as well: what ended
//! is a consent at Amazon, not the proof that began the session, and whoever cannot sign in again without
//! consenting again must still reach their page, read what happened and choose (S25 names no revocation, S68
//! strands nobody).

use chrono::{DateTime, Utc};
use serde_json::json;

use crate::accounts::players;
use crate::app::App;
use crate::audit::{self, Actor, AuditEvent, Kind};
use crate::links::model::Cause;
use crate::links::store::{self, Ending, TokenSnapshot};
use crate::outbound::link_events::{self, NewLinkEvent};
use crate::outbound::mail::{self, MailMessage};
use crate::platform::crypto::keys::{LookupHasher, LookupPurpose};
use crate::platform::db::{Conn, on_commit};
use crate::platform::fault::Fault;
use crate::platform::i18n::Language;
use crate::sessions::SignedInWith;
use crate::sessions::browser;

/// Everything a revocation writes, made before its transaction.
pub struct Revocation {
    sent: TokenSnapshot,
    letter: Option<MailMessage>,
    event: AuditEvent,
    told: NewLinkEvent,
    hasher: LookupHasher,
    at: DateTime<Utc>,
}

/// What became of the link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RevocationOutcome {
    /// It is history; its player has another way in.
    Ended,
    /// Its row stays, without tokens, for the only way in.
    Kept,
    /// It was not what was sent any more; nothing was written.
    NotThere,
}

impl Revocation {
    /// Writes the letter, to a proven address only. `amazon_request` is Amazon's id of the request, for the record.
    pub async fn prepare(
        app: &App,
        sent: TokenSnapshot,
        amazon_request: Option<&str>,
    ) -> Result<Self, Fault> {
        let (player, link) = (sent.player.clone(), sent.link.clone());
        let (account, amazon) = app
            .db
            .read(move |conn| {
                Ok((players::store::credentials_by_id(conn, &player)?, store::amazon_name_of(conn, &link)?))
            })
            .await?;
        let letter = match account.as_ref().and_then(|account| Some((account, account.email.as_deref()?))) {
            Some((account, email)) => {
                let language =
                    account.language.as_deref().and_then(Language::from_tag).unwrap_or(Language::English);
                let amazon = amazon.as_deref().unwrap_or("Amazon");
                let args = [("name", account.display_name.as_str()), ("amazon", amazon)];
                let kind = mail::Kind::AmazonRevoked;
                Some(MailMessage::write(app, kind, Some(&sent.player), email, language, &args)?)
            }
            None => None,
        };
        let at = app.clock.now();
        let event = AuditEvent::new(at, Kind::LinkRevoked, Actor::Amazon, "refresher").on(&sent.player);
        let event = match amazon_request {
            Some(id) => event.with(json!({ "amazon_request": id })),
            None => event,
        };
        let told = NewLinkEvent {
            at,
            kind: link_events::Kind::Revoked,
            player: sent.player.clone(),
            actor: Actor::Amazon,
            cause: Some(Cause::RevokedByAmazon.as_str()),
        };
        Ok(Self { sent, letter, event, told, hasher: app.keys.lookup.clone(), at })
    }

    /// Takes the player's row and says whether the link still is what was sent. Call first, in the transaction
    /// of [`Revocation::carry_out`].
    pub fn holds(&self, conn: &mut Conn) -> Result<bool, Fault> {
        Ok(players::store::hold_whoever(conn, &self.sent.player)? && store::is_as_sent(conn, &self.sent)?)
    }

    /// Destroys the tokens and whatever hangs on them, once: a second call finds nothing.
    pub fn carry_out(&self, conn: &mut Conn) -> Result<RevocationOutcome, Fault> {
        let player = &self.sent.player;
        if !store::destroy_tokens(conn, &self.sent, self.at)? {
            return Ok(RevocationOutcome::NotThere);
        }
        let revoked = if players::store::has_usable_password(conn, player)? {
            let ending = Ending { actor: "amazon", cause: Cause::RevokedByAmazon, at: self.at };
            store::end(conn, &self.sent.link, &ending, &|id| {
                self.hasher.hash(LookupPurpose::FormerIdentity, id)
            })?;
            browser::end_all_signed_in_with(conn, player, SignedInWith::Amazon, None)?;
            RevocationOutcome::Ended
        } else {
            RevocationOutcome::Kept
        };
        audit::append(conn, &self.event)?;
        if let Some(letter) = &self.letter {
            mail::enqueue(conn, letter)?;
        }
        let then = if revoked == RevocationOutcome::Ended { "ended" } else { "kept" };
        on_commit(move |metrics| metrics.revocations.add(then));
        link_events::record(conn, &self.told)?;
        Ok(revoked)
    }
}
