//! The pages of two-step sign-in.

use actix_web::HttpResponse;
use chrono::TimeDelta;

use crate::accounts::second_factor::{self, shortest_password};
use crate::accounts::two_step::forms::{ForgetBrowserForm, SetUpForm, TurnOffForm, TwoStepButton};
use crate::accounts::two_step::recovery_codes::{self, RecoveryCodesCookie};
use crate::accounts::two_step::turn_off::{self, TurnOffRefusal};
use crate::accounts::two_step::turn_on::{self, SetUpCookie, TurnOnRefusal};
use crate::accounts::two_step::views::{
    RecoveryCodesPage, RememberedBrowserRow, SetUpPage, TurnOffPage, TwoStepOverviewPage, TwoStepView,
};
use crate::platform::fault::Stop;
use crate::platform::recovery_codes::RecoveryCodes;
use crate::web::cookies::{CookieName, OutgoingCookie};
use crate::web::form::may_be_id;
use crate::web::refused_form::PostedForm;
use crate::web::{Notice, Page, PageError, PageResult, PostForm, RequestContext, responses, urls};

/// The lifetime of the cookies that carry a new secret or new recovery codes.
const CARRIED_FOR: TimeDelta = TimeDelta::minutes(30);

/// `GET /account/two-step`
pub async fn show(context: RequestContext) -> PageResult {
    let (player, now) = (context.player()?.player.id.clone(), context.now);
    let found = context
        .app
        .db
        .read(move |conn| {
            let Some(factor) = second_factor::store::find(conn, &player)? else { return Ok(None) };
            let left = second_factor::store::count_recovery_codes(conn, &player)?;
            Ok(Some((factor, left, second_factor::store::list_browsers(conn, &player, now)?)))
        })
        .await?;
    let page = Page::new(&context, "two-step-heading", "security")?;
    let on = found.map(|(factor, left, browsers)| TwoStepView {
        since: page.when(factor.created_at),
        codes_left: context.language.text_for_count("two-step-codes-left", left),
        is_low: left <= second_factor::FEW_CODES,
        browsers: browsers.into_iter().map(|found| RememberedBrowserRow::new(&page, found)).collect(),
    });
    responses::render_page(&TwoStepOverviewPage { page, on })
}

/// `POST /account/two-step/begin`: makes a secret, which this browser keeps until its first code has come back.
pub async fn begin(context: RequestContext, _: PostForm<TwoStepButton>) -> PageResult {
    let cookie = SetUpCookie::generate(&context.player()?.player.id)?;
    let cookie = context.cookies.write(CookieName::SecondFactorSetUp, &cookie, context.now, CARRIED_FOR);
    Ok(with(responses::see_other(urls::TWO_STEP_SET_UP), cookie))
}

/// `GET /account/two-step/set-up`
pub async fn show_set_up(context: RequestContext) -> PageResult {
    let current_player = context.player()?;
    match SetUpCookie::secret(&context, &current_player.player.id) {
        Some(secret) => responses::render_page(&SetUpPage::new(&context, current_player, &secret)?),
        None => Ok(responses::see_other(urls::TWO_STEP)),
    }
}

