//! Completes a sign-in with the mailed code.

use std::sync::Arc;

use serde_json::json;

use crate::accounts::players;
use crate::accounts::sign_in::login_attempts;
use crate::accounts::sign_in::mailed_code::PURPOSE;
use crate::accounts::sign_in::new_session::SignInWrite;
use crate::accounts::sign_in::store::{self, SignInCodeRow};
use crate::audit::{self, Actor, Kind};
use crate::platform::crypto::token::NumericCode;
use crate::platform::fault::{Fault, Stop};
use crate::platform::ids::PlayerId;
use crate::platform::metrics::SignIn;
use crate::sessions::SignedInWith;
use crate::web::RequestContext;

/// Why the code did not complete the sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::accounts) enum CodeRefusal {
    Wrong,
    /// The code has expired, was superseded or used, or was never requested in this browser.
    Expired,
    TooManyTries,
}

/// Whether a code is pending in this browser.
pub(super) async fn is_asked(context: &RequestContext) -> Result<bool, Fault> {
    let (browser, now) = (context.browser_hash(), context.now);
    context.app.db.read(move |conn| store::is_code_asked(conn, browser.as_str(), now)).await
}

/// Signs in the player of this code. Returns the session and the path to continue at.
pub(super) async fn enter_code(
    context: &RequestContext,
    typed: &str,
) -> Result<(Arc<SignInWrite>, String), Stop<CodeRefusal>> {
    let row = take_a_try(context).await?;
    let is_right = NumericCode::parse(typed)
        .is_some_and(|code| code.is_behind(&row.code_hash, &context.app.keys.codes, PURPOSE, &row.id));
    // The code is compared first, so that a row without player costs the same.
    let Some(player) = row.player.clone().filter(|_| is_right) else {
        return Err(refused(context, &row).await?);
    };
    let entry = SignInWrite::prepare(context, &player, SignedInWith::Password, row.is_remembered)?;
    let entry = Arc::new(entry.going_to(row.next.as_deref()));
    let next = row.next.clone().unwrap_or_else(|| crate::web::urls::ACCOUNT.to_owned());
    spend_code(context, row, player.clone(), Arc::clone(&entry)).await?;
    login_attempts::clear_narrow_limits(context, &player).await?;
    context.app.metrics.sign_ins.add(if entry.is_waiting() { SignIn::CodeAsked } else { SignIn::In });
    Ok((entry, next))
}

/// Counts the try before the code is checked (S14).
async fn take_a_try(context: &RequestContext) -> Result<SignInCodeRow, Stop<CodeRefusal>> {
    let (browser, now) = (context.browser_hash(), context.now);
    let tries = i64::from(context.app.config.policy.codes.tries);
    context
        .app
        .db
        .write_or_refuse(move |conn| {
            if let Some(row) = store::take_code_try(conn, browser.as_str(), tries, now)? {
                return Ok(row);
            }
            let is_asked = store::is_code_asked(conn, browser.as_str(), now)?;
            Err(Stop::Refused(if is_asked { CodeRefusal::TooManyTries } else { CodeRefusal::Expired }))
        })
        .await
}

async fn spend_code(
    context: &RequestContext,
    row: SignInCodeRow,
    player: PlayerId,
    entry: Arc<SignInWrite>,
) -> Result<(), Stop<CodeRefusal>> {
    context
        .app
        .db
        .write_or_refuse(move |conn| {
            let is_here = players::store::lock_player_or_closing(conn, &player)?;
            // The code proves only that the password was right when the code was mailed.
            let is_current = players::store::password_changed_at(conn, &player)? <= Some(row.created_at);
            if !is_here || !is_current || !store::spend_code(conn, &row.id)? {
                return Err(Stop::Refused(CodeRefusal::Expired));
            }
            Ok(entry.write(conn)?)
        })
        .await
}

async fn refused(context: &RequestContext, row: &SignInCodeRow) -> Result<Stop<CodeRefusal>, Fault> {
    let event = context
        .audit_event(Kind::SignInFailed, Actor::Visitor)
        .on_any(row.player.as_ref())
        .with(json!({ "with": "code" }));
    audit::write_event(&context.app.db, event).await?;
    context.app.metrics.sign_ins.add(SignIn::CodeWrong);
    let is_last = row.tries >= i64::from(context.app.config.policy.codes.tries);
    Ok(Stop::Refused(if is_last { CodeRefusal::TooManyTries } else { CodeRefusal::Wrong }))
}
