//! Password attempts, counted before they are checked (S14).
//!
//! Each attempt counts against a narrow rate limit and against wide ones. Past the narrow limit the answer is a
//! short wait. Past a wide limit it is a mailed code, where the entry point has one.
//!
//! Known callers have wide limits of their own, which no outsider can use up (S16): a browser that has signed in as
//! the player before, a session of the player, and a network from which a session of the player came. Unknown
//! callers of an account without address cannot be mailed a code. Past the wide limit they share one checked
//! attempt a minute, in fair turns of networks.

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretString;

use crate::accounts::login_attempts::account::LoginAccount;
use crate::accounts::players::{self, PlayerCredentials};
use crate::app::App;
use crate::platform::crypto::keys::LookupPurpose;
use crate::platform::db::Conn;
use crate::platform::fault::{Fault, Stop};
use crate::platform::metrics::{Limit, Proof as Outcome};
use crate::platform::password::{self, HasherOverloaded, Password, StoredHash, place_of_hash};
use crate::platform::rate_limit::{OverBudget, RateBudget, RateVerdict, TurnQueue};

/// A login attempt, as far as counting needs it.
pub struct LoginAttempt<'a> {
    pub app: &'a App,
    pub now: DateTime<Utc>,
    /// The network prefix whose attempts count together.
    pub network: String,
    /// The rate limit id of a browser in which this player has signed in before.
    pub known_browser: Option<String>,
    /// The rate limit id of the player's own session in which the attempt is made, if any.
    pub own_session: Option<String>,
    /// Whether a session of this player came from the network.
    pub is_known_network: bool,
}

/// The result of a password check.
pub enum PasswordCheck {
    Right(PasswordProof),
    /// The password is wrong, or the account is missing, disabled or without password: never say which (S12).
    Wrong,
    /// The password was not checked. `retry_after` is in seconds.
    Throttled {
        retry_after: i64,
    },
}

/// Proof that a password was right a moment ago.
///
/// A caller that acts on it checks [`PasswordProof::still_holds`] in its transaction.
#[derive(Clone)]
pub struct PasswordProof {
    pub player: Box<PlayerCredentials>,
}

/// The time between two checked attempts that unknown callers share past the wide limits.
const SHARED_EVERY: TimeDelta = TimeDelta::minutes(1);

impl PasswordProof {
    /// Whether a right password is enough in a shared turn. Whoever has an address is mailed a code instead.
    pub fn is_enough_in_turn(&self) -> bool {
        self.player.email.is_none()
    }

    /// Locks the player's row and checks that the player is enabled and that nothing ended all that was open.
    ///
    /// A reset during a slow check must invalidate the proof (S9).
    pub fn still_holds(&self, conn: &mut Conn) -> Result<bool, Fault> {
        Ok(players::store::lock_player(conn, &self.player.id)?
            && players::store::version_of(conn, &self.player.id)? == Some(self.player.version))
    }

    /// The same, also for a player whose account closes and who may sign in to keep it.
    pub fn still_holds_or_closing(&self, conn: &mut Conn) -> Result<bool, Fault> {
        Ok(players::store::lock_player_or_closing(conn, &self.player.id)?
            && players::store::version_or_closing(conn, &self.player.id)? == Some(self.player.version))
    }
}

/// Checks a password wherever one is entered outside the sign-in form.
///
/// That is at reauthentication, at a change of the password, and on the page for a matching address. Attempts
/// count against the same rate limits as sign-in. A right password clears the narrow limit and gives its own try
/// back to the wide ones.
pub async fn check_password(
    attempt: &LoginAttempt<'_>,
    account: &LoginAccount,
    typed: &SecretString,
) -> Result<PasswordCheck, Stop<HasherOverloaded>> {
    let proofs = &attempt.app.metrics.proofs;
    let counted = match count_attempt(attempt, account).await? {
        AttemptCount::Free(counted) => counted,
        AttemptCount::CodeNeeded => return check_in_turn(attempt, account, typed).await,
        AttemptCount::TooMany { retry_after } => {
            proofs.add(Outcome::Throttled);
            return Ok(PasswordCheck::Throttled { retry_after });
        }
    };
    let Some(proof) = verify_password(attempt.app, account, typed).await? else {
        proofs.add(Outcome::Wrong);
        return Ok(PasswordCheck::Wrong);
    };
    proofs.add(Outcome::Right);
    counted.was_right(attempt.app).await?;
    Ok(PasswordCheck::Right(proof))
}

