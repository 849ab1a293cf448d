//! Puts the current player on the request, and records in the background that the session was used.

use std::rc::Rc;
use std::sync::Arc;

use actix_session::SessionExt;
use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, web};

use crate::app::App;
use crate::platform::fault::Fault;
use crate::server::session_middleware::staff;
use crate::sessions::browser;
use crate::web::session::LoadedSession;
use crate::web::{CurrentPlayer, PageError, request_context};

/// The key under which the store leaves the second in which the session was last used.
pub(super) const LAST_SEEN: &str = "last_seen";

/// The shortest time between two records of a session's use, in seconds.
const NOTE_EVERY: i64 = 300;

/// Recognises the player and the member of staff. A failed database gives a 503 page, not a signed-out one.
pub async fn recognise_player(
    request: ServiceRequest,
    inner: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    if let Err(error) = staff::recognise_staff_member(&request).await {
        return Ok(request.error_response(error));
    }
    match request_context::loaded(&request) {
        LoadedSession::StoreDown => {
            let fault = Fault::busy("reading a session", "the session store is down");
            return Ok(request.error_response(PageError::from(fault)));
        }
        LoadedSession::Viewer(viewer) => {
            note_use(&request, &viewer);
            request.extensions_mut().insert::<Rc<CurrentPlayer>>(Rc::from(viewer));
        }
        LoadedSession::Nobody => {}
    }
    let response = inner.call(request).await?;
    staff::note_refusal(&response).await;
    Ok(response)
}

fn note_use(request: &ServiceRequest, viewer: &CurrentPlayer) {
    let Some(app) = request.app_data::<web::Data<App>>().cloned() else { return };
    let now = app.clock.now();
    let last: i64 = request.get_session().get(LAST_SEEN).ok().flatten().unwrap_or_default();
    if now.timestamp() - last < NOTE_EVERY {
        return;
    }
    let app: Arc<App> = app.into_inner();
    let session = viewer.session.id.clone();
    actix_web::rt::spawn(async move {
        let noted = app.db.write(move |conn| Ok::<_, Fault>(browser::touch(conn, &session, now)?)).await;
        if let Err(fault) = noted {
            tracing::warn!(event = "server.session_use.not_recorded", %fault, "session use not recorded");
        }
    });
}
