//! Addresses: where the portal listens, and its public URL.

use std::net::{IpAddr, SocketAddr};

use chrono::TimeDelta;
use ipnet::IpNet;
use url::{Origin, Url};

use super::parse::{self, ParseResult, ParseRules, SettingValue};
use super::reader::SettingReader;
use super::setting::{default, in_development, or_else, settings};

settings! {
    /// The addresses of the portal, and the proxies and origins that it trusts.
    #[derive(Debug)]
    pub struct HttpConfig, checked by check_listeners {
        /// address and port of the portal
        pub listen: SocketAddr = DOVETAIL_LISTEN, default("127.0.0.1:8080");
        /// address and port of readiness and metrics
        pub ops_listen: SocketAddr = DOVETAIL_OPS_LISTEN, default("127.0.0.1:9090");
        /// the origin players see, used in every link and in the return URL; `https` in production
        pub public_url: Url =
            DOVETAIL_PUBLIC_URL, in_development("http://localhost:8080").required(), by public_url;
        /// comma list of networks (CIDR) whose forwarding headers are believed
        pub trusted_proxies: Vec<IpNet> = DOVETAIL_TRUSTED_PROXIES, or_else("none"), by proxies;
        /// `on`: a trusted proxy writes `X-Request-Id` itself, and the portal takes it as the request's reference
        pub are_request_ids_believed: bool = DOVETAIL_PROXY_REQUEST_ID, default("off");
        /// how long a stopping portal still takes requests, so that a balancer sees `/readyz` first
        pub stop_pause: TimeDelta = DOVETAIL_STOP_PAUSE, default("0s").within("0s", "5min");
        /// comma list of origins allowed in `return_to`; `luna` stands for Amazon's pages of offers
        pub return_origins: Vec<Origin> = DOVETAIL_RETURN_ORIGINS, or_else("none"), by return_origins;
        /// comma list of other origins of yours whose pages may use the passkeys of this portal
        pub passkey_origins: Vec<Origin> = DOVETAIL_PASSKEY_ORIGINS, or_else("none");
    }
}

impl HttpConfig {
    /// Whether cookies carry `Secure` and the `__Host-` prefix (S27).
    ///
    /// They lack both only on plain `http`, which is allowed in development only.
    pub fn has_secure_cookies(&self) -> bool {
        self.public_url.scheme() == "https"
    }

    fn check_listeners(&self, reader: &mut SettingReader) {
        let is_apart = self.listen != self.ops_listen || self.listen.port() == 0;
        reader.demand(&DOVETAIL_OPS_LISTEN, is_apart, "must differ from DOVETAIL_LISTEN");
    }
}

/// The word for Amazon's pages of offers.
const LUNA: &str = "luna";

/// Where offers of Prime were seen (docs/protocols/login-with-amazon.md#endpoints-and-hosts). Closed, so that a new
/// country is a change that somebody has looked at.
const LUNA_ORIGINS: [&str; 5] = [
    "https://luna.amazon.com",
    "https://luna.amazon.co.uk",
    "https://luna.amazon.fr",
    "https://luna.amazon.com.be",
    "https://gaming.amazon.com",
];

fn return_origins(text: &str, rules: ParseRules) -> ParseResult<Vec<Origin>> {
    let mut origins = Vec::new();
    for entry in parse::list(text)? {
        let family: &[&str] = if entry == LUNA { &LUNA_ORIGINS } else { &[entry] };
        for origin in family {
            let origin = Origin::parse(origin, rules)?;
            if !origins.contains(&origin) {
                origins.push(origin);
            }
        }
    }
    Ok(origins)
}

fn public_url(text: &str, rules: ParseRules) -> ParseResult<Url> {
    let url = parse::origin_url(text, rules)?;
    if url.scheme() == "https" {
        return Ok(url);
    }
    if rules.is_production {
        return Err("must begin with https:// in production".to_owned());
    }
    if !parse::is_this_machine(&url) {
        return Err("must begin with https://, or name this machine (localhost)".to_owned());
    }
    Ok(url)
}