/// Checks a password past a wide limit, if the turn has come. Only a right one is told apart from no check at all.
async fn check_in_turn(
    attempt: &LoginAttempt<'_>,
    account: &LoginAccount,
    typed: &SecretString,
) -> Result<PasswordCheck, Stop<HasherOverloaded>> {
    let proofs = &attempt.app.metrics.proofs;
    let (retry_after, proof) = match take_shared_turn(attempt, account).await? {
        RateVerdict::Refused { retry_after } => (retry_after, None),
        RateVerdict::Allowed => {
            (SHARED_EVERY.num_seconds(), verify_password(attempt.app, account, typed).await?)
        }
    };
    let Some(proof) = proof.filter(PasswordProof::is_enough_in_turn) else {
        proofs.add(Outcome::Throttled);
        return Ok(PasswordCheck::Throttled { retry_after });
    };
    proofs.add(Outcome::Right);
    clear_narrow_limits(attempt, account).await?;
    Ok(PasswordCheck::Right(proof))
}

/// Takes the account's turn among unknown callers, past the wide limits. An account that does not exist has turns as
/// well, so that nothing tells it apart (S12).
pub async fn take_shared_turn(
    attempt: &LoginAttempt<'_>,
    account: &LoginAccount,
) -> Result<RateVerdict, Fault> {
    let queue = TurnQueue {
        limit: Limit::SharedTurns,
        id: format!("guess account {}", account.attempts_key),
        caller: network_key(attempt),
        every: SHARED_EVERY,
    };
    attempt.app.throttle.take_turn(queue, attempt.now).await
}

/// A login attempt that has been counted and may be checked.
pub struct CountedAttempt {
    narrow: String,
    wide: Vec<String>,
}

/// What the rate limits allow.
pub enum AttemptCount {
    Free(CountedAttempt),
    /// A wide limit is used up: a right password alone is not enough.
    CodeNeeded,
    /// The narrow limit is used up. Nothing may be checked.
    TooMany {
        retry_after: i64,
    },
}

impl CountedAttempt {
    /// Clears the narrow limit and gives the attempt's own try back to the wide ones (S15).
    pub async fn was_right(self, app: &App) -> Result<(), Fault> {
        app.throttle.succeeded(self.narrow, self.wide).await
    }
}

/// Clears the narrow limits of this source after the second step of a sign-in, when the password was right as well.
///
/// Only then: cleared after the password alone, they would tell that it was right (S12).
pub async fn clear_narrow_limits(attempt: &LoginAttempt<'_>, account: &LoginAccount) -> Result<(), Fault> {
    let throttle = &attempt.app.throttle;
    if let Some(known) = &attempt.known_browser {
        return throttle.reset(narrow_id(known)).await;
    }
    for key in account.all_attempts_keys(attempt.app) {
        throttle.reset(narrow_id(&pair_of(attempt, &key))).await?;
    }
    Ok(())
}

fn narrow_id(of: &str) -> String {
    format!("guess {of}")
}

/// An account and the network of the attempt.
fn pair_of(attempt: &LoginAttempt<'_>, key: &str) -> String {
    format!("account {key} network {}", network_key(attempt))
}

fn network_key(attempt: &LoginAttempt<'_>) -> String {
    attempt.app.keys.lookup.hash(LookupPurpose::Network, &attempt.network)
}

