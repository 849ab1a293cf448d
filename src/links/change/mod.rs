//! The ways a link ends: unlinking by its player or by staff, and revocation by Amazon.

pub(super) mod revoke;
pub(super) mod unlink;
