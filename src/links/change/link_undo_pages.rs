//! The page behind the mailed link that undoes a link by code.

use actix_web::http::StatusCode;
use actix_web::web::Query;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::links::change::link_undo::{UndoUnknown, undo_link, undoable_link};
use crate::links::forms::{LinkUndoForm, LinkUndoQuery};
use crate::links::views::LinkUndoPage;
use crate::platform::crypto::token::OpaqueToken;
use crate::platform::fault::Stop;
use crate::web::cookies::CookieName;
use crate::web::{Notice, Page, PageResult, PostForm, RequestContext, responses, urls};

/// The token of the mailed link.
///
/// A cookie keeps it until the form is sent, so that it leaves the address bar (S47).
#[derive(Serialize, Deserialize)]
struct MailedLinkUndo {
    link_undo: String,
}

const COOKIE_LASTS: TimeDelta = TimeDelta::minutes(30);

/// `GET /amazon/undo`: works signed out, and unlinks nothing.
pub async fn show(context: RequestContext, query: Query<LinkUndoQuery>) -> PageResult {
    if let Some(link_undo) = query.into_inner().token {
        let mut response = responses::see_other(urls::AMAZON_UNDO);
        let kept = MailedLinkUndo { link_undo };
        if let Some(cookie) = context.cookies.write(CookieName::Mailed, &kept, context.now, COOKIE_LASTS) {
            let _ = response.add_cookie(&cookie);
        }
        return Ok(response);
    }
    let player = match kept_token(&context) {
        Some(token) => undoable_link(&context, token.hash()).await?,
        None => None,
    };
    let Some(player) = player else { return dead_link(&context) };
    let page = Page::new(&context, "link-undo-title", "")?;
    let other = context.current_player.as_ref().filter(|current| current.player.id != player);
    let whose =
        other.map(|other| page.t_of("link-undo-whose", &[("name", other.player.display_name.as_str())]));
    responses::render_page(&LinkUndoPage { page, is_valid: true, whose: whose.unwrap_or_default() })
}

/// `POST /amazon/undo`
pub async fn submit(context: RequestContext, _: PostForm<LinkUndoForm>) -> PageResult {
    let Some(token) = kept_token(&context) else { return dead_link(&context) };
    match undo_link(&context, token.hash()).await {
        Ok(()) => {
            let home = if context.current_player.is_some() { urls::ACCOUNT } else { urls::WELCOME };
            let mut response = responses::see_other(home);
            let _ = response.add_cookie(&context.cookies.forget(CookieName::Mailed));
            Ok(Notice::good("link_undone").attach_to(&context, response))
        }
        Err(Stop::Refused(UndoUnknown)) => dead_link(&context),
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

fn kept_token(context: &RequestContext) -> Option<OpaqueToken> {
    let kept: MailedLinkUndo = context.cookies.read(&context.request, CookieName::Mailed, context.now)?;
    OpaqueToken::parse(&kept.link_undo)
}

fn dead_link(context: &RequestContext) -> PageResult {
    let notice =
        if context.has_cookies() { Notice::warn("link_undo_unknown") } else { Notice::link_not_carried() };
    let page = Page::new(context, "link-undo-title", "")?.with_notice(notice);
    responses::page_with(StatusCode::NOT_FOUND, &LinkUndoPage { page, is_valid: false, whose: String::new() })
}
