//! The columns of a link that its refresh uses: tokens, lease and next check.

mod leases;
mod profiles;
mod results;

pub(super) use leases::{count_due, due_links, lease_due, lease_link, oldest_due, read_link};
pub(super) use profiles::{claim_profiles, due_profiles, schedule_profiles};
pub(super) use results::{mark_needs_reconnect, postpone_check, release_lease, store_renewed};