/// `POST /account/two-step/set-up`
pub async fn submit_set_up(context: RequestContext, PostForm(form): PostForm<SetUpForm>) -> PageResult {
    let current_player = context.player()?;
    let player = &current_player.player.id;
    let Some(secret) = SetUpCookie::secret(&context, player) else {
        let response = responses::see_other(urls::TWO_STEP);
        return Ok(Notice::warn("code_expired")
            .with_text("two-step-set-up-over")
            .attach_to(&context, response));
    };
    match turn_on::turn_on(&context, current_player, &secret, &form.code).await {
        Ok(codes) => {
            let response = to_codes(&context, codes)?;
            let response = with(response, Some(context.cookies.forget(CookieName::SecondFactorSetUp)));
            Ok(Notice::good("two_step_on").attach_to(&context, response))
        }
        Err(Stop::Refused(TurnOnRefusal::WrongCode)) => {
            PostedForm::answer_directly(&context);
            let mut shown = SetUpPage::new(&context, current_player, &secret)?;
            let sentence = shown.page.t("two-step-set-up-wrong");
            shown.page = shown.page.with_errors(vec![("code".to_owned(), sentence)]);
            responses::unprocessable(&shown)
        }
        Err(Stop::Refused(TurnOnRefusal::AlreadyOn)) => Ok(with(
            responses::see_other(urls::TWO_STEP),
            Some(context.cookies.forget(CookieName::SecondFactorSetUp)),
        )),
        Err(Stop::Refused(TurnOnRefusal::SessionEnded)) => Ok(responses::see_other(urls::SIGN_IN)),
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

/// `GET /account/two-step/codes`. New codes are shown once, on the redirect from where they were made.
pub async fn show_codes(context: RequestContext) -> PageResult {
    let Some(codes) = RecoveryCodesCookie::codes(&context, &context.player()?.player.id) else {
        return Ok(responses::see_other(urls::TWO_STEP));
    };
    let page = Page::new(&context, "two-step-codes-heading", "security")?;
    let shown = RecoveryCodesPage { page, block: codes.join("\n") };
    Ok(with(responses::render_page(&shown)?, Some(context.cookies.forget(CookieName::PlayerRecoveryCodes))))
}

/// `POST /account/two-step/codes`
pub async fn renew_codes(context: RequestContext, _: PostForm<TwoStepButton>) -> PageResult {
    match recovery_codes::renew_codes(&context, context.player()?).await? {
        Some(codes) => to_codes(&context, codes),
        None => Ok(responses::see_other(urls::TWO_STEP)),
    }
}

/// `GET /account/two-step/off`
pub async fn show_off(context: RequestContext) -> PageResult {
    let player = context.player()?.player.id.clone();
    if !context.app.db.read(move |conn| second_factor::store::is_on(conn, &player)).await? {
        return Ok(responses::see_other(urls::TWO_STEP));
    }
    responses::render_page(&off_page(&context)?)
}

/// `POST /account/two-step/off`
pub async fn submit_off(context: RequestContext, PostForm(form): PostForm<TurnOffForm>) -> PageResult {
    match turn_off::turn_off(&context, context.player()?, &form.password).await {
        Ok(()) => Ok(Notice::good("two_step_off").attach_to(&context, responses::see_other(urls::TWO_STEP))),
        Err(Stop::Refused(refused)) => not_turned_off(&context, &refused),
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

fn not_turned_off(context: &RequestContext, refused: &TurnOffRefusal) -> PageResult {
    let mut shown = off_page(context)?;
    match refused {
        TurnOffRefusal::Over => Ok(responses::see_other(urls::TWO_STEP)),
        TurnOffRefusal::Overloaded => Err(PageError::Overloaded),
        TurnOffRefusal::Throttled { retry_after } => {
            shown.page = shown.page.with_notice(Notice::throttled(context.now, *retry_after).at("password"));
            responses::too_many(&shown, *retry_after)
        }
        TurnOffRefusal::WrongPassword => {
            let notice = Notice::bad("credentials_wrong").with_text("present-password-wrong");
            shown.page = shown.page.with_notice(notice.at("password"));
            responses::unprocessable(&shown)
        }
        TurnOffRefusal::ShortPassword { min } => {
            let notice = Notice::bad("password_short").with_text("two-step-short-password");
            let way = format!("{}?next={}", urls::PASSWORD, urls::TWO_STEP_OFF);
            let notice = notice.with_arg("min", &min.to_string()).with_way(&way, "security-password-change");
            shown.page = shown.page.with_notice(notice);
            responses::unprocessable(&shown)
        }
    }
}

fn off_page(context: &RequestContext) -> Result<TurnOffPage, PageError> {
    TurnOffPage::new(context, shortest_password(&context.app, false))
}

/// `POST /account/two-step/forget`
pub async fn forget_browser(
    context: RequestContext,
    PostForm(form): PostForm<ForgetBrowserForm>,
) -> PageResult {
    if !may_be_id(&form.browser)
        || !recovery_codes::forget_browser(&context, context.player()?, form.browser).await?
    {
        return Err(PageError::NotFound);
    }
    Ok(Notice::good("browser_forgotten").attach_to(&context, responses::see_other(urls::TWO_STEP)))
}

fn to_codes(context: &RequestContext, codes: RecoveryCodes) -> PageResult {
    let cookie = RecoveryCodesCookie::new(&context.player()?.player.id, codes);
    let cookie = context.cookies.write(CookieName::PlayerRecoveryCodes, &cookie, context.now, CARRIED_FOR);
    Ok(with(responses::see_other(urls::TWO_STEP_CODES), cookie))
}

/// Adds the cookie; one that cannot be set is dropped, and the page that needs it asks again.
fn with(mut response: HttpResponse, cookie: Option<OutgoingCookie>) -> HttpResponse {
    if let Some(cookie) = cookie {
        let _ = response.add_cookie(&cookie);
    }
    response
}
