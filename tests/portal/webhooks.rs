//! Link events as signed requests: each endpoint hears of each event, or it shows as a dead letter.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::TimeDelta;
use dovetail::testing::app::App;
use dovetail::testing::audit::Actor;
use dovetail::testing::outbound::link_events::{self, Kind, NewLinkEvent};
use dovetail::testing::outbound::webhooks::{self, deliver_due};
use dovetail::testing::platform::ids::PlayerId;
use standardwebhooks::Webhook;

use super::harness::receiver::Manner;
use super::harness::{Portal, Receiver};

/// An endpoint as the operator was told of it.
struct Added {
    id: String,
    secret: String,
}

/// Registers the receiver by command.
fn add(portal: &Portal, receiver: &Receiver, kinds: &[&str]) -> Added {
    let url = receiver.url();
    let mut arguments = vec!["webhook", "add", &url];
    arguments.extend(kinds.iter().flat_map(|kind| ["--event", kind]));
    let printed = portal.says(&arguments);
    let word = |name: &str| {
        let line = printed.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap_or_else(|| panic!("no {name} in {printed}")).trim().to_owned()
    };
    Added { id: word("id "), secret: word("secret ") }
}

async fn happens(app: &App, kind: Kind, number: usize) {
    let event = NewLinkEvent {
        at: app.clock.now(),
        kind,
        player: PlayerId::from(format!("player {number}")),
        actor: Actor::System,
        cause: None,
    };
    app.db.write(move |conn| Ok(link_events::record_event(conn, &event)?)).await.unwrap();
}

