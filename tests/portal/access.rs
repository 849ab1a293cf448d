//! Who may ask for what.

use super::harness::Portal;

#[tokio::test]
async fn a_portal_answers() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    portal.ann().await;
    portal.cleo().await;
    assert_eq!(portal.count("SELECT count(*) AS count FROM players"), 3);
    assert_eq!(portal.browser_of(&bo).get("/healthz").await.status, 200);
    let lost = portal.browser_of(&bo).visit("/nowhere").await;
    assert_eq!(lost.status, 404);
    assert!(lost.buttons().contains(&"Sign out".to_owned()), "{}", lost.text());
}
