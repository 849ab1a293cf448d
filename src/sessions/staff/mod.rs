//! Staff sessions: rows of their own, short-lived, and few for each person (S23, S30, S122).

mod store;

use chrono::{DateTime, Utc};

use crate::platform::crypto::token::OpaqueToken;
use crate::platform::fault::Fault;
use crate::platform::ids::{SessionId, StaffId};
use crate::web::{CurrentStaffMember, RequestContext};

pub(crate) use store::{end, end_all, is_alive, rotate, start};
pub use store::{sweep, touch};

/// A session that is about to start.
pub(crate) struct NewStaffSession {
    pub id: SessionId,
    pub token: OpaqueToken,
    csrf_secret: String,
    staff: StaffId,
    browser: String,
    network: String,
    at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    per_person: u32,
}

impl NewStaffSession {
    /// Generates the secrets. Signing in proves identity, so the session starts with fresh proof.
    pub fn prepare(context: &RequestContext, staff: &StaffId) -> Result<Self, Fault> {
        let settings = &context.app.config.sessions;
        Ok(Self {
            id: SessionId::new(context.now),
            token: OpaqueToken::generate()?,
            csrf_secret: OpaqueToken::generate()?.expose().to_owned(),
            staff: staff.clone(),
            browser: context.caller.browser().to_owned(),
            network: context.caller.network(),
            at: context.now,
            expires_at: context.now + settings.staff().max,
            per_person: settings.per_agent,
        })
    }
}

/// A new id for the same session, after fresh proof of identity (S22).
#[derive(Clone)]
pub(crate) struct StaffSessionRotation {
    session: SessionId,
    from_hash: String,
    pub token: OpaqueToken,
    at: DateTime<Utc>,
}

impl StaffSessionRotation {
    pub fn prepare(staff_member: &CurrentStaffMember, at: DateTime<Utc>) -> Result<Self, Fault> {
        Ok(Self {
            session: staff_member.session.id.clone(),
            from_hash: staff_member.session.token_hash.clone(),
            token: OpaqueToken::generate()?,
            at,
        })
    }
}
