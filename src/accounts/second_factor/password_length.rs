//! How long a password has to be: shorter where a code is asked for as well (S1).

use secrecy::SecretString;

use crate::accounts::second_factor::store;
use crate::app::App;
use crate::platform::fault::Fault;
use crate::platform::ids::PlayerId;
use crate::platform::password::{Password, PasswordRefusal};

/// The fewest characters of a new password.
pub fn shortest_password(app: &App, has_factor: bool) -> usize {
    let policy = &app.config.policy.password;
    if has_factor { policy.min_with_factor.min(policy.min) } else { policy.min }
}

/// Whether the player's second factor is on, as far as a password is judged by it.
///
/// It may be turned off before the password is stored: see [`too_short_alone`].
pub async fn has_second_factor(app: &App, player: &PlayerId) -> Result<bool, Fault> {
    let player = player.clone();
    app.db.read(move |conn| store::is_on(conn, &player)).await
}

/// Why the password may not stand alone. The transaction that stores it asks whether the second factor is still on.
pub fn too_short_alone(app: &App, typed: &SecretString) -> Option<PasswordRefusal> {
    let min = shortest_password(app, false);
    Password::is_shorter_than(typed, min).then_some(PasswordRefusal::TooShort { min })
}
