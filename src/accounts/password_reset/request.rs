//! Asking for the link.

use chrono::TimeDelta;

use crate::accounts::login_attempts::Account;
use crate::accounts::password_reset::token::{self, ResetLink, Wording};
use crate::accounts::players;
use crate::audit::{self, Actor, Event, Kind};
use crate::outbound::mail;
use crate::platform::crypto::keys::Lookup;
use crate::platform::fault::{Fault, Stop};
use crate::platform::metrics::Limit;
use crate::platform::rate_limit::{Budget, Then, Verdict};
use crate::web::Visit;

/// Requests from one network in an hour (S20).
const REQUESTS_IN_AN_HOUR: u32 = 50;

/// The network asks too often. Seconds until trying again makes sense.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooMany {
    pub retry_after: i64,
}

/// Mails the link, if there is somebody to mail it to. The work is the same if there is not (S13).
pub(super) async fn ask(visit: &Visit, identifier: &str) -> Result<(), Stop<TooMany>> {
    let app = &visit.app;
    if let Verdict::Refused { retry_after } = app.throttle.take(vec![by_network(visit)], visit.now).await? {
        return Err(Stop::Refused(TooMany { retry_after }));
    }
    let account = Account::named(app, identifier).await?;
    let may_write = token::may_send(app, &account, visit.now).await? == Verdict::Allowed;
    let wording = Wording { kind: mail::Kind::PasswordResetLink, language: visit.language, args: &[] };
    let link = ResetLink::prepare(app, account.player(), wording, visit.now)?.filter(|_| may_write);
    let mut event =
        Event::new(visit.now, Kind::PasswordResetAsked, Actor::Visitor, &visit.reference.to_string())
            .from(&visit.caller.network())
            .in_browser(&visit.caller.browser);
    event.player = account.player().map(|found| found.id.clone());
    app.db
        .write(move |conn| {
            if let Some(link) = &link
                && players::store::hold(conn, link.player())?
            {
                link.send(conn)?;
            }
            Ok::<_, Fault>(audit::append(conn, &event)?)
        })
        .await?;
    Ok(())
}

fn by_network(visit: &Visit) -> Budget {
    let network = visit.app.keys.lookup.hash(Lookup::Network, &visit.caller.network());
    Budget {
        limit: Limit::ResetsOfNetwork,
        id: format!("resets asked network {network}"),
        free: REQUESTS_IN_AN_HOUR,
        window: TimeDelta::hours(1),
        then: Then::Wait,
    }
}