/// Counts one attempt at `account`, before anything is checked.
pub async fn count_attempt(
    attempt: &LoginAttempt<'_>,
    account: &LoginAccount,
) -> Result<AttemptCount, Fault> {
    let (narrow, wide) = attempt_limits(attempt, account);
    let counted =
        CountedAttempt { narrow: narrow.id.clone(), wide: wide.iter().map(|b| b.id.clone()).collect() };
    let all = std::iter::once(narrow.clone()).chain(wide).collect();
    let throttle = &attempt.app.throttle;
    if throttle.take(all, attempt.now).await? == RateVerdict::Allowed {
        return Ok(AttemptCount::Free(counted));
    }
    // Nothing was taken. If the narrow limit allows the attempt, a wide one refused it.
    Ok(match throttle.take(vec![narrow], attempt.now).await? {
        RateVerdict::Allowed => AttemptCount::CodeNeeded,
        RateVerdict::Refused { retry_after } => AttemptCount::TooMany { retry_after },
    })
}

/// The narrow rate limit, and the wide ones.
fn attempt_limits(attempt: &LoginAttempt<'_>, account: &LoginAccount) -> (RateBudget, Vec<RateBudget>) {
    let guessing = &attempt.app.config.policy.guessing;
    let key = &account.attempts_key;
    let narrow = |of: String| RateBudget {
        limit: Limit::Guesses,
        id: narrow_id(&of),
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
    if let Some(known) = &attempt.known_browser {
        return (narrow(known.clone()), vec![in_a_day(Limit::KnownBrowserGuesses, known.clone())]);
    }
    let pair = pair_of(attempt, key);
    if let Some(session) = &attempt.own_session {
        return (narrow(pair), vec![in_a_day(Limit::SessionGuesses, session.clone())]);
    }
    // A known network is limited as well, because it has neighbours who guess at other accounts.
    let by_network = RateBudget {
        limit: Limit::NetworkGuesses,
        id: format!("guesses network {}", network_key(attempt)),
        free: guessing.network_failures,
        window: guessing.window,
        then: OverBudget::Wait,
    };
    let of_account = if attempt.is_known_network {
        in_a_day(Limit::KnownNetworkGuesses, pair.clone())
    } else {
        in_a_day(Limit::AccountGuesses, format!("account {key}"))
    };
    (narrow(pair), vec![by_network, of_account])
}

/// Whether `typed` is the account's password. A missing or disabled account costs the same work (S13).
pub async fn verify_password(
    app: &App,
    account: &LoginAccount,
    typed: &SecretString,
) -> Result<Option<PasswordProof>, Stop<HasherOverloaded>> {
    let stored = account.credentials.as_ref().and_then(PlayerCredentials::stored_hash);
    let verdict = app.passwords.verify(stored.as_ref(), typed).await?;
    if verdict == password::PasswordVerdict::TooCostly {
        tracing::error!(
            event = "accounts.password.hash_too_costly",
            player.id = account.credentials.as_ref().map(|found| found.id.as_str()),
            "a stored password hash is too costly to verify"
        );
    }
    let password::PasswordVerdict::Match { needs_upgrade } = verdict else { return Ok(None) };
    let Some(player) = account.player().cloned() else { return Ok(None) };
    if let Some(old) = stored.filter(|_| needs_upgrade) {
        upgrade_hash(app, &player, &old, typed).await?;
    }
    Ok(Some(PasswordProof { player: Box::new(player) }))
}

/// Hashes the password anew, if the old hash is still stored (S5). A busy hasher leaves it to the next sign-in.
async fn upgrade_hash(
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
    let replaced =
        app.db.write(move |conn| Ok(players::store::upgrade_password(conn, &id, &old, &new)?)).await?;
    tracing::debug!(
        event = "accounts.password.hash_upgraded",
        player.id = %player.id,
        replaced,
        "a password was hashed again"
    );
    Ok(())
}
