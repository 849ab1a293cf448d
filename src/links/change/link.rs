//! Writes a link, for a browser, for a token that a game presented, and for a code on a TV.
//!
//! Each caller has its own decision table. It is evaluated inside the transaction, under the lock on the player's row,
//! with facts read there. Constraints of the database decide races.

use serde_json::Value;

use crate::accounts::players::{self, NewGamePlayer, NewPlayer};
use crate::app::App;
use crate::audit::{self, Actor, AuditEvent, Kind};
use crate::links::LinkState;
use crate::links::change::link_undo::LinkUndo;
use crate::links::identity::{GameOfLink, SealedLink};
use crate::links::model::{
    Cause, ExchangedIdentity, HeldLink, LinkRefusal, LinkingFacts, MadeBy, TokensFrom,
};
use crate::links::store::{self, Ending};
use crate::outbound::link_events::{self, NewLinkEvent};
use crate::outbound::mail::{self, MailMessage, MailRecipient};
use crate::platform::crypto::keys::{LookupHasher, LookupPurpose};
use crate::platform::db::{Conn, is_unique_violation};
use crate::platform::email::{EmailAddress, LocalPart};
use crate::platform::fault::{Fault, Stop};
use crate::platform::ids::{LinkId, PlayerId, SessionId};
use crate::platform::name::{DisplayName, ReservedNames};
use crate::sessions::SignedInWith;
use crate::sessions::{browser, game};

/// Everything that linking writes, prepared before its transaction.
pub(in crate::links) struct Linking {
    link: SealedLink,
    /// The player of the session, whose own link the decision uses. It may differ from the player of `link`.
    requester: Option<PlayerId>,
    /// The session of the request. It does not end with the sessions of a replaced link.
    session: Option<SessionId>,
    new_player: Option<NewLinkedPlayer>,
    email_key: Option<String>,
    /// Amazon's name, cleaned.
    name: Option<DisplayName>,
    follows_name: bool,
    /// Whether a browser's person vouches for the link, so that a renewal confirms it.
    is_confirming: bool,
    /// The record of this request. Its kind is set for each event.
    event: AuditEvent,
    messages: LinkMessages,
    hasher: LookupHasher,
}

/// A player who is created together with the link.
pub(in crate::links) enum NewLinkedPlayer {
    Web(NewPlayer),
    Game(NewGamePlayer),
}

/// The mails to the player. Only the transaction knows which one applies.
#[derive(Default)]
pub(in crate::links) struct LinkMessages {
    linked: Option<MailMessage>,
    /// For callers that may replace a link.
    replaced: Option<MailMessage>,
    /// For links by code: the way back, for the owner of the Amazon account.
    undo: Option<LinkUndo>,
    /// For callers that may confirm a link.
    confirmed: Option<MailMessage>,
}

impl LinkMessages {
    /// The mail about a new link.
    pub fn linked(app: &App, to: &MailRecipient<'_>, identity: &ExchangedIdentity) -> Result<Self, Fault> {
        let args = [("amazon", identity.name.as_deref().unwrap_or("Amazon"))];
        let linked = MailMessage::compose(app, mail::Kind::AmazonLinked, to, &args)?;
        Ok(Self { linked, ..Self::default() })
    }

    /// Adds the mail to the owner of the Amazon account, with a link that undoes.
    pub fn with_undo(self, undo: Option<LinkUndo>) -> Self {
        Self { undo, ..self }
    }

    /// The mail about a link that opens a browser from now on.
    pub fn confirmed(app: &App, to: &MailRecipient<'_>, amazon: Option<&str>) -> Result<Self, Fault> {
        let args = [("amazon", amazon.unwrap_or("Amazon"))];
        let confirmed = MailMessage::compose(app, mail::Kind::AmazonConfirmed, to, &args)?;
        Ok(Self { confirmed, ..Self::default() })
    }

    /// Queues the mail about a confirmed link.
    pub fn enqueue_confirmed(&self, conn: &mut Conn) -> Result<(), Fault> {
        Ok(mail::enqueue(conn, &self.confirmed)?)
    }

