//! What game servers may ask, with a key, and how they are told no.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use dovetail::testing::lwa::simulator::SimulatedCall;
use serde::Deserialize;
use serde_json::{Value, json};

use super::harness::{Portal, Service};

const SCOPES: [&str; 4] = ["players:read", "tokens:issue", "events:read", "links:start"];

#[derive(Deserialize)]
struct Route {
    method: String,
    path: String,
    who: String,
    csrf: bool,
}

fn routes(portal: &Portal) -> Vec<Route> {
    let all: Vec<Route> = serde_json::from_str(&portal.says(&["routes", "--json"])).unwrap();
    all.into_iter().filter(|route| route.path.starts_with("/api/")).collect()
}

fn link_of(id: &str) -> String {
    format!("/api/v1/players/{id}/amazon-link")
}

#[tokio::test]
async fn a_key_opens_its_scopes_and_nothing_else() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    let routes = routes(&portal);
    assert_eq!(routes.len(), 8);
    for scope in SCOPES {
        let service = portal.service(&[scope]).await;
        for route in &routes {
            assert!(!route.csrf, "{}: no browser is asked", route.path);
            let path = route.path.replace("{id}", &ann.id).replace("{linkingId}", "x");
            let path = if path.ends_with("/players") { format!("{path}?amazon_id=x") } else { path };
            let said = service.ask(&route.method, &path).await;
            match route.who.strip_prefix("service:") {
                Some(wanted) if wanted != scope => {
                    assert_eq!((said.status, said.code()), (403, "scope_missing"), "{path} with {scope}");
                    let challenge = said.header("www-authenticate");
                    assert!(challenge.contains("insufficient_scope") && challenge.contains(wanted));
                }
                // Ann is not there to link: no device client, and no such linking.
                Some("links:start") => assert!(matches!(said.status, 404 | 409), "{path}: {said:?}"),
                Some(_) => assert_eq!(said.status, 200, "{path} with {scope}: {said:?}"),
                None => assert_eq!((route.who.as_str(), said.status), ("anyone", 200), "{path}"),
            }
        }
    }
}

#[tokio::test]
async fn the_description_and_the_routes_tell_of_the_same() {
    let portal = Portal::start().await;
    let service = portal.service(&["events:read"]).await;
    let described = service.described();
    let mut told = BTreeSet::new();
    for (path, item) in described["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            told.insert(format!("{} {path}", method.to_uppercase()));
            let is_open = operation.get("security") == Some(&json!([{}]))
                || operation.get("security") == Some(&json!([]));
            assert_eq!(is_open, path.ends_with("openapi.json"), "{path}: {}", operation["security"]);
        }
    }
    let there: BTreeSet<String> =
        routes(&portal).iter().map(|route| format!("{} {}", route.method, route.path)).collect();
    assert_eq!(told, there);
    assert_eq!(described["components"]["securitySchemes"]["service_key"]["scheme"], "bearer");
}

#[tokio::test]
async fn the_description_names_this_portal_its_lengths_and_what_it_sends() {
    let portal = Portal::start().await;
    let service = portal.service(&["players:read"]).await;
    let described = service.described();
    assert_eq!(described["servers"][0]["url"], portal.url().trim_end_matches('/'));
    assert!(!described.to_string().contains("address.invalid"));
    let parameter = |path: &str, name: &str| {
        let parameters = described["paths"][path]["get"]["parameters"].as_array().unwrap();
        parameters.iter().find(|parameter| parameter["name"] == name).unwrap()["schema"].clone()
    };
    let amazon_id = parameter("/api/v1/players", "amazon_id");
    assert_eq!((&amazon_id["minLength"], &amazon_id["maxLength"]), (&json!(1), &json!(128)));
    let id = parameter("/api/v1/players/{id}", "id");
    assert_eq!((&id["minLength"], &id["maxLength"], &id["format"]), (&json!(36), &json!(36), &json!("uuid")));
    let linking = parameter("/api/v1/players/{id}/amazon-link/code/{linkingId}", "linkingId");
    assert_eq!(linking["maxLength"], 36);
    let schemas = &described["components"]["schemas"];
    assert_eq!(schemas["Player"]["properties"]["display_name"]["maxLength"], 128);
    assert_eq!(schemas["AccessToken"]["properties"]["access_token"]["maxLength"], 4096);
    let sent = &described["webhooks"]["linkEvent"]["post"]["requestBody"]["content"]["application/json"];
    assert_eq!(sent["schema"]["$ref"], "#/components/schemas/WebhookPayload");
    assert!(schemas["WebhookPayload"].is_object());
}

