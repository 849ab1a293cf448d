//! `/support/audit`: the audit log, filtered, in pages, and as a CSV file.

use actix_web::web::Query;

use crate::audit::{self, Kind};
use crate::support::audit_log::export;
use crate::support::audit_log::forms::AuditForm;
use crate::support::audit_log::views::AuditPage;
use crate::support::staff;
use crate::web::{PageError, PageResult, PostForm, RequestContext, responses};

/// Records of one page.
const PAGE: usize = 50;

/// `GET /support/audit`. The request changes no data, but writes an audit record (S125).
pub async fn show(context: RequestContext, form: Query<AuditForm>) -> PageResult {
    let form = form.into_inner();
    let filter = match form.filter() {
        Ok(filter) => filter,
        Err(wrong) => return not_understood(&context, &form, &wrong),
    };
    let (vault, before, player) = (context.app.vault.clone(), form.before(), filter.player.clone());
    let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let (mut listed, names) = context
        .app
        .db
        .read(move |conn| {
            let listed = audit::list_records(conn, &vault, &filter, before.as_deref(), limit)?;
            Ok((listed, staff::emails(conn)?))
        })
        .await?;
    let has_more = listed.len() > PAGE;
    listed.truncate(PAGE);
    let asked: std::collections::HashMap<&str, &str> = form.pairs().into_iter().collect();
    // The player whose records are listed sees that. An id without records stays a word in the details (S127).
    let event = context
        .staff_event(context.staff()?, Kind::AuditRead)
        .on_any(player.as_ref().filter(|_| !listed.is_empty()))
        .with(serde_json::json!(asked));
    audit::write_event(&context.app.db, event).await?;
    responses::render_page(&AuditPage::new(&context, &form, listed, has_more, &names)?)
}

/// `POST /support/audit/export`
pub async fn export(context: RequestContext, PostForm(form): PostForm<AuditForm>) -> PageResult {
    let filter = match form.filter() {
        Ok(filter) => filter,
        Err(wrong) => return not_understood(&context, &form, &wrong),
    };
    let Some(bytes) = export::export(&context, context.staff()?, filter, &form.pairs()).await? else {
        return Err(PageError::NotFound);
    };
    let name = format!("audit-{}.csv", context.now.format("%Y-%m-%d-%H%M"));
    Ok(responses::download(&name, "text/csv; charset=utf-8", bytes))
}

/// Shows the list again after fresh proof, with its export button.
///
/// A download would leave the browser on the page that asks for proof.
#[expect(clippy::unnecessary_wraps, reason = "one arm among others that may fail")]
pub fn back(PostForm(form): PostForm<AuditForm>) -> PageResult {
    Ok(responses::see_other(&form.address(None)))
}

fn not_understood(context: &RequestContext, form: &AuditForm, wrong: &[&'static str]) -> PageResult {
    let mut shown = AuditPage::new(context, form, Vec::new(), false, &std::collections::HashMap::new())?;
    let sentence = shown.page.t("audit-not-understood");
    // A member of staff is only in the address of the page: no field asks for one.
    let field = |name: &str| if name == "staff" { String::new() } else { name.to_owned() };
    let errors = wrong.iter().map(|name| (field(name), sentence.clone())).collect();
    shown.page = shown.page.with_errors(errors);
    responses::unprocessable(&shown)
}
