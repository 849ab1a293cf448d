//! Requests that no library would send, written byte by byte.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::portal::Portal;

/// Longer than any deadline of the portal; a longer wait is a failure.
const PATIENCE: Duration = Duration::from_secs(30);

/// All bytes until the server closed the connection.
#[derive(Debug)]
pub struct Answer {
    /// 0 if the server sent nothing.
    pub status: u16,
    pub text: String,
}

impl Answer {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let head = self.text.split("\r\n\r\n").next().unwrap_or_default();
        let line = head.lines().find_map(|line| {
            let (known, value) = line.split_once(':')?;
            known.eq_ignore_ascii_case(name).then_some(value)
        });
        line.map(str::trim)
    }

    /// The value of a cookie that the response sets.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let mut set = self.text.lines().filter_map(|line| {
            let (known, value) = line.split_once(": ")?;
            known.eq_ignore_ascii_case("set-cookie").then_some(value)
        });
        set.find_map(|cookie| cookie.strip_prefix(name)?.strip_prefix('=')?.split(';').next())
    }

    /// The number of responses on the connection.
    pub fn answers(&self) -> usize {
        self.text.matches("HTTP/1.1 ").count()
    }
}

impl Portal {
    /// `localhost:PORT`, as a browser names the portal.
    pub fn host(&self) -> &str {
        self.url().trim_start_matches("http://")
    }

    /// Sends these bytes, closes its half of the connection, and reads to the end.
    pub async fn raw(&self, request: impl AsRef<[u8]>) -> Answer {
        send(self.host(), request).await
    }
}

/// Sends bytes to any program at `host`, which is `localhost:PORT`.
pub async fn send(host: &str, request: impl AsRef<[u8]>) -> Answer {
    let port = host.split(':').nth(1).unwrap();
    let talk = async {
        let mut stream = TcpStream::connect(format!("127.0.0.1:{port}")).await.unwrap();
        // The server may answer and close before it has read everything.
        let _ = stream.write_all(request.as_ref()).await;
        let _ = stream.shutdown().await;
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes).await;
        bytes
    };
    let bytes = timeout(PATIENCE, talk).await.expect("an answer");
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let status = text.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
    Answer { status, text }
}
