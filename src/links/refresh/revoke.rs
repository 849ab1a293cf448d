//! Amazon said `invalid_grant`: under the brake the link waits for staff, else it ends.

use std::sync::Arc;

use crate::app::App;
use crate::links::refresh::mass_revocation_guard::{self, Weighed};
use crate::links::refresh::model::Leased;
use crate::links::refresh::record::{chance, until};
use crate::links::refresh::schedule::held;
use crate::links::refresh::store;
use crate::links::{Revocation, Revoked};
use crate::platform::fault::Fault;
use crate::platform::metrics::{Brake, Refresh};

/// What became of the link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// As [`Revocation`] has it.
    Link(Revoked),
    /// Not ended: staff decide first (S69).
    Held,
}

/// Ends the link, unless the brake holds it. The count, the brake and the end are one transaction.
pub(super) async fn revoke(app: &App, leased: &Leased, amazon_request: Option<&str>) -> Result<Ended, Fault> {
    let revocation = Arc::new(Revocation::prepare(app, leased.sent.clone(), amazon_request).await?);
    let (now, chance) = (app.clock.now(), chance());
    let (ended, is_pulled) = until(leased.lease.ends, || {
        let (revocation, leased) = (Arc::clone(&revocation), leased.clone());
        app.db.write(move |conn| {
            if !revocation.holds(conn)? {
                return Ok((Ended::Link(Revoked::NotThere), false));
            }
            let weighed = mass_revocation_guard::weigh(conn, leased.held_at, now)?;
            if weighed == Weighed::Clear {
                return Ok::<_, Fault>((Ended::Link(revocation.carry_out(conn)?), false));
            }
            store::put_off(conn, &leased.sent, held(now, chance), Some(leased.held_at.unwrap_or(now)))?;
            Ok((Ended::Held, weighed == Weighed::HeldFirst))
        })
    })
    .await?;
    app.metrics.refreshes.add(match ended {
        Ended::Link(Revoked::NotThere) => Refresh::Superseded,
        Ended::Link(_) => Refresh::Revoked,
        Ended::Held => Refresh::Braked,
    });
    if is_pulled {
        app.metrics.brake.is(Brake::Held);
        tracing::error!(
            alert = "refresh_brake_pulled",
            "Amazon refuses too many links at once; none ends until `dovetail brake release`"
        );
    }
    Ok(ended)
}
