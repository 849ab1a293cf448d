//! Amazon's addresses.
//!
//! In production every address must be Amazon's own (S53, S137). In development the default is the simulator's
//! address, unless the simulator is off.

use std::net::SocketAddr;

use url::Url;

use crate::config::parse::{self, ParseResult};
use crate::config::reader::{ReadResult, SettingReader};
use crate::config::setting::Setting;
use crate::config::setting::SettingDefault::{Value, Words};

/// Which of Amazon's three sets of addresses is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Region {
    NorthAmerica,
    Europe,
    FarEast,
}

/// Amazon's addresses (docs/protocols/login-with-amazon.md#endpoints-and-hosts).
#[derive(Clone, Debug)]
pub struct EndpointsConfig {
    pub region: Region,
    pub authorize: Url,
    pub token: Url,
    pub tokeninfo: Url,
    pub profile: Url,
    pub codepair: Url,
}

impl EndpointsConfig {
    /// Every origin that a sign-in with Amazon may redirect a browser to, as sources of a Content-Security-Policy.
    pub fn trip_sources(&self) -> String {
        let authorize = self.authorize.origin().ascii_serialization();
        let shops = SHOPS.map(|shop| format!("https://*.amazon.{shop}"));
        format!("{authorize} {}", shops.join(" "))
    }
}

static REGION: Setting = Setting::new(
    "DOVETAIL_AMAZON_REGION",
    Value("na"),
    "`na`, `eu` or `fe`: chooses the addresses below; one set by hand wins, over the simulator's too",
);
static AUTHORIZE_URL: Setting = Setting::new(
    "DOVETAIL_AMAZON_AUTHORIZE_URL",
    Words("by region"),
    "where the browser is sent; in production this and the next four must be Amazon's own",
);
static TOKEN_URL: Setting =
    Setting::new("DOVETAIL_AMAZON_TOKEN_URL", Words("by region"), "where codes become tokens");
static TOKENINFO_URL: Setting =
    Setting::new("DOVETAIL_AMAZON_TOKENINFO_URL", Words("by region"), "whose token is it");
static PROFILE_URL: Setting =
    Setting::new("DOVETAIL_AMAZON_PROFILE_URL", Words("by region"), "name and email of the customer");
static CODEPAIR_URL: Setting =
    Setting::new("DOVETAIL_AMAZON_CODEPAIR_URL", Words("by region"), "codes for TVs and consoles");

pub(in crate::config) static SETTINGS: &[&Setting] =
    &[&REGION, &AUTHORIZE_URL, &TOKEN_URL, &TOKENINFO_URL, &PROFILE_URL, &CODEPAIR_URL];

const AUTHORIZE_HOSTS: [&str; 4] =
    ["www.amazon.com", "na.account.amazon.com", "eu.account.amazon.com", "apac.account.amazon.com"];
/// Domains of Amazon's shops, which a redirect may pass (docs/protocols/login-with-amazon.md#endpoints-and-hosts).
const SHOPS: [&str; 23] = [
    "com", "ca", "com.mx", "com.br", "co.uk", "de", "fr", "it", "es", "nl", "se", "pl", "com.be", "ie",
    "com.tr", "ae", "sa", "eg", "in", "co.jp", "com.au", "sg", "co.za",
];
const API_HOSTS: [&str; 3] = ["api.amazon.com", "api.amazon.co.uk", "api.amazon.co.jp"];

pub(super) fn read(reader: &mut SettingReader, simulator: Option<SocketAddr>) -> ReadResult<EndpointsConfig> {
    let region = reader.value(&REGION, region);
    let (authorize, api) = bases(region.as_ref().copied().unwrap_or(Region::NorthAmerica), simulator);
    let authorize = endpoint(reader, &AUTHORIZE_URL, &AUTHORIZE_HOSTS, &format!("{authorize}/ap/oa"));
    let token = endpoint(reader, &TOKEN_URL, &API_HOSTS, &format!("{api}/auth/o2/token"));
    let tokeninfo = endpoint(reader, &TOKENINFO_URL, &API_HOSTS, &format!("{api}/auth/o2/tokeninfo"));
    let profile = endpoint(reader, &PROFILE_URL, &API_HOSTS, &format!("{api}/user/profile"));
    let codepair = endpoint(reader, &CODEPAIR_URL, &API_HOSTS, &format!("{api}/auth/o2/create/codepair"));
    Ok(EndpointsConfig {
        region: region?,
        authorize: authorize?,
        token: token?,
        tokeninfo: tokeninfo?,
        profile: profile?,
        codepair: codepair?,
    })
}

fn region(text: &str) -> ParseResult<Region> {
    match text {
        "na" => Ok(Region::NorthAmerica),
        "eu" => Ok(Region::Europe),
        "fe" => Ok(Region::FarEast),
        _ => Err("must be na, eu or fe".to_owned()),
    }
}

/// The base URLs for the browser and for the portal's own calls.
fn bases(region: Region, simulator: Option<SocketAddr>) -> (String, String) {
    let (authorize, api, prefix) = match region {
        Region::NorthAmerica => ("https://www.amazon.com", "https://api.amazon.com", ""),
        Region::Europe => ("https://eu.account.amazon.com", "https://api.amazon.co.uk", "/eu"),
        Region::FarEast => ("https://apac.account.amazon.com", "https://api.amazon.co.jp", "/fe"),
    };
    match simulator {
        Some(listen) => (format!("http://{listen}{prefix}"), format!("http://{listen}{prefix}")),
        None => (authorize.to_owned(), api.to_owned()),
    }
}

fn endpoint(
    reader: &mut SettingReader,
    setting: &'static Setting,
    hosts: &[&str],
    by_region: &str,
) -> ReadResult<Url> {
    let is_production = reader.is_production();
    let by_hand = reader.optional(setting, |text| {
        let url = parse::web_url(text)?;
        let is_amazons = url.scheme() == "https"
            && url.port().is_none()
            && url.query().is_none()
            && url.host_str().is_some_and(|host| hosts.contains(&host));
        if is_production && !is_amazons {
            return Err(format!("must be https on a host of Amazon's ({}) in production", hosts.join(", ")));
        }
        Ok(url)
    })?;
    let url = match by_hand {
        Some(url) => url,
        None => parse::web_url(by_region).map_err(|says| reader.refuse(setting, says))?,
    };
    reader.show(setting, url.as_str());
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_region_has_its_hosts_and_the_simulator_its_prefixes() {
        let simulator = "127.0.0.1:8081".parse().ok();
        assert_eq!(bases(Region::Europe, None).1, "https://api.amazon.co.uk");
        assert_eq!(bases(Region::NorthAmerica, simulator).0, "http://127.0.0.1:8081");
        assert_eq!(bases(Region::FarEast, simulator).1, "http://127.0.0.1:8081/fe");
    }
}
