//! The first sign-in in a browser by a link that a game made (S150).
//!
//! Whoever has the Amazon account is there, and has to be the player, too. Where the player has a password or a proven
//! address, one of them is asked for. A link by Amazon's code is shown to its person in any case, because somebody may
//! have passed the code on. They can also say that it was not them: then the link goes, and nobody is signed in.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::{ExposeSecret, SecretString};

use crate::accounts::players::{self, PlayerCredentials};
use crate::accounts::sign_in::{LoginAccount, PasswordCheck, PasswordProof, SignInWrite, check_password};
use crate::audit::{Actor, Kind};
use crate::links::change::link::{LinkChange, LinkConflict, LinkMessages, Linking};
use crate::links::change::unlink::{LastLoginMethodRule, UnlinkedBy, Unlinking};
use crate::links::identity::GameOfLink;
use crate::links::model::{Attempt, ExchangedIdentity, HeldLink, MadeBy, Stage};
use crate::links::oauth::confirm::pending_game_link;
use crate::links::store;
use crate::outbound::mail::{self, MailMessage};
use crate::platform::crypto::token::NumericCode;
use crate::platform::fault::{Fault, Stop};
use crate::platform::ids::AttemptId;
use crate::platform::metrics::Limit;
use crate::platform::rate_limit::{OverBudget, RateBudget, RateVerdict};
use crate::sessions::SignedInWith;
use crate::web::RequestContext;

/// Wrong passwords and codes that end an attempt. Passwords count against the account's own limit as well.
const TRIES: i64 = 5;

/// Mails with a code that one player gets in an hour.
const MAILS_IN_AN_HOUR: u32 = 5;

/// The purpose that the codes' hashes are bound to, besides their attempt.
const PURPOSE: &str = "confirm-link";

/// A sign-in that waits for its person, with all that the page shows.
pub(super) struct WaitingSignIn {
    pub attempt: Attempt,
    pub identity: ExchangedIdentity,
    pub link: HeldLink,
    pub player: PlayerCredentials,
    pub ways: players::store::OtherWays,
    pub game: GameOfLink,
    pub linked_at: DateTime<Utc>,
}

impl WaitingSignIn {
    /// Whether the Amazon account alone is not enough.
    pub fn needs_proof(&self) -> bool {
        self.ways.is_any() || self.link.made_by == MadeBy::GameToken
    }
}

