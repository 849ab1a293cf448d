//! The tables of attempts, links and former links. What renews a link's tokens is the refresher's.

mod attempts;
mod history;
mod links;

pub use attempts::sweep;
pub(super) use attempts::{
    Bearer, NewAttempt, advance, begin, claim, count_try, find, forget_attempts_of, keep_identity, spend,
};
pub(super) use history::{Ending, end, last_end};
pub use links::Sent;
pub(super) use links::{amazon_name_of, destroy_tokens, insert, is_as_sent, link_of, renew, standing};
