//! `/activate`: a code that a game shows is typed, looked at, and acted on.

use crate::games::devices::claim::enter_code::{self, NotTaken};
use crate::games::devices::claim::finish::{self, NotClaimed};
use crate::games::devices::claim::forms::{ClaimForm, CodeForm, MoveForm};
use crate::games::devices::claim::move_device::{Gone, move_device};
use crate::games::devices::claim::views::{ActivatePage, ClaimPage};
use crate::platform::fault::Stop;
use crate::web::page::Notice;
use crate::web::{Answer, Flash, Page, PageError, PostForm, Visit, responses, urls, validation_messages};

/// `GET /activate`
pub async fn show(visit: Visit) -> Answer {
    responses::page(&ActivatePage { page: Page::new(&visit, "activate-heading", "")? })
}

/// `POST /activate`: binds a right code to this browser, and nothing more.
pub async fn submit(visit: Visit, PostForm(form): PostForm<CodeForm>) -> Answer {
    let page = || Page::new(&visit, "activate-heading", "");
    match enter_code::take(&visit, &form.code).await {
        Ok(()) => Ok(responses::see_other(urls::ACTIVATE_CLAIM)),
        Err(Stop::Refused(NotTaken::Wrong)) => {
            let errors = vec![("code".to_owned(), visit.language.text("activate-wrong"))];
            let notice = Notice::worded(visit.language, "bad", "code_wrong", "activate-wrong");
            let page = page()?.with_notice(notice).with_errors(errors);
            responses::unprocessable(&ActivatePage { page })
        }
        Err(Stop::Refused(NotTaken::TooMany { retry_after })) => {
            let notice = Notice::of(visit.language, "warn", "throttled");
            responses::too_many(&ActivatePage { page: page()?.with_notice(notice) }, retry_after)
        }
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

/// `GET /activate/claim`
pub async fn show_claim(visit: Visit) -> Answer {
    match finish::pending(&visit).await? {
        Some(claim) => responses::page(&ClaimPage::of(&visit, &claim)?),
        None => Ok(responses::see_other(urls::ACTIVATE)),
    }
}

/// `POST /activate/claim`: the player becomes an account.
pub async fn submit_claim(visit: Visit, PostForm(form): PostForm<ClaimForm>) -> Answer {
    if form.choice == "cancel" {
        finish::forget(&visit).await?;
        let home = if visit.viewer.is_some() { urls::ACCOUNT } else { urls::WELCOME };
        return Ok(Flash::worded("cancelled", "claim-cancelled").ride(&visit, responses::see_other(home)));
    }
    let Some(claim) = finish::pending(&visit).await? else { return Ok(over(&visit)) };
    // Whoever is signed in has an account; this makes another one, so they sign out first.
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
    match finish::finish(&visit, claim, account).await {
        Ok(entry) => {
            let response = entry.answer(&visit, urls::ACCOUNT)?;
            Ok(Flash::of("claimed").ride(&visit, response))
        }
        Err(Stop::Refused(refused)) => not_claimed(&visit, shown, refused),
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

fn not_claimed(visit: &Visit, shown: ClaimPage, refused: NotClaimed) -> Answer {
    let language = visit.language;
    let errors = match refused {
        NotClaimed::Unfit(why) => {
            vec![("password".to_owned(), validation_messages::of_password(language, why))]
        }
        NotClaimed::UserNameTaken => {
            vec![("user_name".to_owned(), language.text("refused-user-name-taken"))]
        }
        NotClaimed::TooMany { retry_after } => {
            let page = shown.page.with_notice(Notice::of(language, "warn", "throttled"));
            return responses::too_many(&ClaimPage { page, ..shown }, retry_after);
        }
        NotClaimed::Overloaded => return Err(PageError::Overloaded),
        NotClaimed::Gone => return Ok(over(visit)),
    };
    responses::unprocessable(&with_errors(shown, errors))
}

fn with_errors(shown: ClaimPage, errors: Vec<(String, String)>) -> ClaimPage {
    let page = shown.page.with_errors(errors);
    ClaimPage { page, ..shown }
}

/// `POST /activate/move`: the device opens the signed-in player from now on.
pub async fn submit_move(visit: Visit, _: PostForm<MoveForm>) -> Answer {
    match move_device(&visit, visit.player()?).await {
        Ok(label) => {
            let flash = Flash { name: Some(label), ..Flash::of("device_moved") };
            Ok(flash.ride(&visit, responses::see_other(urls::DEVICES)))
        }
        Err(Stop::Refused(Gone)) => Ok(over(&visit)),
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

fn over(visit: &Visit) -> actix_web::HttpResponse {
    Flash::worded("code_expired", "claim-over").ride(visit, responses::see_other(urls::ACTIVATE))
}
