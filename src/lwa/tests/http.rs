//! Where requests go, and how many (S53, S85).

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use super::stand_in::{Reply, StandIn, answer, json};
use super::*;
use crate::lwa::{LwaErrorClass, LwaErrorKind};

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let amazon = StandIn::start().await;
    let elsewhere = StandIn::start().await;
    elsewhere.will([json("200 OK", TOKENS)]);
    let client = client(&amazon);
    for asked in Asked::ALL {
        for status in ["301 x", "302 x", "303 x", "307 x", "308 x"] {
            let location = format!("location: http://{}/auth/o2/token\r\n", elsewhere.address);
            amazon.will([answer(status, &location, "")]);
            let error = asked.of(&client).await.expect_err(status);
            assert_eq!(error.class(), LwaErrorClass::Redirected, "{asked:?} {status}");
        }
    }
    assert!(elsewhere.heard().is_empty());
}

#[tokio::test]
async fn a_passing_failure_is_asked_again_once_where_that_is_safe() {
    let amazon = StandIn::start().await;
    let client = client(&amazon);
    for asked in Asked::ALL {
        let is_question = matches!(asked, Asked::TokenInfo | Asked::Profile);
        for first in [
            json("502 Bad Gateway", ""),
            json("503 Service Unavailable", ""),
            json("504 Gateway Timeout", ""),
            Reply::Says(Vec::new()),
        ] {
            amazon.will([first, json("200 OK", asked.good())]);
            assert_eq!(asked.of(&client).await.is_ok(), is_question, "{asked:?}");
            assert_eq!(amazon.heard().len(), if is_question { 2 } else { 1 }, "{asked:?}");
        }
        amazon.will([json("500 Internal Server Error", ""), json("200 OK", asked.good())]);
        assert!(asked.of(&client).await.is_err(), "{asked:?}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_a_class_of_its_own() {
    let amazon = StandIn::start().await;
    let mut settings = settings(&amazon);
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let gone = Url::parse(&format!("http://{nobody}/")).unwrap();
    settings.endpoints.token = gone.clone();
    settings.endpoints.tokeninfo = gone.clone();
    settings.endpoints.profile = gone.clone();
    settings.endpoints.codepair = gone;
    let client = LwaClient::new(settings, Clock::system()).unwrap();
    for asked in Asked::ALL {
        let error = asked.of(&client).await.unwrap_err();
        assert_eq!(error.class(), LwaErrorClass::Connect, "{asked:?}");
        assert!(!format!("{error} {error:?}").contains("127.0.0.1"), "{asked:?}");
    }
}

/// A request that never left may be repeated, except a code exchange (S85).
#[tokio::test]
async fn a_server_that_does_not_speak_tls_learns_nothing_over_https() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let plain = Url::parse(&format!("https://{}/", listener.local_addr().unwrap())).unwrap();
    let (tell, mut heard) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut hello = vec![0; 16 * 1024];
            let length = socket.read(&mut hello).await.unwrap();
            tell.send(String::from_utf8_lossy(&hello[..length]).into_owned()).unwrap();
            let _ = socket.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
        }
    });
    let amazon = StandIn::start().await;
    let mut settings = settings(&amazon);
    settings.endpoints.token = plain.clone();
    settings.endpoints.tokeninfo = plain.clone();
    settings.endpoints.profile = plain.clone();
    settings.endpoints.codepair = plain;
    let client = LwaClient::new(settings, Clock::system()).unwrap();
    for asked in Asked::ALL {
        let tries = if asked == Asked::Exchange { 1 } else { 2 };
        let error = asked.of(&client).await.unwrap_err();
        assert_eq!(error.class(), LwaErrorClass::Connect, "{asked:?}");
        let mut hellos = Vec::new();
        while let Ok(hello) = heard.try_recv() {
            hellos.push(hello);
        }
        assert_eq!(hellos.len(), tries, "{asked:?}");
        assert!(hellos.iter().all(|hello| !hello.contains("canary")), "{asked:?}");
    }
}

