//! Prepares the write of a step before its transaction, and carries it out.

use chrono::TimeDelta;
use serde_json::json;

use crate::accounts::players::{self, NewGamePlayer, PlayerCredentials};
use crate::app::App;
use crate::audit::{self, Actor, AuditEvent, Kind};
use crate::links::LinkState;
use crate::links::identity::SealedLink;
use crate::links::model::{Cause, ExchangedIdentity, HeldLink};
use crate::links::presented_token::connect::{connect_event, email_key};
use crate::links::presented_token::model::{
    ConnectOptions, ConnectRefusal, ConnectStep, Connected, GameCallContext, decide_connect,
};
use crate::links::store::{self, Ending};
use crate::outbound::link_events::{self, NewLinkEvent};
use crate::outbound::mail::{self, MailMessage};
use crate::platform::crypto::keys::{LookupHasher, LookupPurpose};
use crate::platform::db::{Conn, QueryResult, is_unique_violation};
use crate::platform::fault::{Fault, Stop};
use crate::platform::i18n::Language;
use crate::platform::ids::{LinkId, PlayerId};
use crate::platform::name::{DisplayName, ReservedNames};
use crate::sessions::game::{self, GameSession, NewGameSession};

/// Why a step was not written.
pub(in crate::links) enum ConnectWriteError {
    /// The facts behind the decision have changed.
    Race,
    Refused(ConnectRefusal),
}

impl From<ConnectRefusal> for ConnectWriteError {
    fn from(refused: ConnectRefusal) -> Self {
        Self::Refused(refused)
    }
}

/// A step, ready to be written.
pub(in crate::links) struct ConnectWrite {
    hands: GameCallContext,
    wish: ConnectOptions,
    step: ConnectStep,
    /// The player of the new session.
    player: PlayerId,
    link: SealedLink,
    email_key: Option<String>,
    /// Amazon's name, cleaned.
    name: Option<DisplayName>,
    newcomer: Option<NewGamePlayer>,
    letter: Option<MailMessage>,
    entry: NewGameSession,
    fence: FreshAuthPolicy,
    hasher: LookupHasher,
}

impl ConnectWrite {
    /// Seals the token for the link of the step, and prepares the mail about it.
    pub fn prepare(
        app: &App,
        hands: &GameCallContext,
        arrived: &ExchangedIdentity,
        wish: &ConnectOptions,
        step: ConnectStep,
        current: Option<PlayerCredentials>,
        entry: &NewGameSession,
    ) -> Result<Self, Stop<ConnectRefusal>> {
        let new_player = || PlayerId::new(hands.at);
        let (link, player) = match &step {
            ConnectStep::Stay(held) | ConnectStep::Switch(held) => (held.id.clone(), held.player.clone()),
            ConnectStep::Create => (LinkId::new(hands.at), new_player()),
            ConnectStep::Link => (LinkId::new(hands.at), hands.player.clone().unwrap_or_else(new_player)),
            ConnectStep::Refuse(refused) => return Err(Stop::Refused(refused.clone())),
        };
        let reserved = ReservedNames::new(&app.config.site.name);
        let name = arrived.name.as_deref().and_then(|name| DisplayName::from_upstream(name, &reserved));
        let link = SealedLink::of(&app.vault, arrived, link, &player, hands.at)?.handed_over();
        let newcomer = (step == ConnectStep::Create).then(|| NewGamePlayer {
            id: player.clone(),
            display_name: name.clone(),
            sync_display_name: wish.sync_display_name,
            user_name: None,
            password: None,
            language: None,
            segments: wish.segments.clone(),
            created_at: hands.at,
        });
        let letter = match (&step, current) {
            (ConnectStep::Link, Some(current)) => linked_message(app, &current, arrived)?,
            _ => None,
        };
        Ok(Self {
            email_key: email_key(arrived),
            hands: hands.clone(),
            wish: wish.clone(),
            entry: entry.clone(),
            fence: FreshAuthPolicy::of(app),
            hasher: app.keys.lookup.clone(),
            step,
            player,
            link,
            name,
            newcomer,
            letter,
        })
    }

