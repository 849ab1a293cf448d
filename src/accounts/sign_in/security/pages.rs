//! The security page and its buttons.

use actix_web::HttpResponse;

use crate::accounts::players;
use crate::accounts::sign_in::security::end_sessions;
use crate::accounts::sign_in::security::forms::{EndAllSessionsForm, EndSessionForm};
use crate::accounts::sign_in::security::views::SecurityPage;
use crate::platform::ids::SessionId;
use crate::sessions::browser;
use crate::sessions::game;
use crate::web::{NextAddress, Notice, PageError, PageResult, PostForm, RequestContext, responses, urls};

/// `GET /account/security`
pub async fn show(visit: RequestContext) -> PageResult {
    let (player, now) = (visit.player()?.player.id.clone(), visit.now);
    let (sessions, games, password_changed_at) = visit
        .app
        .db
        .read(move |conn| {
            let sessions = browser::list(conn, &player, now)?;
            let games = game::list(conn, &player, now)?;
            Ok((sessions, games, players::store::password_changed_at(conn, &player)?))
        })
        .await?;
    responses::render_page(&SecurityPage::new(&visit, sessions, games, password_changed_at)?)
}

/// `POST /account/security/end-session`
pub async fn end_session(visit: RequestContext, PostForm(form): PostForm<EndSessionForm>) -> PageResult {
    let viewer = visit.player()?;
    let back = NextAddress::parse(&form.next);
    let session = SessionId::from(form.session);
    let is_own = session == viewer.session.id;
    if !end_sessions::end_session(&visit, viewer, session).await? {
        return Err(PageError::NotFound);
    }
    if is_own {
        return Ok(visit.signed_out(urls::SIGN_IN));
    }
    let response = responses::see_other(back.as_ref().map_or(urls::SECURITY, NextAddress::as_str));
    Ok(Notice::good("session_ended").attach_to(&visit, response))
}

/// `POST /account/security/sign-out-everywhere`
pub async fn sign_out_everywhere(
    visit: RequestContext,
    PostForm(_): PostForm<EndAllSessionsForm>,
) -> PageResult {
    if !end_sessions::end_others(&visit, visit.player()?).await? {
        return Ok(responses::see_other(urls::SIGN_IN));
    }
    Ok(Notice::good("signed_out_everywhere").attach_to(&visit, responses::see_other(urls::SECURITY)))
}

/// `GET /.well-known/change-password`, where password managers look for the page.
pub async fn change_password() -> HttpResponse {
    responses::see_other(urls::PASSWORD)
}
