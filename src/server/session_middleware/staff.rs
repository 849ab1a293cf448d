//! Puts the member of staff on requests for support pages.

use std::rc::Rc;

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::{HttpMessage, web};

use crate::app::App;
use crate::platform::crypto::token::OpaqueToken;
use crate::server::session_middleware::store;
use crate::support::staff;
use crate::web::cookies::{CookieName, SealedCookies};
use crate::web::guard::MissingPermission;
use crate::web::{CurrentStaffMember, PageError, RequestContext, urls};

/// The shortest time between two records of a session's use, in seconds. Unused staff sessions end after minutes.
const RECORD_USE_EVERY: i64 = 60;

/// Records that a member of staff lacked a permission (S125). The request stays refused if that fails.
pub(super) async fn record_refusal(response: &ServiceResponse<BoxBody>) {
    let request = response.request();
    let lacking = request.extensions().get::<MissingPermission>().copied();
    let Some(MissingPermission(permission)) = lacking else { return };
    let Ok(context) = RequestContext::of(request) else { return };
    let Some(staff_member) = context.staff.as_deref() else { return };
    let (method, route) = (request.method().as_str(), request.match_pattern());
    let details = serde_json::json!({ "permission": permission, "method": method, "route": route });
    let recorded = staff::denied_access_log::record_denied_access(&context, staff_member, details).await;
    if let Err(fault) = recorded {
        tracing::warn!(event = "server.denied_access.not_recorded", %fault, "denied access not recorded");
    }
}

/// Recognises the member of staff on support pages. On other pages it reads nothing.
pub(super) async fn recognise_staff_member(request: &ServiceRequest) -> Result<(), PageError> {
    if !urls::is_desk(request.path()) {
        return Ok(());
    }
    let (Some(app), Some(cookies)) =
        (request.app_data::<web::Data<App>>(), request.app_data::<web::Data<SealedCookies>>())
    else {
        return Ok(());
    };
    let now = app.clock.now();
    let cookie = cookies.read::<String>(request.request(), CookieName::Staff, now);
    let Some(token) = cookie.and_then(|text| OpaqueToken::parse(&text)) else { return Ok(()) };
    let hash = token.hash();
    let found = app.db.read_at_once(move |conn| store::find_staff(conn, hash.as_str())).await?;
    let Some((staff_member, times)) = found else { return Ok(()) };
    if now - times.last_seen_at >= app.config.sessions.staff().idle || now >= times.expires_at {
        // The row goes at once, because a clock that goes back would revive it.
        let session = staff_member.session.id;
        app.db.write(move |conn| Ok(crate::sessions::staff::end(conn, &session)?)).await?;
        return Ok(());
    }
    if (now - times.last_seen_at).num_seconds() >= RECORD_USE_EVERY {
        record_use(app, &staff_member);
    }
    request.extensions_mut().insert(Rc::new(staff_member));
    Ok(())
}

fn record_use(app: &web::Data<App>, staff_member: &CurrentStaffMember) {
    let (app, session) = (app.clone(), staff_member.session.id.clone());
    let now = app.clock.now();
    actix_web::rt::spawn(async move {
        let recorded =
            app.db.write(move |conn| Ok(crate::sessions::staff::touch(conn, &session, now)?)).await;
        if let Err(fault) = recorded {
            tracing::warn!(
                event = "server.staff_session_use.not_recorded",
                %fault,
                "staff session use not recorded"
            );
        }
    });
}
