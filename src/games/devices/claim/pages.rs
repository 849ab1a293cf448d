//! The pages under `/activate`: enter a code, look at the claim, and confirm it.

use crate::games::devices::claim::enter_code::{self, CodeEntryRefusal};
use crate::games::devices::claim::finish::{self, ClaimRefusal};
use crate::games::devices::claim::forms::{ActivationCodeForm, ClaimForm, MoveForm};
use crate::games::devices::claim::move_device::{ClaimGone, move_device};
use crate::games::devices::claim::views::{ActivatePage, ClaimPage};
use crate::platform::fault::Stop;
use crate::web::page::Notice;
use crate::web::{
    FlashMessage, Page, PageError, PageResult, PostForm, RequestContext, responses, urls, validation_messages,
};

/// `GET /activate`
pub async fn show(visit: RequestContext) -> PageResult {
    responses::render_page(&ActivatePage { page: Page::new(&visit, "activate-heading", "")? })
}

/// `POST /activate`: binds a right code to this browser, and changes nothing else.
pub async fn submit(visit: RequestContext, PostForm(form): PostForm<ActivationCodeForm>) -> PageResult {
    let page = || Page::new(&visit, "activate-heading", "");
    match enter_code::enter_code(&visit, &form.code).await {
        Ok(()) => Ok(responses::see_other(urls::ACTIVATE_CLAIM)),
        Err(Stop::Refused(CodeEntryRefusal::Wrong)) => {
            let errors = vec![("code".to_owned(), visit.language.text("activate-wrong"))];
            let notice = Notice::worded(visit.language, "bad", "code_wrong", "activate-wrong");
            let page = page()?.with_notice(notice).with_errors(errors);
            responses::unprocessable(&ActivatePage { page })
        }
        Err(Stop::Refused(CodeEntryRefusal::TooMany { retry_after })) => {
            let notice = Notice::of(visit.language, "warn", "throttled");
            responses::too_many(&ActivatePage { page: page()?.with_notice(notice) }, retry_after)
        }
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

/// `GET /activate/claim`
pub async fn show_claim(visit: RequestContext) -> PageResult {
    match finish::pending_claim(&visit).await? {
        Some(claim) => responses::render_page(&ClaimPage::of(&visit, &claim)?),
        None => Ok(responses::see_other(urls::ACTIVATE)),
    }
}

/// `POST /activate/claim`: the player becomes an account.
pub async fn submit_claim(visit: RequestContext, PostForm(form): PostForm<ClaimForm>) -> PageResult {
    if form.choice == "cancel" {
        finish::forget_claim(&visit).await?;
        let home = if visit.viewer.is_some() { urls::ACCOUNT } else { urls::WELCOME };
        return Ok(
            FlashMessage::worded("cancelled", "claim-cancelled").ride(&visit, responses::see_other(home))
        );
    }
    let Some(claim) = finish::pending_claim(&visit).await? else { return Ok(over(&visit)) };
    // A signed-in player already has an account. The claim makes another one, so they sign out first.
    if visit.viewer.is_some() {
        return Ok(responses::see_other(urls::ACTIVATE_CLAIM));
    }
    let shown = ClaimPage {
        display_name: form.display_name.clone(),
        user_name: form.user_name.clone(),
        ..ClaimPage::of(&visit, &claim)?
    };
    let account = match form.accepted(&visit) {
        Ok(account) => account,
        Err(errors) => return responses::unprocessable(&with_errors(shown, errors)),
    };
    match finish::finish_claim(&visit, claim, account).await {
        Ok(entry) => {
            let response = entry.answer(&visit, urls::ACCOUNT)?;
            Ok(FlashMessage::of("claimed").ride(&visit, response))
        }
        Err(Stop::Refused(refused)) => not_claimed(&visit, shown, refused),
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

fn not_claimed(visit: &RequestContext, shown: ClaimPage, refused: ClaimRefusal) -> PageResult {
    let language = visit.language;
    let errors = match refused {
        ClaimRefusal::Unfit(why) => {
            vec![("password".to_owned(), validation_messages::of_password(language, why))]
        }
        ClaimRefusal::UserNameTaken => {
            vec![("user_name".to_owned(), language.text("refused-user-name-taken"))]
        }
        ClaimRefusal::TooMany { retry_after } => {
            let page = shown.page.with_notice(Notice::of(language, "warn", "throttled"));
            return responses::too_many(&ClaimPage { page, ..shown }, retry_after);
        }
        ClaimRefusal::Overloaded => return Err(PageError::Overloaded),
        ClaimRefusal::Gone => return Ok(over(visit)),
    };
    responses::unprocessable(&with_errors(shown, errors))
}

fn with_errors(shown: ClaimPage, errors: Vec<(String, String)>) -> ClaimPage {
    let page = shown.page.with_errors(errors);
    ClaimPage { page, ..shown }
}

/// `POST /activate/move`: moves the device to the signed-in player.
pub async fn submit_move(visit: RequestContext, _: PostForm<MoveForm>) -> PageResult {
    match move_device(&visit, visit.player()?).await {
        Ok(label) => {
            let flash = FlashMessage { name: Some(label), ..FlashMessage::of("device_moved") };
            Ok(flash.ride(&visit, responses::see_other(urls::DEVICES)))
        }
        Err(Stop::Refused(ClaimGone)) => Ok(over(&visit)),
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

fn over(visit: &RequestContext) -> actix_web::HttpResponse {
    FlashMessage::worded("code_expired", "claim-over").ride(visit, responses::see_other(urls::ACTIVATE))
}
