//! Support mails a player the link to choose a password, the first one as well: the answer to a lost password whose
//! Amazon account is gone. The letter says that support sent it, so it is the notice too.

use crate::accounts::password_reset::{ResetLink, Wording as ResetWording, may_send as may_send_reset};
use crate::accounts::sign_in::Account;
use crate::audit;
use crate::outbound::mail;
use crate::platform::fault::Stop;
use crate::platform::rate_limit::Verdict;
use crate::support::actions::model::Refused;
use crate::support::actions::request::Asked;

/// Sends the link to the proven address, under the budget of those whom players ask for.
pub(super) async fn send(asked: &Asked<'_>) -> Result<(), Stop<Refused>> {
    let (app, now) = (&asked.visit.app, asked.visit.now);
    if asked.player.is_disabled {
        return Err(Stop::Refused(Refused::Disabled));
    }
    let wording = ResetWording {
        kind: mail::Kind::SupportSentReset,
        language: asked.language(),
        args: &[asked.name()],
    };
    let link = ResetLink::prepare(app, Some(&asked.player), wording, now)?;
    let link = link.ok_or(Stop::Refused(Refused::NoAddress))?;
    asked.is_as_seen().await?;
    let account = Account::with_id(app, &asked.player.id).await?.ok_or(Stop::Refused(Refused::Unknown))?;
    if let Verdict::Refused { retry_after } = may_send_reset(app, &account, now).await? {
        return Err(Stop::Refused(Refused::TooMany { retry_after }));
    }
    let (guard, event) = (asked.guard(), asked.event());
    app.db
        .write(move |conn| {
            if guard.hold(conn)?.is_disabled {
                return Err(Stop::Refused(Refused::Disabled));
            }
            link.send(conn)?;
            Ok(audit::append(conn, &event)?)
        })
        .await
}
