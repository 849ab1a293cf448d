//! One player, one Amazon identity: linking, replacing, signing in, proof of identity, unlinking.
//!
//! An *attempt* is one sign-in with Amazon. Its purpose is fixed when it begins, and it is spent once. It is bound to
//! one browser and, except for sign-in, to one session and player.
//!
//! [`model::decide`] is the decision table for the returned identity, as a pure function. Unique constraints decide
//! races. No link is made by email. For `link` and `replace` nothing is written before the person has seen both
//! names.
//!
//! Tokens that games present go through the same table ([`presented_token`]).

pub(crate) mod change;
pub mod device_flow;
mod email_offer;
pub mod email_offer_pages;
mod forms;
mod game_rules;
mod identity;
mod model;
pub(crate) mod oauth;
pub mod pages;
pub mod personal_data;
mod presented_token;
pub mod refresh;
mod seed;
mod store;
mod views;

pub use crate::web::current_player::{LinkState, StateCause};
pub use change::revoke::{Revocation, RevocationOutcome};
pub use change::stop::{TokenStop, stop_tokens, stop_tokens_of};
pub use change::unlink::{LastLoginMethodRule, UnlinkRefusal, UnlinkedBy, Unlinking};
pub use device_flow::link::{
    DeviceFlowGrant, DeviceFlowLinkRefusal, DeviceFlowLinkWrite, DeviceFlowLinked, DeviceFlowRequest,
    IdentityNotProven, verify_grant,
};
pub use device_flow::{LinkByCodeRefusal, link_attempt_by_code, may_link_by_code, waiting_amazon_name};
pub use game_rules::{GameAct, GameRules, GivenProof, ProofMissing};
pub use model::{
    Cause, FormerLink, LinkDetails, MadeBy, Stage, TokensFrom, place_of_access_token, place_of_refresh_token,
};
pub use presented_token::{
    ConnectFlags, ConnectOptions, ConnectRefusal, DisconnectRefusal, GameCallContext,
    connect_identity as connect_presented_token, disconnect_identity as disconnect_from_game,
};
pub use seed::MadeUpLink;
pub use store::{
    ClearLease, LinkSummaryRow, LivingLink, SEALED, TokenSnapshot, details, doubt_links, former_of,
    links_with_life, matching_snapshot, summaries, summary, sweep, sweep_undos,
};
