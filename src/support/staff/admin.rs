//! Changes to staff accounts, for the command line and for the admins' pages.

use chrono::{DateTime, TimeDelta, Utc};

use crate::app::App;
use crate::audit::{self, Actor, AuditEvent, Kind};
use crate::platform::crypto::token::OpaqueToken;
use crate::platform::db::{Conn, is_unique_violation};
use crate::platform::email::EmailAddress;
use crate::platform::fault::{Fault, Stop};
use crate::platform::ids::StaffId;
use crate::platform::totp::TotpSecret;
use crate::sessions::staff;
use crate::support::staff::model::{StaffMember, place_of_factor};
use crate::support::staff::{Role, store};
use crate::web::urls;

/// How long an enrolment link is valid.
const INVITED_FOR: TimeDelta = TimeDelta::hours(24);

/// An enrolment link for one person and one use.
pub struct StaffInvitation {
    /// Secret: only the person may see it.
    pub link: String,
    pub until: DateTime<Utc>,
}

/// Why a member was not added.
#[derive(Debug, PartialEq, Eq)]
pub enum AddStaffRefusal {
    /// The address belongs to a member who is not disabled.
    Known,
}

/// Why a change was refused.
#[derive(Debug, PartialEq, Eq)]
pub enum StaffChangeRefusal {
    Unknown,
    /// No admin would be left.
    LastAdmin,
    /// The account is in this state already.
    Already,
}

/// The role before the change, and the number of sessions it ended.
#[derive(Debug, PartialEq, Eq)]
pub struct StaffChanged {
    pub from: Role,
    pub sessions_ended: usize,
}

/// The values of an invitation, generated before the transaction.
pub(super) struct PreparedStaffChange {
    pub id: StaffId,
    pub token: OpaqueToken,
    pub totp_sealed: Vec<u8>,
    pub at: DateTime<Utc>,
    pub until: DateTime<Utc>,
}

impl PreparedStaffChange {
    fn new(app: &App, id: StaffId) -> Result<Self, Fault> {
        let at = app.clock.now();
        let totp_sealed = TotpSecret::generate()?.seal(&app.vault, &place_of_factor(&id))?;
        Ok(Self { id, token: OpaqueToken::generate()?, totp_sealed, at, until: at + INVITED_FOR })
    }

    fn invitation(&self, app: &App) -> Result<StaffInvitation, Fault> {
        let mut link = app
            .config
            .http
            .public_url
            .join(urls::STAFF_ENROL)
            .map_err(|error| Fault::broken("writing an enrolment link", error))?;
        link.query_pairs_mut().append_pair("token", self.token.expose());
        Ok(StaffInvitation { link: link.into(), until: self.until })
    }
}

/// Adds a member who has yet to enrol.
///
/// A disabled member is invited again, without the former password, second factor and recovery codes.
pub async fn add_member(
    app: &App,
    email: EmailAddress,
    role: Role,
) -> Result<StaffInvitation, Stop<AddStaffRefusal>> {
    let known = find_member(app, &email).await?;
    if known.as_ref().is_some_and(|known| !known.is_disabled) {
        return Err(Stop::Refused(AddStaffRefusal::Known));
    }
    let is_new = known.is_none();
    let id = known.map_or_else(|| StaffId::new(app.clock.now()), |known| known.id);
    let prepared = PreparedStaffChange::new(app, id)?;
    let invitation = prepared.invitation(app)?;
    let event = by_operator(app, Kind::StaffAdded, &prepared.id, serde_json::json!({ "role": role }))?;
    app.db
        .write_or_refuse(move |conn| {
            if is_new {
                store::insert(conn, &email, role, &prepared).map_err(|error| {
                    if is_unique_violation(&error) {
                        Stop::Refused(AddStaffRefusal::Known)
                    } else {
                        error.into()
                    }
                })?;
            } else {
                store::invite_again(conn, role, &prepared)?;
            }
            Ok::<_, Stop<AddStaffRefusal>>(audit::append_event(conn, &event)?)
        })
        .await?;
    Ok(invitation)
}

