//! Erases an account with everything that is stored about its player, in one transaction.
//!
//! The remaining data names no person. The audit records keep the random id: their personal part is sealed under a key
//! that is destroyed here. The event feed keeps the same id, and game servers are notified of the erasure. One
//! mail is still sent to the former address; its row is deleted once it is sent.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use crate::accounts::players;
use crate::accounts::registration;
use crate::app::App;
use crate::audit::{self, Actor, AuditEvent, Kind};
use crate::links;
use crate::outbound::link_events::{self, NewLinkEvent};
use crate::outbound::mail::{self, MailMessage, MailRecipient};
use crate::platform::db::Conn;
use crate::platform::fault::{Fault, Stop};
use crate::platform::ids::PlayerId;
use crate::platform::ledger::{Ended, note_end};
use crate::privacy::receipt::{self, DeletedRows, Receipt};
use crate::privacy::requester::PrivacyRequester;
use crate::sessions::browser;

/// Why nothing was erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EraseRefusal {
    /// The player does not exist, or no longer.
    Gone,
    /// The session of the request has ended meanwhile.
    SessionEnded,
}

/// Why the transaction was rolled back.
enum EraseError {
    Refused(EraseRefusal),
    /// The player's rows are not those that the receipt counts.
    RowsChanged,
}

/// How often the rows are counted again when the player's change meanwhile.
const COUNTS: u32 = 5;

/// Erases the account and ends its sessions on every copy of the program.
///
/// The last mail has a receipt, so the rows are counted before it is written, and once more when they go.
pub async fn erase_player(
    app: &App,
    requester: PrivacyRequester,
    player: &PlayerId,
) -> Result<(), Stop<EraseRefusal>> {
    for _ in 0..COUNTS {
        match try_to_erase(app, &requester, player).await {
            Err(Stop::Refused(EraseError::RowsChanged)) => {}
            Err(Stop::Refused(EraseError::Refused(refused))) => return Err(Stop::Refused(refused)),
            Err(Stop::Fault(fault)) => return Err(Stop::Fault(fault)),
            Ok(()) => {
                tracing::info!(event = "privacy.account.erased", player.id = %player, "an account was erased");
                return Ok(());
            }
        }
    }
    Err(Fault::busy("erasing an account", "the player's rows change all the time").into())
}

async fn try_to_erase(
    app: &App,
    requester: &PrivacyRequester,
    player: &PlayerId,
) -> Result<(), Stop<EraseError>> {
    let refused = |why| Stop::Refused(EraseError::Refused(why));
    let (message, counted) = erased_message(app, requester, player).await?;
    let (requester, vault) = (requester.clone(), Arc::clone(&app.vault));
    let event = requester.erasure_event(player);
    let link_event = erased_event(requester.at(), requester.actor(), player);
    let id = player.clone();
    app.db
        .write_or_refuse(move |conn| {
            if !players::store::lock_any_player(conn, &id)? {
                return Err(refused(EraseRefusal::Gone));
            }
            if let Some(rotation) = &requester.rotation
                && !browser::rotate_session(conn, rotation)?
            {
                return Err(refused(EraseRefusal::SessionEnded));
            }
            if let Some(proof) = &requester.closing
                && !proof.still_holds(conn)?
            {
                return Err(refused(EraseRefusal::SessionEnded));
            }
            if requester.only_if_due && !players::store::is_due_to_close(conn, &id, requester.at())? {
                return Err(refused(EraseRefusal::Gone));
            }
            if let Some(counted) = &counted
                && *counted != receipt::count_rows(conn, &vault, &id)?
            {
                return Err(Stop::Refused(EraseError::RowsChanged));
            }
            erase_rows(conn, &event, &link_event)?;
            mail::enqueue(conn, &message)?;
            Ok(())
        })
        .await
}

/// Erases the accounts whose time to keep them is over. Returns how many.
pub async fn erase_due(app: &App) -> Result<usize, Fault> {
    let now = app.clock.now();
    let mut erased = 0;
    loop {
        let due = app.db.read(move |conn| players::store::due_closings(conn, now, BATCH)).await?;
        for player in &due {
            match erase_player(app, PrivacyRequester::due(now), player).await {
                // Another copy of the program was faster, or the player has kept the account.
                Ok(()) | Err(Stop::Refused(_)) => erased += 1,
                Err(Stop::Fault(fault)) => return Err(fault),
            }
        }
        if i64::try_from(due.len()).unwrap_or_default() < BATCH {
            return Ok(erased);
        }
    }
}

