//! `/support/players/{id}`, and the form that lifts its masks.

use actix_web::web::{Path, Query};

use crate::platform::ids::PlayerId;
use crate::support::player::forms::{TimelineForm, UnmaskForm};
use crate::support::player::load::look;
use crate::support::player::model::Over;
use crate::support::player::timeline::Asked;
use crate::support::player::unmask;
use crate::support::player::views::{PlayerPage, TooManyPage};
use crate::web::form::may_be_id;
use crate::web::page::Notice;
use crate::web::{Answer, PageError, PostForm, Reason, Visit, responses};

/// `GET /support/players/{id}`. Looking leaves a record: the one GET that writes (product §9).
pub async fn show(visit: Visit, id: Path<String>, form: Query<TimelineForm>) -> Answer {
    let player = quoted(&id).ok_or(PageError::NotFound)?;
    let Some(asked) = Asked::of(&form) else {
        let sentence = visit.language.text("audit-not-understood");
        let errors = vec![("kind".to_owned(), sentence)];
        let shown = page(&visit, &player, Over { errors, ..Over::default() }).await;
        return answered(&visit, shown, responses::unprocessable);
    };
    let shown = narrowed(&visit, &player, &asked, Over::default()).await;
    answered(&visit, shown, responses::page)
}

/// `POST /support/actions/unmask`. The same page with nothing masked is the answer to this form and stands at no
/// address: whoever loads or leaves it sees masks again.
pub async fn unmask(visit: Visit, PostForm(form): PostForm<UnmaskForm>) -> Answer {
    const FIELD: &str = "unmask-reason";
    let player = quoted(&form.player).ok_or(PageError::NotFound)?;
    let Some(reason) = Reason::parse(&form.reason) else {
        let errors = vec![(FIELD.to_owned(), visit.language.text(Reason::MISSING))];
        let typed = vec![(FIELD.to_owned(), form.reason)];
        let over = Over { errors, typed, ..Over::default() };
        return answered(&visit, page(&visit, &player, over).await, responses::unprocessable);
    };
    let notice = Notice::of(visit.language, "info", "player_unmasked");
    let over = Over { notice: Some(notice), reveal: true, ..Over::default() };
    // Read first, because there may be no such player; shown only once the record stands.
    let revealed = page(&visit, &player, over).await;
    if revealed.is_ok() {
        unmask::unmask(&visit, &player, &reason).await?;
    }
    answered(&visit, revealed, responses::page)
}

/// The page, or in words that it was one player too many.
fn answered(
    visit: &Visit,
    shown: Result<PlayerPage, PageError>,
    answer: fn(&PlayerPage) -> Answer,
) -> Answer {
    match shown {
        Ok(shown) => answer(&shown),
        Err(PageError::Throttled { retry_after }) => {
            responses::too_many(&TooManyPage::new(visit)?, retry_after)
        }
        Err(error) => Err(error),
    }
}

/// An id as somebody quotes it.
fn quoted(id: &str) -> Option<PlayerId> {
    may_be_id(id).then(|| PlayerId::from(id.to_owned()))
}

/// The player's page as it is now, for whoever answers with it. 404 if there is no such player, 429 after
/// too many; the look is noted.
pub(in crate::support) async fn page(
    visit: &Visit,
    player: &PlayerId,
    over: Over,
) -> Result<PlayerPage, PageError> {
    narrowed(visit, player, &Asked::default(), over).await
}

async fn narrowed(
    visit: &Visit,
    player: &PlayerId,
    asked: &Asked,
    over: Over,
) -> Result<PlayerPage, PageError> {
    let seen = look(visit, player, asked).await?;
    PlayerPage::new(visit, &seen, asked, over)
}
