//! Signs in by device id: finds the device's player, or creates one.

use chrono::TimeDelta;
use serde_json::json;

use crate::accounts::players::{self, NewGamePlayer, PlayerCredentials};
use crate::app::App;
use crate::audit::{self, Actor, AuditEvent, Kind};
use crate::games::devices::model::{Device, DeviceId};
use crate::games::devices::store::{self, NewDevice};
use crate::links::GameCallContext;
use crate::outbound::mail::{self, MailMessage};
use crate::platform::crypto::keys::LookupPurpose;
use crate::platform::db::{Conn, is_unique_violation, new_id};
use crate::platform::fault::{Fault, Stop};
use crate::platform::i18n::Language;
use crate::platform::ids::PlayerId;
use crate::platform::metrics::Limit;
use crate::platform::name::DisplayName;
use crate::platform::rate_limit::{OverBudget, RateBudget, RateVerdict};
use crate::sessions::game::{self, GameSession, NewGameSession};

/// A device id, with the other fields of the request.
pub struct PresentedDevice {
    pub api_key: String,
    pub device: DeviceId,
    /// See [`crate::games::devices::label_of`].
    pub label: String,
    /// Only for a new player, and the language too.
    pub display_name: Option<DisplayName>,
    pub language: Option<Language>,
    /// Replaces the segments of the player: a JSON object of strings.
    pub segments: Option<String>,
}

/// The result of a sign-in by device.
pub struct DeviceSignedIn {
    pub session: GameSession,
    pub display_name: String,
    pub is_new: bool,
}

/// Why a device is not signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceSignInRefusal {
    /// The network has presented too many unknown device ids.
    TooMany,
    Disabled,
    /// The player's account closes.
    Closing,
}

/// Why the transaction was rolled back.
enum DeviceWriteError {
    Race,
    Disabled,
    Closing,
}

const ATTEMPTS: u32 = 5;

/// Mails about devices that one player gets in a day (S20).
const MAILS_IN_A_DAY: u32 = 3;

/// Signs the device's player in, or creates a player for an unknown id.
///
/// An unknown id counts as a guess of the network (S14, S147). A known one is looked up first and counts nothing, so
/// that no neighbour's guesses keep it out (S16).
pub async fn authenticate_device(
    app: &App,
    call: &GameCallContext,
    presented: &PresentedDevice,
    new_session: &NewGameSession,
) -> Result<DeviceSignedIn, Stop<DeviceSignInRefusal>> {
    let hash = presented.device.hash(app, &presented.api_key);
    let mut is_counted = false;
    for _ in 0..ATTEMPTS {
        let sign_in = read_device(app, call, presented, &hash, new_session).await?;
        let is_new = matches!(sign_in.owner, DeviceOwner::New(..));
        if is_new && !is_counted {
            count_unknown_id(app, call).await?;
            is_counted = true;
        }
        match app.db.write_or_refuse(move |conn| sign_in.write(conn)).await {
            Ok((session, display_name)) => return Ok(DeviceSignedIn { session, display_name, is_new }),
            Err(Stop::Refused(DeviceWriteError::Race)) => {}
            Err(Stop::Refused(DeviceWriteError::Disabled)) => {
                return Err(Stop::Refused(DeviceSignInRefusal::Disabled));
            }
            Err(Stop::Refused(DeviceWriteError::Closing)) => {
                return Err(Stop::Refused(DeviceSignInRefusal::Closing));
            }
            Err(Stop::Fault(fault)) => return Err(Stop::Fault(fault)),
        }
    }
    Err(Stop::Refused(DeviceSignInRefusal::TooMany))
}

async fn count_unknown_id(app: &App, call: &GameCallContext) -> Result<(), Stop<DeviceSignInRefusal>> {
    let guessing = &app.config.policy.guessing;
    let network = app.keys.lookup.hash(LookupPurpose::Network, &call.network);
    let limit = RateBudget {
        limit: Limit::DeviceIds,
        id: format!("device ids network {network}"),
        free: guessing.network_failures,
        window: guessing.window,
        then: OverBudget::Wait,
    };
    if app.throttle.take(vec![limit], call.at).await? == RateVerdict::Allowed {
        return Ok(());
    }
    tracing::warn!(event = "games.device_id.rate_limited", "a network sent too many unknown device ids");
    Err(Stop::Refused(DeviceSignInRefusal::TooMany))
}

/// A prepared sign-in.
struct DeviceSignIn {
    owner: DeviceOwner,
    segments: Option<String>,
    new_session: NewGameSession,
    events: Vec<AuditEvent>,
    message: Option<MailMessage>,
}

enum DeviceOwner {
    Known(Box<Device>),
    New(Box<NewGamePlayer>, Box<NewDevice>),
}

