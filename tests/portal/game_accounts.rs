//! Players who begin in a game: registration, sign-in, details, and the same account on the web.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::harness::{GameClient, Portal};

const PASSWORD: &str = "Zoe keeps 7 green boats";

fn newcomer(name: &str) -> Value {
    json!({ "displayName": "Zoe", "userName": name, "password": PASSWORD })
}

fn error(answer: &Value) -> Value {
    answer.get("error").cloned().unwrap_or(Value::Null)
}

async fn register(portal: &Portal, name: &str) -> (GameClient, String) {
    let mut game = portal.game().await;
    let answer = game.ask("RegistrationRequest", newcomer(name)).await;
    let id = answer["userId"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned();
    (game, id)
}

async fn sign_in(game: &mut GameClient, name: &str, password: &str) -> Value {
    let answer = game.ask("AuthenticationRequest", json!({ "userName": name, "password": password })).await;
    assert_eq!(answer["@class"], ".AuthenticationResponse", "{answer}");
    answer
}

mod registration {
    use super::*;

    #[tokio::test]
    async fn makes_a_player_and_signs_in() {
        let portal = Portal::start().await;
        let mut game = portal.game().await;
        let mut asked = newcomer("Zoe_7");
        asked["segments"] = json!({ "PROFILE": "P1" });
        let answer = game.ask("RegistrationRequest", asked).await;
        assert_eq!(answer["@class"], ".RegistrationResponse");
        assert_eq!((&answer["newPlayer"], &answer["displayName"]), (&json!(true), &json!("Zoe")));
        let details = game.ask("AccountDetailsRequest", json!({})).await;
        assert_eq!(details["userId"], answer["userId"]);
        assert_eq!(details["externalIds"], json!({}));
        assert!(details.get("amazonLink").is_none(), "{details}");
        assert_eq!(details["virtualGoods"], json!({}));
        assert_eq!(portal.lines("SELECT segments AS line FROM players"), [r#"{"PROFILE":"P1"}"#]);
        let token = answer["authToken"].as_str().unwrap();
        let mut back = portal.game_with(token).await;
        assert_eq!(back.ask("AccountDetailsRequest", json!({})).await["userId"], answer["userId"]);
    }

    #[tokio::test]
    async fn names_are_one_player_s_whatever_their_case() {
        let portal = Portal::start().await;
        let (mut game, first) = register(&portal, "Zoe").await;
        let taken = game.ask("RegistrationRequest", newcomer("zOE")).await;
        assert_eq!(error(&taken), json!({ "USERNAME": "TAKEN" }));
        assert_eq!((&taken["@class"], &taken["newPlayer"]), (&json!(".RegistrationResponse"), &json!(false)));
        assert_eq!(game.ask("AccountDetailsRequest", json!({})).await["userId"], first, "still herself");
        let other = game.ask("RegistrationRequest", newcomer("yan")).await;
        assert_ne!(other["userId"], first, "another player, and nothing merged");
        assert_eq!(game.ask("AccountDetailsRequest", json!({})).await["userId"], other["userId"]);
        assert_eq!(portal.count_all("players"), 2);
    }

    #[tokio::test]
    async fn of_ten_at_once_under_one_name_one_is_made() {
        let portal = Portal::start().await;
        let mut games = Vec::new();
        for _ in 0..10 {
            games.push(portal.game().await);
        }
        let asked = games.iter_mut().map(|game| game.ask("RegistrationRequest", newcomer("zoe")));
        let answers = join_all(asked).await;
        let made = answers.iter().filter(|answer| answer["newPlayer"] == true).count();
        let taken = answers.iter().filter(|answer| error(answer) == json!({ "USERNAME": "TAKEN" })).count();
        assert_eq!((made, taken, portal.count_all("players")), (1, 9, 1), "{answers:?}");
    }

    #[tokio::test]
    async fn says_which_field_is_missing_and_which_is_wrong() {
        let portal = Portal::start().await;
        let mut game = portal.game().await;
        let nothing = game.ask("RegistrationRequest", json!({})).await;
        let all = json!({ "displayName": "REQUIRED", "userName": "REQUIRED", "password": "REQUIRED" });
        assert_eq!(error(&nothing), all);
        for (field, wrong) in [
            ("userName", "a b"),
            ("userName", "ab"),
            ("userName", "zoe@example.test"),
            ("displayName", "\u{202e}Zoe"),
            ("displayName", "Dovetail support"),
            ("password", "short"),
            ("password", "password1234"),
        ] {
            let mut asked = newcomer("zoe");
            asked[field] = json!(wrong);
            let answer = game.ask("RegistrationRequest", asked).await;
            assert_eq!(error(&answer), json!({ field: "INVALID" }), "{wrong}");
        }
        assert_eq!(portal.count_all("players"), 0);
    }
}

mod authentication {
    use super::*;

    #[tokio::test]
    async fn lets_in_who_knows_the_password_and_tells_the_others_one_thing() {
        let portal = Portal::start().await;
        let (_, zoe) = register(&portal, "zoe").await;
        let cleo = portal.cleo().await;
        portal.run(&format!(
            "UPDATE players SET user_name = 'cleo', user_name_key = 'cleo' WHERE id = '{}'",
            cleo.id
        ));
        let disabled = portal.bo().await;
        portal.run(&format!("UPDATE players SET disabled_at = created_at WHERE id = '{}'", disabled.id));
        let mut game = portal.game().await;
        for (name, password) in [
            ("zoe", "wrong"),
            ("nobody", PASSWORD),
            ("cleo", PASSWORD),
            (disabled.email(), disabled.password()),
        ] {
            let answer = sign_in(&mut game, name, password).await;
            assert_eq!(error(&answer), json!({ "DETAILS": "UNRECOGNISED" }), "{name}");
            assert_eq!(answer["newPlayer"], false);
        }
        let answer = sign_in(&mut game, "ZOE", PASSWORD).await;
        assert_eq!((answer["userId"].as_str(), &answer["newPlayer"]), (Some(zoe.as_str()), &json!(false)));
        assert_eq!(
            portal.lines("SELECT kind AS line FROM audit_events WHERE kind = 'player.session.refused'").len(),
            4
        );
    }

    #[tokio::test]
    async fn a_failure_keeps_the_player_who_was_in() {
        let portal = Portal::start().await;
        let (mut game, zoe) = register(&portal, "zoe").await;
        sign_in(&mut game, "zoe", "wrong").await;
        assert_eq!(game.ask("AccountDetailsRequest", json!({})).await["userId"], zoe);
    }

    /// S14: the budgets are the browser's own, so a guesser has one at both doors together.
    #[tokio::test]
    async fn counts_guesses_with_the_browser_s() {
        let portal = Portal::start().await;
        let bo = portal.bo().await;
        let free = portal.app().config.policy.guessing.free_failures;
        let mut game = portal.game().await;
        for _ in 0..free {
            let answer = sign_in(&mut game, bo.email(), "wrong").await;
            assert_eq!(error(&answer), json!({ "DETAILS": "UNRECOGNISED" }));
        }
        let answer = sign_in(&mut game, bo.email(), bo.password()).await;
        assert_eq!(error(&answer), json!({ "DETAILS": "LOCKED" }), "not even checked");
        let form = portal.browser().visit("/sign-in").await;
        let page = form.fill("identifier", bo.email()).fill("password", bo.password()).press("Sign in").await;
        assert_eq!(page.status, 429, "{}", page.text());
        portal.wait(TimeDelta::minutes(20));
        // A connection without a player does not live that long.
        let mut game = portal.game().await;
        assert_eq!(
            sign_in(&mut game, bo.email(), bo.password()).await["userId"].as_str(),
            Some(bo.id.as_str())
        );
    }
}

mod on_the_web {
    use super::*;

    #[tokio::test]
    async fn a_player_of_a_game_signs_in_with_the_user_name_and_adds_an_address() {
        let portal = Portal::start().await;
        register(&portal, "zoe").await;
        let form = portal.browser().visit("/sign-in").await;
        let account = form.fill("identifier", "zoe").fill("password", PASSWORD).press("Sign in").await;
        assert_eq!((account.status, account.path().as_str()), (200, "/account"), "{}", account.text());
        assert!(account.text().contains("Zoe"));
        let email = account.visit("/account/email").await.fill("email", "zoe@example.test");
        let verify = email.press("Send code").await;
        let code = portal.mail_to("zoe@example.test").code();
        verify.fill("code", &code).press("Confirm email").await;
        let kept = "SELECT count(*) AS count FROM players WHERE email = 'zoe@example.test'";
        assert_eq!(portal.count(kept), 1);
    }
}

mod details {
    use super::*;

    async fn change(game: &mut GameClient, fields: Value) -> Value {
        let answer = game.ask("ChangeUserDetailsRequest", fields).await;
        assert_eq!(answer["@class"], ".ChangeUserDetailsResponse", "{answer}");
        error(&answer)
    }

    #[tokio::test]
    async fn change_one_by_one() {
        let portal = Portal::start().await;
        let (mut game, _) = register(&portal, "zoe").await;
        register(&portal, "yan").await;
        assert_eq!(change(&mut game, json!({ "displayName": "Zoe the Great" })).await, Value::Null);
        assert_eq!(game.ask("AccountDetailsRequest", json!({})).await["displayName"], "Zoe the Great");
        assert_eq!(change(&mut game, json!({ "userName": "YAN" })).await, json!({ "USERNAME": "TAKEN" }));
        assert_eq!(change(&mut game, json!({ "userName": "zoe.2" })).await, Value::Null);
        assert_eq!(change(&mut game, json!({ "language": "de" })).await, Value::Null);
        assert_eq!(change(&mut game, json!({ "language": "xx" })).await, json!({ "language": "INVALID" }));
        let languages = portal.lines("SELECT language AS line FROM players WHERE user_name = 'zoe.2'");
        assert_eq!(languages, ["de"]);
        assert_eq!(change(&mut game, json!({})).await, Value::Null, "nothing is nothing");
    }

    #[tokio::test]
    async fn a_new_password_ends_every_other_session() {
        let portal = Portal::start().await;
        let bo = portal.bo().await;
        let browser = portal.browser_of(&bo);
        let mut other = portal.game_with(&portal.game_token_of(&bo)).await;
        let mut game = portal.game().await;
        sign_in(&mut game, bo.email(), bo.password()).await;
        let wrong = json!({ "oldPassword": "wrong", "newPassword": PASSWORD });
        assert_eq!(change(&mut game, wrong).await, json!({ "DETAILS": "UNRECOGNISED" }));
        let right = json!({ "oldPassword": bo.password(), "newPassword": PASSWORD });
        assert_eq!(change(&mut game, right).await, Value::Null);
        let mail = portal.mail_to(bo.email());
        assert_eq!(mail.kind, "password-changed");
        assert!(mail.text.contains("from the game dovetail, network 127.0.0.0/24"), "{mail:?}");
        assert_eq!(browser.get("/account").await.status, 303, "signed out");
        let gone = other.ask("AccountDetailsRequest", json!({})).await;
        assert_eq!(error(&gone), json!({ "authentication": "NOTAUTHORIZED" }));
        assert_eq!(game.ask("AccountDetailsRequest", json!({})).await["userId"], bo.id.as_str());
        let mut game = portal.game().await;
        assert_eq!(
            error(&sign_in(&mut game, bo.email(), bo.password()).await),
            json!({ "DETAILS": "UNRECOGNISED" })
        );
        assert_eq!(sign_in(&mut game, bo.email(), PASSWORD).await["userId"], bo.id.as_str());
    }

    const PASSWORDS: &str = "SELECT count(*) AS count FROM players WHERE password_sealed IS NOT NULL";
    const USER_NAMES: &str = "SELECT count(*) AS count FROM players WHERE user_name IS NOT NULL";

    /// S7, S29: a stolen token does not become a password, whenever and wherever the owner has just signed in.
    #[tokio::test]
    async fn a_stolen_token_sets_no_password_while_the_owner_is_signed_in_on_the_web() {
        let portal = Portal::start().await;
        let (bo, cleo) = (portal.bo().await, portal.cleo().await);
        let mut of_bo = portal.game_with(&portal.game_token_of(&bo)).await;
        let mut of_cleo = portal.game_with(&portal.game_token_of(&cleo)).await;
        let browser = portal.browser_of(&bo);
        let _cleos = portal.browser_of(&cleo);
        let owner = json!({ "userName": bo.email(), "password": bo.password() });
        portal.game().await.ask("AuthenticationRequest", owner).await;
        let answer = change(&mut of_bo, json!({ "userName": "thief1", "newPassword": PASSWORD })).await;
        assert_eq!(answer, json!({ "DETAILS": "UNRECOGNISED" }));
        let answer = change(&mut of_cleo, json!({ "userName": "thief2", "newPassword": PASSWORD })).await;
        assert_eq!(answer["authentication"], "REAUTHENTICATION_REQUIRED");
        assert_eq!(answer["portal"], format!("{}/link/amazon", portal.url()));
        assert_eq!((portal.count(PASSWORDS), portal.count(USER_NAMES)), (1, 0));
        assert_eq!(browser.get("/account").await.status, 200, "the owner is still in");
        sign_in(&mut portal.game().await, bo.email(), bo.password()).await;
    }

    /// A user name is half of a way in: whoever renames it shuts the owner out of the game.
    #[tokio::test]
    async fn a_stolen_token_gives_no_user_name_to_somebodys_player() {
        let portal = Portal::start().await;
        let (bo, cleo) = (portal.bo().await, portal.cleo().await);
        for person in [&bo, &cleo] {
            let mut game = portal.game_with(&portal.game_token_of(person)).await;
            let answer = change(&mut game, json!({ "userName": "thief" })).await;
            assert_eq!(answer["authentication"], "REAUTHENTICATION_REQUIRED", "{}", person.name);
            assert_eq!(change(&mut game, json!({ "displayName": "Zoe" })).await, Value::Null);
        }
        assert_eq!(portal.count(USER_NAMES), 0);
        let mut game = portal.game_with(&portal.game_token_of(&bo)).await;
        let named = json!({ "userName": "bo.7", "oldPassword": bo.password() });
        assert_eq!(change(&mut game, named).await, Value::Null, "the old password is a proof");
        assert_eq!(
            change(&mut game, json!({ "userName": "BO.7" })).await,
            Value::Null,
            "the same name is no change"
        );
    }

    /// S7: "whenever", also for whoever has proven a password in this very session.
    #[tokio::test]
    async fn a_new_password_needs_the_old_one_also_after_a_sign_in() {
        let portal = Portal::start().await;
        let (mut game, _) = register(&portal, "zoe").await;
        sign_in(&mut game, "zoe", PASSWORD).await;
        let answer = change(&mut game, json!({ "newPassword": "Yan keeps 7 green boats" })).await;
        assert_eq!(answer, json!({ "DETAILS": "UNRECOGNISED" }));
        sign_in(&mut portal.game().await, "zoe", PASSWORD).await;
    }

    /// A missing old password is counted like a wrong one, so that nobody polls without one.
    #[tokio::test]
    async fn a_missing_old_password_is_a_counted_guess() {
        let portal = Portal::start().await;
        let (mut game, _) = register(&portal, "zoe").await;
        let mut answers = Vec::new();
        for _ in 0..8 {
            answers.push(change(&mut game, json!({ "newPassword": "Yan keeps 7 green boats" })).await);
        }
        assert_eq!(answers.first(), Some(&json!({ "DETAILS": "UNRECOGNISED" })));
        assert_eq!(answers.last(), Some(&json!({ "DETAILS": "LOCKED" })), "{answers:?}");
    }

    /// S29: the proof of a password stays with the connection and the token that it was given for.
    #[tokio::test]
    async fn a_resumed_token_has_proven_nothing() {
        let portal = Portal::start().await;
        let (mut game, _) = register(&portal, "zoe").await;
        let proven = sign_in(&mut game, "zoe", PASSWORD).await;
        let token = proven["authToken"].as_str().unwrap();
        let mut elsewhere = portal.game_with(token).await;
        let answer = change(&mut elsewhere, json!({ "userName": "thief" })).await;
        assert_eq!(answer["authentication"], "REAUTHENTICATION_REQUIRED", "{answer}");
        assert_eq!(change(&mut game, json!({ "userName": "zoe.2" })).await, Value::Null, "the owner's own");
    }

    #[tokio::test]
    async fn need_somebody_to_be_in() {
        let portal = Portal::start().await;
        let mut game = portal.game().await;
        for request in ["AccountDetailsRequest", "ChangeUserDetailsRequest", "ClaimAccountByCodeRequest"] {
            let answer = game.ask(request, json!({})).await;
            assert_eq!(error(&answer), json!({ "authentication": "NOTAUTHORIZED" }), "{request}");
        }
        let answer = game.ask("SocialDisconnectRequest", json!({ "systemId": "AM" })).await;
        assert_eq!(error(&answer), json!({ "authentication": "NOTAUTHORIZED" }));
    }
}

/// A whole evening: registered in a game, linked there, cut off, back, and the same player with Amazon alone.
#[tokio::test]
async fn a_player_s_whole_evening() {
    let portal = Portal::start().await;
    portal.amazon.admits("ida", "Ida", "ida@customers.test");
    let (mut game, zoe) = register(&portal, "zoe").await;
    let linked =
        game.ask("AmazonConnectRequest", json!({ "accessToken": portal.amazon.token_of("ida") })).await;
    assert_eq!(linked["userId"], zoe.as_str());
    let token = linked["authToken"].as_str().unwrap().to_owned();
    drop(game);
    let mut back = portal.game_with(&token).await;
    let details = back.ask("AccountDetailsRequest", json!({})).await;
    assert_eq!(details["externalIds"], json!({ "AM": portal.amazon.identity_of("ida") }));
    let mut elsewhere = portal.game().await;
    let asked = json!({ "accessToken": portal.amazon.token_of("ida") });
    let again = elsewhere.ask("AmazonConnectRequest", asked).await;
    assert_eq!((&again["userId"], &again["newPlayer"]), (&json!(zoe), &json!(false)));
    let tokens: BTreeSet<&str> = [&linked, &again].map(|answer| answer["authToken"].as_str().unwrap()).into();
    assert_eq!((tokens.len(), portal.count_all("players")), (2, 1));
}
