//! The page that answers a refused form, held until the browser that sent the form has fetched it (S168).
//!
//! It is sealed, belongs to the session that sent the form, and goes with it. Before a sign-in it belongs to the
//! browser, and goes when somebody signs in there. Nobody else can fetch it, and nobody can fetch it twice.

mod model;
mod store;

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::{ExposeSecret, SecretString};

pub use model::{HeldAnswer, HeldAnswerId};
pub use store::{SEALED, drop_of_browser, sweep};

use crate::platform::fault::Fault;
use crate::sessions::held_answer::model::{NewRow, place_of_answer};
use crate::web::RequestContext;

/// How long an answer waits for its browser.
pub const LASTS: TimeDelta = TimeDelta::minutes(10);

/// After this time the browser does not come for an answer any more, if it sends another form.
const ABANDONED_AFTER: TimeDelta = TimeDelta::minutes(1);

/// Larger pages are not held.
const LARGEST: usize = 256 * 1024;

/// Holds `answer` for whoever sent the form. `None` if it is too large, if their session has ended meanwhile, or if many
/// wait for their browser: then it is answered directly.
pub async fn hold(context: &RequestContext, answer: &HeldAnswer) -> Result<Option<HeldAnswerId>, Fault> {
    if answer.html.len() > LARGEST {
        return Ok(None);
    }
    let id = HeldAnswerId::new(context.now);
    let text = serde_json::to_string(answer).map_err(|error| Fault::broken("holding an answer", error))?;
    let row = NewRow {
        answer_sealed: context.app.vault.seal(&place_of_answer(id.as_str()), &SecretString::from(text))?,
        id,
        session: context.player_session_id().cloned(),
        staff_session: context.staff_session_id().cloned(),
        browser: context.browser_hash(),
        abandoned_before: context.now + LASTS - ABANDONED_AFTER,
        expires_at: context.now + LASTS,
    };
    let is_held = {
        let row = row.clone();
        context.app.db.write(move |conn| Ok(store::insert(conn, &row)?)).await?
    };
    Ok(is_held.then_some(row.id))
}

/// Takes the answer away, and returns it to the session or browser that it belongs to.
pub async fn take(context: &RequestContext, id: HeldAnswerId) -> Result<Option<HeldAnswer>, Fault> {
    let row = id.clone();
    let Some(found) = context.app.db.write(move |conn| Ok(store::take(conn, &row)?)).await? else {
        return Ok(None);
    };
    let session = context.player_session_id();
    let is_theirs = found.session_id.as_ref() == session
        && found.staff_session_id.as_ref() == context.staff_session_id()
        && (context.session_id().is_some() || found.browser_hash == context.browser_hash().as_str());
    if !is_theirs || is_over(found.expires_at, context.now) {
        return Ok(None);
    }
    // A page that will not open, because its key is gone, is not worth an error: its form is there.
    let opened = context.app.vault.open(&place_of_answer(id.as_str()), &found.answer);
    Ok(opened.ok().and_then(|text| serde_json::from_str(text.expose_secret()).ok()))
}

/// Nothing is over later than its own length from now, also if the clock has gone back.
fn is_over(expires_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    expires_at <= now || expires_at > now + LASTS
}