#[tokio::test]
async fn an_id_may_be_written_in_any_case() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    let service = portal.service(&["players:read", "tokens:issue"]).await;
    let mixed: String = ann
        .id
        .char_indices()
        .map(|(at, letter)| if at % 2 == 0 { letter.to_ascii_uppercase() } else { letter })
        .collect();
    for id in [ann.id.to_uppercase(), mixed, ann.id.clone()] {
        let found = service.get(&format!("/api/v1/players/{id}")).await;
        assert_eq!((found.status, found.body["id"].as_str()), (200, Some(ann.id.as_str())), "{id}");
        assert_eq!(service.get(&link_of(&id)).await.status, 200, "{id}");
        assert_eq!(service.post(&format!("{}/access-token", link_of(&id))).await.status, 200, "{id}");
    }
    let of = portal.lines(
        "SELECT DISTINCT player_id AS line FROM audit_events WHERE kind = 'link.amazon.token_handed_out'",
    );
    assert_eq!(of, std::slice::from_ref(&ann.id), "one player on record, however written");
}

#[tokio::test]
async fn without_a_key_that_holds_nobody_gets_anything() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    let service = portal.service(&SCOPES).await;
    let path = format!("/api/v1/players/{}", ann.id);
    assert_eq!(service.get(&path).await.status, 200);
    let mut other = service.key.clone();
    let last = if other.ends_with('A') { 'E' } else { 'A' };
    other.replace_range(other.len() - 1.., &last.to_string());
    for header in [
        String::new(),
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
        format!("Basic {}", service.key),
        format!("Bearer {other}"),
        format!("Bearer {other} "),
        format!("Bearer {}", &service.key[12..]),
        service.key.clone(),
    ] {
        let said = service.say("GET", &path, |request| without(request, &header)).await;
        assert_eq!(said.status, 401, "{header:?}");
        assert!(said.header("www-authenticate").starts_with("Bearer realm="), "{said:?}");
        let code = if header.is_empty() { "key_required" } else { "key_unknown" };
        assert_eq!(said.code(), code, "{header:?}");
        assert!(!said.body.to_string().contains(&other));
    }
    // Two keys are nobody's.
    let twice = service.say("GET", &path, |request| request.header("authorization", "Bearer x")).await;
    assert_eq!(twice.status, 401);
    // A session opens nothing here, and no cookie comes back.
    let browser = portal.browser_of(&ann);
    let page = browser.get(&path).await;
    assert_eq!((page.status, page.header("set-cookie")), (401, None));
}

/// The request with this header in place of its own; without one where it is empty.
fn without(request: reqwest::RequestBuilder, header: &str) -> reqwest::RequestBuilder {
    let (client, request) = request.build_split();
    let mut request = request.unwrap();
    request.headers_mut().remove("authorization");
    if !header.is_empty() {
        request.headers_mut().insert("authorization", header.parse().unwrap());
    }
    reqwest::RequestBuilder::from_parts(client, request)
}

#[tokio::test]
async fn a_key_lives_and_ends_by_command() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    let path = format!("/api/v1/players/{}", ann.id);
    let service = portal.service(&["players:read"]).await;
    assert!(service.key.starts_with("dovetail_sk_"));
    let stored = portal.dump().remove("service_keys").unwrap().join("\n");
    assert!(!stored.contains(&service.key) && !stored.contains(&service.key[12..]));
    assert!(portal.says(&["service-key", "list"]).contains("never used"));

    assert_eq!(service.get(&path).await.status, 200);
    let used = |portal: &Portal| {
        portal.lines("SELECT COALESCE(CAST(last_used_at AS TEXT), '') AS line FROM service_keys").remove(0)
    };
    while used(&portal).is_empty() {
        tokio::task::yield_now().await;
    }
    let first = used(&portal);
    portal.wait(TimeDelta::minutes(2));
    assert_eq!(service.get(&path).await.status, 200);
    assert_eq!(used(&portal), first, "a use is noted every few minutes");
    portal.wait(TimeDelta::minutes(4));
    assert_eq!(service.get(&path).await.status, 200);
    while used(&portal) == first {
        tokio::task::yield_now().await;
    }
    let listed = portal.says(&["service-key", "list"]);
    assert!(listed.contains("a game server") && listed.contains("players:read") && listed.contains("valid"));
    assert!(!listed.contains("dovetail_sk_"), "{listed}");

    assert!(portal.says(&["service-key", "revoke", &service.id]).contains("nothing any more"));
    let said = service.get(&path).await;
    assert_eq!((said.status, said.code()), (401, "key_unknown"));
    assert_eq!(portal.command(&["service-key", "revoke", &service.id]).status.code(), Some(1));
    assert!(portal.says(&["service-key", "list"]).contains("revoked"));
    let audited = portal.lines("SELECT kind AS line FROM audit_events WHERE actor = 'operator' ORDER BY id");
    assert_eq!(audited, ["service.key.added", "service.key.revoked"]);
    for wrong in [vec!["add", "x"], vec!["add", "x", "--scope", "all"], vec![]] {
        let arguments: Vec<&str> = std::iter::once("service-key").chain(wrong).collect();
        assert_eq!(portal.command(&arguments).status.code(), Some(2), "{arguments:?}");
    }
}

