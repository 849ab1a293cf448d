//! Tells players of a sign-in that followed many wrong tries (S19): they often know best whether it was theirs.

use chrono::{DateTime, TimeDelta, Utc};

use crate::accounts::players::PlayerCredentials;
use crate::app::App;
use crate::audit::{self, Kind};
use crate::outbound::mail::{self, MailMessage};
use crate::platform::db::Conn;
use crate::platform::fault::Fault;
use crate::platform::i18n::Language;
use crate::platform::ids::PlayerId;

/// Refused sign-ins after which one that succeeds is mailed. Hardly anybody mistypes a password so often.
const MANY: i64 = 10;

/// How long a refused sign-in counts.
const WINDOW: TimeDelta = TimeDelta::days(1);

/// The mail about a right password, if many wrong ones came before it.
pub struct ManyFailuresNotice {
    player: PlayerId,
    at: DateTime<Utc>,
    message: Option<MailMessage>,
}

impl ManyFailuresNotice {
    /// Composes the mail. `browser` and `network` say from where the right password came.
    pub fn prepare(
        app: &App,
        player: &PlayerCredentials,
        language: Language,
        browser: &str,
        network: &str,
    ) -> Result<Self, Fault> {
        let to = player.as_recipient(language);
        let from = [("browser", browser), ("network", network)];
        let message = MailMessage::compose(app, mail::Kind::SignInAfterFailures, &to, &from)?;
        Ok(Self { player: player.id.clone(), at: app.clock.now(), message })
    }

    /// Queues the mail if many tries were refused since the last sign-in and the last such mail.
    ///
    /// Called in the transaction of the sign-in, before its record is written.
    pub fn write(&self, conn: &mut Conn) -> Result<(), Fault> {
        let Some(message) = &self.message else { return Ok(()) };
        let mut since = self.at - WINDOW;
        for last in [
            audit::last_of(conn, &self.player, Kind::PlayerSignedIn)?,
            mail::last_of(conn, &self.player, mail::Kind::SignInAfterFailures)?,
        ] {
            since = since.max(last.unwrap_or(since));
        }
        if audit::count_of(conn, &self.player, Kind::SignInFailed, since)? >= MANY {
            mail::enqueue(conn, message)?;
        }
        Ok(())
    }
}
