//! Sets the new password with the token of the link.

use chrono::{DateTime, Utc};
use secrecy::SecretString;

use crate::accounts::password_reset::store::{self, PasswordReset};
use crate::accounts::players::{self, PlayerCredentials};
use crate::accounts::remaining_access;
use crate::accounts::second_factor::{self, has_second_factor, shortest_password, too_short_alone};
use crate::app::App;
use crate::audit::{self, Actor, Kind};
use crate::outbound::mail::{self, MailMessage};
use crate::platform::crypto::token::OpaqueToken;
use crate::platform::db::Conn;
use crate::platform::fault::{Fault, Stop};
use crate::platform::ids::PlayerId;
use crate::platform::password::{
    HasherOverloaded, PasswordContext, PasswordRefusal, StoredHash, place_of_hash,
};
use crate::sessions::browser;
use crate::web::RequestContext;

/// Why the password was not set.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::accounts) enum SetPasswordRefusal {
    /// The link was used, has expired, was superseded, or was never sent.
    DeadLink,
    Password(PasswordRefusal),
    Overloaded,
}

/// The player who may set a password with this token now. Spends nothing.
pub(super) async fn whose_reset(
    context: &RequestContext,
    token: Option<&OpaqueToken>,
) -> Result<Option<(PasswordReset, PlayerCredentials)>, Fault> {
    let Some(hash) = token.map(OpaqueToken::hash) else { return Ok(None) };
    let now = context.now;
    let found = context
        .app
        .db
        .read(move |conn| {
            let Some(reset) = store::find(conn, &hash, now)? else { return Ok(None) };
            let player = players::store::credentials_by_id(conn, &reset.player)?;
            Ok(player.map(|player| (reset, player)))
        })
        .await?;
    Ok(found.filter(|(_, player)| player.may_come_back()))
}

/// Sets the password and ends everything that was open before it. Returns the player.
///
/// Another player who is signed in in this browser is signed out, as the page has said. What anybody began in it while
/// signed in ends with that session.
pub(super) async fn set_new_password(
    context: &RequestContext,
    token: Option<&OpaqueToken>,
    typed: &SecretString,
) -> Result<PlayerId, Stop<SetPasswordRefusal>> {
    let Some((reset, player)) = whose_reset(context, token).await? else {
        return Err(Stop::Refused(SetPasswordRefusal::DeadLink));
    };
    let min = shortest_password(&context.app, has_second_factor(&context.app, &player.id).await?);
    let hash = hash_password(&context.app, &player, typed, min).await?;
    let needs_factor = too_short_alone(&context.app, typed);
    let message = reset_done_message(context, &player).await?;
    let event = context.audit_event(Kind::PasswordReset, Actor::Visitor).on(&player.id);
    let (id, now) = (player.id.clone(), context.now);
    let other = context.current_player.as_ref().filter(|current_player| current_player.player.id != id).map(
        |current_player| {
            let signed_out = context.player_event(current_player, Kind::PlayerSignedOut);
            (current_player.player.id.clone(), current_player.session.id.clone(), signed_out)
        },
    );
    let of_browser = context.current_player.as_ref().map(|_| context.browser_hash());
    context
        .app
        .db
        .write_or_refuse(move |conn| {
            // The row is locked first, so that two requests with one token run one after the other.
            if !players::store::lock_player_or_closing(conn, &id)? || !store::spend(conn, &reset, now)? {
                return Err(Stop::Refused(SetPasswordRefusal::DeadLink));
            }
            if let Some(why) = needs_factor
                && !second_factor::store::is_on(conn, &id)?
            {
                return Err(Stop::Refused(SetPasswordRefusal::Password(why)));
            }
            start_clean(conn, &id, &hash, now)?;
            if let Some(of_browser) = &of_browser {
                players::end_all_of_browser(conn, of_browser.as_str())?;
            }
            if let Some((other, session, event)) = &other
                && browser::end(conn, other, session)?
            {
                audit::append_event(conn, event)?;
            }
            audit::append_event(conn, &event)?;
            mail::enqueue(conn, &message)?;
            Ok(())
        })
        .await?;
    Ok(player.id)
}

/// Removes what an earlier user of the account had (S61).
///
/// That is the password and everything that is open.
fn start_clean(
    conn: &mut Conn,
    player: &PlayerId,
    hash: &StoredHash,
    now: DateTime<Utc>,
) -> Result<(), Fault> {
    players::store::set_password(conn, player, hash, now)?;
    players::end_everything(conn, player, None)?;
    Ok(())
}

/// Judges the new password of this player, of at least `min` characters, and hashes it.
pub(in crate::accounts) async fn hash_password(
    app: &App,
    player: &PlayerCredentials,
    typed: &SecretString,
    min: usize,
) -> Result<StoredHash, Stop<SetPasswordRefusal>> {
    let rules = app.password_context(&player.display_name, player.email.as_deref().unwrap_or_default());
    let rules = PasswordContext { min, ..rules };
    let judged = app.judge_password(typed, &rules).await?;
    let password = judged.map_err(|why| Stop::Refused(SetPasswordRefusal::Password(why)))?;
    let place = place_of_hash(players::TABLE, player.id.as_str(), player.id.as_str());
    app.passwords.hash(password, place).await.map_err(|stop| match stop {
        Stop::Refused(HasherOverloaded) => Stop::Refused(SetPasswordRefusal::Overloaded),
        Stop::Fault(fault) => Stop::Fault(fault),
    })
}

/// The mail about the reset, which lists what still opens the account.
async fn reset_done_message(
    context: &RequestContext,
    player: &PlayerCredentials,
) -> Result<Option<MailMessage>, Fault> {
    let to = player.as_recipient(context.language);
    let list = remaining_access::list_for_mail(&context.app, &player.id, to.language).await?;
    let is_open = if list.is_empty() { "no" } else { "yes" };
    MailMessage::compose(
        &context.app,
        mail::Kind::PasswordReset,
        &to,
        &[("open", is_open), ("list", list.as_str())],
    )
}
