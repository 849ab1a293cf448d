//! The tables `staff` and `staff_recovery_codes`.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::platform::db::schema::{staff, staff_recovery_codes};
use crate::platform::db::sealed::SealedColumn;
use crate::platform::db::{Conn, UtcTime, new_id};
use crate::platform::email::EmailAddress;
use crate::platform::ids::StaffId;
use crate::platform::password::StoredHash;
use crate::sealed_column;
use crate::sessions;
use crate::support::staff::Role;
use crate::support::staff::admin::PreparedStaffChange;
use crate::support::staff::model::{StaffMember, StaffSummary, place_of_factor, place_of_password};
use crate::web::{CurrentStaffMember, Permission};

/// The sealed columns, for a change of keys.
pub const SEALED: &[SealedColumn] = &[
    sealed_column!(staff.password_sealed, |id| place_of_password(&StaffId::from(id.clone()))),
    sealed_column!(staff.totp_sealed, |id| place_of_factor(&StaffId::from(id.clone()))),
];

pub(super) fn by_email(conn: &mut Conn, key: &str) -> QueryResult<Option<StaffMember>> {
    staff::table.filter(staff::email_key.eq(key)).select(StaffMember::as_select()).first(conn).optional()
}

pub(super) fn by_id(conn: &mut Conn, id: &StaffId) -> QueryResult<Option<StaffMember>> {
    staff::table.filter(staff::id.eq(id)).select(StaffMember::as_select()).first(conn).optional()
}

/// Locks the member's row, and checks that the session lives and that its member still has the permission.
///
/// A form may arrive long after its head, and its session or the member's role may have ended meanwhile. Every write
/// of staff therefore begins with this.
pub(in crate::support) fn hold(
    conn: &mut Conn,
    member: &CurrentStaffMember,
    permission: Permission,
    now: DateTime<Utc>,
) -> QueryResult<bool> {
    let row = staff::table.filter(staff::id.eq(&member.id)).filter(staff::disabled_at.is_null());
    let role: Option<Role> = diesel::update(row)
        .set(staff::id.eq(&member.id))
        .returning(staff::role)
        .get_result(conn)
        .optional()?;
    Ok(role.is_some_and(|role| role.may(permission))
        && sessions::staff::is_alive(conn, &member.session, now)?)
}

/// The member of a valid enrolment link.
pub(super) fn by_enrolment(
    conn: &mut Conn,
    enrol_hash: &str,
    now: DateTime<Utc>,
) -> QueryResult<Option<StaffMember>> {
    staff::table
        .filter(staff::enrol_hash.eq(enrol_hash))
        .filter(staff::enrol_until.gt(UtcTime::from(now)))
        .filter(staff::disabled_at.is_null())
        .select(StaffMember::as_select())
        .first(conn)
        .optional()
}

/// All members of staff, in order of address.
pub fn list(conn: &mut Conn) -> QueryResult<Vec<StaffSummary>> {
    staff::table.order(staff::email_key).select(StaffSummary::as_select()).load(conn)
}

/// Email addresses by id, to name the staff in audit records.
pub fn emails(conn: &mut Conn) -> QueryResult<HashMap<StaffId, String>> {
    let rows: Vec<(StaffId, String)> = staff::table.select((staff::id, staff::email)).load(conn)?;
    Ok(rows.into_iter().collect())
}

/// Inserts a member who has yet to enrol; a unique violation means that the address is taken.
pub(super) fn insert(
    conn: &mut Conn,
    email: &EmailAddress,
    role: Role,
    prepared: &PreparedStaffChange,
) -> QueryResult<()> {
    diesel::insert_into(staff::table)
        .values((
            staff::id.eq(&prepared.id),
            staff::email.eq(email.typed()),
            staff::email_key.eq(email.key()),
            staff::role.eq(role),
            staff::totp_sealed.eq(&prepared.totp_sealed),
            staff::enrol_hash.eq(prepared.token.hash().as_str()),
            staff::enrol_until.eq(UtcTime::from(prepared.until)),
            staff::created_at.eq(UtcTime::from(prepared.at)),
        ))
        .execute(conn)
        .map(drop)
}

/// Removes password, second factor and recovery codes, and stores a new enrolment.
pub(super) fn invite_again(conn: &mut Conn, role: Role, prepared: &PreparedStaffChange) -> QueryResult<()> {
    diesel::update(staff::table.filter(staff::id.eq(&prepared.id)))
        .set((
            staff::role.eq(role),
            staff::password_sealed.eq(None::<Vec<u8>>),
            staff::password_changed_at.eq(None::<UtcTime>),
            staff::totp_sealed.eq(&prepared.totp_sealed),
            staff::totp_step.eq(None::<i64>),
            staff::enrol_hash.eq(prepared.token.hash().as_str()),
            staff::enrol_until.eq(UtcTime::from(prepared.until)),
            staff::disabled_at.eq(None::<UtcTime>),
        ))
        .execute(conn)?;
    forget_recovery(conn, &prepared.id)
}

