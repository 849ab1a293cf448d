//! A connection that stays open, and as much of HTTP/1.1 as portal, floor and simulator answer with: a load
//! generator must cost little beside what it measures.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// One kept connection.
pub struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
}

/// One answer.
pub struct Answer {
    pub status: u16,
    head: String,
    pub body: Vec<u8>,
}

/// Cookies of one browser at one host.
#[derive(Clone, Default)]
pub struct Jar(BTreeMap<String, String>);

impl Connection {
    pub async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, received: Vec::with_capacity(64 * 1024) }
    }

    /// Sends a request and waits for the whole answer.
    pub async fn send(&mut self, request: &[u8]) -> Answer {
        self.stream.write_all(request).await.unwrap();
        self.received.clear();
        let head = loop {
            self.read().await;
            if let Some(at) = self.received.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
        };
        let text = String::from_utf8_lossy(&self.received[..head]).into_owned();
        let length: usize = header(&text, "content-length").next().map_or(0, |text| text.parse().unwrap());
        while self.received.len() < head + length {
            self.read().await;
        }
        let status = text[9..12].parse().unwrap();
        Answer { status, head: text, body: self.received[head..].to_vec() }
    }

    async fn read(&mut self) {
        let read = self.stream.read_buf(&mut self.received).await.unwrap();
        assert!(read > 0, "the connection was closed before the answer was whole");
    }
}

impl Answer {
    /// The path of a redirect, or its whole address.
    pub fn location(&self) -> &str {
        header(&self.head, "location").next().unwrap_or_else(|| panic!("no redirect: {self}"))
    }

    /// The value of the page's hidden field of this name.
    pub fn hidden(&self, name: &str) -> String {
        let page = String::from_utf8_lossy(&self.body);
        let begin = format!("name=\"{name}\" value=\"");
        let value = page.split(&begin).nth(1).and_then(|rest| rest.split('"').next());
        value.unwrap_or_else(|| panic!("no field {name}: {self}")).to_owned()
    }

    #[must_use]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self}");
        self
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", self.head, String::from_utf8_lossy(&self.body))
    }
}

impl Jar {
    pub fn put(&mut self, name: &str, value: &str) {
        self.0.insert(name.to_owned(), value.to_owned());
    }

    /// Takes up what an answer sets.
    pub fn keep(&mut self, answer: &Answer) {
        for cookie in header(&answer.head, "set-cookie") {
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            self.put(name, value);
        }
    }

    fn header(&self) -> String {
        self.0.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }
}

/// A request as a browser of today sends it; `form` makes it a POST from a page of the same site.
pub fn request(host: &str, path: &str, jar: &Jar, form: Option<&[(&str, &str)]>) -> Vec<u8> {
    let method = if form.is_some() { "POST" } else { "GET" };
    let cookies = jar.header();
    let mut head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\n\
         User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0\r\n\
         Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n\
         Accept-Language: en-US,en;q=0.5\r\nAccept-Encoding: gzip, deflate, br\r\nCookie: {cookies}\r\n\
         Sec-Fetch-Dest: document\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Site: same-origin\r\n"
    );
    let body =
        form.map(|fields| url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish());
    if let Some(body) = &body {
        let length = body.len();
        let kind = "Content-Type: application/x-www-form-urlencoded";
        head = format!("{head}Origin: http://{host}\r\n{kind}\r\nContent-Length: {length}\r\n");
    }
    format!("{head}\r\n{}", body.unwrap_or_default()).into_bytes()
}

fn header<'a>(head: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    let lines = head.lines().filter_map(|line| line.split_once(':'));
    lines.filter(move |(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}