/// Erases players whom a restored backup has brought back. They were told at the time, so no mail is sent.
///
/// Returns how many there were.
pub async fn erase_again(app: &App, players: &[PlayerId]) -> Result<usize, Fault> {
    let now = app.clock.now();
    let mut erased = 0;
    for player in players {
        let id = player.clone();
        let is_erased = app.db.write(move |conn| {
            if !players::store::lock_any_player(conn, &id)? {
                return Ok(false);
            }
            let event = AuditEvent::new(now, Kind::AccountErased, Actor::Operator, "restore").on(&id);
            erase_rows(conn, &event, &erased_event(now, Actor::Operator, &id))?;
            Ok(true)
        });
        erased += usize::from(is_erased.await?);
    }
    Ok(erased)
}

/// How long a player whose device has moved is kept: the game may still ask how the claim ended.
const KEPT_AFTER_MOVE: TimeDelta = TimeDelta::hours(1);

/// Players erased in one transaction.
const BATCH: i64 = 100;

/// Erases the players that moved devices have left behind, whom nobody can open. Returns how many.
pub async fn erase_left_behind(app: &App) -> Result<usize, Fault> {
    let now = app.clock.now();
    let mut erased = 0;
    loop {
        let batch = app.db.write(move |conn| erase_some_left_behind(conn, now)).await?;
        erased += batch;
        if i64::try_from(batch).unwrap_or_default() < BATCH {
            return Ok(erased);
        }
    }
}

fn erase_some_left_behind(conn: &mut Conn, now: DateTime<Utc>) -> Result<usize, Fault> {
    let mut erased = 0;
    for player in players::store::left_behind(conn, now - KEPT_AFTER_MOVE, BATCH)? {
        // Another copy of the program may have erased the player meanwhile.
        if players::store::lock_any_player(conn, &player)? {
            let event = AuditEvent::new(now, Kind::AccountErased, Actor::System, "janitor").on(&player);
            erase_rows(conn, &event, &erased_event(now, Actor::System, &player))?;
        }
        erased += 1;
    }
    Ok(erased)
}

/// Erases the player of the two events, and records both. The caller has locked the player's row.
fn erase_rows(conn: &mut Conn, event: &AuditEvent, link_event: &NewLinkEvent) -> Result<(), Fault> {
    let player = &link_event.player;
    delete_rows(conn, player)?;
    audit::destroy_player_key(conn, player, link_event.at)?;
    audit::append_event(conn, event)?;
    link_events::record_event(conn, link_event)?;
    note_end(Ended::Player, player.as_str(), link_event.at);
    Ok(())
}

/// Deletes the player's rows.
///
/// Rows that reference the player are deleted with the player's own. Rows that only mention the player are
/// deleted explicitly.
fn delete_rows(conn: &mut Conn, player: &PlayerId) -> Result<(), Fault> {
    let addresses = players::personal_data::addresses(conn, player)?;
    let (typed, keys): (Vec<String>, Vec<String>) =
        addresses.into_iter().map(|address| (address.typed, address.key)).unzip();
    players::end_everything(conn, player, None)?;
    links::personal_data::erase(conn, player)?;
    registration::personal_data::erase(conn, &keys)?;
    mail::personal_data::erase(conn, player, &typed)?;
    players::personal_data::erase(conn, player, &keys)?;
    Ok(())
}

/// The last mail with its receipt, and what the receipt counts. Without an address there is neither.
///
/// It references no player, or it would be deleted with the account.
async fn erased_message(
    app: &App,
    requester: &PrivacyRequester,
    player: &PlayerId,
) -> Result<(Option<MailMessage>, Option<DeletedRows>), Stop<EraseError>> {
    let (id, vault) = (player.clone(), Arc::clone(&app.vault));
    let read = app.db.read(move |conn| {
        let Some(account) = players::store::credentials_by_id(conn, &id)? else { return Ok(None) };
        let counted = match account.email {
            Some(_) => Some(receipt::count_rows(conn, &vault, &id)?),
            None => None,
        };
        Ok(Some((account, counted)))
    });
    let gone = Stop::Refused(EraseError::Refused(EraseRefusal::Gone));
    let (account, counted) = read.await?.ok_or(gone)?;
    let Some(deleted) = counted else { return Ok((None, None)) };
    let receipt = Receipt {
        site: app.config.site.name.clone(),
        player: player.to_string(),
        erased_at: requester.at(),
        deleted: deleted.clone(),
    };
    let signed = receipt.signed(&app.keys.audit)?;
    let to = MailRecipient { player: None, ..account.as_recipient(requester.language) };
    let message = MailMessage::compose(app, mail::Kind::AccountErased, &to, &[("receipt", &signed)])?;
    Ok((message, Some(deleted)))
}

fn erased_event(at: DateTime<Utc>, actor: Actor, player: &PlayerId) -> NewLinkEvent {
    NewLinkEvent {
        at,
        kind: link_events::Kind::Erased,
        player: player.clone(),
        // Game servers need not learn that an operator erased the account.
        actor: if actor == Actor::Player { Actor::Player } else { Actor::System },
        cause: None,
    }
}
