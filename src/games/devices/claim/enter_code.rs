//! A person types a claim code in a browser.

use crate::games::devices::claim::code::ClaimCode;
use crate::games::devices::claim::store;
use crate::platform::crypto::keys::LookupPurpose;
use crate::platform::fault::Stop;
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

/// Binds a right code to this browser, and changes nothing else.
///
/// Each entry is counted before the check, by the code (ten entries) and by the network (S14).
pub(super) async fn enter_code(context: &RequestContext, typed: &str) -> Result<(), Stop<CodeEntryRefusal>> {
    let budget = entry_budget(context);
    let counted = budget.id.clone();
    if let RateVerdict::Refused { retry_after } = context.app.throttle.take(vec![budget], context.now).await?
    {
        return Err(Stop::Refused(CodeEntryRefusal::TooMany { retry_after }));
    }
    let Some(code) = ClaimCode::parse(typed) else { return Err(Stop::Refused(CodeEntryRefusal::Wrong)) };
    let (selector, browser, now) = (code.selector().to_owned(), context.browser_hash(), context.now);
    let found = context
        .app
        .db
        .write(move |conn| Ok(store::count_entry(conn, &selector, browser.as_str(), now)?))
        .await?;
    let matching = found.filter(|(_, stored)| code.has_hash(stored, &context.app.keys.codes));
    let Some((id, _)) = matching else { return Err(Stop::Refused(CodeEntryRefusal::Wrong)) };
    let browser = context.browser_hash();
    let is_bound =
        context.app.db.write(move |conn| Ok(store::bind_to_browser(conn, &id, browser.as_str())?)).await?;
    if !is_bound {
        return Err(Stop::Refused(CodeEntryRefusal::Wrong));
    }
    context.app.throttle.succeeded(format!("claim of {counted}"), vec![counted]).await?;
    Ok(())
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
