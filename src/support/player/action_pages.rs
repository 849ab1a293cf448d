//! Handlers of the forms that change a player.
//!
//! Each answers with the player's page or redirects to it.

use crate::accounts::players;
use crate::platform::fault::Stop;
use crate::platform::ids::PlayerId;
use crate::support::actions::{self, ActionRefusal, ActionRequest, CheckedLinkAnswer, SupportUnlinked, Verb};
use crate::support::player::action_forms::{ActionForm, NoteForm};
use crate::support::player::model::OverviewLimit;
use crate::support::player::pages::page;
use crate::support::staff;
use crate::web::{Notice, PageError, PageResult, PostForm, RequestContext, StaffReason, responses, urls};

/// `POST /support/actions/check-link`
pub async fn check_link(visit: RequestContext, PostForm(form): PostForm<ActionForm>) -> PageResult {
    let told = |answered| match answered {
        CheckedLinkAnswer::Active => Notice::good("support_check_active"),
        CheckedLinkAnswer::NeedsReconnect => Notice::warn("support_check_reconnect"),
        CheckedLinkAnswer::Revoked => Notice::warn("support_check_revoked"),
        CheckedLinkAnswer::Unasked => Notice::info("support_check_unasked"),
        CheckedLinkAnswer::Later { seconds } => {
            Notice::warn("support_check_later").with_name(&seconds.to_string())
        }
    };
    carry_out(&visit, Verb::CheckLink, &form, actions::check_link, told).await
}

/// `POST /support/actions/unlink-amazon`
pub async fn unlink_amazon(visit: RequestContext, PostForm(form): PostForm<ActionForm>) -> PageResult {
    let told = |unlinked| match unlinked {
        SupportUnlinked::Plainly => Notice::good("support_unlinked"),
        SupportUnlinked::WithRecovery => {
            Notice::good("support_unlinked").with_text("support-unlinked-recovery")
        }
    };
    carry_out(&visit, Verb::UnlinkAmazon, &form, actions::unlink_amazon, told).await
}

/// `POST /support/actions/end-sessions`
pub async fn end_sessions(visit: RequestContext, PostForm(form): PostForm<ActionForm>) -> PageResult {
    let told = |ended: usize| Notice::good("support_ended_sessions").with_name(&ended.to_string());
    carry_out(&visit, Verb::EndSessions, &form, actions::end_sessions, told).await
}

/// `POST /support/actions/send-reset`
pub async fn send_reset(visit: RequestContext, PostForm(form): PostForm<ActionForm>) -> PageResult {
    carry_out(&visit, Verb::SendReset, &form, actions::send_reset, |()| Notice::good("support_sent_reset"))
        .await
}

/// `POST /support/actions/disable`
pub async fn disable(visit: RequestContext, PostForm(form): PostForm<ActionForm>) -> PageResult {
    carry_out(&visit, Verb::Disable, &form, actions::disable_player, |()| Notice::good("support_disabled"))
        .await
}

/// `POST /support/actions/enable`
pub async fn enable(visit: RequestContext, PostForm(form): PostForm<ActionForm>) -> PageResult {
    carry_out(&visit, Verb::Enable, &form, actions::enable_player, |()| Notice::good("support_enabled")).await
}

/// `POST /support/actions/note`. Shows a note again that is too long to be kept during fresh proof.
pub async fn note(visit: RequestContext, PostForm(NoteForm(form)): PostForm<NoteForm>) -> PageResult {
    if !visit.is_fresh() {
        let notice = Notice::warn("support_prove_first").with_way(urls::STAFF_CONFIRM, "action-prove");
        let player = PlayerId::from(form.player.clone());
        let shown = page(&visit, &player, again(Verb::Note, &form, Some(notice))).await?;
        return responses::unprocessable(&shown);
    }
    let add = async |asked: &ActionRequest<'_>| actions::add_note(asked, &form.note).await;
    carry_out(&visit, Verb::Note, &form, add, |()| Notice::good("support_noted")).await
}

