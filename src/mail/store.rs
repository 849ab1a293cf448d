//! The outbox's table.

use diesel::prelude::*;

use crate::mail::letter::Letter;
use crate::platform::db::schema::mails::dsl;
use crate::platform::db::{Conn, UtcTime};

/// Puts the letter into the outbox, in the caller's transaction.
pub fn enqueue(conn: &mut Conn, letter: &Letter) -> QueryResult<()> {
    let at = UtcTime::from(letter.created_at);
    diesel::insert_into(dsl::mails)
        .values((
            dsl::id.eq(&letter.id),
            dsl::player_id.eq(letter.player.as_ref()),
            dsl::kind.eq(letter.kind),
            dsl::recipient.eq(&letter.recipient),
            dsl::subject.eq(&letter.subject),
            dsl::body_sealed.eq(Some(&letter.body_sealed)),
            dsl::next_attempt_at.eq(at),
            dsl::created_at.eq(at),
        ))
        .execute(conn)
        .map(drop)
}
