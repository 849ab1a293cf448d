//! What is over goes by itself (S131).

use chrono::TimeDelta;
use dovetail::testing::operations::cleanup;

use super::harness::Portal;

/// Tables with rows that end. What else is in the database stays.
const ENDING: [&str; 5] = ["sessions", "throttles", "email_changes", "email_undos", "mails"];

fn rows(portal: &Portal, table: &str) -> i64 {
    portal.count(&format!("SELECT count(*) AS count FROM {table}"))
}

async fn a_change_of_address(portal: &Portal) {
    let bo = portal.bo().await;
    let new = "bo.new@example.test";
    let page = portal.browser_of(&bo).visit("/account/email").await;
    let page = page.fill("email", new).press("Send code").await;
    let page = page.fill("code", &portal.mail_to(new).code()).press("Confirm email").await;
    let page = page.visit("/account/email").await.fill("email", "bo.third@example.test");
    page.press("Send code").await;
}

#[tokio::test]
async fn nothing_goes_before_its_time_and_everything_after_it() {
    let portal = Portal::start().await;
    a_change_of_address(&portal).await;
    for table in ENDING {
        assert!(rows(&portal, table) > 0, "{table}");
    }
    assert_eq!(cleanup::clean_up_once(portal.app()).await.unwrap(), 0);

    portal.wait(TimeDelta::days(400));
    let audited = rows(&portal, "audit_events");
    assert!(cleanup::clean_up_once(portal.app()).await.unwrap() > 0);
    for table in ENDING {
        assert_eq!(rows(&portal, table), 0, "{table}");
    }
    assert_eq!((rows(&portal, "players"), rows(&portal, "audit_events")), (1, audited));
    assert_eq!(cleanup::clean_up_once(portal.app()).await.unwrap(), 0, "twice is once");
}

#[tokio::test]
async fn more_than_a_batch_goes_in_one_pass_and_two_copies_share_the_work() {
    let portal = Portal::start().await;
    for start in (0..2_500).step_by(500) {
        let rows: Vec<String> =
            (start..start + 500).map(|row| format!("('row {row}', 1, '2020-01-01 00:00:00')")).collect();
        portal.run(&format!("INSERT INTO throttles (id, taken, window_ends_at) VALUES {}", rows.join(", ")));
    }
    let (one, other) =
        tokio::join!(cleanup::clean_up_once(portal.app()), cleanup::clean_up_once(portal.app()));
    assert_eq!(one.unwrap() + other.unwrap(), 2_500, "each row goes once");
    assert_eq!(rows(&portal, "throttles"), 0);
}

/// Minutes from now after which rows of an account about which everything is known are over, in order (S131).
const OVER: &[(i64, &[&str])] = &[
    (9, &["link_attempts"]),
    (
        29,
        &[
            "password_resets",
            "email_changes",
            "email_undos",
            "link_undos",
            "sign_in_codes",
            "pending_sign_ins",
            "factor_recoveries",
        ],
    ),
    (60, &["registrations", "sessions"]),
    // How a linking by code went can be asked for an hour after its end.
    (68, &["code_linkings"]),
    // So can what became of a code on a TV, and of a claim.
    (73, &["claim_codes", "game_sign_in_codes"]),
    (24 * 60, &["throttles"]),
    (20 * 24 * 60, &["remembered_browsers"]),
    (30 * 24 * 60, &["mails"]),
    // Kept for 30 days after their end, so that the game is known.
    (30 * 24 * 60 + 70, &["game_sessions", "game_tokens"]),
];

#[tokio::test]
async fn each_kind_goes_at_its_hour_and_an_account_stays_as_long_as_it_is_wanted() {
    let portal = Portal::start().await;
    let form = portal.browser().visit("/register").await.fill("display_name", "Dora");
    let form = form.fill("email", "dora@example.test").fill("password", "seven purple otters");
    assert_eq!(form.press("Create account").await.path(), "/register/verify");
    portal.filled("Ann", "pat", "nobody").await;
    portal.put(
        "throttles",
        &[
            ("id", "'a day'".to_owned()),
            ("taken", "1".to_owned()),
            ("window_ends_at", portal.moment(24 * 60)),
        ],
    );
    let start = portal.clock.now();
    for (minutes, tables) in OVER {
        let ends = start + TimeDelta::minutes(*minutes);
        portal.wait((ends - TimeDelta::minutes(4) - portal.clock.now()).max(TimeDelta::zero()));
        cleanup::clean_up_once(portal.app()).await.unwrap();
        for table in *tables {
            assert!(rows(&portal, table) > 0, "{table} goes before its time");
        }
        portal.wait(ends + TimeDelta::minutes(1) - portal.clock.now());
        cleanup::clean_up_once(portal.app()).await.unwrap();
        for table in *tables {
            assert_eq!(rows(&portal, table), 0, "{table} stays too long");
        }
    }
    let invited = ["staff", "add", "late@desk.test", "--role", "agent"];
    portal.meet_the_real_clock();
    assert!(portal.says(&invited).contains("may enrol once"));
    let open = "SELECT count(*) AS count FROM staff WHERE enrol_hash IS NOT NULL";
    for (hours, left) in [(23, 1), (2, 0)] {
        portal.wait(TimeDelta::hours(hours));
        cleanup::clean_up_once(portal.app()).await.unwrap();
        assert_eq!(portal.count(open), left);
    }
    portal.wait(TimeDelta::days(3_000));
    cleanup::clean_up_once(portal.app()).await.unwrap();
    for table in ["players", "amazon_links", "former_links", "devices", "player_notes"] {
        assert_eq!(rows(&portal, table), 1, "{table}");
    }
}
