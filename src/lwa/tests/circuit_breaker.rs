//! What opens the circuit breaker over real sockets, and what does not (S86).
//!
//! Its timing is tested in `src/lwa/circuit_breaker.rs`, with a clock that stands still.

use super::stand_in::{Reply, answer, json};
use super::*;
use crate::lwa::{CircuitBreaker, LwaErrorClass, LwaErrorKind};

const HTML: &str = "content-type: text/html\r\n";

fn ordinary(amazon: &StandIn) -> (LwaClient, Clock) {
    let mut settings = settings(amazon);
    settings.limits.failures = LwaLimits::default().failures;
    settings.limits.total = Duration::from_millis(150);
    let clock = Clock::standing_at("2026-12-01T12:00:00Z".parse().unwrap());
    (LwaClient::new(settings, clock.clone()).unwrap(), clock)
}

fn is_open(client: &LwaClient) -> bool {
    matches!(client.circuit(), CircuitBreaker::Open { .. })
}

#[tokio::test]
async fn no_answer_and_answers_that_say_later_open_it() {
    for reply in [
        Reply::Says(Vec::new()),
        Reply::SaysAndResets(Vec::new()),
        Reply::SaysAndHangs(Vec::new()),
        json("500 Internal Server Error", r#"{"error":"ServerError"}"#),
        answer("502 Bad Gateway", HTML, "<html>"),
        answer("429 Too Many Requests", "retry-after: 1\r\n", ""),
    ] {
        let amazon = StandIn::start().await;
        let (client, clock) = ordinary(&amazon);
        amazon.will([reply.clone()]);
        for _ in 0..10 {
            assert!(!is_open(&client), "{reply:?}");
            Asked::Exchange.of(&client).await.unwrap_err();
        }
        assert!(is_open(&client) && client.is_failing(), "{reply:?}");
        amazon.will([json("200 OK", TOKENS)]);
        for asked in Asked::ALL {
            let error = asked.of(&client).await.unwrap_err();
            let retry_after = Some(Duration::from_secs(15));
            assert_eq!(
                (error.kind(), error.class()),
                (LwaErrorKind::Unavailable { retry_after }, LwaErrorClass::CircuitOpen)
            );
        }
        assert!(amazon.heard().is_empty(), "{reply:?}");
        clock.advance(chrono::TimeDelta::seconds(15));
        Asked::Exchange.of(&client).await.unwrap();
        assert_eq!(client.circuit(), CircuitBreaker::Closed, "{reply:?}");
    }
}

/// A visitor can provoke any of these responses: a rejected code, or the page of a firewall.
#[tokio::test]
async fn refusals_do_not_open_it_however_odd() {
    let amazon = StandIn::start().await;
    let (client, _) = ordinary(&amazon);
    for reply in [
        json("400 Bad Request", r#"{"error":"invalid_grant"}"#),
        json("401 Unauthorized", r#"{"error":"invalid_client"}"#),
        answer("400 Bad Request", HTML, "<h1>We're sorry!</h1>"),
        answer("403 Forbidden", HTML, "<html>"),
        json("404 Not Found", "{}"),
        json("200 OK", "{"),
    ] {
        amazon.will([reply]);
        for _ in 0..12 {
            Asked::Exchange.of(&client).await.unwrap_err();
        }
    }
    assert_eq!(client.circuit(), CircuitBreaker::Closed);
}

/// A repeat of one call is no second failure, and a timeout of the whole identity check is one.
#[tokio::test]
async fn a_call_counts_once_and_a_whole_proof_that_takes_too_long_counts_too() {
    let amazon = StandIn::start().await;
    let (client, _) = ordinary(&amazon);
    amazon.will([json("503 Service Unavailable", "")]);
    for _ in 0..9 {
        Asked::Profile.of(&client).await.unwrap_err();
    }
    assert_eq!(amazon.heard().len(), 18);
    assert_eq!(client.circuit(), CircuitBreaker::Closed);

    let mut settings = settings(&amazon);
    settings.limits.failures = 1;
    settings.limits.identify = Duration::from_millis(100);
    let client = LwaClient::new(settings, Clock::system()).unwrap();
    amazon.will([Reply::SaysAndHangs(Vec::new())]);
    let from = crate::lwa::TokenProvenance::Exchanged(ClientRegistration::Web);
    client.identify(&ACCESS.into(), from).await.err().unwrap();
    assert!(is_open(&client));
}

#[tokio::test]
async fn a_caller_that_goes_away_says_nothing_about_amazon() {
    let amazon = StandIn::start().await;
    let (client, _) = ordinary(&amazon);
    amazon.will([Reply::SaysAndHangs(Vec::new())]);
    for _ in 0..20 {
        let asking = tokio::spawn({
            let client = client.clone();
            async move { Asked::Exchange.of(&client).await }
        });
        tokio::task::yield_now().await;
        asking.abort();
        let _ = asking.await;
    }
    assert_eq!(client.circuit(), CircuitBreaker::Closed);
}
