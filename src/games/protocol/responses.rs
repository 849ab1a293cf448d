//! The answers and messages to games. `None` is left out, because SDKs fail on a `null`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::app::App;
use crate::platform::ids::PlayerId;

/// Two-letter system names and the player's id there.
pub(in crate::games) type ExternalIds = BTreeMap<&'static str, String>;

/// Error codes by field or topic (docs/protocols/gamesparks.md#errors).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(in crate::games) struct GameErrors(BTreeMap<&'static str, Cow<'static, str>>);

/// The answer to one request.
#[derive(Serialize)]
#[serde(tag = "@class")]
pub(in crate::games) enum GameResponse {
    /// The answer of every sign-in except registration. Some SDKs take up a player from this class only.
    #[serde(rename = ".AuthenticationResponse")]
    Authentication(Authenticated),
    #[serde(rename = ".RegistrationResponse")]
    Registration(Authenticated),
    #[serde(rename = ".AccountDetailsResponse")]
    AccountDetails(AccountDetails),
    #[serde(rename = ".ChangeUserDetailsResponse")]
    ChangeUserDetails(DoneResponse),
    #[serde(rename = ".SocialDisconnectResponse")]
    SocialDisconnect(DoneResponse),
    #[serde(rename = ".EndSessionResponse")]
    EndSession(EndedResponse),
    #[serde(rename = ".AmazonLinkByCodeResponse")]
    AmazonLinkByCode(CodePairResponse),
    #[serde(rename = ".ClaimAccountByCodeResponse")]
    ClaimAccountByCode(CodePairResponse),
    #[serde(rename = ".SignInByCodeResponse")]
    SignInByCode(SignInByCode),
    /// The answer to an unknown request.
    #[serde(rename = ".ErrorResponse")]
    Error(DoneResponse),
}

/// The result of a sign-in. `newPlayer` is present on errors too.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::games) struct Authenticated {
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "auth_token")]
    pub auth_token: Option<SecretString>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<PlayerId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    pub new_player: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub script_data: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub switch_summary: Option<SwitchSummary>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<GameErrors>,
}

/// The player that `errorOnSwitch` kept the connection from switching to.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::games) struct SwitchSummary {
    pub id: PlayerId,
    pub display_name: String,
    pub external_ids: ExternalIds,
    pub online: bool,
    pub achievements: [&'static str; 0],
    pub virtual_goods: [&'static str; 0],
    #[serde(skip_serializing_if = "Option::is_none")]
    pub script_data: Option<Value>,
}

/// The answer to `AccountDetailsRequest`.
///
/// This portal has no goods or currencies, but SDKs expect the empty fields.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::games) struct AccountDetails {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<PlayerId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_ids: Option<ExternalIds>,
    /// The segments of the player; not part of GameSparks' protocol. Left out where there are none.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub segments: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub script_data: Option<Value>,
    /// The state of the Amazon link; not part of GameSparks' protocol.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amazon_link: Option<LinkDetails>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    belongings: Option<Belongings>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<GameErrors>,
}

/// The state of a link, for `amazonLink`.
#[derive(Serialize)]
pub(in crate::games) struct LinkDetails {
    pub state: &'static str,
    /// Whether the portal can refresh its tokens. False for a token that a game presented.
    pub renewable: bool,
}

/// The goods and currencies of a new player: none.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Belongings {
    virtual_goods: EmptyObject,
    currencies: EmptyObject,
    reserved_currencies: EmptyObject,
    currency1: u32,
    currency2: u32,
    currency3: u32,
    currency4: u32,
    currency5: u32,
    currency6: u32,
    reserved_currency1: EmptyObject,
    reserved_currency2: EmptyObject,
    reserved_currency3: EmptyObject,
    reserved_currency4: EmptyObject,
    reserved_currency5: EmptyObject,
    reserved_currency6: EmptyObject,
}

/// Serialises as `{}`.
#[derive(Default, Serialize)]
struct EmptyObject {}

/// An answer without fields, or with an error.
#[derive(Default, Serialize)]
pub(in crate::games) struct DoneResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<GameErrors>,
}

/// The answer to `EndSessionRequest`.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::games) struct EndedResponse {
    /// In milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_duration: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<GameErrors>,
}

/// A code for the player to enter on another device, or the state of an earlier code.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::games) struct CodePairResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub linking_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verification_uri: Option<String>,
    /// In seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<i64>,
    /// In seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub qr_svg: Option<String>,
    /// The state of the linking or claim (docs/games.md#linking-on-a-tv-or-console).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<&'static str>,
    /// The masked name of the Amazon account, in the state `confirm`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amazon_name: Option<String>,
    /// The name of the player, in the state `confirm`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<GameErrors>,
}

/// A code for signing in on a TV, or what became of it.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::games) struct SignInByCode {
    #[serde(flatten)]
    pub code: CodePairResponse,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "auth_token")]
    pub auth_token: Option<SecretString>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<PlayerId>,
}

/// Messages without a request (docs/protocols/gamesparks.md#messages-without-a-request).
#[derive(Serialize)]
#[serde(tag = "@class")]
pub(in crate::games) enum PushMessage {
    /// The connection's session has ended. The connection stays open.
    #[serde(rename = ".SessionTerminatedMessage")]
    SessionTerminated {},
    #[serde(rename = ".AmazonLinkByCodeMessage")]
    AmazonLinkByCode(CodePairResponse),
    /// What became of the code that this connection shows. The game takes it up by its request.
    #[serde(rename = ".SignInByCodeMessage")]
    SignInByCode(CodePairResponse),
    /// The name of the player or the link has changed.
    #[serde(rename = ".AccountChangedMessage")]
    AccountChanged(ChangedAccount),
}

