//! Mail: through a real SMTP server, as often as it takes, and once; and the page that stands in for it.

use std::time::Duration;

use chrono::TimeDelta;
use dovetail::testing::outbound::mail;

use super::harness::Portal;
use super::harness::smtp::{MailServer, Manner};

async fn portal_with(server: &MailServer, query: &str) -> Portal {
    let url = format!("{}{query}", server.url());
    Portal::with(move |settings| {
        settings.set("DOVETAIL_SMTP_URL", &url).set("DOVETAIL_MAIL_FROM", "Dovetail <no-reply@play.test>");
    })
    .await
}

/// Makes the portal write a letter to this address.
async fn cause_a_mail(portal: &Portal, address: &str) {
    let form = portal.browser().visit("/register").await;
    let form =
        form.fill("display_name", "Ann").fill("email", address).fill("password", "seven purple otters");
    assert_eq!(form.press("Create account").await.path(), "/register/verify");
}

async fn deliver(portal: &Portal) -> usize {
    mail::deliver_due(portal.app()).await.unwrap()
}

fn waiting(portal: &Portal) -> i64 {
    portal.count("SELECT count(*) AS count FROM mails WHERE sent_at IS NULL AND failed_at IS NULL")
}

fn failed(portal: &Portal) -> i64 {
    portal.count("SELECT count(*) AS count FROM mails WHERE failed_at IS NOT NULL")
}

fn sealed(portal: &Portal) -> i64 {
    portal.count("SELECT count(*) AS count FROM mails WHERE body_sealed IS NOT NULL")
}

#[tokio::test]
async fn a_mail_reaches_the_server_and_its_text_is_forgotten_here() {
    let server = MailServer::start();
    let portal = portal_with(&server, "").await;
    cause_a_mail(&portal, "ann@example.test").await;
    assert!(server.received().is_empty(), "nothing is sent inside a request (S13)");
    let code = portal.mail_to("ann@example.test").code();

    assert_eq!(deliver(&portal).await, 1);
    let received = server.received();
    assert_eq!(received.len(), 1);
    assert_eq!(received[0].from, "no-reply@play.test");
    assert_eq!(received[0].to, ["ann@example.test"]);
    let text = received[0].text.replace("\r\n", "\n");
    let subject = format!("Subject: {code} is your code for Dovetail");
    for line in ["From: Dovetail <no-reply@play.test>", "Auto-Submitted: auto-generated", &code, &subject] {
        assert!(text.lines().any(|known| known == line), "{line:?} is not in {text}");
    }
    assert!(text.contains("\nMessage-ID: <") && text.contains("\nDate: "), "{text}");
    assert_eq!((waiting(&portal), sealed(&portal)), (0, 0));
    assert_eq!(deliver(&portal).await, 0, "a mail is sent once");
}

/// A stored subject is not sealed, so the code is put into it only when the mail is sent.
#[tokio::test]
async fn a_code_in_a_subject_is_stored_nowhere() {
    let server = MailServer::start();
    let portal = portal_with(&server, "").await;
    cause_a_mail(&portal, "ann@example.test").await;
    let code = portal.mail_to("ann@example.test").code();
    let stored = portal.lines("SELECT subject AS line FROM mails");
    assert_eq!(stored, ["•••••• is your code for Dovetail"]);
    assert_eq!(deliver(&portal).await, 1);
    assert!(server.received()[0].text.contains(&format!("Subject: {code} is your")));
    assert_eq!(portal.lines("SELECT subject AS line FROM mails"), stored, "nor afterwards");
}

#[tokio::test]
async fn a_sender_of_another_script_leaves_with_an_ascii_domain() {
    let server = MailServer::start();
    let url = server.url().clone();
    let portal = Portal::with(move |settings| {
        settings.set("DOVETAIL_SMTP_URL", &url).set("DOVETAIL_MAIL_FROM", "Bücher <no-reply@bücher.example>");
    })
    .await;
    cause_a_mail(&portal, "ann@example.test").await;
    assert_eq!(deliver(&portal).await, 1);
    let received = server.received();
    assert_eq!(received[0].from, "no-reply@xn--bcher-kva.example");
    let (head, _) = received[0].text.split_once("\r\n\r\n").unwrap();
    assert!(head.is_ascii(), "{head}");
    assert!(head.contains("<no-reply@xn--bcher-kva.example>"), "{head}");
}

