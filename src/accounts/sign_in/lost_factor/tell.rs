//! Tells the players whose wait runs: every day, and when it is over.

use crate::accounts::players::store::credentials_by_id;
use crate::accounts::sign_in::lost_factor::links::to_cancel;
use crate::accounts::sign_in::lost_factor::store::{self, UntoldRecovery};
use crate::app::App;
use crate::outbound::mail::{self, MailMessage};
use crate::platform::fault::Fault;
use crate::platform::i18n::Language;

/// Players told in one pass of the cleanup.
const BATCH: i64 = 100;

/// Mails everybody who has to be told now. Several copies may do it at once: each player is mailed once.
pub async fn tell_due(app: &App) -> Result<(), Fault> {
    let now = app.clock.now();
    for waiting in app.db.read(move |conn| store::untold(conn, now, BATCH)).await? {
        tell(app, waiting).await?;
    }
    Ok(())
}

async fn tell(app: &App, waiting: UntoldRecovery) -> Result<(), Fault> {
    let (now, id) = (app.clock.now(), waiting.player.clone());
    let Some(known) = app.db.read(move |conn| credentials_by_id(conn, &id)).await? else { return Ok(()) };
    let to = known.as_recipient(Language::English);
    let (day, link) = (to.language.date_time(waiting.due_at), to_cancel(app, &waiting.id));
    let kind =
        if waiting.due_at <= now { mail::Kind::FactorRecoveryDue } else { mail::Kind::FactorRecoveryRuns };
    let message = MailMessage::compose(app, kind, &to, &[("day", day.as_str()), ("link", link.as_str())])?;
    app.db
        .write(move |conn| {
            if store::note_told(conn, &waiting, now)? {
                mail::enqueue(conn, &message)?;
            }
            Ok(())
        })
        .await
}
