//! `ChangeUserDetailsRequest`: changes name, language, user name or password of the player.
//!
//! It is stricter than GameSparks was, so that a stolen token does not give access to the account:
//! [`crate::links::GameRules`] says what a new password and another user name need (S7, S29). A player who is
//! known only by a device needs nothing: these details make that player an account.

use chrono::TimeDelta;
use secrecy::SecretString;
use serde_json::json;

use super::authentication::{locked, login_attempt_of, record_failure, unrecognised};
use super::caller::GameCaller;
use super::dispatch::{GameRequest, RequestAnswer, RequestResult, SessionChange};
use super::sign_in_response::call_context;
use crate::accounts::login_attempts::{self, LoginAccount, PasswordCheck, PasswordProof};
use crate::accounts::players::{self, PlayerCredentials};
use crate::accounts::second_factor::{self, has_second_factor, shortest_password, too_short_alone};
use crate::app::App;
use crate::audit::{self, Actor, AuditEvent, Kind};
use crate::games::protocol::{DoneResponse, GameErrors, GameResponse, RequestFields};
use crate::links::{GameAct, GameCallContext, GameRules, GivenProof, ProofMissing};
use crate::outbound::mail::{self, MailMessage};
use crate::platform::db::{Conn, QueryResult, is_unique_violation};
use crate::platform::fault::Stop;
use crate::platform::i18n::Language;
use crate::platform::ids::PlayerId;
use crate::platform::metrics::Limit;
use crate::platform::name::{DisplayName, ReservedNames, UserName};
use crate::platform::password::{HasherOverloaded, Password, PasswordContext, StoredHash, place_of_hash};
use crate::platform::rate_limit::{OverBudget, RateBudget, RateVerdict};
use crate::sessions::game::{self, GameSession, NewGameSession};

/// Changes of a user name per player and hour, because each reveals whether a name is taken (S12).
///
/// The profile page counts towards the same limit.
const USER_NAMES: u32 = 10;

pub(super) struct ChangeUserDetailsRequest {
    display_name: Option<String>,
    language: Option<String>,
    new_password: Option<SecretString>,
    old_password: Option<SecretString>,
    user_name: Option<String>,
}

impl GameRequest for ChangeUserDetailsRequest {
    const NAME: &'static str = "ChangeUserDetailsRequest";

    fn read(fields: &mut RequestFields) -> Self {
        Self {
            display_name: fields.text("displayName"),
            language: fields.text("language"),
            new_password: fields.secret("newPassword"),
            old_password: fields.secret("oldPassword"),
            user_name: fields.text("userName"),
        }
    }

    fn refuse(errors: GameErrors) -> GameResponse {
        GameResponse::ChangeUserDetails(DoneResponse { error: Some(errors) })
    }

    async fn answer(self, app: &App, caller: &GameCaller) -> RequestResult {
        let player = caller.require_player()?;
        let call = call_context(app, caller);
        let account = LoginAccount::of_player(app, &player.player).await?;
        let known = account.player().cloned().ok_or_else(|| Stop::Refused(GameErrors::not_authorized()))?;
        let has_factor = has_second_factor(app, &known.id).await?;
        let wanted = validate_details(app, &known, &self, has_factor).await?;
        let is_short = self.new_password.as_ref().is_some_and(|new| too_short_alone(app, new).is_some());
        // A missing old password counts as a wrong one. Otherwise a client could test for free whether one is
        // required.
        let old_password = match self.old_password {
            None if wanted.password.is_some() && known.password.is_some() => Some(SecretString::default()),
            old => old,
        };
        let proof = match &old_password {
            Some(old) => Some(check_old_password(app, caller, &call, &account, old).await?),
            None => None,
        };
        let rules = GameRules::of(app);
        let access = AccountAccess {
            player: known.id.clone(),
            rules,
            proof: GivenProof { by_password: proof.is_some(), ..call.proof(rules.fresh_for) },
            new_password: wanted.password.is_some(),
            user_name: wanted.user_name.clone(),
            proof_needed: GameErrors::proof_needed(app),
        };
        let before = access.clone();
        app.db.read(move |conn| before.check(conn)).await?.map_err(Stop::Refused)?;
        // Counted only now, so that a token that has proven nothing cannot use up the owner's changes.
        if wanted.user_name.is_some() {
            take_name_budget(app, &player.player).await?;
        }
        let hash = match wanted.password {
            Some(password) => Some(hash_password(app, &known.id, password).await?),
            None => None,
        };
        let alone = match (&hash, caller.session()) {
            (Some(_), Some(session)) => {
                let entry = NewGameSession::prepare(app, None, &caller.place, session.signed_in_with)?;
                let proved_at = if proof.is_some() { Some(call.at) } else { session.proved_at };
                Some((entry, GameSession { proved_at, ..session.clone() }))
            }
            _ => None,
        };
        let message = match &hash {
            Some(_) => {
                let to = known.as_recipient(Language::English);
                let game = to.language.text_of("mail-from-game", [("game", caller.place.api_key.as_str())]);
                let from = [("browser", game.as_str()), ("network", caller.place.network.as_str())];
                MailMessage::compose(app, mail::Kind::PasswordChanged, &to, &from)?
            }
            None => None,
        };
        let change = DetailsChange {
            events: change_events(&call, &known, wanted.is_profile, hash.is_some()),
            message,
            player: known.id,
            access,
            proof,
            call: call.clone(),
            display_name: wanted.display_name,
            user_name: wanted.user_name,
            language: wanted.language,
            hash,
            is_short,
            alone,
            at: call.at,
        };
        let session = app.db.write_or_refuse(move |conn| change.write(conn)).await?;
        Ok(RequestAnswer {
            response: GameResponse::ChangeUserDetails(DoneResponse::default()),
            session: session.map_or(SessionChange::Keep, SessionChange::Is),
        })
    }
}

