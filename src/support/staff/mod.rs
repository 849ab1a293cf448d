//! Staff: their accounts, sign-in and sessions.
//!
//! Nobody is staff by default: the command line makes the first admin and prints an enrolment link for one use.
//! Every sign-in and every fresh proof needs password and second factor (S122). A role is read with each request,
//! and a change of it ends that person's sessions (S124).
//!
//! In the browser a change of role needs a second admin (S123). Only the command line changes the last admin.
//! The module knows no players, and staff cannot sign in with Amazon.

mod admin;
mod confirm;
pub mod denied_access_log;
mod enrol;
mod forms;
mod login_attempts;
mod model;
pub mod pages;
mod proposals;
mod second_factor;
mod sign_in;
pub mod staff_pages;
mod store;
mod views;

pub use crate::web::staff_member::Role;
pub use admin::{
    AddStaffRefusal, StaffChangeRefusal, StaffChanged, StaffInvitation, add_member, change_role,
    disable_member, reset_mfa,
};
pub use model::StaffSummary;
pub use proposals::{count_open, sweep as sweep_proposals};
pub(in crate::support) use store::hold;
pub use store::{SEALED, count_recovery, emails, list, sweep_invitations};
