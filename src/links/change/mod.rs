//! How a link begins, changes and ends: linking, unlinking by its player or by staff, revocation by Amazon.

pub(super) mod confirm;
pub(super) mod follow_profile;
pub(super) mod link;
pub(super) mod link_undo;
pub mod link_undo_pages;
pub(super) mod revoke;
pub(super) mod stop;
pub(super) mod unlink;
