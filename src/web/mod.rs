//! The HTTP toolkit: how a request is read, guarded and answered. It knows no feature.
//!
//! A handler takes a [`RequestContext`] and returns a [`PageResult`]. For a POST it also takes a [`PostForm`],
//! whose CSRF token has been checked. [`responses`] builds responses, and [`error`] turns failures into them.

pub mod api_problem;
pub mod assets;
mod audit_events;
pub mod browser_cookies;
pub mod caller;
pub mod cookies;
pub mod csrf;
pub mod current_player;
pub mod error;
pub mod error_pages;
pub mod form;
pub mod guard;
pub mod headers;
pub mod limits;
pub mod notice;
pub mod offer;
pub mod page;
pub mod pending_action;
pub mod refused_form;
pub mod relative_time;
pub mod request_context;
pub mod request_log;
pub mod responses;
pub mod session;
pub mod staff_member;
pub mod staff_reason;
pub mod try_again;
pub mod urls;
pub mod validation_messages;

pub use current_player::CurrentPlayer;
pub use error::PageError;
pub use form::{ParsedForm, PostForm};
pub use notice::Notice;
pub use offer::OfferAddress;
pub use page::Page;
pub use request_context::RequestContext;
pub use responses::PageResult;
pub use staff_member::{CurrentStaffMember, Permission};
pub use staff_reason::StaffReason;
pub use urls::NextAddress;
