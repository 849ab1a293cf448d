//! `ClaimAccountByCodeRequest`: a player whom only a device knows gets a code to type in a browser (product §9).

use super::caller::{Caller, SignedIn};
use super::dispatch::Answer;
use super::sign_in_response::hands;
use crate::app::App;
use crate::games::devices::{self, NotBegun, Progress};
use crate::games::protocol::{self, CodePair, Errors, Response};
use crate::links::device_flow;
use crate::platform::fault::Stop;

/// How often to ask how it went, in seconds.
const INTERVAL: i64 = 5;

pub(in crate::games) async fn answer(
    app: &App,
    caller: &Caller,
    player: &SignedIn,
    asked: protocol::ClaimAccountByCode,
) -> Answer {
    match asked.linking_id {
        Some(id) => progress(app, caller, player, id).await,
        None => begin(app, caller, player).await,
    }
}

async fn begin(app: &App, caller: &Caller, player: &SignedIn) -> Answer {
    let begun = devices::begin_claim(app, &hands(app, caller), &player.player, &caller.place.api_key).await;
    let begun = match begun {
        Ok(begun) => begun,
        Err(Stop::Refused(refused)) => {
            return Err(Stop::Refused(match refused {
                NotBegun::HasAccount => Errors::of("account", "ALREADY_CLAIMED"),
                NotBegun::TooMany => Errors::try_again(),
                NotBegun::Disabled => Errors::not_authorized(),
            }));
        }
        Err(Stop::Fault(fault)) => return Err(Stop::Fault(fault)),
    };
    let address = claim_address(app);
    Ok(Response::ClaimAccountByCode(CodePair {
        linking_id: Some(begun.linking_id),
        user_code: Some(begun.code),
        qr_svg: Some(device_flow::qr(&address)?),
        verification_uri: Some(address),
        expires_in: Some(begun.expires_in.num_seconds()),
        interval: Some(INTERVAL),
        state: Some("pending"),
        error: None,
    })
    .into())
}

async fn progress(app: &App, caller: &Caller, player: &SignedIn, id: String) -> Answer {
    let progress = devices::progress_of_claim(app, &hands(app, caller), &player.player, &id).await?;
    let state = match progress {
        Progress::Pending => "pending",
        Progress::Claimed => "claimed",
        Progress::Moved => "moved",
        Progress::Expired => "expired",
    };
    Ok(Response::ClaimAccountByCode(CodePair {
        linking_id: Some(id).filter(|id| id.len() <= 64),
        state: Some(state),
        ..CodePair::default()
    })
    .into())
}

fn claim_address(app: &App) -> String {
    format!("{}/activate", app.config.http.public_url.as_str().trim_end_matches('/'))
}
