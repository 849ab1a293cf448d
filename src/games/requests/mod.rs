//! The requests of games, one file each.

mod account_details;
mod amazon_connect;
pub(super) mod amazon_link_by_code;
mod authentication;
pub(super) mod caller;
mod change_user_details;
mod claim_account_by_code;
mod device_authentication;
pub(super) mod dispatch;
mod end_session;
mod external_ids;
mod registration;
mod sign_in_response;
mod social_disconnect;
