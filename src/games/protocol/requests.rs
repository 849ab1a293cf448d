//! The requests that a game may send (docs/protocols/gamesparks.md#requests-and-answers).

use std::collections::BTreeMap;

use secrecy::SecretString;

use super::fields::RequestFields;

/// Segment types and their values, stored with a player that the request creates.
pub(in crate::games) type Segments = BTreeMap<String, String>;

/// Segments as stored in a player's row: a JSON object of strings.
pub(in crate::games) fn kept_segments(segments: &Segments) -> Option<String> {
    // A map of strings always serialises.
    (!segments.is_empty()).then(|| serde_json::to_string(segments).unwrap_or_default())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::games) enum RequestKind {
    AmazonConnect,
    Registration,
    Authentication,
    DeviceAuthentication,
    AccountDetails,
    ChangeUserDetails,
    SocialDisconnect,
    EndSession,
    AmazonLinkByCode,
    ClaimAccountByCode,
}

/// A parsed request.
pub(in crate::games) enum GameRequest {
    AmazonConnect(AmazonConnect),
    Registration(Registration),
    Authentication(Authentication),
    DeviceAuthentication(DeviceAuthentication),
    AccountDetails,
    ChangeUserDetails(ChangeUserDetails),
    SocialDisconnect(SocialDisconnect),
    EndSession,
    AmazonLinkByCode(AmazonLinkByCode),
    ClaimAccountByCode(ClaimAccountByCode),
}

/// Fields of `AmazonConnectRequest` (docs/protocols/gamesparks.md#amazonconnectrequest).
#[expect(clippy::struct_excessive_bools, reason = "the flags of the interface we keep")]
pub(in crate::games) struct AmazonConnect {
    pub access_token: SecretString,
    pub do_not_link_to_current_player: bool,
    pub error_on_switch: bool,
    pub switch_if_possible: bool,
    pub sync_display_name: bool,
    pub do_not_create_new_player: bool,
    pub segments: Segments,
}

/// Fields of `RegistrationRequest`.
pub(in crate::games) struct Registration {
    pub display_name: String,
    pub user_name: String,
    pub password: SecretString,
    pub segments: Segments,
}

/// Fields of `AuthenticationRequest`. `language` is not read, because signing in changes no profile.
pub(in crate::games) struct Authentication {
    pub user_name: String,
    pub password: SecretString,
}

/// Fields of `DeviceAuthenticationRequest`.
///
/// Other device fields are not read. The player recognises the device by name and model.
pub(in crate::games) struct DeviceAuthentication {
    pub device_id: SecretString,
    pub device_os: String,
    pub device_name: Option<String>,
    pub device_model: Option<String>,
    pub display_name: Option<String>,
    pub language: Option<String>,
    pub segments: Segments,
}

/// Fields of `ChangeUserDetailsRequest`.
pub(in crate::games) struct ChangeUserDetails {
    pub display_name: Option<String>,
    pub language: Option<String>,
    pub new_password: Option<SecretString>,
    pub old_password: Option<SecretString>,
    pub user_name: Option<String>,
}

/// Fields of `SocialDisconnectRequest`.
pub(in crate::games) struct SocialDisconnect {
    pub system_id: String,
}

/// Fields of `AmazonLinkByCodeRequest`. Without an id it begins a linking, with one it asks for the state.
pub(in crate::games) struct AmazonLinkByCode {
    pub linking_id: Option<String>,
}

/// Fields of `ClaimAccountByCodeRequest`. Without an id it begins a claim, with one it asks for the state.
pub(in crate::games) struct ClaimAccountByCode {
    pub linking_id: Option<String>,
}

impl RequestKind {
    /// The request with this name, without the leading dot.
    pub fn of(name: &str) -> Option<Self> {
        Some(match name {
            "AmazonConnectRequest" => Self::AmazonConnect,
            "RegistrationRequest" => Self::Registration,
            "AuthenticationRequest" => Self::Authentication,
            "DeviceAuthenticationRequest" => Self::DeviceAuthentication,
            "AccountDetailsRequest" => Self::AccountDetails,
            "ChangeUserDetailsRequest" => Self::ChangeUserDetails,
            "SocialDisconnectRequest" => Self::SocialDisconnect,
            "EndSessionRequest" => Self::EndSession,
            "AmazonLinkByCodeRequest" => Self::AmazonLinkByCode,
            "ClaimAccountByCodeRequest" => Self::ClaimAccountByCode,
            _ => return None,
        })
    }