fn proxies(text: &str, rules: ParseRules) -> ParseResult<Vec<IpNet>> {
    let networks = Vec::parse(text, rules)?;
    // Two halves of the address space are all of it, so networks are joined before the check.
    let joined = IpNet::aggregate(&networks);
    if joined.iter().any(is_nearly_everything) || is_too_much(&joined) {
        return Err("believes nearly everybody; name the networks of your proxies".to_owned());
    }
    Ok(networks)
}

impl SettingValue for IpNet {
    fn parse(text: &str, _: ParseRules) -> ParseResult<Self> {
        let network = text.parse::<Self>().or_else(|_| text.parse::<IpAddr>().map(Self::from));
        network.map_err(|_| "is not a network such as 10.0.0.0/8".to_owned())
    }
}

/// Whether the network is wider than any that one operator owns.
fn is_nearly_everything(network: &IpNet) -> bool {
    match network {
        IpNet::V4(network) => network.prefix_len() < 8,
        IpNet::V6(network) => network.prefix_len() < 16 || is_all_of_ipv4(network),
    }
}

/// Whether the networks together are more than any operator's, though each may be small enough.
fn is_too_much(networks: &[IpNet]) -> bool {
    // In units of 2^-32 of each address space; four of the largest networks that one entry may name.
    let share = |bits: u8| 1_u64 << 32_u8.saturating_sub(bits);
    let of_ipv4: u64 =
        networks.iter().map(|net| if net.addr().is_ipv4() { share(net.prefix_len()) } else { 0 }).sum();
    let of_ipv6: u64 =
        networks.iter().map(|net| if net.addr().is_ipv6() { share(net.prefix_len()) } else { 0 }).sum();
    of_ipv4 > 4 * share(8) || of_ipv6 > 4 * share(16)
}

/// Whether the network covers `::ffff:0:0/96`, which is every IPv4 address in IPv6 form.
fn is_all_of_ipv4(network: &ipnet::Ipv6Net) -> bool {
    network.prefix_len() <= 96 && network.contains(&std::net::Ipv4Addr::BROADCAST.to_ipv6_mapped())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::parse::PRODUCTION;

    #[test]
    fn luna_is_a_closed_family_of_origins() {
        let shown = |text| {
            let origins = return_origins(text, PRODUCTION).unwrap();
            origins.iter().map(Origin::ascii_serialization).collect::<Vec<_>>()
        };
        assert_eq!(shown("luna"), LUNA_ORIGINS);
        assert_eq!(shown("https://game.example, luna").len(), 6);
        assert_eq!(shown("https://luna.amazon.com,luna"), LUNA_ORIGINS, "each once");
        for wrong in ["Luna", "luna,luna", "luna,", "luna.amazon.com", "prime", "http://game.example"] {
            assert!(return_origins(wrong, PRODUCTION).is_err(), "{wrong}");
        }
    }

    #[test]
    fn proxies_are_named_networks() {
        assert_eq!(proxies("10.0.0.0/8, 192.0.2.7", PRODUCTION).unwrap().len(), 2);
        for wrong in [
            "0.0.0.0/0",
            "::/0",
            "0.0.0.0/1,128.0.0.0/1",
            "2000::/3",
            "::ffff:0:0/96",
            "10.0.0.0/33",
            "proxy.studio.test",
            "10.0.0.0/8,10.0.0.0/8",
        ] {
            assert!(proxies(wrong, PRODUCTION).is_err(), "{wrong}");
        }
        let every_other: Vec<String> = (0..128).map(|first| format!("{}.0.0.0/8", first * 2)).collect();
        assert!(proxies(&every_other.join(","), PRODUCTION).is_err(), "half of IPv4");
        let many: Vec<String> = (0..200).map(|third| format!("192.0.{third}.0/24")).collect();
        assert!(proxies(&many.join(","), PRODUCTION).is_ok(), "the edges of a large network");
        assert!(proxies("2a06:98c0::/29,2606:4700::/32", PRODUCTION).is_ok());
    }
}
