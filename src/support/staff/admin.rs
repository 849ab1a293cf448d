//! Who is staff, and in which role: what the command line decides, and what the desk's admins decide through it.

use chrono::{DateTime, TimeDelta, Utc};

use crate::app::App;
use crate::audit::{self, Actor, Event, Kind};
use crate::platform::crypto::token::Token;
use crate::platform::db::{Conn, is_unique_violation};
use crate::platform::email::EmailAddress;
use crate::platform::fault::{Fault, Stop};
use crate::platform::ids::StaffId;
use crate::sessions::staff;
use crate::support::staff::model::Member;
use crate::support::staff::totp::Secret;
use crate::support::staff::{Role, store};
use crate::web::urls;

/// How long an enrolment link holds.
const INVITED_FOR: TimeDelta = TimeDelta::hours(24);

/// A way in for one person, once.
pub struct Invitation {
    /// For the person's eyes only.
    pub link: String,
    pub until: DateTime<Utc>,
}

/// Why somebody is not added.
#[derive(Debug, PartialEq, Eq)]
pub enum AddRefused {
    /// There is such a member of staff already.
    Known,
}

/// Why nothing was changed.
#[derive(Debug, PartialEq, Eq)]
pub enum ChangeRefused {
    Unknown,
    /// Nobody would be left who decides who is staff.
    LastAdmin,
    /// It is so already.
    Already,
}

/// What a change found and did.
#[derive(Debug, PartialEq, Eq)]
pub struct Changed {
    pub from: Role,
    pub sessions_ended: usize,
}

/// What an invitation is made of, drawn before the transaction.
pub(super) struct Prepared {
    pub id: StaffId,
    pub token: Token,
    pub totp_sealed: Vec<u8>,
    pub at: DateTime<Utc>,
    pub until: DateTime<Utc>,
}

impl Prepared {
    fn new(app: &App, id: StaffId) -> Result<Self, Fault> {
        let at = app.clock.now();
        let totp_sealed = Secret::generate()?.seal(&app.vault, &id)?;
        Ok(Self { id, token: Token::generate()?, totp_sealed, at, until: at + INVITED_FOR })
    }

    fn invitation(&self, app: &App) -> Result<Invitation, Fault> {
        let mut link = app
            .config
            .http
            .public_url
            .join(urls::STAFF_ENROL)
            .map_err(|error| Fault::broken("writing an enrolment link", error))?;
        link.query_pairs_mut().append_pair("token", self.token.expose());
        Ok(Invitation { link: link.into(), until: self.until })
    }
}

/// Makes a member of staff who has yet to enrol; somebody disabled comes back this way, with nothing of before.
pub async fn add(app: &App, email: EmailAddress, role: Role) -> Result<Invitation, Stop<AddRefused>> {
    let known = find(app, &email).await?;
    if known.as_ref().is_some_and(|known| !known.is_disabled) {
        return Err(Stop::Refused(AddRefused::Known));
    }
    let is_new = known.is_none();
    let id = known.map_or_else(|| StaffId::new(app.clock.now()), |known| known.id);
    let prepared = Prepared::new(app, id)?;
    let invitation = prepared.invitation(app)?;
    let event = by_operator(app, Kind::StaffAdded, &prepared.id, serde_json::json!({ "role": role }))?;
    app.db
        .write(move |conn| {
            if is_new {
                store::insert(conn, &email, role, &prepared).map_err(|error| {
                    if is_unique_violation(&error) { Stop::Refused(AddRefused::Known) } else { error.into() }
                })?;
            } else {
                store::invite_again(conn, role, &prepared)?;
            }
            Ok::<_, Stop<AddRefused>>(audit::append(conn, &event)?)
        })
        .await?;
    Ok(invitation)
}

