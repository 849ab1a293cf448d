//! Limits of connections and refused handshakes per address (S80, S81).
//!
//! SDKs reconnect without pause, so a refused connection stays open for a while before it is closed. An
//! address may have a limited number of connections without a valid handshake. Further connections are
//! refused before the upgrade. The counts are in memory and per copy of the program: they protect this
//! process, not a secret.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use crate::platform::rate_limit::address_block;

/// Connections of one address without a valid handshake, refused ones included.
const MAX_PENDING: u32 = 200;

/// All connections of one address. Many players may share the address of a mobile carrier.
const MAX_OPEN: u32 = 1_000;

/// Refusals within a minute that make an address noisy.
const NOISY_AT: u32 = 20;
const WINDOW: TimeDelta = TimeDelta::minutes(1);

/// How long a refused connection stays open. At the longer time, one client reconnects four times a minute.
const REFUSED_FOR: TimeDelta = TimeDelta::seconds(10);
const NOISY_FOR: TimeDelta = TimeDelta::seconds(15);

/// Counts of connections and refusals by address.
pub(in crate::games) struct ConnectionLimits {
    is_enabled: bool,
    addresses: Mutex<HashMap<IpAddr, AddressCount>>,
}

#[derive(Default)]
struct AddressCount {
    open: u32,
    pending: u32,
    refused: u32,
    window_ends_at: DateTime<Utc>,
}

/// One counted connection. Dropping it ends the count.
pub(in crate::games) struct Slot {
    limits: Arc<ConnectionLimits>,
    address: IpAddr,
    is_pending: bool,
    /// Whether the address was noisy at the start: its requests are then not logged.
    pub is_noisy: bool,
}

/// The address has too many connections already.
#[derive(Debug)]
pub(in crate::games) struct TooManyConnections;

impl ConnectionLimits {
    pub fn new(is_enabled: bool) -> Arc<Self> {
        Arc::new(Self { is_enabled, addresses: Mutex::default() })
    }

    /// Counts a connection whose handshake is still to come.
    pub fn take_slot(self: &Arc<Self>, ip: IpAddr, now: DateTime<Utc>) -> Result<Slot, TooManyConnections> {
        let address = address_block(ip);
        let mut addresses = self.lock();
        let count = addresses.entry(address).or_default();
        if self.is_enabled && (count.pending >= MAX_PENDING || count.open >= MAX_OPEN) {
            return Err(TooManyConnections);
        }
        count.open += 1;
        count.pending += 1;
        let is_noisy = count.is_noisy(now);
        drop(addresses);
        Ok(Slot { limits: Arc::clone(self), address, is_pending: true, is_noisy })
    }

    /// Counts a refusal. Returns true once per window, when the address becomes noisy.
    pub fn count_refusal(&self, ip: IpAddr, now: DateTime<Utc>) -> bool {
        let mut addresses = self.lock();
        let count = addresses.entry(address_block(ip)).or_default();
        if count.window_ends_at <= now {
            count.refused = 0;
            count.window_ends_at = now + WINDOW;
        }
        count.refused = count.refused.saturating_add(1);
        count.refused == NOISY_AT
    }

    /// Whether the address had too many refusals within the last minute.
    pub fn is_noisy(&self, ip: IpAddr, now: DateTime<Utc>) -> bool {
        self.is_enabled && self.lock().get(&address_block(ip)).is_some_and(|count| count.is_noisy(now))
    }

    /// When a connection that is refused now is closed.
    pub fn refused_until(&self, ip: IpAddr, now: DateTime<Utc>) -> DateTime<Utc> {
        now + if self.is_noisy(ip, now) { NOISY_FOR } else { REFUSED_FOR }
    }

    /// Removes addresses without open connections and without recent refusals.
    pub fn forget_idle(&self, now: DateTime<Utc>) {
        self.lock().retain(|_, count| count.open > 0 || count.window_ends_at > now);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, AddressCount>> {
        self.addresses.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AddressCount {
    fn is_noisy(&self, now: DateTime<Utc>) -> bool {
        self.refused >= NOISY_AT && self.window_ends_at > now
    }
}

impl Slot {
    /// Notes that the handshake succeeded.
    pub fn mark_admitted(&mut self) {
        if std::mem::take(&mut self.is_pending)
            && let Some(count) = self.limits.lock().get_mut(&self.address)
        {
            count.pending = count.pending.saturating_sub(1);
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.mark_admitted();
        if let Some(count) = self.limits.lock().get_mut(&self.address) {
            count.open = count.open.saturating_sub(1);
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
        let (limits, now) = (ConnectionLimits::new(true), DateTime::UNIX_EPOCH);
        let mut slots: Vec<Slot> =
            (0..MAX_PENDING).map(|_| limits.take_slot(ip(SOMEBODY), now).unwrap()).collect();
        assert!(limits.take_slot(ip(SOMEBODY), now).is_err());
        assert!(limits.take_slot(ip("203.0.113.10"), now).is_ok());
        slots[0].mark_admitted();
        slots[0].mark_admitted();
        let again = limits.take_slot(ip(SOMEBODY), now).unwrap();
        assert!(limits.take_slot(ip(SOMEBODY), now).is_err());
        drop(again);
        assert!(limits.take_slot(ip(SOMEBODY), now).is_ok());
    }

    #[test]
    fn admitted_connections_have_an_end_too() {
        let (limits, now) = (ConnectionLimits::new(true), DateTime::UNIX_EPOCH);
        let admit = |_| {
            let mut slot = limits.take_slot(ip("2001:db8:0:1200::1"), now)?;
            slot.mark_admitted();
            Ok::<_, TooManyConnections>(slot)
        };
        let slots: Vec<Slot> = (0..MAX_OPEN).map(|number| admit(number).unwrap()).collect();
        assert!(limits.take_slot(ip("2001:db8:0:12ff::2"), now).is_err(), "the same customer");
        drop(slots);
        limits.forget_idle(now);
        assert!(limits.lock().is_empty());
    }

    #[test]
    fn a_noisy_address_waits_longer_until_its_minute_is_over() {
        let (limits, now) = (ConnectionLimits::new(true), DateTime::UNIX_EPOCH);
        let became_noisy = (0..100).filter(|_| limits.count_refusal(ip(SOMEBODY), now)).count();
        assert_eq!(became_noisy, 1);
        assert_eq!(limits.refused_until(ip(SOMEBODY), now), now + NOISY_FOR);
        assert_eq!(limits.refused_until(ip("203.0.113.10"), now), now + REFUSED_FOR);
        assert_eq!(limits.refused_until(ip(SOMEBODY), now + WINDOW), now + WINDOW + REFUSED_FOR);
        limits.forget_idle(now);
        assert!(limits.is_noisy(ip(SOMEBODY), now));
    }

    #[test]
    fn load_tests_are_not_bounded() {
        let (limits, now) = (ConnectionLimits::new(false), DateTime::UNIX_EPOCH);
        let slots: Vec<_> = (0..=MAX_OPEN).map(|_| limits.take_slot(ip(SOMEBODY), now)).collect();
        assert!(slots.iter().all(Result::is_ok));
    }
}