/// The valid new details.
struct WantedDetails {
    display_name: Option<DisplayName>,
    user_name: Option<UserName>,
    language: Option<Language>,
    password: Option<Password>,
    /// Whether anything but the password changes.
    is_profile: bool,
}

async fn validate_details(
    app: &App,
    known: &PlayerCredentials,
    request: &ChangeUserDetailsRequest,
    has_factor: bool,
) -> Result<WantedDetails, Stop<GameErrors>> {
    let reserved = ReservedNames::new(&app.config.site.name);
    let display_name = request.display_name.as_deref().map(|name| DisplayName::parse(name, &reserved));
    let user_name = request.user_name.as_deref().map(UserName::parse);
    let language = request.language.as_deref().map(|tag| Language::from_tag(tag).ok_or(()));
    let shown_name = request.display_name.as_deref().unwrap_or(&known.display_name);
    let context = app.password_context(shown_name, known.email.as_deref().unwrap_or_default());
    let context = PasswordContext { min: shortest_password(app, has_factor), ..context };
    let password = match &request.new_password {
        Some(new) => Some(app.judge_password(new, &context).await?),
        None => None,
    };
    let is_profile = display_name.is_some() || user_name.is_some() || language.is_some();
    match (display_name.transpose(), user_name.transpose(), language.transpose(), password.transpose()) {
        (Ok(display_name), Ok(user_name), Ok(language), Ok(password)) => {
            Ok(WantedDetails { display_name, user_name, language, password, is_profile })
        }
        (display_name, user_name, language, password) => Err(Stop::Refused(GameErrors::invalid([
            ("displayName", display_name.is_err()),
            ("userName", user_name.is_err()),
            ("language", language.is_err()),
            ("newPassword", password.is_err()),
        ]))),
    }
}

async fn take_name_budget(app: &App, player: &PlayerId) -> Result<(), Stop<GameErrors>> {
    let budget = RateBudget {
        limit: Limit::UserNames,
        id: format!("user names {player}"),
        free: USER_NAMES,
        window: TimeDelta::hours(1),
        then: OverBudget::Wait,
    };
    match app.throttle.take(vec![budget], app.clock.now()).await? {
        RateVerdict::Allowed => Ok(()),
        RateVerdict::Refused { .. } => Err(Stop::Refused(GameErrors::try_again())),
    }
}

/// Checks the old password; the attempt is counted before the check, as at sign-in.
async fn check_old_password(
    app: &App,
    caller: &GameCaller,
    call: &GameCallContext,
    account: &LoginAccount,
    old: &SecretString,
) -> Result<PasswordProof, Stop<GameErrors>> {
    let attempt = login_attempt_of(app, caller, account, None).await?;
    match login_attempts::check_password(&attempt, account, old).await {
        Ok(PasswordCheck::Right(proof)) => Ok(proof),
        Ok(PasswordCheck::Wrong) => {
            record_failure(app, call, account, Kind::IdentityNotConfirmed).await?;
            Err(Stop::Refused(unrecognised()))
        }
        Ok(PasswordCheck::Throttled { .. }) => Err(Stop::Refused(locked())),
        Err(Stop::Refused(HasherOverloaded)) => Err(Stop::Refused(GameErrors::try_again())),
        Err(Stop::Fault(fault)) => Err(Stop::Fault(fault)),
    }
}

/// The facts that decide whether the caller may set the password or the user name.
#[derive(Clone)]
struct AccountAccess {
    player: PlayerId,
    rules: GameRules,
    proof: GivenProof,
    new_password: bool,
    user_name: Option<UserName>,
    /// The error if a proof is missing.
    proof_needed: GameErrors,
}

