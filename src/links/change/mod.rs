//! How a link ends: by its player or by staff, or because Amazon revoked it.

pub(super) mod revoke;
pub(super) mod unlink;
