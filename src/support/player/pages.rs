//! `/support/players/{id}`, and the form that unmasks the player.

use actix_web::web::{Path, Query};

use crate::platform::ids::PlayerId;
use crate::support::player::forms::{TimelineForm, UnmaskForm};
use crate::support::player::load::load_player;
use crate::support::player::model::OverviewLimit;
use crate::support::player::timeline::TimelineQuery;
use crate::support::player::unmask;
use crate::support::player::views::{PlayerPage, ViewQuotaPage};
use crate::web::Notice;
use crate::web::form::may_be_id;
use crate::web::{PageError, PageResult, PostForm, RequestContext, StaffReason, responses};

/// `GET /support/players/{id}`. The request changes no data, but writes an audit record (S125).
pub async fn show(context: RequestContext, id: Path<String>, form: Query<TimelineForm>) -> PageResult {
    let player = quoted(&id).ok_or(PageError::NotFound)?;
    let Some(asked) = TimelineQuery::of(&form) else {
        let sentence = context.language.text("audit-not-understood");
        let errors = vec![("kind".to_owned(), sentence)];
        let shown = page(&context, &player, OverviewLimit { errors, ..OverviewLimit::default() }).await;
        return answered(&context, shown, responses::unprocessable);
    };
    let shown = narrowed(&context, &player, &asked, OverviewLimit::default()).await;
    answered(&context, shown, responses::render_page)
}

/// `POST /support/actions/unmask`. The answer to this form is the page without masks.
///
/// No address shows that page, so loading it again shows the masks again.
pub async fn unmask(context: RequestContext, PostForm(form): PostForm<UnmaskForm>) -> PageResult {
    const FIELD: &str = "unmask-reason";
    let player = quoted(&form.player).ok_or(PageError::NotFound)?;
    let Some(reason) = StaffReason::parse(&form.reason) else {
        let errors = vec![(FIELD.to_owned(), context.language.text(StaffReason::MISSING))];
        let typed = vec![(FIELD.to_owned(), form.reason)];
        let over = OverviewLimit { errors, typed, ..OverviewLimit::default() };
        return answered(&context, page(&context, &player, over).await, responses::unprocessable);
    };
    let notice = Notice::info("player_unmasked");
    let over = OverviewLimit { notice: Some(notice), reveal: true, ..OverviewLimit::default() };
    // The page is read first, because the player may not exist. It is shown only after the record is written.
    let revealed = page(&context, &player, over).await;
    if revealed.is_ok() {
        unmask::unmask_player(&context, &player, &reason).await?;
    }
    answered(&context, revealed, responses::render_page)
}

/// Answers with the page, or with a page that explains the limit of views.
fn answered(
    context: &RequestContext,
    shown: Result<PlayerPage, PageError>,
    answer: fn(&PlayerPage) -> PageResult,
) -> PageResult {
    match shown {
        Ok(shown) => answer(&shown),
        Err(PageError::Throttled { retry_after }) => {
            responses::too_many(&ViewQuotaPage::new(context, retry_after)?, retry_after)
        }
        Err(error) => Err(error),
    }
}

/// Parses a player's id from an address or a form.
fn quoted(id: &str) -> Option<PlayerId> {
    may_be_id(id).then(|| PlayerId::from(id.to_owned()))
}

/// The player's page as it is now, for handlers that answer with it.
///
/// Gives 404 if there is no such player, and 429 above the limit of views. The view is recorded.
pub(super) async fn page(
    context: &RequestContext,
    player: &PlayerId,
    over: OverviewLimit,
) -> Result<PlayerPage, PageError> {
    narrowed(context, player, &TimelineQuery::default(), over).await
}

async fn narrowed(
    context: &RequestContext,
    player: &PlayerId,
    asked: &TimelineQuery,
    over: OverviewLimit,
) -> Result<PlayerPage, PageError> {
    let seen = load_player(context, player, asked).await?;
    PlayerPage::new(context, &seen, asked, over)
}
