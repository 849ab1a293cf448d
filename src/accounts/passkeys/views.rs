//! What the pages of passkeys show.

use askama::Template;

use crate::accounts::passkeys::model::StoredPasskey;
use crate::accounts::passkeys::relying_party::{RelyingParty, user_handle};
use crate::web::page::ShownTime;
use crate::web::{Page, PageError, RequestContext};

/// `/account/passkeys`.
#[derive(Template)]
#[template(path = "passkeys/list.html")]
pub(super) struct PasskeysPage {
    pub page: Page,
    passkeys: Vec<PasskeyRow>,
    is_possible: bool,
    /// What the browser's password manager is told, so that it forgets removed passkeys and shows the present name.
    user_handle: String,
    credential_ids: String,
    login_name: String,
    display_name: String,
}

struct PasskeyRow {
    id: String,
    name: String,
    is_backed_up: bool,
    created: ShownTime,
    last_used: Option<ShownTime>,
}

impl PasskeysPage {
    pub(super) fn of(context: &RequestContext, stored: Vec<StoredPasskey>) -> Result<Self, PageError> {
        let page = Page::new(context, "passkeys-heading", "security")?;
        let profile = &context.player()?.player;
        let ids: Vec<&str> = stored.iter().map(|passkey| passkey.credential_id.as_str()).collect();
        let login_name = profile.email.as_ref().or(profile.user_name.as_ref());
        Ok(Self {
            is_possible: RelyingParty::is_possible(&context.app),
            user_handle: user_handle(&profile.id),
            credential_ids: ids.join(" "),
            login_name: login_name.unwrap_or(&profile.display_name).clone(),
            display_name: profile.display_name.clone(),
            passkeys: stored
                .into_iter()
                .map(|passkey| PasskeyRow {
                    id: passkey.id,
                    name: passkey.name,
                    is_backed_up: passkey.is_backed_up,
                    created: page.when(passkey.created_at),
                    last_used: passkey.last_used_at.map(|at| page.moment(at)),
                })
                .collect(),
            page,
        })
    }

    /// The id of the field with the name of this passkey, if it is in the list.
    pub(super) fn name_field(&self, passkey: &str) -> Option<String> {
        let is_listed = self.passkeys.iter().any(|row| row.id == passkey);
        is_listed.then(|| format!("{passkey}-name"))
    }
}

/// `/account/passkeys/add`.
#[derive(Template)]
#[template(path = "passkeys/add.html")]
pub(super) struct AddPasskeyPage {
    pub page: Page,
    /// What was typed, or the browser's name.
    typed: String,
}

impl AddPasskeyPage {
    pub(super) fn of(context: &RequestContext, name: Option<&str>) -> Result<Self, PageError> {
        let typed = name.unwrap_or(context.caller.browser()).to_owned();
        Ok(Self { page: Page::new(context, "passkey-add-heading", "security")?, typed })
    }
}
