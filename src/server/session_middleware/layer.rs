//! Puts the current player on the request, and records in the background that the session was used.

use std::rc::Rc;

use actix_session::SessionExt;
use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, web};

use crate::app::App;
use crate::platform::crypto::token::OpaqueToken;
use crate::platform::fault::Fault;
use crate::platform::ids::SessionId;
use crate::server::session_middleware::{staff, store};
use crate::sessions::browser;
use crate::web::PageError;
use crate::web::session::TOKEN;

/// The shortest time between two records of a session's use, in seconds.
const RECORD_USE_EVERY: i64 = 300;

/// Recognises the player and the member of staff. A failed database gives a 503 page, not a signed-out one.
pub async fn recognise_player(
    request: ServiceRequest,
    inner: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    if let Err(error) = staff::recognise_staff_member(&request).await {
        return Ok(request.error_response(error));
    }
    if let Err(fault) = read_session(&request).await {
        return Ok(request.error_response(PageError::from(fault)));
    }
    let response = inner.call(request).await?;
    staff::record_refusal(&response).await;
    Ok(response)
}

/// Reads session, player and link by the token in the cookie.
async fn read_session(request: &ServiceRequest) -> Result<(), Fault> {
    let token: Option<String> = request.get_session().get(TOKEN).ok().flatten();
    let token = token.and_then(|text| OpaqueToken::parse(&text));
    let (Some(app), Some(token)) = (request.app_data::<web::Data<App>>(), token) else { return Ok(()) };
    let (hash, now) = (token.hash(), app.clock.now());
    let found = app.db.read_at_once(move |conn| store::find(conn, hash.as_str(), now)).await;
    let found = found.map_err(|fault: Fault| Fault::busy("reading a session", fault))?;
    let Some((current_player, times)) = found else { return Ok(()) };
    let unused = now - times.last_seen_at;
    let idle = app.session_lifetime(current_player.session.is_remembered).idle;
    if unused >= idle || now >= times.expires_at {
        // The row goes at once, because a clock that goes back would revive it.
        let (session, last_seen_at) = (current_player.session.id, times.last_seen_at);
        return app
            .db
            .write(move |conn| Ok(browser::end_expired(conn, &session, last_seen_at)?))
            .await
            .map_err(|fault| Fault::busy("ending a session", fault));
    }
    if unused.num_seconds() >= RECORD_USE_EVERY {
        record_use(app.clone(), current_player.session.id.clone());
    }
    request.extensions_mut().insert(Rc::new(current_player));
    Ok(())
}

fn record_use(app: web::Data<App>, session: SessionId) {
    let now = app.clock.now();
    actix_web::rt::spawn(async move {
        let recorded = app.db.write(move |conn| Ok(browser::touch(conn, &session, now)?)).await;
        if let Err(fault) = recorded {
            tracing::warn!(event = "server.session_use.not_recorded", %fault, "session use not recorded");
        }
    });
}
