//! The owner of the previous address undoes a change without signing in: the token is the proof.

use crate::accounts::email::store;
use crate::accounts::players::store::{credentials_by_id, lock_player_or_closing, set_email};
use crate::accounts::players::{end_all_of_browser, end_everything};
use crate::audit::{self, Actor, Kind};
use crate::outbound::mail::{self, MailMessage};
use crate::platform::crypto::token::TokenHash;
use crate::platform::db::is_unique_violation;
use crate::platform::fault::{Fault, Stop};
use crate::platform::ids::PlayerId;
use crate::web::RequestContext;

#[derive(Debug, PartialEq, Eq)]
pub(super) enum EmailUndoRefusal {
    /// The token was never issued, is spent or expired, or its account is disabled.
    Unknown,
    /// Another account has proven the previous address meanwhile.
    Taken,
}

/// The player of a valid token, and the address that it restores.
pub(super) async fn restorable_address(
    context: &RequestContext,
    token: TokenHash,
) -> Result<Option<(PlayerId, String)>, Fault> {
    let now = context.now;
    context.app.db.read(move |conn| store::undo(conn, &token, now)).await
}

/// Restores the address and ends the account's sessions, pending changes and password resets.
///
/// Returns the player.
pub(super) async fn undo_email_change(
    context: &RequestContext,
    token: TokenHash,
) -> Result<PlayerId, Stop<EmailUndoRefusal>> {
    let now = context.now;
    let event = context.audit_event(Kind::EmailRestored, Actor::Player);
    let (signed_in, of_browser) = (context.current_player.as_ref(), context.browser_hash());
    let signed_in = signed_in.map(|current_player| current_player.player.id.clone());
    let notice = RemovedAddressNotice::prepare(context, token.clone()).await?;
    context
        .app
        .db
        .write_or_refuse(move |conn| {
            let unknown = || Stop::Refused(EmailUndoRefusal::Unknown);
            let (player, email) = store::undo(conn, &token, now)?.ok_or_else(unknown)?;
            if !lock_player_or_closing(conn, &player)? || !store::spend_undo(conn, &player, &token)? {
                return Err(unknown());
            }
            let email = super::stored(&email).ok_or_else(unknown)?;
            let removed = credentials_by_id(conn, &player)?.and_then(|known| known.email);
            match set_email(conn, &player, &email, now) {
                Err(error) if is_unique_violation(&error) => {
                    return Err(Stop::Refused(EmailUndoRefusal::Taken));
                }
                set => set?,
            };
            end_everything(conn, &player, None)?;
            if signed_in.as_ref() == Some(&player) {
                end_all_of_browser(conn, of_browser.as_str())?;
            }
            audit::append_event(conn, &event.clone().on(&player))?;
            if let Some(notice) = notice.as_ref().filter(|notice| notice.removed == removed) {
                mail::enqueue(conn, &notice.message)?;
            }
            Ok(player)
        })
        .await
}

/// What the address gets that the undo takes away: its owner may be the one who was robbed.
struct RemovedAddressNotice {
    /// The address for which the mail was written.
    removed: Option<String>,
    message: Option<MailMessage>,
}

impl RemovedAddressNotice {
    async fn prepare(context: &RequestContext, token: TokenHash) -> Result<Option<Self>, Fault> {
        let Some((player, restored)) = restorable_address(context, token).await? else { return Ok(None) };
        let known = context.app.db.read(move |conn| credentials_by_id(conn, &player)).await?;
        let Some(known) = known else { return Ok(None) };
        let restored = super::masked(Some(&restored));
        let to = known.as_recipient(context.language);
        let args = [("address", restored.as_str())];
        let message = MailMessage::compose(&context.app, mail::Kind::EmailRestored, &to, &args)?;
        Ok(Some(Self { removed: known.email.clone(), message }))
    }
}
