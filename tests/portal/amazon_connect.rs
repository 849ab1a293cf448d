//! A game presents a token of Amazon's (product §5): every row of the table with its answer and what the database
//! holds then, races, bad tokens, and what a presented token must never do.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use dovetail::testing::lwa::simulator::{STRANGER_CLIENT_ID, SimulatedCall, SimulatedFault};
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::harness::game_client::SERVER_SECRET;
use super::harness::{GameClient, Person, Portal};

async fn connect(game: &mut GameClient, token: &str, extra: Value) -> Value {
    let mut fields = json!({ "accessToken": token });
    fields.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    let answer = game.ask("AmazonConnectRequest", fields).await;
    assert_eq!(answer["@class"], ".AuthenticationResponse", "{answer}");
    answer
}

/// Who is signed in on the connection now.
async fn player_of(game: &mut GameClient) -> Option<String> {
    let details = game.ask("AccountDetailsRequest", json!({})).await;
    details["userId"].as_str().map(str::to_owned)
}

fn owner_of(portal: &Portal, identity: &str) -> Option<String> {
    portal.lines(&format!("SELECT player_id AS line FROM amazon_links WHERE amazon_id = '{identity}'")).pop()
}

fn players(portal: &Portal) -> i64 {
    portal.count("SELECT count(*) AS count FROM players")
}

fn error(answer: &Value) -> Option<(String, String)> {
    let error = answer.get("error")?.as_object().unwrap();
    assert_eq!(error.len(), 1, "{answer}");
    let (key, code) = error.iter().next().unwrap();
    Some((key.clone(), code.as_str().unwrap().to_owned()))
}

mod the_table {
    use super::*;

    #[derive(Clone, Copy, Debug, PartialEq)]
    enum Session {
        None,
        Unlinked,
        Linked,
        Revoked,
    }

    #[derive(Clone, Copy, Debug, PartialEq)]
    enum Identity {
        Free,
        Own,
        Others,
    }

    #[derive(Clone, Copy, Debug, PartialEq)]
    enum Door {
        Socket,
        Server,
    }

    #[derive(Clone, Copy, Debug)]
    #[expect(clippy::struct_excessive_bools, reason = "four switches that stand on the wire")]
    struct Flags {
        apart: bool,
        switch: bool,
        stay: bool,
        no_new: bool,
    }

    impl Flags {
        fn of(bits: u8) -> Self {
            Self { apart: bits & 1 > 0, switch: bits & 2 > 0, stay: bits & 4 > 0, no_new: bits & 8 > 0 }
        }

        /// What is false is left out, as SDKs do.
        fn fields(self) -> Value {
            let all = [
                ("doNotLinkToCurrentPlayer", self.apart),
                ("switchIfPossible", self.switch),
                ("errorOnSwitch", self.stay),
                ("doNotCreateNewPlayer", self.no_new),
            ];
            all.into_iter()
                .filter(|(_, is_set)| *is_set)
                .map(|(name, _)| (name.to_owned(), json!(true)))
                .collect()
        }
    }

    #[derive(Clone, Copy, Debug, PartialEq)]
    enum Outcome {
        New,
        Link,
        Same,
        Switch,
        Already,
        /// With a summary of whom it would have switched to.
        WouldSwitch,
        MayNotCreate,
    }

    /// Product §5, row by row.
    fn expected(session: Session, identity: Identity, flags: Flags) -> (u8, Outcome) {
        use Identity::{Free, Others, Own};
        let new = |row| if flags.no_new { (15, Outcome::MayNotCreate) } else { (row, Outcome::New) };
        match (session, identity) {
            (Session::None, Free) => new(1),
            (Session::None, _) => (2, Outcome::Switch),
            (_, Own) => (5, Outcome::Same),
            (_, Free) if flags.apart => new(4),
            // A game that has proven nothing puts no other account in the place of a revoked one.
            (Session::Linked | Session::Revoked, Free) => (8, Outcome::Already),
            (_, Free) => (3, Outcome::Link),
            (Session::Linked, Others) if flags.switch && flags.stay => (11, Outcome::WouldSwitch),
            (Session::Linked, Others) if flags.switch => (10, Outcome::Switch),
            (_, Others) if flags.stay => (7, Outcome::WouldSwitch),
            (Session::Linked, Others) => (9, Outcome::Already),
            (_, Others) => (6, Outcome::Switch),
        }
    }

