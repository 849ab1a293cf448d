//! Handlers of the pages about a link: account, start page for offers, replacing, unlinking.

use actix_web::http::StatusCode;
use actix_web::web;
use chrono::{DateTime, Utc};

use crate::links::change::unlink as unlinking;
use crate::links::change::unlink::UnlinkRefusal;
use crate::links::forms::{NextQuery, StartQuery, UnlinkForm};
use crate::links::model::Cause;
use crate::links::views::{AccountPage, LinkPanel, ReplacePage, StartPage, UnlinkPage};
use crate::links::{LinkState, store};
use crate::platform::fault::{Fault, Stop};
use crate::web::{
    CurrentPlayer, NextAddress, Notice, Page, PageError, PageResult, PostForm, RequestContext, responses,
    urls,
};

/// `GET /account`.
pub async fn account(visit: RequestContext) -> PageResult {
    let viewer = visit.player()?;
    let last_end = last_end(&visit, viewer).await?;
    let page = Page::new(&visit, "account-heading", "account")?;
    let link = LinkPanel::of(&page, viewer, last_end);
    responses::render_page(&AccountPage { page, link, attempt_open: viewer.awaits_amazon })
}

/// How the current player's last link ended. It is read only without a link, to spare most pages a query.
async fn last_end(
    visit: &RequestContext,
    viewer: &CurrentPlayer,
) -> Result<Option<(Cause, DateTime<Utc>)>, Fault> {
    if viewer.link.is_some() {
        return Ok(None);
    }
    let player = viewer.player.id.clone();
    visit.app.db.read(move |conn| store::last_end(conn, &player)).await
}

/// `GET /link/amazon`: the target of links in offers. It never redirects to Amazon by itself.
pub async fn start(visit: RequestContext, query: web::Query<StartQuery>) -> PageResult {
    let viewer = visit.player()?;
    let last_end = last_end(&visit, viewer).await?;
    let page = Page::new(&visit, "start-heading", "account")?;
    let link = LinkPanel::of(&page, viewer, last_end);
    let here = visit.request.uri().path_and_query().map_or(urls::LINK_START, |here| here.as_str());
    let next = NextAddress::parse(here).map(|next| next.as_str().to_owned()).unwrap_or_default();
    let return_to = return_address(&visit, &query.return_to);
    responses::render_page(&StartPage { page, link, next, return_to })
}

/// The address and its host, if its origin is configured.
fn return_address(visit: &RequestContext, raw: &str) -> Option<(String, String)> {
    let url = url::Url::parse(raw).ok()?;
    let is_allowed = visit.app.config.http.return_origins.contains(&url.origin());
    let host = url.host_str()?.to_owned();
    (is_allowed && url.username().is_empty() && url.password().is_none()).then(|| (url.to_string(), host))
}

/// `GET /amazon/replace`: explains what to do at Amazon first.
pub async fn replace(visit: RequestContext, query: web::Query<NextQuery>) -> PageResult {
    let viewer = visit.player()?;
    let link = viewer.link.as_ref().filter(|link| link.state != LinkState::Revoked);
    let amazon_name =
        link.map(|link| link.amazon_name.clone().unwrap_or_else(|| visit.language.text("amazon-nameless")));
    let page = Page::new(&visit, "replace-heading", "account")?;
    responses::render_page(&ReplacePage {
        page,
        amazon_name: amazon_name.unwrap_or_default(),
        amazon_sign_out_url: urls::AMAZON_HOME,
        next: query.next().map(|next| next.as_str().to_owned()).unwrap_or_default(),
    })
}

/// `GET /amazon/unlink`: explains the effects of unlinking.
pub async fn show_unlink(visit: RequestContext) -> PageResult {
    let viewer = visit.player()?;
    let Some(link) = viewer.link.as_ref().filter(|link| link.state != LinkState::Revoked) else {
        return Ok(responses::see_other(urls::ACCOUNT));
    };
    responses::render_page(&unlink_page(&visit, link.amazon_name.clone(), !viewer.has_usable_password())?)
}

fn unlink_page(
    visit: &RequestContext,
    amazon_name: Option<String>,
    last_method: bool,
) -> Result<UnlinkPage, PageError> {
    let page = Page::new(visit, "unlink-heading", "account")?;
    Ok(UnlinkPage {
        amazon_name: amazon_name.unwrap_or_else(|| page.t("amazon-nameless")),
        player_name: visit.player()?.player.display_name.clone(),
        last_method,
        page,
    })
}

/// `POST /amazon/unlink`.
pub async fn unlink(visit: RequestContext, _: PostForm<UnlinkForm>) -> PageResult {
    match unlinking::unlink_identity(&visit).await {
        Ok(session) => {
            Ok(Notice::good("unlinked").attach_to(&visit, visit.signed_in(&session, urls::ACCOUNT)?))
        }
        Err(Stop::Refused(UnlinkRefusal::Nothing)) => Ok(responses::see_other(urls::ACCOUNT)),
        Err(Stop::Refused(UnlinkRefusal::LastMethod)) => {
            let name = visit.player()?.link.as_ref().and_then(|link| link.amazon_name.clone());
            responses::page_with(StatusCode::CONFLICT, &unlink_page(&visit, name, true)?)
        }
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}
