//! The sealed values of the database, and the keys they depend on (S65, S66).
//!
//! Rotation seals values again under the first key of the ring, while the portal runs. It reports what each
//! key still seals, and finds missing keys. It deletes nothing: a value that will not open is reported and
//! stays.

mod keys;
mod store;
mod walk;

pub use keys::{MissingKey, give_up, missing_keys, not_in, seals_here, take_up};
pub use walk::{RotationFinding, RotationTally, count_values, find_due, reseal};

use crate::accounts::players;
use crate::accounts::registration;
use crate::accounts::second_factor;
use crate::audit;
use crate::links;
use crate::outbound::mail;
use crate::platform::db::sealed::SealedColumn;
use crate::support;
use crate::support::staff;

/// All sealed columns, by the feature that owns them. A test compares the list with the schema.
const ROOMS: &[&[SealedColumn]] = &[
    players::store::SEALED,
    second_factor::SEALED,
    links::SEALED,
    registration::SEALED,
    mail::SEALED,
    crate::sessions::held_answer::SEALED,
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
