//! The identity's email is a local account's: that account's password is asked for, typed now, and nothing
//! but it links (S59). The page tells no more than that the address plays here (S58).

use std::sync::Arc;

use secrecy::SecretString;

use crate::accounts::players::Credentials;
use crate::accounts::sign_in::{Account, Checked, Entry, Proof, check_password};
use crate::audit::{self, Actor, Kind};
use crate::links::LinkState;
use crate::links::identity::SealedLink;
use crate::links::model::{Arrived, Attempt, Cause, Refused, Stage};
use crate::links::oauth::callback::{event, spend_refused};
use crate::links::oauth::confirm::pending;
use crate::links::store::{self, Ending};
use crate::outbound::link_events::{self, NewEvent};
use crate::outbound::mail::{self, Letter};
use crate::platform::crypto::keys::Lookup;
use crate::platform::db::is_unique_violation;
use crate::platform::fault::{Fault, Stop};
use crate::platform::i18n::Language;
use crate::platform::ids::{AttemptId, LinkId};
use crate::sessions::SignedInWith;
use crate::web::Visit;

/// Wrong passwords after which an attempt is over. They count against the account's own limit as well.
const TRIES: i64 = 5;

/// Why nobody was let in.
pub(in crate::links) enum MatchRefused {
    Wrong,
    /// The attempt has seen its five.
    TooManyTries,
    Throttled {
        retry_after: i64,
    },
    Overloaded,
    /// A rule of linking.
    Link(Refused),
}

impl From<Refused> for MatchRefused {
    fn from(refused: Refused) -> Self {
        Self::Link(refused)
    }
}

/// Signed in, and linked unless the account has another identity.
pub(in crate::links) struct Matched {
    pub entry: Arc<Entry>,
    pub next: Option<String>,
    pub is_linked: bool,
}

/// Links the identity to the account whose email it has, if the password is that account's.
pub(in crate::links) async fn join(
    visit: &Visit,
    attempt: &AttemptId,
    typed: &SecretString,
) -> Result<Matched, Stop<MatchRefused>> {
    let unknown = || Stop::Refused(MatchRefused::Link(Refused::AttemptUnknown));
    let (attempt, arrived) = pending(visit, attempt, Stage::Matching).await?.ok_or_else(unknown)?;
    let counted = attempt.id.clone();
    let tries = visit.app.db.write(move |conn| Ok::<_, Fault>(store::count_try(conn, &counted)?)).await?;
    if tries.is_none_or(|tries| tries > TRIES) {
        return Err(over(visit, attempt).await?);
    }
    let email = arrived.email.as_deref().unwrap_or_default();
    let account = Account::named(&visit.app, email).await?;
    match check_password(visit, &account, typed).await {
        Ok(Checked::Right(proof)) => enter(visit, attempt, arrived, proof).await,
        Ok(Checked::Wrong) if tries == Some(TRIES) => Err(over(visit, attempt).await?),
        Ok(Checked::Wrong) => Err(Stop::Refused(MatchRefused::Wrong)),
        Ok(Checked::Throttled { retry_after }) => Err(Stop::Refused(MatchRefused::Throttled { retry_after })),
        Err(Stop::Refused(_)) => Err(Stop::Refused(MatchRefused::Overloaded)),
        Err(Stop::Fault(fault)) => Err(Stop::Fault(fault)),
    }
}

async fn over(visit: &Visit, attempt: Attempt) -> Result<Stop<MatchRefused>, Fault> {
    visit
        .app
        .db
        .write(move |conn| Ok::<_, Fault>(store::spend(conn, &attempt.id, Stage::Matching).map(drop)?))
        .await?;
    Ok(Stop::Refused(MatchRefused::TooManyTries))
}

/// Link and session come into being together.
async fn enter(
    visit: &Visit,
    attempt: Attempt,
    arrived: Arrived,
    proof: Proof,
) -> Result<Matched, Stop<MatchRefused>> {
    let app = &visit.app;
    let player = proof.player.id.clone();
    let joined = player.clone();
    let link = SealedLink::of(&app.vault, &arrived, LinkId::new(visit.now), &player, visit.now)?;
    let entry = Arc::new(Entry::prepare(visit, &player, SignedInWith::Password, false)?);
    let written = Arc::clone(&entry);
    let letter = letter(visit, &proof.player, &arrived)?;
    let added = event(visit, Kind::LinkAdded, Actor::Player).on(&player);
    let told = NewEvent {
        at: visit.now,
        kind: link_events::Kind::Linked,
        player: player.clone(),
        actor: Actor::Player,
        cause: None,
    };
    let hasher = app.keys.lookup.clone();
    let (now, next, spent) = (visit.now, attempt.next.clone(), attempt.clone());
    let is_linked = app
        .db
        .write(move |conn| {
            if !proof.still_holds(conn)? || !store::spend(conn, &attempt.id, Stage::Matching)? {
                return Err(Stop::Refused(Refused::AttemptUnknown.into()));
            }
            let before = store::link_of(conn, &player)?;
            let is_free = before.as_ref().is_none_or(|old| old.state == LinkState::Revoked);
            if is_free {
                if let Some(old) = &before {
                    let ending = Ending { actor: "player", cause: Cause::RevokedByAmazon, at: now };
                    store::end(conn, &old.id, &ending, &|id| hasher.hash(Lookup::FormerIdentity, id))?;
                }
                match store::insert(conn, &link) {
                    Err(error) if is_unique_violation(&error) => {
                        return Err(Stop::Refused(Refused::IdentityTaken.into()));
                    }
                    inserted => inserted?,
                }
                audit::append(conn, &added)?;
                if let Some(letter) = &letter {
                    mail::enqueue(conn, letter)?;
                }
            }
            written.write(conn)?;
            if is_free {
                link_events::record(conn, &told)?;
            }
            Ok(is_free)
        })
        .await;
    match is_linked {
        Ok(is_linked) => Ok(Matched { entry, next, is_linked }),
        Err(Stop::Refused(MatchRefused::Link(Refused::IdentityTaken))) => {
            // The transaction took its own spending back; the tokens that wait in the attempt must go.
            let event = event(visit, Kind::LinkRefused, Actor::Player).on(&joined);
            spend_refused(visit, &spent, Stage::Matching, Refused::IdentityTaken, event).await?;
            Err(Stop::Refused(Refused::IdentityTaken.into()))
        }
        Err(stop) => Err(stop),
    }
}

fn letter(visit: &Visit, player: &Credentials, arrived: &Arrived) -> Result<Option<Letter>, Fault> {
    let Some(email) = &player.email else { return Ok(None) };
    let language = player.language.as_deref().and_then(Language::from_tag).unwrap_or(visit.language);
    let amazon = arrived.name.as_deref().unwrap_or("Amazon");
    let args = [("name", player.display_name.as_str()), ("amazon", amazon)];
    Letter::write(&visit.app, mail::Kind::AmazonLinked, Some(&player.id), email, language, &args).map(Some)
}
