//! The one way to end all that a player has open.
//!
//! Sessions, mailed codes and links are deleted, and so are the attempts, whose table belongs to `links`. Requests
//! under way, claims and linkings by code carry the player's version and find it raised (see
//! `sessions::SessionOrigin`).

use diesel::prelude::*;

use crate::accounts::players::store;
use crate::platform::db::Conn;
use crate::platform::db::schema::{
    claim_codes, email_changes, factor_recoveries, game_sign_in_codes, link_attempts, passkey_ceremonies,
    password_resets, pending_sign_ins, registrations, remembered_browsers, sign_in_codes,
};
use crate::platform::ids::{PlayerId, SessionId};
use crate::sessions::{browser, held_answer};

/// Ends every session except `but`, every mailed code and link, and everything that is under way.
///
/// Only the link that undoes a change of address stays. Every act after which nobody else may go on calls this:
/// a new, removed or reset password, an undone change of address, signing out everywhere, the erasure, and support
/// that ends sessions or disables. Returns how many sessions ended. The caller has locked the player's row.
pub fn end_everything(conn: &mut Conn, player: &PlayerId, but: Option<&SessionId>) -> QueryResult<usize> {
    store::raise_version(conn, player)?;
    diesel::delete(email_changes::table.filter(email_changes::player_id.eq(player))).execute(conn)?;
    diesel::delete(password_resets::table.filter(password_resets::player_id.eq(player))).execute(conn)?;
    diesel::delete(sign_in_codes::table.filter(sign_in_codes::player_id.eq(player))).execute(conn)?;
    diesel::delete(pending_sign_ins::table.filter(pending_sign_ins::player_id.eq(player))).execute(conn)?;
    diesel::delete(factor_recoveries::table.filter(factor_recoveries::player_id.eq(player))).execute(conn)?;
    // Whoever else is remembered is asked for the second factor again, and so is the acting browser.
    diesel::delete(remembered_browsers::table.filter(remembered_browsers::player_id.eq(player)))
        .execute(conn)?;
    let spared = but.map_or("", SessionId::as_str);
    let attempts = link_attempts::table.filter(link_attempts::player_id.eq(player));
    let others = link_attempts::session_id.ne(spared).assume_not_null();
    diesel::delete(attempts.filter(link_attempts::session_id.is_null().or(others))).execute(conn)?;
    let ceremonies = passkey_ceremonies::table.filter(passkey_ceremonies::player_id.eq(player));
    let of_others = passkey_ceremonies::session_id.ne(spared).assume_not_null();
    diesel::delete(ceremonies.filter(passkey_ceremonies::session_id.is_null().or(of_others)))
        .execute(conn)?;
    match but {
        Some(session) => browser::end_others(conn, player, session),
        None => browser::end_all(conn, player),
    }
}

/// Ends the player's open trips to Amazon, because what they may prove has changed.
pub(in crate::accounts) fn end_attempts(conn: &mut Conn, player: &PlayerId) -> QueryResult<()> {
    diesel::delete(link_attempts::table.filter(link_attempts::player_id.eq(player))).execute(conn).map(drop)
}

/// Ends what a visitor began in this browser and what shows or holds personal data, because somebody signs in.
///
/// Those are registrations, mailed codes of sign-ins, passkeys that are asked for, and returns from Amazon that wait for
/// a decision. Trips to Amazon go on: they open only the player of the identity that comes back. A code from a screen is
/// given back to whoever sees that screen.
pub(in crate::accounts) fn end_what_visitor_began(
    conn: &mut Conn,
    browser: &str,
    keeps_screen_codes: bool,
) -> QueryResult<()> {
    let waiting = link_attempts::table
        .filter(link_attempts::browser_hash.eq(browser))
        .filter(link_attempts::session_id.is_null())
        .filter(link_attempts::amazon_id.is_not_null());
    diesel::delete(waiting).execute(conn)?;
    end_codes_of_browser(conn, browser)?;
    if keeps_screen_codes { Ok(()) } else { release_screen_codes(conn, browser) }
}