#[tokio::test]
async fn several_copies_of_the_program_send_each_mail_once() {
    let server = MailServer::start();
    let portal = portal_with(&server, "").await;
    for number in 0..8 {
        cause_a_mail(&portal, &format!("ann{number}@example.test")).await;
    }
    for _ in 0..4 {
        futures_util::future::join_all((0..4).map(|_| deliver(&portal))).await;
    }
    let mut to: Vec<String> = server.received().into_iter().flat_map(|mail| mail.to).collect();
    to.sort();
    assert_eq!(to, (0..8).map(|number| format!("ann{number}@example.test")).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_server_that_cannot_now_is_asked_again_later() {
    let server = MailServer::start();
    let portal = portal_with(&server, "").await;
    cause_a_mail(&portal, "ann@example.test").await;
    for manner in [Manner::Refuses(451), Manner::HangsUp] {
        server.behave(manner);
        assert_eq!(deliver(&portal).await, 0);
        assert_eq!((waiting(&portal), sealed(&portal)), (1, 1), "{manner:?}");
        server.behave(Manner::Accepts);
        assert_eq!(deliver(&portal).await, 0, "not before the pause is over");
        server.behave(manner);
        portal.wait(TimeDelta::hours(1));
    }
    server.behave(Manner::Accepts);
    assert_eq!(deliver(&portal).await, 1);
    assert_eq!(server.received().len(), 1);
}

/// The worker died: at the right time, or while its clock was a month ahead (S88).
#[tokio::test]
async fn a_mail_whose_worker_died_is_sent_by_another() {
    let server = MailServer::start();
    let portal = portal_with(&server, "").await;
    let leased_until = |until: &str| {
        let set = format!("SET lease = 'the dead', next_attempt_at = '{until}' WHERE sent_at IS NULL");
        assert_eq!(portal.run(&format!("UPDATE mails {set}")), 1);
    };
    cause_a_mail(&portal, "ann@example.test").await;
    leased_until("2032-12-01 12:00:50");
    assert_eq!(deliver(&portal).await, 0);
    portal.wait(TimeDelta::minutes(1));
    assert_eq!(deliver(&portal).await, 1);

    cause_a_mail(&portal, "bo@example.test").await;
    leased_until("2032-12-31 12:00:00");
    assert_eq!(deliver(&portal).await, 1);
    assert_eq!(server.received().len(), 2);
}

/// The server took it, and we cannot know: it comes again, under the same id.
#[tokio::test]
async fn a_lost_answer_costs_a_copy_and_never_a_mail() {
    let server = MailServer::start();
    let portal = portal_with(&server, "").await;
    cause_a_mail(&portal, "ann@example.test").await;
    server.behave(Manner::LosesItsAnswer);
    assert_eq!(deliver(&portal).await, 0);
    server.behave(Manner::Accepts);
    portal.wait(TimeDelta::hours(1));
    assert_eq!(deliver(&portal).await, 1);
    let ids: Vec<String> = server
        .received()
        .iter()
        .flat_map(|mail| mail.text.lines().filter(|line| line.starts_with("Message-ID:")).map(str::to_owned))
        .collect();
    assert_eq!(ids.len(), 2);
    assert_eq!(ids[0], ids[1]);
}

#[tokio::test]
async fn a_recipient_refused_for_good_is_given_up_at_once() {
    let server = MailServer::start();
    let portal = portal_with(&server, "").await;
    cause_a_mail(&portal, "nobody@example.test").await;
    server.behave(Manner::Refuses(550));
    assert_eq!(deliver(&portal).await, 0);
    assert_eq!((failed(&portal), waiting(&portal), sealed(&portal)), (1, 0, 0));
}

#[tokio::test]
async fn a_mail_is_given_up_after_a_day() {
    let server = MailServer::start();
    let portal = portal_with(&server, "").await;
    cause_a_mail(&portal, "ann@example.test").await;
    server.behave(Manner::Refuses(451));
    for _ in 0..13 {
        deliver(&portal).await;
        portal.wait(TimeDelta::hours(2));
    }
    assert_eq!((failed(&portal), sealed(&portal)), (1, 0));
    server.behave(Manner::Accepts);
    assert_eq!(deliver(&portal).await, 0);
    assert!(server.received().is_empty());
}

/// Makes the portal write a link to choose a password to this address.
async fn cause_a_link(portal: &Portal, address: &str) {
    let form = portal.browser().visit("/forgot-password").await;
    form.fill("identifier", address).press_only("Send link").await;
}

/// The mails that are being sent, by kind and recipient. The server does not answer meanwhile.
async fn claimed(portal: &Portal) -> Vec<String> {
    let pass = tokio::time::timeout(Duration::from_secs(2), deliver(portal)).await;
    assert!(pass.is_err(), "the server does not answer");
    portal.lines("SELECT kind || ' ' || recipient AS line FROM mails WHERE lease IS NOT NULL ORDER BY id")
}

/// Somebody waits for a code, and nobody for a notice.
#[tokio::test]
async fn codes_go_before_links_and_links_before_notices() {
    let server = MailServer::start();
    let portal = portal_with(&server, "").await;
    for number in 0..5 {
        let person = portal.person(&format!("Pat{number}"), true, None).await;
        cause_a_link(&portal, person.email()).await;
    }
    assert_eq!(waiting(&portal), 5);
    // Five notices that have waited longer.
    portal.run(
        "UPDATE mails SET kind = 'password-changed' WHERE recipient LIKE 'pat0%' OR recipient LIKE 'pat1%'",
    );
    cause_a_mail(&portal, "code1@example.test").await;
    cause_a_mail(&portal, "code2@example.test").await;
    server.behave(Manner::IsSilent);
    let kinds: Vec<String> = claimed(&portal)
        .await
        .into_iter()
        .filter_map(|line| line.split(' ').next().map(str::to_owned))
        .collect();
    let count = |kind: &str| kinds.iter().filter(|of| *of == kind).count();
    assert_eq!(
        (count("registration-code"), count("password-reset-link"), kinds.len()),
        (2, 2, 4),
        "{kinds:?}"
    );
}

/// The newest code is the one that works, so it must not come before an older one.
#[tokio::test]
async fn one_address_gets_its_codes_in_the_order_in_which_they_were_written() {
    let server = MailServer::start();
    let portal = portal_with(&server, "").await;
    let mut codes = Vec::new();
    for _ in 0..3 {
        cause_a_mail(&portal, "ann@example.test").await;
        codes.push(portal.mail_to("ann@example.test").code());
        portal.wait(TimeDelta::seconds(1));
    }
    server.behave(Manner::IsSilent);
    assert_eq!(claimed(&portal).await.len(), 1);
    server.behave(Manner::Accepts);
    portal.wait(TimeDelta::minutes(6));
    deliver(&portal).await;
    let received = server.received();
    let arrived: Vec<&String> =
        codes.iter().filter(|code| received.iter().any(|mail| mail.text.contains(code.as_str()))).collect();
    assert_eq!(arrived.len(), 3);
    for (mail, code) in received.iter().rev().zip(codes.iter().rev()) {
        assert!(mail.text.contains(code.as_str()), "{received:?}");
    }
}

#[tokio::test]
async fn one_slow_recipient_holds_nobody_up() {
    let server = MailServer::start();
    let portal = portal_with(&server, "").await;
    for number in 0..9 {
        let name = if number == 0 { "slow".to_owned() } else { format!("ann{number}") };
        cause_a_mail(&portal, &format!("{name}@example.test")).await;
    }
    server.behave(Manner::IsSilentTo("slow@example.test"));
    let others = async {
        for _ in 0..500 {
            if server.received().len() == 8 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let received = server.received().len();
        server.behave(Manner::Accepts);
        received
    };
    let (sent, others) = tokio::join!(deliver(&portal), others);
    assert_eq!((others, sent), (8, 9));
}

/// The way to the server is encrypted to somebody known, or the mail waits.
#[tokio::test]
async fn a_server_nobody_vouches_for_gets_nothing() {
    let server = MailServer::start_with_tls();
    let portal = portal_with(&server, "?tls=required").await;
    cause_a_mail(&portal, "ann@example.test").await;
    assert_eq!(deliver(&portal).await, 0);
    assert_eq!(waiting(&portal), 1);
    assert!(server.received().is_empty());
}

/// S10: links are made from the settings.
#[tokio::test]
async fn every_link_in_a_mail_leads_to_this_portal() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    cause_a_mail(&portal, bo.email()).await;
    let mail = portal.mail_to(bo.email());
    for link in mail.text.split_whitespace().filter(|word| word.starts_with("http")) {
        assert!(link.starts_with(portal.url()), "{link}");
    }
}

#[tokio::test]
async fn development_reads_its_mails_on_a_page() {
    let portal = Portal::start().await;
    cause_a_mail(&portal, "first@example.test").await;
    cause_a_mail(&portal, "second@example.test").await;
    assert_eq!(deliver(&portal).await, 0, "nothing leaves");
    let page = portal.browser().visit("/dev/outbox").await;
    assert_eq!(page.attribute("article", "data-mail-to"), Some("second@example.test".into()), "newest first");
    assert_eq!(page.attribute("article", "data-mail-kind"), Some("registration-code".into()));
    let code = portal.mail_to("second@example.test").code();
    assert!(page.text_of("article pre").unwrap().contains(&code));
}

#[tokio::test]
async fn with_a_mail_server_there_is_no_such_page() {
    let server = MailServer::start();
    let portal = portal_with(&server, "").await;
    cause_a_mail(&portal, "ann@example.test").await;
    assert_eq!(portal.browser().visit("/dev/outbox").await.status, 404);
}
