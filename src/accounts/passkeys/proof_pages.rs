//! Sign-in and fresh proof with a passkey. The forms are on the pages of sign-in and of the proof.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde_json::{Value, json};

use crate::accounts::passkeys::confirm;
use crate::accounts::passkeys::forms::{BeginCeremonyForm, PasskeyAnswerForm, PasskeySignInForm};
use crate::accounts::passkeys::model::AnswerRejection;
use crate::accounts::passkeys::relying_party::UseRefusal;
use crate::accounts::passkeys::sign_in;
use crate::platform::fault::Stop;
use crate::platform::rate_limit::RateVerdict;
use crate::web::pending_action::PendingAction;
use crate::web::{NextAddress, Notice, PageError, PageResult, PostForm, RequestContext, responses, urls};

/// `POST /sign-in/passkey/begin`, for the script of the sign-in page.
pub async fn begin_sign_in(context: RequestContext, _: PostForm<BeginCeremonyForm>) -> PageResult {
    if let RateVerdict::Refused { retry_after } = sign_in::take_turn(&context).await? {
        return Err(PageError::Throttled { retry_after });
    }
    Ok(begun(sign_in::begin_sign_in(&context).await?))
}

/// `POST /sign-in/passkey`
pub async fn sign_in(context: RequestContext, PostForm(form): PostForm<PasskeySignInForm>) -> PageResult {
    let next = form.next();
    let refused = if form.credential.is_empty() {
        Notice::warn("passkey_needs_script")
    } else {
        match sign_in::sign_in(&context, &form).await {
            Ok(entry) => {
                return entry.answer(&context, next.as_ref().map_or(urls::ACCOUNT, NextAddress::as_str));
            }
            Err(Stop::Refused(refused)) => notice_of(refused),
            Err(Stop::Fault(fault)) => return Err(fault.into()),
        }
    };
    let page = next.map_or_else(|| urls::SIGN_IN.to_owned(), |next| next.on(urls::SIGN_IN));
    Ok(refused.attach_to(&context, responses::see_other(&page)))
}

/// `POST /account/confirm-identity/passkey/begin`, for the script of that page.
pub async fn begin_proof(context: RequestContext, _: PostForm<BeginCeremonyForm>) -> PageResult {
    Ok(begun(confirm::begin_proof(&context, context.player()?).await?))
}

/// `POST /account/confirm-identity/passkey`. The interrupted action then continues.
pub async fn confirm_identity(
    context: RequestContext,
    PostForm(form): PostForm<PasskeyAnswerForm>,
) -> PageResult {
    let current_player = context.player()?.clone();
    let refused = if form.credential.is_empty() {
        Notice::warn("passkey_needs_script")
    } else {
        match confirm::confirm_identity(&context, &current_player, &form).await {
            Ok(started) => {
                let context = context.clone().rotated(&started, Some(context.now))?;
                return PendingAction::resume_named(context, &form.mark).await;
            }
            Err(Stop::Refused(refused)) => notice_of(refused),
            Err(Stop::Fault(fault)) => return Err(fault.into()),
        }
    };
    let response = responses::see_other(urls::CONFIRM_IDENTITY);
    Ok(refused.attach_to(&context, PendingAction::keep_for_another_try(&context, response)))
}

fn begun(begun: Option<Value>) -> HttpResponse {
    match begun {
        Some(begun) => responses::json(StatusCode::OK, &begun),
        None => responses::json(StatusCode::CONFLICT, &json!({ "code": "no_passkeys" })),
    }
}

/// What the person is told. Only what a person can do something about is told apart.
fn notice_of(refused: UseRefusal) -> Notice {
    match refused {
        UseRefusal::MayBeCopied => Notice::bad("passkey_may_be_copied"),
        UseRefusal::Rejected(AnswerRejection::UnknownPasskey) => Notice::bad("passkey_unknown"),
        UseRefusal::Rejected(AnswerRejection::CeremonyOver) => Notice::warn("passkey_too_late"),
        UseRefusal::Rejected(_) => Notice::bad("passkey_refused").with_support(),
    }
}
