//! Who is staff, and in which role: a change needs two admins, counts at once, and ends sessions (S123, S124).

use super::harness::{Agent, Page, Portal};

async fn propose(portal: &Portal, by: &Agent, whom: &Agent, role: &str) -> Page {
    let page = portal.desk_of(by).visit("/support/staff").await;
    let page = page.fill("staff", &whom.id).fill("role", role).fill("reason", "ticket 4711");
    page.press("Propose role").await
}

fn role_of(portal: &Portal, agent: &Agent) -> String {
    portal.lines(&format!("SELECT role AS line FROM staff WHERE id = '{}'", agent.id)).remove(0)
}

#[tokio::test]
async fn a_role_changes_when_a_second_admin_agrees_and_sessions_end() {
    let portal = Portal::start().await;
    let (ada, bea) = (portal.agent("ada", "admin").await, portal.agent("bea", "admin").await);
    let sam = portal.agent("sam", "lead").await;
    let sams = portal.desk_of(&sam);
    assert_eq!(sams.get("/support/audit").await.status, 200);

    let proposed = propose(&portal, &ada, &sam, "viewer").await;
    assert_eq!(proposed.code(), Some("staff_proposed".into()), "{}", proposed.text());
    assert_eq!(role_of(&portal, &sam), "lead", "nothing happens yet");
    assert_eq!(sams.get("/support/audit").await.status, 200);
    assert!(!proposed.buttons().contains(&"Approve".into()), "not by the one who proposed");
    let id = proposed.value("proposal").unwrap();
    let forced = portal.desk_of(&ada);
    let csrf = forced.visit("/support/staff").await.csrf();
    let alone = forced.post("/support/staff/approve", &[("csrf", &csrf), ("proposal", &id)]).await;
    assert_eq!((alone.status, alone.code()), (409, Some("staff_needs_another".into())));

    let home = portal.desk_of(&bea).visit("/support").await;
    let page = home.click("One change of role waits for a second admin.").await;
    let done = page.press("Approve").await;
    assert_eq!(done.code(), Some("staff_role_changed".into()), "{}", done.text());
    assert_eq!(role_of(&portal, &sam), "viewer");
    assert_eq!(
        sams.get("/support").await.location(),
        Some("/support/sign-in".into()),
        "the session has ended"
    );
    assert_eq!(portal.desk_of(&sam).get("/support/audit").await.status, 404);

    let again = page.press("Approve").await;
    assert_eq!((again.status, again.code()), (409, Some("staff_changed_meanwhile".into())));
    let records = portal.lines(
        "SELECT kind || ' ' || staff_id AS line FROM audit_events WHERE kind LIKE 'staff.role.%' ORDER BY id",
    );
    assert_eq!(
        records,
        [format!("staff.role.proposed {}", ada.id), format!("staff.role.changed {}", bea.id)]
    );
}

#[tokio::test]
async fn a_change_asks_for_a_person_a_role_a_reason_and_proof() {
    let portal = Portal::start().await;
    let (ada, sam) = (portal.agent("ada", "admin").await, portal.agent("sam", "lead").await);
    let page = portal.desk_of(&ada).visit("/support/staff").await;
    let refused =
        page.fill("staff", &sam.id).fill("role", "viewer").fill("reason", "  x ").press("Propose role").await;
    assert_eq!(refused.status, 422);
    assert!(refused.error_of("reason").is_some(), "{}", refused.text());

    let stale = portal.stale_desk_of(&ada);
    let page = stale.visit("/support/staff").await;
    let page = page.fill("staff", &sam.id).fill("role", "viewer").fill("reason", "ticket 4711");
    let asked = page.press("Propose role").await;
    assert_eq!(asked.path(), "/support/confirm-identity");
    let proof = asked.fill("password", &ada.password).fill("code", &portal.code_of(&ada));
    let done = proof.press("Confirm").await;
    assert_eq!(done.code(), Some("staff_proposed".into()), "it went on by itself: {}", done.text());
    assert!(done.text().contains("ticket 4711"));
    let done = done.press("Withdraw").await;
    assert_eq!(done.code(), Some("staff_withdrawn".into()));
    assert_eq!(portal.count_all("staff_proposals"), 0);
}

