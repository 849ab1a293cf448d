//! A form of staff that arrives after its session has ended, or after its sender lost the role, changes nothing.
//!
//! The session is read when the head of the request arrives; the body may follow seconds later (S124).

use super::harness::{Agent, Person, Portal};

const VERBS: [&str; 6] = [
    "Check with Amazon now",
    "Unlink Amazon account",
    "End sessions",
    "Send password reset",
    "Add note",
    "Disable account",
];

/// What happens to the member of staff between head and body.
const ACTS: [(&str, &str); 3] = [
    ("is disabled", "UPDATE staff SET disabled_at = '2032-12-01 12:00:00' WHERE id = "),
    ("loses the role", "UPDATE staff SET role = 'viewer' WHERE id = "),
    ("is signed out", "DELETE FROM staff_sessions WHERE staff_id = "),
];

fn state(portal: &Portal, ann: &Person) -> Vec<String> {
    let id = &ann.id;
    let mut state = portal.lines(&format!(
        "SELECT amazon_links.state || ' ' || players.version || ' ' || \
         CASE WHEN players.disabled_at IS NULL THEN 'open' ELSE 'disabled' END AS line \
         FROM players JOIN amazon_links ON amazon_links.player_id = players.id WHERE players.id = '{id}'"
    ));
    for table in ["sessions", "password_resets", "player_notes", "mails"] {
        let rows = portal.count(&format!("SELECT count(*) AS count FROM {table} WHERE player_id = '{id}'"));
        state.push(format!("{table} {rows}"));
    }
    state
}

#[tokio::test]
async fn a_verb_of_support_is_not_carried_out() {
    for (act, statement) in ACTS {
        let portal = Portal::start().await;
        let ann = portal.ann().await;
        let _here = portal.browser_of(&ann);
        for (number, verb) in VERBS.into_iter().enumerate() {
            let lee = portal.agent(&format!("lee{number}"), "lead").await;
            let page = portal.desk_of(&lee).visit(&format!("/support/players/{}", ann.id)).await;
            let page = page.fill("reason", "ticket 4711");
            let page = if verb == "Add note" { page.fill("note", "prefers to be called") } else { page };
            let before = state(&portal, &ann);
            let held = page.hold(verb).await;
            assert_eq!(portal.run(&format!("{statement}'{}'", lee.id)), 1, "{act}");
            let answer = held.release().await;
            assert!([303, 404, 409].contains(&answer.status), "{verb}, who {act}: {}", answer.text);
            assert_eq!(state(&portal, &ann), before, "{verb}, who {act}");
        }
    }
}

#[tokio::test]
async fn nobody_approves_a_role_after_losing_the_own_one() {
    let portal = Portal::start().await;
    let (ada, bea) = (portal.agent("ada", "admin").await, portal.agent("bea", "admin").await);
    let (cal, sam) = (portal.agent("cal", "admin").await, portal.agent("sam", "viewer").await);
    let proposal = portal.desk_of(&ada).visit("/support/staff").await;
    let proposal = proposal.fill("staff", &sam.id).fill("role", "admin").fill("reason", "ticket 4711");
    assert_eq!(proposal.press("Propose role").await.code(), Some("staff_proposed".into()));
    let held = portal.desk_of(&bea).visit("/support/staff").await.hold("Approve").await;
    let shut_out = portal.desk_of(&cal).visit("/support/staff").await;
    let shut_out = shut_out.fill("staff", &bea.id).fill("reason", "left the studio");
    assert_eq!(shut_out.press("Disable").await.code(), Some("staff_disabled".into()));
    let answer = held.release().await;
    assert_eq!(answer.status, 409, "{}", answer.text);
    assert_eq!(role_of(&portal, &sam), "viewer");
}

fn role_of(portal: &Portal, agent: &Agent) -> String {
    portal.lines(&format!("SELECT role AS line FROM staff WHERE id = '{}'", agent.id)).remove(0)
}