/// Completes an enrolment; false if the link was used or replaced meanwhile.
pub(super) fn enrol(
    conn: &mut Conn,
    id: &StaffId,
    enrol_hash: &str,
    password: &StoredHash,
    step: i64,
    now: DateTime<Utc>,
) -> QueryResult<bool> {
    let open = staff::table
        .filter(staff::id.eq(id))
        .filter(staff::enrol_hash.eq(enrol_hash))
        .filter(staff::enrol_until.gt(UtcTime::from(now)))
        .filter(staff::disabled_at.is_null());
    let rows = diesel::update(open)
        .set((
            staff::password_sealed.eq(password.sealed()),
            staff::password_changed_at.eq(UtcTime::from(now)),
            staff::totp_step.eq(step),
            staff::enrol_hash.eq(None::<String>),
            staff::enrol_until.eq(None::<UtcTime>),
        ))
        .execute(conn)?;
    Ok(rows == 1)
}

/// Uses up the code of a time step, and every earlier one (RFC 6238 §5.2).
///
/// False if it was used already, the member is disabled, or the password has changed since it was checked.
pub(super) fn spend_step(conn: &mut Conn, member: &StaffMember, step: i64) -> QueryResult<bool> {
    let open = staff::table
        .filter(staff::id.eq(&member.id))
        .filter(staff::disabled_at.is_null())
        .filter(staff::password_changed_at.eq(member.password_changed_at.map(UtcTime::from)))
        .filter(staff::totp_sealed.is_not_null())
        .filter(staff::totp_step.is_null().or(staff::totp_step.lt(step).assume_not_null()));
    Ok(diesel::update(open).set(staff::totp_step.eq(step)).execute(conn)? == 1)
}

/// Removes at most `limit` expired enrolment links, and returns how many.
pub fn sweep_invitations(conn: &mut Conn, now: DateTime<Utc>, limit: i64) -> QueryResult<usize> {
    let over: Vec<StaffId> = staff::table
        .filter(staff::enrol_until.le(UtcTime::from(now)))
        .order(staff::id)
        .limit(limit)
        .select(staff::id)
        .load(conn)?;
    diesel::update(staff::table.filter(staff::id.eq_any(over)))
        .set((staff::enrol_hash.eq(None::<String>), staff::enrol_until.eq(None::<UtcTime>)))
        .execute(conn)
}

/// Uses up a recovery code; false if it was used already, or the member may not sign in any more.
pub(super) fn spend_recovery(conn: &mut Conn, member: &StaffMember, code_hash: &str) -> QueryResult<bool> {
    // The update locks the row, so a change of the account comes before or after, never in between.
    let open = staff::table
        .filter(staff::id.eq(&member.id))
        .filter(staff::disabled_at.is_null())
        .filter(staff::password_changed_at.eq(member.password_changed_at.map(UtcTime::from)))
        .filter(staff::totp_sealed.is_not_null());
    if diesel::update(open).set(staff::email.eq(staff::email)).execute(conn)? == 0 {
        return Ok(false);
    }
    let code = staff_recovery_codes::table
        .filter(staff_recovery_codes::staff_id.eq(&member.id))
        .filter(staff_recovery_codes::code_hash.eq(code_hash));
    Ok(diesel::delete(code).execute(conn)? == 1)
}

pub(super) fn put_recovery(
    conn: &mut Conn,
    id: &StaffId,
    hashes: &[String],
    now: DateTime<Utc>,
) -> QueryResult<()> {
    forget_recovery(conn, id)?;
    for hash in hashes {
        diesel::insert_into(staff_recovery_codes::table)
            .values((
                staff_recovery_codes::id.eq(new_id(now)),
                staff_recovery_codes::staff_id.eq(id),
                staff_recovery_codes::code_hash.eq(hash),
            ))
            .execute(conn)?;
    }
    Ok(())
}

pub(super) fn forget_recovery(conn: &mut Conn, id: &StaffId) -> QueryResult<()> {
    let theirs = staff_recovery_codes::table.filter(staff_recovery_codes::staff_id.eq(id));
    diesel::delete(theirs).execute(conn).map(drop)
}

/// The number of recovery codes that this member has left.
pub fn count_recovery(conn: &mut Conn, id: &StaffId) -> QueryResult<i64> {
    staff_recovery_codes::table.filter(staff_recovery_codes::staff_id.eq(id)).count().get_result(conn)
}

/// Locks the rows of all admins who can sign in, and counts them.
///
/// Without the lock, two changes at once could remove the last two admins.
pub(super) fn hold_admins(conn: &mut Conn) -> QueryResult<usize> {
    let admins = staff::table
        .filter(staff::role.eq(Role::Admin))
        .filter(staff::disabled_at.is_null())
        .filter(staff::password_sealed.is_not_null());
    diesel::update(admins).set(staff::email.eq(staff::email)).execute(conn)
}

/// Changes the role; false if it is no longer `from`.
pub(super) fn set_role(conn: &mut Conn, id: &StaffId, from: Role, to: Role) -> QueryResult<bool> {
    let theirs = staff::table.filter(staff::id.eq(id)).filter(staff::role.eq(from));
    Ok(diesel::update(theirs).set(staff::role.eq(to)).execute(conn)? == 1)
}

/// Disables the member; false if that is done already.
pub(super) fn disable(conn: &mut Conn, id: &StaffId, now: DateTime<Utc>) -> QueryResult<bool> {
    let theirs = staff::table.filter(staff::id.eq(id)).filter(staff::disabled_at.is_null());
    let rows = diesel::update(theirs)
        .set((
            staff::disabled_at.eq(UtcTime::from(now)),
            staff::enrol_hash.eq(None::<String>),
            staff::enrol_until.eq(None::<UtcTime>),
        ))
        .execute(conn)?;
    Ok(rows == 1)
}
