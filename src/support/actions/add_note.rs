//! Support adds a note about a player.

use crate::audit;
use crate::outbound::mail;
use crate::platform::fault::Stop;
use crate::support::actions::model::ActionRefusal;
use crate::support::actions::request::ActionRequest;
use crate::support::notes::{self, NewNote};

/// Stores the note; the audit record does not contain its text.
pub(in crate::support) async fn add_note(
    request: &ActionRequest<'_>,
    typed: &str,
) -> Result<(), Stop<ActionRefusal>> {
    let app = &request.context.app;
    let note =
        NewNote::prepare(&app.vault, &request.player.id, &request.staff.id, typed, request.context.now)?;
    let note = note.ok_or(Stop::Refused(ActionRefusal::NoteUnfit))?;
    let message = request.message(mail::Kind::SupportWroteNote, &[])?;
    let (guard, event) = (request.guard(), request.event());
    app.db
        .write_or_refuse(move |conn| {
            guard.hold(conn)?;
            notes::add(conn, &note)?;
            audit::append_event(conn, &event)?;
            mail::enqueue(conn, &message)?;
            Ok::<_, Stop<ActionRefusal>>(())
        })
        .await
}