    /// One cell: its own people and its own customers at Amazon.
    struct Cell<'a> {
        portal: &'a Portal,
        p: Option<Person>,
        q: Option<Person>,
        identity: String,
        token: String,
        session: Session,
    }

    impl<'a> Cell<'a> {
        async fn set(portal: &'a Portal, number: usize, session: Session, identity: Identity) -> Self {
            let admit = |who: &str| {
                let key = format!("{who}{number}");
                portal.amazon.admits(&key, &format!("Customer {key}"), &format!("{key}@customers.test"));
                key
            };
            let (a, b) = (admit("a"), admit("b"));
            let own = if identity == Identity::Own { &a } else { &b };
            let p = match session {
                Session::None => None,
                Session::Unlinked => Some(portal.person("P", false, None).await),
                Session::Linked | Session::Revoked => Some(portal.person("P", false, Some(own)).await),
            };
            if let (Session::Revoked, Some(p)) = (session, &p) {
                let changed = portal.run(&format!(
                    "UPDATE amazon_links SET state = 'revoked', access_token_sealed = NULL, \
                     refresh_token_sealed = NULL WHERE player_id = '{}'",
                    p.id
                ));
                assert_eq!(changed, 1);
            }
            let q = match identity {
                Identity::Others => Some(portal.person("Q", false, Some(&a)).await),
                Identity::Free | Identity::Own => None,
            };
            let (token, identity) = (portal.amazon.token_of(&a), portal.amazon.identity_of(&a));
            Self { portal, p, q, identity, token, session }
        }

        async fn ask(&self, door: Door, flags: Flags) -> (Value, Option<String>) {
            match door {
                Door::Socket => {
                    let mut game = match &self.p {
                        Some(p) => self.portal.game_with(&self.portal.game_token_of(p)).await,
                        None => self.portal.game().await,
                    };
                    let answer = connect(&mut game, &self.token, flags.fields()).await;
                    (answer, player_of(&mut game).await)
                }
                Door::Server => {
                    let mut fields = flags.fields();
                    fields["accessToken"] = json!(self.token);
                    if let Some(p) = &self.p {
                        fields["playerId"] = json!(p.id);
                    }
                    let url = format!("{}/rs/server/{SERVER_SECRET}/AmazonConnectRequest", self.portal.url());
                    let response = reqwest::Client::builder()
                        .no_proxy()
                        .build()
                        .unwrap()
                        .post(url)
                        .json(&fields)
                        .send()
                        .await
                        .unwrap();
                    assert_eq!(response.status().as_u16(), 200);
                    let answer: Value = response.json().await.unwrap();
                    let after = match answer["userId"].as_str() {
                        Some(player) => Some(player.to_owned()),
                        None => self.p.as_ref().map(|p| p.id.clone()),
                    };
                    (answer, after)
                }
            }
        }

        /// The rows of links as they are now: owner of the identity, and P's own identity.
        fn links(&self) -> (Option<String>, Option<String>) {
            let own = self.p.as_ref().and_then(|p| self.portal.identity_linked_to(p));
            (owner_of(self.portal, &self.identity), own)
        }
    }

    async fn check(portal: &Portal, door: Door) {
        let sessions = [Session::None, Session::Unlinked, Session::Linked, Session::Revoked];
        let mut rows = std::collections::BTreeSet::new();
        let mut number = 0;
        for session in sessions {
            for identity in [Identity::Free, Identity::Own, Identity::Others] {
                let has_link = matches!(session, Session::Linked | Session::Revoked);
                if identity == Identity::Own && !has_link {
                    continue;
                }
                for bits in 0..16 {
                    number += 1;
                    let flags = Flags::of(bits);
                    let cell = Cell::set(portal, number, session, identity).await;
                    let (row, outcome) = expected(session, identity, flags);
                    rows.insert(row);
                    judge(
                        &cell,
                        door,
                        flags,
                        outcome,
                        &format!("row {row}: {session:?} {identity:?} {flags:?}"),
                    )
                    .await;
                }
            }
        }
        assert_eq!(rows.into_iter().collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 15]);
    }

    async fn judge(cell: &Cell<'_>, door: Door, flags: Flags, outcome: Outcome, what: &str) {
        let (before, made_before) = (cell.links(), players(cell.portal));
        let (answer, after) = cell.ask(door, flags).await;
        let what = format!("{what}: {answer}");
        let made = players(cell.portal) - made_before;
        let p = cell.p.as_ref().map(|p| p.id.clone());
        let q = cell.q.as_ref().map(|q| q.id.clone());
        let is_error = matches!(outcome, Outcome::Already | Outcome::WouldSwitch | Outcome::MayNotCreate);
        assert_eq!(answer["newPlayer"], json!(outcome == Outcome::New), "{what}");
        assert_eq!(made, i64::from(outcome == Outcome::New), "{what}");
        assert_eq!(answer.get("switchSummary").is_some(), outcome == Outcome::WouldSwitch, "{what}");
        if is_error {
            let code =
                if outcome == Outcome::MayNotCreate { "NOTAUTHENTICATED" } else { "ACCOUNT_ALREADY_LINKED" };
            assert_eq!(error(&answer), Some(("accessToken".into(), code.into())), "{what}");
            assert!(answer.get("userId").is_none() && answer.get("authToken").is_none(), "{what}");
            assert_eq!((after, cell.links()), (p, before), "nothing changes: {what}");
            if outcome == Outcome::WouldSwitch {
                let summary = &answer["switchSummary"];
                assert_eq!(summary["id"].as_str(), q.as_deref(), "{what}");
                assert_eq!(summary["displayName"], "Q", "{what}");
                assert_eq!(summary["externalIds"], json!({ "AM": cell.identity }), "{what}");
                assert_eq!((&summary["achievements"], &summary["virtualGoods"]), (&json!([]), &json!([])));
                assert_eq!(summary["online"], false, "{what}");
            }
            return;
        }
        assert_eq!(error(&answer), None, "{what}");
        assert!(answer["authToken"].as_str().is_some_and(|token| token.len() == 43), "{what}");
        assert_eq!(answer["userId"].as_str(), after.as_deref(), "the session is the answer's player: {what}");
        let (owner, own) = cell.links();
        assert_eq!(owner, after, "the identity's player is in: {what}");
        match outcome {
            Outcome::New => {
                assert!(after != p && after != q, "{what}");
                assert_eq!(own, before.1, "P keeps what it has: {what}");
            }
            Outcome::Link => assert_eq!((after, own.as_deref()), (p, Some(cell.identity.as_str())), "{what}"),
            Outcome::Same => assert_eq!((after, own), (p, before.1), "{what}"),
            Outcome::Switch => {
                assert_eq!((after, own), (q, before.1), "P is left as it is: {what}");
            }
            _ => unreachable!(),
        }
        // Whatever was asked, a revoked link of one's own identity is alive again after it.
        if cell.session == Session::Revoked && outcome == Outcome::Same {
            let alive = format!(
                "SELECT count(*) AS count FROM amazon_links WHERE amazon_id = '{}' AND state = 'active' \
                 AND refresh_token_sealed IS NULL",
                cell.identity
            );
            assert_eq!(cell.portal.count(&alive), 1, "{what}");
        }
    }

    #[tokio::test]
    async fn holds_on_the_socket() {
        check(&Portal::start().await, Door::Socket).await;
    }

    #[tokio::test]
    async fn holds_for_a_server() {
        check(&Portal::start().await, Door::Server).await;
    }
}

