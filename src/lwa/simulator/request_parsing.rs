//! Requests as Amazon parses them: forms or JSON, and credentials in a Basic header, in the body or in both.

use actix_web::HttpRequest;
use actix_web::http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap};
use data_encoding::BASE64;

use super::settings::SimulatorSwitches;

/// Named values of a query or a body. An empty value counts as absent (RFC 6749 §3.1).
#[derive(Default)]
pub(super) struct RequestParameters(Vec<(String, String)>);

impl RequestParameters {
    pub(super) fn query(req: &HttpRequest) -> Self {
        Self::form(req.query_string().as_bytes())
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(key, value)| *key == name && !value.is_empty()).map(|(_, value)| value)
    }

    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.iter().filter(move |(key, value)| *key == name && !value.is_empty()).map(|(_, value)| value)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// The first parameter that a request is refused for: it stands twice with two values.
    ///
    /// Shipped clients send a parameter twice with one value, and Amazon accepts that. RFC 6749 §3.1 forbids it, as
    /// does the simulator where `strict` is switched on.
    pub(super) fn repeated(&self, strict: bool) -> Option<&str> {
        let is_refused = |key: &&str| {
            let mut values = self.all(key);
            let first = values.next();
            values.any(|value| strict || Some(value) != first)
        };
        self.iter().map(|(key, _)| key).find(is_refused)
    }

    /// The parameters as a query string.
    pub(super) fn to_query(&self) -> String {
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(self.iter()).finish()
    }

    fn form(bytes: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(bytes).into_owned().collect())
    }

    fn json(bytes: &[u8]) -> Option<Self> {
        let object: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(bytes).ok()?;
        let fields = object.into_iter().map(|(key, value)| match value {
            serde_json::Value::String(text) => (key, text),
            other => (key, other.to_string()),
        });
        Some(Self(fields.collect()))
    }
}

/// The body of a request: a form or JSON. A body of another type has no fields, as at Amazon.
pub(super) struct FormBody {
    pub(super) fields: RequestParameters,
    is_unreadable: bool,
}

impl FormBody {
    pub(super) fn read(req: &HttpRequest, bytes: &[u8]) -> Self {
        let kind = req.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let fields = match kind.as_str() {
            "application/x-www-form-urlencoded" => Some(RequestParameters::form(bytes)),
            "application/json" => RequestParameters::json(bytes),
            _ => Some(RequestParameters::default()),
        };
        let is_unreadable = fields.is_none();
        Self { fields: fields.unwrap_or_default(), is_unreadable }
    }

    /// Whether a call is answered "Malformed request" whatever it asks for.
    pub(super) fn is_malformed(&self, switches: &SimulatorSwitches) -> bool {
        self.is_unreadable || self.fields.repeated(switches.strict_parameters).is_some()
    }
}

/// `client_id` and `client_secret` of a Basic header; an error if the header is malformed.
pub(super) fn basic(headers: &HeaderMap) -> Result<Option<(String, String)>, ()> {
    let Some((scheme, rest)) = authorization(headers) else { return Ok(None) };
    if !scheme.eq_ignore_ascii_case("basic") {
        return Ok(None);
    }
    let pair =
        BASE64.decode(rest.as_bytes()).ok().and_then(|bytes| String::from_utf8(bytes).ok()).ok_or(())?;
    let (id, secret) = pair.split_once(':').ok_or(())?;
    // RFC 6749 §2.3.1: both parts are form-encoded before they are joined.
    Ok(Some((decoded(id), decoded(secret))))
}

/// The scheme and the credentials of `Authorization`.
pub(super) fn authorization(headers: &HeaderMap) -> Option<(&str, &str)> {
    headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ').map(|(scheme, rest)| (scheme, rest.trim()))
}

fn decoded(text: &str) -> String {
    url::form_urlencoded::parse(format!("v={text}").as_bytes()).map(|(_, value)| value.into_owned()).collect()
}