fn states(portal: &Portal) -> (i64, i64, i64) {
    let count = |state: &str| {
        portal.count(&format!("SELECT count(*) AS count FROM webhook_deliveries WHERE {state}"))
    };
    (
        count("delivered_at IS NOT NULL"),
        count("delivered_at IS NULL AND failed_at IS NULL"),
        count("failed_at IS NOT NULL"),
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_copies_deliver_each_event_once() {
    let portal = Portal::start().await;
    let (one, other) = (Receiver::start().await, Receiver::start().await);
    add(&portal, &one, &[]);
    add(&portal, &other, &["linked", "unlinked"]);
    let second = portal.another_copy();
    let workers =
        [webhooks::start(Arc::clone(portal.app())).unwrap(), webhooks::start(Arc::clone(&second)).unwrap()];
    let kinds = [Kind::Linked, Kind::Replaced, Kind::Unlinked, Kind::Revoked];
    for number in 0..40 {
        let app = if number % 2 == 0 { portal.app() } else { &second };
        happens(app, kinds[number % 4], number).await;
    }
    one.has_heard(40).await;
    other.has_heard(20).await;
    for worker in workers {
        worker.stop().await;
    }
    assert_eq!(states(&portal), (60, 0, 0));
    for (receiver, many) in [(&one, 40), (&other, 20)] {
        let heard = receiver.heard();
        assert_eq!(heard.len(), many, "no more than once");
        let ids: BTreeSet<&str> = heard.iter().map(|heard| heard.header("webhook-id")).collect();
        assert_eq!(ids.len(), many);
        let positions: BTreeSet<i64> =
            heard.iter().map(|heard| heard.json()["data"]["position"].as_i64().unwrap()).collect();
        assert_eq!(positions.len(), many);
    }
    assert!(
        other
            .heard()
            .iter()
            .all(|heard| ["linked", "unlinked"].contains(&heard.json()["type"].as_str().unwrap()))
    );
}

#[tokio::test]
async fn a_link_made_in_a_browser_reaches_the_receiver_signed() {
    let portal = Portal::start().await;
    // The crate that checks signatures goes by the machine's clock.
    portal.meet_the_real_clock();
    let receiver = Receiver::start().await;
    let added = add(&portal, &receiver, &[]);
    let bo = portal.bo().await;
    let amazon = portal.browser_of(&bo).visit("/account").await.press("Link Amazon account").await;
    amazon.allow_as("Mork Hashimoto").await.press("Link this account").await;
    assert_eq!(receiver.heard().len(), 0, "nothing is sent inside a request");
    assert_eq!(deliver_due(portal.app()).await.unwrap(), 1);

    let heard = receiver.heard().remove(0);
    assert_eq!((heard.path.as_str(), heard.header("content-type")), ("/hooks", "application/json"));
    let body = heard.json();
    assert_eq!((&body["type"], &body["data"]["kind"]), (&"linked".into(), &"linked".into()));
    assert_eq!(body["data"]["player_id"], bo.id);
    assert_eq!(body["data"]["position"], 1);
    assert_eq!(body["data"]["id"], heard.header("webhook-id"));
    let service = portal.service(&["events:read"]).await;
    assert_eq!(service.get("/api/v1/link-events").await.body["events"][0], body["data"], "as in the feed");
    let schema = serde_json::json!({
        "components": service.described()["components"],
        "$ref": "#/components/schemas/WebhookPayload",
    });
    assert!(jsonschema::is_valid(&schema, &body), "{body}");

    assert!(added.secret.starts_with("whsec_"));
    let webhook = Webhook::new(&added.secret).unwrap();
    webhook.verify(&heard.body, &heard.headers).unwrap();
    let mut tampered = heard.body.clone();
    let at = tampered.iter().position(|byte| *byte == b'1').unwrap();
    tampered[at] = b'2';
    assert!(webhook.verify(&tampered, &heard.headers).is_err());
    let another = Webhook::from_bytes(vec![7; 32]).unwrap();
    assert!(another.verify(&heard.body, &heard.headers).is_err());
    let mut later = heard.headers.clone();
    later.insert("webhook-timestamp", (portal.clock.now().timestamp() + 1).to_string().parse().unwrap());
    assert!(webhook.verify(&heard.body, &later).is_err());
}

#[tokio::test]
async fn a_receiver_that_is_down_hears_it_when_it_is_back() {
    let portal = Portal::start().await;
    let receiver = Receiver::start().await;
    add(&portal, &receiver, &[]);
    happens(portal.app(), Kind::Linked, 0).await;
    let pauses = [(Manner::Answers(500), 5), (Manner::HangsUp, 15), (Manner::Redirects, 45)];
    for (tries, (manner, pause)) in pauses.into_iter().enumerate() {
        receiver.behave(manner);
        assert_eq!(deliver_due(portal.app()).await.unwrap(), 0);
        assert_eq!(receiver.heard().len(), tries + 1, "{manner:?}: once, and nowhere else");
        portal.wait(TimeDelta::seconds(pause - 1));
        assert_eq!(deliver_due(portal.app()).await.unwrap(), 0);
        assert_eq!(receiver.heard().len(), tries + 1, "{manner:?}: not before its time");
        portal.wait(TimeDelta::seconds(pause));
    }
    receiver.behave(Manner::Answers(200));
    assert_eq!(deliver_due(portal.app()).await.unwrap(), 1);
    let heard = receiver.heard();
    let ids: BTreeSet<&str> = heard.iter().map(|heard| heard.header("webhook-id")).collect();
    assert_eq!(ids.len(), 1, "the same id at every try");
    assert_eq!(states(&portal), (1, 0, 0));
    assert!(heard.iter().all(|heard| heard.path == "/hooks"), "redirects are not followed");
}

#[tokio::test]
async fn a_receiver_says_when_to_come_back() {
    let portal = Portal::start().await;
    let receiver = Receiver::start().await;
    add(&portal, &receiver, &[]);
    happens(portal.app(), Kind::Linked, 0).await;
    receiver.behave(Manner::Asks(429, 3_600));
    deliver_due(portal.app()).await.unwrap();
    receiver.behave(Manner::Answers(204));
    portal.wait(TimeDelta::seconds(3_599));
    assert_eq!(deliver_due(portal.app()).await.unwrap(), 0);
    // A fifth of the pause at most is jitter.
    portal.wait(TimeDelta::seconds(722));
    assert_eq!(deliver_due(portal.app()).await.unwrap(), 1);
}

#[tokio::test]
async fn dead_letters_are_seen_and_sent_again_by_command() {
    let portal = Portal::with(|settings| {
        settings.set("DOVETAIL_WEBHOOK_TRIES", "2");
    })
    .await;
    let receiver = Receiver::start().await;
    let added = add(&portal, &receiver, &[]);
    receiver.behave(Manner::Answers(503));
    happens(portal.app(), Kind::Linked, 0).await;
    for _ in 0..4 {
        deliver_due(portal.app()).await.unwrap();
        portal.wait(TimeDelta::days(1));
    }
    assert_eq!(receiver.heard().len(), 2, "tried as often as the settings say");
    let listed = portal.command(&["webhook", "list"]);
    let text = String::from_utf8(listed.stdout).unwrap();
    assert_eq!(listed.status.code(), Some(1), "{text}");
    for part in [&added.id, &receiver.url(), "all", "1 dead", "last trouble: 503"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(!text.contains("whsec_"));

    receiver.behave(Manner::Answers(204));
    // The command's clock is the machine's, which is behind the portal's.
    assert!(portal.says(&["webhook", "replay", "--dead"]).contains("1 deliveries"));
    assert_eq!(deliver_due(portal.app()).await.unwrap(), 1);
    assert_eq!(receiver.heard()[2].header("webhook-id"), receiver.heard()[0].header("webhook-id"));
    assert!(portal.says(&["webhook", "list"]).contains("1 delivered, 0 waiting, 0 dead"));
    assert_eq!(portal.command(&["webhook", "replay", "--dead"]).status.code(), Some(1));
    for wrong in
        [vec!["replay"], vec!["replay", "--since", "yesterday"], vec!["add", "http://x", "--event", "all"]]
    {
        let arguments: Vec<&str> = std::iter::once("webhook").chain(wrong).collect();
        assert_eq!(portal.command(&arguments).status.code(), Some(2), "{arguments:?}");
    }
}

#[tokio::test]
async fn a_new_receiver_is_told_what_it_missed() {
    let portal = Portal::start().await;
    for number in 0..3 {
        happens(portal.app(), if number == 1 { Kind::Revoked } else { Kind::Linked }, number).await;
        portal.wait(TimeDelta::hours(1));
    }
    let (one, other) = (Receiver::start().await, Receiver::start().await);
    let only = add(&portal, &one, &["linked"]);
    add(&portal, &other, &[]);
    assert_eq!(deliver_due(portal.app()).await.unwrap(), 0, "an endpoint hears from when it was added");
    let since = portal.lines("SELECT CAST(at AS TEXT) AS line FROM link_events ORDER BY position").remove(0);
    let since = format!("{}Z", since.replace(' ', "T"));
    portal.says(&["webhook", "replay", "--since", &since, "--endpoint", &only.id]);
    assert_eq!(deliver_due(portal.app()).await.unwrap(), 2, "the kinds it asked for");
    let event = portal.lines("SELECT id AS line FROM link_events WHERE kind = 'revoked'").remove(0);
    portal.says(&["webhook", "replay", "--event", &event]);
    assert_eq!(deliver_due(portal.app()).await.unwrap(), 1);
    assert_eq!((one.heard().len(), other.heard().len()), (2, 1));
    assert_eq!(other.heard()[0].header("webhook-id"), event);
}

#[tokio::test]
async fn a_receiver_that_is_gone_is_left_alone() {
    let portal = Portal::start().await;
    let receiver = Receiver::start().await;
    let added = add(&portal, &receiver, &[]);
    receiver.behave(Manner::Answers(410));
    happens(portal.app(), Kind::Linked, 0).await;
    deliver_due(portal.app()).await.unwrap();
    happens(portal.app(), Kind::Unlinked, 1).await;
    portal.wait(TimeDelta::days(1));
    deliver_due(portal.app()).await.unwrap();
    assert_eq!(receiver.heard().len(), 1);
    assert_eq!(states(&portal), (0, 0, 1), "nothing more is owed to it");
    let listed = portal.command(&["webhook", "list"]);
    assert!(String::from_utf8(listed.stdout).unwrap().contains("disabled: gone"));
    let audited = portal.lines("SELECT kind AS line FROM audit_events ORDER BY id");
    assert_eq!(audited.len(), 2);
    assert!(audited.contains(&"service.webhook.disabled".to_owned()), "{audited:?}");

    assert!(portal.says(&["webhook", "remove", &added.id]).contains("Nothing more"));
    assert_eq!((portal.count_all("webhook_endpoints"), portal.count_all("webhook_deliveries")), (0, 0));
    assert_eq!(portal.command(&["webhook", "remove", &added.id]).status.code(), Some(1));
}

#[tokio::test]
async fn one_receiver_that_is_slow_or_broken_keeps_no_other_waiting() {
    let portal = Portal::start().await;
    let (broken, well) = (Receiver::start().await, Receiver::start().await);
    add(&portal, &broken, &[]);
    add(&portal, &well, &[]);
    broken.behave(Manner::HangsUp);
    for number in 0..10 {
        happens(portal.app(), Kind::Linked, number).await;
    }
    assert_eq!(deliver_due(portal.app()).await.unwrap(), 10);
    assert_eq!(well.heard().len(), 10);
    assert_eq!(states(&portal), (10, 10, 0));
}

/// A worker that died with a delivery in its hands is replaced by time alone.
#[tokio::test]
async fn a_delivery_whose_worker_died_is_made_by_another() {
    let portal = Portal::start().await;
    let receiver = Receiver::start().await;
    add(&portal, &receiver, &[]);
    happens(portal.app(), Kind::Linked, 0).await;
    portal.run("UPDATE webhook_deliveries SET lease = 'a dead worker''s', attempts = 1, next_attempt_at = '2032-12-01 12:02:00'");
    assert_eq!(deliver_due(portal.app()).await.unwrap(), 0);
    portal.wait(TimeDelta::minutes(2));
    assert_eq!(deliver_due(portal.app()).await.unwrap(), 1);
    assert_eq!(receiver.heard().len(), 1);
}

/// The worker died while its clock was a month ahead (S88).
#[tokio::test]
async fn a_delivery_leased_until_next_month_is_made_at_once() {
    let portal = Portal::start().await;
    let receiver = Receiver::start().await;
    add(&portal, &receiver, &[]);
    happens(portal.app(), Kind::Linked, 0).await;
    portal.run("UPDATE webhook_deliveries SET lease = NULL, next_attempt_at = '2032-12-31 12:00:00'");
    assert_eq!(deliver_due(portal.app()).await.unwrap(), 0, "it was put off, and nobody has its lease");
    portal.run("UPDATE webhook_deliveries SET lease = 'a dead worker''s'");
    assert_eq!(deliver_due(portal.app()).await.unwrap(), 1);
    assert_eq!(receiver.heard().len(), 1);
}

#[tokio::test]
async fn an_address_that_cannot_be_one_is_refused() {
    let portal = Portal::start().await;
    for wrong in ["game.example", "ftp://game.example", "https://ann:pw@game.example/"] {
        let output = portal.command(&["webhook", "add", wrong]);
        assert_eq!(output.status.code(), Some(1), "{wrong}");
        assert!(String::from_utf8(output.stderr).unwrap().contains("Not added"));
    }
    assert!(webhooks::list(portal.app()).await.unwrap().is_empty());
}
