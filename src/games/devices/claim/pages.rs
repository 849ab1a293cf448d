//! The pages under `/activate`: enter a code, look at the claim, and confirm it.

use crate::games::devices::claim::enter_code::{self, CodeEntryRefusal, EnteredCode};
use crate::games::devices::claim::finish::{self, ClaimRefusal};
use crate::games::devices::claim::forms::{ActivationCodeForm, ClaimForm, MoveForm};
use crate::games::devices::claim::move_device::{ClaimGone, move_device};
use crate::games::devices::claim::views::{ActivatePage, ClaimPage};
use crate::platform::fault::Stop;
use crate::web::{
    Notice, Page, PageError, PageResult, PostForm, RequestContext, responses, urls, validation_messages,
};

/// `GET /activate`
pub async fn show(context: RequestContext) -> PageResult {
    responses::render_page(&ActivatePage { page: Page::new(&context, "activate-heading", "")? })
}

/// `POST /activate`: binds a right code to this browser, and changes nothing else.
pub async fn submit(context: RequestContext, PostForm(form): PostForm<ActivationCodeForm>) -> PageResult {
    let page = || Page::new(&context, "activate-heading", "");
    match enter_code::enter_code(&context, &form.code).await {
        Ok(EnteredCode::Claim) => Ok(responses::see_other(urls::ACTIVATE_CLAIM)),
        Ok(EnteredCode::SignIn) => Ok(responses::see_other(urls::ACTIVATE_SIGN_IN)),
        Err(Stop::Refused(CodeEntryRefusal::Wrong)) => {
            let notice = Notice::bad("code_wrong").with_text("activate-wrong").at("code");
            responses::unprocessable(&ActivatePage { page: page()?.with_notice(notice) })
        }
        Err(Stop::Refused(CodeEntryRefusal::TooMany { retry_after })) => {
            let notice = Notice::throttled(context.now, retry_after).at("code");
            responses::too_many(&ActivatePage { page: page()?.with_notice(notice) }, retry_after)
        }
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

/// `GET /activate/claim`
pub async fn show_claim(context: RequestContext) -> PageResult {
    match finish::pending_claim(&context).await? {
        Some(claim) => responses::render_page(&ClaimPage::of(&context, &claim)?),
        None => Ok(responses::see_other(urls::ACTIVATE)),
    }
}

/// `POST /activate/claim`: the player becomes an account.
pub async fn submit_claim(context: RequestContext, PostForm(form): PostForm<ClaimForm>) -> PageResult {
    if form.choice == "cancel" {
        finish::forget_claim(&context).await?;
        let home = if context.current_player.is_some() { urls::ACCOUNT } else { urls::WELCOME };
        return Ok(Notice::info("cancelled")
            .with_text("claim-cancelled")
            .attach_to(&context, responses::see_other(home)));
    }
    let Some(claim) = finish::pending_claim(&context).await? else { return Ok(claim_over(&context)) };
    // A signed-in player already has an account. The claim makes another one, so they sign out first.
    if context.current_player.is_some() {
        return Ok(responses::see_other(urls::ACTIVATE_CLAIM));
    }
    let claim_page = ClaimPage {
        display_name: form.display_name.clone(),
        user_name: form.user_name.clone(),
        ..ClaimPage::of(&context, &claim)?
    };
    let account = match form.accepted(&context) {
        Ok(account) => account,
        Err(errors) => return responses::unprocessable(&with_errors(claim_page, errors)),
    };
    match finish::finish_claim(&context, claim, account).await {
        Ok(sign_in) => {
            let response = sign_in.answer(&context, urls::ACCOUNT)?;
            Ok(Notice::good("claimed").attach_to(&context, response))
        }
        Err(Stop::Refused(refused)) => not_claimed(&context, claim_page, refused),
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

fn not_claimed(context: &RequestContext, claim_page: ClaimPage, refused: ClaimRefusal) -> PageResult {
    let language = context.language;
    let errors = match refused {
        ClaimRefusal::Unfit(why) => {
            vec![("password".to_owned(), validation_messages::of_password(language, why))]
        }
        ClaimRefusal::UserNameTaken => {
            vec![("user_name".to_owned(), language.text("refused-user-name-taken"))]
        }
        ClaimRefusal::TooMany { retry_after } => {
            let page =
                claim_page.page.with_notice(Notice::throttled(context.now, retry_after).at("password"));
            return responses::too_many(&ClaimPage { page, ..claim_page }, retry_after);
        }
        ClaimRefusal::Overloaded => return Err(PageError::Overloaded),
        ClaimRefusal::Gone => return Ok(claim_over(context)),
    };
    responses::unprocessable(&with_errors(claim_page, errors))
}

fn with_errors(claim_page: ClaimPage, errors: Vec<(String, String)>) -> ClaimPage {
    let page = claim_page.page.with_errors(errors);
    ClaimPage { page, ..claim_page }
}

/// `POST /activate/move`: moves the device to the signed-in player.
pub async fn submit_move(context: RequestContext, _: PostForm<MoveForm>) -> PageResult {
    match move_device(&context, context.player()?).await {
        Ok(label) => {
            let flash = Notice::good("device_moved").with_name(&label);
            Ok(flash.attach_to(&context, responses::see_other(urls::DEVICES)))
        }
        Err(Stop::Refused(ClaimGone)) => Ok(claim_over(&context)),
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

fn claim_over(context: &RequestContext) -> actix_web::HttpResponse {
    Notice::warn("code_expired")
        .with_text("claim-over")
        .attach_to(context, responses::see_other(urls::ACTIVATE))
}
