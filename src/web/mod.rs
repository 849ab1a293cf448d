//! The HTTP toolkit: how a request is read, guarded and answered. It knows no feature.
//!
//! A handler takes a [`Visit`] (who asks, from where, in which language) and, for a POST, a [`PostForm`]
//! whose CSRF token has been checked, and gives an [`Answer`]. Everything that leaves goes through
//! [`answer`], everything that fails through [`error`].

pub mod answer;
pub mod assets;
pub mod caller;
pub mod cookies;
pub mod csrf;
pub mod error;
pub mod error_pages;
pub mod flash;
pub mod form;
pub mod frame;
pub mod guard;
pub mod headers;
pub mod interrupted;
pub mod limits;
pub mod page;
pub mod problem;
pub mod reason;
pub mod refusals;
pub mod request_log;
pub mod session;
pub mod staff_viewer;
pub mod urls;
pub mod viewer;
pub mod visit;

pub use answer::Answer;
pub use error::PageError;
pub use flash::{Flash, Outcome};
pub use form::{Form, PostForm};
pub use page::Page;
pub use reason::Reason;
pub use staff_viewer::{Permission, StaffViewer};
pub use urls::Next;
pub use viewer::Viewer;
pub use visit::Visit;
