//! Handles `invalid_grant`: the link ends, unless the mass-revocation guard is on.

use std::sync::Arc;

use crate::app::App;
use crate::links::refresh::mass_revocation_guard::{self, RevocationDecision};
use crate::links::refresh::model::LeasedLink;
use crate::links::refresh::record::check_again_at;
use crate::links::refresh::schedule::next_check_when_held;
use crate::links::refresh::store;
use crate::links::{Revocation, RevocationOutcome};
use crate::platform::fault::Fault;
use crate::platform::jobs::backoff::random_byte;
use crate::platform::metrics::{Brake, Refresh};

/// The effect on the link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EndedLink {
    /// The effect that [`Revocation`] reports.
    Link(RevocationOutcome),
    /// The mass-revocation guard kept the link, and staff decide first (S69).
    Held,
}

/// Ends the link, unless the mass-revocation guard keeps it. Count, guard and end are one transaction.
pub(super) async fn revoke_link(
    app: &App,
    leased: &LeasedLink,
    amazon_request: Option<&str>,
) -> Result<EndedLink, Fault> {
    let revocation = Arc::new(Revocation::prepare(app, leased.row.sent.clone(), amazon_request).await?);
    let (now, chance) = (app.clock.now(), random_byte());
    let (ended, is_pulled) = check_again_at(leased.ends, || {
        let (revocation, leased) = (Arc::clone(&revocation), leased.clone());
        app.db.write(move |conn| {
            if !revocation.holds(conn)? {
                return Ok((EndedLink::Link(RevocationOutcome::NotThere), false));
            }
            let weighed = mass_revocation_guard::decide_revocation(conn, leased.row.held_at, now)?;
            if weighed == RevocationDecision::Clear {
                return Ok((EndedLink::Link(revocation.carry_out(conn)?), false));
            }
            store::put_off(
                conn,
                &leased.row.sent,
                next_check_when_held(now, chance),
                Some(leased.row.held_at.unwrap_or(now)),
            )?;
            Ok((EndedLink::Held, weighed == RevocationDecision::HeldFirst))
        })
    })
    .await?;
    app.metrics.refreshes.add(match ended {
        EndedLink::Link(RevocationOutcome::NotThere) => Refresh::Superseded,
        EndedLink::Link(_) => Refresh::Revoked,
        EndedLink::Held => Refresh::Braked,
    });
    if is_pulled {
        app.metrics.brake.set(Brake::Held);
        tracing::error!(
            event = "links.refresh.guard_tripped",
            alert = "refresh_brake_pulled",
            "the mass-revocation guard went on"
        );
    }
    Ok(ended)
}
