//! The portal as a relying party: what browsers are asked for, and how their answers are judged.

use serde_json::{Value, json};
use webauthn_rs::prelude::{
    Credential, DiscoverableAuthentication, DiscoverableKey, Passkey, PasskeyAuthentication,
    PasskeyRegistration, PublicKeyCredential, RegisterPublicKeyCredential, Url, Uuid, Webauthn,
    WebauthnBuilder, WebauthnError,
};

use data_encoding::BASE64URL_NOPAD;

use crate::accounts::passkeys::model::{AnswerRejection, NewPasskeyKey, StoredPasskey};
use crate::app::App;
use crate::platform::fault::Fault;
use crate::platform::ids::PlayerId;

/// The portal's identity towards authenticators.
pub(super) struct RelyingParty(Webauthn);

/// What the browser is asked, and what its answer is compared with.
pub(super) struct BegunCeremony {
    pub options: Value,
    pub state: String,
}

/// How an authenticator shows the player.
pub(super) struct PasskeyOwner<'a> {
    pub player: &'a PlayerId,
    pub name: &'a str,
    pub display_name: &'a str,
}

/// Which passkey answers, before anything is checked.
pub(super) struct ClaimedPasskey {
    pub credential_id: String,
    /// The player that the authenticator names. Always there where the portal named no passkey.
    pub player: Option<PlayerId>,
    answer: PublicKeyCredential,
}

/// A use of a passkey that is signed as it should be.
#[derive(Clone, Copy, Debug)]
pub(super) struct PasskeyUse {
    pub sign_count: i64,
    pub is_backup_eligible: bool,
    pub is_backed_up: bool,
}

/// Why a use is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UseRefusal {
    Rejected(AnswerRejection),
    /// The signature is right, but the counter went back: there may be a copy of the passkey.
    MayBeCopied,
}

impl RelyingParty {
    /// `None` if the public URL names an address instead of a host, because passkeys need a domain.
    pub fn of(app: &App) -> Option<Self> {
        let (url, others) = (&app.config.http.public_url, &app.config.http.passkey_origins);
        let builder = WebauthnBuilder::new(url.domain()?, url).ok()?.rp_name(&app.config.site.name);
        let others = others.iter().filter_map(|origin| Url::parse(&origin.ascii_serialization()).ok());
        let builder = others.fold(builder, |builder, origin| builder.append_allowed_origin(&origin));
        builder.build().ok().map(Self)
    }

    /// Whether players can use passkeys here.
    pub fn is_possible(app: &App) -> bool {
        app.config.http.public_url.domain().is_some()
    }

    pub fn begin_add(
        &self,
        owner: &PasskeyOwner<'_>,
        present: &[StoredPasskey],
    ) -> Result<BegunCeremony, Fault> {
        let during = "beginning to add a passkey";
        let user = Uuid::parse_str(owner.player.as_str()).map_err(|error| Fault::broken(during, error))?;
        let exclude = present.iter().filter_map(StoredPasskey::raw_id).collect();
        let (options, state) = self
            .0
            .start_passkey_registration(user, owner.name, owner.display_name, Some(exclude))
            .map_err(|error| Fault::broken(during, error))?;
        let mut options = public_key_of(during, options)?;
        // The crate leaves it to the authenticator; a sign-in without a typed name needs it.
        if let Some(Value::Object(selection)) = options.get_mut("authenticatorSelection") {
            selection.insert("residentKey".to_owned(), json!("required"));
            selection.insert("requireResidentKey".to_owned(), json!(true));
        }
        Ok(BegunCeremony { options, state: written(during, &state)? })
    }

    pub fn finish_add(
        &self,
        state: &str,
        answer: &str,
    ) -> Result<Result<NewPasskeyKey, AnswerRejection>, Fault> {
        let during = "adding a passkey";
        let state: PasskeyRegistration = read(during, state)?;
        let Ok(answer) = serde_json::from_str::<RegisterPublicKeyCredential>(answer) else {
            return Ok(Err(AnswerRejection::Malformed));
        };
        let passkey = match self.0.finish_passkey_registration(&answer, &state) {
            Ok(passkey) => passkey,
            Err(error) => return Ok(Err(rejection_of(&error))),
        };
        let credential_text = written(during, &passkey)?;
        let credential = Credential::from(passkey);
        Ok(Ok(NewPasskeyKey {
            credential_id: BASE64URL_NOPAD.encode(credential.cred_id.as_slice()),
            credential: credential_text,
            sign_count: i64::from(credential.counter),
            is_backup_eligible: credential.backup_eligible,
            is_backed_up: credential.backup_state,
        }))
    }

    /// Asks for any passkey of this portal, whose player the authenticator names.
    pub fn begin_sign_in(&self) -> Result<BegunCeremony, Fault> {
        let during = "beginning a sign-in with a passkey";
        let (options, state) =
            self.0.start_discoverable_authentication().map_err(|error| Fault::broken(during, error))?;
        Ok(BegunCeremony { options: public_key_of(during, options)?, state: written(during, &state)? })
    }

