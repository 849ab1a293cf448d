//! The check of an address for webhooks.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// An address that webhooks may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookAddress(Url);

/// Why an address is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressRefused {
    NotAnAddress,
    NotHttps,
    /// A user name or password in the address would end up in logs.
    Credentials,
    /// The address is in a private network (server-side request forgery).
    Private,
}

impl fmt::Display for AddressRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAnAddress => "that is not an address such as https://game.example/hooks",
            Self::NotHttps => "webhooks go to https addresses only",
            Self::Credentials => "leave user name, password and fragment out of the address",
            Self::Private => {
                "that address leads into a private network; DOVETAIL_WEBHOOK_PRIVATE=on allows it"
            }
        })
    }
}

impl WebhookAddress {
    /// Parses an address: `https` in production, and no literal address of a private network unless allowed.
    ///
    /// The addresses behind a host name are checked when it is resolved.
    pub fn parse(text: &str, is_production: bool, may_be_private: bool) -> Result<Self, AddressRefused> {
        let url = Url::parse(text).map_err(|_| AddressRefused::NotAnAddress)?;
        match url.scheme() {
            "https" => {}
            "http" if !is_production => {}
            "http" => return Err(AddressRefused::NotHttps),
            _ => return Err(AddressRefused::NotAnAddress),
        }
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return Err(AddressRefused::Credentials);
        }
        let ip = match url.host() {
            Some(Host::Ipv4(ip)) => Some(IpAddr::V4(ip)),
            Some(Host::Ipv6(ip)) => Some(IpAddr::V6(ip)),
            Some(Host::Domain(_)) => None,
            None => return Err(AddressRefused::NotAnAddress),
        };
        if ip.is_some_and(|ip| !may_be_private && !is_public(ip)) {
            return Err(AddressRefused::Private);
        }
        Ok(Self(url))
    }

    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    pub(super) fn url(&self) -> &Url {
        &self.0
    }
}

/// Whether an address is on the public internet, neither of this machine nor of a private network.
pub(super) fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let is_reserved = a == 0
        || a >= 224
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (b == 18 || b == 19));
    !(is_reserved || ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_documentation())
}

/// Accepts global unicast (`2000::/3`) without reserved blocks. An embedded IPv4 address has to be public.
fn is_public_v6(ip: Ipv6Addr) -> bool {
    let [a, b, c, .., high, low] = ip.segments();
    let middle = ip.to_bits() >> 32 & u128::from(u64::MAX);
    match (a, b) {
        // IPv4-mapped, and translated by NAT64 (RFC 6052).
        (0, 0) if middle == 0xffff => embedded(high, low),
        (0x64, 0xff9b) if middle == 0 => embedded(high, low),
        // 6to4; Teredo with the special block around it; documentation.
        (0x2002, _) => embedded(b, c),
        (0x2001, 0..=0x1ff | 0x0db8) | (0x3fff, 0..=0x0fff) => false,
        _ => a & 0xe000 == 0x2000,
    }
}

/// Whether the IPv4 address in these two segments is public.
fn embedded(high: u16, low: u16) -> bool {
    let [[a, b], [c, d]] = [high.to_be_bytes(), low.to_be_bytes()];
    is_public_v4(Ipv4Addr::new(a, b, c, d))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_internet_are_public() {
        for ip in ["8.8.8.8", "203.0.114.1", "2606:4700::1111", "64:ff9b::808:808", "2002:808:808::1"] {
            assert!(is_public(ip.parse().unwrap()), "{ip}");
        }
        for ip in [
            "127.0.0.1",
            "10.1.2.3",
            "172.31.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "192.0.2.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "64:ff9b::a00:1",
            "2002:7f00:1::",
            "fd00::1",
            "fe80::1",
            "ff02::1",
            "2001:db8::1",
        ] {
            assert!(!is_public(ip.parse().unwrap()), "{ip}");
        }
    }

    #[test]
    fn production_takes_https_to_the_internet_only() {
        let parse = |text: &str| WebhookAddress::parse(text, true, false).err();
        assert_eq!(parse("https://game.example/hooks?a=b"), None);
        assert_eq!(parse("http://game.example/hooks"), Some(AddressRefused::NotHttps));
        assert_eq!(parse("https://ann:pw@game.example/"), Some(AddressRefused::Credentials));
        assert_eq!(parse("https://game.example/#a"), Some(AddressRefused::Credentials));
        // Every spelling of an address is the same address.
        for text in ["https://127.0.0.1/", "https://2130706433/", "https://0x7f.1/", "https://[::1]/"] {
            assert_eq!(parse(text), Some(AddressRefused::Private), "{text}");
        }
        assert_eq!(WebhookAddress::parse("https://10.0.0.1/", true, true).err(), None);
        for text in ["", "game.example", "ftp://game.example", "file:///etc/passwd"] {
            assert_eq!(parse(text), Some(AddressRefused::NotAnAddress), "{text}");
        }
    }

    #[test]
    fn development_takes_this_machine() {
        assert!(WebhookAddress::parse("http://127.0.0.1:9000/", false, true).is_ok());
    }
}
