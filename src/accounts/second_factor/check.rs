//! Checks a typed code: of the app, or a recovery code (S157).
//!
//! Tries count by account, because reaching them takes a password or an Amazon account. A known browser and a session
//! of the player have counters of their own, which no outsider can use up (S16).

use chrono::{DateTime, Utc};

use crate::accounts::second_factor::model::{StoredFactor, place_of_factor, recovery_hash};
use crate::accounts::second_factor::store;
use crate::app::App;
use crate::platform::db::Conn;
use crate::platform::fault::{Fault, Stop};
use crate::platform::ids::PlayerId;
use crate::platform::metrics::Limit;
use crate::platform::rate_limit::{OverBudget, RateBudget, RateVerdict};
use crate::platform::recovery_codes;
use crate::platform::totp::TotpSecret;

/// Who types a code, as far as counting needs it.
pub struct CodeAttempt<'a> {
    pub app: &'a App,
    pub now: DateTime<Utc>,
    pub player: &'a PlayerId,
    /// The rate limit id of a known browser or of the player's own session, if the code is typed there.
    pub known_caller: Option<String>,
}

/// Why a code was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeRefusal {
    /// Wrong, used already, or the secret does not open: one answer for all.
    Wrong,
    TooMany {
        retry_after: i64,
    },
}

/// A right code that is not used up yet.
#[derive(Clone)]
pub struct CheckedCode {
    player: PlayerId,
    code: RightCode,
    narrow: String,
    wide: String,
}

#[derive(Clone)]
enum RightCode {
    /// The time step of a code of the app.
    Step(StoredFactor, i64),
    /// The hash of a recovery code; only [`CheckedCode::spend`] finds out whether it exists.
    Recovery(String),
}

/// Counts a try and checks the typed code.
pub async fn check_code(attempt: &CodeAttempt<'_>, typed: &str) -> Result<CheckedCode, Stop<CodeRefusal>> {
    let (narrow, wide) = budgets(attempt);
    let (narrow_id, wide_id) = (narrow.id.clone(), wide.id.clone());
    if let RateVerdict::Refused { retry_after } =
        attempt.app.throttle.take(vec![narrow, wide], attempt.now).await?
    {
        return Err(Stop::Refused(CodeRefusal::TooMany { retry_after }));
    }
    let player = attempt.player.clone();
    let factor = attempt.app.db.read(move |conn| store::find(conn, &player)).await?;
    let code = match factor {
        Some(factor) => right_code(attempt, factor, typed)?,
        None => None,
    };
    let code = code.ok_or(Stop::Refused(CodeRefusal::Wrong))?;
    Ok(CheckedCode { player: attempt.player.clone(), code, narrow: narrow_id, wide: wide_id })
}

impl CheckedCode {
    /// Uses the code up; false if it is used already, or the factor is another one by now.
    ///
    /// The caller has locked the player's row.
    pub fn spend(&self, conn: &mut Conn) -> Result<bool, Fault> {
        Ok(match &self.code {
            RightCode::Step(factor, step) => store::spend_step(conn, &self.player, factor, *step)?,
            RightCode::Recovery(hash) => store::spend_recovery_code(conn, &self.player, hash)?,
        })
    }

    /// Lets the tries begin anew, once the code is used up.
    pub async fn was_right(&self, app: &App) -> Result<(), Fault> {
        app.throttle.succeeded(self.narrow.clone(), vec![self.wide.clone()]).await
    }

    pub fn is_recovery(&self) -> bool {
        matches!(self.code, RightCode::Recovery(_))
    }

    /// The word in the audit record.
    pub fn word(&self) -> &'static str {
        if self.is_recovery() { "recovery_code" } else { "totp" }
    }
}

fn right_code(
    attempt: &CodeAttempt<'_>,
    factor: StoredFactor,
    typed: &str,
) -> Result<Option<RightCode>, Fault> {
    if let Some(code) = recovery_codes::canonical(typed) {
        return Ok(Some(RightCode::Recovery(recovery_hash(attempt.app, attempt.player, &code))));
    }
    let place = place_of_factor(attempt.player);
    let secret = match TotpSecret::open(&attempt.app.vault, &place, &factor.totp_sealed) {
        Ok(secret) => secret,
        Err(fault) => {
            tracing::error!(
                event = "accounts.second_factor.unreadable",
                alert = "second_factor_will_not_open",
                player.id = %attempt.player,
                %fault,
                "the second factor of a player cannot be opened"
            );
            return Ok(None);
        }
    };
    Ok(secret.step_of(typed, attempt.now)?.map(|step| RightCode::Step(factor, step)))
}

/// A few tries in a short time, and a bound on those of a day.
fn budgets(attempt: &CodeAttempt<'_>) -> (RateBudget, RateBudget) {
    let policy = &attempt.app.config.policy;
    let by = attempt.known_caller.as_deref().unwrap_or("anybody");
    let narrow = RateBudget {
        limit: Limit::SecondFactorCodes,
        id: format!("second factor {} by {by}", attempt.player),
        free: policy.codes.tries,
        window: policy.guessing.window,
        then: OverBudget::Wait,
    };
    let wide = RateBudget {
        limit: Limit::SecondFactorCodesInADay,
        id: format!("second factor in a day {} by {by}", attempt.player),
        free: policy.guessing.account_failures,
        window: policy.guessing.account_window,
        then: OverBudget::Wait,
    };
    (narrow, wide)
}