    /// The name for the log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AmazonConnect => "AmazonConnectRequest",
            Self::Registration => "RegistrationRequest",
            Self::Authentication => "AuthenticationRequest",
            Self::DeviceAuthentication => "DeviceAuthenticationRequest",
            Self::AccountDetails => "AccountDetailsRequest",
            Self::ChangeUserDetails => "ChangeUserDetailsRequest",
            Self::SocialDisconnect => "SocialDisconnectRequest",
            Self::EndSession => "EndSessionRequest",
            Self::AmazonLinkByCode => "AmazonLinkByCodeRequest",
            Self::ClaimAccountByCode => "ClaimAccountByCodeRequest",
        }
    }
}

impl GameRequest {
    /// Reads the request's fields. Errors are collected in `fields`.
    pub(super) fn read(kind: RequestKind, fields: &mut RequestFields) -> Self {
        match kind {
            RequestKind::AmazonConnect => Self::AmazonConnect(AmazonConnect::read(fields)),
            RequestKind::Registration => Self::Registration(Registration::read(fields)),
            RequestKind::Authentication => Self::Authentication(Authentication::read(fields)),
            RequestKind::DeviceAuthentication => {
                Self::DeviceAuthentication(DeviceAuthentication::read(fields))
            }
            RequestKind::AccountDetails => Self::AccountDetails,
            RequestKind::ChangeUserDetails => Self::ChangeUserDetails(ChangeUserDetails::read(fields)),
            RequestKind::SocialDisconnect => {
                Self::SocialDisconnect(SocialDisconnect { system_id: fields.required_text("systemId") })
            }
            RequestKind::EndSession => Self::EndSession,
            RequestKind::AmazonLinkByCode => {
                let linking_id = fields.text("linkingId");
                fields.nothing_else();
                Self::AmazonLinkByCode(AmazonLinkByCode { linking_id })
            }
            RequestKind::ClaimAccountByCode => {
                let linking_id = fields.text("linkingId");
                fields.nothing_else();
                Self::ClaimAccountByCode(ClaimAccountByCode { linking_id })
            }
        }
    }

    pub fn kind(&self) -> RequestKind {
        match self {
            Self::AmazonConnect(_) => RequestKind::AmazonConnect,
            Self::Registration(_) => RequestKind::Registration,
            Self::Authentication(_) => RequestKind::Authentication,
            Self::DeviceAuthentication(_) => RequestKind::DeviceAuthentication,
            Self::AccountDetails => RequestKind::AccountDetails,
            Self::ChangeUserDetails(_) => RequestKind::ChangeUserDetails,
            Self::SocialDisconnect(_) => RequestKind::SocialDisconnect,
            Self::EndSession => RequestKind::EndSession,
            Self::AmazonLinkByCode(_) => RequestKind::AmazonLinkByCode,
            Self::ClaimAccountByCode(_) => RequestKind::ClaimAccountByCode,
        }
    }
}

impl AmazonConnect {
    fn read(fields: &mut RequestFields) -> Self {
        Self {
            access_token: fields.required_secret("accessToken"),
            do_not_link_to_current_player: fields.flag("doNotLinkToCurrentPlayer"),
            error_on_switch: fields.flag("errorOnSwitch"),
            switch_if_possible: fields.flag("switchIfPossible"),
            sync_display_name: fields.flag("syncDisplayName"),
            do_not_create_new_player: fields.flag("doNotCreateNewPlayer"),
            segments: fields.segments(),
        }
    }
}

impl Registration {
    fn read(fields: &mut RequestFields) -> Self {
        Self {
            display_name: fields.required_text("displayName"),
            user_name: fields.required_text("userName"),
            password: fields.required_secret("password"),
            segments: fields.segments(),
        }
    }
}

impl Authentication {
    fn read(fields: &mut RequestFields) -> Self {
        Self { user_name: fields.required_text("userName"), password: fields.required_secret("password") }
    }
}

impl DeviceAuthentication {
    fn read(fields: &mut RequestFields) -> Self {
        let device_os = fields.text("deviceOS").unwrap_or_default();
        if device_os.is_empty() {
            // GameSparks' documented error, although other systems are accepted too
            // (docs/protocols/gamesparks.md#errors).
            fields.refuse("deviceOS", "IOS|ANDROID|WP8");
        }
        Self {
            device_id: fields.required_secret("deviceId"),
            device_os,
            device_name: fields.text("deviceName"),
            device_model: fields.text("deviceModel"),
            display_name: fields.text("displayName"),
            language: fields.text("language"),
            segments: fields.segments(),
        }
    }
}

impl ChangeUserDetails {
    fn read(fields: &mut RequestFields) -> Self {
        Self {
            display_name: fields.text("displayName"),
            language: fields.text("language"),
            new_password: fields.secret("newPassword"),
            old_password: fields.secret("oldPassword"),
            user_name: fields.text("userName"),
        }
    }
}
