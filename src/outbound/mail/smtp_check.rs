//! Checks for `dovetail doctor` whether the mail server accepts the portal. Sends no mail.

use secrecy::SecretString;

use crate::outbound::mail::smtp::SmtpServer;

/// Connects to the server at `url` as sending does. Returns the reason if that fails.
pub async fn check_server(url: &SecretString) -> Result<(), String> {
    match SmtpServer::at(url) {
        Ok(server) => server.check_connection().await,
        Err(fault) => Err(fault.to_string()),
    }
}
