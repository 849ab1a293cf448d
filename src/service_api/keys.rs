//! The operator's commands for service keys: add, list and revoke.

use chrono::TimeDelta;
use secrecy::SecretString;
use serde_json::json;

use crate::app::App;
use crate::audit::{self, AuditEvent, Kind};
use crate::platform::fault::{Fault, Stop};
use crate::service_api::model::{KeyId, ServiceKey, ServiceKeyText};
use crate::service_api::{Scope, store};

/// A new key. Its text cannot be read again.
pub struct NewServiceKey {
    pub id: KeyId,
    pub text: SecretString,
}

/// The name is refused: it must have 1 to 64 printable characters.
#[derive(Debug)]
pub struct ServiceKeyNameRefusal;

/// Adds a key with these scopes. It is valid until it is revoked, and at most for `lasts`.
pub async fn add(
    app: &App,
    name: &str,
    scopes: Vec<Scope>,
    lasts: Option<TimeDelta>,
) -> Result<NewServiceKey, Stop<ServiceKeyNameRefusal>> {
    let name = name.trim();
    if !(1..=64).contains(&name.chars().count()) || name.chars().any(char::is_control) {
        return Err(Stop::Refused(ServiceKeyNameRefusal));
    }
    let now = app.clock.now();
    let text = ServiceKeyText::generate()?;
    let key = ServiceKey {
        id: KeyId::new(now),
        name: name.to_owned(),
        scopes,
        created_at: now,
        expires_at: lasts.map(|lasts| now + lasts),
        last_used_at: None,
        revoked_at: None,
    };
    let details = json!({ "key": key.id, "scopes": key.scopes });
    let event = AuditEvent::of_operator(now, Kind::ServiceKeyAdded).with(details);
    let (id, hash) = (key.id.clone(), text.hash());
    app.db
        .write(move |conn| {
            store::insert_key(conn, &key, hash.as_str())?;
            Ok(audit::append_event(conn, &event)?)
        })
        .await?;
    Ok(NewServiceKey { id, text: text.expose() })
}

/// Every key, including revoked and expired ones.
pub async fn list(app: &App) -> Result<Vec<ServiceKey>, Fault> {
    app.db.read(store::list_keys).await
}

/// Revokes a key at once. False if there is no such key, or it is revoked already.
pub async fn revoke(app: &App, id: KeyId) -> Result<bool, Fault> {
    let now = app.clock.now();
    let event = AuditEvent::of_operator(now, Kind::ServiceKeyRevoked).with(json!({ "key": id }));
    app.db
        .write(move |conn| {
            let is_revoked = store::revoke_key(conn, &id, now)?;
            if is_revoked {
                audit::append_event(conn, &event)?;
            }
            Ok(is_revoked)
        })
        .await
}