mod a_bad_token {
    use super::*;

    /// Rows 12 and 13.
    #[tokio::test]
    async fn is_one_error_and_none_at_all_another() {
        let portal = Portal::start().await;
        let mut game = portal.game().await;
        for absent in [json!({}), json!({ "accessToken": "" }), json!({ "accessToken": null })] {
            let answer = game.ask("AmazonConnectRequest", absent).await;
            assert_eq!(error(&answer), Some(("accessToken".into(), "REQUIRED".into())), "{answer}");
            assert_eq!(answer["newPlayer"], false);
        }
        portal.amazon.admits("ida", "Ida", "ida@customers.test");
        let good = portal.amazon.token_of("ida");
        let others = portal.amazon.token_for("ida", STRANGER_CLIENT_ID);
        portal.amazon.simulator.expire_access_tokens();
        let bad = ["nonsense", "Atza|made-up", "ü", &"x".repeat(9000), &good, &others, "Atza|a\nb"];
        for token in bad {
            let answer = connect(&mut game, token, json!({})).await;
            let expected = Some(("accessToken".to_owned(), "NOTAUTHENTICATED".to_owned()));
            assert_eq!(error(&answer), expected, "{token}: {answer}");
        }
        assert_eq!((players(&portal), player_of(&mut game).await), (0, None));
    }

    /// S73, S76: a token of another app names nobody, not even to us.
    #[tokio::test]
    async fn of_another_audience_never_leads_to_a_profile() {
        let portal = Portal::start().await;
        portal.amazon.admits("ida", "Ida", "ida@customers.test");
        let token = portal.amazon.token_for("ida", STRANGER_CLIENT_ID);
        let mut game = portal.game().await;
        let answer = connect(&mut game, &token, json!({})).await;
        assert_eq!(error(&answer), Some(("accessToken".into(), "NOTAUTHENTICATED".into())));
        assert_eq!(
            (portal.amazon.calls(SimulatedCall::TokenInfo), portal.amazon.calls(SimulatedCall::Profile)),
            (1, 0)
        );
        assert_eq!(players(&portal), 0);
    }
}

mod amazon_in_trouble {
    use super::*;

    /// Row 14.
    #[tokio::test]
    async fn is_told_apart_from_a_bad_token_and_makes_nobody() {
        let portal = Portal::start().await;
        portal.amazon.admits("ida", "Ida", "ida@customers.test");
        let token = portal.amazon.token_of("ida");
        let mut game = portal.game().await;
        for call in [SimulatedCall::TokenInfo, SimulatedCall::Profile] {
            for fault in [
                SimulatedFault::ServerError,
                SimulatedFault::Malformed,
                SimulatedFault::TooManyRequests { retry_after: None },
            ] {
                portal.amazon.simulator.set_fault(call, fault.clone());
                let answer = connect(&mut game, &token, json!({})).await;
                let expected = Some(("accessToken".to_owned(), "TRY_AGAIN".to_owned()));
                assert_eq!(error(&answer), expected, "{call:?} {fault:?}");
                portal.amazon.recovers();
            }
        }
        assert_eq!((players(&portal), portal.count_all("amazon_links")), (0, 0));
        portal.wait(TimeDelta::minutes(10));
    }

