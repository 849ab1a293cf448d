//! What counts as one address where connections are counted.

use std::net::{IpAddr, Ipv6Addr};

/// Counts an IPv6 /56 as one address, because one customer often has a whole /56.
pub fn address_block(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(_) => ip,
        IpAddr::V6(ip) => {
            let [a, b, c, d, ..] = ip.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d & 0xff00, 0, 0, 0, 0))
        }
    }
}
