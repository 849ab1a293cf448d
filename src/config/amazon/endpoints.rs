//! Amazon's addresses.
//!
//! In production every address must be Amazon's own (S53, S137). In development the default is the simulator's
//! address, unless the simulator is off.

use std::net::SocketAddr;

use url::Url;

use crate::config::reader::{ReadResult, SettingReader};
use crate::config::setting::{Setting, default, or_else, settings};
use crate::text_enum;

settings! {
    pub(super) struct EndpointSettings {
        /// `na`, `eu` or `fe`: chooses the addresses below; one set by hand wins, over the simulator's too
        region: Region = DOVETAIL_AMAZON_REGION, default("na");
        /// where the browser is sent; in production this and the next four must be Amazon's own
        authorize: Option<Url> = DOVETAIL_AMAZON_AUTHORIZE_URL, or_else("by region");
        /// where codes become tokens
        token: Option<Url> = DOVETAIL_AMAZON_TOKEN_URL, or_else("by region");
        /// whose token is it
        tokeninfo: Option<Url> = DOVETAIL_AMAZON_TOKENINFO_URL, or_else("by region");
        /// name and email of the customer
        profile: Option<Url> = DOVETAIL_AMAZON_PROFILE_URL, or_else("by region");
        /// codes for TVs and consoles
        codepair: Option<Url> = DOVETAIL_AMAZON_CODEPAIR_URL, or_else("by region");
    }
}

text_enum! {
    /// Which of Amazon's three sets of addresses is used.
    pub enum Region {
        NorthAmerica = "na",
        Europe = "eu",
        FarEast = "fe",
    }
}

/// Amazon's addresses (docs/protocols/login-with-amazon.md#endpoints-and-hosts).
#[derive(Clone, Debug)]
pub struct EndpointsConfig {
    pub authorize: Url,
    pub token: Url,
    pub tokeninfo: Url,
    pub profile: Url,
    pub codepair: Url,
    /// Where this portal's customers have their pages at Amazon, without a slash at the end.
    shop: String,
}

impl EndpointsConfig {
    /// Amazon's front page, where a customer signs out.
    pub fn home(&self) -> String {
        format!("{}/", self.shop)
    }

    /// Amazon's list of the apps that a customer allowed.
    pub fn apps(&self) -> String {
        format!("{}/ap/adam", self.shop)
    }

    /// Every origin that a sign-in with Amazon may redirect a browser to, as sources of a Content-Security-Policy.
    pub fn trip_sources(&self) -> String {
        let authorize = self.authorize.origin().ascii_serialization();
        let shops = SHOPS.map(|shop| format!("https://*.amazon.{shop}"));
        format!("{authorize} {}", shops.join(" "))
    }
}

const AUTHORIZE_HOSTS: [&str; 4] =
    ["www.amazon.com", "na.account.amazon.com", "eu.account.amazon.com", "apac.account.amazon.com"];
/// Domains of Amazon's shops, which a redirect may pass (docs/protocols/login-with-amazon.md#endpoints-and-hosts).
const SHOPS: [&str; 23] = [
    "com", "ca", "com.mx", "com.br", "co.uk", "de", "fr", "it", "es", "nl", "se", "pl", "com.be", "ie",
    "com.tr", "ae", "sa", "eg", "in", "co.jp", "com.au", "sg", "co.za",
];
const API_HOSTS: [&str; 3] = ["api.amazon.com", "api.amazon.co.uk", "api.amazon.co.jp"];

