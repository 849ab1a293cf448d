//! `/account/data`: the export of a player's data, and the erasure of the account.

use actix_web::HttpResponse;
use actix_web::http::header::{CLEAR_SITE_DATA, HeaderValue};

use crate::accounts::sign_in;
use crate::platform::fault::Stop;
use crate::privacy::close::{self, CloseRefusal};
use crate::privacy::erase::{self, EraseRefusal};
use crate::privacy::export::{self, ExportRefusal};
use crate::privacy::forms::{EraseForm, ExportForm};
use crate::privacy::requester::PrivacyRequester;
use crate::privacy::views::{DataPage, ErasePage, GoodbyePage};
use crate::web::{Notice, PageResult, PostForm, RequestContext, responses, urls};

/// `GET /account/data`
pub async fn show(context: RequestContext) -> PageResult {
    responses::render_page(&DataPage::new(&context)?)
}

/// `POST /account/data/export`
pub async fn export(context: RequestContext, _: PostForm<ExportForm>) -> PageResult {
    let current_player = context.player()?;
    let requester = PrivacyRequester::player(&context, current_player)?;
    match export::export_player(&context.app, requester, &current_player.player.id).await {
        Ok(parts) => {
            let name = format!("dovetail-data-{}.json", context.now.format("%Y-%m-%d"));
            Ok(responses::download_as_written(&name, "application/json", Box::pin(parts)))
        }
        Err(Stop::Refused(ExportRefusal::TooOften { retry_after })) => {
            let mut shown = DataPage::new(&context)?;
            shown.page = shown.page.with_notice(Notice::throttled(context.now, retry_after));
            responses::too_many(&shown, retry_after)
        }
        Err(Stop::Refused(ExportRefusal::SessionEnded)) => Ok(responses::see_other(urls::SIGN_IN)),
        Err(Stop::Refused(ExportRefusal::Gone)) => Ok(context.signed_out(urls::SIGN_IN)),
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

/// Shows the page with its button again after proof of identity.
///
/// A download would leave the browser on the page that asks for proof.
pub fn back_to_export(context: &RequestContext) -> HttpResponse {
    Notice::good("data_ready").attach_to(context, responses::see_other(urls::DATA))
}

/// `GET /account/data/delete`
pub async fn show_erase(context: RequestContext) -> PageResult {
    responses::render_page(&ErasePage::new(&context)?)
}

/// `POST /account/data/delete`
pub async fn submit_erase(context: RequestContext, PostForm(form): PostForm<EraseForm>) -> PageResult {
    if form.is_confirmed() {
        return erase(&context).await;
    }
    let mut shown = ErasePage::new(&context)?;
    let error = (EraseForm::FIELD.to_owned(), shown.page.t_of("data-delete-wrong", &[("word", &shown.word)]));
    shown.page = shown.page.with_errors(vec![error]);
    shown.confirm = form.confirm;
    responses::unprocessable(&shown)
}

/// After proof of identity: erases if the word was typed, else shows the page that asks for it.
pub async fn resume_erase(context: RequestContext, PostForm(form): PostForm<EraseForm>) -> PageResult {
    if form.is_confirmed() { erase(&context).await } else { Ok(responses::see_other(urls::DATA_DELETE)) }
}

async fn erase(context: &RequestContext) -> PageResult {
    let current_player = context.player()?;
    let requester = PrivacyRequester::player(context, current_player)?;
    match close::close_account(&context.app, requester.clone(), &current_player.player.id).await {
        // A second press of the button finds what the player wanted.
        Ok(_) | Err(Stop::Refused(CloseRefusal::Gone)) => return sign_out(context, urls::GOODBYE_CLOSING),
        Err(Stop::Refused(CloseRefusal::SessionEnded)) => return Ok(responses::see_other(urls::SIGN_IN)),
        Err(Stop::Refused(CloseRefusal::AtOnce)) => {}
        Err(Stop::Fault(fault)) => return Err(fault.into()),
    }
    match erase::erase_player(&context.app, requester, &current_player.player.id).await {
        // A second press of the button finds the account gone, which is what the player wanted.
        Ok(()) | Err(Stop::Refused(EraseRefusal::Gone)) => {}
        Err(Stop::Refused(EraseRefusal::SessionEnded)) => return Ok(responses::see_other(urls::SIGN_IN)),
        Err(Stop::Fault(fault)) => return Err(fault.into()),
    }
    sign_out(context, urls::GOODBYE)
}

fn sign_out(context: &RequestContext, path: &str) -> PageResult {
    let player = &context.player()?.player.id;
    let mut response = context.signed_out(path);
    // The back button must not show cached pages (S26).
    response.headers_mut().insert(CLEAR_SITE_DATA, HeaderValue::from_static("\"cache\""));
    sign_in::forget_in_browser(context, player, Ok(response))
}

/// `GET /goodbye`
pub async fn goodbye(context: RequestContext) -> PageResult {
    responses::render_page(&GoodbyePage::new(&context)?)
}
