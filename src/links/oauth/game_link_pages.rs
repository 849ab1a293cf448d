//! The page of a link that a game made, at its first sign-in in a browser.

use actix_web::web;

use crate::links::forms::{AttemptQuery, GameLinkForm};
use crate::links::oauth::game_link::{
    GameLinkRefusal, OtherWay, confirm_game_link, deny_game_link, mail_code, waiting_sign_in,
};
use crate::links::oauth::oauth_pages::answer_unknown_attempt;
use crate::links::views::{GameLinkPage, masked};
use crate::platform::fault::Stop;
use crate::platform::ids::AttemptId;
use crate::web::{Notice, Page, PageError, PageResult, PostForm, RequestContext, responses, urls};

/// `GET /amazon/game-link`: names game, device, place and player, and asks for the player's other way in.
pub async fn show(context: RequestContext, query: web::Query<AttemptQuery>) -> PageResult {
    match game_link_page(&context, &query.attempt()).await {
        Ok(page) => responses::render_page(&page),
        Err(PageError::AttemptUnknown) => answer_unknown_attempt(&context, &query.attempt()),
        Err(error) => Err(error),
    }
}

async fn game_link_page(context: &RequestContext, attempt: &AttemptId) -> Result<GameLinkPage, PageError> {
    let Some(waiting) = waiting_sign_in(context, attempt).await? else {
        return Err(PageError::AttemptUnknown);
    };
    let page = Page::new(context, "game-link-heading", "")?;
    let needs_proof = waiting.needs_proof();
    let name = waiting.player.display_name.as_str();
    Ok(GameLinkPage {
        attempt: waiting.attempt.id.to_string(),
        amazon_name: waiting.identity.name.clone().unwrap_or_else(|| page.t("amazon-nameless")),
        player_name: if name.is_empty() { page.t("claim-player-unnamed") } else { name.to_owned() },
        game: waiting.game.api_key.clone(),
        device: waiting.game.client.clone(),
        network: waiting.game.network.clone(),
        linked_at: page.moment(waiting.linked_at),
        has_password: waiting.ways.has_password,
        has_passkey: waiting.ways.has_passkey,
        email_masked: waiting.player.email.as_deref().map(masked).unwrap_or_default(),
        is_code_sent: waiting.attempt.code_hash.is_some(),
        needs_proof,
        reference: context.reference.to_string(),
        page,
    })
}

/// `POST /amazon/game-link`.
pub async fn submit(context: RequestContext, form: PostForm<GameLinkForm>) -> PageResult {
    let form = form.0;
    let attempt = form.attempt();
    let field = form.typed_field();
    let here = format!("{}?attempt={attempt}", urls::AMAZON_GAME_LINK);
    match form.choice.as_str() {
        "not_me" => match deny_game_link(&context, &attempt).await {
            Ok(()) => {
                Ok(Notice::good("link_denied").attach_to(&context, responses::see_other(urls::SIGN_IN)))
            }
            Err(stop) => refuse(&context, &attempt, stop, None).await,
        },
        "send_code" => match mail_code(&context, &attempt).await {
            Ok(()) => Ok(Notice::info("link_code_sent").attach_to(&context, responses::see_other(&here))),
            Err(stop) => refuse(&context, &attempt, stop, None).await,
        },
        "mine" => match confirm_game_link(&context, &attempt, form.way()).await {
            Ok(confirmed) => {
                let path = confirmed.next.as_deref().unwrap_or(urls::ACCOUNT);
                let response = confirmed.sign_in.answer(&context, path)?;
                let notice = if confirmed.sign_in.is_waiting() {
                    Notice::info("link_waits").with_text("two-step-then-confirm")
                } else {
                    Notice::good("link_confirmed")
                };
                Ok(notice.attach_to(&context, response))
            }
            Err(stop) => refuse(&context, &attempt, stop, field).await,
        },
        _ => Err(PageError::BadRequest),
    }
}

impl GameLinkForm {
    fn way(&self) -> OtherWay<'_> {
        if !self.is_password_empty() {
            OtherWay::Password(&self.password)
        } else if !self.is_code_empty() {
            OtherWay::Code(&self.code)
        } else {
            OtherWay::Nothing
        }
    }

    fn typed_field(&self) -> Option<&'static str> {
        match self.way() {
            OtherWay::Password(_) => Some("password"),
            OtherWay::Code(_) => Some("code"),
            OtherWay::Nothing => None,
        }
    }
}

/// `field` is what was typed into, if anything was.
async fn refuse(
    context: &RequestContext,
    attempt: &AttemptId,
    stop: Stop<GameLinkRefusal>,
    field: Option<&str>,
) -> PageResult {
    let refused = match stop {
        Stop::Refused(refused) => refused,
        Stop::Fault(fault) => return Err(fault.into()),
    };
    let again = async |notice: Notice| {
        let mut view = game_link_page(context, attempt).await?;
        let notice = match field.filter(|field| view.has_field(field)) {
            Some(field) => notice.at(field),
            None => notice,
        };
        view.page = view.page.with_notice(notice);
        Ok::<_, PageError>(view)
    };
    match refused {
        GameLinkRefusal::Gone => Err(PageError::AttemptUnknown),
        GameLinkRefusal::Overloaded => Err(PageError::Overloaded),
        GameLinkRefusal::TooManyTries => Ok(Notice::warn("too_many_tries")
            .with_text("game-link-tries")
            .attach_to(context, responses::see_other(urls::SIGN_IN))),
        GameLinkRefusal::Throttled { retry_after } => {
            let notice = Notice::throttled(context.now, retry_after);
            responses::too_many(&again(notice).await?, retry_after)
        }
        GameLinkRefusal::Missing => {
            let notice = Notice::bad("proof_missing").with_text("game-link-missing");
            responses::unprocessable(&again(notice).await?)
        }
        GameLinkRefusal::WrongPassword => {
            let notice = Notice::bad("credentials_wrong").with_text("game-link-wrong");
            responses::unprocessable(&again(notice).await?)
        }
        GameLinkRefusal::WrongCode => responses::unprocessable(&again(Notice::bad("code_wrong")).await?),
    }
}
