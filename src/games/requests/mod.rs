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
pub(super) mod external_ids;
pub(super) mod message;
mod registration;
pub(super) mod script_data;
pub(super) mod sign_in_by_code;
mod sign_in_response;
mod social_disconnect;

use self::dispatch::RequestType;

/// Every request that a game may send.
static REQUESTS: [RequestType; 11] = [
    RequestType::of::<amazon_connect::AmazonConnectRequest>(),
    RequestType::of::<registration::RegistrationRequest>(),
    RequestType::of::<authentication::AuthenticationRequest>(),
    RequestType::of::<device_authentication::DeviceAuthenticationRequest>(),
    RequestType::of::<account_details::AccountDetailsRequest>(),
    RequestType::of::<change_user_details::ChangeUserDetailsRequest>(),
    RequestType::of::<social_disconnect::SocialDisconnectRequest>(),
    RequestType::of::<end_session::EndSessionRequest>(),
    RequestType::of::<amazon_link_by_code::AmazonLinkByCodeRequest>(),
    RequestType::of::<claim_account_by_code::ClaimAccountByCodeRequest>(),
    RequestType::of::<sign_in_by_code::SignInByCodeRequest>(),
];

#[cfg(test)]
mod tests;