/// Takes password, factor and recovery codes away, ends the sessions, and invites the person anew.
pub async fn reset_mfa(app: &App, email: &EmailAddress) -> Result<Invitation, Stop<ChangeRefused>> {
    let member = found(app, email).await?;
    if member.is_disabled {
        return Err(Stop::Refused(ChangeRefused::Unknown));
    }
    let prepared = Prepared::new(app, member.id)?;
    let invitation = prepared.invitation(app)?;
    let event = by_operator(app, Kind::StaffFactorReset, &prepared.id, serde_json::json!({}))?;
    app.db
        .write(move |conn| {
            store::invite_again(conn, member.role, &prepared)?;
            staff::end_all(conn, &prepared.id)?;
            Ok::<_, Stop<ChangeRefused>>(audit::append(conn, &event)?)
        })
        .await?;
    Ok(invitation)
}

/// Changes a role at once, the last admin's as well: whoever sits at the terminal decides.
pub async fn change_role(app: &App, email: &EmailAddress, to: Role) -> Result<Changed, Stop<ChangeRefused>> {
    let member = found(app, email).await?;
    let details = serde_json::json!({ "from": member.role, "to": to });
    let event = by_operator(app, Kind::StaffRoleChanged, &member.id, details)?;
    app.db
        .write(move |conn| {
            let changed = set_role(conn, &member.id, member.role, to)?;
            audit::append(conn, &event)?;
            Ok(changed)
        })
        .await
}

/// Shuts somebody out at once.
pub async fn disable(app: &App, email: &EmailAddress) -> Result<Changed, Stop<ChangeRefused>> {
    let member = found(app, email).await?;
    let event = by_operator(app, Kind::StaffDisabled, &member.id, serde_json::json!({}))?;
    let now = app.clock.now();
    app.db
        .write(move |conn| {
            let changed = shut_out(conn, &member, now)?;
            audit::append(conn, &event)?;
            Ok(changed)
        })
        .await
}

/// Gives the role and ends the person's sessions (S124).
pub(super) fn set_role(
    conn: &mut Conn,
    id: &StaffId,
    from: Role,
    to: Role,
) -> Result<Changed, Stop<ChangeRefused>> {
    if from == to || !store::set_role(conn, id, from, to)? {
        return Err(Stop::Refused(ChangeRefused::Already));
    }
    Ok(Changed { from, sessions_ended: staff::end_all(conn, id)? })
}

/// Disables the person and ends their sessions.
pub(super) fn shut_out(
    conn: &mut Conn,
    member: &Member,
    now: DateTime<Utc>,
) -> Result<Changed, Stop<ChangeRefused>> {
    if !store::disable(conn, &member.id, now)? {
        return Err(Stop::Refused(ChangeRefused::Already));
    }
    Ok(Changed { from: member.role, sessions_ended: staff::end_all(conn, &member.id)? })
}

/// Refuses to take the last admin who can come in. Holds the admins' rows until the transaction ends.
pub(super) fn keep_one_admin(conn: &mut Conn, member: &Member) -> Result<(), Stop<ChangeRefused>> {
    let admins = store::hold_admins(conn)?;
    if member.role == Role::Admin && member.may_come_in() && admins <= 1 {
        return Err(Stop::Refused(ChangeRefused::LastAdmin));
    }
    Ok(())
}

async fn find(app: &App, email: &EmailAddress) -> Result<Option<Member>, Fault> {
    let key = email.key().to_owned();
    app.db.read(move |conn| store::by_email(conn, &key)).await
}

async fn found(app: &App, email: &EmailAddress) -> Result<Member, Stop<ChangeRefused>> {
    find(app, email).await?.ok_or(Stop::Refused(ChangeRefused::Unknown))
}

/// A record of what somebody did at the terminal. Its reference is new: there is no request to name.
fn by_operator(app: &App, kind: Kind, whom: &StaffId, details: serde_json::Value) -> Result<Event, Fault> {
    let reference = Token::generate()?.hash().as_str().chars().take(16).collect::<String>();
    let mut details = details;
    if let Some(details) = details.as_object_mut() {
        details.insert("whom".to_owned(), whom.as_str().into());
    }
    Ok(Event::new(app.clock.now(), kind, Actor::Operator, &reference).with(details))
}
