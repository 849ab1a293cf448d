//! Handles `invalid_grant`: the link ends, unless the mass-revocation guard is on.

use std::sync::Arc;

use crate::app::App;
use crate::audit::Actor;
use crate::links::refresh::mass_revocation_guard::{self, RevocationDecision};
use crate::links::refresh::model::LeasedLink;
use crate::links::refresh::record::retry_until;
use crate::links::refresh::schedule::next_check_when_held;
use crate::links::refresh::store;
use crate::links::{Revocation, RevocationOutcome, TokenStop, stop_tokens};
use crate::platform::fault::Fault;
use crate::platform::jobs::backoff::random_byte;
use crate::platform::metrics::{GuardState, Refresh};

/// The effect on the link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EndedLink {
    /// The effect that [`Revocation`] reports.
    Link(RevocationOutcome),
    /// The mass-revocation guard kept the link until staff decide (S69).
    KeptByGuard,
    /// An answer with new tokens may have been lost, so it is not known that access was withdrawn. The link needs its
    /// player to reconnect.
    AnswerLost,
}

/// Ends the link, unless the mass-revocation guard keeps it. Count, guard and end are one transaction.
pub(super) async fn revoke_link(
    app: &App,
    leased: &LeasedLink,
    amazon_request: Option<&str>,
) -> Result<EndedLink, Fault> {
    let revocation = Arc::new(Revocation::prepare(app, leased.row.snapshot.clone(), amazon_request).await?);
    let (now, jitter) = (app.clock.now(), random_byte());
    let (ended, is_tripped) = retry_until(leased.ends, || {
        let (revocation, leased) = (Arc::clone(&revocation), leased.clone());
        app.db.write(move |conn| {
            if !revocation.is_current(conn)? {
                return Ok((EndedLink::Link(RevocationOutcome::NotThere), false));
            }
            if leased.row.may_have_lost_an_answer() {
                let (player, link) = (&leased.row.snapshot.player, &leased.row.snapshot.link);
                let stop = TokenStop {
                    at: now,
                    actor: Actor::System,
                    because: "answer_lost",
                    reference: "refresher",
                };
                stop_tokens(conn, player, link, &stop)?;
                return Ok((EndedLink::AnswerLost, false));
            }
            let decision = mass_revocation_guard::decide_revocation(conn, leased.row.held_at, now)?;
            if decision == RevocationDecision::MayEnd {
                return Ok((EndedLink::Link(revocation.write(conn)?), false));
            }
            store::postpone_check(
                conn,
                &leased.row.snapshot,
                next_check_when_held(now, jitter),
                Some(leased.row.held_at.unwrap_or(now)),
            )?;
            Ok((EndedLink::KeptByGuard, decision == RevocationDecision::KeptFirst))
        })
    })
    .await?;
    app.metrics.refreshes.add(match ended {
        EndedLink::Link(RevocationOutcome::NotThere) => Refresh::Superseded,
        EndedLink::Link(_) => Refresh::Revoked,
        EndedLink::KeptByGuard => Refresh::KeptByGuard,
        EndedLink::AnswerLost => Refresh::NeedsReconnect,
    });
    if ended == EndedLink::AnswerLost {
        tracing::error!(
            event = "links.refresh.answer_lost",
            alert = "refresh_lost",
            link.id = %leased.row.snapshot.link,
            "Amazon refuses tokens whose last renewal was not finished"
        );
    }
    if is_tripped {
        app.metrics.revocation_guard.set(GuardState::On);
        tracing::error!(
            event = "links.refresh.guard_tripped",
            alert = "refresh_brake_pulled",
            "the mass-revocation guard went on"
        );
    }
    Ok(ended)
}
