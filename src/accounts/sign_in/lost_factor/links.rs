//! The mailed links of a recovery.

use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::platform::crypto::keys::LookupPurpose;
use crate::platform::crypto::token::OpaqueToken;
use crate::web::cookies::CookieName;
use crate::web::{RequestContext, urls};

/// The token of a mailed link. A cookie keeps it until the form is sent, so that it leaves the address bar (S47).
#[derive(Serialize, Deserialize)]
pub(super) struct RecoveryLink {
    pub factor_recovery: String,
}

impl RecoveryLink {
    /// The token whose link was opened in this browser.
    pub fn token(context: &RequestContext) -> Option<OpaqueToken> {
        let kept: Self = context.cookies.read(&context.request, CookieName::Mailed, context.now)?;
        OpaqueToken::parse(&kept.factor_recovery)
    }
}

/// The token that cancels the recovery with this id, the same in each mail.
pub(super) fn cancel_token(app: &App, id: &str) -> OpaqueToken {
    app.keys.lookup.token(LookupPurpose::FactorRecovery, id)
}

/// The address that begins the wait.
pub(super) fn to_begin(app: &App, token: &OpaqueToken) -> String {
    address(app, urls::LOST_FACTOR_BEGIN, token)
}

/// The address that cancels it.
pub(super) fn to_cancel(app: &App, id: &str) -> String {
    address(app, urls::LOST_FACTOR_CANCEL, &cancel_token(app, id))
}

fn address(app: &App, path: &str, token: &OpaqueToken) -> String {
    let portal = app.config.http.public_url.as_str().trim_end_matches('/');
    format!("{portal}{path}?token={}", token.expose())
}
