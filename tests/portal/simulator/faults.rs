//! The faults of the contract's section 26.3.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use dovetail::testing::lwa::simulator::{SimulatedCall, SimulatedFault};
use serde_json::Value;

use super::harness::{Amazon, exchange, refusal, request, returned};

#[tokio::test]
async fn amazon_can_fail_with_json() {
    let amazon = Amazon::open();
    amazon.simulator.set_fault(SimulatedCall::Refresh, SimulatedFault::ServerError);
    assert_eq!(refusal(amazon.refresh("Atzr|x").await, 500).await.0, "ServerError");
    amazon.simulator.clear_faults();
    assert_eq!(refusal(amazon.refresh("Atzr|x").await, 400).await.0, "invalid_grant");
}

#[tokio::test]
async fn amazon_can_fail_with_a_page() {
    let amazon = Amazon::open();
    amazon.simulator.set_fault(SimulatedCall::Profile, SimulatedFault::Unavailable);
    let answer = amazon.get("/user/profile").await;
    assert_eq!(answer.status(), 503);
    assert_eq!(answer.headers()["content-type"], "text/html; charset=utf-8");
    assert!(answer.text().await.unwrap().starts_with("<html>"));
}

#[tokio::test]
async fn amazon_can_ask_for_patience() {
    let amazon = Amazon::open();
    amazon
        .simulator
        .set_fault(SimulatedCall::TokenInfo, SimulatedFault::TooManyRequests { retry_after: Some(17) });
    let answer = amazon.get("/auth/o2/tokeninfo").await;
    assert_eq!(answer.status(), 429);
    assert_eq!(answer.headers()["retry-after"], "17");
    amazon
        .simulator
        .set_fault(SimulatedCall::TokenInfo, SimulatedFault::TooManyRequests { retry_after: None });
    assert!(amazon.get("/auth/o2/tokeninfo").await.headers().get("retry-after").is_none());
}

#[tokio::test]
async fn a_slow_answer_is_the_right_one() {
    let amazon = Amazon::open();
    amazon.simulator.set_fault(SimulatedCall::Refresh, SimulatedFault::Slow(Duration::from_millis(1)));
    assert_eq!(refusal(amazon.refresh("Atzr|x").await, 400).await.0, "invalid_grant");

    amazon.simulator.forget_calls();
    amazon.simulator.set_fault(SimulatedCall::Refresh, SimulatedFault::Slow(Duration::from_hours(1)));
    let request = amazon.http.post(amazon.url("/auth/o2/token")).form(&[("grant_type", "refresh_token")]);
    let waiting = tokio::spawn(request.send());
    while amazon.simulator.calls(SimulatedCall::Refresh) == 0 {
        tokio::task::yield_now().await;
    }
    waiting.abort();
    let call = amazon.simulator.recorded_calls().pop().unwrap();
    assert_eq!((call.call, call.status), (SimulatedCall::Refresh, None), "recorded although nobody waits");
}

#[tokio::test]
async fn a_reset_is_a_reset() {
    let amazon = Amazon::open();
    amazon.simulator.set_fault(SimulatedCall::Profile, SimulatedFault::Reset);
    let address = amazon.url("/").trim_start_matches("http://").trim_end_matches('/').to_owned();
    let heard = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(b"GET /user/profile HTTP/1.1\r\nHost: amazon\r\n\r\n").unwrap();
        stream.read(&mut [0; 64])
    });
    assert_eq!(heard.await.unwrap().unwrap_err().kind(), ErrorKind::ConnectionReset);
    assert!(amazon.http.get(amazon.url("/user/profile")).send().await.is_err());
}

#[tokio::test]
async fn an_answer_can_be_lost_after_the_work() {
    let amazon = Amazon::open();
    let code = amazon.code("pat", &request()).await;
    amazon.simulator.set_fault_times(SimulatedCall::Exchange, SimulatedFault::ResetAfterWork, 1);
    assert!(amazon.http.post(amazon.url("/auth/o2/token")).form(&exchange(&code)).send().await.is_err());
    assert_eq!(refusal(amazon.token(&exchange(&code)).await, 400).await.0, "invalid_grant", "it was spent");
}

#[tokio::test]
async fn json_can_end_too_early() {
    let amazon = Amazon::open();
    amazon.simulator.set_fault(SimulatedCall::Refresh, SimulatedFault::Malformed);
    let answer = amazon.refresh("Atzr|x").await;
    assert_eq!(answer.status(), 200);
    assert!(answer.json::<Value>().await.is_err());
}

#[tokio::test]
async fn any_refusal_can_be_scripted() {
    let amazon = Amazon::open();
    for (error, status) in [("invalid_client", 401), ("invalid_grant", 400), ("unauthorized_client", 400)] {
        amazon.simulator.set_fault(SimulatedCall::Refresh, SimulatedFault::Refused(error.into()));
        assert_eq!(refusal(amazon.refresh("Atzr|x").await, status).await.0, error);
    }
    amazon
        .simulator
        .set_fault(SimulatedCall::Authorize, SimulatedFault::Refused("temporarily_unavailable".into()));
    let back = returned(&amazon.ask("pat", &request()).await);
    assert_eq!(back["error"], "temporarily_unavailable");
    assert_eq!(back["state"], "St4te-_~");
}

#[tokio::test]
async fn any_answer_can_be_scripted() {
    let amazon = Amazon::open();
    let body = r#"{"error":"invalid_grant"}"#;
    let answer =
        SimulatedFault::Answer { status: 500, content_type: "application/json".into(), body: body.into() };
    amazon.simulator.set_fault(SimulatedCall::Refresh, answer);
    let answer = amazon.refresh("Atzr|x").await;
    assert_eq!(answer.status(), 500);
    assert_eq!(answer.text().await.unwrap(), body);
}

#[tokio::test]
async fn a_counted_fault_is_used_up_and_touches_no_other_call() {
    let amazon = Amazon::open();
    amazon.simulator.set_fault_times(SimulatedCall::Refresh, SimulatedFault::Unavailable, 2);
    let mut statuses = Vec::new();
    for _ in 0..3 {
        assert_eq!(amazon.get("/user/profile").await.status(), 400);
        statuses.push(amazon.refresh("Atzr|x").await.status().as_u16());
    }
    assert_eq!(statuses, [503, 503, 400]);
}
