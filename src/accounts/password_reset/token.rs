//! The link by which a password is chosen: its row, and the letter that carries it. Whoever forgot the password asks
//! for one; support sends one to a player who has no other way back.

use chrono::{DateTime, TimeDelta, Utc};

use crate::accounts::login_attempts::LoginAccount;
use crate::accounts::password_reset::store::{self, NewPasswordReset};
use crate::accounts::players::PlayerCredentials;
use crate::app::App;
use crate::outbound::mail::{self, MailMessage};
use crate::platform::crypto::token::OpaqueToken;
use crate::platform::db::{Conn, QueryResult, new_id};
use crate::platform::email::{EmailAddress, LocalPart};
use crate::platform::fault::Fault;
use crate::platform::i18n::Language;
use crate::platform::ids::PlayerId;
use crate::platform::metrics::Limit;
use crate::platform::rate_limit::{OverBudget, RateBudget, RateVerdict};

/// Letters to one account in an hour, whoever has them sent (S20).
const LETTERS_IN_AN_HOUR: u32 = 3;

/// A link about to be mailed, to a proven address.
pub struct ResetToken {
    reset: NewPasswordReset,
    letter: MailMessage,
}

/// What its letter says, and in which language where its reader has chosen none.
#[derive(Clone, Copy)]
pub struct ResetWording<'a> {
    pub kind: mail::Kind,
    pub language: Language,
    /// What the kind needs beside `token`.
    pub args: &'a [(&'a str, &'a str)],
}

impl ResetToken {
    /// Draws the link. `None` where there is nobody with a proven address, at the same cost (S13).
    pub fn prepare(
        app: &App,
        player: Option<&PlayerCredentials>,
        wording: ResetWording<'_>,
        at: DateTime<Utc>,
    ) -> Result<Option<Self>, Fault> {
        let token = OpaqueToken::generate()?;
        let address = player
            .and_then(|player| player.email.as_deref())
            .and_then(|email| EmailAddress::parse(email, LocalPart::Unicode).ok());
        let language = player.and_then(|player| player.language.as_deref()).and_then(Language::from_tag);
        let mut args = vec![("token", token.expose())];
        args.extend_from_slice(wording.args);
        // Written for nobody as well.
        let letter = MailMessage::write(
            app,
            wording.kind,
            player.map(|player| &player.id),
            address.as_ref().map_or("", EmailAddress::typed),
            language.unwrap_or(wording.language),
            &args,
        )?;
        let reset = player.zip(address.as_ref()).map(|(player, address)| NewPasswordReset {
            id: new_id(at),
            player: player.id.clone(),
            token_hash: token.hash(),
            email_key: address.key().to_owned(),
            created_at: at,
            expires_at: at + app.config.policy.codes.reset_holds_for,
        });
        Ok(reset.map(|reset| Self { reset, letter }))
    }

    pub fn player(&self) -> &PlayerId {
        &self.reset.player
    }

    /// Keeps it as the player's only link, and puts its letter into the outbox. The caller holds the player's row.
    pub fn send(&self, conn: &mut Conn) -> QueryResult<()> {
        store::put(conn, &self.reset)?;
        mail::enqueue(conn, &self.letter)
    }
}

/// Counts one letter to the account, and says whether it may be written.
pub async fn may_send(app: &App, account: &LoginAccount, at: DateTime<Utc>) -> Result<RateVerdict, Fault> {
    let budget = RateBudget {
        limit: Limit::ResetsOfAccount,
        id: format!("resets asked account {}", account.key),
        free: LETTERS_IN_AN_HOUR,
        window: TimeDelta::hours(1),
        then: OverBudget::Wait,
    };
    app.throttle.take(vec![budget], at).await
}
