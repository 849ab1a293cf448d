//! Keys take turns (S65): everything is sealed anew by the real program while the portal works, whatever ends it
//! half-way; and no key leaves while something hangs on it.

use std::collections::BTreeMap;

use data_encoding::BASE64;
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use dovetail::testing::platform::crypto::token::random_bytes;
use dovetail::testing::platform::crypto::vault::key_id_of;
use dovetail::testing::platform::db::Db;
use dovetail::testing::platform::db::schema::{amazon_links, link_attempts, players};

use super::harness::ports::port_for_a_program;
use super::harness::program::Program;
use super::harness::{Portal, database::Database};

type Settings = BTreeMap<String, String>;

/// Two keys, and the rings of a change from the one to the other.
struct Keys {
    old: String,
    new: String,
}

impl Keys {
    fn fresh() -> Self {
        let key = |id| format!("{id}:{}", BASE64.encode(&random_bytes::<32>().unwrap()));
        Self { old: key("old"), new: key("new") }
    }

    fn ring(&self, ids: &[&str]) -> String {
        let keys: Vec<&str> =
            ids.iter().map(|&id| if id == "old" { &*self.old } else { &*self.new }).collect();
        keys.join(",")
    }

    /// The settings of a program with the keys of these names.
    fn with(&self, settings: &Settings, ids: &[&str]) -> Settings {
        let mut settings = settings.clone();
        settings.insert("DOVETAIL_TOKEN_KEYS".to_owned(), self.ring(ids));
        settings
    }
}

/// A portal in the midst of a change, with so many made-up players whose values hang on the old key.
async fn changing(keys: &Keys, players: usize) -> Portal {
    let ring = keys.ring(&["new", "old"]);
    let portal = Portal::with(|settings| {
        settings.set("DOVETAIL_TOKEN_KEYS", &ring).set("DOVETAIL_THROTTLE", "off");
    })
    .await;
    let before = keys.with(portal.settings(), &["old", "new"]);
    ends(&before, &["seed", "--players", &players.to_string()], 0);
    portal
}

#[track_caller]
fn ends(settings: &Settings, arguments: &[&str], code: i32) -> String {
    let (ended, said) = Program::run(settings, arguments);
    assert_eq!(ended, code, "{arguments:?}: {said}");
    said
}

/// How many values of players and links there are, and how many of them hang on the new key.
fn progress(db: &Db) -> (usize, usize) {
    let conn = &mut *db.connection().unwrap();
    let hashes: Vec<Option<Vec<u8>>> = players::table.select(players::password_sealed).load(conn).unwrap();
    let links = amazon_links::table;
    let access: Vec<Option<Vec<u8>>> = links.select(amazon_links::access_token_sealed).load(conn).unwrap();
    let refresh: Vec<Option<Vec<u8>>> = links.select(amazon_links::refresh_token_sealed).load(conn).unwrap();
    let values: Vec<Vec<u8>> = hashes.into_iter().chain(access).chain(refresh).flatten().collect();
    (values.len(), values.iter().filter(|value| key_id_of(value) == Some("new")).count())
}

#[tokio::test]
async fn keys_change_while_people_sign_in_and_link() {
    let keys = Keys::fresh();
    let portal = changing(&keys, 1_000).await;
    let settings = keys.with(portal.settings(), &["new", "old"]);
    let resealing = tokio::task::spawn_blocking(move || ends(&settings, &["keys", "reseal"], 0));
    let mut rounds = 0;
    while !resealing.is_finished() || rounds == 0 {
        rounds += 1;
        let player = format!("player{}@seed.example", 1_000 - rounds);
        let page = portal.browser().visit("/sign-in").await.fill("identifier", &player);
        let page = page.fill("password", "quiet herons nest at dawn").press("Sign in").await;
        assert_eq!(page.path(), "/account", "{}", page.text());
        let customer = format!("customer{rounds}");
        portal.amazon.admits(&customer, "Newcomer", &format!("{customer}@example.test"));
        let visitor = portal.browser();
        portal.at_amazon(&visitor, &customer).await;
        let page = visitor.visit("/sign-in").await.press("Login with Amazon").await;
        let page = page.fill("display_name", "Newcomer").press("Create account").await;
        assert_eq!(page.link_state().as_deref(), Some("active"), "{}", page.text());
    }
    let said = resealing.await.unwrap();
    assert!(said.contains("Key \"old\" seals 0 values"), "{said}");
    let (all, new) = progress(&portal.app().db);
    assert!(all >= 2_000 && new == all, "{new} of {all}");
    let after = ends(&keys.with(portal.settings(), &["new"]), &["keys", "status"], 0);
    assert!(!after.contains("Will not open") && !after.contains("\"old\""), "{after}");
}