#[tokio::test]
async fn a_key_with_an_end_ends() {
    let portal = Portal::start().await;
    let arguments = ["service-key", "add", "x", "--scope", "events:read", "--expires-in-days", "3000"];
    let printed = portal.says(&arguments);
    let key = printed.lines().find_map(|line| line.strip_prefix("key  ")).unwrap();
    let service = portal.service_with("", key).await;
    assert_eq!(service.get("/api/v1/link-events").await.status, 200);
    portal.wait(TimeDelta::days(3000));
    assert_eq!(service.get("/api/v1/link-events").await.code(), "key_unknown");
}

#[tokio::test]
async fn a_player_is_shown_with_what_the_link_is_worth() {
    let portal = Portal::start().await;
    let (ann, bo) = (portal.ann().await, portal.bo().await);
    let service = portal.service(&["players:read"]).await;
    let shown = service.get(&format!("/api/v1/players/{}", ann.id)).await;
    assert_eq!(
        shown.body,
        json!({
            "id": ann.id,
            "display_name": "Ann",
            "created_at": shown.body["created_at"],
            "amazon_link": { "state": "active" },
            "segments": {},
        })
    );
    let shown = service.get(&format!("/api/v1/players/{}", bo.id)).await;
    assert_eq!(shown.body["amazon_link"]["state"], "none");

    let link = service.get(&link_of(&ann.id)).await;
    let identity = portal.amazon.identity_of("pat");
    assert_eq!(link.body["amazon_id"], identity);
    assert_eq!((&link.body["state"], &link.body["cause"]), (&json!("active"), &Value::Null));
    assert_eq!((&link.body["renewable"], &link.body["scopes"]), (&json!(true), &json!(["profile"])));
    let none = service.get(&link_of(&bo.id)).await;
    assert_eq!((none.status, none.code(), &none.body["state"]), (409, "link_not_usable", &json!("none")));

    for state in ["needs_reconnect", "revoked"] {
        portal.link_becomes(&ann, state);
        let shown = service.get(&format!("/api/v1/players/{}", ann.id)).await;
        assert_eq!(shown.body["amazon_link"]["state"], state);
        assert_eq!(service.get(&link_of(&ann.id)).await.body["state"], state);
    }
}

#[tokio::test]
async fn a_player_is_found_by_the_identity_that_is_linked() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    let service = portal.service(&["players:read"]).await;
    let find = |identity: String| {
        let service = service.clone();
        async move {
            let found = service.get(&format!("/api/v1/players?amazon_id={identity}")).await;
            assert_eq!(found.status, 200);
            found.body["players"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect::<Vec<_>>()
        }
    };
    let identity = portal.amazon.identity_of("pat");
    assert_eq!(find(identity.clone()).await, [ann.id.as_str()]);
    assert!(find(portal.amazon.identity_of("mork")).await.is_empty());
    portal.link_becomes(&ann, "revoked");
    assert!(find(identity.clone()).await.is_empty(), "a revoked link links nobody");
    portal.run("UPDATE amazon_links SET state = 'active'");
    portal.disable(&ann);
    assert!(find(identity).await.is_empty(), "nor does a closed account");
}

