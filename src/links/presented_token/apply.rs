//! Prepares the write of a step before its transaction, and carries it out.

use serde_json::json;

use crate::accounts::players::{self, NewGamePlayer, PlayerCredentials};
use crate::app::App;
use crate::audit::{self, Actor, Kind};
use crate::links::change::link::{
    LinkChange, LinkConflict, LinkMessages, Linking, NewLinkedPlayer, amazon_display_name,
};
use crate::links::game_rules::{GameAct, GameRules, ProofMissing};
use crate::links::model::{ExchangedIdentity, LinkingFacts, MadeBy};
use crate::links::presented_token::connect::connect_event;
use crate::links::presented_token::model::{
    ConnectOptions, ConnectRefusal, ConnectStep, Connected, GameCallContext, decide_connect,
};
use crate::platform::db::Conn;
use crate::platform::fault::{Fault, Stop};
use crate::platform::i18n::Language;
use crate::platform::ids::{LinkId, PlayerId};
use crate::sessions::game::{self, NewGameSession};

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

impl From<LinkConflict> for ConnectWriteError {
    fn from(conflict: LinkConflict) -> Self {
        match conflict {
            LinkConflict::PlayerClosed => ConnectRefusal::Disabled.into(),
            LinkConflict::LinkChanged | LinkConflict::IdentityTaken => Self::Race,
        }
    }
}

/// A step, ready to be written.
pub(in crate::links) struct ConnectWrite {
    call: GameCallContext,
    options: ConnectOptions,
    step: ConnectStep,
    /// The player of the new session.
    player: PlayerId,
    linking: Linking,
    new_session: NewGameSession,
    rules: GameRules,
}

impl ConnectWrite {
    /// Seals the token for the link of the step, and prepares the mail about it.
    pub fn prepare(
        app: &App,
        call: &GameCallContext,
        identity: &ExchangedIdentity,
        options: &ConnectOptions,
        step: ConnectStep,
        current: Option<PlayerCredentials>,
        new_session: &NewGameSession,
    ) -> Result<Self, Stop<ConnectRefusal>> {
        let new_player = || PlayerId::new(call.at);
        let (link, player) = match &step {
            ConnectStep::Stay(held) | ConnectStep::Switch(held) => (held.id.clone(), held.player.clone()),
            ConnectStep::Create => (LinkId::new(call.at), new_player()),
            ConnectStep::Link => (LinkId::new(call.at), call.player().cloned().unwrap_or_else(new_player)),
            ConnectStep::Refuse(refused) => return Err(Stop::Refused(refused.clone())),
        };
        let newcomer = (step == ConnectStep::Create).then(|| {
            NewLinkedPlayer::Game(NewGamePlayer {
                id: player.clone(),
                display_name: amazon_display_name(app, identity),
                sync_display_name: options.sync_display_name,
                user_name: None,
                password: None,
                language: None,
                segments: options.segments.clone(),
                created_at: call.at,
            })
        });
        let messages = match (&step, current) {
            (ConnectStep::Link, Some(current)) => {
                LinkMessages::linked(app, &current.as_recipient(Language::English), identity)?
            }
            _ => LinkMessages::default(),
        };
        let event = call.audit_event(Kind::LinkAdded, Actor::Player).with(json!({ "door": "game" }));
        let made_by = if step == ConnectStep::Create { MadeBy::NewPlayer } else { MadeBy::GameToken };
        Ok(Self {
            linking: Linking::prepare(app, identity, link, &player, event)?
                .of_presented_token()
                .made_by(made_by)
                .requested_by(call.player(), call.session())
                .creating(newcomer)
                .following_name(options.sync_display_name)
                .with_messages(messages),
            call: call.clone(),
            options: options.clone(),
            new_session: if step.proves_player() {
                new_session.clone().proving_identity()
            } else {
                new_session.clone()
            },
            rules: GameRules::of(app),
            step,
            player,
        })
    }

    /// Writes the whole step, or nothing.
    pub fn write(&self, conn: &mut Conn) -> Result<Connected, Stop<ConnectWriteError>> {
        let (_, connected) =
            self.linking.write(conn, |conn, facts| self.decide(conn, facts), |conn| self.sign_in(conn))?;
        Ok(connected)
    }

    fn decide(&self, conn: &mut Conn, facts: &LinkingFacts) -> Result<LinkChange, Stop<ConnectWriteError>> {
        // The answer of Amazon took its time. Nothing is linked, and no token issued, for a session that ended.
        if let Some(origin) = &self.call.origin
            && !origin.is_alive(conn, self.call.at)?
        {
            return Err(Stop::Refused(ConnectRefusal::SessionEnded.into()));
        }
        if decide_connect(self.options.flags, self.call.player().is_some(), facts) != self.step {
            return Err(Stop::Refused(ConnectWriteError::Race));
        }
        let act = match &self.step {
            ConnectStep::Link => Some(GameAct::Link),
            ConnectStep::Stay(_) => Some(GameAct::Renew),
            // They write nothing of the session's player.
            ConnectStep::Create | ConnectStep::Switch(_) | ConnectStep::Refuse(_) => None,
        };
        if let Some(act) = act {
            let proof = self.call.proof(self.rules.fresh_for);
            self.rules.judge(conn, act, &self.player, proof)?.map_err(|missing| {
                Stop::Refused(ConnectWriteError::Refused(match missing {
                    ProofMissing::AlreadyLinked => ConnectRefusal::AlreadyLinked,
                    ProofMissing::Reauthentication | ProofMissing::OldPassword => ConnectRefusal::NotFresh,
                }))
            })?;
        }
        match &self.step {
            ConnectStep::Create | ConnectStep::Link => Ok(LinkChange::Add),
            ConnectStep::Stay(held) | ConnectStep::Switch(held) => {
                Ok(LinkChange::Renew { link: held.clone(), is_recorded: false })
            }
            ConnectStep::Refuse(refused) => Err(Stop::Refused(refused.clone().into())),
        }
    }

    fn sign_in(&self, conn: &mut Conn) -> Result<Connected, Stop<ConnectWriteError>> {
        let former = self.call.player().filter(|former| **former != self.player);
        if let Some(former) = former {
            let left = connect_event(&self.call, Kind::PlayerSwitched)
                .on(former)
                .with(json!({ "door": "game", "to": self.player }));
            audit::append_event(conn, &left)?;
            self.record(conn, Kind::PlayerSwitched, json!({ "door": "game", "from": former }))?;
        }
        if self.step != ConnectStep::Create
            && let Some(segments) = &self.options.segments
        {
            players::store::set_segments(conn, &self.player, segments)?;
        }
        let session = game::sign_in_session(conn, &self.new_session, &self.player)?;
        self.record(conn, Kind::PlayerSignedIn, json!({ "with": "amazon", "door": "game" }))?;
        let known = players::store::credentials_by_id(conn, &self.player)?;
        let known = known.ok_or_else(|| Fault::broken("signing a player in", "the player is gone"))?;
        Ok(Connected { session, display_name: known.display_name, is_new: self.step == ConnectStep::Create })
    }

    fn record(&self, conn: &mut Conn, kind: Kind, details: serde_json::Value) -> Result<(), Fault> {
        let event = self.call.audit_event(kind, Actor::Player).on(&self.player).with(details);
        Ok(audit::append_event(conn, &event)?)
    }
}