#[tokio::test]
async fn a_certificate_nobody_vouches_for_ends_the_call_before_the_request() {
    let own = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(own.signing_key.serialize_der()).unwrap();
    let config =
        ServerConfig::builder().with_no_client_auth().with_single_cert(vec![own.cert.der().clone()], key);
    let acceptor = TlsAcceptor::from(Arc::new(config.unwrap()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let impostor = format!("https://localhost:{}/", listener.local_addr().unwrap().port());
    let handshakes = Arc::new(AtomicUsize::new(0));
    let counted = handshakes.clone();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            if let Ok(mut socket) = acceptor.accept(socket).await {
                counted.fetch_add(1, Ordering::SeqCst);
                let _ = socket.write_all(b"HTTP/1.1 204 x\r\nconnection: close\r\n\r\n").await;
                let _ = socket.shutdown().await;
            }
        }
    });
    let amazon = StandIn::start().await;
    let mut settings = settings(&amazon);
    settings.endpoints.token = Url::parse(&impostor).unwrap();
    let error = Asked::Exchange.of(&LwaClient::new(settings, Clock::system()).unwrap()).await.unwrap_err();
    assert_eq!(error.class(), LwaErrorClass::Connect);
    assert_eq!(handshakes.load(Ordering::SeqCst), 0);

    // A client that trusts the certificate gets its response, so nothing else was wrong.
    let root = reqwest::Certificate::from_der(own.cert.der()).unwrap();
    let trusting = reqwest::Client::builder().no_proxy().tls_certs_only([root]).build().unwrap();
    assert_eq!(trusting.get(&impostor).send().await.unwrap().status(), 204);
}

#[tokio::test]
async fn one_call_more_than_allowed_is_turned_away_after_a_short_wait() {
    let amazon = StandIn::start().await;
    amazon.will([Reply::SaysAndHangs(Vec::new())]);
    let mut settings = settings(&amazon);
    settings.limits.in_flight = 3;
    settings.limits.turn_wait = Duration::from_millis(50);
    let client = LwaClient::new(settings, Clock::system()).unwrap();
    let under_way: Vec<_> = (0..3)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { Asked::Profile.of(&client).await })
        })
        .collect();
    while amazon.heard().len() < 3 {
        tokio::task::yield_now().await;
    }
    let error = Asked::Profile.of(&client).await.unwrap_err();
    assert_eq!((error.kind(), error.class()), (LwaErrorKind::Busy, LwaErrorClass::Busy));
    for call in &under_way {
        call.abort();
    }
    for call in under_way {
        let _ = call.await;
    }
    amazon.will([json("200 OK", PROFILE)]);
    assert!(Asked::Profile.of(&client).await.is_ok(), "a call that was given up makes room");
}

#[tokio::test]
async fn a_proxy_of_the_environment_is_not_used() {
    let proxy = StandIn::start().await;
    proxy.will([json("200 OK", TOKENS)]);
    let address = format!("http://{}", proxy.address);
    for over_http_and_https in [
        "lwa::tests::good_answers::a_code_is_exchanged",
        "lwa::tests::http::a_certificate_nobody_vouches_for",
    ] {
        let mut child = again(over_http_and_https);
        for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
            child.env(name, &address);
        }
        child.env_remove("NO_PROXY").env_remove("no_proxy");
        let told = told_by(child).await;
        assert!(told.contains("1 passed"), "{told}");
    }
    assert!(proxy.heard().is_empty());
}

/// Runs the odd responses again with all log output enabled, also that of every dependency (S72).
#[tokio::test]
async fn the_most_talkative_log_holds_no_secret() {
    let mut child = again("lwa::tests::odd_answers");
    child.env(LOG_EVERYTHING, "yes");
    let told = told_by(child).await;
    for speaker in ["lwa.response.received", "hyper_util::client", "reqwest::connect", " 0 failed"] {
        assert!(told.contains(speaker), "{speaker}: {told}");
    }
    assert!(!told.contains("canary"), "{told}");
}

/// Runs some of these tests in a child process, because what they check belongs to a whole process.
fn again(tests: &str) -> Command {
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.arg(tests);
    child
}

async fn told_by(mut child: Command) -> String {
    let output = tokio::task::spawn_blocking(move || child.output()).await.unwrap().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}
