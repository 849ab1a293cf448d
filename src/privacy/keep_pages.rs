//! `/account/data/keep`: what the player of an account that closes may still do, after a sign-in that opened no session.

use actix_web::HttpResponse;
use actix_web::http::header::{CLEAR_SITE_DATA, HeaderValue};

use crate::accounts::sign_in::{self, ClosingProof};
use crate::platform::fault::Stop;
use crate::privacy::close;
use crate::privacy::erase;
use crate::privacy::export::{self, ExportRefusal};
use crate::privacy::forms::ExportForm;
use crate::privacy::requester::PrivacyRequester;
use crate::privacy::views::KeepPage;
use crate::web::{Notice, PageResult, PostForm, RequestContext, responses, urls};

/// `GET /account/data/keep`
pub async fn show(context: RequestContext) -> PageResult {
    match page(&context, None).await? {
        Some(shown) => responses::render_page(&shown),
        None => Ok(back_to_sign_in(&context)),
    }
}

/// `POST /account/data/keep`
pub async fn keep(context: RequestContext, _: PostForm<ExportForm>) -> PageResult {
    let Some(proof) = ClosingProof::of(&context) else { return Ok(back_to_sign_in(&context)) };
    match close::keep_account(&context, proof).await {
        Ok(entry) => {
            let response = without_proof(&context, entry.answer(&context, urls::ACCOUNT)?);
            Ok(Notice::good("account_kept").attach_to(&context, response))
        }
        Err(Stop::Refused(close::KeepRefusal::NotClosing)) => Ok(back_to_sign_in(&context)),
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

/// `POST /account/data/keep/export`
pub async fn export(context: RequestContext, _: PostForm<ExportForm>) -> PageResult {
    let Some(proof) = ClosingProof::of(&context) else { return Ok(back_to_sign_in(&context)) };
    let player = proof.player().clone();
    match export::export_player(&context.app, PrivacyRequester::closing(&context, proof), &player).await {
        Ok(parts) => {
            let name = format!("dovetail-data-{}.json", context.now.format("%Y-%m-%d"));
            Ok(responses::download_as_written(&name, "application/json", Box::pin(parts)))
        }
        Err(Stop::Refused(ExportRefusal::TooOften { retry_after })) => {
            match page(&context, Some(Notice::throttled(context.now, retry_after))).await? {
                Some(shown) => responses::too_many(&shown, retry_after),
                None => Ok(back_to_sign_in(&context)),
            }
        }
        Err(Stop::Refused(ExportRefusal::SessionEnded | ExportRefusal::Gone)) => {
            Ok(back_to_sign_in(&context))
        }
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

/// `POST /account/data/keep/erase`. The sign-in that was just made is the fresh proof.
pub async fn erase(context: RequestContext, _: PostForm<ExportForm>) -> PageResult {
    let Some(proof) = ClosingProof::of(&context) else { return Ok(back_to_sign_in(&context)) };
    let player = proof.player().clone();
    match erase::erase_player(&context.app, PrivacyRequester::closing(&context, proof), &player).await {
        Ok(()) | Err(Stop::Refused(erase::EraseRefusal::Gone)) => {}
        Err(Stop::Refused(erase::EraseRefusal::SessionEnded)) => return Ok(back_to_sign_in(&context)),
        Err(Stop::Fault(fault)) => return Err(fault.into()),
    }
    let mut response = without_proof(&context, context.signed_out(urls::GOODBYE));
    // The back button must not show cached pages (S26).
    response.headers_mut().insert(CLEAR_SITE_DATA, HeaderValue::from_static("\"cache\""));
    sign_in::forget_in_browser(&context, &player, Ok(response))
}

async fn page(
    context: &RequestContext,
    notice: Option<Notice>,
) -> Result<Option<KeepPage>, crate::web::PageError> {
    let Some(proof) = ClosingProof::of(context) else { return Ok(None) };
    let Some(day) = close::closing_day(context, &proof).await? else { return Ok(None) };
    let mut shown = KeepPage::new(context, day)?;
    if let Some(notice) = notice {
        shown.page = shown.page.with_notice(notice);
    }
    Ok(Some(shown))
}

/// Whoever has no proof, or an old one, signs in again.
fn back_to_sign_in(context: &RequestContext) -> HttpResponse {
    without_proof(context, responses::see_other(urls::SIGN_IN))
}

fn without_proof(context: &RequestContext, mut response: HttpResponse) -> HttpResponse {
    let _ = response.add_cookie(&ClosingProof::forget(context));
    response
}