    /// Adds the mail about a link that replaces the one with the Amazon account `former`.
    pub fn or_replaced(
        self,
        app: &App,
        to: &MailRecipient<'_>,
        identity: &ExchangedIdentity,
        former: Option<&str>,
    ) -> Result<Self, Fault> {
        let amazon = identity.name.as_deref().unwrap_or("Amazon");
        let args = [("amazon", amazon), ("former", former.unwrap_or("Amazon"))];
        let replaced = MailMessage::compose(app, mail::Kind::AmazonReplaced, to, &args)?;
        Ok(Self { replaced, ..self })
    }
}

/// The answer of a caller's decision table.
pub(in crate::links) enum LinkChange {
    /// Insert a link. The player's old link ends.
    Add,
    /// Store the new tokens in the link. `is_recorded` adds an audit record even if the link was active.
    Renew { link: HeldLink, is_recorded: bool },
    /// Leave the link as it is.
    Nothing,
}

/// What was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::links) enum LinkWritten {
    Added,
    /// The old link ended in the same transaction.
    Replaced,
    Renewed,
    Nothing,
}

/// Why nothing could be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::links) enum LinkConflict {
    /// The player is disabled or gone.
    PlayerClosed,
    /// The link has changed since it was read.
    LinkChanged,
    /// Another request linked the identity or the player first.
    IdentityTaken,
}

impl From<LinkConflict> for LinkRefusal {
    fn from(conflict: LinkConflict) -> Self {
        match conflict {
            LinkConflict::IdentityTaken => Self::IdentityTaken,
            LinkConflict::PlayerClosed | LinkConflict::LinkChanged => Self::AttemptUnknown,
        }
    }
}

impl Linking {
    /// Seals the tokens for the link `id` of the player in `event`, which is the record of this request.
    pub fn prepare(
        app: &App,
        identity: &ExchangedIdentity,
        id: LinkId,
        player: &PlayerId,
        event: AuditEvent,
    ) -> Result<Self, Fault> {
        Ok(Self {
            link: SealedLink::of(&app.vault, identity, id, player, event.at)?,
            requester: None,
            session: None,
            new_player: None,
            email_key: email_key(identity),
            name: amazon_display_name(app, identity),
            follows_name: false,
            is_confirming: false,
            event: event.on(player),
            messages: LinkMessages::default(),
            hasher: app.keys.lookup.clone(),
        })
    }

    /// Sets the player and the session of the request.
    pub fn requested_by(self, player: Option<&PlayerId>, session: Option<&SessionId>) -> Self {
        Self { requester: player.cloned(), session: session.cloned(), ..self }
    }

    /// Creates the player in the same transaction.
    pub fn creating(self, player: Option<NewLinkedPlayer>) -> Self {
        Self { new_player: player, ..self }
    }

    /// Marks the token as presented by a game or a phone app.
    pub fn of_presented_token(self) -> Self {
        Self { link: self.link.presented(), ..self }
    }

    /// Names what makes the link, and in which game that is. A browser needs no call.
    pub fn made_by(self, made_by: MadeBy) -> Self {
        Self { link: SealedLink { made_by, ..self.link }, ..self }
    }

    /// Confirms the link by a renewal, because its person is there in a browser and has proven to be its player.
    pub fn confirming(self) -> Self {
        Self { is_confirming: true, ..self }
    }

    /// Makes the display name follow Amazon's from now on.
    pub fn following_name(self, follows_name: bool) -> Self {
        Self { follows_name, ..self }
    }

    /// Mails the player if a link is added.
    pub fn with_messages(self, messages: LinkMessages) -> Self {
        Self { messages, ..self }
    }