/// Reads the form, runs the action and reports its result.
async fn carry_out<T>(
    visit: &RequestContext,
    verb: Verb,
    form: &ActionForm,
    act: impl AsyncFnOnce(&ActionRequest<'_>) -> Result<T, Stop<ActionRefusal>>,
    told: impl FnOnce(T) -> Notice,
) -> PageResult {
    let asked_for = PlayerId::from(form.player.clone());
    let found = visit.app.db.read(move |conn| players::store::credentials_by_id(conn, &asked_for)).await?;
    let player = found.ok_or(PageError::NotFound)?;
    let Some(reason) = StaffReason::parse(&form.reason) else {
        return not_accepted(visit, verb, form, StaffReason::FIELD, StaffReason::MISSING).await;
    };
    let asked = ActionRequest { visit, staff: visit.staff()?, verb, player, reason, seen: form.seen.clone() };
    match act(&asked).await {
        Ok(done) => {
            let path = format!("{}/{}", urls::PLAYERS, asked.player.id);
            Ok(told(done).attach_to(visit, responses::see_other(&path)))
        }
        Err(Stop::Refused(refused)) => refuse(&asked, form, refused).await,
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

async fn refuse(asked: &ActionRequest<'_>, form: &ActionForm, refused: ActionRefusal) -> PageResult {
    let (visit, verb) = (asked.visit, asked.verb);
    let notice = match refused {
        ActionRefusal::Unknown => return Err(PageError::NotFound),
        ActionRefusal::NoteUnfit => {
            return not_accepted(visit, verb, form, "note", "action-note-unfit").await;
        }
        ActionRefusal::TooMany { retry_after } => {
            let notice = Notice::warn("support_reset_throttled");
            let shown = page(visit, &asked.player.id, again(verb, form, Some(notice))).await?;
            return responses::too_many(&shown, retry_after);
        }
        ActionRefusal::Changed => changed(asked).await?,
        ActionRefusal::LastMethod => Notice::warn("last_method").with_text("support-last-method"),
        ActionRefusal::NoAddress => Notice::warn("support_no_address"),
        ActionRefusal::Disabled => Notice::warn("support_is_disabled"),
        ActionRefusal::NoWayIn => Notice::warn("support_no_way_in"),
    };
    responses::conflict(&page(visit, &asked.player.id, again(verb, form, Some(notice))).await?)
}

/// A notice that the player has changed, with who acted last as far as the audit log knows.
async fn changed(asked: &ActionRequest<'_>) -> Result<Notice, PageError> {
    let (visit, vault) = (asked.visit, asked.visit.app.vault.clone());
    let (player, kind, now) = (asked.player.id.clone(), asked.verb.record(), visit.now);
    let last = visit
        .app
        .db
        .read(move |conn| {
            let Some(record) = actions::newest(conn, &vault, &player, kind, now)? else { return Ok(None) };
            let known = staff::emails(conn)?;
            let who = record.staff.and_then(|staff| known.get(&staff).cloned());
            Ok(Some((who, record.actor, record.at)))
        })
        .await?;
    let mut notice = Notice::warn("support_changed");
    if let Some((who, actor, at)) = last {
        let who = who.unwrap_or_else(|| visit.language.text(&format!("actor-{actor}")));
        notice = notice.with_text("support-changed-by").with_arg("who", &who);
        notice = notice.with_arg("when", &visit.language.date_time(at));
    }
    Ok(notice)
}

/// The page again, with the typed text and a message at the refused field.
async fn not_accepted(
    visit: &RequestContext,
    verb: Verb,
    form: &ActionForm,
    field: &str,
    message: &str,
) -> PageResult {
    let player = PlayerId::from(form.player.clone());
    let errors = vec![(format!("{}-{field}", verb.as_str()), visit.language.text(message))];
    responses::unprocessable(
        &page(visit, &player, OverviewLimit { errors, ..again(verb, form, None) }).await?,
    )
}

/// The typed text and the notice for the page that answers a form.
fn again(verb: Verb, form: &ActionForm, notice: Option<Notice>) -> OverviewLimit {
    let typed = |field: &str, text: &str| (format!("{}-{field}", verb.as_str()), text.to_owned());
    let typed = vec![typed(StaffReason::FIELD, &form.reason), typed("note", &form.note)];
    OverviewLimit { notice, typed, ..OverviewLimit::default() }
}
