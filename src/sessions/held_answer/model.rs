//! What is held, and its row.

use chrono::{DateTime, Utc};
use diesel::{Queryable, Selectable};
use serde::{Deserialize, Serialize};

use crate::id_type;
use crate::platform::crypto::token::TokenHash;
use crate::platform::crypto::vault::SealContext;
use crate::platform::db::schema::held_answers;
use crate::platform::ids::SessionId;

id_type! {
    /// An answer that waits for its browser.
    HeldAnswerId
}

/// The answer to a refused form.
#[derive(Clone, Serialize, Deserialize)]
pub struct HeldAnswer {
    pub status: u16,
    /// When the form may be sent again, if there were too many tries.
    pub retry_at: Option<DateTime<Utc>>,
    /// Whether the page has a form that leads to Amazon.
    pub leads_to_amazon: bool,
    pub html: String,
}

/// A row about to be written.
#[derive(Clone)]
pub(super) struct NewRow {
    pub id: HeldAnswerId,
    pub session: Option<SessionId>,
    pub staff_session: Option<SessionId>,
    pub browser: TokenHash,
    pub answer_sealed: Vec<u8>,
    /// Rows of this browser that end before go, because it has not come for them.
    pub abandoned_before: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = held_answers)]
pub(super) struct StoredAnswer {
    pub session_id: Option<SessionId>,
    pub staff_session_id: Option<SessionId>,
    pub browser_hash: String,
    #[diesel(column_name = answer_sealed)]
    pub answer: Vec<u8>,
    pub expires_at: DateTime<Utc>,
}

pub(super) fn place_of_answer(id: &str) -> SealContext {
    SealContext {
        purpose: "held answer",
        table: "held_answers",
        row: id.to_owned(),
        player: String::new(),
        identity: String::new(),
    }
}
