//! How often a signed-in player may guess, and how often we write to an address for one (S14, S20).
//!
//! A guess takes from the very counters that sign-in takes from, so that guesses cannot be spread over
//! several pages. Ids hold keyed hashes, never an address or a network.

use chrono::TimeDelta;

use crate::app::App;
use crate::platform::keys::Lookup;
use crate::platform::throttle::{Budget, Then};
use crate::web::{Viewer, Visit};

/// Letters an hour to one address, from one network, and from this portal.
const LETTERS_TO_ONE: u32 = 3;
const LETTERS_FROM_ONE: u32 = 20;
const LETTERS_OF_ALL: u32 = 6_000;

/// Changes of a user name an hour: each tells whether one name is taken.
const USER_NAMES: u32 = 10;

/// One guess at the viewer's own password or code.
pub(super) fn guesses(visit: &Visit, viewer: &Viewer) -> Vec<Budget> {
    let guessing = &visit.app.config.policy.guessing;
    vec![
        Budget {
            id: guess_id(visit, viewer),
            free: guessing.free_failures,
            window: guessing.window,
            then: Then::Slower,
        },
        Budget {
            id: format!("guesses in a day session {}", viewer.session.id),
            free: guessing.account_failures,
            window: guessing.account_window,
            then: Then::Wait,
        },
    ]
}

/// The budget of the account in this network, which a right answer gives back (S15).
pub(super) fn guess_id(visit: &Visit, viewer: &Viewer) -> String {
    let lookup = &visit.app.keys.lookup;
    let account = lookup.hash(Lookup::Identifier, &format!("player {}", viewer.player.id));
    let network = lookup.hash(Lookup::Network, &visit.caller.network());
    format!("guess account {account} network {network}")
}

/// One letter to the address with this key, asked for from here.
pub(super) fn letters(app: &App, email_key: &str, network: &str) -> Vec<Budget> {
    let address = app.keys.lookup.hash(Lookup::Identifier, email_key);
    let network = app.keys.lookup.hash(Lookup::Network, network);
    vec![
        hourly(format!("mail:email-code:{address}"), LETTERS_TO_ONE),
        hourly(format!("mail:email-code:network:{network}"), LETTERS_FROM_ONE),
        hourly("mail:all".to_owned(), LETTERS_OF_ALL),
    ]
}

/// One new user name for `player` (S12: the answer tells whether it is taken).
pub(super) fn user_names(player: &str) -> Vec<Budget> {
    vec![hourly(format!("user name:{player}"), USER_NAMES)]
}

fn hourly(id: String, free: u32) -> Budget {
    Budget { id, free, window: TimeDelta::hours(1), then: Then::Wait }
}
