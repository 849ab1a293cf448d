//! Support removes a link, as its player could.
//!
//! A player without a password and without a passkey gets a reset link by mail. Without an address for it, the link stays.

use crate::accounts::password_reset::{ResetToken, ResetWording};
use crate::accounts::players;
use crate::links::{self, LastLoginMethodRule, UnlinkRefusal, UnlinkedBy, Unlinking};
use crate::outbound::mail;
use crate::platform::fault::Stop;
use crate::platform::i18n::Language;
use crate::support::actions::model::ActionRefusal;
use crate::support::actions::request::ActionRequest;

/// How the link was removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::support) enum SupportUnlinked {
    Plainly,
    /// It was the only login method, and a reset link is in the mail.
    WithRecovery,
}

/// Ends the link that the page showed.
///
/// Whether there is another way in decides which mail is written. So it is read before the transaction and compared
/// again in it.
pub(in crate::support) async fn unlink_amazon(
    request: &ActionRequest<'_>,
) -> Result<SupportUnlinked, Stop<ActionRefusal>> {
    let (app, player) = (&request.context.app, request.player.id.clone());
    let (link, has_another) = app
        .db
        .read(move |conn| {
            Ok((links::summary(conn, &player)?, players::store::can_sign_in_without_amazon(conn, &player)?))
        })
        .await?;
    let link =
        link.filter(|link| link.id.as_str() == request.seen).ok_or(Stop::Refused(ActionRefusal::Changed))?;
    let amazon = ("amazon", link.name.as_deref().unwrap_or("Amazon"));
    let (recovery, message) = if has_another {
        (None, request.message(mail::Kind::SupportUnlinked, &[amazon])?)
    } else {
        (Some(recovery_message(request, amazon)?), None)
    };
    let unlinked = if has_another { SupportUnlinked::Plainly } else { SupportUnlinked::WithRecovery };
    let guard = request.guard();
    let unlinking =
        Unlinking::prepare(app, &request.player.id, UnlinkedBy::Support, request.event(), message);
    app.db
        .write_or_refuse(move |conn| {
            let current = guard.hold(conn)?;
            if players::store::can_sign_in_without_amazon(conn, &current.id)? != has_another {
                return Err(Stop::Refused(ActionRefusal::Changed));
            }
            let mut last_way = LastLoginMethodRule::Kept;
            if let Some(recovery) = &recovery {
                if current.is_disabled {
                    return Err(Stop::Refused(ActionRefusal::Disabled));
                }
                recovery.send(conn)?;
                last_way = LastLoginMethodRule::Replaced;
            }
            unlinking.write(conn, last_way).map_err(|stop| match stop {
                Stop::Refused(UnlinkRefusal::Nothing) => Stop::Refused(ActionRefusal::Changed),
                Stop::Refused(UnlinkRefusal::LastMethod) => Stop::Refused(ActionRefusal::LastMethod),
                Stop::Fault(fault) => Stop::Fault(fault),
            })
        })
        .await?;
    Ok(unlinked)
}

/// The reset link, in one mail with the notice of the removal.
fn recovery_message(
    request: &ActionRequest<'_>,
    amazon: (&str, &str),
) -> Result<ResetToken, Stop<ActionRefusal>> {
    if request.player.is_disabled {
        return Err(Stop::Refused(ActionRefusal::Disabled));
    }
    let wording = ResetWording {
        next: None,
        kind: mail::Kind::SupportUnlinkedRecovery,
        language: Language::English,
        args: &[amazon],
    };
    let link =
        ResetToken::prepare(&request.context.app, Some(&request.player), wording, request.context.now)?;
    link.ok_or(Stop::Refused(ActionRefusal::LastMethod))
}
