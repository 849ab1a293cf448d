//! Limits of connections and refused handshakes per address (S80, S81).
//!
//! SDKs reconnect without pause, so a refused connection stays open for a while before it is closed. An
//! address may have a limited number of connections without a valid handshake. Further connections are
//! refused before the upgrade. The counts are in memory and per copy of the program: they protect this
//! process, not a secret.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

/// Connections of one address without a valid handshake, refused ones included.
const WAITING: u32 = 200;

/// All connections of one address. Many players may share the address of a mobile carrier.
const OPEN: u32 = 1_000;

/// Refusals within a minute that make an address noisy.
const REFUSALS: u32 = 20;
const WINDOW: TimeDelta = TimeDelta::minutes(1);

/// How long a refused connection stays open. At the longer time, one client reconnects four times a minute.
const HOLD: TimeDelta = TimeDelta::seconds(10);
const LONG_HOLD: TimeDelta = TimeDelta::seconds(15);

/// Counts of connections and refusals by address.
pub(in crate::games) struct ConnectionLimits {
    is_bounded: bool,
    addresses: Mutex<HashMap<IpAddr, AddressCount>>,
}

#[derive(Default)]
struct AddressCount {
    open: u32,
    waiting: u32,
    refused: u32,
    window_ends_at: DateTime<Utc>,
}

/// One counted connection. Dropping it ends the count.
pub(in crate::games) struct Slot {
    crowd: Arc<ConnectionLimits>,
    address: IpAddr,
    is_waiting: bool,
    /// Whether the address was noisy at the start: its requests are then not logged.
    pub is_noisy: bool,
}

/// The address has too many connections already.
#[derive(Debug)]
pub(in crate::games) struct TooManyConnections;

impl ConnectionLimits {
    pub fn new(is_bounded: bool) -> Arc<Self> {
        Arc::new(Self { is_bounded, addresses: Mutex::default() })
    }

    /// Counts a connection whose handshake is still to come.
    pub fn enter(self: &Arc<Self>, ip: IpAddr, now: DateTime<Utc>) -> Result<Slot, TooManyConnections> {
        let address = neighbourhood_of(ip);
        let mut addresses = self.lock();
        let own = addresses.entry(address).or_default();
        if self.is_bounded && (own.waiting >= WAITING || own.open >= OPEN) {
            return Err(TooManyConnections);
        }
        own.open += 1;
        own.waiting += 1;
        let is_noisy = own.is_noisy(now);
        drop(addresses);
        Ok(Slot { crowd: Arc::clone(self), address, is_waiting: true, is_noisy })
    }

    /// Counts a refusal. Returns true once per window, when the address becomes noisy.
    pub fn refuse(&self, ip: IpAddr, now: DateTime<Utc>) -> bool {
        let mut addresses = self.lock();
        let own = addresses.entry(neighbourhood_of(ip)).or_default();
        if own.window_ends_at <= now {
            own.refused = 0;
            own.window_ends_at = now + WINDOW;
        }
        own.refused = own.refused.saturating_add(1);
        own.refused == REFUSALS
    }

    /// Whether the address had too many refusals within the last minute.
    pub fn is_noisy(&self, ip: IpAddr, now: DateTime<Utc>) -> bool {
        self.is_bounded && self.lock().get(&neighbourhood_of(ip)).is_some_and(|own| own.is_noisy(now))
    }

    /// When a connection that is refused now is closed.
    pub fn holds_until(&self, ip: IpAddr, now: DateTime<Utc>) -> DateTime<Utc> {
        now + if self.is_noisy(ip, now) { LONG_HOLD } else { HOLD }
    }

    /// Removes addresses without open connections and without recent refusals.
    pub fn tidy(&self, now: DateTime<Utc>) {
        self.lock().retain(|_, own| own.open > 0 || own.window_ends_at > now);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, AddressCount>> {
        self.addresses.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AddressCount {
    fn is_noisy(&self, now: DateTime<Utc>) -> bool {
        self.refused >= REFUSALS && self.window_ends_at > now
    }
}

impl Slot {
    /// Notes that the handshake succeeded.
    pub fn admitted(&mut self) {
        if std::mem::take(&mut self.is_waiting)
            && let Some(own) = self.crowd.lock().get_mut(&self.address)
        {
            own.waiting = own.waiting.saturating_sub(1);
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.admitted();
        if let Some(own) = self.crowd.lock().get_mut(&self.address) {
            own.open = own.open.saturating_sub(1);
        }
    }
}

/// Counts an IPv6 /56 as one address, because one customer often has a whole /56.
fn neighbourhood_of(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(_) => ip,
        IpAddr::V6(ip) => {
            let [a, b, c, d, ..] = ip.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d & 0xff00, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOMEBODY: &str = "203.0.113.9";

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_gets_so_many_places_and_others_theirs() {
        let (crowd, now) = (ConnectionLimits::new(true), DateTime::UNIX_EPOCH);
        let mut seats: Vec<Slot> = (0..WAITING).map(|_| crowd.enter(ip(SOMEBODY), now).unwrap()).collect();
        assert!(crowd.enter(ip(SOMEBODY), now).is_err());
        assert!(crowd.enter(ip("203.0.113.10"), now).is_ok());
        seats[0].admitted();
        seats[0].admitted();
        let again = crowd.enter(ip(SOMEBODY), now).unwrap();
        assert!(crowd.enter(ip(SOMEBODY), now).is_err());
        drop(again);
        assert!(crowd.enter(ip(SOMEBODY), now).is_ok());
    }

    #[test]
    fn admitted_connections_have_an_end_too() {
        let (crowd, now) = (ConnectionLimits::new(true), DateTime::UNIX_EPOCH);
        let admit = |_| {
            let mut seat = crowd.enter(ip("2001:db8:0:1200::1"), now)?;
            seat.admitted();
            Ok::<_, TooManyConnections>(seat)
        };
        let seats: Vec<Slot> = (0..OPEN).map(|number| admit(number).unwrap()).collect();
        assert!(crowd.enter(ip("2001:db8:0:12ff::2"), now).is_err(), "the same customer");
        drop(seats);
        crowd.tidy(now);
        assert!(crowd.lock().is_empty());
    }

    #[test]
    fn a_noisy_address_waits_longer_until_its_minute_is_over() {
        let (crowd, now) = (ConnectionLimits::new(true), DateTime::UNIX_EPOCH);
        let became_noisy = (0..100).filter(|_| crowd.refuse(ip(SOMEBODY), now)).count();
        assert_eq!(became_noisy, 1);
        assert_eq!(crowd.holds_until(ip(SOMEBODY), now), now + LONG_HOLD);
        assert_eq!(crowd.holds_until(ip("203.0.113.10"), now), now + HOLD);
        assert_eq!(crowd.holds_until(ip(SOMEBODY), now + WINDOW), now + WINDOW + HOLD);
        crowd.tidy(now);
        assert!(crowd.is_noisy(ip(SOMEBODY), now));
    }

    #[test]
    fn load_tests_are_not_bounded() {
        let (crowd, now) = (ConnectionLimits::new(false), DateTime::UNIX_EPOCH);
        let seats: Vec<_> = (0..=OPEN).map(|_| crowd.enter(ip(SOMEBODY), now)).collect();
        assert!(seats.iter().all(Result::is_ok));
    }
}