    #[tokio::test]
    async fn and_silent_is_answered_before_games_give_up() {
        let portal = Portal::start().await;
        portal.amazon.admits("ida", "Ida", "ida@customers.test");
        let token = portal.amazon.token_of("ida");
        for call in [SimulatedCall::TokenInfo, SimulatedCall::Profile] {
            portal.amazon.simulator.set_fault(call, SimulatedFault::Slow(Duration::from_mins(1)));
        }
        let mut game = portal.game().await;
        let asked = Instant::now();
        let answer = connect(&mut game, &token, json!({})).await;
        assert!(asked.elapsed() < Duration::from_secs(9), "{:?}", asked.elapsed());
        assert_eq!(error(&answer), Some(("accessToken".into(), "TRY_AGAIN".into())));
        assert_eq!(players(&portal), 0);
    }

    /// Made-up tokens of one address use up its own few calls, and browsers still sign in (S85).
    #[tokio::test]
    async fn and_slow_under_made_up_tokens_still_lets_browsers_in() {
        let portal = Portal::start().await;
        let mut games = Vec::new();
        for _ in 0..44 {
            games.push(portal.game().await);
        }
        let browsers = [portal.browser(), portal.browser(), portal.browser()];
        for browser in &browsers {
            portal.at_amazon(browser, "mork").await;
        }
        let slow = SimulatedFault::Slow(Duration::from_millis(1500));
        for call in [SimulatedCall::TokenInfo, SimulatedCall::Profile, SimulatedCall::Exchange] {
            portal.amazon.simulator.set_fault(call, slow.clone());
        }
        let strangers = games.into_iter().enumerate().map(async |(number, mut game)| {
            for round in 0.. {
                let token = format!("Atza|made-up-{number}-{round}");
                let answer = connect(&mut game, &token, json!({})).await;
                assert!(answer.get("error").is_some(), "{answer}");
            }
        });
        let visitors = join_all(browsers.iter().map(async |browser| {
            // The strangers' calls are under way by then.
            tokio::time::sleep(Duration::from_millis(500)).await;
            browser.visit("/sign-in").await.press("Login with Amazon").await
        }));
        let pages = tokio::select! {
            pages = visitors => pages,
            _ = join_all(strangers) => unreachable!("they never stop"),
        };
        for page in pages {
            assert_ne!(page.code().as_deref(), Some("amazon_unavailable"), "{}", page.text());
            assert!(page.status < 400, "{}", page.text());
        }
        let metrics = portal.app().metrics.text();
        let refused = "dovetail_amazon_calls_refused_total{share=\"network\"} ";
        let counted = metrics.lines().find_map(|line| line.strip_prefix(refused));
        assert_ne!(counted, Some("0"), "{metrics}");
        assert!(counted.is_some(), "{metrics}");
    }
}

mod races {
    use super::*;

    #[tokio::test]
    async fn twenty_first_connects_make_one_player() {
        let portal = Portal::start().await;
        portal.amazon.admits("ida", "Ida", "ida@customers.test");
        let mut games = Vec::new();
        for _ in 0..20 {
            games.push((portal.game().await, portal.amazon.token_of("ida")));
        }
        let answers = join_all(games.iter_mut().map(|(game, token)| connect(game, token, json!({})))).await;
        let new = answers.iter().filter(|answer| answer["newPlayer"] == true).count();
        assert_eq!(new, 1, "{answers:?}");
        let players_told: std::collections::BTreeSet<_> = answers
            .iter()
            .map(|answer| answer["userId"].as_str().unwrap_or_else(|| panic!("{answer}")))
            .collect();
        assert_eq!(players_told.len(), 1);
        assert_eq!((players(&portal), portal.count_all("amazon_links")), (1, 1));
        let tokens: std::collections::BTreeSet<_> =
            answers.iter().map(|answer| answer["authToken"].as_str().unwrap()).collect();
        assert_eq!(tokens.len(), 20);
    }

    /// Two players, each in a session of their own, bring one free identity.
    #[tokio::test]
    async fn two_players_link_one_identity_and_one_of_them_gets_it() {
        let portal = Portal::start().await;
        portal.amazon.admits("ida", "Ida", "ida@customers.test");
        let (p, q) = (portal.person("P", false, None).await, portal.person("Q", false, None).await);
        let mut at_p = portal.game_with(&portal.game_token_of(&p)).await;
        let mut at_q = portal.game_with(&portal.game_token_of(&q)).await;
        let stay = json!({ "errorOnSwitch": true });
        let (first, second) = (portal.amazon.token_of("ida"), portal.amazon.token_of("ida"));
        let (one, other) =
            tokio::join!(connect(&mut at_p, &first, stay.clone()), connect(&mut at_q, &second, stay));
        let won = [&one, &other].into_iter().filter(|answer| answer.get("error").is_none()).count();
        assert_eq!(won, 1, "{one} {other}");
        assert_eq!(portal.count_all("amazon_links"), 1);
        assert_eq!((player_of(&mut at_p).await, player_of(&mut at_q).await), (Some(p.id), Some(q.id)));
    }
}

