//! Checks the public address and the two listeners.

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{DoctorLine, finding_line, note_line, ok_line};
use crate::config::Config;

const PATIENCE: Duration = Duration::from_secs(3);

pub(super) async fn check_web(config: &Config) -> Vec<DoctorLine> {
    let http = &config.http;
    let mut lines = vec![public_url(config).await];
    lines.push(note_line(
        "address",
        format!("register {}amazon/callback as Allowed Return URL at Amazon", http.public_url),
    ));
    lines.push(listener("DOVETAIL_LISTEN", http.listen, "/healthz").await);
    lines.push(listener("DOVETAIL_OPS_LISTEN", http.ops_listen, "/readyz").await);
    if config.is_production() && !http.ops_listen.ip().is_loopback() {
        lines.push(note_line(
            "listener",
            "DOVETAIL_OPS_LISTEN can be reached from other machines; keep players out",
        ));
    }
    if config.is_production() && http.trusted_proxies.is_empty() {
        lines.push(finding_line(
            "address",
            "DOVETAIL_TRUSTED_PROXIES is empty, so all players seem to come from the proxy that ends TLS",
            "name the network of that proxy",
        ));
    }
    lines
}

async fn public_url(config: &Config) -> DoctorLine {
    let url = &config.http.public_url;
    let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else {
        return finding_line("address", "DOVETAIL_PUBLIC_URL names no host", "write it as https://host");
    };
    let found = timeout(PATIENCE, tokio::net::lookup_host((host.trim_matches(['[', ']']), port))).await;
    if found.is_ok_and(|found| found.is_ok_and(|addresses| addresses.count() > 0)) {
        return ok_line("address", format!("{host} has an address"));
    }
    let fix = "make its name in the DNS, or correct DOVETAIL_PUBLIC_URL";
    finding_line("address", format!("nobody knows the host {host}"), fix)
}

/// Checks that the address is free or used by a running portal.
async fn listener(setting: &str, address: SocketAddr, path: &str) -> DoctorLine {
    match TcpListener::bind(address) {
        Ok(_) => ok_line("listener", format!("{address} is free ({setting})")),
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            let answer = timeout(PATIENCE, ask(address, path)).await;
            if matches!(answer, Ok(Ok(text)) if is_portal(&text)) {
                return ok_line("listener", format!("{address} is used by a running portal ({setting})"));
            }
            let says = format!("{address} is used by another program");
            finding_line("listener", says, format!("stop that program, or set {setting} to another port"))
        }
        Err(error) => finding_line(
            "listener",
            format!("{address} cannot be listened at: {}", error.kind()),
            format!("set {setting} to an address of this machine and a port this user may use"),
        ),
    }
}

async fn ask(address: SocketAddr, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut text = String::new();
    stream.take(4_096).read_to_string(&mut text).await?;
    Ok(text)
}

fn is_portal(answer: &str) -> bool {
    answer.ends_with("\r\n\r\nok\n") || answer.ends_with("\r\n\r\nnot ready\n")
}
