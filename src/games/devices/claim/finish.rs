//! A person makes the claimed player an account with user name and password, and is signed in.

use std::sync::Arc;

use chrono::TimeDelta;
use secrecy::SecretString;

use crate::accounts::players;
use crate::accounts::sign_in::SignInWrite;
use crate::audit::{self, Actor, Kind};
use crate::games::devices::claim::store::{self, Claim, ClaimOutcome};
use crate::platform::db::is_unique_violation;
use crate::platform::fault::{Fault, Stop};
use crate::platform::metrics::Limit;
use crate::platform::name::{DisplayName, UserName};
use crate::platform::password::{HasherOverloaded, PasswordRefusal, place_of_hash};
use crate::platform::rate_limit::{OverBudget, RateBudget, RateVerdict};
use crate::sessions::{SignedInWith, game};
use crate::web::RequestContext;

/// User names that one claim may try within an hour, because each answer reveals whether one is taken (S12).
const MAX_NAMES: u32 = 10;

/// The valid details of the new account.
pub(super) struct ClaimedAccount {
    pub display_name: DisplayName,
    pub user_name: UserName,
    pub password: SecretString,
}

/// Why the player is not claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ClaimRefusal {
    Unfit(PasswordRefusal),
    UserNameTaken,
    TooMany {
        retry_after: i64,
    },
    Overloaded,
    /// The code has expired, or the player has become an account meanwhile.
    Gone,
}

/// The open claim of this browser.
pub(super) async fn pending_claim(context: &RequestContext) -> Result<Option<Claim>, Fault> {
    let (browser, now) = (context.browser_hash(), context.now);
    context.app.db.read(move |conn| store::find_claim(conn, browser.as_str(), now)).await
}

/// Sets name and password, and signs the browser in. The device can still sign in.
pub(super) async fn finish_claim(
    context: &RequestContext,
    claim: Claim,
    account: ClaimedAccount,
) -> Result<Arc<SignInWrite>, Stop<ClaimRefusal>> {
    let app = &context.app;
    let password_context = app.password_context(account.display_name.as_str(), "");
    let judged = app.judge_password(&account.password, &password_context).await?;
    let password = judged.map_err(|why| Stop::Refused(ClaimRefusal::Unfit(why)))?;
    let budget = RateBudget {
        limit: Limit::UserNames,
        id: format!("claim names {}", claim.id),
        free: MAX_NAMES,
        window: TimeDelta::hours(1),
        then: OverBudget::Wait,
    };
    if let RateVerdict::Refused { retry_after } = app.throttle.take(vec![budget], context.now).await? {
        return Err(Stop::Refused(ClaimRefusal::TooMany { retry_after }));
    }
    let place = place_of_hash(players::TABLE, claim.player.as_str(), claim.player.as_str());
    let hash = match app.passwords.hash(password, place).await {
        Ok(hash) => hash,
        Err(Stop::Refused(HasherOverloaded)) => return Err(Stop::Refused(ClaimRefusal::Overloaded)),
        Err(Stop::Fault(fault)) => return Err(Stop::Fault(fault)),
    };
    let sign_in = Arc::new(SignInWrite::prepare(context, &claim.player, SignedInWith::Password, false)?);
    let written = Arc::clone(&sign_in);
    let events = [Kind::PlayerClaimed, Kind::PasswordSet]
        .map(|kind| context.audit_event(kind, Actor::Player).on(&claim.player));
    let (browser, now) = (context.browser_hash(), context.now);
    app.db
        .write_or_refuse(move |conn| {
            let player = &claim.player;
            // The player may have become an account meanwhile. The row is locked, so the check stays true.
            let is_claimable = players::store::lock_origin(conn, &claim.origin(), now)?
                && !players::store::has_person(conn, player)?;
            if !is_claimable
                || !store::finish_claim(conn, &claim.id, browser.as_str(), ClaimOutcome::Claimed, now)?
            {
                return Err(Stop::Refused(ClaimRefusal::Gone));
            }
            players::store::set_password(conn, player, &hash, now)?;
            players::store::set_display_name(conn, player, &account.display_name)?;
            match players::store::set_user_name(conn, player, &account.user_name) {
                Err(error) if is_unique_violation(&error) => {
                    return Err(Stop::Refused(ClaimRefusal::UserNameTaken));
                }
                set => set?,
            }
            for event in &events {
                audit::append_event(conn, event)?;
            }
            // Whoever else held a token of this player is out: from now on it is a person's account.
            // Copies of the asking session's older tokens may be a thief's, so only the token that asked stays.
            match (&claim.session, &claim.token_hash) {
                (Some(session), Some(token)) => {
                    players::end_everything(conn, player, Some(session))?;
                    game::keep_only_token(conn, session, token)?;
                }
                _ => {
                    players::end_everything(conn, player, None)?;
                }
            }
            Ok(written.write(conn)?)
        })
        .await?;
    Ok(sign_in)
}

/// The person refuses the claim ("Not my device"), and the code is deleted.
pub(super) async fn forget_claim(context: &RequestContext) -> Result<(), Fault> {
    let browser = context.browser_hash();
    context.app.db.write(move |conn| Ok(store::forget_claim(conn, browser.as_str())?)).await
}
