//! Support adds a note about a player.

use crate::audit;
use crate::outbound::mail;
use crate::platform::fault::Stop;
use crate::support::actions::model::ActionRefusal;
use crate::support::actions::request::ActionRequest;
use crate::support::notes::{self, NewNote};

/// Stores the note; the audit record does not contain its text.
pub(in crate::support) async fn add_note(
    asked: &ActionRequest<'_>,
    typed: &str,
) -> Result<(), Stop<ActionRefusal>> {
    let app = &asked.visit.app;
    let note = NewNote::prepare(&app.vault, &asked.player.id, &asked.staff.id, typed, asked.visit.now)?;
    let note = note.ok_or(Stop::Refused(ActionRefusal::NoteUnfit))?;
    let message = asked.message(mail::Kind::SupportWroteNote, &[])?;
    let (guard, event) = (asked.guard(), asked.event());
    app.db
        .write(move |conn| {
            guard.hold(conn)?;
            notes::add(conn, &note)?;
            audit::append_event(conn, &event)?;
            mail::enqueue(conn, &message)?;
            Ok::<_, Stop<ActionRefusal>>(())
        })
        .await
}
