//! Support mails a player a link that sets a password, also the first one.
//!
//! This helps a player without a password whose Amazon account is gone. The mail names support as its sender, so
//! no other notice is needed.

use crate::accounts::password_reset::{ResetRequester, ResetToken, ResetWording, may_send as may_send_reset};
use crate::accounts::sign_in::LoginAccount;
use crate::audit;
use crate::outbound::mail;
use crate::platform::fault::Stop;
use crate::platform::i18n::Language;
use crate::platform::rate_limit::RateVerdict;
use crate::support::actions::model::ActionRefusal;
use crate::support::actions::request::ActionRequest;

/// Sends the link to the confirmed address, under a rate limit that no visitor can use up.
pub(in crate::support) async fn send_reset(request: &ActionRequest<'_>) -> Result<(), Stop<ActionRefusal>> {
    let (app, now) = (&request.context.app, request.context.now);
    if request.player.is_disabled {
        return Err(Stop::Refused(ActionRefusal::Disabled));
    }
    let (kind, language) = (mail::Kind::SupportSentReset, Language::English);
    let wording = ResetWording { kind, language, next: None, args: &[] };
    let link = ResetToken::prepare(app, Some(&request.player), wording, now)?;
    let link = link.ok_or(Stop::Refused(ActionRefusal::NoAddress))?;
    request.is_as_seen().await?;
    let account =
        LoginAccount::with_id(app, &request.player.id).await?.ok_or(Stop::Refused(ActionRefusal::Unknown))?;
    if let RateVerdict::Refused { retry_after } =
        may_send_reset(app, &account, &ResetRequester::Support, now).await?
    {
        return Err(Stop::Refused(ActionRefusal::TooMany { retry_after }));
    }
    let (guard, event) = (request.guard(), request.event());
    app.db
        .write_or_refuse(move |conn| {
            if guard.hold(conn)?.is_disabled {
                return Err(Stop::Refused(ActionRefusal::Disabled));
            }
            link.send(conn)?;
            Ok(audit::append_event(conn, &event)?)
        })
        .await
}
