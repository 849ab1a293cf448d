//! The code mailed at sign-in when a network, or the guesses at one account, are past their budget (S16).
//!
//! Asking for it looks and costs the same for a right password, a wrong one and nobody: a row is written
//! for each, and only a right password's leads anywhere.

use chrono::{DateTime, TimeDelta, Utc};

use crate::accounts::login_attempts::LoginAccount;
use crate::accounts::sign_in::forms::SignInForm;
use crate::accounts::sign_in::login_attempts::PasswordProof;
use crate::accounts::sign_in::store;
use crate::outbound::mail::{self, Kind, MailMessage};
use crate::platform::crypto::token::NumericCode;
use crate::platform::db::new_id;
use crate::platform::fault::Fault;
use crate::platform::i18n::Language;
use crate::platform::ids::PlayerId;
use crate::platform::metrics::Limit;
use crate::platform::rate_limit::{OverBudget, RateBudget, RateVerdict};
use crate::web::{NextAddress, RequestContext};

/// What the codes' hashes are bound to, beside their row.
pub(super) const PURPOSE: &str = "sign-in";

/// Letters with a code that one player gets in an hour; a thief who knows the password must not flood them.
const LETTERS_IN_AN_HOUR: u32 = 5;

/// A code that waits to be typed in the browser that asked for it.
pub(in crate::accounts) struct NewSignInCode {
    pub id: String,
    pub browser_hash: String,
    /// `None` for a row whose code works for nobody.
    pub player: Option<PlayerId>,
    pub is_remembered: bool,
    pub next: Option<String>,
    pub code_hash: String,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// Writes the row and, where there is a proof, the letter.
pub(in crate::accounts) async fn ask(
    visit: &RequestContext,
    account: &LoginAccount,
    proof: Option<&PasswordProof>,
    form: &SignInForm,
) -> Result<(), Fault> {
    let app = &visit.app;
    let code = NumericCode::generate()?;
    let may_write = may_write_to(visit, account, proof).await?;
    let player = proof.map(|proof| &*proof.player).filter(|_| may_write);
    let recipient = player.and_then(|player| player.email.clone());
    let language = player.and_then(|player| player.language.as_deref()).and_then(Language::from_tag);
    let letter = MailMessage::write(
        app,
        Kind::SignInCode,
        player.map(|player| &player.id),
        recipient.as_deref().unwrap_or_default(),
        language.unwrap_or(visit.language),
        &[("code", code.expose())],
    )?;
    let id = new_id(visit.now);
    let row = NewSignInCode {
        browser_hash: visit.browser_hash().as_str().to_owned(),
        player: player.filter(|player| player.email.is_some()).map(|player| player.id.clone()),
        is_remembered: form.is_remembered(),
        next: form.next().as_ref().map(|next| NextAddress::as_str(next).to_owned()),
        code_hash: code.hash(&app.keys.codes, PURPOSE, &id),
        created_at: visit.now,
        expires_at: visit.now + app.config.policy.codes.holds_for,
        id,
    };
    app.db
        .write(move |conn| {
            store::put_code(conn, &row)?;
            if row.player.is_some() {
                mail::enqueue(conn, &letter)?;
            }
            Ok::<_, Fault>(())
        })
        .await
}

/// Only a right password is counted against its player, or else anybody could use the letters up; the others
/// are counted where it does not matter, so that the work is the same.
async fn may_write_to(
    visit: &RequestContext,
    account: &LoginAccount,
    proof: Option<&PasswordProof>,
) -> Result<bool, Fault> {
    let of = if proof.is_some() { "right" } else { "wrong" };
    let budget = RateBudget {
        limit: Limit::SignInLetters,
        id: format!("letters with a code {of} {}", account.key),
        free: LETTERS_IN_AN_HOUR,
        window: TimeDelta::hours(1),
        then: OverBudget::Wait,
    };
    Ok(visit.app.throttle.take(vec![budget], visit.now).await? == RateVerdict::Allowed)
}
