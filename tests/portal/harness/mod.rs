//! The cast of the stories: databases, browsers and servers, all real.

pub mod chromium;
pub mod database;
pub mod smtp;