/// Removes password, second factor and recovery codes, ends the sessions, and invites the person again.
pub async fn reset_mfa(app: &App, email: &EmailAddress) -> Result<StaffInvitation, Stop<StaffChangeRefusal>> {
    let member = found_member(app, email).await?;
    if member.is_disabled {
        return Err(Stop::Refused(StaffChangeRefusal::Unknown));
    }
    let prepared = PreparedStaffChange::new(app, member.id)?;
    let invitation = prepared.invitation(app)?;
    let event = by_operator(app, Kind::StaffFactorReset, &prepared.id, serde_json::json!({}))?;
    app.db
        .write_or_refuse(move |conn| {
            store::invite_again(conn, member.role, &prepared)?;
            staff::end_all(conn, &prepared.id)?;
            Ok::<_, Stop<StaffChangeRefusal>>(audit::append_event(conn, &event)?)
        })
        .await?;
    Ok(invitation)
}

/// Changes a role at once, even of the last admin: this is for the command line.
pub async fn change_role(
    app: &App,
    email: &EmailAddress,
    to: Role,
) -> Result<StaffChanged, Stop<StaffChangeRefusal>> {
    let member = found_member(app, email).await?;
    let details = serde_json::json!({ "from": member.role, "to": to });
    let event = by_operator(app, Kind::StaffRoleChanged, &member.id, details)?;
    app.db
        .write_or_refuse(move |conn| {
            let changed = set_role(conn, &member.id, member.role, to)?;
            audit::append_event(conn, &event)?;
            Ok(changed)
        })
        .await
}

/// Disables a member at once, even the last admin: this is for the command line.
pub async fn disable_member(
    app: &App,
    email: &EmailAddress,
) -> Result<StaffChanged, Stop<StaffChangeRefusal>> {
    let member = found_member(app, email).await?;
    let event = by_operator(app, Kind::StaffDisabled, &member.id, serde_json::json!({}))?;
    let now = app.clock.now();
    app.db
        .write_or_refuse(move |conn| {
            let changed = shut_out(conn, &member, now)?;
            audit::append_event(conn, &event)?;
            Ok(changed)
        })
        .await
}

/// Changes the role and ends the person's sessions (S124).
pub(super) fn set_role(
    conn: &mut Conn,
    id: &StaffId,
    from: Role,
    to: Role,
) -> Result<StaffChanged, Stop<StaffChangeRefusal>> {
    if from == to || !store::set_role(conn, id, from, to)? {
        return Err(Stop::Refused(StaffChangeRefusal::Already));
    }
    Ok(StaffChanged { from, sessions_ended: staff::end_all(conn, id)? })
}

/// Disables the person and ends their sessions.
pub(super) fn shut_out(
    conn: &mut Conn,
    member: &StaffMember,
    now: DateTime<Utc>,
) -> Result<StaffChanged, Stop<StaffChangeRefusal>> {
    if !store::disable(conn, &member.id, now)? {
        return Err(Stop::Refused(StaffChangeRefusal::Already));
    }
    Ok(StaffChanged { from: member.role, sessions_ended: staff::end_all(conn, &member.id)? })
}

/// Refuses to remove the last admin who can sign in; locks the admins' rows until the transaction ends.
pub(super) fn keep_one_admin(conn: &mut Conn, member: &StaffMember) -> Result<(), Stop<StaffChangeRefusal>> {
    let admins = store::hold_admins(conn)?;
    if member.role == Role::Admin && member.may_come_in() && admins <= 1 {
        return Err(Stop::Refused(StaffChangeRefusal::LastAdmin));
    }
    Ok(())
}

async fn find_member(app: &App, email: &EmailAddress) -> Result<Option<StaffMember>, Fault> {
    let key = email.key().to_owned();
    app.db.read(move |conn| store::by_email(conn, &key)).await
}

async fn found_member(app: &App, email: &EmailAddress) -> Result<StaffMember, Stop<StaffChangeRefusal>> {
    find_member(app, email).await?.ok_or(Stop::Refused(StaffChangeRefusal::Unknown))
}

/// Begins an audit record of the command line; its reference is new, because there is no request.
fn by_operator(
    app: &App,
    kind: Kind,
    whom: &StaffId,
    details: serde_json::Value,
) -> Result<AuditEvent, Fault> {
    let reference = OpaqueToken::generate()?.hash().as_str().chars().take(16).collect::<String>();
    let mut details = details;
    if let Some(details) = details.as_object_mut() {
        details.insert("whom".to_owned(), whom.as_str().into());
    }
    Ok(AuditEvent::new(app.clock.now(), kind, Actor::Operator, &reference).with(details))
}
