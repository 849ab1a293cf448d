//! A person types the code of a game in a browser: of a claim, or of a sign-in on a TV.

use crate::games::devices::claim::code::ClaimCode;
use crate::games::devices::claim::store;
use crate::games::devices::sign_in_code::store as sign_in_codes;
use crate::platform::crypto::keys::LookupPurpose;
use crate::platform::fault::{Fault, Stop};
use crate::platform::metrics::Limit;
use crate::platform::rate_limit::{OverBudget, RateBudget, RateVerdict};
use crate::web::RequestContext;

/// Why a code is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CodeEntryRefusal {
    /// Wrong, expired, used, typed wrong too often, or unknown: the page must not say which.
    Wrong,
    TooMany {
        retry_after: i64,
    },
}

/// What a right code is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EnteredCode {
    Claim,
    SignIn,
}

/// Binds a right code to this browser, and changes nothing else.
///
/// Each entry is counted before the check, by the code (ten entries) and by the network (S14).
pub(super) async fn enter_code(
    context: &RequestContext,
    typed: &str,
) -> Result<EnteredCode, Stop<CodeEntryRefusal>> {
    let budget = entry_budget(context);
    let counted = budget.id.clone();
    if let RateVerdict::Refused { retry_after } = context.app.throttle.take(vec![budget], context.now).await?
    {
        return Err(Stop::Refused(CodeEntryRefusal::TooMany { retry_after }));
    }
    let Some(code) = ClaimCode::parse(typed) else { return Err(Stop::Refused(CodeEntryRefusal::Wrong)) };
    let (selector, browser, now) = (code.selector().to_owned(), context.browser_hash(), context.now);
    let (claim, sign_in) = context
        .app
        .db
        .write(move |conn| {
            // Two codes for different things may begin alike.
            let claim = store::count_entry(conn, &selector, browser.as_str(), now)?;
            let sign_in = sign_in_codes::count_entry(conn, &selector, browser.as_str(), now)?;
            Ok((claim, sign_in))
        })
        .await?;
    let is_right = |found: &(String, String)| code.has_hash(&found.1, &context.app.keys.codes);
    let entered = match (claim.filter(is_right), sign_in.filter(is_right)) {
        (Some((id, _)), _) => bind_claim(context, id).await?,
        (None, Some((id, _))) => bind_sign_in(context, id).await?,
        (None, None) => None,
    };
    let Some(entered) = entered else { return Err(Stop::Refused(CodeEntryRefusal::Wrong)) };
    context.app.throttle.succeeded(format!("claim of {counted}"), vec![counted]).await?;
    Ok(entered)
}

async fn bind_claim(context: &RequestContext, id: String) -> Result<Option<EnteredCode>, Fault> {
    let browser = context.browser_hash();
    let bound = context.app.db.write(move |conn| Ok(store::bind_to_browser(conn, &id, browser.as_str())?));
    Ok(bound.await?.map(|network| {
        count_networks(context, &network);
        EnteredCode::Claim
    }))
}

async fn bind_sign_in(context: &RequestContext, id: String) -> Result<Option<EnteredCode>, Fault> {
    let browser = context.browser_hash();
    let bound =
        context.app.db.write(move |conn| Ok(sign_in_codes::bind_to_browser(conn, &id, browser.as_str())?));
    Ok(bound.await?.map(|network| {
        count_networks(context, &network);
        EnteredCode::SignIn
    }))
}

/// Counts whether game and browser call from one network: a code that was passed on comes from another.
fn count_networks(context: &RequestContext, of_game: &str) {
    let networks = if of_game == context.caller.network() { "same" } else { "different" };
    context.app.metrics.code_networks.add(networks);
}

fn entry_budget(context: &RequestContext) -> RateBudget {
    let guessing = &context.app.config.policy.guessing;
    let network = context.app.keys.lookup.hash(LookupPurpose::Network, &context.caller.network());
    RateBudget {
        limit: Limit::ClaimEntries,
        id: format!("claim entries network {network}"),
        free: guessing.network_failures,
        window: guessing.window,
        then: OverBudget::Slower,
    }
}
