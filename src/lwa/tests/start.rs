//! Settings that the client rejects (S53, S74).

use super::*;

fn safe(amazon: &StandIn) -> LwaSettings {
    let mut settings = settings(amazon);
    let at = |path: &str| Url::parse(&format!("https://api.amazon.com{path}")).unwrap();
    settings.only_https = true;
    settings.redirect_uri = Url::parse("https://portal.example/amazon/callback").unwrap();
    settings.endpoints = LwaEndpoints {
        authorize: at("/ap/oa"),
        token: at("/auth/o2/token"),
        tokeninfo: at("/auth/o2/tokeninfo"),
        profile: at("/user/profile"),
        codepair: at("/auth/o2/create/codepair"),
    };
    settings
}

#[tokio::test]
async fn an_unsafe_or_empty_setting_stops_the_start() {
    type Change = fn(&mut LwaSettings);
    let changes: [(&str, Change); 14] = [
        ("no audience", |it| it.audiences.clear()),
        ("an empty audience", |it| it.audiences.push(String::new())),
        ("a blank in an audience", |it| it.audiences.push("a, b".to_owned())),
        ("no client id", |it| it.client_id.clear()),
        ("a long client id", |it| it.client_id = "a".repeat(101)),
        ("an empty device client id", |it| it.device_client_id = Some(String::new())),
        ("no scope", |it| it.scopes.clear()),
        ("an essential scope not asked for", |it| it.essential_scopes.push("postal_code".to_owned())),
        ("http to the token endpoint", |it| it.endpoints.token.set_scheme("http").unwrap()),
        ("http to the profile", |it| it.endpoints.profile.set_scheme("http").unwrap()),
        ("http to the code pairs", |it| it.endpoints.codepair.set_scheme("http").unwrap()),
        ("http back to us", |it| it.redirect_uri.set_scheme("http").unwrap()),
        ("a password in an address", |it| it.endpoints.tokeninfo.set_password(Some("p")).unwrap()),
        ("a fragment in an address", |it| it.redirect_uri.set_fragment(Some("f"))),
    ];
    let amazon = StandIn::start().await;
    assert!(LwaClient::new(safe(&amazon), Clock::system()).is_ok());
    for (name, change) in changes {
        let mut settings = safe(&amazon);
        change(&mut settings);
        let fault = LwaClient::new(settings, Clock::system()).err().expect(name);
        assert!(!fault.to_string().contains("canary"), "{name}");
    }
}

#[tokio::test]
async fn a_scheme_other_than_the_webs_is_refused_in_development_too() {
    let amazon = StandIn::start().await;
    let mut settings = settings(&amazon);
    settings.endpoints.token = Url::parse("file:///etc/passwd").unwrap();
    assert!(LwaClient::new(settings, Clock::system()).is_err());
}
