//! The name of the site, and its pages for support and privacy.

use url::Url;

use super::parse;
use super::reader::{ReadResult, SettingReader};
use super::setting::Setting;
use super::setting::SettingDefault::{Value, Words};

#[derive(Debug)]
pub struct SiteConfig {
    /// 1 to 60 characters.
    pub name: String,
    /// A page, or a `mailto:` address.
    pub support_url: Option<Url>,
    /// `None` means our own page.
    pub privacy_url: Option<Url>,
}

static SITE_NAME: Setting =
    Setting::new("DOVETAIL_SITE_NAME", Value("Dovetail"), "what pages and mails call the place");
static SUPPORT_URL: Setting = Setting::new(
    "DOVETAIL_SUPPORT_URL",
    Words("none"),
    "where people find help: a page, or a `mailto:` address",
);
static PRIVACY_URL: Setting =
    Setting::new("DOVETAIL_PRIVACY_URL", Words("own page"), "the studio's privacy notice");

pub(super) static SETTINGS: &[&Setting] = &[&SITE_NAME, &SUPPORT_URL, &PRIVACY_URL];

pub(super) fn read(reader: &mut SettingReader) -> ReadResult<SiteConfig> {
    let name = reader.value(&SITE_NAME, |text| parse::length(text, &(1..=60)).map(|()| text.to_owned()));
    let support_url = reader.optional(&SUPPORT_URL, |text| match text.strip_prefix("mailto:") {
        Some(address) if !address.contains('@') => Err("names no mail address after mailto:".to_owned()),
        Some(_) => parse::any_url(text),
        None => parse::web_url(text),
    });
    let privacy_url = reader.optional(&PRIVACY_URL, parse::web_url);
    Ok(SiteConfig { name: name?, support_url: support_url?, privacy_url: privacy_url? })
}
