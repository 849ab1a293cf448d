//! A game server with its key; every response is checked against the OpenAPI document.

use reqwest::header::{AUTHORIZATION, HeaderMap};
use reqwest::redirect::Policy;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use url::Url;

use super::portal::Portal;
use super::response_invariants;

#[derive(Clone)]
pub struct Service {
    http: reqwest::Client,
    portal: Url,
    /// The id of the key in the operator's list.
    pub id: String,
    pub key: String,
    described: Value,
}

/// A response of the API.
#[derive(Debug)]
pub struct Said {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Said {
    /// The code of a problem document.
    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
}

impl Portal {
    /// A game server whose key has these scopes.
    pub async fn service(&self, scopes: &[&str]) -> Service {
        let mut arguments = vec!["service-key", "add", "a game server"];
        arguments.extend(scopes.iter().flat_map(|scope| ["--scope", scope]));
        let printed = self.says(&arguments);
        let word = |name: &str| {
            let line = printed.lines().find_map(|line| line.strip_prefix(name));
            line.unwrap_or_else(|| panic!("no {name} in {printed}")).trim().to_owned()
        };
        self.service_with(&word("id "), &word("key ")).await
    }

    /// A game server with any key.
    pub async fn service_with(&self, id: &str, key: &str) -> Service {
        let here = std::net::SocketAddr::from((std::net::Ipv4Addr::LOCALHOST, 0));
        let http = reqwest::Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .pool_max_idle_per_host(0)
            .resolve("localhost", here)
            .build()
            .unwrap();
        let portal = Url::parse(self.url()).unwrap();
        let document = portal.join("/api/v1/openapi.json").unwrap();
        let described = http.get(document).send().await.unwrap().json().await.unwrap();
        Service { http, portal, id: id.to_owned(), key: key.to_owned(), described }
    }
}

impl Service {
    /// The OpenAPI document.
    pub fn described(&self) -> &Value {
        &self.described
    }

    pub async fn get(&self, path: &str) -> Said {
        self.ask("GET", path).await
    }

    pub async fn post(&self, path: &str) -> Said {
        self.ask("POST", path).await
    }

    /// Sends one request with the key and no body.
    pub async fn ask(&self, method: &str, path: &str) -> Said {
        self.say(method, path, |request| request).await
    }

    /// Sends one request, changed by `change` before it is sent.
    pub async fn say(
        &self,
        method: &str,
        path: &str,
        change: impl FnOnce(RequestBuilder) -> RequestBuilder,
    ) -> Said {
        let url = self.portal.join(path).unwrap();
        let named = Method::from_bytes(method.as_bytes()).unwrap();
        let request = self.http.request(named, url.clone());
        let request = change(request.header(AUTHORIZATION, format!("Bearer {}", self.key)));
        let answer = request.send().await.unwrap();
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        response_invariants::check(&url, &headers);
        assert!(!headers.contains_key("set-cookie"), "{method} {path} sets a cookie");
        let text = answer.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{method} {path}: {text}"));
        let said = Said { status, headers, body };
        self.is_as_described(method, url.path(), &said);
        said
    }

    /// Asserts that the OpenAPI document has this response, with its status and schema.
    fn is_as_described(&self, method: &str, path: &str, said: &Said) {
        let is_problem = said.header("content-type") == "application/problem+json";
        assert_eq!(is_problem, said.status >= 400, "{method} {path}: {said:?}");
        if is_problem {
            assert_eq!(said.body["status"], said.status, "{said:?}");
            assert!(!said.code().is_empty() && said.body["title"].is_string(), "{said:?}");
            assert!(!said.body["reference"].as_str().unwrap_or_default().is_empty(), "{said:?}");
        }
        let paths = self.described["paths"].as_object().unwrap();
        let found = paths.iter().find(|(pattern, _)| matches(pattern, path));
        let Some((pattern, item)) = found else { return };
        let Some(operation) = item.get(method.to_lowercase()) else { return };
        let response = &operation["responses"][said.status.to_string()];
        assert!(response.is_object(), "{method} {pattern} never says {}: {said:?}", said.status);
        let kind = said.header("content-type");
        let Some(schema) = response["content"][kind].get("schema") else {
            assert_eq!(path, "/api/v1/openapi.json", "{method} {pattern} does not tell of {kind}");
            return;
        };
        let whole = json!({ "components": self.described["components"], "allOf": [schema] });
        let validator = jsonschema::validator_for(&whole).unwrap();
        let wrong: Vec<String> = validator
            .iter_errors(&said.body)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(wrong.is_empty(), "{method} {pattern} {}: {wrong:#?}\n{}", said.status, said.body);
    }
}

fn matches(pattern: &str, path: &str) -> bool {
    let (mut wanted, mut given) = (pattern.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some(wanted), Some(given)) if wanted == given || wanted.starts_with('{') => {}
            _ => return false,
        }
    }
}
