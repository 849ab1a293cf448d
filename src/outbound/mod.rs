//! What leaves the portal: mails, the feed of link events, and webhooks, each with an outbox.

pub mod link_events;
pub mod mail;
pub mod webhooks;
