//! A fake server that sends exactly the given bytes and records the requests.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};

/// What the server does on one connection after it has read the request.
#[derive(Clone, Debug)]
pub(super) enum Reply {
    /// Sends these bytes and closes the connection.
    Says(Vec<u8>),
    /// Sends these bytes, then nothing; the connection stays open.
    SaysAndHangs(Vec<u8>),
    /// Sends these bytes and resets the connection.
    SaysAndResets(Vec<u8>),
    /// Sends these bytes slowly, one every five milliseconds, then nothing.
    Drips(Vec<u8>),
    /// Sends the first bytes once and the second without end.
    Floods(Vec<u8>, Vec<u8>),
}

#[derive(Clone)]
pub(super) struct StandIn {
    pub(super) address: SocketAddr,
    heard: Arc<Mutex<Vec<String>>>,
    script: Arc<Mutex<Vec<Reply>>>,
    sent: Arc<AtomicUsize>,
}

impl StandIn {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let stand_in = Self {
            address: listener.local_addr().unwrap(),
            heard: Arc::default(),
            script: Arc::default(),
            sent: Arc::default(),
        };
        let server = stand_in.clone();
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(server.clone().serve(socket));
            }
        });
        stand_in
    }

    /// Answers the next connections in this order, repeats the last reply, and forgets earlier requests.
    pub(super) fn will(&self, replies: impl IntoIterator<Item = Reply>) {
        *self.script.lock().unwrap() = replies.into_iter().collect();
        self.heard.lock().unwrap().clear();
        self.sent.store(0, Ordering::SeqCst);
    }

    /// The requests since the last [`Self::will`], head and body.
    pub(super) fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }

    /// The number of bytes written since the last [`Self::will`].
    pub(super) fn sent(&self) -> usize {
        self.sent.load(Ordering::SeqCst)
    }

    async fn serve(self, socket: TcpStream) {
        let Some(request) = read_request(&socket).await else { return };
        self.heard.lock().unwrap().push(request);
        let reply = {
            let mut script = self.script.lock().unwrap();
            if script.len() > 1 { script.remove(0) } else { script.first().unwrap().clone() }
        };
        match reply {
            Reply::Says(bytes) => {
                self.say(&socket, &bytes).await;
            }
            Reply::SaysAndHangs(bytes) => {
                self.say(&socket, &bytes).await;
                until_closed(&socket).await;
            }
            Reply::SaysAndResets(bytes) => {
                self.say(&socket, &bytes).await;
                socket.set_zero_linger().unwrap();
            }
            Reply::Drips(bytes) => {
                for byte in bytes {
                    if !self.say(&socket, &[byte]).await {
                        return;
                    }
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                until_closed(&socket).await;
            }
            Reply::Floods(head, more) => {
                let mut is_open = self.say(&socket, &head).await;
                while is_open {
                    is_open = self.say(&socket, &more).await;
                }
            }
        }
    }

    async fn say(&self, socket: &TcpStream, mut bytes: &[u8]) -> bool {
        while !bytes.is_empty() {
            if socket.writable().await.is_err() {
                return false;
            }
            match socket.try_write(bytes) {
                Ok(count) => {
                    self.sent.fetch_add(count, Ordering::SeqCst);
                    bytes = &bytes[count..];
                }
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                Err(_) => return false,
            }
        }
        true
    }
}

/// Reads a whole request: its head, and as much body as it announces.
async fn read_request(socket: &TcpStream) -> Option<String> {
    let mut request = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&request).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = header(head, "content-length").map_or(0, |value| value.parse().unwrap());
            if body.len() >= length {
                return Some(text);
            }
        }
        read_some(socket, &mut request).await?;
    }
}

async fn until_closed(socket: &TcpStream) {
    while read_some(socket, &mut Vec::new()).await.is_some() {}
}

async fn read_some(socket: &TcpStream, into: &mut Vec<u8>) -> Option<()> {
    loop {
        socket.readable().await.ok()?;
        let mut buffer = [0_u8; 4096];
        match socket.try_read(&mut buffer) {
            Ok(0) => return None,
            Ok(count) => {
                into.extend_from_slice(&buffer[..count]);
                return Some(());
            }
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(_) => return None,
        }
    }
}

/// The value of a header in the head of a request.
pub(super) fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = head.lines().take_while(|line| !line.is_empty()).filter_map(|line| line.split_once(": "));
    lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// A response in Amazon's form: JSON with a request id, and the connection is closed after it.
pub(super) fn json(status: &str, body: &str) -> Reply {
    answer(status, "content-type: application/json;charset=UTF-8\r\n", body)
}

/// A response with these header lines and the right content length.
pub(super) fn answer(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Reply {
    Reply::Says(bytes(status, headers, body))
}

/// The bytes of such a response, so that a test can cut or change them.
pub(super) fn bytes(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\n{headers}x-amzn-requestid: 40b181ff-b0b2-4f22\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}
