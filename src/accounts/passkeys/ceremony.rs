//! Begins ceremonies, and ends those whose answer was refused.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::accounts::passkeys::model::{
    AnswerRejection, CeremonyPurpose, CeremonySession, NewCeremony, WaitingCeremony,
};
use crate::accounts::passkeys::relying_party::BegunCeremony;
use crate::accounts::passkeys::store;
use crate::platform::db::new_id;
use crate::platform::fault::Fault;
use crate::web::form::may_be_id;
use crate::web::{CurrentPlayer, RequestContext};

/// How long a browser may take to answer.
const HOLDS_FOR: TimeDelta = TimeDelta::minutes(5);

impl CeremonySession {
    pub(super) fn of(current_player: &CurrentPlayer) -> Self {
        Self { player: current_player.player.id.clone(), session: current_player.session.id.clone() }
    }
}

/// Stores a ceremony of this browser, and returns what its script hands to the authenticator.
pub(super) async fn begin_ceremony(
    context: &RequestContext,
    purpose: CeremonyPurpose,
    of: Option<CeremonySession>,
    begun: BegunCeremony,
) -> Result<Value, Fault> {
    let new = NewCeremony {
        id: new_id(context.now),
        purpose,
        browser_hash: context.browser_hash().as_str().to_owned(),
        of,
        state: begun.state,
        created_at: context.now,
        expires_at: context.now + HOLDS_FOR,
    };
    let answer = json!({ "ceremony": new.id, "options": begun.options });
    context.app.db.write(move |conn| Ok(store::put_ceremony(conn, &new)?)).await?;
    Ok(answer)
}

/// The ceremony that the form names, if it is this browser's and session's.
pub(super) async fn find_ceremony(
    context: &RequestContext,
    id: &str,
    purpose: CeremonyPurpose,
) -> Result<Result<WaitingCeremony, AnswerRejection>, Fault> {
    if !may_be_id(id) {
        return Ok(Err(AnswerRejection::CeremonyOver));
    }
    let (id, browser, now) = (id.to_owned(), context.browser_hash(), context.now);
    let found = context
        .app
        .db
        .read(move |conn| store::waiting_ceremony(conn, &id, purpose, browser.as_str(), now))
        .await?;
    let session = context.current_player.as_ref().map(|current_player| &current_player.session.id);
    let is_own = |found: &WaitingCeremony| match purpose {
        CeremonyPurpose::SignIn => true,
        CeremonyPurpose::Add | CeremonyPurpose::Confirm => found.session_id.as_ref() == session,
    };
    Ok(found.filter(is_own).ok_or(AnswerRejection::CeremonyOver))
}

/// Ends a ceremony whose answer was refused: an answer is checked once.
pub(super) async fn end_ceremony(context: &RequestContext, ceremony: &WaitingCeremony) -> Result<(), Fault> {
    let id = ceremony.id.clone();
    context.app.db.write(move |conn| Ok(store::spend_ceremony(conn, &id).map(drop)?)).await
}