    /// Writes what `decide` answers and then the session, or nothing.
    ///
    /// `decide` also checks that the request may still write. The caller writes nothing afterwards, because the link
    /// event comes last (see [`link_events::record_event`]).
    pub fn write<T, R: From<LinkConflict>>(
        &self,
        conn: &mut Conn,
        decide: impl FnOnce(&mut Conn, &LinkingFacts) -> Result<LinkChange, Stop<R>>,
        write_session: impl FnOnce(&mut Conn) -> Result<T, Stop<R>>,
    ) -> Result<(LinkWritten, T), Stop<R>> {
        // Every transaction locks the player's row first. A concurrent unlink locks the attempts after it.
        if self.new_player.is_none() && !players::store::lock_player(conn, &self.link.player)? {
            return Err(refused(LinkConflict::PlayerClosed));
        }
        let email_key = self.email_key.as_deref();
        let facts = store::read_facts(conn, &self.link.amazon_id, email_key, self.requester.as_ref())?;
        let (written, event) = match decide(conn, &facts)? {
            LinkChange::Add => self.add(conn, facts.own.as_ref())?,
            LinkChange::Renew { link, is_recorded } => self.renew(conn, &link, is_recorded)?,
            LinkChange::Nothing => (LinkWritten::Nothing, None),
        };
        let is_renamed = written != LinkWritten::Nothing && self.set_display_name(conn)?;
        // A link that is told of anyway makes game servers read the player again.
        let event = event.or(is_renamed.then_some(link_events::Kind::ProfileChanged));
        let session = write_session(conn)?;
        if let Some(kind) = event {
            let player = self.link.player.clone();
            let event = NewLinkEvent { at: self.event.at, kind, player, actor: Actor::Player, cause: None };
            link_events::record_event(conn, &event)?;
        }
        Ok((written, session))
    }

    fn add<R: From<LinkConflict>>(&self, conn: &mut Conn, own: Option<&HeldLink>) -> Result<Effect, Stop<R>> {
        if let Some(player) = &self.new_player {
            player.insert(conn)?;
            let mut registered = self.event_of(Kind::PlayerRegistered);
            if let Value::Object(details) = &mut registered.details {
                details.insert("with".to_owned(), Value::from("amazon"));
            }
            audit::append_event(conn, &registered)?;
        }
        let old = own.filter(|own| own.player == self.link.player);
        if let Some(old) = old {
            let (actor, cause) = match old.state {
                LinkState::Revoked => (Actor::Amazon, Cause::RevokedByAmazon),
                LinkState::Active | LinkState::NeedsReconnect => (Actor::Player, Cause::Replaced),
            };
            let ending = Ending { actor, cause, at: self.event.at };
            let hash = |id: &str| self.hasher.hash(LookupPurpose::FormerIdentity, id);
            store::end_link(conn, &old.id, &ending, &hash)?;
            // Sessions that the old Amazon account opened end, as after an unlink.
            let player = &self.link.player;
            browser::end_all_signed_in_with(conn, player, SignedInWith::Amazon, self.session.as_ref())?;
        }
        let mut link = self.link_without_email_of_others(conn)?;
        if !link.is_confirmed() {
            link.made_in = Some(self.game_of_link(conn)?);
        }
        match store::insert_link(conn, &link) {
            Err(error) if is_unique_violation(&error) => return Err(refused(LinkConflict::IdentityTaken)),
            inserted => inserted?,
        }
        let is_replaced = old.is_some_and(|old| old.state != LinkState::Revoked);
        let kind = if is_replaced { Kind::LinkReplaced } else { Kind::LinkAdded };
        audit::append_event(conn, &self.event_of(kind))?;
        let LinkMessages { linked, replaced, undo, .. } = &self.messages;
        mail::enqueue(conn, replaced.as_ref().filter(|_| is_replaced).or(linked.as_ref()))?;
        if let Some(undo) = undo {
            undo.write(conn)?;
        }
        Ok(if is_replaced {
            (LinkWritten::Replaced, Some(link_events::Kind::Replaced))
        } else {
            (LinkWritten::Added, Some(link_events::Kind::Linked))
        })
    }