async fn read_device(
    app: &App,
    call: &GameCallContext,
    presented: &PresentedDevice,
    hash: &str,
    new_session: &NewGameSession,
) -> Result<DeviceSignIn, Fault> {
    let searched_hash = hash.to_owned();
    let found = app
        .db
        .read(move |conn| {
            let Some(device) = store::find_device(conn, &searched_hash)? else { return Ok(None) };
            let player = players::store::credentials_by_id(conn, &device.player)?;
            Ok(player.map(|player| (device, player)))
        })
        .await?;
    let event = |kind, player: &PlayerId| call.audit_event(kind, Actor::Player).on(player);
    let details = json!({ "with": "device", "door": "game" });
    let Some((device, player)) = found else {
        let id = PlayerId::new(call.at);
        let events = vec![
            event(Kind::PlayerRegistered, &id).with(details.clone()),
            event(Kind::PlayerSignedIn, &id).with(details),
        ];
        let owner = new_player(call, presented, hash, id);
        return Ok(DeviceSignIn {
            owner,
            segments: None,
            new_session: new_session.clone(),
            events,
            message: None,
        });
    };
    let mut events = vec![event(Kind::PlayerSignedIn, &player.id).with(details)];
    // A thief who copies the id can copy the label as well, so a new network is told too.
    let is_told = device.mailed_label.as_deref() == Some(&presented.label) && device.network == call.network;
    let told = if is_told { None } else { device_added_message(app, &player, &presented.label)? };
    if told.is_some() {
        events.push(event(Kind::DeviceAdded, &player.id).with(json!({ "door": "game" })));
    }
    let used = Device {
        label: presented.label.clone(),
        mailed_label: if told.is_some() {
            Some(presented.label.clone())
        } else {
            device.mailed_label.clone()
        },
        network: call.network.clone(),
        last_used_at: call.at,
        ..device
    };
    // Beyond the day's mails the owner still finds the line among the account's activity.
    let message = if told.is_some() && may_mail(app, call, &player.id).await? { told } else { None };
    Ok(DeviceSignIn {
        owner: DeviceOwner::Known(Box::new(used)),
        segments: presented.segments.clone(),
        new_session: new_session.clone(),
        events,
        message,
    })
}

/// Counts one mail about the player's devices. Whoever holds an id can change its label as often as they like.
async fn may_mail(app: &App, call: &GameCallContext, player: &PlayerId) -> Result<bool, Fault> {
    let limit = RateBudget {
        limit: Limit::DeviceMails,
        id: format!("device mails {player}"),
        free: MAILS_IN_A_DAY,
        window: TimeDelta::days(1),
        then: OverBudget::Wait,
    };
    Ok(app.throttle.take(vec![limit], call.at).await? == RateVerdict::Allowed
        && mail::may_send_to_player(app, true, call.at).await?)
}

fn new_player(call: &GameCallContext, presented: &PresentedDevice, hash: &str, id: PlayerId) -> DeviceOwner {
    let device = NewDevice {
        id: new_id(call.at),
        player: id.clone(),
        api_key: presented.api_key.clone(),
        hash: hash.to_owned(),
        label: presented.label.clone(),
        network: call.network.clone(),
        at: call.at,
    };
    let player = NewGamePlayer {
        id,
        display_name: presented.display_name.clone(),
        sync_display_name: false,
        user_name: None,
        password: None,
        language: presented.language.map(|language| language.as_str().to_owned()),
        segments: presented.segments.clone(),
        created_at: call.at,
    };
    DeviceOwner::New(Box::new(player), Box::new(device))
}

impl DeviceSignIn {
    fn write(&self, conn: &mut Conn) -> Result<(GameSession, String), Stop<DeviceWriteError>> {
        let (player, device) = match &self.owner {
            DeviceOwner::Known(device) => {
                if !players::store::lock_player(conn, &device.player)? {
                    if players::store::closing_of(conn, &device.player)?.is_some() {
                        return Err(Stop::Refused(DeviceWriteError::Closing));
                    }
                    return Err(Stop::Refused(DeviceWriteError::Disabled));
                }
                if !store::store_use(conn, device)? {
                    return Err(Stop::Refused(DeviceWriteError::Race));
                }
                if let Some(segments) = &self.segments {
                    players::store::set_segments(conn, &device.player, segments)?;
                }
                (&device.player, &device.id)
            }
            DeviceOwner::New(player, device) => {
                players::store::insert_from_game(conn, player)?;
                match store::insert_device(conn, device) {
                    Err(error) if is_unique_violation(&error) => {
                        return Err(Stop::Refused(DeviceWriteError::Race));
                    }
                    inserted => inserted?,
                }
                (&player.id, &device.id)
            }
        };
        let new_session = self.new_session.clone().of_device(device);
        let session = game::sign_in_session(conn, &new_session, player)?;
        for event in &self.events {
            audit::append_event(conn, event)?;
        }
        mail::enqueue(conn, &self.message)?;
        let known = players::store::credentials_by_id(conn, player)?;
        let known = known.ok_or_else(|| Fault::broken("signing a device in", "the player is gone"))?;
        Ok((session, known.display_name))
    }
}

/// The mail about a device that can sign in, if the player has an email address (S147).
pub(super) fn device_added_message(
    app: &App,
    player: &PlayerCredentials,
    label: &str,
) -> Result<Option<MailMessage>, Fault> {
    let to = player.as_recipient(Language::English);
    MailMessage::compose(app, mail::Kind::DeviceAdded, &to, &[("device", label)])
}