#[tokio::test]
async fn what_a_killed_program_left_the_next_one_does() {
    let keys = Keys::fresh();
    let portal = changing(&keys, 1_500).await;
    let (back, forth) =
        (keys.with(portal.settings(), &["old", "new"]), keys.with(portal.settings(), &["new", "old"]));
    let (mut all, mut new) = (0, 0);
    // A machine that looks away too long finds everything done; then it is done once more.
    while new == all {
        ends(&back, &["keys", "reseal"], 0);
        let mut program = Program::start(&forth, &["keys", "reseal"]);
        while progress(&portal.app().db).1 == 0 && !program.has_ended() {
            tokio::task::yield_now().await;
        }
        program.kill();
        (all, new) = progress(&portal.app().db);
    }
    assert!(0 < new && new < all, "{new} of {all}");
    let said = ends(&forth, &["keys", "status"], 1);
    assert!(said.contains("run `dovetail keys reseal`"), "{said}");
    ends(&forth, &["keys", "reseal"], 0);
    assert_eq!(progress(&portal.app().db), (all, all));
    ends(&keys.with(portal.settings(), &["new"]), &["keys", "status"], 0);
}

#[tokio::test]
async fn two_programs_at_once_do_it_together() {
    let keys = Keys::fresh();
    let portal = changing(&keys, 800).await;
    let settings = keys.with(portal.settings(), &["new", "old"]);
    let both =
        [Program::start(&settings, &["keys", "reseal"]), Program::start(&settings, &["keys", "reseal"])];
    for program in both {
        let (code, said) = program.end();
        assert_eq!(code, 0, "{said}");
    }
    let (all, new) = progress(&portal.app().db);
    assert_eq!(new, all);
    ends(&keys.with(portal.settings(), &["new"]), &["keys", "status"], 0);
}

/// S66: it is said, and left as it is, and concerns nobody else.
#[tokio::test]
async fn a_value_that_will_not_open_is_reported_and_left() {
    let keys = Keys::fresh();
    let portal = changing(&keys, 20).await;
    let ann = portal.ann().await;
    let settings = keys.with(portal.settings(), &["old", "new"]);
    ends(&settings, &["keys", "reseal"], 0);
    let refresh = amazon_links::table
        .filter(amazon_links::player_id.eq(&ann.id))
        .select((amazon_links::id, amazon_links::refresh_token_sealed));
    let sealed = || -> (String, Option<Vec<u8>>) {
        refresh.first(&mut *portal.app().db.connection().unwrap()).unwrap()
    };
    let (link, mut damaged) = sealed();
    *damaged.as_mut().unwrap().last_mut().unwrap() ^= 1;
    diesel::update(amazon_links::table.filter(amazon_links::id.eq(&link)))
        .set(amazon_links::refresh_token_sealed.eq(&damaged))
        .execute(&mut *portal.app().db.connection().unwrap())
        .unwrap();

    let settings = keys.with(portal.settings(), &["new", "old"]);
    let said = ends(&settings, &["keys", "reseal"], 1);
    let finding = format!("amazon_links.refresh_token_sealed of {link}");
    assert!(said.contains(&finding) && said.contains("operations.keys.value_unreadable"), "{said}");
    assert_eq!(sealed(), (link, damaged), "nothing was deleted");
    let (all, new) = progress(&portal.app().db);
    assert_eq!(new, all - 1, "the others went on");
    let page = portal.browser_of(&ann).visit("/account").await;
    assert_eq!(page.status, 200, "{}", page.text());
    assert!(ends(&settings, &["keys", "status"], 1).contains(&finding));
}

