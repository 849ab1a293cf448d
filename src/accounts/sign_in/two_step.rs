//! Completes a sign-in with the second factor (S157).

use std::sync::Arc;

use serde_json::json;

use crate::accounts::browser_device::BrowserDevice;
use crate::accounts::login_attempts::LoginAccount;
use crate::accounts::players;
use crate::accounts::second_factor::remembered_browser::NewRememberedBrowser;
use crate::accounts::second_factor::{self, CheckedCode, CodeAttempt, CodeRefusal};
use crate::accounts::sign_in::new_session::SignInWrite;
use crate::accounts::sign_in::store::{self, PendingSignIn};
use crate::audit::{self, Actor, Kind};
use crate::outbound::mail::{self, MailMessage};
use crate::platform::fault::{Fault, Stop};
use crate::platform::metrics::SignIn;
use crate::web::{RequestContext, urls};

/// Why the code did not complete the sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::accounts) enum TwoStepRefusal {
    Wrong,
    TooMany {
        retry_after: i64,
    },
    /// Nothing waits in this browser any more: it was used, ten minutes are over, or the account's sessions were ended.
    Over,
}

/// A completed sign-in.
pub(super) struct TwoStepSignIn {
    pub entry: Arc<SignInWrite>,
    pub next: String,
    /// The browser, if it is to be remembered.
    pub remembered: Option<Arc<NewRememberedBrowser>>,
}

/// The sign-in that waits in this browser.
pub(super) async fn waiting_sign_in(context: &RequestContext) -> Result<Option<PendingSignIn>, Fault> {
    let (browser, now) = (context.browser_hash(), context.now);
    let found = context.app.db.read(move |conn| {
        let Some(pending) = store::find_pending(conn, browser.as_str(), now)? else { return Ok(None) };
        let version = players::store::version_or_closing(conn, &pending.player)?;
        Ok((version == Some(pending.player_version)).then_some(pending))
    });
    found.await
}

/// Checks the code, and starts the session that waits for it.
pub(super) async fn enter_code(
    context: &RequestContext,
    typed: &str,
    remembers: bool,
) -> Result<TwoStepSignIn, Stop<TwoStepRefusal>> {
    let pending = waiting_sign_in(context).await?.ok_or(Stop::Refused(TwoStepRefusal::Over))?;
    let done = try_code(context, &pending, typed, remembers).await;
    match &done {
        Ok(_) => context.app.metrics.sign_ins.add(SignIn::In),
        Err(Stop::Refused(TwoStepRefusal::Wrong)) => {
            context.app.metrics.sign_ins.add(SignIn::CodeWrong);
            let event = context
                .audit_event(Kind::SignInFailed, Actor::Visitor)
                .on(&pending.player)
                .with(json!({ "with": "second_factor" }));
            audit::write_event(&context.app.db, event).await?;
        }
        Err(Stop::Refused(TwoStepRefusal::TooMany { .. })) => {
            context.app.metrics.sign_ins.add(SignIn::Throttled);
        }
        Err(_) => {}
    }
    done
}

async fn try_code(
    context: &RequestContext,
    pending: &PendingSignIn,
    typed: &str,
    remembers: bool,
) -> Result<TwoStepSignIn, Stop<TwoStepRefusal>> {
    let Some(account) = LoginAccount::with_id(&context.app, &pending.player).await? else {
        return Err(Stop::Refused(TwoStepRefusal::Over));
    };
    let attempt = CodeAttempt {
        app: &context.app,
        now: context.now,
        player: &pending.player,
        known_caller: BrowserDevice::known_id(context, &account),
    };
    let code = second_factor::check_code(&attempt, typed).await.map_err(|stop| match stop {
        Stop::Refused(CodeRefusal::Wrong) => Stop::Refused(TwoStepRefusal::Wrong),
        Stop::Refused(CodeRefusal::TooMany { retry_after }) => {
            Stop::Refused(TwoStepRefusal::TooMany { retry_after })
        }
        Stop::Fault(fault) => Stop::Fault(fault),
    })?;
    let sign_in = SignInWrite::prepare(context, &pending.player, pending.with, pending.is_remembered)?;
    let entry = Arc::new(sign_in.with_second_factor(code.word()).going_to(pending.next.as_deref()));
    let remembered = if remembers { Some(Arc::new(NewRememberedBrowser::prepare(context)?)) } else { None };
    let message = message_of_recovery(context, &account, &code)?;
    write_entry(context, pending.clone(), code.clone(), Arc::clone(&entry), remembered.clone(), message)
        .await?;
    code.was_right(&context.app).await?;
    let next = pending.next.clone().unwrap_or_else(|| urls::ACCOUNT.to_owned());
    Ok(TwoStepSignIn { entry, next, remembered })
}

/// A recovery code is used when a phone is lost, or by a thief: its owner is told.
fn message_of_recovery(
    context: &RequestContext,
    account: &LoginAccount,
    code: &CheckedCode,
) -> Result<Option<MailMessage>, Fault> {
    let Some(player) = account.player().filter(|_| code.is_recovery()) else { return Ok(None) };
    let to = player.as_recipient(context.language);
    let (browser, network) = (context.caller.browser_in(to.language), context.caller.network());
    let from = [("browser", browser.as_str()), ("network", network.as_str())];
    MailMessage::compose(&context.app, mail::Kind::RecoveryCodeUsed, &to, &from)
}

async fn write_entry(
    context: &RequestContext,
    pending: PendingSignIn,
    code: CheckedCode,
    entry: Arc<SignInWrite>,
    remembered: Option<Arc<NewRememberedBrowser>>,
    message: Option<MailMessage>,
) -> Result<(), Stop<TwoStepRefusal>> {
    let now = context.now;
    context
        .app
        .db
        .write_or_refuse(move |conn| {
            let player = &pending.player;
            let is_current = players::store::lock_player_or_closing(conn, player)?
                && players::store::version_or_closing(conn, player)? == Some(pending.player_version);
            if !is_current || !store::spend_pending(conn, &pending.id, now)? {
                return Err(Stop::Refused(TwoStepRefusal::Over));
            }
            if !code.spend(conn)? {
                // The transaction is undone, so the sign-in waits for another code.
                return Err(Stop::Refused(TwoStepRefusal::Wrong));
            }
            if let Some(browser) = &remembered {
                second_factor::store::remember_browser(conn, player, browser)?;
            }
            mail::enqueue(conn, &message)?;
            Ok(entry.write(conn)?)
        })
        .await
}
