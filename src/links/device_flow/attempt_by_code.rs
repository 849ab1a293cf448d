//! Links the Amazon account of a browser's trip to the player of a TV, by a code of the portal's own.
//!
//! The trip is an ordinary sign-in with Amazon whose account nobody has. The TV's player is not signed in there, so the
//! caller names the session of the game that showed the code.

use serde_json::json;

use crate::accounts::players;
use crate::audit::{Actor, Kind};
use crate::links::change::link::{LinkChange, LinkConflict, LinkMessages, Linking};
use crate::links::change::link_undo::LinkUndo;
use crate::links::game_rules::{GameAct, GameRules, GivenProof};
use crate::links::model::{LinkRefusal, LinkingDecision, MadeBy, Purpose, Stage, decide};
use crate::links::oauth::callback::spend_refused;
use crate::links::oauth::confirm::pending_link;
use crate::links::store;
use crate::platform::db::{Conn, QueryResult};
use crate::platform::fault::{Fault, Stop};
use crate::platform::i18n::Language;
use crate::platform::ids::{AttemptId, LinkId, PlayerId};
use crate::sessions::SessionOrigin;
use crate::web::RequestContext;

/// Why nothing is linked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkByCodeRefusal {
    /// The trip to Amazon has ended.
    AttemptUnknown,
    /// The game's session or its code has ended, or its player may not be linked on this way.
    Ended,
    /// The Amazon account has a player by now, or the TV's player an Amazon account.
    Taken,
}

impl From<LinkConflict> for LinkByCodeRefusal {
    fn from(conflict: LinkConflict) -> Self {
        match conflict {
            LinkConflict::PlayerClosed => Self::Ended,
            LinkConflict::IdentityTaken => Self::Taken,
            LinkConflict::LinkChanged => Self::AttemptUnknown,
        }
    }
}

/// Whether a first Amazon account may be linked to this player by a code on a TV, without proof of another way in.
///
/// A player with a link in any state is linked on the pages of the portal; about the rest the table for games decides.
pub fn may_link_by_code(conn: &mut Conn, rules: GameRules, player: &PlayerId) -> QueryResult<bool> {
    Ok(store::link_of(conn, player)?.is_none()
        && rules.judge(conn, GameAct::Link, player, GivenProof::default())?.is_ok())
}

/// The name of the Amazon account that waits in this browser's attempt. The outer `None` means that the attempt is gone.
pub async fn waiting_amazon_name(
    context: &RequestContext,
    attempt: &AttemptId,
) -> Result<Option<Option<String>>, Fault> {
    let waiting = pending_link(context, attempt, Stage::Registering).await?;
    Ok(waiting.map(|(_, identity)| identity.name))
}

/// Links the account of the attempt to the player of `origin`, and ends the code by `end_code` in the same transaction.
pub async fn link_attempt_by_code(
    context: &RequestContext,
    attempt: &AttemptId,
    origin: SessionOrigin,
    end_code: impl Fn(&mut Conn) -> Result<bool, Fault> + Send + 'static,
) -> Result<(), Stop<LinkByCodeRefusal>> {
    let (app, now) = (&context.app, context.now);
    let (attempt, identity) = pending_link(context, attempt, Stage::Registering)
        .await?
        .ok_or(Stop::Refused(LinkByCodeRefusal::AttemptUnknown))?;
    let (player, asked) = (origin.player.clone(), origin.player.clone());
    let known = app
        .db
        .read(move |conn| {
            let Some(known) = players::store::credentials_by_id(conn, &asked)? else { return Ok(None) };
            Ok(Some((known, players::store::has_person(conn, &asked)?)))
        })
        .await?;
    let (known, has_person) = known.ok_or(Stop::Refused(LinkByCodeRefusal::Ended))?;
    let to = known.as_recipient(Language::English);
    let id = LinkId::new(now);
    let undo = LinkUndo::prepare(app, &identity, &id, &player, context.language)?;
    let event = context.audit_event(Kind::LinkAdded, Actor::Player).with(json!({ "door": "code" }));
    let linking = Linking::prepare(app, &identity, id, &player, event)?
        .requested_by(Some(&player), origin.session.as_ref())
        .with_messages(LinkMessages::linked(app, &to, &identity)?.with_undo(undo));
    // The person with the phone may be another one than the player, whose token showed the code. Whoever else opens the
    // player confirms the link first, as one that a game made.
    let linking = if has_person { linking.made_by(MadeBy::GameCode) } else { linking };
    let (rules, spent) = (GameRules::of(app), attempt.clone());
    let written = app
        .db
        .write_or_refuse(move |conn| {
            linking.write(
                conn,
                |conn, facts| {
                    let ended = || Stop::Refused(LinkByCodeRefusal::Ended);
                    match decide(Purpose::Link, facts) {
                        LinkingDecision::Confirm => {}
                        _ => return Err(Stop::Refused(LinkByCodeRefusal::Taken)),
                    }
                    if !origin.is_alive(conn, now)?
                        || !may_link_by_code(conn, rules, &origin.player)?
                        || players::store::has_person(conn, &origin.player)? != has_person
                    {
                        return Err(ended());
                    }
                    if !store::spend_attempt(conn, &attempt.id, Stage::Registering)? {
                        return Err(Stop::Refused(LinkByCodeRefusal::AttemptUnknown));
                    }
                    if !end_code(conn)? {
                        return Err(ended());
                    }
                    Ok(LinkChange::Add)
                },
                |_| Ok(()),
            )
        })
        .await;
    match written {
        Ok(_) => Ok(()),
        Err(Stop::Refused(LinkByCodeRefusal::Taken)) => {
            // The rollback undid the spending, so the tokens in the attempt are deleted here.
            let event = context.audit_event(Kind::LinkRefused, Actor::Visitor).on(&player);
            spend_refused(context, &spent, Stage::Registering, LinkRefusal::IdentityTaken, event).await?;
            Err(Stop::Refused(LinkByCodeRefusal::Taken))
        }
        Err(stop) => Err(stop),
    }
}