#[tokio::test]
async fn unknown_and_closed_accounts_look_alike() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    portal.disable(&ann);
    let service = portal.service(&["players:read", "tokens:issue"]).await;
    let never = ann.id.replace(['1', '2', '3'], "4");
    for id in [
        ann.id.as_str(),
        &never,
        "x",
        "%00",
        "..%2f..",
        "%F0%9F%8E%AE",
        &ann.id.to_uppercase(),
        &format!("{}x", ann.id),
    ] {
        for path in [format!("/api/v1/players/{id}"), link_of(id)] {
            let said = service.get(&path).await;
            assert_eq!((said.status, said.code()), (404, "player_unknown"), "{path}");
        }
        let said = service.post(&format!("{}/access-token", link_of(id))).await;
        assert_eq!((said.status, said.code()), (404, "player_unknown"), "{id}");
    }
}

#[tokio::test]
async fn a_token_is_handed_out_and_on_record() {
    let portal = Portal::start().await;
    let (ann, bo) = (portal.ann().await, portal.bo().await);
    let service = portal.service(&["tokens:issue"]).await;
    let ask = |id: &str| {
        let (service, path) = (service.clone(), format!("{}/access-token", link_of(id)));
        async move { service.post(&path).await }
    };
    let given = ask(&ann.id).await;
    assert_eq!(given.status, 200);
    assert_eq!(given.body["access_token"], "Atza|of-the-harness");
    assert_eq!((&given.body["token_type"], &given.body["scopes"]), (&json!("bearer"), &json!(["profile"])));
    let seconds = given.body["expires_in"].as_i64().unwrap();
    assert!((3_500..=3_600).contains(&seconds), "{seconds}");

    for _ in 0..3 {
        assert_eq!(ask(&ann.id).await.status, 200);
    }
    let records = |portal: &Portal| {
        let query = "SELECT details AS line FROM audit_events WHERE kind = 'link.amazon.token_handed_out'";
        portal.lines(query)
    };
    assert_eq!(records(&portal).len(), 1, "one record for an hour of asking");
    assert!(records(&portal)[0].contains(&service.id) && !records(&portal)[0].contains("Atza"));
    let other = portal.service(&["tokens:issue"]).await;
    other.post(&format!("{}/access-token", link_of(&ann.id))).await;
    assert_eq!(records(&portal).len(), 2, "another key's is another");

    let none = ask(&bo.id).await;
    assert_eq!((none.status, &none.body["state"]), (409, &json!("none")));
    for state in ["needs_reconnect", "revoked"] {
        portal.link_becomes(&ann, state);
        let dead = ask(&ann.id).await;
        assert_eq!((dead.status, dead.code(), &dead.body["state"]), (409, "link_not_usable", &json!(state)));
        assert!(dead.body["since"].is_string());
    }
}

#[tokio::test]
async fn while_amazon_gives_none_it_says_when_to_come_back() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    let service = portal.service(&["tokens:issue"]).await;
    portal.amazon.is_broken(SimulatedCall::Refresh);
    portal.wait(TimeDelta::hours(2));
    let later = service.post(&format!("{}/access-token", link_of(&ann.id))).await;
    assert_eq!((later.status, later.code()), (503, "amazon_unavailable"), "{later:?}");
    assert!(later.header("retry-after").parse::<u32>().unwrap() > 0);
}

#[tokio::test]
async fn parameters_are_known_and_stand_once() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    let service = portal.service(&SCOPES).await;
    let player = format!("/api/v1/players/{}", ann.id);
    let long = "x".repeat(129);
    for (path, code, parameter) in [
        (format!("{player}?language=de"), "parameter_unknown", Some("language")),
        (format!("{player}/amazon-link?x"), "parameter_unknown", Some("x")),
        (format!("{player}?amazonId=a"), "parameter_unknown", Some("amazonId")),
        (format!("{player}?%3Cb%3E=a"), "parameter_unknown", None),
        (format!("{player}?Atza%7Cabc"), "parameter_unknown", None),
        (format!("{player}?dovetail_sk_{}", "a".repeat(43)), "parameter_unknown", None),
        ("/api/v1/players".to_owned(), "parameter_missing", Some("amazon_id")),
        ("/api/v1/players?amazon_id=".to_owned(), "parameter_invalid", Some("amazon_id")),
        ("/api/v1/players?amazon_id=%00".to_owned(), "parameter_invalid", Some("amazon_id")),
        (format!("/api/v1/players?amazon_id={long}"), "parameter_invalid", Some("amazon_id")),
        ("/api/v1/players?amazon_id=a&amazon_id=a".to_owned(), "parameter_repeated", Some("amazon_id")),
        ("/api/v1/link-events?after=-1".to_owned(), "parameter_invalid", Some("after")),
        ("/api/v1/link-events?after=1.0".to_owned(), "parameter_invalid", Some("after")),
        ("/api/v1/link-events?after=9223372036854775807".to_owned(), "parameter_invalid", Some("after")),
        ("/api/v1/link-events?limit=0".to_owned(), "parameter_invalid", Some("limit")),
        ("/api/v1/link-events?limit=1001".to_owned(), "parameter_invalid", Some("limit")),
        ("/api/v1/link-events?limit=1&limit=2".to_owned(), "parameter_repeated", Some("limit")),
        ("/api/v1/link-events?cursor=1".to_owned(), "parameter_unknown", Some("cursor")),
    ] {
        let said = service.get(&path).await;
        assert_eq!((said.status, said.code()), (422, code), "{path}");
        assert_eq!(said.body.get("parameter").and_then(Value::as_str), parameter, "{path}");
    }
}