    /// Writes the whole step, or nothing.
    pub fn write(&self, conn: &mut Conn) -> Result<Connected, Stop<ConnectWriteError>> {
        // Every transaction locks the player's row first.
        if self.newcomer.is_none() && !players::store::lock_player(conn, &self.player)? {
            return Err(Stop::Refused(ConnectRefusal::Disabled.into()));
        }
        let asked = (&self.link.amazon_id, self.email_key.as_deref(), self.hands.player.as_ref());
        let standing = store::standing(conn, asked.0, asked.1, asked.2)?;
        if decide_connect(self.wish.flags, self.hands.player.is_some(), &standing) != self.step {
            return Err(Stop::Refused(ConnectWriteError::Race));
        }
        let told = match &self.step {
            ConnectStep::Create => self.create(conn)?,
            ConnectStep::Link => self.link(conn, standing.own.as_ref())?,
            ConnectStep::Stay(held) | ConnectStep::Switch(held) => self.renew(conn, held)?,
            ConnectStep::Refuse(refused) => return Err(Stop::Refused(refused.clone().into())),
        };
        self.name(conn)?;
        let session = self.come_in(conn)?;
        let known = players::store::credentials_by_id(conn, &self.player)?;
        let known = known.ok_or_else(|| Fault::broken("letting a player in", "the player is gone"))?;
        if let Some(told) = told {
            link_events::record_event(conn, &told)?;
        }
        Ok(Connected { session, display_name: known.display_name, is_new: self.step == ConnectStep::Create })
    }

    fn create(&self, conn: &mut Conn) -> Result<Option<NewLinkEvent>, Stop<ConnectWriteError>> {
        let Some(newcomer) = &self.newcomer else { return Err(Stop::Refused(ConnectWriteError::Race)) };
        players::store::insert_from_game(conn, newcomer)?;
        self.insert(conn)?;
        let registered = json!({ "with": "amazon", "door": "game" });
        self.record(conn, Kind::PlayerRegistered, registered)?;
        self.record(conn, Kind::LinkAdded, json!({ "door": "game" }))?;
        Ok(Some(self.told(link_events::Kind::Linked)))
    }

    fn link(
        &self,
        conn: &mut Conn,
        own: Option<&HeldLink>,
    ) -> Result<Option<NewLinkEvent>, Stop<ConnectWriteError>> {
        let hands = &self.hands;
        if !self.fence.lets(conn, hands, &self.player)? {
            return Err(Stop::Refused(ConnectRefusal::NotFresh.into()));
        }
        if let Some(revoked) = own {
            let ending = Ending { actor: "player", cause: Cause::RevokedByAmazon, at: hands.at };
            store::end(conn, &revoked.id, &ending, &|id| {
                self.hasher.hash(LookupPurpose::FormerIdentity, id)
            })?;
        }
        self.insert(conn)?;
        self.record(conn, Kind::LinkAdded, json!({ "door": "game" }))?;
        if let Some(letter) = &self.letter {
            mail::enqueue(conn, letter)?;
        }
        Ok(Some(self.told(link_events::Kind::Linked)))
    }

    fn insert(&self, conn: &mut Conn) -> Result<(), Stop<ConnectWriteError>> {
        let link = self.profile(conn)?;
        match store::insert(conn, &link) {
            Err(error) if is_unique_violation(&error) => Err(Stop::Refused(ConnectWriteError::Race)),
            inserted => Ok(inserted?),
        }
    }

    /// Renews the profile always, the token only where it replaces none from a code exchange.
    fn renew(
        &self,
        conn: &mut Conn,
        held: &HeldLink,
    ) -> Result<Option<NewLinkEvent>, Stop<ConnectWriteError>> {
        let link = self.profile(conn)?;
        let Some(is_active) = store::renew_from_hands(conn, &link, held.state)? else {
            return Err(Stop::Refused(ConnectWriteError::Race));
        };
        if !is_active || held.state == LinkState::Active {
            return Ok(None);
        }
        self.record(conn, Kind::LinkReconnected, json!({ "door": "game" }))?;
        Ok(Some(self.told(link_events::Kind::Reconnected)))
    }

