//! Handlers of the pages about a link: account, start page for offers, replacing, unlinking.

use actix_web::http::StatusCode;
use actix_web::web;
use chrono::{DateTime, Utc};

use crate::links::change::confirm as confirming;
use crate::links::change::confirm::NothingToConfirm;
use crate::links::change::unlink as unlinking;
use crate::links::change::unlink::UnlinkRefusal;
use crate::links::email_offer::offered_email;
use crate::links::forms::{MineForm, NextQuery, StartQuery, UnlinkForm};
use crate::links::model::Cause;
use crate::links::views::{AccountPage, LinkPanel, ReplacePage, StartPage, UnlinkPage};
use crate::links::{LinkState, store};
use crate::platform::fault::{Fault, Stop};
use crate::web::{
    CurrentPlayer, NextAddress, Notice, OfferAddress, Page, PageError, PageResult, PostForm, RequestContext,
    responses, urls,
};

/// `GET /account`.
pub async fn account(context: RequestContext) -> PageResult {
    responses::render_page(&account_page(&context).await?)
}

pub(super) async fn account_page(context: &RequestContext) -> Result<AccountPage, PageError> {
    let current_player = context.player()?;
    let last_end = last_end(context, current_player).await?;
    let page = Page::new(context, "account-heading", "account")?;
    Ok(AccountPage {
        link: LinkPanel::of(&page, current_player, last_end),
        received: received(context),
        attempt_open: current_player.awaits_amazon,
        email_waits: current_player.awaits_email_code,
        email_offered: offered_email(current_player).map(|email| email.masked()).unwrap_or_default(),
        page,
    })
}

/// What Amazon tells about a customer, by the scopes of the settings.
fn received(context: &RequestContext) -> String {
    let scopes = context.app.lwa.scopes();
    let asks = |scope: &str| scopes.iter().any(|one| one == scope);
    context.language.text(match (asks("profile"), context.app.lwa.asks_postal_code()) {
        (true, false) => "received-profile",
        (true, true) => "received-profile-postal-code",
        (false, false) => "received-id",
        (false, true) => "received-id-postal-code",
    })
}

/// How the current player's last link ended. It is read only without a link, to spare most pages a query.
async fn last_end(
    context: &RequestContext,
    current_player: &CurrentPlayer,
) -> Result<Option<(Cause, DateTime<Utc>)>, Fault> {
    if current_player.link.is_some() {
        return Ok(None);
    }
    let player = current_player.player.id.clone();
    context.app.db.read_at_once(move |conn| store::last_end(conn, &player)).await
}

/// `GET /link/amazon`: the target of links in offers. It never redirects to Amazon by itself.
pub async fn start(context: RequestContext, query: web::Query<StartQuery>) -> PageResult {
    let current_player = context.player()?;
    let last_end = last_end(&context, current_player).await?;
    let page = Page::new(&context, "start-heading", "account")?;
    let link = LinkPanel::of(&page, current_player, last_end);
    let here = context.request.uri().path_and_query().map_or(urls::LINK_START, |here| here.as_str());
    let next = NextAddress::parse(here).map(|next| next.as_str().to_owned()).unwrap_or_default();
    let offer = OfferAddress::parse(&context, &query.return_to);
    responses::render_page(&StartPage { page, link, received: received(&context), next, offer })
}

/// `GET /amazon/replace`: explains what to do at Amazon first.
pub async fn replace(context: RequestContext, query: web::Query<NextQuery>) -> PageResult {
    let current_player = context.player()?;
    let link = current_player.link.as_ref().filter(|link| link.state != LinkState::Revoked);
    let amazon_name =
        link.map(|link| link.amazon_name.clone().unwrap_or_else(|| context.language.text("amazon-nameless")));
    let page = Page::new(&context, "replace-heading", "account")?;
    responses::render_page(&ReplacePage {
        page,
        amazon_name: amazon_name.unwrap_or_default(),
        amazon_sign_out_url: context.app.config.amazon.endpoints.home(),
        next: query.next().map(|next| next.as_str().to_owned()).unwrap_or_default(),
    })
}

/// `POST /amazon/mine`: confirms the link of a game in a signed-in browser.
pub async fn confirm_mine(context: RequestContext, _: PostForm<MineForm>) -> PageResult {
    match confirming::confirm_own_link(&context).await {
        Ok(session) => {
            let response = context.signed_in(&session, urls::ACCOUNT)?;
            Ok(Notice::good("link_confirmed").attach_to(&context, response))
        }
        Err(Stop::Refused(NothingToConfirm)) => Ok(responses::see_other(urls::ACCOUNT)),
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

/// `GET /amazon/unlink`: explains the effects of unlinking.
pub async fn show_unlink(context: RequestContext) -> PageResult {
    let current_player = context.player()?;
    let Some(link) = current_player.link.as_ref().filter(|link| link.state != LinkState::Revoked) else {
        return Ok(responses::see_other(urls::ACCOUNT));
    };
    responses::render_page(&unlink_page(
        &context,
        link.amazon_name.clone(),
        !current_player.can_sign_in_without_amazon(),
    )?)
}

fn unlink_page(
    context: &RequestContext,
    amazon_name: Option<String>,
    last_method: bool,
) -> Result<UnlinkPage, PageError> {
    let page = Page::new(context, "unlink-heading", "account")?;
    Ok(UnlinkPage {
        amazon_name: amazon_name.unwrap_or_else(|| page.t("amazon-nameless")),
        player_name: context.player()?.player.display_name.clone(),
        last_method,
        page,
    })
}

/// `POST /amazon/unlink`.
pub async fn unlink(context: RequestContext, form: PostForm<UnlinkForm>) -> PageResult {
    let back = form.0.next();
    match unlinking::unlink_identity(&context).await {
        Ok(session) => {
            let path = back.as_ref().map_or(urls::ACCOUNT, NextAddress::as_str);
            let apps = context.app.config.amazon.endpoints.apps();
            let notice = Notice::good("unlinked").with_way(&apps, "unlink-amazon-apps");
            Ok(notice.attach_to(&context, context.signed_in(&session, path)?))
        }
        Err(Stop::Refused(UnlinkRefusal::Nothing)) => Ok(responses::see_other(urls::ACCOUNT)),
        Err(Stop::Refused(UnlinkRefusal::LastMethod)) => {
            let name = context.player()?.link.as_ref().and_then(|link| link.amazon_name.clone());
            responses::page_with(StatusCode::CONFLICT, &unlink_page(&context, name, true)?)
        }
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}