#[tokio::test]
async fn a_body_that_nobody_asked_for_is_refused() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    let service = portal.service(&["tokens:issue"]).await;
    let path = format!("{}/access-token", link_of(&ann.id));
    for (body, status, code) in [
        ("", 200, ""),
        ("{}", 200, ""),
        (" { }\n", 200, ""),
        ("{\"a\":1}", 422, "body_unexpected"),
        ("null", 422, "body_unexpected"),
        ("}{", 422, "body_unexpected"),
        (&"x".repeat(100_000), 413, "too_large"),
    ] {
        let body = body.to_owned();
        let said = service.say("POST", &path, |request| request.body(body)).await;
        assert_eq!((said.status, said.code()), (status, code), "{said:?}");
    }
}

#[tokio::test]
async fn who_asks_too_often_waits() {
    let portal = Portal::with(|settings| {
        settings.set("DOVETAIL_SERVICE_RATE", "10");
    })
    .await;
    let (one, other) = (portal.service(&["events:read"]).await, portal.service(&["events:read"]).await);
    for _ in 0..10 {
        assert_eq!(one.get("/api/v1/link-events").await.status, 200);
    }
    let said = one.get("/api/v1/link-events").await;
    assert_eq!((said.status, said.code(), said.header("retry-after")), (429, "throttled", "60"));
    assert_eq!(other.get("/api/v1/link-events").await.status, 200, "another key has its own");
    portal.wait(TimeDelta::seconds(60));
    assert_eq!(one.get("/api/v1/link-events").await.status, 200);
}

#[tokio::test]
async fn whatever_happens_under_api_is_json() {
    let portal = Portal::start().await;
    let service = portal.service(&SCOPES).await;
    for (method, path, status, code) in [
        ("GET", "/api", 404, "not_found"),
        ("GET", "/api/v2/players", 404, "not_found"),
        ("GET", "/api/v1/players/x/y", 404, "not_found"),
        ("POST", "/api/v1/players", 405, "not_allowed"),
        ("DELETE", "/api/v1/link-events", 405, "not_allowed"),
    ] {
        let said = service.ask(method, path).await;
        assert_eq!((said.status, said.code()), (status, code), "{method} {path}");
    }
    let long = format!("/api/v1/players?amazon_id={}", "x".repeat(9_000));
    assert_eq!(service.get(&long).await.code(), "too_large");
    let many = format!("/api/v1/link-events?{}", "a&".repeat(40));
    assert_eq!(service.get(&many).await.status, 400);
    let head =
        format!("HEAD /api/v1/link-events HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", portal.host());
    assert_eq!(portal.raw(head).await.status, 401);
}

/// S118, S116: a key is never sent on to another address.
#[tokio::test]
async fn a_request_for_another_host_is_told_so_and_goes_nowhere() {
    let portal = Portal::start().await;
    let Service { key, .. } = portal.service(&["events:read"]).await;
    for host in ["elsewhere.example", "127.0.0.1", &format!("{}.", portal.host())] {
        let answer = portal
            .raw(format!(
                "GET /api/v1/link-events HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {key}\r\nConnection: close\r\n\r\n"
            ))
            .await;
        assert_eq!((answer.status, answer.header("location")), (421, None), "{host}");
        assert_eq!(answer.header("content-type"), Some("application/problem+json"));
        assert!(answer.text.contains("\"misdirected\"") && !answer.text.contains(&key));
    }
}
