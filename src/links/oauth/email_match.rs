//! The identity's email belongs to a local account, whose password has to be typed now (S59).
//!
//! Nothing but that password links. The page reveals only that the address is registered here (S58).

use std::sync::Arc;

use secrecy::SecretString;

use crate::accounts::sign_in::{LoginAccount, PasswordCheck, PasswordProof, SignInWrite, check_password};
use crate::audit::{Actor, Kind};
use crate::links::change::link::{LinkChange, LinkConflict, LinkMessages, LinkWritten, Linking};
use crate::links::model::{Attempt, ExchangedIdentity, LinkRefusal, Stage};
use crate::links::oauth::callback::{CallbackOutcome, EndedAttempt, decide_again};
use crate::links::oauth::confirm::pending_link;
use crate::links::store;
use crate::platform::fault::{Fault, Stop};
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
    /// The identity got a player meanwhile, whom this person may not be signed in as.
    Ended(EndedAttempt),
}

impl From<LinkRefusal> for EmailMatchRefusal {
    fn from(refused: LinkRefusal) -> Self {
        Self::Link(refused)
    }
}

impl From<LinkConflict> for EmailMatchRefusal {
    fn from(conflict: LinkConflict) -> Self {
        Self::Link(conflict.into())
    }
}

/// How the page for a matching address ended.
pub(in crate::links) enum EmailMatch {
    Matched(EmailMatched),
    /// The identity got a player meanwhile, and was decided about again.
    Decided(CallbackOutcome),
    /// Another request of this browser has just finished this attempt, or signed in.
    Finished {
        next: Option<String>,
    },
}

/// Signed in, and linked unless the account has another identity.
pub(in crate::links) struct EmailMatched {
    pub sign_in: Arc<SignInWrite>,
    pub next: Option<String>,
    pub is_linked: bool,
}

/// Links the identity to the account with its email, if the password is right.
pub(in crate::links) async fn link_and_sign_in(
    context: &RequestContext,
    attempt: &AttemptId,
    typed: &SecretString,
) -> Result<EmailMatch, Stop<EmailMatchRefusal>> {
    let unknown = || Stop::Refused(EmailMatchRefusal::Link(LinkRefusal::AttemptUnknown));
    let (attempt, identity) = pending_link(context, attempt, Stage::Matching).await?.ok_or_else(unknown)?;
    let counted = attempt.id.clone();
    let tries = context.app.db.write(move |conn| Ok(store::count_try(conn, &counted)?)).await?;
    if tries.is_none_or(|tries| tries > TRIES) {
        return Err(attempt_over(context, attempt).await?);
    }
    let email = identity.email.as_deref().unwrap_or_default();
    let account = LoginAccount::named(&context.app, email).await?;
    match check_password(context, &account, typed).await {
        Ok(PasswordCheck::Right(proof)) => write_match(context, attempt, identity, proof).await,
        Ok(PasswordCheck::Wrong) if tries == Some(TRIES) => Err(attempt_over(context, attempt).await?),
        Ok(PasswordCheck::Wrong) => Err(Stop::Refused(EmailMatchRefusal::Wrong)),
        Ok(PasswordCheck::Throttled { retry_after }) => {
            Err(Stop::Refused(EmailMatchRefusal::Throttled { retry_after }))
        }
        Err(Stop::Refused(_)) => Err(Stop::Refused(EmailMatchRefusal::Overloaded)),
        Err(Stop::Fault(fault)) => Err(Stop::Fault(fault)),
    }
}

async fn attempt_over(context: &RequestContext, attempt: Attempt) -> Result<Stop<EmailMatchRefusal>, Fault> {
    context
        .app
        .db
        .write(move |conn| Ok(store::spend_attempt(conn, &attempt.id, Stage::Matching).map(drop)?))
        .await?;
    Ok(Stop::Refused(EmailMatchRefusal::TooManyTries))
}

/// Writes link and session in one transaction.
async fn write_match(
    context: &RequestContext,
    attempt: Attempt,
    identity: ExchangedIdentity,
    proof: PasswordProof,
) -> Result<EmailMatch, Stop<EmailMatchRefusal>> {
    let app = &context.app;
    let player = proof.player.id.clone();
    let event = context.audit_event(Kind::LinkAdded, Actor::Player);
    let to = proof.player.as_recipient(context.language);
    let linking = Linking::prepare(app, &identity, LinkId::new(context.now), &player, event)?
        .requested_by(Some(&player), None)
        .with_messages(LinkMessages::linked(app, &to, &identity)?);
    let sign_in = SignInWrite::prepare(context, &player, SignedInWith::Password, false)?.in_any_browser();
    let sign_in = Arc::new(sign_in.going_to(attempt.next.as_deref()));
    let (written, asked) = (Arc::clone(&sign_in), Arc::clone(&sign_in));
    let (next, spent) = (attempt.next.clone(), attempt.clone());
    let linked = app
        .db
        .write_or_refuse(move |conn| {
            linking.write(
                conn,
                |conn, facts| {
                    if facts.owner.is_some() {
                        return Err(Stop::Refused(LinkRefusal::IdentityTaken.into()));
                    }
                    if !proof.still_holds(conn)? || !store::spend_attempt(conn, &attempt.id, Stage::Matching)?
                    {
                        return Err(Stop::Refused(LinkRefusal::AttemptUnknown.into()));
                    }
                    // Without the second factor the password may not add a way in. The player links once signed in.
                    let waits = asked.needs_second_factor(conn)?;
                    Ok(if waits || facts.has_other() { LinkChange::Nothing } else { LinkChange::Add })
                },
                |conn| Ok(written.write(conn)?),
            )
        })
        .await;
    match linked {
        Ok((written, ())) => {
            let is_linked = written != LinkWritten::Nothing;
            Ok(EmailMatch::Matched(EmailMatched { sign_in, next, is_linked }))
        }
        Err(Stop::Refused(EmailMatchRefusal::Link(LinkRefusal::IdentityTaken))) => {
            match decide_again(context, spent, Stage::Matching, &identity).await {
                Ok(outcome) => Ok(EmailMatch::Decided(outcome)),
                Err(Stop::Refused(ended)) if ended.refused == LinkRefusal::AttemptUnknown => {
                    Ok(EmailMatch::Finished { next })
                }
                Err(Stop::Refused(ended)) => Err(Stop::Refused(EmailMatchRefusal::Ended(ended))),
                Err(Stop::Fault(fault)) => Err(Stop::Fault(fault)),
            }
        }
        Err(stop) => Err(stop),
    }
}
