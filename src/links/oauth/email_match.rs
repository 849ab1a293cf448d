//! The identity's email belongs to a local account, whose password has to be typed now (S59).
//!
//! Nothing but that password links. The page reveals only that the address is registered here (S58).

use std::sync::Arc;

use secrecy::SecretString;

use crate::accounts::players::PlayerCredentials;
use crate::accounts::sign_in::{LoginAccount, PasswordCheck, PasswordProof, SignInWrite, check_password};
use crate::audit::{self, Actor, Kind};
use crate::links::LinkState;
use crate::links::identity::SealedLink;
use crate::links::model::{Attempt, Cause, ExchangedIdentity, LinkRefusal, Stage};
use crate::links::oauth::callback::{attempt_event, spend_refused};
use crate::links::oauth::confirm::pending_link;
use crate::links::store::{self, Ending};
use crate::outbound::link_events::{self, NewLinkEvent};
use crate::outbound::mail::{self, MailMessage};
use crate::platform::crypto::keys::LookupPurpose;
use crate::platform::db::is_unique_violation;
use crate::platform::fault::{Fault, Stop};
use crate::platform::i18n::Language;
use crate::platform::ids::{AttemptId, LinkId};
use crate::sessions::SignedInWith;
use crate::web::RequestContext;

/// Wrong passwords that end an attempt. They count against the account's own limit as well.
const TRIES: i64 = 5;

/// Why the person was not signed in.
pub(in crate::links) enum EmailMatchRefusal {
    Wrong,
    /// The attempt has used all its tries.
    TooManyTries,
    Throttled {
        retry_after: i64,
    },
    Overloaded,
    /// A rule of linking refuses.
    Link(LinkRefusal),
}

impl From<LinkRefusal> for EmailMatchRefusal {
    fn from(refused: LinkRefusal) -> Self {
        Self::Link(refused)
    }
}

/// Signed in, and linked unless the account has another identity.
pub(in crate::links) struct EmailMatched {
    pub entry: Arc<SignInWrite>,
    pub next: Option<String>,
    pub is_linked: bool,
}

/// Links the identity to the account with its email, if the password is right.
pub(in crate::links) async fn link_and_sign_in(
    visit: &RequestContext,
    attempt: &AttemptId,
    typed: &SecretString,
) -> Result<EmailMatched, Stop<EmailMatchRefusal>> {
    let unknown = || Stop::Refused(EmailMatchRefusal::Link(LinkRefusal::AttemptUnknown));
    let (attempt, arrived) = pending_link(visit, attempt, Stage::Matching).await?.ok_or_else(unknown)?;
    let counted = attempt.id.clone();
    let tries = visit.app.db.write(move |conn| Ok::<_, Fault>(store::count_try(conn, &counted)?)).await?;
    if tries.is_none_or(|tries| tries > TRIES) {
        return Err(attempt_over(visit, attempt).await?);
    }
    let email = arrived.email.as_deref().unwrap_or_default();
    let account = LoginAccount::named(&visit.app, email).await?;
    match check_password(visit, &account, typed).await {
        Ok(PasswordCheck::Right(proof)) => write_match(visit, attempt, arrived, proof).await,
        Ok(PasswordCheck::Wrong) if tries == Some(TRIES) => Err(attempt_over(visit, attempt).await?),
        Ok(PasswordCheck::Wrong) => Err(Stop::Refused(EmailMatchRefusal::Wrong)),
        Ok(PasswordCheck::Throttled { retry_after }) => {
            Err(Stop::Refused(EmailMatchRefusal::Throttled { retry_after }))
        }
        Err(Stop::Refused(_)) => Err(Stop::Refused(EmailMatchRefusal::Overloaded)),
        Err(Stop::Fault(fault)) => Err(Stop::Fault(fault)),
    }
}

async fn attempt_over(visit: &RequestContext, attempt: Attempt) -> Result<Stop<EmailMatchRefusal>, Fault> {
    visit
        .app
        .db
        .write(move |conn| Ok::<_, Fault>(store::spend(conn, &attempt.id, Stage::Matching).map(drop)?))
        .await?;
    Ok(Stop::Refused(EmailMatchRefusal::TooManyTries))
}

/// Writes link and session in one transaction.
async fn write_match(
    visit: &RequestContext,
    attempt: Attempt,
    arrived: ExchangedIdentity,
    proof: PasswordProof,
) -> Result<EmailMatched, Stop<EmailMatchRefusal>> {
    let app = &visit.app;
    let player = proof.player.id.clone();
    let joined = player.clone();
    let link = SealedLink::of(&app.vault, &arrived, LinkId::new(visit.now), &player, visit.now)?;
    let entry = Arc::new(SignInWrite::prepare(visit, &player, SignedInWith::Password, false)?);
    let written = Arc::clone(&entry);
    let letter = match_message(visit, &proof.player, &arrived)?;
    let added = attempt_event(visit, Kind::LinkAdded, Actor::Player).on(&player);
    let told = NewLinkEvent {
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
                return Err(Stop::Refused(LinkRefusal::AttemptUnknown.into()));
            }
            let before = store::link_of(conn, &player)?;
            let is_free = before.as_ref().is_none_or(|old| old.state == LinkState::Revoked);
            if is_free {
                if let Some(old) = &before {
                    let ending = Ending { actor: "player", cause: Cause::RevokedByAmazon, at: now };
                    store::end(conn, &old.id, &ending, &|id| hasher.hash(LookupPurpose::FormerIdentity, id))?;
                }
                match store::insert(conn, &link) {
                    Err(error) if is_unique_violation(&error) => {
                        return Err(Stop::Refused(LinkRefusal::IdentityTaken.into()));
                    }
                    inserted => inserted?,
                }
                audit::append_event(conn, &added)?;
                if let Some(letter) = &letter {
                    mail::enqueue(conn, letter)?;
                }
            }
            written.write(conn)?;
            if is_free {
                link_events::record_event(conn, &told)?;
            }
            Ok(is_free)
        })
        .await;
    match is_linked {
        Ok(is_linked) => Ok(EmailMatched { entry, next, is_linked }),
        Err(Stop::Refused(EmailMatchRefusal::Link(LinkRefusal::IdentityTaken))) => {
            // The rollback undid the spending, so the tokens in the attempt are deleted here.
            let event = attempt_event(visit, Kind::LinkRefused, Actor::Player).on(&joined);
            spend_refused(visit, &spent, Stage::Matching, LinkRefusal::IdentityTaken, event).await?;
            Err(Stop::Refused(LinkRefusal::IdentityTaken.into()))
        }
        Err(stop) => Err(stop),
    }
}

fn match_message(
    visit: &RequestContext,
    player: &PlayerCredentials,
    arrived: &ExchangedIdentity,
) -> Result<Option<MailMessage>, Fault> {
    let Some(email) = &player.email else { return Ok(None) };
    let language = player.language.as_deref().and_then(Language::from_tag).unwrap_or(visit.language);
    let amazon = arrived.name.as_deref().unwrap_or("Amazon");
    let args = [("name", player.display_name.as_str()), ("amazon", amazon)];
    MailMessage::write(&visit.app, mail::Kind::AmazonLinked, Some(&player.id), email, language, &args)
        .map(Some)
}
