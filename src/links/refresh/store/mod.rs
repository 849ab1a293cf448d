//! The columns of a link that renewing it needs: tokens, lease, and when it is looked at next.

mod leases;
mod results;

pub(super) use leases::{count_due, due, lease, lease_due, look, oldest_due};
pub(super) use results::{give_back, needs_reconnect, put_off, store_renewed};
