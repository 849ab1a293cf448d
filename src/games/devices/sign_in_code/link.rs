//! The person links the Amazon account of their trip to the TV's own player.

use super::model::SignInCodeOutcome;
use super::pending::{PendingSignIn, SignInCodeGone, end_event, pending_sign_in};
use super::store;
use crate::audit;
use crate::links::{self, LinkByCodeRefusal};
use crate::platform::db::Conn;
use crate::platform::fault::{Fault, Stop};
use crate::platform::ids::AttemptId;
use crate::web::RequestContext;

/// Why nothing is linked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TvLinkRefusal {
    /// The code has ended, or its player may not be linked on this way.
    CodeGone,
    /// The trip to Amazon has ended.
    AttemptUnknown,
    /// The Amazon account is another player's, or the TV's player has one.
    Taken,
}

impl From<SignInCodeGone> for TvLinkRefusal {
    fn from(_: SignInCodeGone) -> Self {
        Self::CodeGone
    }
}

/// Links, ends the code and tells the owner of the Amazon account by mail, in one transaction.
pub(super) async fn link_to_tv(
    context: &RequestContext,
    attempt: &AttemptId,
) -> Result<(), Stop<TvLinkRefusal>> {
    let gone = || Stop::Refused(TvLinkRefusal::CodeGone);
    let PendingSignIn { code, can_link, .. } = pending_sign_in(context).await?.ok_or_else(gone)?;
    let origin = code.origin().filter(|_| can_link).ok_or_else(gone)?;
    let event = end_event(context, &code, SignInCodeOutcome::Linked);
    let (browser, now, id) = (context.browser_hash(), context.now, code.id.clone());
    let ending = move |conn: &mut Conn| {
        let is_ended = store::end_code(conn, &id, browser.as_str(), SignInCodeOutcome::Linked, now)?;
        if is_ended {
            audit::append_event(conn, &event)?;
        }
        Ok::<_, Fault>(is_ended)
    };
    match links::link_attempt_by_code(context, attempt, origin, ending).await {
        Ok(()) => {
            context.app.metrics.sign_in_codes.add(SignInCodeOutcome::Linked.as_str());
            Ok(())
        }
        Err(Stop::Refused(LinkByCodeRefusal::AttemptUnknown)) => {
            Err(Stop::Refused(TvLinkRefusal::AttemptUnknown))
        }
        Err(Stop::Refused(LinkByCodeRefusal::Ended)) => Err(gone()),
        Err(Stop::Refused(LinkByCodeRefusal::Taken)) => {
            let event = end_event(context, &code, SignInCodeOutcome::Taken);
            let (browser, id) = (context.browser_hash(), code.id);
            let is_ended = context
                .app
                .db
                .write(move |conn| {
                    let is_ended =
                        store::end_code(conn, &id, browser.as_str(), SignInCodeOutcome::Taken, now)?;
                    if is_ended {
                        audit::append_event(conn, &event)?;
                    }
                    Ok(is_ended)
                })
                .await?;
            if is_ended {
                context.app.metrics.sign_in_codes.add(SignInCodeOutcome::Taken.as_str());
            }
            Err(Stop::Refused(TvLinkRefusal::Taken))
        }
        Err(Stop::Fault(fault)) => Err(Stop::Fault(fault)),
    }
}
