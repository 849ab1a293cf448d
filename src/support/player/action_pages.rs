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
use crate::web::pending_action::PendingAction;
use crate::web::{Notice, PageError, PageResult, PostForm, RequestContext, StaffReason, responses, urls};

/// `POST /support/actions/check-link`
pub async fn check_link(context: RequestContext, PostForm(form): PostForm<ActionForm>) -> PageResult {
    let notice_for = |answered| match answered {
        CheckedLinkAnswer::Active => Notice::good("support_check_active"),
        CheckedLinkAnswer::NeedsReconnect => Notice::warn("support_check_reconnect"),
        CheckedLinkAnswer::Revoked => Notice::warn("support_check_revoked"),
        CheckedLinkAnswer::Unasked => Notice::info("support_check_unasked"),
        CheckedLinkAnswer::Later { seconds } => {
            Notice::warn("support_check_later").with_name(&seconds.to_string())
        }
    };
    run_action(&context, Verb::CheckLink, &form, actions::check_link, notice_for).await
}

/// `POST /support/actions/unlink-amazon`
pub async fn unlink_amazon(context: RequestContext, PostForm(form): PostForm<ActionForm>) -> PageResult {
    let notice_for = |unlinked| match unlinked {
        SupportUnlinked::Plainly => Notice::good("support_unlinked"),
        SupportUnlinked::WithRecovery => {
            Notice::good("support_unlinked").with_text("support-unlinked-recovery")
        }
    };
    run_action(&context, Verb::UnlinkAmazon, &form, actions::unlink_amazon, notice_for).await
}

/// `POST /support/actions/end-sessions`
pub async fn end_sessions(context: RequestContext, PostForm(form): PostForm<ActionForm>) -> PageResult {
    let notice_for = |ended: usize| Notice::good("support_ended_sessions").with_name(&ended.to_string());
    run_action(&context, Verb::EndSessions, &form, actions::end_sessions, notice_for).await
}

/// `POST /support/actions/send-reset`
pub async fn send_reset(context: RequestContext, PostForm(form): PostForm<ActionForm>) -> PageResult {
    run_action(&context, Verb::SendReset, &form, actions::send_reset, |()| Notice::good("support_sent_reset"))
        .await
}

/// `POST /support/actions/disable`
pub async fn disable(context: RequestContext, PostForm(form): PostForm<ActionForm>) -> PageResult {
    run_action(&context, Verb::Disable, &form, actions::disable_player, |()| Notice::good("support_disabled"))
        .await
}

/// `POST /support/actions/enable`
pub async fn enable(context: RequestContext, PostForm(form): PostForm<ActionForm>) -> PageResult {
    run_action(&context, Verb::Enable, &form, actions::enable_player, |()| Notice::good("support_enabled"))
        .await
}

/// `POST /support/actions/note`. Shows a note again that is too long to be kept during fresh proof.
pub async fn note(context: RequestContext, PostForm(NoteForm(form)): PostForm<NoteForm>) -> PageResult {
    if !context.is_fresh() {
        let notice = Notice::bad("support_prove_first").with_way(urls::STAFF_CONFIRM, "action-prove");
        let player = PlayerId::from(form.player.clone());
        let shown = page(&context, &player, again(Verb::Note, &form, Some(notice))).await?;
        return Ok(PendingAction::drop_older(&context, responses::unprocessable(&shown)?));
    }
    let add = async |request: &ActionRequest<'_>| actions::add_note(request, &form.note).await;
    run_action(&context, Verb::Note, &form, add, |()| Notice::good("support_noted")).await
}

/// Reads the form, runs the action and reports its result.
async fn run_action<T>(
    context: &RequestContext,
    verb: Verb,
    form: &ActionForm,
    act: impl AsyncFnOnce(&ActionRequest<'_>) -> Result<T, Stop<ActionRefusal>>,
    notice_for: impl FnOnce(T) -> Notice,
) -> PageResult {
    let asked_for = PlayerId::from(form.player.clone());
    let found = context.app.db.read(move |conn| players::store::credentials_by_id(conn, &asked_for)).await?;
    let player = found.ok_or(PageError::NotFound)?;
    let Some(reason) = StaffReason::parse(&form.reason) else {
        return not_accepted(context, verb, form, StaffReason::FIELD, StaffReason::MISSING).await;
    };
    let request =
        ActionRequest { context, staff: context.staff()?, verb, player, reason, seen: form.seen.clone() };
    match act(&request).await {
        Ok(done) => {
            let path = format!("{}/{}", urls::PLAYERS, request.player.id);
            Ok(notice_for(done).attach_to(context, responses::see_other(&path)))
        }
        Err(Stop::Refused(refused)) => refuse(&request, form, refused).await,
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

async fn refuse(request: &ActionRequest<'_>, form: &ActionForm, refused: ActionRefusal) -> PageResult {
    let (context, verb) = (request.context, request.verb);
    let notice = match refused {
        ActionRefusal::Unknown => return Err(PageError::NotFound),
        ActionRefusal::NoteUnfit => {
            return not_accepted(context, verb, form, "note", "action-note-unfit").await;
        }
        ActionRefusal::TooMany { retry_after } => {
            let notice = Notice::bad("support_reset_throttled").with_wait(context.now, retry_after);
            let shown = page(context, &request.player.id, again(verb, form, Some(notice))).await?;
            return responses::too_many(&shown, retry_after);
        }
        ActionRefusal::Changed => changed(request).await?,
        ActionRefusal::LastMethod => Notice::warn("last_method").with_text("support-last-method"),
        ActionRefusal::NoAddress => Notice::warn("support_no_address"),
        ActionRefusal::Disabled => Notice::warn("support_is_disabled"),
        ActionRefusal::NoWayIn => Notice::warn("support_no_way_in"),
    };
    responses::conflict(&page(context, &request.player.id, again(verb, form, Some(notice))).await?)
}

/// A notice that the player has changed, with who acted last as far as the audit log knows.
async fn changed(request: &ActionRequest<'_>) -> Result<Notice, PageError> {
    let (context, vault) = (request.context, request.context.app.vault.clone());
    let (player, kind, now) = (request.player.id.clone(), request.verb.record(), context.now);
    let last = context
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
        let who = who.unwrap_or_else(|| context.language.text(&format!("actor-{actor}")));
        notice = notice.with_text("support-changed-by").with_arg("who", &who);
        notice = notice.with_arg("when", &context.language.date_time(at));
    }
    Ok(notice)
}

/// The page again, with the typed text and a message at the refused field.
async fn not_accepted(
    context: &RequestContext,
    verb: Verb,
    form: &ActionForm,
    field: &str,
    message: &str,
) -> PageResult {
    let player = PlayerId::from(form.player.clone());
    let errors = vec![(format!("{}-{field}", verb.as_str()), context.language.text(message))];
    responses::unprocessable(
        &page(context, &player, OverviewLimit { errors, ..again(verb, form, None) }).await?,
    )
}

/// The typed text and the notice for the page that answers a form.
fn again(verb: Verb, form: &ActionForm, notice: Option<Notice>) -> OverviewLimit {
    let typed = |field: &str, text: &str| (format!("{}-{field}", verb.as_str()), text.to_owned());
    let typed = vec![typed(StaffReason::FIELD, &form.reason), typed("note", &form.note)];
    OverviewLimit { notice, typed, ..OverviewLimit::default() }
}
