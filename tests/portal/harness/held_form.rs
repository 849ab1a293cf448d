//! A form whose head the portal has read, and whose body is still on its way.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::page::Page;
use super::raw::Answer;

/// The server sees the session of the head; whatever happens next happens before the form arrives.
pub struct HeldForm {
    stream: TcpStream,
    body: String,
}

impl Page {
    /// Presses a button on a connection that holds the form's body back.
    pub async fn hold(&self, button: &str) -> HeldForm {
        let (method, url, fields) = self.form_behind(button);
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let browser = self.browser();
        let cookies: Vec<String> = browser
            .cookies()
            .iter()
            .filter_map(|name| Some(format!("{name}={}", browser.cookie(name)?)))
            .collect();
        let port = url.port().unwrap();
        let head = format!(
            "{method} {} HTTP/1.1\r\nHost: localhost:{port}\r\nOrigin: http://localhost:{port}\r\n\
             Sec-Fetch-Site: same-origin\r\nCookie: {}\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n",
            url.path(),
            cookies.join("; "),
            body.len()
        );
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        // Nothing tells when the head was read.
        tokio::time::sleep(Duration::from_millis(300)).await;
        HeldForm { stream, body }
    }
}

impl HeldForm {
    /// Sends the body and reads the answer.
    pub async fn release(mut self) -> Answer {
        self.stream.write_all(self.body.as_bytes()).await.unwrap();
        let mut bytes = Vec::new();
        self.stream.read_to_end(&mut bytes).await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let status = text.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
        Answer { status, text }
    }
}
