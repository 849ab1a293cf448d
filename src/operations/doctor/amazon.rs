//! Checks that Amazon's hosts answer, without a code, a real token or the client secret.

use super::{DoctorLine, finding_line, note_line, ok_line};
use crate::app;
use crate::config::Config;
use crate::platform::clock::Clock;

const ABOUT: &str = "amazon";

pub(super) async fn check_amazon(config: &Config) -> Vec<DoctorLine> {
    let client = match app::open_lwa(config, Clock::system()) {
        Ok(client) => client,
        Err(fault) => return vec![finding_line(ABOUT, fault.to_string(), "correct the setting it names")],
    };
    if let Some(address) = config.amazon.simulator_listen {
        return vec![note_line(
            ABOUT,
            format!("is played by the simulator at {address}, while the portal runs"),
        )];
    }
    let mut lines = Vec::new();
    for (host, answer) in client.check_reachability().await {
        lines.push(match answer {
            Ok(answer) if (500..600).contains(&answer.status) => finding_line(
                ABOUT,
                format!("{host} answers with {}", answer.status),
                "nothing here: Amazon is not well; players can sign in with a password meanwhile",
            ),
            Ok(_) => ok_line(ABOUT, format!("{host} answers")),
            Err(class) => finding_line(
                ABOUT,
                format!("{host} cannot be reached ({class})"),
                "let this machine reach it: name resolution, firewall, and no proxy that opens TLS in between",
            ),
        });
    }
    lines
}
