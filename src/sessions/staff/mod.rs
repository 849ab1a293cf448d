//! Sessions at the desk: rows of their own, apart from players', short, and few (S23, S30, S122).

mod store;

use chrono::{DateTime, Utc};

use crate::platform::crypto::token::Token;
use crate::platform::fault::Fault;
use crate::platform::ids::{SessionId, StaffId};
use crate::web::{StaffViewer, Visit};

pub(crate) use store::{end, end_all, rotate, start};
pub use store::{sweep, touch};

/// A session about to start.
pub(crate) struct NewSession {
    pub id: SessionId,
    pub token: Token,
    csrf_secret: String,
    staff: StaffId,
    browser: String,
    network: String,
    at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    per_person: u32,
}

impl NewSession {
    /// Draws the secrets. Signing in is proof of identity, so the session begins fresh.
    pub fn prepare(visit: &Visit, staff: &StaffId) -> Result<Self, Fault> {
        let settings = &visit.app.config.sessions;
        Ok(Self {
            id: SessionId::new(visit.now),
            token: Token::generate()?,
            csrf_secret: Token::generate()?.expose().to_owned(),
            staff: staff.clone(),
            browser: visit.caller.browser.clone(),
            network: visit.caller.network(),
            at: visit.now,
            expires_at: visit.now + settings.staff.max,
            per_person: settings.per_agent,
        })
    }
}

/// A new id for the same session, after proof that it is still its owner (S22).
#[derive(Clone)]
pub(crate) struct Rotation {
    session: SessionId,
    from_hash: String,
    pub token: Token,
    at: DateTime<Utc>,
}

impl Rotation {
    pub fn prepare(viewer: &StaffViewer, at: DateTime<Utc>) -> Result<Self, Fault> {
        Ok(Self {
            session: viewer.session.id.clone(),
            from_hash: viewer.session.token_hash.clone(),
            token: Token::generate()?,
            at,
        })
    }
}
