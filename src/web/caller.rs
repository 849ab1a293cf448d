//! The client's address behind trusted proxies (S18), and the name of its browser.
//!
//! The detection in actix-web believes the headers of any client, so it is not used.

use std::cell::OnceCell;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use actix_web::HttpRequest;
use actix_web::http::header::{HeaderMap, USER_AGENT};
use ipnet::IpNet;
use woothee::parser::Parser;

use crate::platform::i18n::Language;

/// The header to which a trusted proxy appends the address of its client.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// The header in which a trusted proxy names the scheme that its client used.
const FORWARDED_PROTO: &str = "x-forwarded-proto";

/// The caller's address and browser.
#[derive(Clone, Debug)]
pub struct Caller {
    pub ip: IpAddr,
    user_agent: String,
    /// Found out when it is asked for the first time, because few requests ask, and it takes some microseconds.
    browser: OnceCell<String>,
}

/// A trusted proxy sent an unreadable forwarding header: the request gets 400 (S18).
#[derive(Debug, PartialEq, Eq)]
pub struct UnreadableForwardedHeader;

impl Caller {
    pub fn of(request: &HttpRequest, trusted: &[IpNet]) -> Result<Self, UnreadableForwardedHeader> {
        let peer =
            request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |addr| addr.ip().to_canonical());
        let ip = client_address(peer, request.headers(), trusted)?;
        let agent =
            request.headers().get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let user_agent = agent.get(..agent.len().min(512)).unwrap_or_default().to_owned();
        Ok(Self { ip, user_agent, browser: OnceCell::new() })
    }

    /// "Firefox · Linux", for the list of sessions. No more of the user agent is stored.
    pub fn browser(&self) -> &str {
        self.browser.get_or_init(|| browser_of(&self.user_agent))
    }

    /// The caller's network, an IPv4 /24 or an IPv6 /56. Failed sign-ins of one network count together.
    pub fn network(&self) -> String {
        match self.ip {
            IpAddr::V4(ip) => {
                let [a, b, c, _] = ip.octets();
                format!("{}/24", Ipv4Addr::new(a, b, c, 0))
            }
            IpAddr::V6(ip) => {
                let [a, b, c, d, ..] = ip.segments();
                format!("{}/56", Ipv6Addr::new(a, b, c, d & 0xff00, 0, 0, 0, 0))
            }
        }
    }
}

/// Whether the address is that of a trusted proxy, also where it is an IPv4 address in IPv6 form.
pub fn is_trusted_proxy(peer: IpAddr, trusted: &[IpNet]) -> bool {
    let peer = peer.to_canonical();
    trusted.iter().any(|network| network.contains(&peer))
}

/// Whether a trusted proxy reports that its client used TLS. The header counts from no other peer.
fn is_forwarded_by_tls(request: &HttpRequest, trusted: &[IpNet]) -> bool {
    let is_trusted = request.peer_addr().is_some_and(|peer| is_trusted_proxy(peer.ip(), trusted));
    let scheme = nearest_scheme(request.headers());
    is_trusted && ["https", "wss"].iter().any(|tls| scheme.eq_ignore_ascii_case(tls))
}

impl Caller {
    /// The browser as a mail names it.
    pub fn browser_in(&self, language: Language) -> String {
        match self.browser() {
            "" => language.text("mail-from-browser"),
            browser => browser.to_owned(),
        }
    }
}

/// Whether the nearest proxy says that its client used plain HTTP.
pub fn is_forwarded_without_tls(request: &HttpRequest, trusted: &[IpNet]) -> bool {
    request.headers().contains_key(FORWARDED_PROTO) && !is_forwarded_by_tls(request, trusted)
}

/// The last value, because some proxies append their own value to what they received.
fn nearest_scheme(headers: &HeaderMap) -> &str {
    let line = headers.get_all(FORWARDED_PROTO).last().and_then(|line| line.to_str().ok());
    line.and_then(|line| line.rsplit(',').next()).unwrap_or_default().trim()
}

