//! The account that a login names: the typed identifier in canonical form, and its player, if any.

use crate::accounts::players::{self, PlayerCredentials};
use crate::app::App;
use crate::platform::crypto::keys::LookupPurpose;
use crate::platform::email::{EmailAddress, LocalPart};
use crate::platform::fault::Fault;
use crate::platform::ids::PlayerId;
use crate::platform::name::{UserName, search_key};

/// Longer texts are cut here: no address and no user name is longer.
const MAX_CHARACTERS: usize = 254;

/// An account that may or may not exist. Both are handled alike until a password or a code was right.
pub struct LoginAccount {
    pub credentials: Option<PlayerCredentials>,
    /// The key under which mails are counted.
    ///
    /// A player has one key for all names; an unknown identifier has its own.
    pub key: String,
    /// The key under which password attempts are counted: of the identifier, whether or not it finds anybody.
    ///
    /// With one key for all names, a throttled address would show which user name is the same player's.
    pub attempts_key: String,
}

/// What was typed, in the form in which it is compared (S15, S104).
#[derive(Clone, Debug, PartialEq, Eq)]
enum LoginIdentifier {
    Email(String),
    UserName(String),
    /// Neither. It finds nobody, but attempts at it are counted like any others.
    Other(String),
}

impl LoginAccount {
    /// Finds the account for an address or user name, as it was typed.
    pub async fn named(app: &App, typed: &str) -> Result<Self, Fault> {
        let identifier = LoginIdentifier::parse(typed);
        let asked = identifier.clone();
        let found = app
            .db
            .read(move |conn| {
                Ok(match &asked {
                    LoginIdentifier::Email(key) => players::store::credentials_by_email(conn, key)?,
                    LoginIdentifier::UserName(key) => players::store::credentials_by_user_name(conn, key)?,
                    LoginIdentifier::Other(_) => None,
                })
            })
            .await?;
        let attempts_key = attempts_key(app, identifier.as_str());
        Ok(match found {
            Some(credentials) => Self::known(app, credentials, attempts_key),
            None => Self { credentials: None, key: attempts_key.clone(), attempts_key },
        })
    }

    /// The account of a player who is known to exist.
    pub async fn of_player(app: &App, player: &PlayerId) -> Result<Self, Fault> {
        let found = Self::with_id(app, player).await?;
        found.ok_or_else(|| Fault::broken("reading a player", "the player is gone"))
    }

    /// The account of the player with this id, if there is one.
    ///
    /// Nothing was typed, so attempts count at the address, or else at the user name.
    pub async fn with_id(app: &App, player: &PlayerId) -> Result<Option<Self>, Fault> {
        let asked = player.clone();
        let found = app.db.read(move |conn| players::store::credentials_by_id(conn, &asked)).await?;
        Ok(found.map(|credentials| {
            let name = credentials.email_key.as_deref().or(credentials.user_name_key.as_deref());
            let attempts_key = attempts_key(app, name.unwrap_or(credentials.id.as_str()));
            Self::known(app, credentials, attempts_key)
        }))
    }

    fn known(app: &App, credentials: PlayerCredentials, attempts_key: String) -> Self {
        let key = app.keys.lookup.hash(LookupPurpose::Identifier, &format!("player {}", credentials.id));
        Self { credentials: Some(credentials), key, attempts_key }
    }

    /// The keys under which attempts at this player are counted, one for each name.
    pub(super) fn all_attempts_keys(&self, app: &App) -> Vec<String> {
        let names = self.credentials.iter().flat_map(|known| [&known.email_key, &known.user_name_key]);
        names.flatten().map(|name| attempts_key(app, name)).collect()
    }

    /// The player, if there is one who is not disabled, or whose account closes.
    ///
    /// What is done for the player asks again in its transaction, and mostly refuses one whose account closes.
    pub fn player(&self) -> Option<&PlayerCredentials> {
        self.credentials.as_ref().filter(|credentials| credentials.may_come_back())
    }
}

fn attempts_key(app: &App, identifier: &str) -> String {
    app.keys.lookup.hash(LookupPurpose::Identifier, identifier)
}

impl LoginIdentifier {
    fn parse(typed: &str) -> Self {
        if let Ok(address) = EmailAddress::parse(typed, LocalPart::Unicode) {
            return Self::Email(address.key().to_owned());
        }
        match UserName::parse(typed.trim()) {
            Ok(name) => Self::UserName(name.key()),
            Err(_) => Self::Other(search_key(&typed.chars().take(MAX_CHARACTERS).collect::<String>())),
        }
    }

    fn as_str(&self) -> &str {
        match self {
            Self::Email(key) | Self::UserName(key) | Self::Other(key) => key,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_address_are_one_identifier() {
        let spellings = [
            "ann@example.com",
            "ANN@example.com",
            "Ann@Example.Com",
            " ann@example.com ",
            "ann@EXAMPLE.COM\t",
            "ann@ｅｘａｍｐｌｅ.com",
            "ann@example。com",
        ];
        for typed in spellings {
            assert_eq!(
                LoginIdentifier::parse(typed),
                LoginIdentifier::Email("ann@example.com".into()),
                "{typed:?}"
            );
        }
    }

    #[test]
    fn a_user_name_is_folded_and_never_an_address() {
        assert_eq!(LoginIdentifier::parse(" Ann_1 "), LoginIdentifier::UserName("ann_1".into()));
    }

    #[test]
    fn anything_else_finds_nobody_and_still_has_one_key() {
        assert_eq!(LoginIdentifier::parse("Ann  Example"), LoginIdentifier::parse("ann example"));
        assert!(
            matches!(LoginIdentifier::parse(&"x".repeat(9000)), LoginIdentifier::Other(key) if key.len() == 254)
        );
    }
}
