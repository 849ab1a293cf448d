//! A game hands over a token: who is it, and what follows.

use secrecy::SecretString;
use serde_json::json;

use crate::accounts::players::{self, Credentials};
use crate::app::App;
use crate::audit::{self, Actor, Event, Kind};
use crate::links::model::{Arrived, Standing};
use crate::links::presented_token::apply::{Lost, Writing};
use crate::links::presented_token::model::{Connected, Hands, NotConnected, Step, Wish, settle};
use crate::links::presented_token::verify::believe;
use crate::links::store;
use crate::platform::email::{EmailAddress, LocalPart};
use crate::platform::fault::{Fault, Stop};
use crate::platform::metrics::HandOver;
use crate::sessions::game::Entry;

/// How often a lost race is run again. Each loss means that somebody else wrote this identity or this player
/// meanwhile, which leaves at most the next rows of the table.
const TRIES: u32 = 5;

/// Lets the token's player in, by the table of product §5.
///
/// The tables are read, the step is chosen and made ready; the transaction chooses again under the player's row
/// and goes on only if it is the same. A unique violation is the race that was lost: then all of it again.
pub async fn connect(
    app: &App,
    hands: &Hands,
    token: &SecretString,
    wish: &Wish,
    entry: &Entry,
) -> Result<Connected, Stop<NotConnected>> {
    let done = try_to(app, hands, token, wish, entry).await;
    if let Some(outcome) = outcome(&done) {
        app.metrics.hand_overs.add(outcome);
    }
    done
}

/// The word in metrics. A fault is counted as such, where the request ends.
fn outcome(done: &Result<Connected, Stop<NotConnected>>) -> Option<HandOver> {
    Some(match done {
        Ok(connected) if connected.is_new => HandOver::NewPlayer,
        Ok(_) => HandOver::SignedIn,
        Err(Stop::Refused(NotConnected::NotAuthenticated)) => HandOver::NotAuthenticated,
        Err(Stop::Refused(NotConnected::TryAgain)) => HandOver::TryAgain,
        Err(Stop::Refused(_)) => HandOver::Refused,
        Err(Stop::Fault(_)) => return None,
    })
}

async fn try_to(
    app: &App,
    hands: &Hands,
    token: &SecretString,
    wish: &Wish,
    entry: &Entry,
) -> Result<Connected, Stop<NotConnected>> {
    let arrived = believe(app, hands, token).await?;
    for _ in 0..TRIES {
        let (standing, current) = look(app, hands, &arrived).await?;
        let step = settle(wish.flags, hands.player.is_some(), &standing);
        if let Step::Refuse(refused) = step {
            return Err(refuse(app, hands, refused).await?);
        }
        let writing = Writing::prepare(app, hands, &arrived, wish, step, current, entry)?;
        match app.db.write(move |conn| writing.write(conn)).await {
            Ok(connected) => return Ok(connected),
            Err(Stop::Refused(Lost::Race)) => {
                tracing::debug!(request.reference = hands.reference, "a connect lost a race and goes on");
            }
            Err(Stop::Refused(Lost::Refused(refused))) => return Err(refuse(app, hands, refused).await?),
            Err(Stop::Fault(fault)) => return Err(Stop::Fault(fault)),
        }
    }
    Err(Stop::Refused(NotConnected::TryAgain))
}

/// The key of the identity's address, if it is one.
pub(super) fn email_key(arrived: &Arrived) -> Option<String> {
    let email = EmailAddress::parse(arrived.email.as_deref()?, LocalPart::Ascii).ok()?;
    Some(email.key().to_owned())
}

async fn look(app: &App, hands: &Hands, arrived: &Arrived) -> Result<(Standing, Option<Credentials>), Fault> {
    let (amazon_id, email, player) = (arrived.amazon_id.clone(), email_key(arrived), hands.player.clone());
    app.db
        .read(move |conn| {
            let standing = store::standing(conn, &amazon_id, email.as_deref(), player.as_ref())?;
            let current = match &player {
                Some(player) => players::store::credentials_by_id(conn, player)?,
                None => None,
            };
            Ok((standing, current))
        })
        .await
}

/// The record of a refusal that an identity had to hear; what a bad token hears is none of a player's history.
async fn refuse(app: &App, hands: &Hands, refused: NotConnected) -> Result<Stop<NotConnected>, Fault> {
    let code = match &refused {
        NotConnected::AlreadyLinked => "player_has_another",
        NotConnected::WouldSwitch(_) => "identity_taken",
        NotConnected::Disabled => "account_disabled",
        NotConnected::NotFresh => "reauthentication_required",
        NotConnected::MayNotCreate | NotConnected::NotAuthenticated | NotConnected::TryAgain => {
            return Ok(Stop::Refused(refused));
        }
    };
    let event = event(hands, Kind::LinkRefused).with(json!({ "code": code, "door": "game" }));
    let event = match &hands.player {
        Some(player) => event.on(player),
        None => event,
    };
    app.db.write(move |conn| Ok::<_, Fault>(audit::append(conn, &event)?)).await?;
    Ok(Stop::Refused(refused))
}

/// A record of this request.
pub(super) fn event(hands: &Hands, kind: Kind) -> Event {
    let actor = if hands.player.is_some() { Actor::Player } else { Actor::Visitor };
    Event::new(hands.at, kind, actor, &hands.reference).from(&hands.network).with(json!({ "door": "game" }))
}
