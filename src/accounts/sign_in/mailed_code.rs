//! The code mailed at sign-in when a network, or the guesses at one account, are past their budget (S16).
//!
//! Asking for it looks and costs the same for a right password, a wrong one and nobody: a row is written
//! for each, and only a right password's leads anywhere.

use chrono::{DateTime, TimeDelta, Utc};

use crate::accounts::login_attempts::Account;
use crate::accounts::sign_in::forms::SignInForm;
use crate::accounts::sign_in::login_attempts::Proof;
use crate::accounts::sign_in::store;
use crate::outbound::mail::{self, Kind, Letter};
use crate::platform::crypto::token::Code;
use crate::platform::db::new_id;
use crate::platform::fault::Fault;
use crate::platform::i18n::Language;
use crate::platform::ids::PlayerId;
use crate::platform::metrics::Limit;
use crate::platform::rate_limit::{Budget, Then, Verdict};
use crate::web::{Next, Visit};

/// What the codes' hashes are bound to, beside their row.
pub(super) const PURPOSE: &str = "sign-in";

/// Letters with a code that one player gets in an hour; a thief who knows the password must not flood them.
const LETTERS_IN_AN_HOUR: u32 = 5;

/// A code that waits to be typed in the browser that asked for it.
pub(in crate::accounts) struct NewCode {
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
    visit: &Visit,
    account: &Account,
    proof: Option<&Proof>,
    form: &SignInForm,
) -> Result<(), Fault> {
    let app = &visit.app;
    let code = Code::generate()?;
    let may_write = may_write_to(visit, account, proof).await?;
    let player = proof.map(|proof| &*proof.player).filter(|_| may_write);
    let recipient = player.and_then(|player| player.email.clone());
    let language = player.and_then(|player| player.language.as_deref()).and_then(Language::from_tag);
    let letter = Letter::write(
        app,
        Kind::SignInCode,
        player.map(|player| &player.id),
        recipient.as_deref().unwrap_or_default(),
        language.unwrap_or(visit.language),
        &[("code", code.expose())],
    )?;
    let id = new_id(visit.now);
    let row = NewCode {
        browser_hash: visit.browser_hash().as_str().to_owned(),
        player: player.filter(|player| player.email.is_some()).map(|player| player.id.clone()),
        is_remembered: form.is_remembered(),
        next: form.next().as_ref().map(|next| Next::as_str(next).to_owned()),
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
async fn may_write_to(visit: &Visit, account: &Account, proof: Option<&Proof>) -> Result<bool, Fault> {
    let of = if proof.is_some() { "right" } else { "wrong" };
    let budget = Budget {
        limit: Limit::SignInLetters,
        id: format!("letters with a code {of} {}", account.key),
        free: LETTERS_IN_AN_HOUR,
        window: TimeDelta::hours(1),
        then: Then::Wait,
    };
    Ok(visit.app.throttle.take(vec![budget], visit.now).await? == Verdict::Allowed)
}