/// Ends all that was begun in this browser, because the player signs out.
pub(in crate::accounts) fn end_all_of_browser(conn: &mut Conn, browser: &str) -> QueryResult<()> {
    diesel::delete(link_attempts::table.filter(link_attempts::browser_hash.eq(browser))).execute(conn)?;
    end_codes_of_browser(conn, browser)?;
    release_screen_codes(conn, browser)
}

fn end_codes_of_browser(conn: &mut Conn, browser: &str) -> QueryResult<()> {
    diesel::delete(registrations::table.filter(registrations::browser_hash.eq(browser))).execute(conn)?;
    diesel::delete(sign_in_codes::table.filter(sign_in_codes::browser_hash.eq(browser))).execute(conn)?;
    diesel::delete(passkey_ceremonies::table.filter(passkey_ceremonies::browser_hash.eq(browser)))
        .execute(conn)?;
    diesel::delete(pending_sign_ins::table.filter(pending_sign_ins::browser_hash.eq(browser)))
        .execute(conn)?;
    held_answer::drop_of_browser(conn, browser)
}

/// The codes on screens, of claims and of sign-ins, work again, and have to be typed again.
fn release_screen_codes(conn: &mut Conn, browser: &str) -> QueryResult<()> {
    let claims = claim_codes::table
        .filter(claim_codes::browser_hash.eq(browser))
        .filter(claim_codes::outcome.is_null());
    diesel::update(claims).set(claim_codes::browser_hash.eq(None::<String>)).execute(conn)?;
    let sign_ins = game_sign_in_codes::table
        .filter(game_sign_in_codes::browser_hash.eq(browser))
        .filter(game_sign_in_codes::outcome.is_null());
    diesel::update(sign_ins).set(game_sign_in_codes::browser_hash.eq(None::<String>)).execute(conn).map(drop)
}

#[cfg(test)]
mod tests {
    /// Tables with a player and an unfinished action, and what ends it early.
    const OPEN_ENDS: &[(&str, &str)] = &[
        ("claim_codes", "checked when the claim is finished"),
        ("code_linkings", "checked when the link is written"),
        ("email_changes", "deleted, also with the session that asked"),
        ("email_undos", "kept: they protect the owner, and end by time"),
        ("factor_recoveries", "deleted, also with the address, and by a sign-in with the second factor"),
        ("game_sessions", "deleted"),
        (
            "game_sign_in_codes",
            "checked when the code is used, and when the game takes up the outcome; given back by the browser",
        ),
        ("link_attempts", "deleted with their session"),
        (
            "link_undos",
            "kept: they protect the owner of the Amazon account, and end by time and with the link",
        ),
        ("passkey_ceremonies", "deleted, also with the session that began them"),
        ("password_resets", "deleted"),
        ("pending_sign_ins", "deleted"),
        ("remembered_browsers", "deleted: everybody is asked for the second factor again"),
        ("sessions", "deleted"),
        ("sign_in_codes", "deleted"),
    ];

    /// Tables with a player in which nothing waits for an end.
    const FINISHED: &[&str] = &[
        "amazon_links",
        "audit_events",
        "audit_keys",
        "devices",
        "former_links",
        "link_events",
        "mails",
        "passkeys",
        "player_notes",
        "player_recovery_codes",
        "player_second_factors",
    ];

    /// Whoever adds a table with a player decides here what ends its rows early.
    #[test]
    fn every_table_with_a_player_is_on_one_of_the_lists() {
        let schema = include_str!("../../platform/db/schema.rs");
        let tables = schema.split("table! {").skip(1).filter(|table| table.contains("player_id ->"));
        let mut with_player: Vec<&str> = tables.filter_map(|table| table.split_whitespace().next()).collect();
        let mut listed: Vec<&str> =
            OPEN_ENDS.iter().map(|(table, _)| *table).chain(FINISHED.iter().copied()).collect();
        with_player.sort_unstable();
        listed.sort_unstable();
        assert_eq!(with_player, listed);
    }
}
