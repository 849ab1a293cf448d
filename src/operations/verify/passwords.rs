//! Invariant I9: every stored password hash parses, and its cost is within bounds.

use diesel::prelude::*;

use super::{BATCH, VerifyBatch, VerifyTools, batch};
use crate::platform::db::Conn;
use crate::platform::db::schema::{players, registrations, staff};
use crate::platform::password::{HashFitness, StoredHash, place_of_hash};

pub(super) fn of_players(conn: &mut Conn, tools: &VerifyTools, after: &str) -> QueryResult<VerifyBatch> {
    use players::dsl;
    let rows: Vec<(String, Option<Vec<u8>>)> = dsl::players
        .filter(dsl::id.gt(after))
        .order(dsl::id)
        .limit(BATCH)
        .select((dsl::id, dsl::password_sealed))
        .load(conn)?;
    Ok(batch(
        "I9",
        "players",
        &rows,
        |row| &row.0,
        |(id, sealed)| {
            let hash = StoredHash::at(place_of_hash("players", id, id), sealed.clone()?);
            wrong_with(tools, &hash)
        },
    ))
}

pub(super) fn of_registrations(
    conn: &mut Conn,
    tools: &VerifyTools,
    after: &str,
) -> QueryResult<VerifyBatch> {
    use registrations::dsl;
    let rows: Vec<(String, Vec<u8>)> = dsl::registrations
        .filter(dsl::id.gt(after))
        .order(dsl::id)
        .limit(BATCH)
        .select((dsl::id, dsl::password_sealed))
        .load(conn)?;
    Ok(batch(
        "I9",
        "registrations",
        &rows,
        |row| &row.0,
        |(id, sealed)| {
            wrong_with(tools, &StoredHash::at(place_of_hash("registrations", id, ""), sealed.clone()))
        },
    ))
}

pub(super) fn of_staff(conn: &mut Conn, tools: &VerifyTools, after: &str) -> QueryResult<VerifyBatch> {
    use staff::dsl;
    let rows: Vec<(String, Option<Vec<u8>>)> = dsl::staff
        .filter(dsl::id.gt(after))
        .order(dsl::id)
        .limit(BATCH)
        .select((dsl::id, dsl::password_sealed))
        .load(conn)?;
    Ok(batch(
        "I9",
        "staff",
        &rows,
        |row| &row.0,
        |(id, sealed)| wrong_with(tools, &StoredHash::at(place_of_hash("staff", id, ""), sealed.clone()?)),
    ))
}

fn wrong_with(tools: &VerifyTools, hash: &StoredHash) -> Option<&'static str> {
    match tools.passwords.fitness(hash) {
        HashFitness::Fit => None,
        HashFitness::WillNotOpen => {
            Some("has a password hash that will not open; is its key still in the ring?")
        }
        HashFitness::Unreadable => Some("has a password hash that does not parse"),
        HashFitness::TooCostly => Some("has a password hash that costs more than any of ours"),
    }
}
