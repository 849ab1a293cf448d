//! What is sealed in the tables of this room.

use crate::platform::db::sealed::SealedColumn;
use crate::platform::vault::Place;
use crate::sealed_column;

/// What is sealed in these tables.
pub const SEALED: &[SealedColumn] =
    &[sealed_column!(webhook_endpoints.secret_sealed, |id| place_of_secret(&id))];

/// Where the vault knows an endpoint's secret.
fn place_of_secret(endpoint: &str) -> Place {
    Place {
        purpose: "webhook secret",
        table: "webhook_endpoints",
        row: endpoint.to_owned(),
        player: String::new(),
        identity: String::new(),
    }
}
