//! Turns the second factor on, once a code of the app has come back.

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::accounts::players::end_attempts;
use crate::accounts::players::store::lock_origin;
use crate::accounts::second_factor::{self, place_of_factor, recovery_hash};
use crate::accounts::two_step::mails;
use crate::audit;
use crate::outbound::mail;
use crate::platform::fault::{Fault, Stop};
use crate::platform::ids::PlayerId;
use crate::platform::recovery_codes::RecoveryCodes;
use crate::platform::totp::TotpSecret;
use crate::sessions::SessionOrigin;
use crate::web::cookies::CookieName;
use crate::web::{CurrentPlayer, RequestContext};

/// The cookie with a new secret, until its first code has come back.
#[derive(Serialize, Deserialize)]
pub(super) struct SetUpCookie {
    player: PlayerId,
    totp_secret: String,
}

impl SetUpCookie {
    pub fn generate(player: &PlayerId) -> Result<Self, Fault> {
        Ok(Self { player: player.clone(), totp_secret: TotpSecret::generate()?.expose().to_owned() })
    }

    /// The secret that waits in this browser, if it is this player's.
    pub fn secret(context: &RequestContext, player: &PlayerId) -> Option<TotpSecret> {
        let cookie: Self =
            context.cookies.read(&context.request, CookieName::SecondFactorSetUp, context.now)?;
        (cookie.player == *player).then(|| TotpSecret::parse(&SecretString::from(cookie.totp_secret)))?
    }
}

/// Why the second factor was not turned on.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum TurnOnRefusal {
    WrongCode,
    /// It is on already: another tab was first.
    AlreadyOn,
    SessionEnded,
}

/// Stores the secret, sealed, and ten recovery codes. The code that came back works for nothing else.
pub(super) async fn turn_on(
    context: &RequestContext,
    current_player: &CurrentPlayer,
    secret: &TotpSecret,
    typed: &str,
) -> Result<RecoveryCodes, Stop<TurnOnRefusal>> {
    let app = &context.app;
    let player = &current_player.player.id;
    let step = secret.step_of(typed, context.now)?.ok_or(Stop::Refused(TurnOnRefusal::WrongCode))?;
    let sealed = secret.seal(&app.vault, &place_of_factor(player))?;
    let codes = RecoveryCodes::generate()?;
    let hashes = codes.hashes(|code| recovery_hash(app, player, code));
    let message = mails::message(context, current_player, mail::Kind::TwoStepOn)?;
    let event = context.player_event(current_player, audit::Kind::SecondFactorTurnedOn);
    let (origin, now) = (SessionOrigin::of_browser(current_player), context.now);
    app.db
        .write_or_refuse(move |conn| {
            if !lock_origin(conn, &origin, now)? {
                return Err(Stop::Refused(TurnOnRefusal::SessionEnded));
            }
            if !second_factor::store::turn_on(conn, &origin.player, &sealed, step, now)? {
                return Err(Stop::Refused(TurnOnRefusal::AlreadyOn));
            }
            second_factor::store::put_recovery_codes(conn, &origin.player, &hashes, now)?;
            // A trip that began without a code must not come back as a proof.
            end_attempts(conn, &origin.player)?;
            audit::append_event(conn, &event)?;
            mail::enqueue(conn, &message)?;
            Ok(())
        })
        .await?;
    Ok(codes)
}
