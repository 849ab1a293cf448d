//! Warns the player of a passkey whose counter went back (S163).
//!
//! An authenticator raises its counter at each use. A lower one says that a second authenticator has the same key, or
//! that this one is broken. The use is refused in both cases.

use serde_json::json;

use crate::accounts::passkeys::model::StoredPasskey;
use crate::accounts::players;
use crate::audit::{self, Actor, Kind};
use crate::outbound::mail::{self, MailMessage};
use crate::platform::fault::Fault;
use crate::web::RequestContext;

/// Records the refused use, and mails the player.
pub(super) async fn record_copy(context: &RequestContext, passkey: &StoredPasskey) -> Result<(), Fault> {
    let app = &context.app;
    let player = passkey.player.clone();
    let account = app.db.read(move |conn| players::store::credentials_by_id(conn, &player)).await?;
    let Some(account) = account else { return Ok(()) };
    let event = context
        .audit_event(Kind::PasskeyCopySuspected, Actor::Visitor)
        .on(&passkey.player)
        .with(json!({ "passkey": passkey.id }));
    let args = [
        ("passkey", passkey.name.as_str()),
        ("browser", &context.caller.browser_in(context.language)),
        ("network", &context.caller.network()),
    ];
    let to = account.as_recipient(context.language);
    let message = MailMessage::compose(app, mail::Kind::PasskeyCopySuspected, &to, &args)?;
    app.db
        .write(move |conn| {
            audit::append_event(conn, &event)?;
            Ok(mail::enqueue(conn, &message)?)
        })
        .await
}
