//! Unlinking by the player, in a browser or a game, or by support staff.
//!
//! Every caller gets the same effects. Tokens and cached profile are deleted, open attempts are discarded, and the
//! sessions that the link opened end. The history records actor and cause; the player and game servers are informed.
//!
//! The last login method is not removed, unless the caller adds another one in the same transaction (S63).

use chrono::{DateTime, Utc};

use crate::accounts::players;
use crate::app::App;
use crate::audit::{self, Actor, AuditEvent, Kind};
use crate::links::LinkState;
use crate::links::model::Cause;
use crate::links::store::{self, Ending};
use crate::outbound::link_events::{self, NewLinkEvent};
use crate::outbound::mail::{self, MailMessage, MailRecipient};
use crate::platform::crypto::keys::{LookupHasher, LookupPurpose};
use crate::platform::db::Conn;
use crate::platform::fault::{Fault, Stop};
use crate::platform::ids::{PlayerId, SessionId};
use crate::sessions::SignedInWith;
use crate::sessions::browser::{self, SessionRotation, StartedSession};
use crate::web::{CurrentPlayer, RequestContext};

/// The actor of an unlink.
#[derive(Clone, Debug)]
pub enum UnlinkedBy {
    /// The link's player. The given session does not end.
    Player(Option<SessionId>),
    Support,
}

/// What an unlink does to a player who has no other login method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastLoginMethodRule {
    /// The unlink is refused.
    Kept,
    /// The link goes, because the caller adds another login method in the same transaction.
    Replaced,
    /// A link in any state goes: whoever has the Amazon account says that they did not mean to make it.
    Denied,
}

/// Why nothing was unlinked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnlinkRefusal {
    /// There is no link, or a revoked one, which counts for a browser only.
    Nothing,
    /// The link is the last login method.
    LastMethod,
}

/// Everything that the end of a link writes, prepared before its transaction.
pub struct Unlinking {
    player: PlayerId,
    by: UnlinkedBy,
    hasher: LookupHasher,
    event: AuditEvent,
    message: Option<MailMessage>,
}

impl Unlinking {
    /// `event` is the audit record, of kind [`Kind::LinkRemoved`]; its instant is that of the end.
    pub fn prepare(
        app: &App,
        player: &PlayerId,
        by: UnlinkedBy,
        event: AuditEvent,
        message: Option<MailMessage>,
    ) -> Self {
        Self { player: player.clone(), by, hasher: app.keys.lookup.clone(), event, message }
    }

    /// Deletes the link. The caller has locked the player's row and writes nothing afterwards, because the link event
    /// comes last.
    ///
    /// Check and delete run under that lock, so that a removal of the password or of a passkey at the same moment cannot succeed
    /// too.
    pub fn write(&self, conn: &mut Conn, rule: LastLoginMethodRule) -> Result<(), Stop<UnlinkRefusal>> {
        let is_denied = rule == LastLoginMethodRule::Denied;
        let link = store::link_of(conn, &self.player)?;
        let Some(link) = link.filter(|link| is_denied || link.state != LinkState::Revoked) else {
            return Err(Stop::Refused(UnlinkRefusal::Nothing));
        };
        if rule == LastLoginMethodRule::Kept
            && !players::store::can_sign_in_without_amazon(conn, &self.player)?
        {
            return Err(Stop::Refused(UnlinkRefusal::LastMethod));
        }
        let ending = Ending { actor: self.by.actor(), cause: self.by.cause(), at: self.event.at };
        store::end_link(conn, &link.id, &ending, &|id| self.hasher.hash(LookupPurpose::FormerIdentity, id))?;
        store::delete_attempts_of(conn, &self.player)?;
        browser::end_all_signed_in_with(conn, &self.player, SignedInWith::Amazon, self.by.kept_session())?;
        audit::append_event(conn, &self.event)?;
        mail::enqueue(conn, &self.message)?;
        Ok(link_events::record_event(conn, &self.link_event(self.event.at))?)
    }

    /// Deletes a revoked link, so that its Amazon account cannot come back into this player.
    ///
    /// Amazon ended the link before, and game servers know it. So there is neither a mail nor a link event.
    fn forget_revoked(&self, conn: &mut Conn) -> Result<(), Stop<UnlinkRefusal>> {
        let Some(link) = store::link_of(conn, &self.player)?.filter(|link| link.state == LinkState::Revoked)
        else {
            return Err(Stop::Refused(UnlinkRefusal::Nothing));
        };
        if !players::store::can_sign_in_without_amazon(conn, &self.player)? {
            return Err(Stop::Refused(UnlinkRefusal::LastMethod));
        }
        let ending = Ending { actor: Actor::Amazon, cause: Cause::RevokedByAmazon, at: self.event.at };
        store::end_link(conn, &link.id, &ending, &|id| self.hasher.hash(LookupPurpose::FormerIdentity, id))?;
        store::delete_attempts_of(conn, &self.player)?;
        browser::end_all_signed_in_with(conn, &self.player, SignedInWith::Amazon, self.by.kept_session())?;
        Ok(audit::append_event(conn, &self.event)?)
    }

    fn link_event(&self, at: DateTime<Utc>) -> NewLinkEvent {
        NewLinkEvent {
            at,
            kind: link_events::Kind::Unlinked,
            player: self.player.clone(),
            actor: self.by.actor(),
            cause: Some(self.by.cause().as_str()),
        }
    }
}

impl UnlinkedBy {
    fn actor(&self) -> Actor {
        match self {
            Self::Player(_) => Actor::Player,
            Self::Support => Actor::Support,
        }
    }

    fn cause(&self) -> Cause {
        match self {
            Self::Player(_) => Cause::UnlinkedByPlayer,
            Self::Support => Cause::UnlinkedBySupport,
        }
    }

    fn kept_session(&self) -> Option<&SessionId> {
        match self {
            Self::Player(session) => session.as_ref(),
            Self::Support => None,
        }
    }
}

/// Unlinks the current player in a browser and rotates the session id.
pub(in crate::links) async fn unlink_identity(
    context: &RequestContext,
) -> Result<StartedSession, Stop<UnlinkRefusal>> {
    let nothing = || Stop::Refused(UnlinkRefusal::Nothing);
    let current_player = context.current_player.as_deref().ok_or_else(nothing)?;
    let player = current_player.player.id.clone();
    let rotation = SessionRotation::prepare(current_player)?;
    let started = rotation.started();
    let by = UnlinkedBy::Player(Some(current_player.session.id.clone()));
    let event = context.audit_event(Kind::LinkRemoved, Actor::Player).on(&player);
    let unlinking =
        Unlinking::prepare(&context.app, &player, by, event, unlinked_message(context, current_player)?);
    context
        .app
        .db
        .write_or_refuse(move |conn| {
            if !players::store::lock_player(conn, &player)? || !browser::rotate_session(conn, &rotation)? {
                return Err(nothing());
            }
            match unlinking.write(conn, LastLoginMethodRule::Kept) {
                Err(Stop::Refused(UnlinkRefusal::Nothing)) => unlinking.forget_revoked(conn),
                written => written,
            }
        })
        .await?;
    Ok(started)
}

fn unlinked_message(
    context: &RequestContext,
    current_player: &CurrentPlayer,
) -> Result<Option<MailMessage>, Fault> {
    let amazon =
        current_player.link.as_ref().and_then(|link| link.amazon_name.as_deref()).unwrap_or("Amazon");
    let to = MailRecipient::current(context, current_player);
    MailMessage::compose(&context.app, mail::Kind::AmazonUnlinked, &to, &[("amazon", amazon)])
}
