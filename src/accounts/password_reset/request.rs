//! A visitor requests the link for a new password.

use chrono::TimeDelta;

use crate::accounts::browser_device::BrowserDevice;
use crate::accounts::login_attempts::LoginAccount;
use crate::accounts::password_reset::token::{self, ResetRequester, ResetToken, ResetWording};
use crate::accounts::players;
use crate::audit::{self, Actor, Kind};
use crate::outbound::mail;
use crate::platform::crypto::keys::LookupPurpose;
use crate::platform::fault::{Fault, Stop};
use crate::platform::metrics::Limit;
use crate::platform::rate_limit::{OverBudget, RateBudget, RateVerdict};
use crate::web::{NextAddress, RequestContext};

/// Requests from one network in an hour (S20).
const REQUESTS_IN_AN_HOUR: u32 = 50;

/// The network has sent too many requests. `retry_after` is in seconds.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::accounts) struct TooManyResets {
    pub retry_after: i64,
}

/// Mails the link, if there is an account to mail it to. The work is the same without one (S13).
pub(super) async fn request_reset(
    context: &RequestContext,
    identifier: &str,
    next: Option<&NextAddress>,
) -> Result<(), Stop<TooManyResets>> {
    let app = &context.app;
    count_request(context).await?;
    let account = LoginAccount::named(app, identifier).await?;
    let may_mail = may_mail(context, &account).await?;
    let (kind, language) = (mail::Kind::PasswordResetLink, context.language);
    let wording = ResetWording { kind, language, next, args: &[] };
    let link = ResetToken::prepare(app, account.player(), wording, context.now)?.filter(|_| may_mail);
    let event = context
        .audit_event(Kind::PasswordResetAsked, Actor::Visitor)
        .on_any(account.player().map(|found| &found.id));
    app.db
        .write(move |conn| {
            if let Some(link) = &link
                && players::store::lock_player_or_closing(conn, link.player())?
            {
                link.send(conn)?;
            }
            Ok(audit::append_event(conn, &event)?)
        })
        .await?;
    Ok(())
}

/// Counts a request of this network for a mail with which somebody gets in again.
pub(in crate::accounts) async fn count_request(context: &RequestContext) -> Result<(), Stop<TooManyResets>> {
    match context.app.throttle.take(vec![by_network(context)], context.now).await? {
        RateVerdict::Refused { retry_after } => Err(Stop::Refused(TooManyResets { retry_after })),
        RateVerdict::Allowed => Ok(()),
    }
}

/// Counts a mail to the account that this browser requests, and returns whether it may be sent. If not, nobody is told.
pub(in crate::accounts) async fn may_mail(
    context: &RequestContext,
    account: &LoginAccount,
) -> Result<bool, Fault> {
    let app = &context.app;
    let requester = BrowserDevice::known_id(context, account)
        .map_or_else(|| ResetRequester::Stranger(network_hash(context)), ResetRequester::KnownBrowser);
    let is_there = account.player().is_some_and(|player| player.email.is_some());
    Ok(token::may_send(app, account, &requester, context.now).await? == RateVerdict::Allowed
        && mail::may_send_to_player(app, is_there, context.now).await?)
}

fn by_network(context: &RequestContext) -> RateBudget {
    RateBudget {
        limit: Limit::ResetsOfNetwork,
        id: format!("resets asked network {}", network_hash(context)),
        free: REQUESTS_IN_AN_HOUR,
        window: TimeDelta::hours(1),
        then: OverBudget::Wait,
    }
}

fn network_hash(context: &RequestContext) -> String {
    context.app.keys.lookup.hash(LookupPurpose::Network, &context.caller.network())
}