    /// Renews the profile in every case. A presented token never replaces tokens of a code exchange.
    fn renew<R: From<LinkConflict>>(
        &self,
        conn: &mut Conn,
        link: &HeldLink,
        is_recorded: bool,
    ) -> Result<Effect, Stop<R>> {
        // The tokens were sealed for one link, so another link cannot store them.
        if link.id != self.link.id {
            return Err(refused(LinkConflict::LinkChanged));
        }
        let sealed = self.link_without_email_of_others(conn)?;
        let is_active = match sealed.tokens_from {
            TokensFrom::CodeGrant => store::renew_link(conn, &sealed, link.state)?.then_some(true),
            TokensFrom::Presented => store::renew_by_presented_token(conn, &sealed, link.state)?,
        };
        let is_active = is_active.ok_or_else(|| refused(LinkConflict::LinkChanged))?;
        if self.is_confirming && store::confirm_link(conn, &link.id, self.event.at)? {
            audit::append_event(conn, &self.event_of(Kind::LinkConfirmed))?;
            self.messages.enqueue_confirmed(conn)?;
        }
        if is_active && link.state != LinkState::Active {
            audit::append_event(conn, &self.event_of(Kind::LinkReconnected))?;
            return Ok((LinkWritten::Renewed, Some(link_events::Kind::Reconnected)));
        }
        if is_recorded {
            audit::append_event(conn, &self.event_of(Kind::LinkRenewed))?;
        }
        Ok((LinkWritten::Renewed, None))
    }

    /// Where the game runs that makes the link. A game server of the service API has no session.
    fn game_of_link(&self, conn: &mut Conn) -> Result<GameOfLink, Fault> {
        let place = match &self.session {
            Some(session) => game::place_of(conn, session)?,
            None => None,
        };
        let network = self.event.network.clone().unwrap_or_default();
        Ok(match place {
            Some(place) => GameOfLink { api_key: place.api_key, client: place.client, network },
            None => GameOfLink { api_key: String::new(), client: String::new(), network },
        })
    }

    /// The link. A game's players never see an address that another player has proven here.
    fn link_without_email_of_others(&self, conn: &mut Conn) -> Result<SealedLink, Fault> {
        let mut link = self.link.clone();
        if let (TokensFrom::Presented, Some(key)) = (link.tokens_from, &self.email_key)
            && players::store::is_email_anothers(conn, key, &link.player)?
        {
            link.email = None;
        }
        Ok(link)
    }

    /// Lets the display name follow Amazon's. Returns whether it is another one now.
    fn set_display_name(&self, conn: &mut Conn) -> Result<bool, Fault> {
        let player = &self.link.player;
        if self.follows_name {
            players::store::follow_amazon_name(conn, player)?;
        }
        let Some(name) = &self.name else { return Ok(false) };
        let is_renamed = players::store::sync_display_name(conn, player, name)?;
        players::store::fill_display_name(conn, player, name)?;
        Ok(is_renamed)
    }

    fn event_of(&self, kind: Kind) -> AuditEvent {
        AuditEvent { kind, ..self.event.clone() }
    }
}

/// What was written, and the event for game servers.
type Effect = (LinkWritten, Option<link_events::Kind>);

fn refused<R: From<LinkConflict>>(conflict: LinkConflict) -> Stop<R> {
    Stop::Refused(conflict.into())
}

impl NewLinkedPlayer {
    fn insert(&self, conn: &mut Conn) -> Result<(), Fault> {
        match self {
            Self::Web(player) => players::store::insert_player(conn, player)?,
            Self::Game(player) => players::store::insert_from_game(conn, player)?,
        }
        Ok(())
    }
}

/// The lookup key of the identity's address, if the address is valid.
pub(in crate::links) fn email_key(identity: &ExchangedIdentity) -> Option<String> {
    let email = EmailAddress::parse(identity.email.as_deref()?, LocalPart::Ascii).ok()?;
    Some(email.key().to_owned())
}

/// Amazon's name, cleaned for use as a display name.
pub(in crate::links) fn amazon_display_name(app: &App, identity: &ExchangedIdentity) -> Option<DisplayName> {
    DisplayName::from_upstream(identity.name.as_deref()?, &ReservedNames::new(&app.config.site.name))
}