impl EndpointSettings {
    /// The addresses in effect: those of the region, or of a simulator that listens at `simulator`.
    pub(super) fn resolve(
        self,
        reader: &mut SettingReader,
        simulator: Option<SocketAddr>,
    ) -> ReadResult<EndpointsConfig> {
        let region = self.region;
        let (browser, api) = bases(region, simulator);
        let authorize = format!("{browser}/ap/oa");
        let mut endpoint = |setting, by_hand: Option<Url>, hosts: &[&str], by_region: &str| {
            let url = match by_hand {
                Some(url) => checked(reader, setting, url, hosts)?,
                None => Url::parse(by_region).map_err(|_| reader.refuse(setting, "is not a valid URL"))?,
            };
            reader.show(setting, url.as_str());
            Ok(url)
        };
        let authorize =
            endpoint(&DOVETAIL_AMAZON_AUTHORIZE_URL, self.authorize, &AUTHORIZE_HOSTS, &authorize);
        let mut at_api =
            |setting, by_hand, path| endpoint(setting, by_hand, &API_HOSTS, &format!("{api}{path}"));
        let token = at_api(&DOVETAIL_AMAZON_TOKEN_URL, self.token, "/auth/o2/token");
        let tokeninfo = at_api(&DOVETAIL_AMAZON_TOKENINFO_URL, self.tokeninfo, "/auth/o2/tokeninfo");
        let profile = at_api(&DOVETAIL_AMAZON_PROFILE_URL, self.profile, "/user/profile");
        let codepair = at_api(&DOVETAIL_AMAZON_CODEPAIR_URL, self.codepair, "/auth/o2/create/codepair");
        let authorize = authorize?;
        Ok(EndpointsConfig {
            shop: shop(region, &authorize),
            authorize,
            token: token?,
            tokeninfo: tokeninfo?,
            profile: profile?,
            codepair: codepair?,
        })
    }
}

/// An address set by hand. In production it must be on one of Amazon's own hosts.
fn checked(
    reader: &mut SettingReader,
    setting: &'static Setting,
    url: Url,
    hosts: &[&str],
) -> ReadResult<Url> {
    let is_amazons = url.scheme() == "https"
        && url.port().is_none()
        && url.query().is_none()
        && url.host_str().is_some_and(|host| hosts.contains(&host));
    if is_amazons || !reader.is_production() {
        return Ok(url);
    }
    let hosts = hosts.join(", ");
    Err(reader.refuse(setting, format!("must be https on a host of Amazon's ({hosts}) in production")))
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

/// Where a customer's pages are: at the shop of the region, or at whatever plays Amazon in development.
fn shop(region: Region, authorize: &Url) -> String {
    let is_amazons = authorize.host_str().is_some_and(|host| AUTHORIZE_HOSTS.contains(&host));
    if !is_amazons {
        return authorize.as_str().trim_end_matches("/ap/oa").trim_end_matches('/').to_owned();
    }
    let country = match region {
        Region::NorthAmerica => "com",
        Region::Europe => "co.uk",
        Region::FarEast => "co.jp",
    };
    format!("https://www.amazon.{country}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_the_regions_shop_or_to_what_plays_amazon() {
        let shop = |region, authorize: &str| shop(region, &Url::parse(authorize).unwrap());
        assert_eq!(shop(Region::NorthAmerica, "https://www.amazon.com/ap/oa"), "https://www.amazon.com");
        assert_eq!(shop(Region::Europe, "https://eu.account.amazon.com/ap/oa"), "https://www.amazon.co.uk");
        assert_eq!(
            shop(Region::FarEast, "https://apac.account.amazon.com/ap/oa"),
            "https://www.amazon.co.jp"
        );
        assert_eq!(shop(Region::NorthAmerica, "http://127.0.0.1:8081/ap/oa"), "http://127.0.0.1:8081");
        assert_eq!(shop(Region::Europe, "http://127.0.0.1:8081/eu/ap/oa"), "http://127.0.0.1:8081/eu");
    }

    #[test]
    fn each_region_has_its_hosts_and_the_simulator_its_prefixes() {
        let simulator = "127.0.0.1:8081".parse().ok();
        assert_eq!(bases(Region::Europe, None).1, "https://api.amazon.co.uk");
        assert_eq!(bases(Region::NorthAmerica, simulator).0, "http://127.0.0.1:8081");
        assert_eq!(bases(Region::FarEast, simulator).1, "http://127.0.0.1:8081/fe");
    }
}
