//! A simulator on a port of its own, and hands to reach it by URL.

use std::collections::BTreeMap;
use std::net::TcpListener;

use chrono::{DateTime, Utc};
use dovetail::testing::lwa::simulator::{
    RunningSimulator, SIGNED_IN_COOKIE, Simulator, SimulatorSettings, WEB_CLIENT_ID, WEB_CLIENT_SECRET,
};
use dovetail::testing::platform::clock::Clock;
use reqwest::redirect::Policy;
use reqwest::{RequestBuilder, Response};
use serde_json::Value;
use url::Url;

pub(crate) const RETURN_URL: &str = "http://localhost:8080/amazon/callback";
/// RFC 7636, appendix B.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

pub(crate) type Fields<'a> = Vec<(&'a str, String)>;

pub(crate) struct Amazon {
    pub(crate) simulator: Simulator,
    pub(crate) clock: Clock,
    pub(crate) http: reqwest::Client,
    running: RunningSimulator,
}

impl Amazon {
    pub(crate) fn open() -> Self {
        Self::with(|_| {})
    }

    pub(crate) fn with(change: impl FnOnce(&mut SimulatorSettings)) -> Self {
        let noon: DateTime<Utc> = "2026-10-05T18:54:16Z".parse().unwrap();
        let clock = Clock::standing_at(noon);
        let mut settings = SimulatorSettings::development(clock.clone(), RETURN_URL);
        change(&mut settings);
        let simulator = Simulator::new(settings);
        let running = simulator.start(TcpListener::bind("127.0.0.1:0").unwrap()).unwrap();
        let http = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
        Self { simulator, clock, http, running }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.running.url())
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.http.get(self.url(path)).send().await.unwrap()
    }

    pub(crate) async fn post(&self, path: &str, fields: &Fields<'_>) -> Response {
        self.http.post(self.url(path)).form(fields).send().await.unwrap()
    }

    pub(crate) async fn token(&self, fields: &Fields<'_>) -> Response {
        self.post("/auth/o2/token", fields).await
    }

    pub(crate) async fn as_customer(&self, customer: &str, request: RequestBuilder) -> Response {
        request.header("cookie", format!("{SIGNED_IN_COOKIE}={customer}")).send().await.unwrap()
    }

    /// The customer arrives at the authorization page.
    pub(crate) async fn ask(&self, customer: &str, query: &Fields<'_>) -> Response {
        self.as_customer(customer, self.http.get(self.authorize_url(query))).await
    }

    /// … and presses a button there.
    pub(crate) async fn decide(&self, customer: &str, query: &Fields<'_>, pressed: &Fields<'_>) -> Response {
        self.as_customer(customer, self.http.post(self.authorize_url(query)).form(pressed)).await
    }

    /// A code that the customer allowed.
    pub(crate) async fn code(&self, customer: &str, query: &Fields<'_>) -> String {
        let answer = self.decide(customer, query, &vec![("decision", "allow".into())]).await;
        returned(&answer)["code"].clone()
    }

    /// What a sign-in with the portal's own client ends with.
    pub(crate) async fn tokens(&self, customer: &str) -> Value {
        let code = self.code(customer, &request()).await;
        self.token(&exchange(&code)).await.json().await.unwrap()
    }

    pub(crate) async fn refresh(&self, refresh_token: &str) -> Response {
        self.token(&refresh(refresh_token)).await
    }

    fn authorize_url(&self, query: &Fields<'_>) -> Url {
        Url::parse_with_params(&self.url("/ap/oa"), query).unwrap()
    }
}

/// A good authorization request.
pub(crate) fn request() -> Fields<'static> {
    vec![
        ("client_id", WEB_CLIENT_ID.into()),
        ("scope", "profile".into()),
        ("response_type", "code".into()),
        ("redirect_uri", RETURN_URL.into()),
        ("state", "St4te-_~".into()),
        ("code_challenge", CHALLENGE.into()),
        ("code_challenge_method", "S256".into()),
    ]
}

/// A good exchange.
pub(crate) fn exchange(code: &str) -> Fields<'static> {
    vec![
        ("grant_type", "authorization_code".into()),
        ("code", code.into()),
        ("redirect_uri", RETURN_URL.into()),
        ("client_id", WEB_CLIENT_ID.into()),
        ("client_secret", WEB_CLIENT_SECRET.into()),
        ("code_verifier", VERIFIER.into()),
    ]
}

/// A good refresh.
pub(crate) fn refresh(refresh_token: &str) -> Fields<'static> {
    vec![
        ("grant_type", "refresh_token".into()),
        ("refresh_token", refresh_token.into()),
        ("client_id", WEB_CLIENT_ID.into()),
        ("client_secret", WEB_CLIENT_SECRET.into()),
    ]
}

/// The same request with one value changed, added, or (None) left out.
pub(crate) fn but<'a>(fields: &Fields<'a>, name: &'a str, value: Option<&str>) -> Fields<'a> {
    let mut changed: Fields<'a> = fields.iter().filter(|(key, _)| *key != name).cloned().collect();
    changed.extend(value.map(|value| (name, value.to_owned())));
    changed
}

/// Where a redirect leads, as it stands in the header.
pub(crate) fn location(answer: &Response) -> String {
    answer.headers()["location"].to_str().unwrap().to_owned()
}

/// The parameters a 302 brings back to the portal.
pub(crate) fn returned(answer: &Response) -> BTreeMap<String, String> {
    assert_eq!(answer.status(), 302);
    let url = Url::parse(&location(answer)).unwrap();
    assert_eq!(url.as_str().split('?').next(), Some(RETURN_URL));
    url.query_pairs().into_owned().collect()
}

/// The name of the error and its text, after a look at the status.
pub(crate) async fn refusal(answer: Response, status: u16) -> (String, String) {
    assert_eq!(answer.status(), status);
    let body: Value = answer.json().await.unwrap();
    (body["error"].as_str().unwrap().into(), body["error_description"].as_str().unwrap().into())
}

/// The keys of a JSON object in the order of the wire.
pub(crate) fn keys(json: &str) -> Vec<String> {
    let mut depth = 0;
    let mut keys = Vec::new();
    let mut rest = json;
    while let Some(at) = rest.find(['{', '}', '"']) {
        match rest.as_bytes()[at] {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {
                let (text, after) = rest[at + 1..].split_once('"').unwrap();
                if depth == 1 && after.starts_with(':') {
                    keys.push(text.to_owned());
                }
                rest = after;
                continue;
            }
        }
        rest = &rest[at + 1..];
    }
    keys
}

/// The names of the headers, without those that every HTTP server adds.
pub(crate) fn header_names(answer: &Response) -> Vec<&str> {
    let mut names: Vec<&str> = answer.headers().keys().map(reqwest::header::HeaderName::as_str).collect();
    names.retain(|name| !["content-length", "date"].contains(name));
    names.sort_unstable();
    names
}