/// The account after a change. `amazonLink` is left out where there is no link.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::games) struct ChangedAccount {
    pub user_id: PlayerId,
    pub display_name: String,
    pub external_ids: ExternalIds,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amazon_link: Option<LinkDetails>,
}

/// An answer with the id of its request.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::games) struct ReplyEnvelope<'a> {
    #[serde(flatten)]
    pub response: &'a GameResponse,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<&'a str>,
}

impl GameErrors {
    pub fn of(name: &'static str, code: &'static str) -> Self {
        Self(BTreeMap::from([(name, Cow::Borrowed(code))]))
    }

    /// `INVALID` for each field whose flag is true.
    pub fn invalid<const N: usize>(fields: [(&'static str, bool); N]) -> Self {
        let wrong = fields.into_iter().filter(|(_, is_wrong)| *is_wrong);
        Self(wrong.map(|(name, _)| (name, Cow::Borrowed("INVALID"))).collect())
    }

    /// The request needs a fresh proof of identity. `portal` names the page for it (S75).
    pub fn proof_needed(app: &App) -> Self {
        let portal = app.config.http.public_url.as_str().trim_end_matches('/');
        Self(BTreeMap::from([
            ("authentication", Cow::Borrowed("REAUTHENTICATION_REQUIRED")),
            ("portal", Cow::Owned(format!("{portal}/link/amazon"))),
        ]))
    }

    /// The password is right, and the player's second factor is on: the request needs a code. `portal` is where the player
    /// signs in with it instead, and looks after it (S157).
    pub fn second_factor_needed(app: &App) -> Self {
        let portal = app.config.http.public_url.as_str().trim_end_matches('/');
        Self(BTreeMap::from([
            ("authentication", Cow::Borrowed("SECOND_FACTOR_REQUIRED")),
            ("portal", Cow::Owned(format!("{portal}/account/two-step"))),
        ]))
    }

    /// The player's account closes. `portal` names the page where the player may keep it.
    pub fn account_closing(app: &App) -> Self {
        let portal = app.config.http.public_url.as_str().trim_end_matches('/');
        Self(BTreeMap::from([
            ("authentication", Cow::Borrowed("ACCOUNT_CLOSING")),
            ("portal", Cow::Owned(format!("{portal}/sign-in"))),
        ]))
    }

    /// The request needs a signed-in player.
    pub fn not_authorized() -> Self {
        Self::of("authentication", "NOTAUTHORIZED")
    }

    /// A temporary failure that is not the game's fault.
    pub fn try_again() -> Self {
        Self::of("request", "TRY_AGAIN")
    }
}

impl From<BTreeMap<&'static str, &'static str>> for GameErrors {
    fn from(errors: BTreeMap<&'static str, &'static str>) -> Self {
        Self(errors.into_iter().map(|(name, code)| (name, Cow::Borrowed(code))).collect())
    }
}

impl Authenticated {
    pub fn refused(errors: GameErrors) -> Self {
        Self { error: Some(errors), ..Self::default() }
    }
}

impl CodePairResponse {
    pub fn refused(errors: GameErrors) -> Self {
        Self { error: Some(errors), ..Self::default() }
    }
}

impl SignInByCode {
    pub fn refused(errors: GameErrors) -> Self {
        Self { code: CodePairResponse::refused(errors), ..Self::default() }
    }
}

impl AccountDetails {
    pub fn refused(errors: GameErrors) -> Self {
        Self { error: Some(errors), ..Self::default() }
    }

    pub fn of(user_id: PlayerId, display_name: String, external_ids: ExternalIds) -> Self {
        Self {
            user_id: Some(user_id),
            display_name: Some(display_name),
            external_ids: Some(external_ids),
            segments: BTreeMap::new(),
            script_data: None,
            amazon_link: None,
            belongings: Some(Belongings::default()),
            error: None,
        }
    }
}

impl GameResponse {
    /// Whether the request was not carried out.
    pub fn is_refused(&self) -> bool {
        let error = match self {
            Self::Authentication(answer) | Self::Registration(answer) => &answer.error,
            Self::AccountDetails(answer) => &answer.error,
            Self::ChangeUserDetails(answer) | Self::SocialDisconnect(answer) | Self::Error(answer) => {
                &answer.error
            }
            Self::EndSession(answer) => &answer.error,
            Self::AmazonLinkByCode(answer) | Self::ClaimAccountByCode(answer) => &answer.error,
            Self::SignInByCode(answer) => &answer.code.error,
        };
        error.is_some()
    }

    /// Where the answer says what the game keeps with its player, if it does.
    pub fn script_data(&mut self) -> Option<&mut Option<Value>> {
        match self {
            Self::Authentication(answer) | Self::Registration(answer) => Some(&mut answer.script_data),
            Self::AccountDetails(answer) => Some(&mut answer.script_data),
            _ => None,
        }
    }

    /// The answer to an unknown class, and to text that is no message.
    pub fn unrecognised() -> Self {
        Self::Error(DoneResponse { error: Some(GameErrors::of("@class", "UNRECOGNISED")) })
    }
}

/// Serialises a token; no other code writes one into an answer.
#[expect(clippy::ref_option, reason = "serde hands the field as it is")]
pub(in crate::games) fn auth_token<S: Serializer>(
    token: &Option<SecretString>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match token {
        Some(token) => serializer.serialize_str(token.expose_secret()),
        None => serializer.serialize_none(),
    }
}
