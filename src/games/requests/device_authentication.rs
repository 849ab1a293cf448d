//! `DeviceAuthenticationRequest`: signs in by device id, and creates a player for a new id (S147).

use super::caller::GameCaller;
use super::dispatch::RequestResult;
use super::sign_in_response::{SignedInGame, call_context};
use crate::app::App;
use crate::games::devices::{self, DeviceId, DeviceSignInRefusal, PresentedDevice};
use crate::games::protocol::{self, GameErrors};
use crate::platform::fault::Stop;
use crate::platform::i18n::Language;
use crate::platform::name::{DisplayName, ReservedNames};
use crate::sessions::SignedInWith;
use crate::sessions::game::NewGameSession;

pub(in crate::games) async fn authenticate_device(
    app: &App,
    caller: &GameCaller,
    asked: protocol::DeviceAuthentication,
) -> RequestResult {
    let presented = presented_device(app, caller, &asked).map_err(Stop::Refused)?;
    let entry = NewGameSession::prepare(app, caller.session(), &caller.place, SignedInWith::Device)?;
    match devices::authenticate_device(app, &call_context(app, caller), &presented, &entry).await {
        Ok(entered) => {
            let (session, display_name, is_new) = (entered.session, entered.display_name, entered.is_new);
            Ok(SignedInGame { session, display_name, is_new }.authenticated(&entry))
        }
        Err(Stop::Refused(DeviceSignInRefusal::TooMany)) => {
            Err(Stop::Refused(GameErrors::of("deviceId", "TRY_AGAIN")))
        }
        Err(Stop::Refused(DeviceSignInRefusal::Disabled)) => Err(Stop::Refused(GameErrors::not_authorized())),
        Err(Stop::Fault(fault)) => Err(Stop::Fault(fault)),
    }
}

fn presented_device(
    app: &App,
    caller: &GameCaller,
    asked: &protocol::DeviceAuthentication,
) -> Result<PresentedDevice, GameErrors> {
    let device = DeviceId::parse(&asked.device_id).ok_or_else(|| GameErrors::of("deviceId", "INVALID"))?;
    let reserved = ReservedNames::new(&app.config.site.name);
    let display_name = match asked.display_name.as_deref() {
        None | Some("") => None,
        Some(name) => {
            let name = DisplayName::parse(name, &reserved);
            Some(name.map_err(|_| GameErrors::of("displayName", "INVALID"))?)
        }
    };
    let (name, model) = (asked.device_name.as_deref(), asked.device_model.as_deref());
    Ok(PresentedDevice {
        api_key: caller.place.api_key.clone(),
        device,
        label: devices::label_of(app, name, model, &asked.device_os),
        display_name,
        language: asked.language.as_deref().and_then(Language::from_tag),
        segments: protocol::kept_segments(&asked.segments),
    })
}