mod what_is_kept {
    use super::*;

    #[tokio::test]
    async fn a_new_player_takes_amazon_s_name_and_its_segments_and_nothing_else() {
        let portal = Portal::start().await;
        portal.amazon.admits("ida", "Ida of Amazon", "ida@customers.test");
        let mut game = portal.game().await;
        let extra = json!({
            "segments": { "PROFILE": "P1", "COUNTRY": "DE" },
            "scriptData": { "userId": "x" },
            "userId": "mine", "playerId": "mine", "role": "admin", "isAdmin": true, "player_id": "mine",
        });
        let answer = connect(&mut game, &portal.amazon.token_of("ida"), extra).await;
        assert_eq!((&answer["displayName"], &answer["newPlayer"]), (&json!("Ida of Amazon"), &json!(true)));
        assert_ne!(answer["userId"], "mine");
        let segments = portal.lines("SELECT segments AS line FROM players");
        let segments: Value = serde_json::from_str(&segments[0]).unwrap();
        assert_eq!(segments, json!({ "PROFILE": "P1", "COUNTRY": "DE" }));
        let again = json!({ "segments": { "PROFILE": "P2" } });
        connect(&mut game, &portal.amazon.token_of("ida"), again).await;
        assert_eq!(
            portal.lines("SELECT segments AS line FROM players"),
            [r#"{"PROFILE":"P2"}"#],
            "a later one"
        );
        assert!(answer.get("segments").is_none());
        assert_eq!(
            answer["scriptData"],
            json!({ "userId": "x" }),
            "kept as it came, and read by nobody here"
        );
    }

    /// Where segments can be written they can be read, and a later request changes them.
    #[tokio::test]
    async fn segments_are_read_where_a_game_a_server_and_staff_look() {
        let portal = Portal::start().await;
        portal.amazon.admits("ida", "Ida", "ida@customers.test");
        let service = portal.service(&["players:read"]).await;
        let vera = portal.agent("vera", "viewer").await;
        let mut game = portal.game().await;
        let token = portal.amazon.token_of("ida");
        let mut id = String::new();
        for (sent, kept) in [
            (json!({ "PROFILE": "P1", "COUNTRY": "DE" }), json!({ "PROFILE": "P1", "COUNTRY": "DE" })),
            (Value::Null, json!({ "PROFILE": "P1", "COUNTRY": "DE" })),
            (json!({ "PROFILE": "P2" }), json!({ "PROFILE": "P2" })),
            (json!({}), json!({})),
            (json!({ "arm": "<b>blue</b>" }), json!({ "arm": "<b>blue</b>" })),
        ] {
            let answer = connect(&mut game, &token, json!({ "segments": sent })).await;
            id = answer["userId"].as_str().unwrap().to_owned();
            let details = game.ask("AccountDetailsRequest", json!({})).await;
            let shown = details.get("segments").cloned().unwrap_or(json!({}));
            assert_eq!(shown, kept, "{sent}");
            assert_eq!(service.get(&format!("/api/v1/players/{id}")).await.body["segments"], kept, "{sent}");
        }
        let page = portal.desk_of(&vera).visit(&format!("/support/players/{id}")).await;
        assert!(page.text().contains("arm: <b>blue</b>"), "{}", page.text());
        let refused = connect(&mut game, &token, json!({ "segments": { "arm": "x".repeat(65) } })).await;
        assert_eq!(refused["error"], json!({ "segments": "INVALID" }));
        let details = game.ask("AccountDetailsRequest", json!({})).await;
        assert_eq!(details["segments"], json!({ "arm": "<b>blue</b>" }), "nothing of it was kept");
        portal.verify().await;
    }

    /// Nobody is signed in by a refused request, so nobody's segments change.
    #[tokio::test]
    async fn segments_of_a_refused_request_change_nobody() {
        let portal = Portal::start().await;
        portal.amazon.admits("ida", "Ida", "ida@customers.test");
        let mut game = portal.game().await;
        connect(&mut game, &portal.amazon.token_of("ida"), json!({ "segments": { "arm": "blue" } })).await;
        let mut other = portal.game().await;
        let device = json!({ "deviceId": "D".repeat(24), "deviceOS": "IOS", "segments": { "arm": "red" } });
        other.ask("DeviceAuthenticationRequest", device).await;
        let stop = json!({ "errorOnSwitch": true, "segments": { "arm": "green" } });
        let refused = connect(&mut other, &portal.amazon.token_of("ida"), stop).await;
        assert_eq!(refused["error"], json!({ "accessToken": "ACCOUNT_ALREADY_LINKED" }));
        let mut kept = portal.lines("SELECT segments AS line FROM players");
        kept.sort_unstable();
        assert_eq!(kept, [r#"{"arm":"blue"}"#, r#"{"arm":"red"}"#]);
        let again = json!({ "deviceId": "D".repeat(24), "deviceOS": "IOS", "segments": { "arm": "gold" } });
        other.ask("DeviceAuthenticationRequest", again).await;
        let details = other.ask("AccountDetailsRequest", json!({})).await;
        assert_eq!(details["segments"], json!({ "arm": "gold" }), "a device changes its own player's");
    }

    #[tokio::test]
    async fn the_name_follows_amazon_s_once_a_game_has_asked_for_it() {
        let portal = Portal::start().await;
        portal.amazon.admits("ida", "Ida", "ida@customers.test");
        let p = portal.person("P", false, None).await;
        let mut game = portal.game_with(&portal.game_token_of(&p)).await;
        let answer = connect(&mut game, &portal.amazon.token_of("ida"), json!({})).await;
        assert_eq!(answer["displayName"], "P", "an existing name stays");
        let sync = json!({ "syncDisplayName": true });
        let answer = connect(&mut game, &portal.amazon.token_of("ida"), sync).await;
        assert_eq!(answer["displayName"], "Ida");
        portal.amazon.admits("ida", "Ida the Second", "ida@customers.test");
        let answer = connect(&mut game, &portal.amazon.token_of("ida"), json!({})).await;
        assert_eq!(answer["displayName"], "Ida the Second");
    }

    /// S75: an address is no identity, and no way to one.
    #[tokio::test]
    async fn an_address_that_is_somebody_s_here_links_nothing_and_is_left_out() {
        let portal = Portal::start().await;
        let bo = portal.bo().await;
        portal.amazon.admits("ida", "Ida", bo.email());
        let mut game = portal.game().await;
        let answer = connect(&mut game, &portal.amazon.token_of("ida"), json!({})).await;
        assert_eq!(answer["newPlayer"], true);
        assert_ne!(answer["userId"].as_str(), Some(bo.id.as_str()));
        connect(&mut game, &portal.amazon.token_of("ida"), json!({})).await;
        let kept = "SELECT count(*) AS count FROM amazon_links WHERE amazon_email IS NOT NULL";
        assert_eq!(portal.count(kept), 0);
        assert_eq!(portal.count("SELECT count(*) AS count FROM players WHERE email IS NOT NULL"), 1);
        assert_eq!(portal.count_of("amazon_links", &bo), 0);
    }

    #[tokio::test]
    async fn a_handed_over_token_never_replaces_those_of_a_code_exchange() {
        let portal = Portal::start().await;
        let ann = portal.ann().await;
        let tokens = format!(
            "SELECT count(*) AS count FROM amazon_links WHERE player_id = '{}' AND token_version = 1 \
             AND refresh_token_sealed IS NOT NULL AND tokens_from = 'code_grant'",
            ann.id
        );
        assert_eq!(portal.count(&tokens), 1);
        portal.amazon.admits("pat", "Pat, renamed", "pat.new@customers.test");
        let mut game = portal.game().await;
        let answer = connect(&mut game, &portal.amazon.token_of("pat"), json!({})).await;
        assert_eq!(answer["userId"].as_str(), Some(ann.id.as_str()));
        assert_eq!(portal.count(&tokens), 1);
        let names = portal.lines("SELECT amazon_name AS line FROM amazon_links");
        assert_eq!(names, ["Pat, renamed"], "the profile is renewed");
        let details = game.ask("AccountDetailsRequest", json!({})).await;
        assert_eq!(details["amazonLink"], json!({ "state": "active", "renewable": true }));
    }

    #[tokio::test]
    async fn a_link_without_a_refresh_token_says_so_everywhere() {
        let portal = Portal::start().await;
        portal.amazon.admits("ida", "Ida", "ida@customers.test");
        let bo = portal.bo().await;
        let mut game = portal.proven_game_of(&bo).await;
        let answer = connect(&mut game, &portal.amazon.token_of("ida"), json!({})).await;
        assert_eq!((error(&answer), answer["userId"].as_str()), (None, Some(bo.id.as_str())));
        let details = game.ask("AccountDetailsRequest", json!({})).await;
        assert_eq!(details["externalIds"], json!({ "AM": portal.amazon.identity_of("ida") }));
        assert_eq!(details["amazonLink"], json!({ "state": "active", "renewable": false }));
        let browser = portal.browser_of(&bo);
        for page in ["/account", "/link/amazon"] {
            let page = browser.visit(page).await;
            assert_eq!(page.link_state().as_deref(), Some("active"));
            assert!(page.text().contains(LENT), "{}", page.text());
        }
        let events = portal.events_of(&bo);
        assert!(events.contains(&"link.amazon.added".to_owned()), "{events:?}");
        let mail = portal.mail_to(bo.email());
        assert_eq!(mail.kind, "amazon-linked");
        assert!(mail.text.contains("Ida"), "{mail:?}");
        let fed = portal.lines("SELECT kind AS line FROM link_events");
        assert_eq!(fed, ["linked"]);
    }

    /// What the panel says where we cannot renew.
    const LENT: &str = "cannot renew itself";

    #[tokio::test]
    async fn a_switch_is_on_record_for_both_players() {
        let portal = Portal::start().await;
        let (cleo, p) = (portal.cleo().await, portal.person("P", false, None).await);
        let mut game = portal.game_with(&portal.game_token_of(&p)).await;
        let answer = connect(&mut game, &portal.amazon.token_of("hanako"), json!({})).await;
        assert_eq!(answer["userId"].as_str(), Some(cleo.id.as_str()));
        for player in [&p, &cleo] {
            let events = portal.events_of(player);
            assert!(events.contains(&"player.session.switched".to_owned()), "{events:?}");
        }
    }

    #[tokio::test]
    async fn a_disabled_player_does_not_come_in() {
        let portal = Portal::start().await;
        let cleo = portal.cleo().await;
        portal.run(&format!("UPDATE players SET disabled_at = created_at WHERE id = '{}'", cleo.id));
        let mut game = portal.game().await;
        let answer = connect(&mut game, &portal.amazon.token_of("hanako"), json!({})).await;
        assert_eq!(error(&answer), Some(("authentication".into(), "NOTAUTHORIZED".into())));
        assert_eq!((player_of(&mut game).await, players(&portal)), (None, 1));
    }
}

mod the_fence {
    use super::*;

    async fn fenced() -> Portal {
        Portal::with(|settings| {
            settings.set("DOVETAIL_GAME_LINKING", "fresh");
        })
        .await
    }

    fn asks_for_proof(answer: &Value) -> bool {
        let portal = answer["error"]["portal"].as_str().unwrap_or_default();
        answer["error"]["authentication"] == "REAUTHENTICATION_REQUIRED" && portal.ends_with("/link/amazon")
    }

    /// S75, `DOVETAIL_GAME_LINKING=fresh`: a token, however good, does not link an account that has a password.
    #[tokio::test]
    async fn keeps_a_stolen_token_from_linking_and_unlinking() {
        let portal = fenced().await;
        portal.amazon.admits("ida", "Ida", "ida@customers.test");
        let (bo, ann) = (portal.bo().await, portal.ann().await);
        let mut game = portal.game_with(&portal.game_token_of(&bo)).await;
        let _signed_in_on_the_web = portal.browser_of(&bo);
        let answer = connect(&mut game, &portal.amazon.token_of("ida"), json!({})).await;
        assert!(asks_for_proof(&answer), "{answer}");
        assert_eq!((portal.count_of("amazon_links", &bo), portal.count_all("amazon_links")), (0, 1));
        let mut game = portal.game_with(&portal.game_token_of(&ann)).await;
        let answer = game.ask("SocialDisconnectRequest", json!({ "systemId": "AM" })).await;
        assert!(asks_for_proof(&answer), "{answer}");
        assert_eq!(portal.count_of("amazon_links", &ann), 1);
    }

    #[tokio::test]
    async fn opens_for_a_credential_proven_lately_on_this_very_connection() {
        let portal = fenced().await;
        portal.amazon.admits("ida", "Ida", "ida@customers.test");
        let bo = portal.bo().await;
        let mut game = portal.game().await;
        let who = json!({ "userName": bo.email(), "password": bo.password() });
        let answer = game.ask("AuthenticationRequest", who).await;
        assert_eq!(answer["userId"].as_str(), Some(bo.id.as_str()), "{answer}");
        let answer = connect(&mut game, &portal.amazon.token_of("ida"), json!({})).await;
        assert_eq!((error(&answer), portal.count_of("amazon_links", &bo)), (None, 1));
        portal.wait(TimeDelta::hours(2));
        let answer = game.ask("SocialDisconnectRequest", json!({ "systemId": "AM" })).await;
        assert!(asks_for_proof(&answer), "the proof is old: {answer}");
        let _browser = portal.browser_of(&bo);
        let who = json!({ "userName": bo.email(), "password": bo.password() });
        let mut own = portal.game().await;
        let proven = own.ask("AuthenticationRequest", who).await;
        let mut resumed = portal.game_with(proven["authToken"].as_str().unwrap()).await;
        for game in [&mut game, &mut resumed] {
            let answer = game.ask("SocialDisconnectRequest", json!({ "systemId": "AM" })).await;
            assert!(asks_for_proof(&answer), "somebody else's proof counts for nothing here: {answer}");
        }
        let answer = own.ask("SocialDisconnectRequest", json!({ "systemId": "AM" })).await;
        assert_eq!((answer.get("error"), portal.count_of("amazon_links", &bo)), (None, 0));
    }

    /// The operator wants it for everybody, also for a device's player.
    #[tokio::test]
    async fn stands_before_every_player() {
        let portal = fenced().await;
        portal.amazon.admits("ida", "Ida", "ida@customers.test");
        let p = portal.person("P", false, None).await;
        let mut game = portal.game_with(&portal.game_token_of(&p)).await;
        let answer = connect(&mut game, &portal.amazon.token_of("ida"), json!({})).await;
        assert!(asks_for_proof(&answer), "{answer}");
        assert_eq!(portal.count_of("amazon_links", &p), 0);
    }
}

mod disconnecting {
    use super::*;

    async fn disconnect(game: &mut GameClient, system: Value) -> Value {
        let answer = game.ask("SocialDisconnectRequest", json!({ "systemId": system })).await;
        assert_eq!(answer["@class"], ".SocialDisconnectResponse", "{answer}");
        answer
    }

    #[tokio::test]
    async fn takes_the_link_and_leaves_the_player() {
        let portal = Portal::start().await;
        let ann = portal.ann().await;
        let mut game = portal.proven_game_of(&ann).await;
        assert_eq!(disconnect(&mut game, json!("AM")).await.get("error"), None);
        assert_eq!((portal.count_of("amazon_links", &ann), portal.count_of("former_links", &ann)), (0, 1));
        assert_eq!(player_of(&mut game).await, Some(ann.id.clone()), "the session stays");
        assert_eq!(portal.mail_to(ann.email()).kind, "amazon-unlinked");
        assert!(portal.events_of(&ann).contains(&"link.amazon.removed".to_owned()));
        assert_eq!(portal.lines("SELECT kind AS line FROM link_events"), ["unlinked"]);
        let again = disconnect(&mut game, json!("AM")).await;
        assert_eq!(error(&again), Some(("systemId".into(), "NOT_CONNECTED".into())));
        let answer = connect(&mut game, &portal.amazon.token_of("pat"), json!({})).await;
        assert_eq!(answer["userId"].as_str(), Some(ann.id.as_str()), "the identity is free again");
    }

    #[tokio::test]
    async fn never_takes_the_last_way_in() {
        let portal = Portal::start().await;
        let cleo = portal.cleo().await;
        let mut game = portal.game_with(&portal.game_token_of(&cleo)).await;
        let proof = connect(&mut game, &portal.amazon.token_of("hanako"), json!({})).await;
        assert_eq!(error(&proof), None);
        let answer = disconnect(&mut game, json!("AM")).await;
        assert_eq!(error(&answer), Some(("password".into(), "NOT_SET".into())));
        assert_eq!(portal.count_of("amazon_links", &cleo), 1);
    }

    #[tokio::test]
    async fn knows_one_system() {
        let portal = Portal::start().await;
        let ann = portal.ann().await;
        let mut game = portal.game_with(&portal.game_token_of(&ann)).await;
        for other in ["FB", "am", "ZZ"] {
            let answer = disconnect(&mut game, json!(other)).await;
            assert_eq!(error(&answer), Some(("systemId".into(), "NOT_CONNECTED".into())));
        }
        assert_eq!(
            error(&disconnect(&mut game, json!(null)).await),
            Some(("systemId".into(), "REQUIRED".into()))
        );
    }
}

/// S84: one token brought over and over is stopped before Amazon is asked again.
#[tokio::test]
async fn a_token_that_is_brought_too_often_costs_no_more_calls() {
    let portal = Portal::start().await;
    portal.amazon.admits("ida", "Ida", "ida@customers.test");
    let token = portal.amazon.token_of("ida");
    let mut game = portal.game().await;
    for _ in 0..60 {
        // Games may not say more than twenty things a second, and this clock stands.
        portal.wait(TimeDelta::milliseconds(100));
        assert_eq!(error(&connect(&mut game, &token, json!({})).await), None);
    }
    let calls = portal.amazon.calls(SimulatedCall::TokenInfo);
    let answer = connect(&mut game, &token, json!({})).await;
    assert_eq!(error(&answer), Some(("accessToken".into(), "TRY_AGAIN".into())));
    assert_eq!(portal.amazon.calls(SimulatedCall::TokenInfo), calls);
    let fresh = portal.amazon.token_of("ida");
    assert_eq!(error(&connect(&mut game, &fresh, json!({})).await), None);
}

/// S77: what opens a game opens no page, and the reverse.
#[tokio::test]
async fn a_game_s_token_is_no_browser_s_and_a_browser_s_no_game_s() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    let token = portal.game_token_of(&ann);
    let browser = portal.browser();
    browser.plant("session", &token);
    assert_eq!(browser.get("/account").await.status, 303);
    let cookie = portal.browser_of(&ann).cookie("session").unwrap();
    for presented in [cookie.as_str(), &cookie[cookie.len() - 43..]] {
        let mut game = portal.knock("/ws/device/dovetail").await;
        let secret = super::harness::game_client::DEVICE_SECRET;
        let welcome = game.shake(secret, json!({ "authToken": presented })).await;
        assert!(welcome.get("userId").is_none(), "{welcome}");
    }
}