/// What the person brings to show that the player is theirs.
pub(super) enum OtherWay<'a> {
    Password(&'a SecretString),
    Code(&'a SecretString),
    /// Only the press of the button.
    Nothing,
}

/// Why nobody was signed in.
pub(in crate::links) enum GameLinkRefusal {
    /// The attempt has ended, or the link is confirmed or gone.
    Gone,
    /// No password and no code came, and one is needed.
    Missing,
    WrongPassword,
    WrongCode,
    TooManyTries,
    Throttled {
        retry_after: i64,
    },
    Overloaded,
}

impl From<LinkConflict> for GameLinkRefusal {
    fn from(_: LinkConflict) -> Self {
        Self::Gone
    }
}

/// The link is confirmed, and its player signed in.
pub(super) struct GameLinkConfirmed {
    pub sign_in: Arc<SignInWrite>,
    pub next: Option<String>,
}

/// The sign-in of this page. `None` if it has ended, or the link needs nobody any more.
pub(super) async fn waiting_sign_in(
    context: &RequestContext,
    attempt: &AttemptId,
) -> Result<Option<WaitingSignIn>, Fault> {
    let Some((attempt, identity)) = pending_game_link(context, attempt).await? else { return Ok(None) };
    let amazon_id = identity.amazon_id.clone();
    let found = context
        .app
        .db
        .read(move |conn| {
            let facts = store::read_facts(conn, &amazon_id, None, None)?;
            let Some(link) = facts.owner.filter(|_| !facts.owner_is_disabled) else { return Ok(None) };
            let Some((game, linked_at)) = store::game_of_link(conn, &link.id)? else { return Ok(None) };
            let ways = players::store::other_ways(conn, &link.player)?;
            let player = players::store::credentials_by_id(conn, &link.player)?;
            Ok(player.map(|player| (link, player, ways, game, linked_at)))
        })
        .await?;
    Ok(found.map(|(link, player, ways, game, linked_at)| WaitingSignIn {
        attempt,
        identity,
        link,
        player,
        ways,
        game,
        linked_at,
    }))
}

/// Confirms the link and signs in, if the person has shown that the player is theirs.
pub(super) async fn confirm_game_link(
    context: &RequestContext,
    attempt: &AttemptId,
    way: OtherWay<'_>,
) -> Result<GameLinkConfirmed, Stop<GameLinkRefusal>> {
    let waiting = waiting_sign_in(context, attempt).await?.ok_or(Stop::Refused(GameLinkRefusal::Gone))?;
    if !waiting.needs_proof() {
        return write_confirmation(context, waiting, None).await;
    }
    if matches!(way, OtherWay::Nothing) {
        return Err(Stop::Refused(GameLinkRefusal::Missing));
    }
    let counted = waiting.attempt.id.clone();
    let tries = context.app.db.write(move |conn| Ok(store::count_try(conn, &counted)?)).await?;
    if tries.is_none_or(|tries| tries > TRIES) {
        return Err(attempt_over(context, waiting.attempt).await?);
    }
    let is_last = tries == Some(TRIES);
    match way {
        OtherWay::Password(typed) => {
            let account = LoginAccount::of_player(&context.app, &waiting.player.id).await?;
            match check_password(context, &account, typed).await {
                Ok(PasswordCheck::Right(proof)) if waiting.ways.has_password => {
                    write_confirmation(context, waiting, Some(proof)).await
                }
                Ok(PasswordCheck::Right(_) | PasswordCheck::Wrong) if is_last => {
                    Err(attempt_over(context, waiting.attempt).await?)
                }
                Ok(PasswordCheck::Right(_) | PasswordCheck::Wrong) => {
                    Err(Stop::Refused(GameLinkRefusal::WrongPassword))
                }
                Ok(PasswordCheck::Throttled { retry_after }) => {
                    Err(Stop::Refused(GameLinkRefusal::Throttled { retry_after }))
                }
                Err(Stop::Refused(_)) => Err(Stop::Refused(GameLinkRefusal::Overloaded)),
                Err(Stop::Fault(fault)) => Err(Stop::Fault(fault)),
            }
        }
        OtherWay::Code(typed) if is_mailed_code(context, &waiting.attempt, typed) => {
            write_confirmation(context, waiting, None).await
        }
        OtherWay::Code(_) | OtherWay::Nothing if is_last => {
            Err(attempt_over(context, waiting.attempt).await?)
        }
        OtherWay::Code(_) | OtherWay::Nothing => Err(Stop::Refused(GameLinkRefusal::WrongCode)),
    }
}

fn is_mailed_code(context: &RequestContext, attempt: &Attempt, typed: &SecretString) -> bool {
    let Some(stored) = &attempt.code_hash else { return false };
    NumericCode::parse(typed.expose_secret())
        .is_some_and(|code| code.is_behind(stored, &context.app.keys.codes, PURPOSE, attempt.id.as_str()))
}

async fn attempt_over(context: &RequestContext, attempt: Attempt) -> Result<Stop<GameLinkRefusal>, Fault> {
    context
        .app
        .db
        .write(move |conn| Ok(store::spend_attempt(conn, &attempt.id, Stage::Confirming).map(drop)?))
        .await?;
    Ok(Stop::Refused(GameLinkRefusal::TooManyTries))
}

/// Confirms the link, stores the newest tokens, and starts the session, in one transaction.
///
/// Every act that ends all that the player has open has deleted the attempt, so a mailed code ends with it.
async fn write_confirmation(
    context: &RequestContext,
    waiting: WaitingSignIn,
    proof: Option<PasswordProof>,
) -> Result<GameLinkConfirmed, Stop<GameLinkRefusal>> {
    let app = &context.app;
    let WaitingSignIn { attempt, identity, link, player, ways, .. } = waiting;
    let event = context.audit_event(Kind::LinkRenewed, Actor::Player);
    let to = player.as_recipient(context.language);
    let linking = Linking::prepare(app, &identity, link.id.clone(), &link.player, event)?
        .confirming()
        .with_messages(LinkMessages::confirmed(app, &to, identity.name.as_deref())?);
    let sign_in = SignInWrite::prepare(context, &link.player, SignedInWith::Amazon, false)?.in_any_browser();
    let sign_in = Arc::new(sign_in.going_to(attempt.next.as_deref()));
    let (written, asked, next) = (Arc::clone(&sign_in), Arc::clone(&sign_in), attempt.next.clone());
    app.db
        .write_or_refuse(move |conn| {
            linking.write(
                conn,
                |conn, facts| {
                    let is_proven = match &proof {
                        Some(proof) => proof.still_holds(conn)?,
                        None => true,
                    };
                    let is_same = facts.owner.as_ref() == Some(&link)
                        && players::store::other_ways(conn, &link.player)? == ways;
                    if !is_proven || !is_same || !store::spend_attempt(conn, &attempt.id, Stage::Confirming)?
                    {
                        return Err(Stop::Refused(GameLinkRefusal::Gone));
                    }
                    // Without the second factor the link stays unconfirmed. The player confirms it once signed in.
                    Ok(if asked.needs_second_factor(conn)? {
                        LinkChange::Nothing
                    } else {
                        LinkChange::Renew { link: link.clone(), is_recorded: false }
                    })
                },
                |conn| Ok(written.write(conn)?),
            )
        })
        .await?;
    Ok(GameLinkConfirmed { sign_in, next })
}

/// Mails a code to the proven address. The page looks the same when too many were mailed.
pub(super) async fn mail_code(
    context: &RequestContext,
    attempt: &AttemptId,
) -> Result<(), Stop<GameLinkRefusal>> {
    let waiting = waiting_sign_in(context, attempt).await?.ok_or(Stop::Refused(GameLinkRefusal::Gone))?;
    if !waiting.ways.has_email {
        return Err(Stop::Refused(GameLinkRefusal::Missing));
    }
    let budget = RateBudget {
        limit: Limit::SignInMails,
        id: format!("letters that confirm a link {}", waiting.player.id),
        free: MAILS_IN_AN_HOUR,
        window: TimeDelta::hours(1),
        then: OverBudget::Wait,
    };
    if let RateVerdict::Refused { retry_after } = context.app.throttle.take(vec![budget], context.now).await?
    {
        return Err(Stop::Refused(GameLinkRefusal::Throttled { retry_after }));
    }
    let code = NumericCode::generate()?;
    let to = waiting.player.as_recipient(context.language);
    let amazon = waiting.identity.name.as_deref().unwrap_or("Amazon");
    let args = [("code", code.expose()), ("amazon", amazon)];
    let message = MailMessage::compose(&context.app, mail::Kind::LinkCode, &to, &args)?;
    let id = waiting.attempt.id;
    let hash = code.hash(&context.app.keys.codes, PURPOSE, id.as_str());
    context
        .app
        .db
        .write_or_refuse(move |conn| {
            if !store::store_code(conn, &id, Stage::Confirming, &hash)? {
                return Err(Stop::Refused(GameLinkRefusal::Gone));
            }
            mail::enqueue(conn, &message)?;
            Ok(())
        })
        .await
}

/// Unlinks, because whoever has the Amazon account did not make this link. Nobody is signed in.
pub(super) async fn deny_game_link(
    context: &RequestContext,
    attempt: &AttemptId,
) -> Result<(), Stop<GameLinkRefusal>> {
    let gone = || Stop::Refused(GameLinkRefusal::Gone);
    let WaitingSignIn { attempt, identity, link, player, .. } =
        waiting_sign_in(context, attempt).await?.ok_or_else(gone)?;
    let to = player.as_recipient(context.language);
    let args = [("amazon", identity.name.as_deref().unwrap_or("Amazon"))];
    let message = MailMessage::compose(&context.app, mail::Kind::AmazonDenied, &to, &args)?;
    let event = context.audit_event(Kind::LinkDenied, Actor::Visitor).on(&link.player);
    let by = UnlinkedBy::Player(None);
    let unlinking = Unlinking::prepare(&context.app, &link.player, by, event, message);
    context
        .app
        .db
        .write_or_refuse(move |conn| {
            let is_same = players::store::lock_player(conn, &link.player)?
                && store::link_of(conn, &link.player)?.as_ref() == Some(&link);
            if !is_same || !store::spend_attempt(conn, &attempt.id, Stage::Confirming)? {
                return Err(gone());
            }
            unlinking.write(conn, LastLoginMethodRule::Denied).map_err(|stop| match stop {
                Stop::Refused(_) => gone(),
                Stop::Fault(fault) => Stop::Fault(fault),
            })
        })
        .await
}
