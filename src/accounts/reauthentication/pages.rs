//! The page of reauthentication with the password.

use crate::accounts::reauthentication::forms::ReauthenticationForm;
use crate::accounts::reauthentication::reauthenticate::{ReauthenticationRefusal, reauthenticate};
use crate::accounts::reauthentication::second_factor;
use crate::accounts::reauthentication::views::ConfirmIdentityPage;
use crate::platform::fault::Stop;
use crate::web::pending_action::PendingAction;
use crate::web::{Notice, PageError, PageResult, PostForm, RequestContext, responses};

/// `GET /account/confirm-identity`
pub async fn show(context: RequestContext) -> PageResult {
    let asks_code = second_factor::is_asked(&context, &context.player()?.player.id).await?;
    PendingAction::answer_page(&context, |pending| {
        responses::render_page(&ConfirmIdentityPage::new(&context, pending, asks_code)?)
    })
}

/// `POST /account/confirm-identity`. The interrupted action then continues.
pub async fn submit(context: RequestContext, PostForm(form): PostForm<ReauthenticationForm>) -> PageResult {
    let current_player = context.player()?.clone();
    let asks_code = second_factor::is_asked(&context, &current_player.player.id).await?;
    let notice = match reauthenticate(&context, &current_player, &form.password, &form.code).await {
        Ok(started) => {
            let context = context.clone().rotated(&started, Some(context.now))?;
            return PendingAction::resume_named(context, &form.mark).await;
        }
        Err(Stop::Refused(ReauthenticationRefusal::SignedOut)) => {
            return Ok(PendingAction::redirect(&context));
        }
        Err(Stop::Refused(ReauthenticationRefusal::Overloaded)) => {
            return Err(PageError::Overloaded);
        }
        Err(Stop::Refused(ReauthenticationRefusal::TooMany { retry_after })) => {
            let mut shown = ConfirmIdentityPage::again(&context, asks_code)?;
            shown.page = shown.page.with_notice(Notice::throttled(context.now, retry_after).at("password"));
            return responses::too_many(&shown, retry_after);
        }
        Err(Stop::Refused(ReauthenticationRefusal::Wrong)) => {
            Notice::bad("credentials_wrong").with_text("password-wrong").at("password")
        }
        Err(Stop::Refused(ReauthenticationRefusal::WrongCode)) => {
            Notice::bad("code_wrong").with_text("two-step-code-wrong").at("code")
        }
        Err(Stop::Fault(fault)) => return Err(fault.into()),
    };
    let mut shown = ConfirmIdentityPage::again(&context, asks_code)?;
    shown.page = shown.page.with_notice(notice);
    responses::unprocessable(&shown)
}
