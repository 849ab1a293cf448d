//! The registered clients, as the developer console would list them.
//!
//! No value here is a secret, not even in a field of that name. All are public, so that a development portal
//! works without configuration.

use crate::text_enum;

/// The portal's own client, with [`WEB_CLIENT_SECRET`].
pub const WEB_CLIENT_ID: &str = "amzn1.application-oa2-client.646f76657461696c0000000000000001";
pub const WEB_CLIENT_SECRET: &str =
    "amzn1.oa2-cs.v1.646f76657461696c000000000000000000000000000000000000000000000001";
/// The client for linking by code, of the same app. It has no secret.
pub const DEVICE_CLIENT_ID: &str = "amzn1.application-oa2-client.646f76657461696c0000000000000002";
/// The phone app's client, of the same app; its tokens come from an SDK.
pub const MOBILE_CLIENT_ID: &str = "amzn1.application-oa2-client.646f76657461696c0000000000000003";
/// Another app of the same company: same `user_id`, other audience.
pub const SISTER_CLIENT_ID: &str = "amzn1.application-oa2-client.736973746572000000000000000000a1";
pub const SISTER_CLIENT_SECRET: &str =
    "amzn1.oa2-cs.v1.7369737465720000000000000000000000000000000000000000000000000001";
/// An app of another company: other `user_id`, other audience, not allow-listed for `games::prime`.
pub const STRANGER_CLIENT_ID: &str = "amzn1.application-oa2-client.737472616e676572000000000000b201";
pub const STRANGER_CLIENT_SECRET: &str =
    "amzn1.oa2-cs.v1.737472616e67657200000000000000000000000000000000000000000000b201";

/// One client id of one app (Amazon's *security profile*).
#[derive(Clone)]
pub struct RegisteredClient {
    pub id: String,
    pub kind: ClientKind,
    /// `None` for clients that cannot keep a secret.
    pub secret: Option<String>,
    /// The app (`amzn1.application.…`): customers consent to it, not to one of its clients.
    pub app_id: String,
    pub app_name: String,
    pub privacy_url: String,
    /// Customers have one `user_id` for each company.
    pub company: String,
    /// Compared as exact strings.
    pub return_urls: Vec<String>,
    pub allowed_scopes: Vec<String>,
    /// Every scope is rejected for an app that is not enabled.
    pub lwa_enabled: bool,
}

text_enum! {
    pub enum ClientKind {
        Web = "web",
        Mobile = "mobile",
        Device = "device",
    }
}

pub(super) fn development(return_url: &str) -> Vec<RegisteredClient> {
    let ours = |id: &str, kind, secret: Option<&str>, return_urls: &[&str]| RegisteredClient {
        id: id.into(),
        kind,
        secret: secret.map(Into::into),
        app_id: "amzn1.application.646f76657461696c00000000000000aa".into(),
        app_name: "Dovetail in development".into(),
        privacy_url: "https://dovetail.example/privacy".into(),
        company: "Dovetail Games".into(),
        return_urls: return_urls.iter().map(|&url| url.into()).collect(),
        allowed_scopes: ["profile", "profile:user_id", "postal_code", "games::prime"].map(Into::into).into(),
        lwa_enabled: true,
    };
    vec![
        ours(WEB_CLIENT_ID, ClientKind::Web, Some(WEB_CLIENT_SECRET), &[return_url]),
        ours(DEVICE_CLIENT_ID, ClientKind::Device, None, &[]),
        ours(MOBILE_CLIENT_ID, ClientKind::Mobile, None, &[]),
        RegisteredClient {
            app_id: "amzn1.application.73697374657200000000000000000000".into(),
            app_name: "Mortise Racing".into(),
            ..ours(
                SISTER_CLIENT_ID,
                ClientKind::Web,
                Some(SISTER_CLIENT_SECRET),
                &["https://sister.example/amazon/callback"],
            )
        },
        RegisteredClient {
            app_id: "amzn1.application.737472616e6765720000000000000000".into(),
            app_name: "Elsewhere".into(),
            privacy_url: "https://elsewhere.example/privacy".into(),
            company: "Elsewhere Ltd".into(),
            allowed_scopes: ["profile", "profile:user_id", "postal_code"].map(Into::into).into(),
            ..ours(
                STRANGER_CLIENT_ID,
                ClientKind::Web,
                Some(STRANGER_CLIENT_SECRET),
                &["https://elsewhere.example/amazon/callback"],
            )
        },
    ]
}
