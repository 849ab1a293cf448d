//! The security page and its buttons.

use actix_web::HttpResponse;

use crate::accounts::email;
use crate::accounts::players;
use crate::accounts::second_factor;
use crate::accounts::sign_in::security::end_sessions;
use crate::accounts::sign_in::security::forms::{EndAllSessionsForm, EndSessionForm};
use crate::accounts::sign_in::security::store;
use crate::accounts::sign_in::security::views::SecurityPage;
use crate::platform::ids::SessionId;
use crate::sessions::browser;
use crate::sessions::game;
use crate::web::{NextAddress, Notice, PageError, PageResult, PostForm, RequestContext, responses, urls};

/// `GET /account/security`
pub async fn show(context: RequestContext) -> PageResult {
    let (player, now) = (context.player()?.player.id.clone(), context.now);
    let (awaits_email_code, version) =
        (context.player()?.awaits_email_code, context.player()?.player.version);
    let (sessions, games, password_changed_at, codes_left, waiting, open_ends) = context
        .app
        .db
        .read(move |conn| {
            let sessions = browser::list(conn, &player, now)?;
            let games = game::list(conn, &player, now)?;
            let password_changed_at = players::store::password_changed_at(conn, &player)?;
            let codes_left = second_factor::store::codes_left(conn, &player)?;
            let waiting = if awaits_email_code { email::pending(conn, &player, now)? } else { None };
            let open_ends = store::open_ends(conn, &player, version, now)?;
            Ok((sessions, games, password_changed_at, codes_left, waiting, open_ends))
        })
        .await?;
    let waiting = email::masked(waiting.as_deref());
    let shown =
        SecurityPage::new(&context, sessions, games, password_changed_at, codes_left, waiting, &open_ends)?;
    responses::render_page(&shown)
}

/// `POST /account/security/end-session`
pub async fn end_session(context: RequestContext, PostForm(form): PostForm<EndSessionForm>) -> PageResult {
    let current_player = context.player()?;
    let back = NextAddress::parse(&form.next);
    let session = SessionId::from(form.session);
    let is_own = session == current_player.session.id;
    if !end_sessions::end_session(&context, current_player, session).await? {
        return Err(PageError::NotFound);
    }
    if is_own {
        return Ok(context.signed_out(urls::SIGN_IN));
    }
    let response = responses::see_other(back.as_ref().map_or(urls::SECURITY, NextAddress::as_str));
    Ok(Notice::good("session_ended").attach_to(&context, response))
}

/// `POST /account/security/sign-out-everywhere`
pub async fn sign_out_everywhere(
    context: RequestContext,
    PostForm(_): PostForm<EndAllSessionsForm>,
) -> PageResult {
    let Some(started) = end_sessions::end_others(&context, context.player()?).await? else {
        return Ok(responses::see_other(urls::SIGN_IN));
    };
    let response = context.signed_in(&started, urls::SECURITY)?;
    Ok(Notice::good("signed_out_everywhere").attach_to(&context, response))
}

/// `GET /.well-known/change-password`, where password managers look for the page.
pub async fn change_password() -> HttpResponse {
    responses::see_other(urls::PASSWORD)
}
