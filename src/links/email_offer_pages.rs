//! The two answers to the offer of an address that changed at Amazon.

use crate::accounts::email::{EmailChangeRefusal, EmailChangeRequester, request_email_change};
use crate::audit::Kind;
use crate::links::email_offer::{decline_offered_email, offered_email};
use crate::links::forms::EmailOfferForm;
use crate::links::pages::account_page;
use crate::platform::fault::Stop;
use crate::sessions::SessionOrigin;
use crate::web::{Notice, PageResult, PostForm, RequestContext, responses, urls};

/// `POST /amazon/email/use`: mails a code to the address at Amazon, as a change of address does.
pub async fn use_email(context: RequestContext, _: PostForm<EmailOfferForm>) -> PageResult {
    let current_player = context.player()?;
    let Some(email) = offered_email(current_player) else { return Ok(responses::see_other(urls::ACCOUNT)) };
    let requester = EmailChangeRequester {
        origin: SessionOrigin::of_browser(current_player),
        present: current_player.player.email.as_deref(),
        event: context.player_event(current_player, Kind::EmailChangeAsked),
    };
    match request_email_change(&context, requester, email).await {
        Ok(()) => Ok(responses::see_other(urls::EMAIL_VERIFY)),
        Err(Stop::Refused(EmailChangeRefusal::AlreadyYours)) => Ok(responses::see_other(urls::ACCOUNT)),
        Err(Stop::Refused(EmailChangeRefusal::Throttled { retry_after })) => {
            let mut view = account_page(&context).await?;
            view.page = view.page.with_notice(Notice::throttled(context.now, retry_after));
            responses::too_many(&view, retry_after)
        }
        Err(Stop::Refused(EmailChangeRefusal::SessionEnded)) => Ok(responses::see_other(urls::SIGN_IN)),
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

/// `POST /amazon/email/decline`: the player is not asked about this address again.
pub async fn decline_email(context: RequestContext, _: PostForm<EmailOfferForm>) -> PageResult {
    let is_alive = decline_offered_email(&context, context.player()?).await?;
    Ok(responses::see_other(if is_alive { urls::ACCOUNT } else { urls::SIGN_IN }))
}