#[tokio::test]
async fn the_last_admin_stays_and_their_role_changes_by_command_only() {
    let portal = Portal::start().await;
    let (ada, bea) = (portal.agent("ada", "admin").await, portal.agent("bea", "admin").await);
    // Each proposes to take the other's role away; whoever comes first would leave the other alone.
    let by_ada = propose(&portal, &ada, &bea, "viewer").await;
    assert_eq!(by_ada.code(), Some("staff_proposed".into()));
    let cal = portal.agent("cal", "admin").await;
    let by_cal = propose(&portal, &cal, &ada, "viewer").await;
    assert_eq!(by_cal.code(), Some("staff_proposed".into()));
    let done = portal.desk_of(&bea).visit("/support/staff").await;
    // Bea may decide about Ada, and not about herself.
    assert_eq!(done.buttons().iter().filter(|button| *button == "Approve").count(), 1);
    assert_eq!(done.press("Approve").await.code(), Some("staff_role_changed".into()));
    assert_eq!((role_of(&portal, &ada).as_str(), role_of(&portal, &bea).as_str()), ("viewer", "admin"));
    // Ada is no admin any more, so what she proposed counts for nothing.
    let stale = portal.desk_of(&cal).visit("/support/staff").await.press("Approve").await;
    assert_eq!((stale.status, stale.code()), (409, Some("staff_changed_meanwhile".into())));

    portal.run(&format!("UPDATE staff SET role = 'lead' WHERE id = '{}'", cal.id));
    let alone = portal.desk_of(&bea).visit("/support/staff").await;
    assert!(!alone.text().contains("bea@desk.test (you) Disable"));
    let (status, said) = portal.runs(&["staff", "role", &bea.email, "agent"]);
    assert!(status == 0 && said.contains("The role was admin"), "{said}");
    assert_eq!(role_of(&portal, &bea), "agent");
    assert_eq!(portal.runs(&["staff", "role", &bea.email, "agent"]).0, 1, "it is so already");
    assert_eq!(portal.runs(&["staff", "role", "nobody@desk.test", "agent"]).0, 1);
    assert_eq!(portal.runs(&["staff", "role", &bea.email, "king"]).0, 2);
}

/// Two admins are left, and each is about to be taken away by the other at the same moment: one stays.
#[tokio::test]
async fn two_who_disable_each_other_at_once_leave_one() {
    let portal = Portal::start().await;
    let (ada, bea) = (portal.agent("ada", "admin").await, portal.agent("bea", "admin").await);
    let form = async |by: &Agent, whom: &Agent| {
        let page = portal.desk_of(by).visit("/support/staff").await;
        page.fill("staff", &whom.id).fill("reason", "ticket 4711")
    };
    let (one, other) = (form(&ada, &bea).await, form(&bea, &ada).await);
    let (one, other) = tokio::join!(one.press_only("Disable"), other.press_only("Disable"));
    let disabled = portal.count("SELECT count(*) AS count FROM staff WHERE disabled_at IS NOT NULL");
    assert_eq!(disabled, 1, "{} {}", one.status, other.status);
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert!(matches!(statuses, [303, 303 | 409]), "{statuses:?}");
}

#[tokio::test]
async fn whoever_is_disabled_is_out_at_once_and_comes_back_by_command() {
    let portal = Portal::start().await;
    let (ada, sam) = (portal.agent("ada", "admin").await, portal.agent("sam", "agent").await);
    let sams = portal.desk_of(&sam);
    let page = portal.desk_of(&ada).visit("/support/staff").await;
    let done = page.fill("staff", &sam.id).fill("reason", "left the studio").press("Disable").await;
    assert_eq!(done.code(), Some("staff_disabled".into()), "{}", done.text());
    assert_eq!(done.attribute("tr[data-standing=disabled]", "data-standing"), Some("disabled".into()));
    assert_eq!(sams.get("/support").await.status, 303);
    assert_eq!(portal.desk_of(&sam).get("/support").await.status, 303, "nor by a session that was missed");
    let reason =
        portal.lines("SELECT details AS line FROM audit_events WHERE kind = 'staff.account.disabled'");
    assert!(reason[0].contains("left the studio"), "{reason:?}");
    let (status, said) = portal.runs(&["staff", "add", &sam.email, "--role", "viewer"]);
    assert!(status == 0 && said.contains("/support/enrol?token="), "{said}");
    assert_eq!(portal.runs(&["staff", "disable", &sam.email]).0, 0);
    assert_eq!(portal.runs(&["staff", "disable", &sam.email]).0, 1);
}