impl AccountAccess {
    /// Checks the access: first before the slow password hash, then in the transaction, where the result
    /// counts.
    fn check(&self, conn: &mut Conn) -> QueryResult<Result<(), GameErrors>> {
        let is_renamed = match &self.user_name {
            Some(name) => !players::store::is_called(conn, &self.player, name)?,
            None => false,
        };
        let acts = [(self.new_password, GameAct::SetPassword), (is_renamed, GameAct::Rename)];
        for (_, act) in acts.into_iter().filter(|(is_asked, _)| *is_asked) {
            if let Err(missing) = self.rules.judge(conn, act, &self.player, self.proof)? {
                return Ok(Err(match missing {
                    ProofMissing::OldPassword => unrecognised(),
                    ProofMissing::Reauthentication | ProofMissing::AlreadyLinked => self.proof_needed.clone(),
                }));
            }
        }
        Ok(Ok(()))
    }
}

async fn hash_password(
    app: &App,
    player: &PlayerId,
    password: Password,
) -> Result<StoredHash, Stop<GameErrors>> {
    let place = place_of_hash(players::TABLE, player.as_str(), player.as_str());
    app.passwords.hash(password, place).await.map_err(|stop| match stop {
        Stop::Refused(HasherOverloaded) => Stop::Refused(GameErrors::try_again()),
        Stop::Fault(fault) => Stop::Fault(fault),
    })
}

fn change_events(
    call: &GameCallContext,
    known: &PlayerCredentials,
    is_profile: bool,
    is_password: bool,
) -> Vec<AuditEvent> {
    let event = |kind| call.audit_event(kind, Actor::Player).on(&known.id).with(json!({ "door": "game" }));
    let password = if known.password.is_some() { Kind::PasswordChanged } else { Kind::PasswordSet };
    let kinds = [(is_profile, Kind::ProfileChanged), (is_password, password)];
    kinds.into_iter().filter(|(is_changed, _)| *is_changed).map(|(_, kind)| event(kind)).collect()
}

/// A prepared change.
struct DetailsChange {
    player: PlayerId,
    access: AccountAccess,
    proof: Option<PasswordProof>,
    call: GameCallContext,
    display_name: Option<DisplayName>,
    user_name: Option<UserName>,
    language: Option<Language>,
    hash: Option<StoredHash>,
    /// Whether the new password may not stand alone.
    is_short: bool,
    /// With a new password: a session for the acting caller alone, and the one that it acts in.
    alone: Option<(NewGameSession, GameSession)>,
    events: Vec<AuditEvent>,
    message: Option<MailMessage>,
    at: chrono::DateTime<chrono::Utc>,
}

impl DetailsChange {
    /// Returns the session of the acting caller, if a new password gave it another one.
    fn write(&self, conn: &mut Conn) -> Result<Option<GameSession>, Stop<GameErrors>> {
        if !self.call.lock_origin(conn)? {
            return Err(Stop::Refused(GameErrors::not_authorized()));
        }
        if let Some(proof) = &self.proof
            && !proof.still_holds(conn)?
        {
            return Err(Stop::Refused(unrecognised()));
        }
        self.access.check(conn)?.map_err(Stop::Refused)?;
        if let Some(name) = &self.display_name {
            players::store::set_display_name(conn, &self.player, name)?;
        }
        if let Some(language) = self.language {
            players::store::set_language(conn, &self.player, language.as_str())?;
        }
        if let Some(user_name) = &self.user_name {
            match players::store::set_user_name(conn, &self.player, user_name) {
                Err(error) if is_unique_violation(&error) => {
                    return Err(Stop::Refused(GameErrors::of("USERNAME", "TAKEN")));
                }
                set => set?,
            }
        }
        let session = match &self.hash {
            Some(hash) => self.set_password(conn, hash)?,
            None => None,
        };
        for event in &self.events {
            audit::append_event(conn, event)?;
        }
        mail::enqueue(conn, &self.message)?;
        Ok(session)
    }

    /// Sets the password, and ends everything else that is open, other tokens of the acting session too (S25).
    fn set_password(
        &self,
        conn: &mut Conn,
        hash: &StoredHash,
    ) -> Result<Option<GameSession>, Stop<GameErrors>> {
        if self.is_short && !second_factor::store::is_on(conn, &self.player)? {
            return Err(Stop::Refused(GameErrors::of("newPassword", "INVALID")));
        }
        players::store::set_password(conn, &self.player, hash, self.at)?;
        if !players::store::has_usable_password(conn, &self.player)? {
            // A password is useless without a user name or an email address to sign in with.
            return Err(Stop::Refused(GameErrors::of("userName", "REQUIRED")));
        }
        let session = match &self.alone {
            Some((entry, acting)) => Some(game::separate_session(conn, entry, acting)?),
            None => None,
        };
        players::end_everything(conn, &self.player, session.as_ref().map(|session| &session.id))?;
        Ok(session)
    }
}
