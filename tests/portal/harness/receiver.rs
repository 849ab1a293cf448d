//! A receiver of webhooks: an HTTP server that keeps its requests and answers as the test wants.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::HeaderMap;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// How it answers, from the next request on.
#[derive(Clone, Copy, Debug)]
pub enum Manner {
    Answers(u16),
    /// A status with `Retry-After` in seconds.
    Asks(u16, u32),
    /// Redirects to its own address.
    Redirects,
    HangsUp,
}

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct Heard {
    pub path: String,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Heard {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap_or_else(|| panic!("{name} in {self:?}")).to_str().unwrap()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// A receiver of one test.
pub struct Receiver {
    port: u16,
    desk: Arc<Mutex<Desk>>,
}

struct Desk {
    manner: Manner,
    heard: Vec<Heard>,
}

impl Receiver {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let desk = Arc::new(Mutex::new(Desk { manner: Manner::Answers(204), heard: Vec::new() }));
        let behind = Arc::clone(&desk);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&behind)));
            }
        });
        Self { port, desk }
    }

    /// The URL for its webhooks.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/hooks", self.port)
    }

    pub fn behave(&self, manner: Manner) {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner).manner = manner;
    }

    /// All requests so far, in order.
    pub fn heard(&self) -> Vec<Heard> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner).heard.clone()
    }

    /// Waits for this number of requests.
    pub async fn has_heard(&self, many: usize) -> Vec<Heard> {
        for _ in 0..3_000 {
            if self.heard().len() >= many {
                return self.heard();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("it heard {} of {many}", self.heard().len());
    }
}

async fn serve(mut stream: TcpStream, desk: Arc<Mutex<Desk>>) {
    while let Some(heard) = read(&mut stream).await {
        let manner = {
            let mut desk = desk.lock().unwrap_or_else(PoisonError::into_inner);
            desk.heard.push(heard);
            desk.manner
        };
        let answer = match manner {
            Manner::Answers(status) => format!("HTTP/1.1 {status} x\r\nContent-Length: 0\r\n\r\n"),
            Manner::Asks(status, seconds) => {
                format!("HTTP/1.1 {status} x\r\nRetry-After: {seconds}\r\nContent-Length: 0\r\n\r\n")
            }
            Manner::Redirects => {
                "HTTP/1.1 307 x\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n".to_owned()
            }
            Manner::HangsUp => return,
        };
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

async fn read(stream: &mut TcpStream) -> Option<Heard> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        bytes.push(stream.read_u8().await.ok()?);
    };
    let head = String::from_utf8(bytes[..end].to_vec()).ok()?;
    let mut lines = head.lines();
    let path = lines.next()?.split(' ').nth(1)?.to_owned();
    let mut headers = HeaderMap::new();
    for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
        headers.append(http::HeaderName::from_bytes(name.as_bytes()).ok()?, value.parse().ok()?);
    }
    let length = headers.get("content-length").and_then(|value| value.to_str().ok()?.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).await.ok()?;
    Some(Heard { path, headers, body })
}
