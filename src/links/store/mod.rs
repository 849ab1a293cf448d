//! The tables of attempts, links and former links. The queries for refreshing tokens are in `refresh::store`.

use crate::links::model::{
    IDENTITY, VERIFIER, place_in_attempt, place_of_access_token, place_of_refresh_token,
};
use crate::platform::db::sealed::SealedColumn;
use crate::sealed_column;

mod attempts;
mod details;
mod history;
mod links;
mod presented_token;
mod token_snapshot;
mod undos;

pub use attempts::sweep;
pub(super) use attempts::{
    AttemptOwner, NewAttempt, advance_attempt, claim_attempt, count_try, delete_attempts_of, find_attempt,
    insert_attempt, spend_attempt, store_code, store_identity,
};
pub use details::{details, former_of};
pub(super) use history::{Ending, end_link, last_end};
pub use links::{LivingLink, doubt_links, links_with_life};
pub(super) use links::{
    amazon_name_of, confirm_link, decline_email, destroy_tokens, drop_tokens, game_of_link, insert_link,
    link_of, matches_snapshot, read_facts, renew_link, store_profile,
};
pub(super) use presented_token::renew_by_presented_token;
pub use presented_token::{LinkSummaryRow, summaries, summary};
pub use token_snapshot::{ClearLease, TokenSnapshot, matching_snapshot};
pub use undos::sweep_undos;
pub(super) use undos::{NewLinkUndo, find_undo, insert_undo, spend_undo};

/// The sealed columns of these tables.
pub const SEALED: &[SealedColumn] = &[
    sealed_column!(amazon_links.access_token_sealed, |id, player_id, amazon_id| {
        place_of_access_token(&id.into(), &player_id.into(), &amazon_id)
    }),
    sealed_column!(amazon_links.refresh_token_sealed, |id, player_id, amazon_id| {
        place_of_refresh_token(&id.into(), &player_id.into(), &amazon_id)
    }),
    sealed_column!(link_attempts.verifier_sealed, |id| place_in_attempt(VERIFIER, &id.into())),
    sealed_column!(link_attempts.identity_sealed, |id| place_in_attempt(IDENTITY, &id.into())),
];
