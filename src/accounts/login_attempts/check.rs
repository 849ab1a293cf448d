//! Guesses at passwords, counted before they are checked (S14).
//!
//! Each guess is taken from a narrow budget, whose refusal is a short wait, and from wide ones, whose
//! refusal is no wait at all but a mailed code, where the door has one. A browser that knows the player is
//! counted by itself alone, so that no outsider can use up what it needs (S16).

use chrono::{DateTime, Utc};
use secrecy::SecretString;

use crate::accounts::login_attempts::account::LoginAccount;
use crate::accounts::players::{self, PlayerCredentials};
use crate::app::App;
use crate::platform::crypto::keys::LookupPurpose;
use crate::platform::db::Conn;
use crate::platform::fault::{Fault, Stop};
use crate::platform::ids::SessionId;
use crate::platform::metrics::{Limit, Proof as Outcome};
use crate::platform::password::{self, HasherOverloaded, Password, StoredHash, place_of_hash};
use crate::platform::rate_limit::{OverBudget, RateBudget, RateVerdict};

/// Who guesses, as far as counting needs it.
pub struct LoginAttempt<'a> {
    pub app: &'a App,
    pub now: DateTime<Utc>,
    /// The neighbourhood whose guesses count together.
    pub network: String,
    /// The budget of a browser in which this very player signed in before.
    pub known_as: Option<String>,
    /// A browser session that the guess is made in.
    pub session: Option<SessionId>,
}

/// What came of a guess.
pub enum PasswordCheck {
    Right(PasswordProof),
    /// Wrong, or no such account, or one without password, or a disabled one: never say which (S12).
    Wrong,
    /// Not checked. Seconds until trying again makes sense.
    Throttled {
        retry_after: i64,
    },
}

/// A password was right a moment ago. Whoever acts on it asks [`PasswordProof::still_holds`] in the transaction.
#[derive(Clone)]
pub struct PasswordProof {
    pub player: Box<PlayerCredentials>,
    password_changed_at: Option<DateTime<Utc>>,
}

impl PasswordProof {
    /// Takes the player's row and looks whether the player may still come in by the password that was
    /// checked: a reset in between must not be outrun by a slow check (S9).
    pub fn still_holds(&self, conn: &mut Conn) -> Result<bool, Fault> {
        let is_here = players::store::hold(conn, &self.player.id)?;
        Ok(is_here && players::store::password_changed_at(conn, &self.player.id)? == self.password_changed_at)
    }
}

/// Checks a password wherever it is asked for beside the sign-in form: proof that it is still you, the
/// change of the password, the page for a matching address. Counts against the same budgets as sign-in;
/// the answer to a right one gives its budgets back.
pub async fn check(
    guesser: &LoginAttempt<'_>,
    account: &LoginAccount,
    typed: &SecretString,
) -> Result<PasswordCheck, Stop<HasherOverloaded>> {
    let proofs = &guesser.app.metrics.proofs;
    let guess = match count(guesser, account).await? {
        AttemptCount::Free(guess) => guess,
        AttemptCount::CodeNeeded { retry_after, .. } | AttemptCount::TooMany { retry_after } => {
            proofs.add(Outcome::Throttled);
            return Ok(PasswordCheck::Throttled { retry_after });
        }
    };
    let Some(proof) = verify(guesser.app, account, typed).await? else {
        proofs.add(Outcome::Wrong);
        return Ok(PasswordCheck::Wrong);
    };
    proofs.add(Outcome::Right);
    guess.was_right(guesser.app).await?;
    Ok(PasswordCheck::Right(proof))
}

/// A guess that has been counted and may be checked.
pub struct CountedAttempt {
    narrow: String,
    wide: Vec<String>,
}

/// What the budgets say.
pub enum AttemptCount {
    Free(CountedAttempt),
    /// A wide budget is used up: a right password alone is not enough.
    CodeNeeded {
        guess: CountedAttempt,
        retry_after: i64,
    },
    /// The narrow budget is used up. Nothing may be checked.
    TooMany {
        retry_after: i64,
    },
}

impl CountedAttempt {
    /// Clears the narrow budget and gives the wide ones their one try back (S15).
    pub async fn was_right(self, app: &App) -> Result<(), Fault> {
        app.throttle.succeeded(self.narrow, self.wide).await
    }
}

