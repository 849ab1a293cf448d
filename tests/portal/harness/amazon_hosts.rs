//! Amazon's hosts by their real names, as a browser passes through them at the start of an attempt.
//!
//! `www.amazon.com` redirects to `na.account.amazon.com`, and that to a national shop with the sign-in page. One
//! listener answers for all of them over TLS. Arguments of the browser name its address and accept its certificate.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// The value of `DOVETAIL_AMAZON_AUTHORIZE_URL` in production.
pub const AUTHORIZE_URL: &str = "https://www.amazon.com/ap/oa";

/// The host of the last redirect.
pub const LAST_HOST: &str = "www.amazon.co.uk";

/// The link on that page that continues the attempt at the simulator.
pub const GO_ON: &str = "Go on at the simulator";

const NAMES: [&str; 3] = ["www.amazon.com", "na.account.amazon.com", LAST_HOST];

/// A listener for all of these hosts, which runs until the process ends.
pub struct AmazonHosts {
    address: SocketAddr,
}

impl AmazonHosts {
    /// Starts the listener in front of the simulator at `simulator`, an origin.
    pub fn open(simulator: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (tls, simulator) = (Arc::new(tls()), simulator.to_owned());
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (tls, simulator) = (Arc::clone(&tls), simulator.clone());
                thread::spawn(move || serve(stream, tls, &simulator));
            }
        });
        Self { address }
    }

    /// The arguments that make Chromium use this listener and accept its certificate.
    pub fn arguments(&self) -> Vec<String> {
        let rules: Vec<String> = NAMES.iter().map(|name| format!("MAP {name} {}", self.address)).collect();
        vec![
            format!("--host-resolver-rules={}", rules.join(",")),
            "--ignore-certificate-errors".to_owned(),
            "--no-proxy-server".to_owned(),
        ]
    }
}

fn tls() -> ServerConfig {
    let made = rcgen::generate_simple_self_signed(NAMES.map(str::to_owned)).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap()
}

/// Answers one request, then closes the connection.
fn serve(stream: TcpStream, tls: Arc<ServerConfig>, simulator: &str) -> io::Result<()> {
    let connection = ServerConnection::new(tls).map_err(io::Error::other)?;
    let mut stream = BufReader::new(StreamOwned::new(connection, stream));
    let (target, host) = head(&mut stream)?;
    let answer = answer(&host, &target, simulator);
    let stream = stream.get_mut();
    stream.write_all(answer.as_bytes())?;
    stream.conn.send_close_notify();
    stream.flush()
}

/// The target and the host of a request.
fn head(stream: &mut BufReader<impl Read>) -> io::Result<(String, String)> {
    let (mut target, mut host) = (String::new(), String::new());
    for line in stream.by_ref().lines() {
        let line = line?;
        if line.is_empty() {
            break;
        }
        if target.is_empty() {
            line.split(' ').nth(1).unwrap_or_default().clone_into(&mut target);
        } else if let Some(name) = line.strip_prefix("Host: ") {
            name.clone_into(&mut host);
        }
    }
    Ok((target, host))
}

fn answer(host: &str, target: &str, simulator: &str) -> String {
    let query = target.split_once('?').map_or("", |(_, query)| query);
    match host {
        _ if !target.starts_with("/ap/") => says("404 Not Found", "", ""),
        "www.amazon.com" => redirect(&format!("https://na.account.amazon.com/ap/oa?{query}")),
        "na.account.amazon.com" => redirect(&format!("https://{LAST_HOST}/ap/signin?{query}")),
        _ => {
            let query = query.replace('&', "&amp;");
            let page = format!(
                "<!doctype html><title>{host}</title><a href=\"{simulator}/ap/oa?{query}\">{GO_ON}</a>"
            );
            says("200 OK", "Content-Type: text/html\r\n", &page)
        }
    }
}

fn redirect(location: &str) -> String {
    says("302 Found", &format!("Location: {location}\r\n"), "")
}

fn says(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{headers}Connection: close\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}
