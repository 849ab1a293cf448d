//! Background work: workers, and pauses after failures.

pub mod backoff;
pub mod worker;
