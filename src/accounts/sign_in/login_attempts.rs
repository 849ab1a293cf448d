//! Login attempts from a browser, and the effect of its device cookie (S16).

use secrecy::SecretString;

use crate::accounts::browser_device::BrowserDevice;
use crate::accounts::login_attempts::LoginAttempt;
pub(in crate::accounts) use crate::accounts::login_attempts::{
    AttemptCount, CountedAttempt, LoginAccount, verify_password,
};
pub use crate::accounts::login_attempts::{PasswordCheck, PasswordProof};
use crate::platform::fault::{Fault, Stop};
use crate::platform::ids::{PlayerId, SessionId};
use crate::platform::password::HasherOverloaded;
use crate::platform::rate_limit::RateVerdict;
use crate::sessions::is_known_network;
use crate::web::RequestContext;

/// Checks a password wherever one is entered outside the sign-in form, in a browser.
///
/// Attempts count against the same rate limits as sign-in, and a right password gives its try back.
pub async fn check_password(
    context: &RequestContext,
    account: &LoginAccount,
    typed: &SecretString,
) -> Result<PasswordCheck, Stop<HasherOverloaded>> {
    crate::accounts::login_attempts::check_password(
        &login_attempt_of(context, account).await?,
        account,
        typed,
    )
    .await
}

/// Counts one attempt at `account`, before anything is checked.
pub(super) async fn count_attempt(
    context: &RequestContext,
    account: &LoginAccount,
) -> Result<AttemptCount, Fault> {
    crate::accounts::login_attempts::count_attempt(&login_attempt_of(context, account).await?, account).await
}

/// Takes the account's turn among unknown callers, past the wide limits.
pub(super) async fn take_shared_turn(
    context: &RequestContext,
    account: &LoginAccount,
) -> Result<RateVerdict, Fault> {
    crate::accounts::login_attempts::take_shared_turn(&login_attempt_of(context, account).await?, account)
        .await
}

/// Clears the narrow limits of this browser, once the mailed code was right as well as the password.
pub(super) async fn clear_narrow_limits(context: &RequestContext, player: &PlayerId) -> Result<(), Fault> {
    let Some(account) = LoginAccount::with_id(&context.app, player).await? else { return Ok(()) };
    crate::accounts::login_attempts::clear_narrow_limits(
        &login_attempt_of(context, &account).await?,
        &account,
    )
    .await
}

async fn login_attempt_of<'a>(
    context: &'a RequestContext,
    account: &LoginAccount,
) -> Result<LoginAttempt<'a>, Fault> {
    let (network, player) = (context.caller.network(), account.credentials.as_ref().map(|known| &known.id));
    Ok(LoginAttempt {
        app: &context.app,
        now: context.now,
        is_known_network: is_known_network(&context.app.db, player, &network).await?,
        network,
        known_browser: BrowserDevice::known_id(context, account),
        own_session: own_session(context, account).map(|session| format!("session {session}")),
    })
}

/// The session of this very account. A session of another one shields nothing.
fn own_session(context: &RequestContext, account: &LoginAccount) -> Option<SessionId> {
    let current_player = context.current_player.as_ref()?;
    let is_own = account.credentials.as_ref().is_some_and(|known| known.id == current_player.player.id);
    is_own.then(|| current_player.session.id.clone())
}
