//! Guesses that come from a browser: who makes them, and what its device cookie is worth (S16).

use secrecy::SecretString;

use crate::accounts::login_attempts::Guesser;
pub(in crate::accounts) use crate::accounts::login_attempts::{Account, Counted, Guess, verify};
pub use crate::accounts::login_attempts::{Checked, Proof};
use crate::accounts::sign_in::device::Device;
use crate::platform::fault::{Fault, Stop};
use crate::platform::password::Overloaded;
use crate::web::Visit;

/// Checks a password wherever it is asked for beside the sign-in form: proof that it is still you, the
/// change of the password, the page for a matching address. Counts against the same budgets as sign-in;
/// the answer to a right one gives its budgets back.
pub async fn check_password(
    visit: &Visit,
    account: &Account,
    typed: &SecretString,
) -> Result<Checked, Stop<Overloaded>> {
    crate::accounts::login_attempts::check(&guesser(visit, account), account, typed).await
}

/// Counts one guess at `account`, before anything is checked.
pub(super) async fn count(visit: &Visit, account: &Account) -> Result<Counted, Fault> {
    crate::accounts::login_attempts::count(&guesser(visit, account), account).await
}

fn guesser<'a>(visit: &'a Visit, account: &Account) -> Guesser<'a> {
    Guesser {
        app: &visit.app,
        now: visit.now,
        network: visit.caller.network(),
        known_as: known_browser(visit, account),
        session: visit.viewer.as_ref().map(|viewer| viewer.session.id.clone()),
    }
}

fn known_browser(visit: &Visit, account: &Account) -> Option<String> {
    let player = &account.credentials.as_ref()?.id;
    Device::of(visit)?.budget_of(&visit.app, player).map(|budget| format!("device {budget}"))
}
