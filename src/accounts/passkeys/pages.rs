//! The pages with the player's passkeys.

use actix_web::http::StatusCode;
use serde_json::json;

use crate::accounts::passkeys::add::{self, AddPasskeyRefusal};
use crate::accounts::passkeys::forms::{
    AddPasskeyForm, BeginCeremonyForm, RemovePasskeyForm, RenamePasskeyForm,
};
use crate::accounts::passkeys::remove::{self, RemovePasskeyRefusal};
use crate::accounts::passkeys::rename::{self, Renamed};
use crate::accounts::passkeys::store;
use crate::accounts::passkeys::views::{AddPasskeyPage, PasskeysPage};
use crate::platform::fault::Stop;
use crate::web::{NextAddress, Notice, PageError, PageResult, PostForm, RequestContext, responses, urls};

/// `GET /account/passkeys`
pub async fn show(context: RequestContext) -> PageResult {
    responses::render_page(&list_page(&context).await?)
}

/// `GET /account/passkeys/add`
pub async fn show_add(context: RequestContext) -> PageResult {
    responses::render_page(&AddPasskeyPage::of(&context, None)?)
}

/// `POST /account/passkeys/begin`, for the script of that page, which loads the page again if proof is needed first.
pub async fn begin_to_add(context: RequestContext, _: PostForm<BeginCeremonyForm>) -> PageResult {
    if !context.is_fresh() {
        return Ok(responses::see_other(urls::PASSKEY_ADD));
    }
    Ok(match add::begin_to_add(&context, context.player()?).await? {
        Some(begun) => responses::json(StatusCode::OK, &begun),
        None => responses::json(StatusCode::CONFLICT, &json!({ "code": "too_many" })),
    })
}

/// `POST /account/passkeys/add`
pub async fn submit_add(context: RequestContext, PostForm(form): PostForm<AddPasskeyForm>) -> PageResult {
    // Without the script there is no answer of an authenticator.
    if form.credential.is_empty() {
        let mut shown = AddPasskeyPage::of(&context, Some(&form.name))?;
        shown.page = shown.page.with_notice(Notice::bad("passkey_needs_script"));
        return responses::unprocessable(&shown);
    }
    let refused = match add::add_passkey(&context, context.player()?, &form).await {
        Ok(name) => {
            let notice = Notice::good("passkey_added").with_name(&name);
            return Ok(notice.attach_to(&context, responses::see_other(urls::PASSKEYS)));
        }
        Err(Stop::Refused(AddPasskeyRefusal::SessionEnded)) => {
            return Ok(responses::see_other(urls::SIGN_IN));
        }
        Err(Stop::Refused(refused)) => refused,
        Err(Stop::Fault(fault)) => return Err(fault.into()),
    };
    let mut shown = AddPasskeyPage::of(&context, Some(&form.name))?;
    if refused == AddPasskeyRefusal::Nameless {
        let error = ("name".to_owned(), shown.page.t("passkey-nameless"));
        shown.page = shown.page.with_errors(vec![error]);
        return responses::unprocessable(&shown);
    }
    shown.page = shown.page.with_notice(match refused {
        AddPasskeyRefusal::AlreadyThere => Notice::bad("passkey_already_there"),
        AddPasskeyRefusal::TooMany => Notice::bad("passkeys_too_many"),
        _ => Notice::bad("passkey_not_added"),
    });
    responses::unprocessable(&shown)
}

/// `POST /account/passkeys/rename`
pub async fn submit_rename(
    context: RequestContext,
    PostForm(form): PostForm<RenamePasskeyForm>,
) -> PageResult {
    match rename::rename_passkey(&context, context.player()?, &form.passkey, &form.name).await? {
        Renamed::Done => {
            let response = responses::see_other(urls::PASSKEYS);
            Ok(Notice::good("passkey_renamed").attach_to(&context, response))
        }
        Renamed::Nameless => {
            let mut shown = list_page(&context).await?;
            let field = shown.name_field(&form.passkey).unwrap_or_default();
            let error = (field, shown.page.t("passkey-nameless"));
            shown.page = shown.page.with_errors(vec![error]);
            responses::unprocessable(&shown)
        }
        Renamed::NotThere => Err(PageError::NotFound),
    }
}

/// `POST /account/passkeys/remove`
pub async fn submit_remove(
    context: RequestContext,
    PostForm(form): PostForm<RemovePasskeyForm>,
) -> PageResult {
    match remove::remove_passkey(&context, context.player()?, &form.passkey).await {
        Ok(()) => {
            let back = NextAddress::parse(&form.next);
            let response = responses::see_other(back.as_ref().map_or(urls::PASSKEYS, NextAddress::as_str));
            Ok(Notice::good("passkey_removed").attach_to(&context, response))
        }
        Err(Stop::Refused(RemovePasskeyRefusal::LastMethod)) => {
            let mut shown = list_page(&context).await?;
            let notice = Notice::warn("last_method").with_text("last-way-is-passkey");
            shown.page = shown.page.with_notice(notice.with_way(urls::PASSWORD, "security-password-set"));
            responses::conflict(&shown)
        }
        Err(Stop::Refused(RemovePasskeyRefusal::NotThere)) => Err(PageError::NotFound),
        Err(Stop::Refused(RemovePasskeyRefusal::SessionEnded)) => Ok(responses::see_other(urls::SIGN_IN)),
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

async fn list_page(context: &RequestContext) -> Result<PasskeysPage, PageError> {
    let player = context.player()?.player.id.clone();
    let stored = context.app.db.read(move |conn| store::list_passkeys(conn, &player)).await?;
    PasskeysPage::of(context, stored)
}
