//! The player account: who somebody is here, and the password and address that let them in.

mod model;
pub mod store;

pub use model::{Credentials, NewPlayer, TABLE, display_name_sentence, password_of};
