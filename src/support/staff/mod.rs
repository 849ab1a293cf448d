//! The people who help players: their own accounts, their own sign-in, their own sessions.
//!
//! Promises that nobody is staff by default: the command line makes the first, and prints a link that enrols
//! once. Whoever has not chosen a password and proven a second factor reaches nothing; both are asked for at
//! every sign-in and for every proof that it is still you (S122). A role is read with each request, and changing
//! it ends that person's sessions (S124). In the browser a change of role needs a second admin (S123); the last
//! admin's changes by command only. It knows no players, and Amazon lets no staff in.

mod admin;
mod confirm;
pub mod denied_access_log;
mod enrol;
mod forms;
mod login_attempts;
mod model;
pub mod pages;
mod proposals;
mod qr;
mod recovery;
mod second_factor;
mod sign_in;
pub mod staff_pages;
mod store;
mod totp;
mod views;

pub use crate::web::staff_member::Role;
pub use admin::{
    AddStaffRefusal, StaffChangeRefusal, StaffChanged, StaffInvitation, add, change_role, disable, reset_mfa,
};
pub use model::StaffSummary;
pub use proposals::{count_open, sweep as sweep_proposals};
pub use store::{SEALED, count_recovery, emails, list, sweep_invitations};
