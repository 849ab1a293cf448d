//! The harness of the stories: a portal, its people and their browsers, Amazon, databases and mail, all real.
//!
//! An example:
//!
//! ```ignore
//! let portal = Portal::start().await;
//! let bo = portal.bo().await;
//! let account = portal.browser_of(&bo).visit("/account").await;
//! let amazon = account.press("Link Amazon account").await;
//! let confirm = amazon.allow_as("Mork Hashimoto").await;
//! assert_eq!(confirm.press("Link this account").await.link_state(), Some("active".into()));
//! ```

pub mod amazon;
pub mod amazon_hosts;
pub mod authenticator;
pub mod browser;
pub mod chromium;
pub mod cuttable_proxy;
pub mod database;
pub mod dump;
mod files;
pub mod full_account;
pub mod game_client;
pub mod held_form;
mod html;
mod jar;
mod log;
pub mod odd_answers;
pub mod operations;
pub mod page;
pub mod people;
pub mod personal_data_doc;
pub mod plans;
pub mod portal;
pub mod ports;
pub mod program;
pub mod raw;
pub mod receiver;
pub mod recording_proxy;
pub mod renewals;
mod response_invariants;
pub mod second_factor;
pub mod service;
pub mod smtp;
pub mod staff;
pub mod trips;
mod verify;

pub use self::browser::Browser;
pub use self::game_client::GameClient;
pub use self::page::Page;
pub use self::people::Person;
pub use self::portal::Portal;
pub use self::receiver::Receiver;
pub use self::service::Service;
pub use self::staff::Agent;
