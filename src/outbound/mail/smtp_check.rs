//! Whether the mail server takes us, for an operator who looks for what is wrong. Sends no mail.

use secrecy::SecretString;

use crate::outbound::mail::smtp::SmtpServer;

/// Connects to the server at `url` and says hello, as sending would. Why not, where it did not work.
pub async fn greet(url: &SecretString) -> Result<(), String> {
    match SmtpServer::at(url) {
        Ok(server) => server.greet().await,
        Err(fault) => Err(fault.to_string()),
    }
}
