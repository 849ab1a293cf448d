//! The record of what happened, as leads and admins read it.

use chrono::TimeDelta;

use super::harness::Portal;

async fn some_sign_ins(portal: &Portal, number: usize) {
    for _ in 0..number {
        let form = portal.browser().visit("/sign-in").await.fill("identifier", "nobody@example.test");
        form.fill("password", "not the password").press("Sign in").await;
        portal.run("DELETE FROM throttles");
    }
}

#[tokio::test]
async fn it_is_narrowed_by_kind_person_and_day() {
    let portal = Portal::start().await;
    let (lee, bo) = (portal.agent("lee", "lead").await, portal.bo().await);
    some_sign_ins(&portal, 2).await;
    portal.wait(TimeDelta::days(2));
    let form = portal.browser().visit("/sign-in").await.fill("identifier", bo.email());
    form.fill("password", bo.password()).press("Sign in").await;
    let desk = portal.desk_of(&lee);
    let rows = async |query: &str| {
        let page = desk.visit(&format!("/support/audit?{query}")).await;
        page.html.matches("<tr>").count().saturating_sub(1)
    };
    assert_eq!(rows("kind=player.session.refused").await, 2);
    assert_eq!(rows("kind=player.session.started").await, 1);
    assert_eq!(rows(&format!("player={}", bo.id)).await, 1);
    assert_eq!(rows("actor=visitor&until=2032-12-01").await, 2);
    assert_eq!(rows("actor=visitor&from=2032-12-02").await, 0);
    assert_eq!(rows("kind=player.session.started&from=2032-12-03&until=2032-12-03").await, 1);
    let wrong = desk.visit("/support/audit?kind=nonsense&from=yesterday").await;
    assert!(wrong.status == 422 && wrong.error_of("kind").is_some() && wrong.error_of("from").is_some());
    let odd = desk.visit("/support/audit?player=%00&staff=%00&before=%00").await;
    assert!(odd.status == 422 && odd.error_of("player").is_some(), "{}", odd.text());
    assert_eq!(desk.visit("/support/audit?before=%00").await.status, 200);
    let read = "SELECT count(*) AS count FROM audit_events WHERE kind = 'staff.audit.read'";
    assert_eq!(portal.count(read), 7, "looking leaves a record");
}

#[tokio::test]
async fn it_goes_on_page_by_page() {
    let portal = Portal::start().await;
    let lee = portal.agent("lee", "lead").await;
    some_sign_ins(&portal, 51).await;
    let desk = portal.desk_of(&lee);
    let first = desk.visit("/support/audit?kind=player.session.refused").await;
    assert_eq!(first.html.matches("<tr>").count() - 1, 50);
    let second = first.click("Older").await;
    assert_eq!(second.html.matches("<tr>").count() - 1, 1, "{}", second.path());
    assert!(!second.links().contains(&"Older".into()));
    assert_eq!(second.click("Newest").await.html.matches("<tr>").count() - 1, 50);
}

/// A reason is somebody's own words; a spreadsheet must not run them.
#[tokio::test]
async fn the_export_opens_inert_and_is_recorded() {
    let portal = Portal::start().await;
    let (ada, sam) = (portal.agent("ada", "admin").await, portal.agent("sam", "lead").await);
    let page = portal.desk_of(&ada).visit("/support/staff").await;
    let page = page.fill("staff", &sam.id).fill("role", "agent");
    page.fill("reason", "=HYPERLINK(\"https://evil.example\")").press("Propose role").await;

    let desk = portal.desk_of(&sam);
    let list = desk.visit("/support/audit?kind=staff.role.proposed").await;
    let file = list.press("Export as CSV").await;
    assert_eq!(file.status, 200);
    assert_eq!(file.header("content-type"), Some("text/csv; charset=utf-8".into()));
    assert!(file.header("content-disposition").unwrap().starts_with("attachment; filename=\"audit-2032"));
    // Excel takes a file without the mark for Latin-1, and RFC 4180 ends lines with CRLF.
    let text = file.html.strip_prefix('\u{feff}').expect("a byte-order mark");
    assert!(text.ends_with("\r\n") && text.matches("\r\n").count() == text.matches('\n').count(), "{text:?}");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 1);
    for cell in rows.iter().flatten() {
        assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell:?}");
    }
    assert!(file.html.contains("=HYPERLINK"), "the words are there, as words: {}", file.html);
    let record = portal.lines(
        "SELECT details || ' ' || staff_id AS line FROM audit_events WHERE kind = 'staff.audit.exported'",
    );
    assert_eq!(record.len(), 1);
    assert!(record[0].contains("\"records\":1") && record[0].ends_with(&sam.id), "{record:?}");

    let stale = portal.stale_desk_of(&sam).visit("/support/audit?kind=staff.role.proposed").await;
    let asked = stale.press("Export as CSV").await;
    assert_eq!(asked.path(), "/support/confirm-identity");
    let proof = asked.fill("password", &sam.password).fill("code", &portal.code_of(&sam));
    let list = proof.press("Confirm").await;
    assert_eq!(list.path(), "/support/audit?kind=staff.role.proposed", "the list again, with its button");
    assert_eq!(list.press("Export as CSV").await.status, 200);
}
