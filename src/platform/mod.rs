//! What every feature stands on, and what knows nothing of players, Amazon or HTML.

pub mod clock;
pub mod email;
pub mod fault;
pub mod keys;
pub mod name;
pub mod password;
pub mod token;
pub mod vault;
mod weak_key;
