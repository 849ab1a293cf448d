//! Support takes a link away, as its player could. Somebody whom nothing else lets in gets a link by mail to choose a
//! password; without an address to mail it to, the link stays.

use crate::accounts::password_reset::{ResetLink, Wording as ResetWording};
use crate::accounts::players;
use crate::links::{self, By, LastWay, NotUnlinked, Unlinking};
use crate::outbound::mail;
use crate::platform::fault::Stop;
use crate::support::actions::model::Refused;
use crate::support::actions::request::Asked;

/// The link is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unlinked {
    Plainly,
    /// It was the only way in, and another one is in the mail.
    WithRecovery,
}

/// Ends the link that the page showed. Decided before the transaction, and asked again in it: which letter is written
/// depends on it.
pub(super) async fn unlink(asked: &Asked<'_>) -> Result<Unlinked, Stop<Refused>> {
    let (app, player) = (&asked.visit.app, asked.player.id.clone());
    let (link, has_password) = app
        .db
        .read(move |conn| {
            Ok((links::summary(conn, &player)?, players::store::has_usable_password(conn, &player)?))
        })
        .await?;
    let link = link.filter(|link| link.id.as_str() == asked.seen).ok_or(Stop::Refused(Refused::Changed))?;
    let amazon = ("amazon", link.name.as_deref().unwrap_or("Amazon"));
    let (recovery, letter) = if has_password {
        (None, asked.letter(mail::Kind::SupportUnlinked, &[amazon])?)
    } else {
        (Some(recovery(asked, amazon)?), None)
    };
    let unlinked = if has_password { Unlinked::Plainly } else { Unlinked::WithRecovery };
    let guard = asked.guard();
    let unlinking = Unlinking::prepare(app, &asked.player.id, By::Support, asked.event(), letter);
    app.db
        .write(move |conn| {
            let current = guard.hold(conn)?;
            if players::store::has_usable_password(conn, &current.id)? != has_password {
                return Err(Stop::Refused(Refused::Changed));
            }
            let mut last_way = LastWay::Kept;
            if let Some(recovery) = &recovery {
                if current.is_disabled {
                    return Err(Stop::Refused(Refused::Disabled));
                }
                recovery.send(conn)?;
                last_way = LastWay::Replaced;
            }
            unlinking.carry_out(conn, last_way).map_err(|stop| match stop {
                Stop::Refused(NotUnlinked::Nothing) => Stop::Refused(Refused::Changed),
                Stop::Refused(NotUnlinked::LastMethod) => Stop::Refused(Refused::LastMethod),
                Stop::Fault(fault) => Stop::Fault(fault),
            })
        })
        .await?;
    Ok(unlinked)
}

/// The other way in, in one letter with the news.
fn recovery(asked: &Asked<'_>, amazon: (&str, &str)) -> Result<ResetLink, Stop<Refused>> {
    if asked.player.is_disabled {
        return Err(Stop::Refused(Refused::Disabled));
    }
    let wording = ResetWording {
        kind: mail::Kind::SupportUnlinkedRecovery,
        language: asked.language(),
        args: &[asked.name(), amazon],
    };
    let link = ResetLink::prepare(&asked.visit.app, Some(&asked.player), wording, asked.visit.now)?;
    link.ok_or(Stop::Refused(Refused::LastMethod))
}