/// S66: a trip whose secrets will not open is begun again, and is no error of ours on the page.
#[tokio::test]
async fn a_trip_that_will_not_open_is_begun_again() {
    let portal = Portal::start().await;
    let browser = portal.browser_of(&portal.bo().await);
    portal.at_amazon(&browser, "mork").await;
    let damaged = Some(vec![1_u8, 2, 3]);
    let conn = || portal.app().db.connection().unwrap();

    let back = browser.visit("/account").await.press_to_callback("Link Amazon account").await;
    let damage = diesel::update(link_attempts::table).set(link_attempts::verifier_sealed.eq(&damaged));
    assert_eq!(damage.execute(&mut *conn()).unwrap(), 1);
    let page = browser.visit(&back).await;
    assert_eq!((page.status, page.code().as_deref()), (400, Some("attempt_unknown")), "{}", page.text());

    let confirm = browser.visit("/account").await.press("Link Amazon account").await;
    let damage = diesel::update(link_attempts::table).set(link_attempts::identity_sealed.eq(&damaged));
    assert_eq!(damage.execute(&mut *conn()).unwrap(), 1);
    let page = confirm.press("Link this account").await;
    assert_eq!((page.status, page.code().as_deref()), (400, Some("attempt_unknown")), "{}", page.text());
    assert_eq!(portal.count_all("amazon_links"), 0);
}

/// A production portal's settings, on a database with values that hang on the old key.
fn production(database: &Database, keys: &Keys) -> Settings {
    let address = || format!("127.0.0.1:{}", port_for_a_program());
    let mut settings = Settings::new();
    let mut set = |name: &str, value: &str| settings.insert(name.to_owned(), value.to_owned());
    for line in dovetail::testing::config::new_keys().unwrap().lines() {
        let (name, value) = line.split_once('=').unwrap();
        set(name, value);
    }
    set("DOVETAIL_DATABASE_URL", database.url());
    set("DOVETAIL_MODE", "development");
    ends(&keys.with(&settings, &["old"]), &["seed", "--players", "4"], 0);
    let mut set = |name: &str, value: &str| settings.insert(name.to_owned(), value.to_owned());
    set("DOVETAIL_MODE", "production");
    set("DOVETAIL_LISTEN", &address());
    set("DOVETAIL_OPS_LISTEN", &address());
    set("DOVETAIL_PUBLIC_URL", "https://account.studio.test");
    set("DOVETAIL_AMAZON_CLIENT_ID", "amzn1.application-oa2-client.9f3c1b7a2e6d4508");
    set("DOVETAIL_AMAZON_CLIENT_SECRET", "8f3a61c0d97b24e5f01846bd93ac7e2570bd19f4ce8632a5d7410e9fb86c3a25");
    set("DOVETAIL_SMTP_URL", "smtps://portal:hunter2@mail.studio.test");
    set("DOVETAIL_MAIL_FROM", "Studio <no-reply@studio.test>");
    settings
}

fn database() -> Database {
    Database::fresh(|url| {
        dovetail::testing::platform::db::migrate::up(&mut Db::open(url, 1).unwrap().connection().unwrap())
            .unwrap();
    })
}

#[test]
fn a_key_leaves_once_nothing_hangs_on_it() {
    let (database, keys) = (database(), Keys::fresh());
    let settings = production(&database, &keys);
    Program::serve(&keys.with(&settings, &["old"])).kill();

    let said = ends(&keys.with(&settings, &["new"]), &["serve"], 78);
    assert!(
        said.contains("DOVETAIL_TOKEN_KEYS lacks a key that is needed: key \"old\" seals 8 values"),
        "{said}"
    );

    let both = keys.with(&settings, &["new", "old"]);
    Program::serve(&both).kill();
    ends(&both, &["keys", "reseal"], 0);
    Program::serve(&keys.with(&settings, &["new"])).kill();
}

#[test]
fn a_lost_key_is_given_up_by_name() {
    let (database, keys) = (database(), Keys::fresh());
    let settings = production(&database, &keys);
    Program::serve(&keys.with(&settings, &["old"])).kill();
    let without = keys.with(&settings, &["new"]);
    ends(&without, &["serve"], 78);
    ends(&without, &["keys", "give-up", "other"], 1);
    ends(&without, &["keys", "give-up", "new"], 1);
    ends(&without, &["keys", "give-up", "old"], 0);
    Program::serve(&without).kill();
    let said = ends(&without, &["keys", "status"], 1);
    assert!(said.contains("8 values will not open. Nothing was deleted."), "{said}");

    // Found again, it opens everything, and is needed from then on.
    let found = keys.with(&settings, &["new", "old"]);
    Program::serve(&found).kill();
    ends(&without, &["serve"], 78);
}
