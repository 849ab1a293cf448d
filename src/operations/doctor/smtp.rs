//! Checks that the mail server accepts the connection and the login; sends nothing.

use super::{DoctorLine, finding_line, note_line, ok_line};
use crate::config::Config;
use crate::outbound::mail;

const ABOUT: &str = "mail";

pub(super) async fn check_smtp(config: &Config) -> Vec<DoctorLine> {
    let Some(url) = config.mail.smtp_url() else {
        return vec![note_line(ABOUT, "stays in the outbox: DOVETAIL_SMTP_URL is not set")];
    };
    vec![match mail::check_server(url).await {
        Ok(()) => ok_line(ABOUT, "the mail server takes us"),
        Err(why) => finding_line(
            ABOUT,
            why,
            "check host, port, name, password and `tls=` in DOVETAIL_SMTP_URL, and that this machine may reach it",
        ),
    }]
}
