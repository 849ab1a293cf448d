//! The page of offers that a visitor came from, to which they go back after linking.

use url::Url;

use crate::web::request_context::RequestContext;
use crate::web::urls::{LINK_START, NextAddress};

/// An address outside the portal whose origin the operator has listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferAddress {
    pub address: String,
    pub host: String,
}

impl OfferAddress {
    /// The address in a `return_to`; `None` if its origin is not listed.
    pub fn parse(context: &RequestContext, raw: &str) -> Option<Self> {
        let url = Url::parse(raw).ok()?;
        let is_listed = context.app.config.http.return_origins.contains(&url.origin());
        let has_user = !url.username().is_empty() || url.password().is_some();
        let host = url.host_str()?.to_owned();
        (is_listed && !has_user).then(|| Self { address: url.to_string(), host })
    }

    /// Whether a `next` leads to the start page, so that the pages before it say what for.
    pub fn is_start_page(next: Option<&NextAddress>) -> bool {
        next.is_some_and(|next| next.as_str().split('?').next() == Some(LINK_START))
    }

    /// The offer behind a `next`, for the pages that a visitor passes before the start page.
    pub fn behind(context: &RequestContext, next: Option<&NextAddress>) -> Option<Self> {
        let query = next?.as_str().strip_prefix(LINK_START)?.strip_prefix('?')?;
        let mut given = url::form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == "return_to");
        match (given.next(), given.next()) {
            (Some((_, raw)), None) => Self::parse(context, &raw),
            _ => None,
        }
    }
}
