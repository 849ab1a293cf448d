//! The owner of an Amazon account takes back a link that a code made, without signing in: the token is the proof.
//!
//! Who types a code for somebody else notices it only later, and may have no player here. The mail goes to the address
//! of the Amazon account, and says nothing that the player could have chosen.

use chrono::TimeDelta;
use serde_json::json;

use crate::accounts::players::{self, PlayerCredentials};
use crate::app::App;
use crate::audit::{Actor, Kind};
use crate::links::change::unlink::{LastLoginMethodRule, UnlinkRefusal, UnlinkedBy, Unlinking};
use crate::links::model::ExchangedIdentity;
use crate::links::store::{self, NewLinkUndo};
use crate::outbound::mail::{self, MailMessage, MailRecipient};
use crate::platform::crypto::token::{OpaqueToken, TokenHash};
use crate::platform::db::{Conn, new_id};
use crate::platform::email::{EmailAddress, LocalPart};
use crate::platform::fault::{Fault, Stop};
use crate::platform::i18n::Language;
use crate::platform::ids::{LinkId, PlayerId};
use crate::web::{RequestContext, urls};

/// How long a link by code can be undone.
const UNDO_HOLDS_FOR: TimeDelta = TimeDelta::days(7);

/// What the owner of the Amazon account gets: a mail with a link that unlinks.
pub(in crate::links) struct LinkUndo {
    message: MailMessage,
    undo: NewLinkUndo,
}

impl LinkUndo {
    /// Prepares the mail. `None` if Amazon gave no address.
    pub fn prepare(
        app: &App,
        identity: &ExchangedIdentity,
        link: &LinkId,
        player: &PlayerId,
        language: Language,
    ) -> Result<Option<Self>, Fault> {
        let email = identity.email.as_deref();
        let Some(email) = email.and_then(|email| EmailAddress::parse(email, LocalPart::Ascii).ok()) else {
            return Ok(None);
        };
        let (now, token) = (app.clock.now(), OpaqueToken::generate()?);
        let portal = app.config.http.public_url.as_str().trim_end_matches('/');
        let address = format!("{portal}{}?token={}", urls::AMAZON_UNDO, token.expose());
        // The address is nobody's here, so that the mail greets nobody by name.
        let to = MailRecipient { player: Some(player), email: Some(email.typed()), name: "", language };
        let kind = mail::Kind::AmazonLinkedByCode;
        let Some(message) = MailMessage::compose(app, kind, &to, &[("link", address.as_str())])? else {
            return Ok(None);
        };
        let undo = NewLinkUndo {
            id: new_id(now),
            player: player.clone(),
            link: link.clone(),
            token_hash: token.hash(),
            at: now,
            expires_at: now + UNDO_HOLDS_FOR,
        };
        Ok(Some(Self { message, undo }))
    }

    /// Stores the token and queues the mail, after the link was inserted.
    pub fn write(&self, conn: &mut Conn) -> Result<(), Fault> {
        store::insert_undo(conn, &self.undo)?;
        mail::enqueue(conn, Some(&self.message))?;
        Ok(())
    }
}

/// The token was never issued, is spent or expired, or its link has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct UndoUnknown;

/// The player whose link the token still undoes.
pub(super) async fn undoable_link(
    context: &RequestContext,
    token: TokenHash,
) -> Result<Option<PlayerId>, Fault> {
    let now = context.now;
    let found = context.app.db.read(move |conn| store::find_undo(conn, &token, now)).await?;
    Ok(found.map(|(player, _)| player))
}

/// Unlinks, and signs nobody in.
///
/// The link goes even if it is the player's only way in: whoever owns the Amazon account does not owe it to a player.
pub(super) async fn undo_link(context: &RequestContext, token: TokenHash) -> Result<(), Stop<UndoUnknown>> {
    let (app, now) = (&context.app, context.now);
    let unknown = || Stop::Refused(UndoUnknown);
    let asked = token.clone();
    let found = app
        .db
        .read(move |conn| {
            let Some((player, link)) = store::find_undo(conn, &asked, now)? else { return Ok(None) };
            let name = store::amazon_name_of(conn, &link)?;
            Ok(players::store::credentials_by_id(conn, &player)?.map(|known| (known, link, name)))
        })
        .await?;
    let (known, link, name) = found.ok_or_else(unknown)?;
    let player = known.id.clone();
    let event = context.audit_event(Kind::LinkRemoved, Actor::Player).on(&player);
    let unlinking = Unlinking::prepare(
        app,
        &player,
        UnlinkedBy::Player(None),
        event.with(json!({ "door": "undo" })),
        unlinked_message(app, &known, name.as_deref())?,
    );
    app.db
        .write_or_refuse(move |conn| {
            let is_same = players::store::lock_any_player(conn, &player)?
                && store::link_of(conn, &player)?.is_some_and(|held| held.id == link)
                && store::spend_undo(conn, &token, now)?;
            if !is_same {
                return Err(unknown());
            }
            unlinking.write(conn, LastLoginMethodRule::Denied).map_err(|stop| match stop {
                Stop::Refused(UnlinkRefusal::Nothing | UnlinkRefusal::LastMethod) => unknown(),
                Stop::Fault(fault) => Stop::Fault(fault),
            })
        })
        .await
}

fn unlinked_message(
    app: &App,
    known: &PlayerCredentials,
    amazon: Option<&str>,
) -> Result<Option<MailMessage>, Fault> {
    let to = known.as_recipient(Language::English);
    MailMessage::compose(app, mail::Kind::AmazonUnlinked, &to, &[("amazon", amazon.unwrap_or("Amazon"))])
}
