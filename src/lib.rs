//! Dovetail, a self-hosted account portal for games.
//!
//! Players sign in with a password or with Amazon, link one Amazon account, unlink it, link another. One
//! program on one SQL database: SQLite, or PostgreSQL where several copies run side by side.
//!
//! # The house
//!
//! Rooms, each above what it imports. A room holds parts; each part is a noun of the product, each file in it one
//! role or one verb, in call order; the list of files is the list of what the portal does.
//!
//! ```text
//! main → operations → server → privacy → support → service_api → games → links → accounts → sessions → outbound → web
//!                                                                                web → audit → app → lwa → config → platform
//! ```
//!
//! | room | what it is |
//! | --- | --- |
//! | [`platform`] | knows nothing of players, Amazon or HTML: clock, faults, database, crypto, passwords, ids, names, rate limits, jobs, logging, metrics, languages |
//! | [`config`] | every setting, read once; refuses what is unsafe |
//! | [`lwa`] | Login with Amazon as a protocol, and its simulator |
//! | [`app`] | the portal's hands, built once from the settings |
//! | [`audit`] | what happened, to whom, by whom: each record sealed, and all of them in one signed chain |
//! | `web` | how a request is read, guarded and answered |
//! | [`outbound`] | what leaves the portal: mail with its outbox, the feed of link events, webhooks |
//! | `sessions` | sessions as rows: of browsers, of games with their tokens, of staff |
//! | `accounts` | the player: registration, sign-in, reauthentication, password and its reset, address, profile, login attempts, activity |
//! | [`links`] | one player, one Amazon identity: through the browser, by a presented token, by a code; its change, and its [refresh](links::refresh) |
//! | `games` | the door for games: GameSparks' protocol over WebSocket and HTTP, and the devices that come back by an id |
//! | `service_api` | what game servers may ask, with a key |
//! | `support` | the desk: what staff see and do, and the staff's own accounts, sign-in and roles |
//! | `privacy` | what is kept about people: said, given to them, and taken away when they go |
//! | [`server`] | routes, layers, who is asking, and what is carried out after a fresh proof of identity |
//! | [`operations`] | for the operator: the command line, metrics and readiness, doctor, verify, the change of keys, clean-up |
//!
//! Every part has the same files, and none it does not need: `mod.rs` (promise and refusals), `model.rs`
//! (types and pure rules), `store.rs` (every query), `personal_data.rs` (what the room holds of a player, for the export
//! and the end of the account), a file a verb, `forms.rs`, `views.rs` (exactly what a
//! page prints), `pages.rs` (extract, call the verb, answer). Who may import whom is held by a test.
//!
//! # Rules that hold everywhere
//!
//! - **Two doors to the database.** `Db::read` and `Db::write` run a synchronous closure, so no connection
//!   can be held across a call to Amazon. A write is a transaction that holds the write lock from its
//!   start; what a verb decides, it decides inside, and row counts and unique rules decide races.
//! - **Refusals and faults.** A verb returns `Result<Outcome, Stop<Refused>>`. A refusal is a small enum that
//!   the page puts into words; a fault has a chain for the log, is logged once where the request ends, and
//!   tells the person a reference.
//! - **Standing changes in one transaction.** The session row is made or rotated by the verb, beside the audit
//!   record and the letter; actix-session only carries the cookie.
//! - **Records come from behind the write door.** It has the audit key and the vault at hand for as long as a
//!   transaction runs, so that a record is sealed in the transaction it tells of, and nowhere else.
//! - **Everything random or slow comes first**: hashes, seals and letters are made before the transaction,
//!   which may run twice.
//!
//! # From a request to its log line
//!
//! | layer, outermost first | does |
//! | --- | --- |
//! | `request_log` | gives the reference; one line a request, a fault's chain if there was one |
//! | `headers` | the security headers |
//! | `browser_cookies` | the caller, the cookies that are ours, and the browser's random value; cookies on the way back |
//! | `limits` | foreign hosts, oversized addresses |
//! | `error_pages` | neutral errors become pages in the reader's language |
//! | sessions, `session_middleware` | the cookie becomes session, player and link, in one read; under `/support` the desk's own cookie a member of staff |
//! | `guard` | who may ask, and whether proof of identity is fresh |
//!
//! Log fields: `request.reference`, `http.method`, `http.route`, `http.status`, `duration.us`, `player.id`,
//! `staff.id`, `lwa.error`, `lwa.request_id`, `link.id`, `links.done` and its kin, `alert` (what an operator must see), `fault`,
//! `refused`.
//!
//! # Where this house differs from its first drawing
//!
//! - Ids stand in `platform::ids`, because several rooms name the same row.
//! - Sessions are a room of their own: registration, sign-in and linking all start and rotate them.
//! - An interrupted action rides in an encrypted cookie, not in a column: reading a page then writes nothing.
//! - Staff are a room of their own: they sign in, the desk does not know how.
//! - Catalogues are in `platform::i18n`, because mails need them as much as pages.

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        reason = "a test stops at the first surprise"
    )
)]

mod accounts;
pub mod app;
pub mod audit;
pub mod config;
mod games;
pub mod links;
pub mod lwa;
pub mod operations;
pub mod outbound;
pub mod platform;
mod privacy;
pub mod server;
mod service_api;
mod sessions;
mod support;
mod web;
