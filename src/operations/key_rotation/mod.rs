//! Every sealed value of the database, and the keys they hang on (S65, S66).
//!
//! Promises to seal anew under the first key of the ring, while the portal works; to say what each key still
//! seals; and to notice when a key that is needed has left the ring. Refuses to delete anything: what will not
//! open is reported and stays as it is.

mod keys;
mod store;
mod walk;

pub use keys::{MissingKey, give_up, missing, not_in, seals_here, take_up};
pub use walk::{RotationFinding, RotationTally, count, look, reseal};

use crate::accounts::players;
use crate::accounts::registration;
use crate::audit;
use crate::links;
use crate::outbound::mail;
use crate::platform::db::sealed::SealedColumn;
use crate::support;
use crate::support::staff;

/// Every column that holds envelopes, by the rooms that know them. A test holds the list against the schema.
const ROOMS: &[&[SealedColumn]] = &[
    players::store::SEALED,
    links::SEALED,
    registration::SEALED,
    mail::SEALED,
    crate::outbound::webhooks::SEALED,
    audit::SEALED,
    staff::SEALED,
    crate::links::device_flow::SEALED,
    support::notes::SEALED,
];

fn columns() -> impl Iterator<Item = &'static SealedColumn> {
    ROOMS.iter().copied().flatten()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_sealed_column_of_the_schema_is_in_the_list() {
        let mut table = "";
        let mut sealed = BTreeSet::new();
        for line in include_str!("../../platform/db/schema.rs").lines().map(str::trim) {
            if let Some((name, _)) = line.split_once(" (").filter(|_| line.ends_with(") {")) {
                table = name;
            } else if let Some((column, _)) = line.split_once(" -> ")
                && column.ends_with("_sealed")
            {
                sealed.insert(format!("{table}.{column}"));
            }
        }
        let listed: BTreeSet<String> =
            columns().map(|sealed| format!("{}.{}", sealed.table, sealed.column)).collect();
        assert!(listed.contains("mails.body_sealed"));
        assert_eq!(listed, sealed);
    }
}
