//! What a request or an unfinished action rests on.
//!
//! Requests wait for Amazon or for the password hasher, and codes wait for a person. Meanwhile their session may end.
//! Each of them therefore carries its origin, and the transaction that finishes it checks the origin again.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::platform::db::schema::{game_sessions, players, sessions};
use crate::platform::db::{Conn, UtcTime};
use crate::platform::ids::{PlayerId, SessionId};
use crate::web::CurrentPlayer;

/// The player in one version, and the session that began something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionOrigin {
    pub player: PlayerId,
    /// Raised by every act that ends all that the player has open: see `players::end_everything`.
    pub player_version: i64,
    /// A browser or game session. `None` for a game server that names the player.
    pub session: Option<SessionId>,
}

impl SessionOrigin {
    /// The browser session of a request. A verb that does not rotate it asks for it in its transaction.
    pub fn of_browser(current: &CurrentPlayer) -> Self {
        Self {
            player: current.player.id.clone(),
            player_version: current.player.version,
            session: Some(current.session.id.clone()),
        }
    }

    /// Whether the session lives and the player's version is the same.
    ///
    /// The caller has locked the player's row where the answer decides.
    pub fn is_alive(&self, conn: &mut Conn, now: DateTime<Utc>) -> QueryResult<bool> {
        let player = players::table
            .filter(players::id.eq(&self.player))
            .filter(players::version.eq(self.player_version))
            .filter(players::disabled_at.is_null());
        if !diesel::select(diesel::dsl::exists(player)).get_result::<bool>(conn)? {
            return Ok(false);
        }
        let Some(session) = &self.session else { return Ok(true) };
        let in_game = game_sessions::table
            .filter(game_sessions::id.eq(session))
            .filter(game_sessions::player_id.eq(&self.player))
            .filter(game_sessions::ends_at.gt(UtcTime::from(now)));
        let in_browser = sessions::table
            .filter(sessions::id.eq(session))
            .filter(sessions::player_id.eq(&self.player))
            .filter(sessions::expires_at.gt(UtcTime::from(now)));
        Ok(diesel::select(diesel::dsl::exists(in_game)).get_result(conn)?
            || diesel::select(diesel::dsl::exists(in_browser)).get_result(conn)?)
    }
}
