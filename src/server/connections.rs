//! What the portal holds each TCP connection to, before it reads a byte (S170).
//!
//! One address may hold a limited number of connections. A client that stops reading is cut off. Both are counted in
//! memory and per copy of the program: they protect this process, not a secret. A trusted proxy has the connections of
//! many people, so it is not limited; its own settings are.

use std::any::Any;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use actix_web::dev::Extensions;
use actix_web::rt::net::TcpStream;
use ipnet::IpNet;
use rustix::net::{Shutdown, shutdown};

use crate::app::App;
use crate::platform::metrics::{Limit, Metrics};
use crate::platform::rate_limit::address_block;
use crate::web::caller::is_trusted_proxy;

/// Connections of one address. A game's network may hold 1,000 sockets, and its people browse as well.
const MAX_OPEN: u32 = 1_100;

/// How long a client may leave an answer unread, in milliseconds. A slow network acknowledges within seconds.
#[cfg(target_os = "linux")]
const UNREAD_FOR: u32 = 30_000;

/// Counts the open connections of each address.
pub(super) struct ConnectionGate {
    is_limited: bool,
    trusted_proxies: Vec<IpNet>,
    metrics: Arc<Metrics>,
    open: Mutex<HashMap<IpAddr, u32>>,
}

/// One counted connection, kept with the connection's data. Dropping it ends the count.
struct OpenConnection {
    gate: Arc<ConnectionGate>,
    address: IpAddr,
}

impl ConnectionGate {
    pub fn new(app: &App) -> Arc<Self> {
        Arc::new(Self {
            is_limited: app.config.limits.is_throttled,
            trusted_proxies: app.config.http.trusted_proxies.clone(),
            metrics: Arc::clone(&app.metrics),
            open: Mutex::default(),
        })
    }

    /// Admits an accepted connection, or ends it unanswered. Its count ends with `data`, the data of the connection.
    pub fn admit(self: &Arc<Self>, accepted: &dyn Any, data: &mut Extensions) {
        let Some(stream) = accepted.downcast_ref::<TcpStream>() else { return };
        cut_off_silent_reader(stream);
        let Ok(peer) = stream.peer_addr() else { return };
        if let Ok(counted) = self.count(peer.ip()) {
            data.insert(counted);
        } else {
            self.metrics.throttle_refusals.add(Limit::Connections);
            // An error means that the client has gone already.
            let _ = shutdown(stream, Shutdown::Both);
        }
    }

    /// Counts a connection from `peer`. `None` for those that are not limited.
    fn count(self: &Arc<Self>, peer: IpAddr) -> Result<Option<OpenConnection>, TooManyConnections> {
        if !self.is_limited || is_trusted_proxy(peer, &self.trusted_proxies) {
            return Ok(None);
        }
        let address = address_block(peer.to_canonical());
        let mut open = self.lock();
        let count = open.entry(address).or_default();
        if *count >= MAX_OPEN {
            return Err(TooManyConnections);
        }
        *count += 1;
        drop(open);
        Ok(Some(OpenConnection { gate: Arc::clone(self), address }))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, u32>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The address has too many connections already.
#[derive(Debug)]
struct TooManyConnections;

impl Drop for OpenConnection {
    fn drop(&mut self) {
        let mut open = self.gate.lock();
        if let Some(count) = open.get_mut(&self.address) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                open.remove(&self.address);
            }
        }
    }
}

/// Lets the system end the connection when what was sent stays unread, or unacknowledged, for too long (RFC 5482).
///
/// The web server has no deadline for writing, and without one a client that asks and never reads is held for ever.
#[cfg(target_os = "linux")]
fn cut_off_silent_reader(stream: &TcpStream) {
    // An error means that the client has gone already.
    let _ = rustix::net::sockopt::set_tcp_user_timeout(stream, UNREAD_FOR);
}

#[cfg(not(target_os = "linux"))]
fn cut_off_silent_reader(_: &TcpStream) {}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt;

    use super::*;

    fn gate(is_limited: bool, trusted_proxies: &[&str]) -> Arc<ConnectionGate> {
        let trusted_proxies = trusted_proxies.iter().map(|network| network.parse().unwrap()).collect();
        let metrics = Arc::new(Metrics::new());
        Arc::new(ConnectionGate { is_limited, trusted_proxies, metrics, open: Mutex::default() })
    }

    fn hold(gate: &Arc<ConnectionGate>, peer: &str) -> Vec<Option<OpenConnection>> {
        (0..MAX_OPEN).map(|_| gate.count(peer.parse().unwrap()).unwrap()).collect()
    }

    #[test]
    fn an_address_gets_so_many_connections_and_others_theirs() {
        let gate = gate(true, &[]);
        let mut held = hold(&gate, "203.0.113.9");
        assert!(gate.count("203.0.113.9".parse().unwrap()).is_err());
        assert!(gate.count("::ffff:203.0.113.9".parse().unwrap()).is_err(), "the same in IPv6 form");
        assert!(gate.count("203.0.113.10".parse().unwrap()).is_ok());
        held.pop();
        assert!(gate.count("203.0.113.9".parse().unwrap()).is_ok());
        drop(held);
        assert!(gate.lock().is_empty(), "an address without connections is forgotten");
    }

    #[test]
    fn proxies_and_load_tests_are_not_limited() {
        for (gate, peer) in [(gate(true, &["10.0.0.0/8"]), "10.1.2.3"), (gate(false, &[]), "203.0.113.9")] {
            let held = hold(&gate, peer);
            assert!(gate.count(peer.parse().unwrap()).is_ok());
            assert!(held.iter().all(Option::is_none));
        }
    }

    async fn accepted() -> (TcpStream, TcpStream) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        (client, listener.accept().await.unwrap().0)
    }

    #[tokio::test]
    async fn one_connection_too_many_is_closed() {
        let gate = gate(true, &[]);
        let (mut client, stream) = accepted().await;
        let mut data = Extensions::new();
        gate.admit(&stream, &mut data);
        assert_eq!(*gate.lock().values().next().unwrap(), 1);
        let held = (1..MAX_OPEN).map(|_| gate.count("127.0.0.1".parse().unwrap()).unwrap());
        let held: Vec<_> = held.collect();
        let (mut late, refused) = accepted().await;
        gate.admit(&refused, &mut Extensions::new());
        assert_eq!(late.read(&mut [0]).await.unwrap(), 0, "it is closed");
        assert!(
            stream.try_write(b"x").is_ok() && client.read(&mut [0]).await.unwrap() == 1,
            "the others go on"
        );
        drop((held, data));
        assert!(gate.lock().is_empty());
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn who_leaves_an_answer_unread_is_cut_off_by_the_system() {
        let (_client, stream) = accepted().await;
        gate(false, &[]).admit(&stream, &mut Extensions::new());
        assert_eq!(rustix::net::sockopt::tcp_user_timeout(&stream).unwrap(), UNREAD_FOR);
    }
}
