//! The audit log for leads and admins: filtered, in pages, and as a CSV file.
//!
//! Reading it and exporting it write audit records.

mod csv_injection;
mod export;
mod forms;
pub mod pages;
mod views;
