//! Checks that the mail server accepts the connection and the login; sends nothing.

use super::{DoctorLine, finding, note, well};
use crate::config::Config;
use crate::outbound::mail;

const ABOUT: &str = "mail";

pub(super) async fn look(config: &Config) -> Vec<DoctorLine> {
    let Some(url) = config.mail.smtp_url() else {
        return vec![note(ABOUT, "stays in the outbox: DOVETAIL_SMTP_URL is not set")];
    };
    vec![match mail::greet(url).await {
        Ok(()) => well(ABOUT, "the mail server takes us"),
        Err(why) => finding(
            ABOUT,
            why,
            "check host, port, name, password and `tls=` in DOVETAIL_SMTP_URL, and that this machine may reach it",
        ),
    }]
}
