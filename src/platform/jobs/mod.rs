//! Background work: workers, leases, and pauses after failures.

pub mod backoff;
pub mod lease;
pub mod worker;
