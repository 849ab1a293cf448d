//! The code mailed at sign-in once the rate limit of a network or an account is used up (S16).
//!
//! A right password, a wrong one and a missing account get the same answer at the same cost. A row is written for
//! each, but only the code of a right password works.

use chrono::{DateTime, TimeDelta, Utc};

use crate::accounts::login_attempts::LoginAccount;
use crate::accounts::sign_in::forms::SignInForm;
use crate::accounts::sign_in::login_attempts::PasswordProof;
use crate::accounts::sign_in::store;
use crate::outbound::mail::{self, Kind, MailMessage, MailRecipient};
use crate::platform::crypto::token::NumericCode;
use crate::platform::db::new_id;
use crate::platform::fault::Fault;
use crate::platform::ids::PlayerId;
use crate::platform::metrics::Limit;
use crate::platform::rate_limit::{OverBudget, RateBudget, RateVerdict};
use crate::web::{NextAddress, RequestContext};

/// The purpose that the codes' hashes are bound to, besides their row.
pub(super) const PURPOSE: &str = "sign-in";

/// Mails with a code that one player gets in an hour. A thief who knows the password must not flood the player.
const MAILS_IN_AN_HOUR: u32 = 5;

/// A code to be typed in the browser that requested it.
#[derive(Clone)]
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

/// Stores the row and, if there is a proof, queues the mail.
pub(in crate::accounts) async fn request_code(
    context: &RequestContext,
    account: &LoginAccount,
    proof: Option<&PasswordProof>,
    form: &SignInForm,
) -> Result<(), Fault> {
    let app = &context.app;
    let code = NumericCode::generate()?;
    let may_mail = may_mail_code(context, account, proof).await?;
    let player = proof.map(|proof| &*proof.player).filter(|_| may_mail);
    // The mail is written for nobody as well, so that the work is the same.
    let to = MailRecipient {
        player: player.map(|player| &player.id),
        email: Some(player.and_then(|player| player.email.as_deref()).unwrap_or_default()),
        name: "",
        language: player.map_or(context.language, |player| player.language_or(context.language)),
    };
    let message = MailMessage::compose(app, Kind::SignInCode, &to, &[("code", code.expose())])?;
    let id = new_id(context.now);
    let row = NewSignInCode {
        browser_hash: context.browser_hash().as_str().to_owned(),
        player: player.filter(|player| player.email.is_some()).map(|player| player.id.clone()),
        is_remembered: form.is_remembered(),
        next: form.next().as_ref().map(|next| NextAddress::as_str(next).to_owned()),
        code_hash: code.hash(&app.keys.codes, PURPOSE, &id),
        created_at: context.now,
        expires_at: context.now + app.config.policy.codes.holds_for,
        id,
    };
    let proof = proof.cloned();
    app.db
        .write(move |conn| {
            // A proof from before a reset, or before everybody was signed out, gets a row that works for nobody.
            let is_proven = match &proof {
                Some(proof) => proof.still_holds_or_closing(conn)?,
                None => false,
            };
            let player = row.player.clone().filter(|_| is_proven);
            let row = NewSignInCode { player, ..row.clone() };
            store::put_code(conn, &row)?;
            if row.player.is_some() {
                mail::enqueue(conn, &message)?;
            }
            Ok(())
        })
        .await
}

/// Whether the code may be mailed.
///
/// Only a right password counts against its player, or anybody could use the mails up. The others are counted
/// apart, so that the work is the same.
async fn may_mail_code(
    context: &RequestContext,
    account: &LoginAccount,
    proof: Option<&PasswordProof>,
) -> Result<bool, Fault> {
    let of = if proof.is_some() { "right" } else { "wrong" };
    let limit = RateBudget {
        limit: Limit::SignInMails,
        id: format!("letters with a code {of} {}", account.key),
        free: MAILS_IN_AN_HOUR,
        window: TimeDelta::hours(1),
        then: OverBudget::Wait,
    };
    Ok(context.app.throttle.take(vec![limit], context.now).await? == RateVerdict::Allowed
        && mail::may_send_to_player(&context.app, proof.is_some(), context.now).await?)
}
