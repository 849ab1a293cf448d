//! The link by which a new password is set: its row, and the mail that carries it.
//!
//! A visitor who forgot the password requests a link; support sends one to a player who cannot sign in otherwise.

use chrono::{DateTime, TimeDelta, Utc};

use crate::accounts::login_attempts::LoginAccount;
use crate::accounts::password_reset::store::{self, NewPasswordReset};
use crate::accounts::players::PlayerCredentials;
use crate::app::App;
use crate::outbound::mail::{self, MailMessage, MailRecipient};
use crate::platform::crypto::token::OpaqueToken;
use crate::platform::db::{Conn, QueryResult, new_id};
use crate::platform::email::{EmailAddress, LocalPart};
use crate::platform::fault::Fault;
use crate::platform::i18n::Language;
use crate::platform::ids::PlayerId;
use crate::platform::metrics::Limit;
use crate::platform::rate_limit::{OverBudget, RateBudget, RateVerdict};
use crate::web::NextAddress;

/// Mails to one account in an hour that one network, one known browser or support may request (S20).
const MAILS_IN_AN_HOUR: u32 = 3;
/// Mails to one account in an hour that all unknown browsers may request together.
const MAILS_TO_STRANGERS: u32 = 10;

/// A link about to be mailed, to a proven address.
pub struct ResetToken {
    reset: NewPasswordReset,
    message: Option<MailMessage>,
}

/// The kind of the mail, and its language if the reader has chosen none.
#[derive(Clone, Copy)]
pub struct ResetWording<'a> {
    pub kind: mail::Kind,
    pub language: Language,
    /// The page of the portal where the player was going. The link carries it, because it may be opened elsewhere.
    pub next: Option<&'a NextAddress>,
    /// The arguments that the kind needs besides `token`.
    pub args: &'a [(&'a str, &'a str)],
}

impl ResetToken {
    /// Generates the link; `None` without a player with a proven address, at the same cost (S13).
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
        // The mail is written for nobody as well, so that the work is the same.
        let to = MailRecipient {
            player: player.map(|player| &player.id),
            email: Some(address.as_ref().map_or("", EmailAddress::typed)),
            name: player.map_or("", |player| &player.display_name),
            language: player.map_or(wording.language, |player| player.language_or(wording.language)),
        };
        let token_and_next = match wording.next {
            Some(next) => next.on(token.expose()).replacen('?', "&", 1),
            None => token.expose().to_owned(),
        };
        let mut args = vec![("token", token_and_next.as_str())];
        args.extend_from_slice(wording.args);
        let message = MailMessage::compose(app, wording.kind, &to, &args)?;
        let reset = player.zip(address.as_ref()).map(|(player, address)| NewPasswordReset {
            id: new_id(at),
            player: player.id.clone(),
            token_hash: token.hash(),
            email_key: address.key().to_owned(),
            created_at: at,
            expires_at: at + app.config.policy.codes.reset_holds_for,
        });
        Ok(reset.map(|reset| Self { reset, message }))
    }

    pub fn player(&self) -> &PlayerId {
        &self.reset.player
    }

    /// Stores it as the player's only link and queues its mail. The caller has locked the player's row.
    pub fn send(&self, conn: &mut Conn) -> QueryResult<()> {
        store::put(conn, &self.reset)?;
        mail::enqueue(conn, &self.message)
    }
}

/// Who requests a link. Each has mails of its own, so that no stranger uses up those of the owner or of support (S16).
pub enum ResetRequester {
    /// A browser in which this player has signed in before, by its rate limit id.
    KnownBrowser(String),
    /// Any other browser, by the keyed hash of its network.
    Stranger(String),
    Support,
}

/// Counts one mail to the account, and returns whether it may be sent.
pub async fn may_send(
    app: &App,
    account: &LoginAccount,
    requester: &ResetRequester,
    at: DateTime<Utc>,
) -> Result<RateVerdict, Fault> {
    let key = &account.key;
    let hourly = |id: String, free| RateBudget {
        limit: Limit::ResetsOfAccount,
        id: format!("resets asked {id}"),
        free,
        window: TimeDelta::hours(1),
        then: OverBudget::Wait,
    };
    let limits = match requester {
        ResetRequester::KnownBrowser(browser) => vec![hourly(browser.clone(), MAILS_IN_AN_HOUR)],
        ResetRequester::Support => vec![hourly(format!("account {key} support"), MAILS_IN_AN_HOUR)],
        ResetRequester::Stranger(network) => vec![
            hourly(format!("account {key} network {network}"), MAILS_IN_AN_HOUR),
            hourly(format!("account {key}"), MAILS_TO_STRANGERS),
        ],
    };
    app.throttle.take(limits, at).await
}
