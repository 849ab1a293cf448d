//! The record of what happened, as leads and admins read it: narrowed, page by page, and as a file that opens
//! inert. Reading it and taking it leave records of their own.

mod csv_injection;
mod export;
mod forms;
pub mod pages;
mod views;
