//! The second factor of a fresh proof: a player who has one gives its code with the password, or before the trip to
//! Amazon (S157).

use crate::accounts::browser_device::BrowserDevice;
use crate::accounts::login_attempts::LoginAccount;
use crate::accounts::players::store::lock_origin;
use crate::accounts::second_factor::{self, CheckedCode, CodeAttempt, CodeRefusal};
use crate::audit::{self, Kind};
use crate::outbound::mail::{self, MailMessage, MailRecipient};
use crate::platform::fault::{Fault, Stop};
use crate::platform::ids::PlayerId;
use crate::sessions::SessionOrigin;
use crate::web::{CurrentPlayer, RequestContext};

/// Whether this player has to give a code.
pub(super) async fn is_asked(context: &RequestContext, player: &PlayerId) -> Result<bool, Fault> {
    let player = player.clone();
    context.app.db.read(move |conn| second_factor::store::is_on(conn, &player)).await
}

/// Checks the code in this session, if one is asked for.
pub(super) async fn check_asked_code(
    context: &RequestContext,
    account: &LoginAccount,
    current_player: &CurrentPlayer,
    typed: &str,
) -> Result<Option<CheckedCode>, Stop<CodeRefusal>> {
    let player = &current_player.player.id;
    if !is_asked(context, player).await? {
        return Ok(None);
    }
    let known_caller = BrowserDevice::known_id(context, account)
        .unwrap_or_else(|| format!("session {}", current_player.session.id));
    let attempt =
        CodeAttempt { app: &context.app, now: context.now, player, known_caller: Some(known_caller) };
    second_factor::check_code(&attempt, typed).await.map(Some)
}

/// The mail about a recovery code that was used as proof.
pub(super) fn message_of_recovery(
    context: &RequestContext,
    current_player: &CurrentPlayer,
    code: Option<&CheckedCode>,
) -> Result<Option<MailMessage>, Fault> {
    if !code.is_some_and(CheckedCode::is_recovery) {
        return Ok(None);
    }
    let to = MailRecipient::current(context, current_player);
    let (browser, network) = (context.caller.browser_in(to.language), context.caller.network());
    let from = [("browser", browser.as_str()), ("network", network.as_str())];
    MailMessage::compose(&context.app, mail::Kind::RecoveryCodeUsed, &to, &from)
}

/// Takes the code before the trip to Amazon that proves the first factor. The trip begins only after a right one.
pub async fn give_code_before_amazon(
    context: &RequestContext,
    current_player: &CurrentPlayer,
    typed: &str,
) -> Result<(), Stop<CodeRefusal>> {
    let account = LoginAccount::of_player(&context.app, &current_player.player.id).await?;
    let done = take_code(context, &account, current_player, typed).await;
    if matches!(done, Err(Stop::Refused(CodeRefusal::Wrong))) {
        let event = context.player_event(current_player, Kind::IdentityNotConfirmed);
        let event = event.with(serde_json::json!({ "with": "second_factor" }));
        audit::write_event(&context.app.db, event).await?;
    }
    done
}

async fn take_code(
    context: &RequestContext,
    account: &LoginAccount,
    current_player: &CurrentPlayer,
    typed: &str,
) -> Result<(), Stop<CodeRefusal>> {
    let Some(code) = check_asked_code(context, account, current_player, typed).await? else { return Ok(()) };
    let message = message_of_recovery(context, current_player, Some(&code))?;
    let (spent, origin, now) = (code.clone(), SessionOrigin::of_browser(current_player), context.now);
    context
        .app
        .db
        .write_or_refuse(move |conn| {
            if !lock_origin(conn, &origin, now)? || !spent.spend(conn)? {
                return Err(Stop::Refused(CodeRefusal::Wrong));
            }
            mail::enqueue(conn, &message)?;
            Ok(())
        })
        .await?;
    Ok(code.was_right(&context.app).await?)
}
