//! `AuthenticationRequest`: signs in with user name and password.
//!
//! It shares counters, rate limits and hashing cost with the browser's sign-in (S13, S14). A game cannot ask
//! for a mailed code. Where a browser would ask for one, a game gets `LOCKED`, and the player waits or signs
//! in on the web.
//!
//! A player whose second factor is on gives its `code` with the request (S157). It is asked for only after a right
//! password, so that a wrong one is answered as everybody's.

use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::caller::GameCaller;
use super::dispatch::{GameRequest, RequestResult};
use super::sign_in_response::{SignedInGame, call_context};
use crate::accounts::login_attempts::{self, LoginAccount, LoginAttempt, PasswordCheck, PasswordProof};
use crate::accounts::many_failures::ManyFailuresNotice;
use crate::accounts::second_factor::{self, CheckedCode, CodeAttempt, CodeRefusal};
use crate::app::App;
use crate::audit::{self, Actor, Kind};
use crate::games::devices::{self, DeviceId};
use crate::games::protocol::{Authenticated, GameErrors, GameResponse, RequestFields};
use crate::links::GameCallContext;
use crate::outbound::mail::{self, MailMessage};
use crate::platform::fault::{Fault, Stop};
use crate::platform::i18n::Language;
use crate::platform::ids::{PlayerId, SessionId};
use crate::platform::password::HasherOverloaded;
use crate::sessions::game::{self, NewGameSession};
use crate::sessions::{SignedInWith, is_known_network};

/// `language` is not read, because signing in changes no profile.
pub(super) struct AuthenticationRequest {
    user_name: String,
    password: SecretString,
    /// A device that is the player's, which makes the game known (S16). It opens nothing here.
    device_id: Option<SecretString>,
    /// A code of the player's app, or a recovery code.
    code: Option<SecretString>,
}

impl GameRequest for AuthenticationRequest {
    const NAME: &'static str = "AuthenticationRequest";

    fn read(fields: &mut RequestFields) -> Self {
        Self {
            user_name: fields.required_text("userName"),
            password: fields.required_secret("password"),
            device_id: fields.secret("deviceId"),
            code: fields.secret("code"),
        }
    }

    /// A password opens a session of its own, and an ended one that the game presents makes it known.
    fn outlives_session(&self) -> bool {
        true
    }

    fn refuse(errors: GameErrors) -> GameResponse {
        GameResponse::Authentication(Authenticated::refused(errors))
    }

    async fn answer(self, app: &App, caller: &GameCaller) -> RequestResult {
        let call = call_context(app, caller);
        let account = LoginAccount::named(app, &self.user_name).await?;
        let attempt = login_attempt_of(app, caller, &account, self.device_id.as_ref()).await?;
        let proof = match login_attempts::check_password(&attempt, &account, &self.password).await {
            Ok(PasswordCheck::Right(proof)) => proof,
            Ok(PasswordCheck::Wrong) => {
                record_failure(app, &call, &account, Kind::SignInFailed).await?;
                return Err(Stop::Refused(unrecognised()));
            }
            Ok(PasswordCheck::Throttled { .. }) => return Err(Stop::Refused(locked())),
            Err(Stop::Refused(HasherOverloaded)) => return Err(Stop::Refused(GameErrors::try_again())),
            Err(Stop::Fault(fault)) => return Err(Stop::Fault(fault)),
        };
        let code = self.check_code(app, &call, &account, &proof).await?;
        let new_session =
            NewGameSession::prepare(app, caller.session(), &caller.place, SignedInWith::Password)?;
        let event =
            call.audit_event(Kind::PlayerSignedIn, Actor::Player).on(&proof.player.id).with(match &code {
                Some(code) => json!({ "with": "password", "door": "game", "factor": code.word() }),
                None => json!({ "with": "password", "door": "game" }),
            });
        let message = message_of_recovery(app, caller, &proof, code.as_ref())?;
        let notice = notice_of_failures(app, caller, &proof)?;
        let (spent, needed) = (code.clone(), GameErrors::second_factor_needed(app));
        let closing = GameErrors::account_closing(app);
        let (written, display_name) = (new_session.clone(), proof.player.display_name.clone());
        let session = app
            .db
            .write_or_refuse(move |conn| {
                if !proof.still_holds(conn)? {
                    // Only whoever has the password learns that the account closes.
                    let is_closing = proof.still_holds_or_closing(conn)?;
                    return Err(Stop::Refused(if is_closing { closing.clone() } else { unrecognised() }));
                }
                match &spent {
                    Some(code) if !code.spend(conn)? => return Err(Stop::Refused(wrong_code())),
                    // It may have been turned on meanwhile.
                    None if second_factor::store::is_on(conn, &proof.player.id)? => {
                        return Err(Stop::Refused(needed.clone()));
                    }
                    _ => {}
                }
                mail::enqueue(conn, &message)?;
                notice.write(conn)?;
                let session = game::sign_in_session(conn, &written, &proof.player.id)?;
                audit::append_event(conn, &event)?;
                Ok(session)
            })
            .await?;
        if let Some(code) = code {
            code.was_right(app).await?;
        }
        Ok(SignedInGame { session, display_name, is_new: false }.authenticated(&new_session))
    }
}

