//! The encrypted cookie of a browser that has signed in before.
//!
//! It gives its players a rate limit of their own, so that nobody else's attempts lock them out (S16). It signs
//! nobody in.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::accounts::login_attempts::LoginAccount;
use crate::app::App;
use crate::platform::crypto::keys::LookupPurpose;
use crate::platform::crypto::token::OpaqueToken;
use crate::platform::fault::Fault;
use crate::platform::ids::PlayerId;
use crate::web::cookies::CookieName;
use crate::web::{PageResult, RequestContext};

/// How long a browser is remembered after its last sign-in.
const LASTS: TimeDelta = TimeDelta::days(365);
/// The players of one family; beyond it the one seen longest ago is forgotten.
const MAX_PLAYERS: usize = 8;

/// The content of the cookie.
#[derive(Clone, Serialize, Deserialize)]
pub(in crate::accounts) struct BrowserDevice {
    id: String,
    /// Keyed hashes of the players who signed in here, the latest first.
    players: Vec<String>,
}

impl BrowserDevice {
    /// The device in the browser's cookie, if it has one.
    pub(in crate::accounts) fn of(context: &RequestContext) -> Option<Self> {
        context.cookies.read(&context.request, CookieName::Device, context.now)
    }

    /// The rate limit id of this device's attempts at `player`, if that player has signed in here.
    fn rate_limit_id(&self, app: &App, player: &PlayerId) -> Option<String> {
        let hash = hash_of(app, player);
        let id = OpaqueToken::parse(&self.id)?.hash();
        self.players.contains(&hash).then(|| format!("{} {hash}", id.as_str()))
    }

    /// The rate limit id of a browser in which this account's player has signed in before.
    pub(in crate::accounts) fn known_id(context: &RequestContext, account: &LoginAccount) -> Option<String> {
        let player = &account.credentials.as_ref()?.id;
        Self::of(context)?.rate_limit_id(&context.app, player).map(|id| format!("device {id}"))
    }

    /// Remembers in the browser that `player` signed in here.
    ///
    /// Only a response to a form of the portal sets the cookie. On the way back from Amazon the strict cookie is
    /// not sent, and a new one would forget the other players.
    pub(in crate::accounts) fn remember(
        context: &RequestContext,
        player: &PlayerId,
        answer: PageResult,
    ) -> PageResult {
        let mut response = answer?;
        let is_own_form = context.request.method().as_str() == "POST";
        let device = Self::of(context).map_or_else(Self::new, Ok)?.with(hash_of(&context.app, player));
        if let Some(cookie) = context.cookies.write(CookieName::Device, &device, context.now, LASTS)
            && is_own_form
        {
            // A browser that does not keep the cookie is unknown next time; nothing else is lost.
            let _ = response.add_cookie(&cookie);
        }
        Ok(response)
    }

    /// Removes `player` from the browser's cookie, once the account is erased.
    pub(in crate::accounts) fn forget(
        context: &RequestContext,
        player: &PlayerId,
        answer: PageResult,
    ) -> PageResult {
        let mut response = answer?;
        let Some(mut device) = Self::of(context) else { return Ok(response) };
        let hash = hash_of(&context.app, player);
        device.players.retain(|known| *known != hash);
        let cookie = if device.players.is_empty() {
            Some(context.cookies.forget(CookieName::Device))
        } else {
            context.cookies.write(CookieName::Device, &device, context.now, LASTS)
        };
        if let Some(cookie) = cookie {
            // A browser that keeps the old cookie has a hash that matches nobody.
            let _ = response.add_cookie(&cookie);
        }
        Ok(response)
    }

    fn new() -> Result<Self, Fault> {
        Ok(Self { id: OpaqueToken::generate()?.expose().to_owned(), players: Vec::new() })
    }

    fn with(mut self, hash: String) -> Self {
        self.players.retain(|known| *known != hash);
        self.players.insert(0, hash);
        self.players.truncate(MAX_PLAYERS);
        self
    }
}

fn hash_of(app: &App, player: &PlayerId) -> String {
    app.keys.lookup.hash(LookupPurpose::Identifier, &format!("device of {player}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_player_seen_longest_ago_is_forgotten() {
        let mut device = BrowserDevice::new().unwrap();
        for number in 0..=MAX_PLAYERS {
            device = device.with(number.to_string());
        }
        device = device.with("1".into());
        assert_eq!(device.players, ["1", "8", "7", "6", "5", "4", "3", "2"]);
    }
}