    /// Asks for one of these passkeys.
    pub fn begin_confirm(&self, present: &[StoredPasskey]) -> Result<BegunCeremony, Fault> {
        let during = "beginning a proof with a passkey";
        let keys = present.iter().map(StoredPasskey::key).collect::<Result<Vec<_>, _>>()?;
        let (options, state) =
            self.0.start_passkey_authentication(&keys).map_err(|error| Fault::broken(during, error))?;
        Ok(BegunCeremony { options: public_key_of(during, options)?, state: written(during, &state)? })
    }

    pub fn finish_sign_in(
        &self,
        state: &str,
        claimed: &ClaimedPasskey,
        stored: &StoredPasskey,
    ) -> Result<Result<PasskeyUse, UseRefusal>, Fault> {
        let state: DiscoverableAuthentication = read("signing in with a passkey", state)?;
        let key = DiscoverableKey::from(stored.key()?);
        let done = self.0.finish_discoverable_authentication_v2(&claimed.answer, state, &key);
        Ok(done.map(|done| PasskeyUse::of(&done)).map_err(|error| use_refusal_of(&error)))
    }

    /// The state of such a ceremony holds the player's passkeys as they were at its beginning.
    pub fn finish_confirm(
        &self,
        state: &str,
        claimed: &ClaimedPasskey,
    ) -> Result<Result<PasskeyUse, UseRefusal>, Fault> {
        let state: PasskeyAuthentication = read("proving with a passkey", state)?;
        let done = self.0.finish_passkey_authentication(&claimed.answer, &state);
        Ok(done.map(|done| PasskeyUse::of(&done)).map_err(|error| use_refusal_of(&error)))
    }
}

impl ClaimedPasskey {
    pub fn parse(answer: &str) -> Result<Self, AnswerRejection> {
        let answer: PublicKeyCredential =
            serde_json::from_str(answer).map_err(|_| AnswerRejection::Malformed)?;
        let handle = answer.response.user_handle.as_deref();
        let player = match handle.filter(|handle| !handle.is_empty()) {
            Some(handle) => {
                let id = Uuid::from_slice(handle).map_err(|_| AnswerRejection::UnknownPasskey)?;
                Some(PlayerId::from(id.to_string()))
            }
            None => None,
        };
        Ok(Self { credential_id: BASE64URL_NOPAD.encode(answer.raw_id.as_slice()), player, answer })
    }
}

impl PasskeyUse {
    fn of(done: &webauthn_rs::prelude::AuthenticationResult) -> Self {
        Self {
            sign_count: i64::from(done.counter()),
            is_backup_eligible: done.backup_eligible(),
            is_backed_up: done.backup_state(),
        }
    }
}

impl StoredPasskey {
    fn raw_id(&self) -> Option<Vec<u8>> {
        BASE64URL_NOPAD.decode(self.credential_id.as_bytes()).ok()
    }

    /// The key with the counter and the flags of its last use.
    fn key(&self) -> Result<Passkey, Fault> {
        let during = "reading a stored passkey";
        let passkey: Passkey = read(during, &self.credential)?;
        let mut credential = Credential::from(passkey);
        credential.counter = u32::try_from(self.sign_count).map_err(|error| Fault::broken(during, error))?;
        credential.backup_eligible = self.is_backup_eligible;
        credential.backup_state = self.is_backed_up;
        Ok(Passkey::from(credential))
    }
}

/// The player's id as authenticators store it.
pub(super) fn user_handle(player: &PlayerId) -> String {
    Uuid::parse_str(player.as_str()).map(|id| BASE64URL_NOPAD.encode(id.as_bytes())).unwrap_or_default()
}

fn use_refusal_of(error: &WebauthnError) -> UseRefusal {
    match error {
        WebauthnError::CredentialPossibleCompromise => UseRefusal::MayBeCopied,
        error => UseRefusal::Rejected(rejection_of(error)),
    }
}

fn rejection_of(error: &WebauthnError) -> AnswerRejection {
    match error {
        WebauthnError::InvalidRPOrigin
        | WebauthnError::InvalidRPIDHash
        | WebauthnError::CredentialCrossOrigin => AnswerRejection::WrongOrigin,
        WebauthnError::MismatchedChallenge => AnswerRejection::WrongChallenge,
        WebauthnError::UserNotVerified | WebauthnError::UserNotPresent => AnswerRejection::NotVerified,
        WebauthnError::CredentialBackupEligibilityInconsistent
        | WebauthnError::CredentialMayNotBeHardwareBound => AnswerRejection::WrongBackupFlags,
        WebauthnError::CredentialNotFound => AnswerRejection::UnknownPasskey,
        _ => AnswerRejection::Invalid,
    }
}

/// The options as browsers take them. Whether autofill offers the passkey is decided by the script.
fn public_key_of(during: &'static str, options: impl serde::Serialize) -> Result<Value, Fault> {
    let mut options = serde_json::to_value(options).map_err(|error| Fault::broken(during, error))?;
    Ok(options.get_mut("publicKey").map(Value::take).unwrap_or_default())
}

fn written(during: &'static str, value: &impl serde::Serialize) -> Result<String, Fault> {
    serde_json::to_string(value).map_err(|error| Fault::broken(during, error))
}

fn read<T: serde::de::DeserializeOwned>(during: &'static str, text: &str) -> Result<T, Fault> {
    serde_json::from_str(text).map_err(|error| Fault::broken(during, error))
}