/// The right-most address that is not a trusted proxy's.
fn client_address(
    peer: IpAddr,
    headers: &HeaderMap,
    trusted: &[IpNet],
) -> Result<IpAddr, UnreadableForwardedHeader> {
    if !is_trusted_proxy(peer, trusted) {
        return Ok(peer);
    }
    let mut client = peer;
    let lines: Vec<_> = headers.get_all(FORWARDED_FOR).collect();
    for line in lines.into_iter().rev() {
        for entry in line.to_str().map_err(|_| UnreadableForwardedHeader)?.rsplit(',') {
            client = forwarded_address(entry.trim()).ok_or(UnreadableForwardedHeader)?.to_canonical();
            if !is_trusted_proxy(client, trusted) {
                return Ok(client);
            }
        }
    }
    Ok(client)
}

/// An address with or without port. Some proxies put an IPv6 address into brackets, and some add the port.
fn forwarded_address(entry: &str) -> Option<IpAddr> {
    let bracketed = || entry.strip_prefix('[')?.strip_suffix(']')?.parse::<Ipv6Addr>().ok().map(IpAddr::V6);
    let with_port = || entry.parse::<SocketAddr>().ok().map(|address| address.ip());
    entry.parse().ok().or_else(bracketed).or_else(with_port)
}

fn browser_of(user_agent: &str) -> String {
    match Parser::new().parse(user_agent) {
        Some(found) if found.name != "UNKNOWN" && found.os != "UNKNOWN" => {
            format!("{} · {}", found.name, found.os)
        }
        Some(found) if found.name != "UNKNOWN" => found.name.to_owned(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    fn address(peer: &str, forwarded: &[&str]) -> Result<String, UnreadableForwardedHeader> {
        let trusted = ["10.0.0.0/8".parse().unwrap()];
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append(HeaderName::from_static(FORWARDED_FOR), HeaderValue::from_str(line).unwrap());
        }
        client_address(peer.parse().unwrap(), &headers, &trusted).map(|ip| ip.to_string())
    }

    #[test]
    fn a_stranger_cannot_say_who_he_is() {
        assert_eq!(address("198.51.100.7", &["203.0.113.9"]), Ok("198.51.100.7".into()));
    }

    #[test]
    fn a_trusted_proxy_is_believed_from_the_right() {
        assert_eq!(address("10.0.0.1", &["1.2.3.4, 203.0.113.9, 10.0.0.2"]), Ok("203.0.113.9".into()));
        assert_eq!(address("10.0.0.1", &["1.2.3.4", "203.0.113.9"]), Ok("203.0.113.9".into()));
        assert_eq!(address("10.0.0.1", &["2001:db8::1"]), Ok("2001:db8::1".into()));
        assert_eq!(address("10.0.0.1", &[]), Ok("10.0.0.1".into()));
        for line in ["203.0.113.9:51234", "1.2.3.4, 203.0.113.9:80, 10.0.0.2:443"] {
            assert_eq!(address("10.0.0.1", &[line]), Ok("203.0.113.9".into()), "{line}");
        }
        for line in ["[2001:db8::1]", "[2001:db8::1]:443"] {
            assert_eq!(address("10.0.0.1", &[line]), Ok("2001:db8::1".into()), "{line}");
        }
        let many = vec!["9.9.9.9"; 1000].join(",");
        assert_eq!(address("10.0.0.1", &[&many]), Ok("9.9.9.9".into()));
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        for line in
            ["a", "", "203.0.113.9:", "203.0.113.9:99999", "fe80::1%eth0", "[::1", "unknown", "203.0.113.9,"]
        {
            assert_eq!(address("10.0.0.1", &[line]), Err(UnreadableForwardedHeader), "{line:?}");
        }
    }

    fn client(ip: &str) -> Caller {
        Caller { ip: ip.parse().unwrap(), user_agent: String::new(), browser: OnceCell::new() }
    }

    #[test]
    fn neighbours_share_a_network() {
        let network = |ip: &str| client(ip).network();
        assert_eq!(network("203.0.113.77"), "203.0.113.0/24");
        assert_eq!(network("2001:db8:1:23ff::9"), "2001:db8:1:2300::/56");
    }
}
