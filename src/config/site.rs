//! The name of the site, and its pages for support and privacy.

use url::Url;

use super::parse::{ParseResult, ParseRules, SettingValue, any_url};
use super::setting::{default, or_else, settings};

settings! {
    #[derive(Debug)]
    pub struct SiteConfig {
        /// what pages and mails call the place
        pub name: String = DOVETAIL_SITE_NAME, default("Dovetail"), by site_name;
        /// where people find help: a page, or a `mailto:` address
        pub support_url: Option<Url> = DOVETAIL_SUPPORT_URL, or_else("none"), by support_url;
        /// the studio's privacy notice
        pub privacy_url: Option<Url> = DOVETAIL_PRIVACY_URL, or_else("own page");
    }
}

fn site_name(text: &str, _: ParseRules) -> ParseResult<String> {
    if (1..=60).contains(&text.chars().count()) {
        return Ok(text.to_owned());
    }
    Err("must have 1 to 60 characters".to_owned())
}

fn support_url(text: &str, rules: ParseRules) -> ParseResult<Option<Url>> {
    match text.strip_prefix("mailto:") {
        Some(address) if !address.contains('@') => Err("names no mail address after mailto:".to_owned()),
        Some(_) => any_url(text).map(Some),
        None => SettingValue::parse(text, rules),
    }
}
