//! The cast of the stories: a portal, its people and their browsers, Amazon, databases and mail, all real.
//!
//! A story reads
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
pub mod browser;
pub mod cable;
pub mod chromium;
pub mod database;
pub mod dump;
mod files;
pub mod filled;
pub mod game_client;
mod html;
pub mod inventory;
mod jar;
mod log;
mod manners;
pub mod odd_answers;
pub mod operations;
pub mod page;
pub mod people;
pub mod plans;
pub mod portal;
pub mod program;
pub mod raw;
pub mod receiver;
pub mod renewals;
pub mod service;
pub mod smtp;
pub mod staff;
pub mod trips;
mod verify;
pub mod wiretap;

pub use self::browser::Browser;
pub use self::game_client::GameClient;
pub use self::page::Page;
pub use self::people::Person;
pub use self::portal::Portal;
pub use self::receiver::Receiver;
pub use self::service::Service;
pub use self::staff::Agent;
