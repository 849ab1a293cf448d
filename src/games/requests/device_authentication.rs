//! `DeviceAuthenticationRequest`: signs in by device id, and creates a player for a new id (S147).

use secrecy::SecretString;

use super::caller::GameCaller;
use super::dispatch::{GameRequest, RequestResult};
use super::sign_in_response::{SignedInGame, call_context};
use crate::app::App;
use crate::games::devices::{self, DeviceId, DeviceSignInRefusal, PresentedDevice};
use crate::games::protocol::{Authenticated, GameErrors, GameResponse, RequestFields};
use crate::platform::fault::Stop;
use crate::platform::i18n::Language;
use crate::platform::name::{DisplayName, ReservedNames};
use crate::sessions::SignedInWith;
use crate::sessions::game::NewGameSession;

/// Other device fields are not read. The player recognises the device by name and model.
pub(super) struct DeviceAuthenticationRequest {
    device_id: SecretString,
    device_os: String,
    device_name: Option<String>,
    device_model: Option<String>,
    display_name: Option<String>,
    language: Option<String>,
    segments: Option<String>,
}

impl GameRequest for DeviceAuthenticationRequest {
    const NAME: &'static str = "DeviceAuthenticationRequest";

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

    fn refuse(errors: GameErrors) -> GameResponse {
        GameResponse::Authentication(Authenticated::refused(errors))
    }

    async fn answer(self, app: &App, caller: &GameCaller) -> RequestResult {
        let presented = presented_device(app, caller, self).map_err(Stop::Refused)?;
        let new_session =
            NewGameSession::prepare(app, caller.session(), &caller.place, SignedInWith::Device)?;
        match devices::authenticate_device(app, &call_context(app, caller), &presented, &new_session).await {
            Ok(signed_in) => {
                let (session, display_name, is_new) =
                    (signed_in.session, signed_in.display_name, signed_in.is_new);
                Ok(SignedInGame { session, display_name, is_new }.authenticated(&new_session))
            }
            Err(Stop::Refused(DeviceSignInRefusal::TooMany)) => {
                Err(Stop::Refused(GameErrors::of("deviceId", "TRY_AGAIN")))
            }
            Err(Stop::Refused(DeviceSignInRefusal::Closing)) => {
                Err(Stop::Refused(GameErrors::account_closing(app)))
            }
            Err(Stop::Refused(DeviceSignInRefusal::Disabled)) => {
                Err(Stop::Refused(GameErrors::not_authorized()))
            }
            Err(Stop::Fault(fault)) => Err(Stop::Fault(fault)),
        }
    }
}

fn presented_device(
    app: &App,
    caller: &GameCaller,
    request: DeviceAuthenticationRequest,
) -> Result<PresentedDevice, GameErrors> {
    let device = DeviceId::parse(&request.device_id).ok_or_else(|| GameErrors::of("deviceId", "INVALID"))?;
    let reserved = ReservedNames::new(&app.config.site.name);
    let display_name = match request.display_name.as_deref() {
        None | Some("") => None,
        Some(name) => {
            let name = DisplayName::parse(name, &reserved);
            Some(name.map_err(|_| GameErrors::of("displayName", "INVALID"))?)
        }
    };
    let (name, model) = (request.device_name.as_deref(), request.device_model.as_deref());
    Ok(PresentedDevice {
        api_key: caller.place.api_key.clone(),
        device,
        label: devices::label_of(app, name, model, &request.device_os),
        display_name,
        language: request.language.as_deref().and_then(Language::from_tag),
        segments: request.segments,
    })
}