/// Counts one guess at `account`, before anything is checked.
pub async fn count(guesser: &LoginAttempt<'_>, account: &LoginAccount) -> Result<AttemptCount, Fault> {
    let (narrow, wide) = budgets(guesser, account);
    let guess =
        CountedAttempt { narrow: narrow.id.clone(), wide: wide.iter().map(|b| b.id.clone()).collect() };
    let all = std::iter::once(narrow.clone()).chain(wide).collect();
    let throttle = &guesser.app.throttle;
    let RateVerdict::Refused { retry_after } = throttle.take(all, guesser.now).await? else {
        return Ok(AttemptCount::Free(guess));
    };
    // Nothing was taken. If the narrow budget has room, it was a wide one that refused.
    Ok(match throttle.take(vec![narrow], guesser.now).await? {
        RateVerdict::Allowed => {
            AttemptCount::CodeNeeded { guess: CountedAttempt { wide: Vec::new(), ..guess }, retry_after }
        }
        RateVerdict::Refused { retry_after } => AttemptCount::TooMany { retry_after },
    })
}

/// The narrow budget, and the wide ones.
fn budgets(guesser: &LoginAttempt<'_>, account: &LoginAccount) -> (RateBudget, Vec<RateBudget>) {
    let guessing = &guesser.app.config.policy.guessing;
    let key = &account.key;
    let narrow = |of: String| RateBudget {
        limit: Limit::Guesses,
        id: format!("guess {of}"),
        free: guessing.free_failures,
        window: guessing.window,
        then: OverBudget::Slower,
    };
    let in_a_day = |limit: Limit, of: String| RateBudget {
        limit,
        id: format!("guesses in a day {of}"),
        free: guessing.account_failures,
        window: guessing.account_window,
        then: OverBudget::Wait,
    };
    if let Some(known) = &guesser.known_as {
        return (narrow(known.clone()), vec![in_a_day(Limit::KnownBrowserGuesses, known.clone())]);
    }
    let network = guesser.app.keys.lookup.hash(LookupPurpose::Network, &guesser.network);
    let pair = narrow(format!("account {key} network {network}"));
    if let Some(session) = &guesser.session {
        return (pair, vec![in_a_day(Limit::SessionGuesses, format!("session {session}"))]);
    }
    let by_network = RateBudget {
        limit: Limit::NetworkGuesses,
        id: format!("guesses network {network}"),
        free: guessing.network_failures,
        window: guessing.window,
        then: OverBudget::Wait,
    };
    (pair, vec![by_network, in_a_day(Limit::AccountGuesses, format!("account {key}"))])
}

/// Whether `typed` is the account's password. The same work for nobody, and for the disabled (S13).
pub async fn verify(
    app: &App,
    account: &LoginAccount,
    typed: &SecretString,
) -> Result<Option<PasswordProof>, Stop<HasherOverloaded>> {
    let stored = account.credentials.as_ref().and_then(|found| found.password.as_ref());
    let verdict = app.passwords.verify(stored, typed).await?;
    if verdict == password::PasswordVerdict::TooCostly {
        tracing::error!(
            player.id = account.credentials.as_ref().map(|found| found.id.as_str()),
            "a stored password hash costs more than any of ours; it was not run"
        );
    }
    let password::PasswordVerdict::Match { needs_upgrade } = verdict else { return Ok(None) };
    let Some(player) = account.player().cloned() else { return Ok(None) };
    if let Some(old) = stored.filter(|_| needs_upgrade) {
        upgrade(app, &player, old, typed).await?;
    }
    Ok(Some(PasswordProof { player: Box::new(player), password_changed_at: account.password_changed_at }))
}

/// Hashes the password anew, if the old hash is still there (S5). When the hasher is busy, another time.
async fn upgrade(
    app: &App,
    player: &PlayerCredentials,
    old: &StoredHash,
    typed: &SecretString,
) -> Result<(), Fault> {
    let Some(password) = Password::as_typed(typed) else { return Ok(()) };
    let place = place_of_hash(players::TABLE, player.id.as_str(), player.id.as_str());
    let new = match app.passwords.hash(password, place).await {
        Ok(new) => new,
        Err(Stop::Refused(HasherOverloaded)) => return Ok(()),
        Err(Stop::Fault(fault)) => return Err(fault),
    };
    let (id, old) = (player.id.clone(), old.clone());
    let replaced = app
        .db
        .write(move |conn| Ok::<_, Fault>(players::store::upgrade_password(conn, &id, &old, &new)?))
        .await?;
    tracing::debug!(player.id = %player.id, replaced, "a password hash was renewed");
    Ok(())
}
