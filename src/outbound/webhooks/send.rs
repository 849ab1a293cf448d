//! Sends one signed request and classifies its answer.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{StatusCode, redirect, retry, tls};
use secrecy::{ExposeSecret, SecretString};
use standardwebhooks::{HEADER_WEBHOOK_ID, HEADER_WEBHOOK_SIGNATURE, HEADER_WEBHOOK_TIMESTAMP, Webhook};

use crate::app::App;
use crate::outbound::link_events::model::LinkEvent;
use crate::outbound::webhooks::address::{WebhookAddress, is_public};
use crate::outbound::webhooks::model::WebhookPayload;
use crate::platform::fault::Fault;

/// The longest wait that a receiver may ask for, in seconds.
const LONGEST_WAIT: u64 = 24 * 60 * 60;

/// The HTTP client for webhooks.
#[derive(Clone)]
pub(super) struct WebhookSender {
    http: reqwest::Client,
}

/// The answer to a delivery. Its text is a status or an error class, never the receiver's own words.
pub(super) enum ReceiverAnswer {
    Accepted {
        status: u16,
    },
    /// 410: the receiver wants no more.
    Gone,
    NotNow {
        problem: String,
        retry_after: Option<Duration>,
    },
}

impl WebhookSender {
    pub fn new(app: &App) -> Result<Self, Fault> {
        let settings = &app.config.events;
        let builder = reqwest::Client::builder()
            .user_agent(concat!("dovetail/", env!("CARGO_PKG_VERSION")))
            .tls_backend_rustls()
            .tls_version_min(tls::Version::TLS_1_2)
            .https_only(app.config.is_production())
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .no_proxy()
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
            .referer(false)
            .connect_timeout(settings.webhook_total)
            .timeout(settings.webhook_total);
        // Resolved at every connection, so that a name cannot move to a private network after its registration.
        let builder = if settings.may_be_private {
            builder
        } else {
            builder.dns_resolver(Arc::new(PublicAddressResolver))
        };
        let http = builder.build().map_err(|error| Fault::broken("building the webhook client", error))?;
        Ok(Self { http })
    }

    /// Sends the event. The answer's body is not read.
    pub async fn send(
        &self,
        address: &WebhookAddress,
        secret: &SecretString,
        event: &LinkEvent,
        now: DateTime<Utc>,
    ) -> Result<ReceiverAnswer, Fault> {
        let during = "signing a webhook";
        let payload = WebhookPayload { r#type: event.kind.as_str(), timestamp: event.at, data: event };
        let body = serde_json::to_vec(&payload).map_err(|error| Fault::broken(during, error))?;
        let (id, at) = (event.id.as_str(), now.timestamp());
        let signature = Webhook::new(secret.expose_secret())
            .and_then(|webhook| webhook.sign(id, at, &body))
            .map_err(|_| Fault::broken(during, "the secret is not in its form"))?;
        let request = self
            .http
            .post(address.url().clone())
            .header(CONTENT_TYPE, "application/json")
            .header(HEADER_WEBHOOK_ID, id)
            .header(HEADER_WEBHOOK_TIMESTAMP, at)
            .header(HEADER_WEBHOOK_SIGNATURE, signature)
            .body(body);
        Ok(match request.send().await {
            Ok(answer) => read_answer(answer.status(), answer.headers()),
            Err(error) => {
                ReceiverAnswer::NotNow { problem: error_class(&error).to_owned(), retry_after: None }
            }
        })
    }
}

fn read_answer(status: StatusCode, headers: &HeaderMap) -> ReceiverAnswer {
    match status {
        StatusCode::GONE => ReceiverAnswer::Gone,
        status if status.is_success() => ReceiverAnswer::Accepted { status: status.as_u16() },
        status => {
            ReceiverAnswer::NotNow { problem: status.as_u16().to_string(), retry_after: retry_after(headers) }
        }
    }
}

/// The wait in seconds. A date is ignored, because the receiver's clock may differ.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds: u64 = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    (seconds > 0).then(|| Duration::from_secs(seconds.min(LONGEST_WAIT)))
}

fn error_class(error: &reqwest::Error) -> &'static str {
    if error.is_timeout() {
        "timeout"
    } else if error.is_connect() {
        "no connection"
    } else {
        "interrupted"
    }
}

/// Resolves host names to public addresses only.
struct PublicAddressResolver;

impl Resolve for PublicAddressResolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<_> = found.filter(|address| is_public(address.ip())).collect();
            if public.is_empty() {
                return Err(io::Error::other("the name leads into a private network").into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_name_that_leads_inside_is_not_resolved() {
        assert!(PublicAddressResolver.resolve("localhost".parse().unwrap()).await.is_err());
    }

    #[test]
    fn a_receiver_may_ask_for_a_day_and_no_longer() {
        let asked = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, value.parse().unwrap());
            retry_after(&headers).map(|wait| wait.as_secs())
        };
        assert_eq!(asked("90"), Some(90));
        assert_eq!(asked("99999999"), Some(LONGEST_WAIT));
        for ignored in ["0", "-5", "soon", "Sat, 21 Nov 2026 12:00:00 GMT"] {
            assert_eq!(asked(ignored), None, "{ignored}");
        }
    }
}
