//! Addresses: where the portal listens, and its public URL.

use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;
use url::{Origin, Url};

use super::parse::{self, ParseResult};
use super::reader::{ReadResult, SettingReader};
use super::setting::Setting;
use super::setting::SettingDefault::{Development, Value, Words};

/// The addresses of the portal, and the proxies and origins that it trusts.
#[derive(Debug)]
pub struct HttpConfig {
    /// Address for players, games and staff.
    pub listen: SocketAddr,
    /// Address for readiness and metrics, for the operator only.
    pub ops_listen: SocketAddr,
    /// The portal's own origin: scheme, host and port, nothing else.
    pub public_url: Url,
    /// Proxies whose forwarding headers are trusted.
    pub trusted_proxies: Vec<IpNet>,
    /// Origins that `return_to` may name.
    pub return_origins: Vec<Origin>,
}

impl HttpConfig {
    /// Whether cookies carry `Secure` and the `__Host-` prefix (S27).
    ///
    /// They lack both only on plain `http`, which is allowed in development only.
    pub fn has_secure_cookies(&self) -> bool {
        self.public_url.scheme() == "https"
    }
}

static LISTEN: Setting =
    Setting::new("DOVETAIL_LISTEN", Value("127.0.0.1:8080"), "address and port of the portal");
static OPS_LISTEN: Setting =
    Setting::new("DOVETAIL_OPS_LISTEN", Value("127.0.0.1:9090"), "address and port of readiness and metrics");
static PUBLIC_URL: Setting = Setting::new(
    "DOVETAIL_PUBLIC_URL",
    Development("http://localhost:8080"),
    "the origin players see, used in every link and in the return URL; `https` in production",
)
.required();
static TRUSTED_PROXIES: Setting = Setting::new(
    "DOVETAIL_TRUSTED_PROXIES",
    Words("none"),
    "comma list of networks (CIDR) whose forwarding headers are believed",
);
static RETURN_ORIGINS: Setting =
    Setting::new("DOVETAIL_RETURN_ORIGINS", Words("none"), "comma list of origins allowed in `return_to`");

pub(super) static SETTINGS: &[&Setting] =
    &[&LISTEN, &OPS_LISTEN, &PUBLIC_URL, &TRUSTED_PROXIES, &RETURN_ORIGINS];

pub(super) fn read(reader: &mut SettingReader) -> ReadResult<HttpConfig> {
    let is_production = reader.is_production();
    let listen = listener(reader, &LISTEN);
    let ops_listen = listener(reader, &OPS_LISTEN);
    let public_url = reader.value(&PUBLIC_URL, |text| public_url(text, is_production));
    let trusted_proxies = reader.optional(&TRUSTED_PROXIES, proxies);
    let return_origins = reader.optional(&RETURN_ORIGINS, |text| {
        parse::list_of(text, |entry| parse::trusted_origin(entry, is_production))
    });
    let (listen, ops_listen) = (listen?, ops_listen?);
    let is_apart = listen != ops_listen || listen.port() == 0;
    reader.demand(&OPS_LISTEN, is_apart, "must differ from DOVETAIL_LISTEN")?;
    Ok(HttpConfig {
        listen,
        ops_listen,
        public_url: public_url?,
        trusted_proxies: trusted_proxies?.unwrap_or_default(),
        return_origins: return_origins?.unwrap_or_default(),
    })
}

/// An address to listen on. In development it must be a loopback address (S138).
pub(super) fn listener(reader: &mut SettingReader, setting: &'static Setting) -> ReadResult<SocketAddr> {
    let address = reader.value(setting, parse::address)?;
    let is_allowed = reader.is_production() || address.ip().is_loopback();
    reader.demand(setting, is_allowed, "must be a loopback address in development")?;
    Ok(address)
}

fn public_url(text: &str, is_production: bool) -> ParseResult<Url> {
    let url = parse::origin_url(text)?;
    if url.scheme() == "https" {
        return Ok(url);
    }
    if is_production {
        return Err("must begin with https:// in production".to_owned());
    }
    if !parse::is_this_machine(&url) {
        return Err("must begin with https://, or name this machine (localhost)".to_owned());
    }
    Ok(url)
}

fn proxies(text: &str) -> ParseResult<Vec<IpNet>> {
    let networks = parse::list_of(text, network)?;
    // Two halves of the address space are all of it, so networks are joined before the check.
    if IpNet::aggregate(&networks).iter().any(is_nearly_everything) {
        return Err("believes nearly everybody; name the networks of your proxies".to_owned());
    }
    Ok(networks)
}

fn network(text: &str) -> ParseResult<IpNet> {
    let network = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
    network.map_err(|_| "is not a network such as 10.0.0.0/8".to_owned())
}

/// Whether the network is wider than any that one operator owns.
fn is_nearly_everything(network: &IpNet) -> bool {
    match network {
        IpNet::V4(network) => network.prefix_len() < 8,
        IpNet::V6(network) => network.prefix_len() < 16 || is_all_of_ipv4(network),
    }
}

/// Whether the network covers `::ffff:0:0/96`, which is every IPv4 address in IPv6 form.
fn is_all_of_ipv4(network: &ipnet::Ipv6Net) -> bool {
    network.prefix_len() <= 96 && network.contains(&std::net::Ipv4Addr::BROADCAST.to_ipv6_mapped())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxies_are_named_networks() {
        assert_eq!(proxies("10.0.0.0/8, 192.0.2.7").unwrap().len(), 2);
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
            assert!(proxies(wrong).is_err(), "{wrong}");
        }
    }
}
