//! Tests of the client over real sockets, against a fake server whose bytes each test chooses.

mod authorize;
mod circuit_breaker;
mod device_flow;
mod good_answers;
mod http;
mod identify;
mod mutations;
mod odd_answers;
mod refusals;
mod stand_in;
mod start;

use std::time::Duration;

use secrecy::SecretString;
use stand_in::StandIn;
use url::Url;

use crate::platform::clock::Clock;

use super::call_limits::CallShare;
use super::http::LwaCall;
use super::token_identity::{Profile, TokenInfo};
use super::{ClientRegistration, ISSUER, LwaClient, LwaEndpoints, LwaError, LwaLimits, LwaSettings};

const CLIENT_ID: &str = "amzn1.application-oa2-client.00000000000000000000000000000001";
const DEVICE_ID: &str = "amzn1.application-oa2-client.00000000000000000000000000000002";
const PHONE_ID: &str = "amzn1.application-oa2-client.00000000000000000000000000000003";

/// Unique texts, so that a leak is visible.
const SECRET: &str = "canary-secret";
const CODE: &str = "ANcanaryCodecanaryCo";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const ACCESS: &str = "Atza|canary-access";
const REFRESH: &str = "Atzr|canary-refresh";

const TOKENS: &str = r#"{"access_token":"Atza|canary-new","refresh_token":"Atzr|canary-kept","token_type":"bearer","expires_in":3600}"#;
const TOKENINFO: &str = r#"{"iss":"https://www.amazon.com","user_id":"amzn1.account.AF5W6J2OG52NKFJGEN52GEZ5CWFQ","aud":"amzn1.application-oa2-client.00000000000000000000000000000001","app_id":"amzn1.application.00000000000000000000000000000009","exp":3597,"iat":1475349936}"#;
const PROFILE: &str = r#"{"user_id":"amzn1.account.AF5W6J2OG52NKFJGEN52GEZ5CWFQ","email":"player@example.com","name":"Pat Example","postal_code":"98052"}"#;

const DEVICE_CODE: &str = "canary-85581b0f-cf10-459e";
const CODE_PAIR: &str = r#"{"user_code":"FUP8UN","device_code":"canary-85581b0f-cf10-459e","interval":30,"verification_uri":"https://amazon.com/us/code","expires_in":600}"#;

/// The calls of the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Exchange,
    Refresh,
    TokenInfo,
    Profile,
    CodePair,
    Poll,
}

impl Asked {
    const ALL: [Self; 6] =
        [Self::Exchange, Self::Refresh, Self::TokenInfo, Self::Profile, Self::CodePair, Self::Poll];

    /// A body that this call accepts.
    fn good(self) -> &'static str {
        match self {
            Self::Exchange | Self::Refresh | Self::Poll => TOKENS,
            Self::TokenInfo => TOKENINFO,
            Self::Profile => PROFILE,
            Self::CodePair => CODE_PAIR,
        }
    }

    async fn of(self, client: &LwaClient) -> Result<(), LwaError> {
        match self {
            Self::Exchange => client.exchange(&CODE.into(), &VERIFIER.into()).await.map(drop),
            Self::Refresh => client.refresh(&REFRESH.into(), ClientRegistration::Web).await.map(drop),
            Self::TokenInfo => token_info(client, &ACCESS.into()).await.map(drop),
            Self::Profile => profile(client, &ACCESS.into()).await.map(drop),
            Self::CodePair => client.request_code_pair().await.map(drop),
            Self::Poll => client.poll_code_pair(&DEVICE_CODE.into(), "FUP8UN").await.map(drop),
        }
    }
}

async fn token_info(client: &LwaClient, access: &SecretString) -> Result<TokenInfo, LwaError> {
    let turn = client.http.wait_for_turn(LwaCall::TokenInfo, CallShare::Browsers).await?;
    client.token_info(&turn, access).await
}

async fn profile(client: &LwaClient, access: &SecretString) -> Result<Profile, LwaError> {
    let turn = client.http.wait_for_turn(LwaCall::Profile, CallShare::Browsers).await?;
    client.profile(&turn, access).await
}

/// Set in a child process whose log a test reads.
const LOG_EVERYTHING: &str = "TEST_LOG_EVERYTHING";

fn settings(amazon: &StandIn) -> LwaSettings {
    if std::env::var_os(LOG_EVERYTHING).is_some() {
        let _ = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).try_init();
    }
    let at = |path: &str| Url::parse(&format!("http://{}{path}", amazon.address)).unwrap();
    LwaSettings {
        client_id: CLIENT_ID.to_owned(),
        client_secret: SecretString::from(SECRET),
        device_client_id: Some(DEVICE_ID.to_owned()),
        audiences: vec![CLIENT_ID.to_owned(), PHONE_ID.to_owned()],
        redirect_uri: Url::parse("http://localhost:8080/amazon/callback").unwrap(),
        scopes: vec!["games::prime".to_owned(), "profile".to_owned()],
        essential_scopes: Vec::new(),
        issuer: ISSUER.to_owned(),
        endpoints: LwaEndpoints {
            authorize: at("/ap/oa"),
            token: at("/auth/o2/token"),
            tokeninfo: at("/auth/o2/tokeninfo"),
            profile: at("/user/profile"),
            codepair: at("/auth/o2/create/codepair"),
        },
        only_https: false,
        // The limits are long, because the machine that runs the tests may be busy.
        limits: LwaLimits {
            connect: Duration::from_secs(30),
            total: Duration::from_secs(30),
            identify: Duration::from_mins(1),
            // Nearly every call here fails on purpose; the circuit breaker has its own tests.
            failures: u32::MAX,
            ..LwaLimits::default()
        },
    }
}

fn client(amazon: &StandIn) -> LwaClient {
    LwaClient::new(settings(amazon), Clock::system()).unwrap()
}

/// A client with a very short time limit.
fn impatient_client(amazon: &StandIn) -> LwaClient {
    let mut settings = settings(amazon);
    settings.limits.total = Duration::from_millis(150);
    LwaClient::new(settings, Clock::system()).unwrap()
}
