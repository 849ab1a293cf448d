//! Where a player is signed in, and ending it from afar.

use chrono::TimeDelta;

use super::harness::{Person, Portal};

fn session_of(portal: &Portal, person: &Person) -> String {
    let id = &person.id;
    portal.lines(&format!("SELECT id AS line FROM sessions WHERE player_id = '{id}' ORDER BY id")).remove(0)
}

#[tokio::test]
async fn a_player_sees_every_session_and_which_one_this_is() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    portal.browser_of(&portal.bo().await);
    portal.browser_of(&ann);
    let page = portal.browser_of(&ann).visit("/account/security").await;
    assert_eq!(page.text().matches("Firefox · Linux").count(), 2, "{}", page.text());
    assert_eq!(page.text().matches("This browser").count(), 1);
    assert!(page.text().contains("With password · Network 127.0.0.0/24"), "{}", page.text());
    assert_eq!(page.buttons().iter().filter(|name| *name == "End session").count(), 1);
}

#[tokio::test]
async fn a_player_ends_one_session() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    let stranger = portal.browser_of(&ann);
    portal.wait(TimeDelta::seconds(1));
    let (kept, own) = (portal.browser_of(&ann), portal.browser_of(&ann));
    let token = own.visit("/account/security").await.csrf();
    let session = session_of(&portal, &ann);
    let page = own.post("/account/security/end-session", &[("csrf", &token), ("session", &session)]).await;
    let page = page.follow().await;
    assert_eq!(page.code().as_deref(), Some("session_ended"));
    assert_eq!(stranger.get("/account").await.status, 303);
    assert_eq!(kept.get("/account").await.status, 200);
}

/// S24: what is not theirs is not there, and the attempt is on record.
#[tokio::test]
async fn nobody_ends_a_session_of_somebody_else() {
    let portal = Portal::start().await;
    let (ann, bo) = (portal.ann().await, portal.bo().await);
    let bos = portal.browser_of(&bo);
    let anns = portal.browser_of(&ann);
    let token = anns.visit("/account/security").await.csrf();
    for session in [session_of(&portal, &bo).as_str(), "never-was", ""] {
        let page =
            anns.post("/account/security/end-session", &[("csrf", &token), ("session", session)]).await;
        assert_eq!(page.status, 404, "{session}");
    }
    assert_eq!(bos.get("/account").await.status, 200);
    let refused = "SELECT count(*) AS count FROM audit_events \
                   WHERE kind = 'player.session.ended_from_afar' AND details LIKE '%refused%'";
    assert_eq!(portal.count(refused), 3);
}

/// S25.
#[tokio::test]
async fn signing_out_everywhere_leaves_this_browser_only() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    let others = [portal.browser_of(&ann), portal.browser_of(&ann)];
    let bos = portal.browser_of(&portal.bo().await);
    let own = portal.browser_of(&ann);
    let page = own.visit("/account/security").await.press("Sign out everywhere").await;
    assert_eq!(page.code().as_deref(), Some("signed_out_everywhere"));
    assert!(!page.buttons().contains(&"Sign out everywhere".to_owned()), "nothing is left to end");
    for other in others {
        assert_eq!(other.get("/account").await.status, 303);
    }
    assert_eq!(bos.get("/account").await.status, 200);
}

#[tokio::test]
async fn ending_sessions_needs_fresh_proof() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    let browser = portal.stale_browser_of(&ann);
    let token = browser.visit("/account/security").await.csrf();
    for path in ["/account/security/end-session", "/account/security/sign-out-everywhere"] {
        let page = browser.post(path, &[("csrf", &token), ("session", "x")]).await;
        assert_eq!(page.location().as_deref(), Some("/account/confirm-identity"));
    }
}

/// S30.
#[tokio::test]
async fn beyond_twenty_sessions_the_oldest_ends() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    for _ in 0..25 {
        let form = portal.browser().visit("/sign-in").await;
        form.fill("identifier", bo.email()).fill("password", bo.password()).press("Sign in").await;
    }
    assert_eq!(portal.count("SELECT count(*) AS count FROM sessions"), 20);
}

#[tokio::test]
async fn password_managers_find_the_page_they_look_for() {
    let portal = Portal::start().await;
    let answer = portal.browser().get("/.well-known/change-password").await;
    assert_eq!((answer.status, answer.location().as_deref()), (303, Some("/account/password")));
}

/// S22: whoever copied the cookie of the browser that signs everybody else out is signed out, too.
#[tokio::test]
async fn signing_out_everywhere_ends_copies_of_the_cookie() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let (browser, thief) = (portal.browser_of(&bo), portal.browser());
    // The button is offered to whoever is signed in somewhere else, too.
    portal.browser_of(&bo);
    thief.plant("session", &browser.cookie("session").unwrap());
    assert_eq!(thief.get("/account").await.status, 200);
    let page = browser.visit("/account/security").await.press("Sign out everywhere").await;
    assert_eq!(page.code().as_deref(), Some("signed_out_everywhere"), "{}", page.text());
    assert_eq!(browser.get("/account").await.status, 200);
    assert_eq!(thief.get("/account").await.status, 303);
}

#[tokio::test]
async fn the_check_up_names_one_thing_to_do() {
    let portal = Portal::start().await;
    let (ann, bo, cleo) = (portal.ann().await, portal.bo().await, portal.cleo().await);
    for (person, next, way) in [
        (&ann, "nothing", None),
        (&bo, "add-passkey", Some("/account/passkeys")),
        (&cleo, "add-email", Some("/account/email")),
    ] {
        let page = portal.browser_of(person).visit("/account/security").await;
        assert_eq!(page.attribute("[data-next]", "data-next").as_deref(), Some(next), "{}", page.text());
        assert_eq!(page.attribute("[data-next] a", "href").as_deref(), way, "{next}");
    }
}
