//! Invariant I5: every account has a login method.

use diesel::dsl::exists;
use diesel::prelude::*;

use super::{BATCH, VerifyBatch, VerifyTools, batch};
use crate::platform::db::Conn;
use crate::platform::db::schema::{amazon_links, devices, passkeys, players};

/// A player: id, password, address, whether disabled, link, device, passkey.
type LoginMethodsRow = (String, bool, bool, bool, Option<String>, bool, bool);

/// Checks that each enabled player has a password, a passkey, a link, an enabled device or a proven address.
///
/// A revoked link counts, because the same Amazon account signs in to the same player again (S68). A proven
/// address counts, because support can unlink the only link and mail a password reset there. A disabled
/// player has no login method on purpose.
pub(super) fn of_every_player(conn: &mut Conn, _: &VerifyTools, after: &str) -> QueryResult<VerifyBatch> {
    use players::dsl;
    let device =
        devices::table.filter(devices::player_id.eq(dsl::id)).filter(devices::switched_off_at.is_null());
    let passkey = passkeys::table.filter(passkeys::player_id.eq(dsl::id));
    let rows: Vec<LoginMethodsRow> = dsl::players
        .left_join(amazon_links::table)
        .filter(dsl::id.gt(after))
        .order(dsl::id)
        .limit(BATCH)
        .select((
            dsl::id,
            dsl::password_sealed.is_not_null(),
            dsl::email_key.is_not_null(),
            dsl::disabled_at.is_not_null(),
            amazon_links::id.nullable(),
            exists(device),
            exists(passkey),
        ))
        .load(conn)?;
    Ok(batch(
        "I5",
        "players",
        &rows,
        |row| &row.0,
        |(_, has_password, has_email, is_disabled, link, has_device, has_passkey)| {
            let has_way_in =
                *has_password || *has_email || *is_disabled || link.is_some() || *has_device || *has_passkey;
            (!has_way_in)
                .then_some("has neither a password nor a passkey nor a link nor a device nor an address")
        },
    ))
}
