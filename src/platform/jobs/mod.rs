//! Background work.

pub mod worker;
