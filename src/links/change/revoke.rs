//! Revocation: Amazon has withdrawn the player's consent.
//!
//! Both tokens are destroyed at once in every case (S67, S68). A player with a usable password or a passkey is unlinked, and the
//! sessions that the link opened end.
//!
//! A player without another login method keeps the row without tokens, so that the same Amazon account returns to the
//! same player. Their sessions stay as well. The consent ended, not the proof of identity that began the session, and
//! the player must still reach the account page (S68).

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
use crate::platform::metrics::RevokedLink;
use crate::sessions::SignedInWith;
use crate::sessions::browser;

/// Everything that a revocation writes, prepared before its transaction.
pub struct Revocation {
    snapshot: TokenSnapshot,
    message: Option<MailMessage>,
    event: AuditEvent,
    link_event: NewLinkEvent,
    hasher: LookupHasher,
    at: DateTime<Utc>,
}

/// The effect of a revocation on the link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RevocationOutcome {
    /// The link is history, because its player has another login method.
    Ended,
    /// The row stays without tokens, because it is the player's only login method.
    Kept,
    /// The link no longer matches the snapshot, so nothing was written.
    NotThere,
}

impl Revocation {
    /// Prepares the mail, for a proven address only.
    ///
    /// `amazon_request` is Amazon's id of the request, for the audit record.
    pub async fn prepare(
        app: &App,
        snapshot: TokenSnapshot,
        amazon_request: Option<&str>,
    ) -> Result<Self, Fault> {
        let (player, link) = (snapshot.player.clone(), snapshot.link.clone());
        let (account, amazon) = app
            .db
            .read(move |conn| {
                Ok((players::store::credentials_by_id(conn, &player)?, store::amazon_name_of(conn, &link)?))
            })
            .await?;
        let message = match &account {
            Some(account) => {
                let args = [("amazon", amazon.as_deref().unwrap_or("Amazon"))];
                let to = account.as_recipient(Language::English);
                MailMessage::compose(app, mail::Kind::AmazonRevoked, &to, &args)?
            }
            None => None,
        };
        let at = app.clock.now();
        let event = AuditEvent::new(at, Kind::LinkRevoked, Actor::Amazon, "refresher").on(&snapshot.player);
        let event = match amazon_request {
            Some(id) => event.with(json!({ "amazon_request": id })),
            None => event,
        };
        let link_event = NewLinkEvent {
            at,
            kind: link_events::Kind::Revoked,
            player: snapshot.player.clone(),
            actor: Actor::Amazon,
            cause: Some(Cause::RevokedByAmazon.as_str()),
        };
        Ok(Self { snapshot, message, event, link_event, hasher: app.keys.lookup.clone(), at })
    }

    /// Locks the player's row and reports whether the link still matches the snapshot.
    ///
    /// The caller runs this first, in the transaction of [`Revocation::write`].
    pub fn is_current(&self, conn: &mut Conn) -> Result<bool, Fault> {
        Ok(players::store::lock_any_player(conn, &self.snapshot.player)?
            && store::matches_snapshot(conn, &self.snapshot)?)
    }

    /// Destroys the tokens and writes all that follows. A second call returns `NotThere`.
    pub fn write(&self, conn: &mut Conn) -> Result<RevocationOutcome, Fault> {
        let player = &self.snapshot.player;
        if !store::destroy_tokens(conn, &self.snapshot, self.at)? {
            return Ok(RevocationOutcome::NotThere);
        }
        let revoked = if players::store::can_sign_in_without_amazon(conn, player)? {
            let ending = Ending { actor: Actor::Amazon, cause: Cause::RevokedByAmazon, at: self.at };
            store::end_link(conn, &self.snapshot.link, &ending, &|id| {
                self.hasher.hash(LookupPurpose::FormerIdentity, id)
            })?;
            browser::end_all_signed_in_with(conn, player, SignedInWith::Amazon, None)?;
            RevocationOutcome::Ended
        } else {
            RevocationOutcome::Kept
        };
        audit::append_event(conn, &self.event)?;
        mail::enqueue(conn, &self.message)?;
        let then = if revoked == RevocationOutcome::Ended { RevokedLink::Ended } else { RevokedLink::Kept };
        on_commit(move |metrics| metrics.revocations.add(then));
        link_events::record_event(conn, &self.link_event)?;
        Ok(revoked)
    }
}
