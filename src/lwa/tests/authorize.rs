//! The authorization URL, parameter by parameter (S37, S39, S44).

use std::collections::HashSet;

use data_encoding::BASE64URL_NOPAD;
use secrecy::ExposeSecret as _;
use sha2::{Digest as _, Sha256};

use super::*;

#[tokio::test]
async fn the_address_asks_for_a_code_and_nothing_else() {
    let amazon = StandIn::start().await;
    let mut settings = settings(&amazon);
    settings.redirect_uri = Url::parse("https://portal.example/amazon/callback").unwrap();
    let trip = LwaClient::new(settings.clone(), Clock::system()).unwrap().authorize().unwrap();

    let challenge = BASE64URL_NOPAD.encode(&Sha256::digest(trip.verifier.expose_secret().as_bytes()));
    let mut parameters: Vec<_> = trip.url.query_pairs().into_owned().collect();
    parameters.sort();
    let expected = [
        ("client_id", CLIENT_ID),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
        ("redirect_uri", "https://portal.example/amazon/callback"),
        ("response_type", "code"),
        ("scope", "games::prime profile"),
        ("state", trip.state.expose_secret()),
    ];
    assert_eq!(parameters, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    assert!(trip.url.as_str().contains("scope=games%3A%3Aprime%20profile"));
    let mut bare = trip.url.clone();
    bare.set_query(None);
    assert_eq!(bare, settings.endpoints.authorize);
}

#[tokio::test]
async fn essential_scopes_are_marked_when_there_are_any() {
    let amazon = StandIn::start().await;
    let mut settings = settings(&amazon);
    settings.essential_scopes = settings.scopes.clone();
    settings.scopes.push("postal_code".to_owned());
    let trip = LwaClient::new(settings, Clock::system()).unwrap().authorize().unwrap();
    let (_, marks) = trip.url.query_pairs().find(|(name, _)| name == "scope_data").unwrap();
    assert_eq!(
        marks,
        r#"{"games::prime":{"essential":true},"postal_code":{"essential":false},"profile":{"essential":true}}"#
    );
}

#[tokio::test]
async fn state_and_verifier_are_fresh_and_large_every_time() {
    let amazon = StandIn::start().await;
    let client = client(&amazon);
    let mut seen = HashSet::new();
    for _ in 0..100 {
        let trip = client.authorize().unwrap();
        for secret in [&trip.state, &trip.verifier] {
            let bytes = BASE64URL_NOPAD.decode(secret.expose_secret().as_bytes()).unwrap();
            assert_eq!((secret.expose_secret().len(), bytes.len()), (43, 32));
            assert!(seen.insert(bytes));
        }
        assert!(!trip.url.as_str().contains(trip.verifier.expose_secret()));
    }
}
