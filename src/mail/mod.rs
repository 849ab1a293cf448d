//! Letters to players. A letter is put into the outbox in the transaction that causes it, sealed, and sent
//! afterwards by a worker; nothing is sent inside a request (S13).

mod letter;
mod store;

pub use letter::{Kind, Letter};
pub use store::enqueue;