    /// The link, without an address that another player has proven here.
    fn profile(&self, conn: &mut Conn) -> Result<SealedLink, Fault> {
        let is_anothers = match &self.email_key {
            Some(key) => players::store::is_email_anothers(conn, key, &self.player)?,
            None => false,
        };
        let email = self.link.email.clone().filter(|_| !is_anothers);
        Ok(SealedLink { email, ..self.link.clone() })
    }

    fn name(&self, conn: &mut Conn) -> Result<(), Fault> {
        if self.wish.sync_display_name {
            players::store::follow_amazon_name(conn, &self.player)?;
        }
        if let Some(name) = &self.name {
            players::store::sync_display_name(conn, &self.player, name)?;
            players::store::fill_display_name(conn, &self.player, name)?;
        }
        Ok(())
    }

    fn come_in(&self, conn: &mut Conn) -> Result<GameSession, Fault> {
        let former = self.hands.player.as_ref().filter(|former| **former != self.player);
        if let Some(former) = former {
            let left = connect_event(&self.hands, Kind::PlayerSwitched)
                .on(former)
                .with(json!({ "door": "game", "to": self.player }));
            audit::append_event(conn, &left)?;
            self.record(conn, Kind::PlayerSwitched, json!({ "door": "game", "from": former }))?;
        }
        let session = game::sign_in_session(conn, &self.entry, &self.player)?;
        self.record(conn, Kind::PlayerSignedIn, json!({ "with": "amazon", "door": "game" }))?;
        Ok(session)
    }

    /// The link event of the step; it is recorded last (see [`link_events::record_event`]).
    fn told(&self, kind: link_events::Kind) -> NewLinkEvent {
        NewLinkEvent {
            at: self.hands.at,
            kind,
            player: self.player.clone(),
            actor: Actor::Player,
            cause: None,
        }
    }

    fn record(&self, conn: &mut Conn, kind: Kind, details: serde_json::Value) -> Result<(), Fault> {
        let hands = &self.hands;
        let event = AuditEvent::new(hands.at, kind, Actor::Player, &hands.reference);
        Ok(audit::append_event(conn, &event.from(&hands.network).on(&self.player).with(details))?)
    }
}

/// The rule for who may link and unlink (S75).
///
/// If the operator sets `DOVETAIL_GAME_LINKING=fresh`, players with a password or a proven address need a recent
/// proof. The session that asks must itself have proven a credential.
#[derive(Clone, Copy)]
pub struct FreshAuthPolicy {
    /// How long a proof counts. `None` requires no proof.
    fresh_for: Option<TimeDelta>,
}

impl FreshAuthPolicy {
    pub fn of(app: &App) -> Self {
        Self { fresh_for: app.config.game.is_linking_fenced().then(|| app.fresh_for()) }
    }

    /// Whether this session may change its player's links. The caller has locked the player's row where the answer
    /// decides.
    pub fn lets(self, conn: &mut Conn, hands: &GameCallContext, player: &PlayerId) -> QueryResult<bool> {
        let Some(fresh_for) = self.fresh_for else { return Ok(true) };
        let known = players::store::credentials_by_id(conn, player)?;
        if known.is_none_or(|known| known.password.is_none() && known.email.is_none()) {
            return Ok(true);
        }
        Ok(hands.has_proven_within(fresh_for))
    }
}

/// The mail about a new link, for a player who has an address.
pub(in crate::links) fn linked_message(
    app: &App,
    player: &PlayerCredentials,
    arrived: &ExchangedIdentity,
) -> Result<Option<MailMessage>, Fault> {
    let Some(email) = &player.email else { return Ok(None) };
    let language = player.language.as_deref().and_then(Language::from_tag).unwrap_or(Language::English);
    let amazon = arrived.name.as_deref().unwrap_or("Amazon");
    let args = [("name", player.display_name.as_str()), ("amazon", amazon)];
    MailMessage::write(app, mail::Kind::AmazonLinked, Some(&player.id), email, language, &args).map(Some)
}
