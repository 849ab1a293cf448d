//! Asking for the link.

use chrono::TimeDelta;

use crate::audit::{self, Actor, Event, Kind};
use crate::guesses::Account;
use crate::mail::{self, Letter};
use crate::platform::catalogue::Language;
use crate::platform::db::new_id;
use crate::platform::email::{EmailAddress, LocalPart};
use crate::platform::fault::{Fault, Stop};
use crate::platform::keys::Lookup;
use crate::platform::metrics::Limit;
use crate::platform::throttle::{Budget, Then, Verdict};
use crate::platform::token::Token;
use crate::players;
use crate::sign_in::reset::store::{self, NewReset};
use crate::web::Visit;

/// Letters to one account in an hour, and requests from one network (S20).
const LETTERS_IN_AN_HOUR: u32 = 3;
const REQUESTS_IN_AN_HOUR: u32 = 50;

/// The network asks too often. Seconds until trying again makes sense.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooMany {
    pub retry_after: i64,
}

/// Mails the link, if there is somebody to mail it to. The work is the same if there is not (S13).
pub(super) async fn ask(visit: &Visit, identifier: &str) -> Result<(), Stop<TooMany>> {
    let app = &visit.app;
    if let Verdict::Refused { retry_after } = app.throttle.take(vec![by_network(visit)], visit.now).await? {
        return Err(Stop::Refused(TooMany { retry_after }));
    }
    let account = Account::named(app, identifier).await?;
    let may_write = app.throttle.take(vec![by_account(&account)], visit.now).await? == Verdict::Allowed;
    let token = Token::generate()?;
    let (reset, letter) = prepared(visit, &account, &token)?;
    let mut event =
        Event::new(visit.now, Kind::PasswordResetAsked, Actor::Visitor, &visit.reference.to_string())
            .from(&visit.caller.network())
            .in_browser(&visit.caller.browser);
    event.player = account.player().map(|found| found.id.clone());
    app.db
        .write(move |conn| {
            if let Some(reset) = reset.as_ref().filter(|_| may_write)
                && players::store::hold(conn, &reset.player)?
            {
                store::put(conn, reset)?;
                mail::enqueue(conn, &letter)?;
            }
            Ok::<_, Fault>(audit::append(conn, &event)?)
        })
        .await?;
    Ok(())
}

/// The row, for a player with a proven address, and a letter, which is written for nobody as well.
fn prepared(visit: &Visit, account: &Account, token: &Token) -> Result<(Option<NewReset>, Letter), Fault> {
    let player = account.player();
    let address = player
        .and_then(|player| player.email.as_deref())
        .and_then(|email| EmailAddress::parse(email, LocalPart::Unicode).ok());
    let reset = player.zip(address.as_ref()).map(|(player, address)| NewReset {
        id: new_id(visit.now),
        player: player.id.clone(),
        token_hash: token.hash(),
        email_key: address.key().to_owned(),
        created_at: visit.now,
        expires_at: visit.now + visit.app.config.policy.codes.reset_holds_for,
    });
    let language = player.and_then(|player| player.language.as_deref()).and_then(Language::from_tag);
    let letter = Letter::write(
        &visit.app,
        mail::Kind::PasswordResetLink,
        player.map(|player| &player.id),
        address.as_ref().map_or("", EmailAddress::typed),
        language.unwrap_or(visit.language),
        &[("token", token.expose())],
    )?;
    Ok((reset, letter))
}

fn by_network(visit: &Visit) -> Budget {
    let network = visit.app.keys.lookup.hash(Lookup::Network, &visit.caller.network());
    Budget {
        limit: Limit::ResetsOfNetwork,
        id: format!("resets asked network {network}"),
        free: REQUESTS_IN_AN_HOUR,
        window: TimeDelta::hours(1),
        then: Then::Wait,
    }
}

fn by_account(account: &Account) -> Budget {
    Budget {
        limit: Limit::ResetsOfAccount,
        id: format!("resets asked account {}", account.key),
        free: LETTERS_IN_AN_HOUR,
        window: TimeDelta::hours(1),
        then: Then::Wait,
    }
}