impl AuthenticationRequest {
    /// Checks the code, where the player's second factor is on. A code that nobody asked for is not read.
    async fn check_code(
        &self,
        app: &App,
        call: &GameCallContext,
        account: &LoginAccount,
        proof: &PasswordProof,
    ) -> Result<Option<CheckedCode>, Stop<GameErrors>> {
        let player = proof.player.id.clone();
        if !app.db.read(move |conn| second_factor::store::is_on(conn, &player)).await? {
            return Ok(None);
        }
        let typed = self.code.as_ref().map(ExposeSecret::expose_secret).filter(|typed| !typed.is_empty());
        let Some(typed) = typed else { return Err(Stop::Refused(GameErrors::second_factor_needed(app))) };
        let attempt = CodeAttempt { app, now: call.at, player: &proof.player.id, known_caller: None };
        match second_factor::check_code(&attempt, typed).await {
            Ok(code) => Ok(Some(code)),
            Err(Stop::Refused(CodeRefusal::Wrong)) => {
                record_failure(app, call, account, Kind::SignInFailed).await?;
                Err(Stop::Refused(wrong_code()))
            }
            Err(Stop::Refused(CodeRefusal::TooMany { .. })) => {
                Err(Stop::Refused(GameErrors::of("code", "LOCKED")))
            }
            Err(Stop::Fault(fault)) => Err(Stop::Fault(fault)),
        }
    }
}

/// The mail about a right password that follows many wrong ones.
fn notice_of_failures(
    app: &App,
    caller: &GameCaller,
    proof: &PasswordProof,
) -> Result<ManyFailuresNotice, Fault> {
    let language = proof.player.as_recipient(Language::English).language;
    let game = language.text_of("mail-from-game", [("game", caller.place.api_key.as_str())]);
    ManyFailuresNotice::prepare(app, &proof.player, language, &game, &caller.place.network)
}

/// The mail about a recovery code that was used in a game.
fn message_of_recovery(
    app: &App,
    caller: &GameCaller,
    proof: &PasswordProof,
    code: Option<&CheckedCode>,
) -> Result<Option<MailMessage>, Fault> {
    if !code.is_some_and(CheckedCode::is_recovery) {
        return Ok(None);
    }
    let to = proof.player.as_recipient(Language::English);
    let game = to.language.text_of("mail-from-game", [("game", caller.place.api_key.as_str())]);
    let from = [("browser", game.as_str()), ("network", caller.place.network.as_str())];
    MailMessage::compose(app, mail::Kind::RecoveryCodeUsed, &to, &from)
}

/// The error for a code that is wrong or used.
fn wrong_code() -> GameErrors {
    GameErrors::of("code", "UNRECOGNISED")
}

/// The one error for an unknown name, a wrong password, a disabled player, and a player without password
/// (S12).
pub(in crate::games) fn unrecognised() -> GameErrors {
    GameErrors::of("DETAILS", "UNRECOGNISED")
}

/// The error while too many attempts have failed.
pub(super) fn locked() -> GameErrors {
    GameErrors::of("DETAILS", "LOCKED")
}

/// The source of a password attempt.
///
/// A session of the same player has its own counter, so that other clients' failures do not lock it out
/// (S16), also once it has ended by time. Whoever holds a device id or a token of Amazon's opens as many
/// sessions as they like, so these share one.
pub(super) async fn login_attempt_of<'a>(
    app: &'a App,
    caller: &GameCaller,
    account: &LoginAccount,
    device: Option<&SecretString>,
) -> Result<LoginAttempt<'a>, Fault> {
    let session = caller
        .session()
        .filter(|session| account.credentials.as_ref().is_some_and(|known| known.id == session.player));
    let own_session =
        session.map(|session| limit_id_of(&session.id, session.signed_in_with, &session.player));
    let player = account.credentials.as_ref().map(|known| &known.id);
    let own_session = match own_session {
        Some(session) => Some(session),
        None => known_by(app, caller, player, device).await?,
    };
    Ok(LoginAttempt {
        app,
        now: app.clock.now(),
        network: caller.place.network.clone(),
        known_browser: None,
        own_session,
        is_known_network: is_known_network(&app.db, player, &caller.place.network).await?,
    })
}

/// The rate limit id of a session of the player's, alive or not.
fn limit_id_of(session: &SessionId, with: SignedInWith, player: &PlayerId) -> String {
    match with {
        SignedInWith::Password | SignedInWith::Registration | SignedInWith::Passkey => {
            format!("session {session}")
        }
        SignedInWith::Amazon | SignedInWith::Device => format!("game sessions of {player}"),
    }
}

/// The rate limit id of a former token or a device of the player's, with which the attempt comes.
///
/// Asked for nobody as well, so that the work is the same for an account that does not exist (S13).
async fn known_by(
    app: &App,
    caller: &GameCaller,
    player: Option<&PlayerId>,
    device: Option<&SecretString>,
) -> Result<Option<String>, Fault> {
    let api_key = caller.place.api_key.clone();
    let device = device.and_then(DeviceId::parse).map(|device| device.hash(app, &api_key));
    let token = caller.presented_token.clone();
    if device.is_none() && token.is_none() {
        return Ok(None);
    }
    let player = player.cloned().unwrap_or_else(|| PlayerId::from(String::new()));
    app.db
        .read(move |conn| {
            if let Some(token) = token
                && let Some((session, with)) = game::session_of_token(conn, &token, &player, &api_key)?
            {
                return Ok(Some(limit_id_of(&session, with, &player)));
            }
            let is_theirs = match device {
                Some(device) => devices::is_device_of(conn, &device, &player)?,
                None => false,
            };
            Ok(is_theirs.then(|| format!("game sessions of {player}")))
        })
        .await
}

/// Records a failed attempt.
///
/// Unknown accounts get a record too, so that the response time does not reveal whether an account exists
/// (S13).
pub(super) async fn record_failure(
    app: &App,
    call: &GameCallContext,
    account: &LoginAccount,
    kind: Kind,
) -> Result<(), Fault> {
    let event = call
        .audit_event(kind, Actor::Visitor)
        .on_any(account.credentials.as_ref().map(|known| &known.id))
        .with(json!({ "door": "game" }));
    audit::write_event(&app.db, event).await
}
