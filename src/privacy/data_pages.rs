//! `/account/data`: the export of a player's data, and the erasure of the account.

use actix_web::HttpResponse;
use actix_web::http::header::{CLEAR_SITE_DATA, HeaderValue};

use crate::accounts::sign_in;
use crate::platform::fault::Stop;
use crate::privacy::erase::{self, EraseRefusal};
use crate::privacy::export::{self, ExportRefusal};
use crate::privacy::forms::{EraseForm, ExportForm};
use crate::privacy::requester::PrivacyRequester;
use crate::privacy::views::{DataPage, ErasePage, GoodbyePage};
use crate::web::{Notice, PageResult, PostForm, RequestContext, responses, urls};

/// `GET /account/data`
pub async fn show(visit: RequestContext) -> PageResult {
    responses::render_page(&DataPage::new(&visit)?)
}

/// `POST /account/data/export`
pub async fn export(visit: RequestContext, _: PostForm<ExportForm>) -> PageResult {
    let viewer = visit.player()?;
    let requester = PrivacyRequester::player(&visit, viewer)?;
    match export::export_player(&visit.app, requester, &viewer.player.id).await {
        Ok(parts) => {
            let name = format!("dovetail-data-{}.json", visit.now.format("%Y-%m-%d"));
            Ok(responses::download_as_written(&name, "application/json", Box::pin(parts)))
        }
        Err(Stop::Refused(ExportRefusal::TooOften { retry_after })) => {
            let mut shown = DataPage::new(&visit)?;
            shown.page = shown.page.with_notice(Notice::warn("throttled"));
            responses::too_many(&shown, retry_after)
        }
        Err(Stop::Refused(ExportRefusal::Gone)) => Ok(visit.signed_out(urls::SIGN_IN)),
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

/// Shows the page with its button again after proof of identity.
///
/// A download would leave the browser on the page that asks for proof.
pub fn back_to_export(visit: &RequestContext) -> HttpResponse {
    Notice::good("data_ready").attach_to(visit, responses::see_other(urls::DATA))
}

/// `GET /account/data/delete`
pub async fn show_erase(visit: RequestContext) -> PageResult {
    responses::render_page(&ErasePage::new(&visit)?)
}

/// `POST /account/data/delete`
pub async fn submit_erase(visit: RequestContext, PostForm(form): PostForm<EraseForm>) -> PageResult {
    if form.is_meant() {
        return erase(&visit).await;
    }
    let mut shown = ErasePage::new(&visit)?;
    let error = (EraseForm::FIELD.to_owned(), shown.page.t_of("data-delete-wrong", &[("word", &shown.word)]));
    shown.page = shown.page.with_errors(vec![error]);
    shown.confirm = form.confirm;
    responses::unprocessable(&shown)
}

/// After proof of identity: erases if the word was typed, else shows the page that asks for it.
pub async fn resume_erase(visit: RequestContext, PostForm(form): PostForm<EraseForm>) -> PageResult {
    if form.is_meant() { erase(&visit).await } else { Ok(responses::see_other(urls::DATA_DELETE)) }
}

async fn erase(visit: &RequestContext) -> PageResult {
    let viewer = visit.player()?;
    let requester = PrivacyRequester::player(visit, viewer)?;
    match erase::erase_player(&visit.app, requester, &viewer.player.id).await {
        // A second press of the button finds the account gone, which is what the player wanted.
        Ok(()) | Err(Stop::Refused(EraseRefusal::Gone)) => {}
        Err(Stop::Refused(EraseRefusal::SessionEnded)) => return Ok(responses::see_other(urls::SIGN_IN)),
        Err(Stop::Fault(fault)) => return Err(fault.into()),
    }
    let mut response = visit.signed_out(urls::GOODBYE);
    // The back button must not show cached pages (S26).
    response.headers_mut().insert(CLEAR_SITE_DATA, HeaderValue::from_static("\"cache\""));
    sign_in::forget_in_browser(visit, &viewer.player.id, Ok(response))
}

/// `GET /goodbye`
pub async fn goodbye(visit: RequestContext) -> PageResult {
    responses::render_page(&GoodbyePage::new(&visit)?)
}
