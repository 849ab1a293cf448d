//! What a game is told. What is `None` is left out: SDKs trip over a `null` (contract §4.2).

use std::borrow::Cow;
use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};
use serde::{Serialize, Serializer};

use super::requests::RequestKind;
use crate::app::App;
use crate::platform::ids::PlayerId;

/// Two-letter systems and the player's id there (contract §7.1).
pub(in crate::games) type ExternalIds = BTreeMap<&'static str, String>;

/// Field or topic, and what is wrong with it (contract §4.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(in crate::games) struct GameErrors(BTreeMap<&'static str, Cow<'static, str>>);

/// The answer to one request.
#[derive(Serialize)]
#[serde(tag = "@class")]
pub(in crate::games) enum GameResponse {
    /// Of every way in but registration; SDKs take up a player from this class alone.
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
    /// To what is no request of ours (product §5).
    #[serde(rename = ".ErrorResponse")]
    Error(DoneResponse),
}

/// Contract §5.2. `newPlayer` is told on errors too.
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
    pub switch_summary: Option<SwitchSummary>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<GameErrors>,
}

/// The player whom a game would have moved to (contract §5.5).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::games) struct SwitchSummary {
    pub id: PlayerId,
    pub display_name: String,
    pub external_ids: ExternalIds,
    pub online: bool,
    pub achievements: [&'static str; 0],
    pub virtual_goods: [&'static str; 0],
}

/// Contract §7. Goods and money are no business of this portal, and SDKs expect them empty.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::games) struct AccountDetails {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<PlayerId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_ids: Option<ExternalIds>,
    /// Not of GameSparks: how the link is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amazon_link: Option<LinkDetails>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    belongings: Option<Belongings>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<GameErrors>,
}

/// How a link is (product §2).
#[derive(Serialize)]
pub(in crate::games) struct LinkDetails {
    pub state: &'static str,
    /// Whether the portal can renew its tokens; never with a token that was handed over.
    pub renewable: bool,
}

/// What a fresh player of GameSparks had: nothing.
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

/// `{}`.
#[derive(Default, Serialize)]
struct EmptyObject {}

/// An answer that is nothing but well, or an error.
#[derive(Default, Serialize)]
pub(in crate::games) struct DoneResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<GameErrors>,
}

/// Contract §9.5.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::games) struct EndedResponse {
    /// In milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_duration: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<GameErrors>,
}

/// A code for a person with a phone, or how it went with one (product §9).
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
    /// Where linking stands, in words of the closed list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<GameErrors>,
}

/// What is told without being asked (contract §4.4).
#[derive(Serialize)]
#[serde(tag = "@class")]
pub(in crate::games) enum PushMessage {
    /// The player is signed out here; the connection stays.
    #[serde(rename = ".SessionTerminatedMessage")]
    SessionTerminated {},
    #[serde(rename = ".AmazonLinkByCodeMessage")]
    AmazonLinkByCode(CodePairResponse),
}

/// A response with the id of its request.
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

    /// `INVALID` for each field that is wrong.
    pub fn invalid<const N: usize>(fields: [(&'static str, bool); N]) -> Self {
        let wrong = fields.into_iter().filter(|(_, is_wrong)| *is_wrong);
        Self(wrong.map(|(name, _)| (name, Cow::Borrowed("INVALID"))).collect())
    }

    /// It needs a credential proven lately, and where to prove one (S75).
    pub fn proof_needed(app: &App) -> Self {
        let portal = app.config.http.public_url.as_str().trim_end_matches('/');
        Self(BTreeMap::from([
            ("authentication", Cow::Borrowed("REAUTHENTICATION_REQUIRED")),
            ("portal", Cow::Owned(format!("{portal}/link/amazon"))),
        ]))
    }

    /// Nobody is signed in (product §5).
    pub fn not_authorized() -> Self {
        Self::of("authentication", "NOTAUTHORIZED")
    }

    /// It did not work this time, through no fault of the game's.
    pub fn try_again() -> Self {
        Self::of("request", "TRY_AGAIN")
    }
}

impl From<BTreeMap<&'static str, &'static str>> for GameErrors {
    fn from(errors: BTreeMap<&'static str, &'static str>) -> Self {
        Self(errors.into_iter().map(|(name, code)| (name, Cow::Borrowed(code))).collect())
    }
}

impl AccountDetails {
    pub fn of(user_id: PlayerId, display_name: String, external_ids: ExternalIds) -> Self {
        Self {
            user_id: Some(user_id),
            display_name: Some(display_name),
            external_ids: Some(external_ids),
            amazon_link: None,
            belongings: Some(Belongings::default()),
            error: None,
        }
    }
}

impl GameResponse {
    /// The answer in the request's own class: there is none for errors (contract §4.3).
    pub fn refused(kind: RequestKind, errors: GameErrors) -> Self {
        let error = Some(errors);
        match kind {
            RequestKind::AmazonConnect | RequestKind::Authentication | RequestKind::DeviceAuthentication => {
                Self::Authentication(Authenticated { error, ..Authenticated::default() })
            }
            RequestKind::Registration => {
                Self::Registration(Authenticated { error, ..Authenticated::default() })
            }
            RequestKind::AccountDetails => {
                Self::AccountDetails(AccountDetails { error, ..AccountDetails::default() })
            }
            RequestKind::ChangeUserDetails => Self::ChangeUserDetails(DoneResponse { error }),
            RequestKind::SocialDisconnect => Self::SocialDisconnect(DoneResponse { error }),
            RequestKind::EndSession => Self::EndSession(EndedResponse { error, ..EndedResponse::default() }),
            RequestKind::AmazonLinkByCode => {
                Self::AmazonLinkByCode(CodePairResponse { error, ..CodePairResponse::default() })
            }
            RequestKind::ClaimAccountByCode => {
                Self::ClaimAccountByCode(CodePairResponse { error, ..CodePairResponse::default() })
            }
        }
    }

    /// To an unknown class, and to what is no message at all (product §5).
    pub fn unrecognised() -> Self {
        Self::Error(DoneResponse { error: Some(GameErrors::of("@class", "UNRECOGNISED")) })
    }
}

/// The one way in which a token leaves.
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
