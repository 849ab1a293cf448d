//! What the house promises about every request, whichever page it is for: hosts, methods, sizes, framing.

use super::harness::Portal;
use super::harness::browser::NEIGHBOURS;

/// A GET for `target`, with these header lines.
fn get(target: &str, headers: &str) -> String {
    format!("GET {target} HTTP/1.1\r\n{headers}Connection: close\r\n\r\n")
}

mod hosts {
    use super::*;

    /// S118: who asks for another host is sent to ours, and nothing is built from what they said.
    #[tokio::test]
    async fn a_get_for_another_host_is_sent_home_in_development() {
        let portal = Portal::start().await;
        for host in ["evil.example", "localhost", "127.0.0.1:1", "localhost.evil.example", "evil@localhost"] {
            let answer = portal.raw(get("/sign-in?next=%2Faccount", &format!("Host: {host}\r\n"))).await;
            assert_eq!(answer.status, 307, "{host}: {answer:?}");
            let home = format!("{}/sign-in?next=%2Faccount", portal.url());
            assert_eq!(answer.header("location"), Some(home.as_str()), "{host}");
            assert!(!answer.text.contains("evil"), "{host}: {answer:?}");
        }
    }

    #[tokio::test]
    async fn anything_else_for_another_host_is_misdirected() {
        let portal = Portal::start().await;
        for host in ["evil.example", "localhost", ""] {
            let post = format!(
                "POST /sign-in HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            );
            let answer = portal.raw(post).await;
            assert!(matches!(answer.status, 421 | 400), "{host}: {answer:?}");
        }
    }

    #[tokio::test]
    async fn the_own_host_is_served_in_any_case_and_machines_by_any_name() {
        let portal = Portal::start().await;
        let loud = portal.host().to_uppercase();
        assert_eq!(portal.raw(get("/nowhere", &format!("Host: {loud}\r\n"))).await.status, 404);
        assert_eq!(portal.raw(get("/healthz", "Host: 10.0.0.7\r\n")).await.status, 200);
    }

    #[tokio::test]
    async fn a_target_that_names_a_host_of_its_own_is_held_against_it() {
        let portal = Portal::start().await;
        let host = format!("Host: {}\r\n", portal.host());
        let answer = portal.raw(get("http://evil.example/account", &host)).await;
        assert!(matches!(answer.status, 307 | 400 | 421), "{answer:?}");
        assert!(!answer.text.contains("evil"), "{answer:?}");
        let twice = format!("{host}Host: evil.example\r\n");
        let answer = portal.raw(get("/", &twice)).await;
        assert!(matches!(answer.status, 400 | 421), "two hosts: {answer:?}");
    }
}

mod methods {
    use super::*;

    #[tokio::test]
    async fn trace_is_refused_and_nothing_is_echoed() {
        let portal = Portal::start().await;
        let host = format!("Host: {}\r\nX-Marker: echoed\r\nConnection: close\r\n\r\n", portal.host());
        for target in ["/", "/healthz", "/nowhere"] {
            let answer = portal.raw(format!("TRACE {target} HTTP/1.1\r\n{host}")).await;
            assert!(matches!(answer.status, 404 | 405), "{target}: {answer:?}");
            assert!(!answer.text.contains("echoed"), "{target}: {answer:?}");
        }
        let answer = portal.raw(format!("CONNECT evil.example:443 HTTP/1.1\r\n{host}")).await;
        assert!(answer.status >= 400, "{answer:?}");
    }

    #[tokio::test]
    async fn what_belongs_to_operators_is_not_here() {
        let browser = Portal::start().await;
        let browser = (browser.browser(), browser);
        for path in
            ["/metrics", "/readyz", "/static", "/static/", "/static/x/", "/.env", "/account/made-up.css"]
        {
            assert_eq!(browser.0.get(path).await.status, 404, "{path}");
        }
    }

    #[tokio::test]
    async fn a_head_is_a_get_without_its_body() {
        let portal = Portal::start().await;
        let host = format!("Host: {}\r\n", portal.host());
        let head = get("/healthz", &host).replacen("GET", "HEAD", 1);
        let answer = portal.raw(head).await;
        assert_eq!(answer.status, 200);
        assert!(answer.text.ends_with("\r\n\r\n"), "{answer:?}");
    }
}

mod sizes {
    use super::*;

    fn form(portal: &Portal, body: &str) -> String {
        let host = portal.host();
        format!(
            "POST /sign-in HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        )
    }

    /// Path and query of exactly this many bytes.
    fn target(bytes: usize) -> String {
        format!("/nowhere?a={}", "x".repeat(bytes - "/nowhere?a=".len()))
    }

    /// S97: each limit holds to the byte.
    #[tokio::test]
    async fn an_address_has_8_kib_and_32_pairs() {
        let portal = Portal::start().await;
        let host = format!("Host: {}\r\n", portal.host());
        assert_eq!(portal.raw(get(&target(8 * 1024), &host)).await.status, 404);
        assert_eq!(portal.raw(get(&target(8 * 1024 + 1), &host)).await.status, 414);
        assert_eq!(portal.raw(get(&target(60 * 1024), &host)).await.status, 414);
        assert_eq!(portal.raw(get(&target(100 * 1024), &host)).await.status, 400, "the parser gives up");
        let pairs = |count: usize| format!("/nowhere?{}", vec!["a=1"; count].join("&"));
        assert_eq!(portal.raw(get(&pairs(32), &host)).await.status, 404);
        assert_eq!(portal.raw(get(&pairs(33), &host)).await.status, 400);
    }

    #[tokio::test]
    async fn headers_are_at_most_96_and_not_endless() {
        let portal = Portal::start().await;
        let lines = |count: usize| {
            let host = format!("Host: {}\r\n", portal.host());
            (0..count).fold(host, |lines, number| lines + &format!("X-{number}: a\r\n"))
        };
        assert_eq!(portal.raw(get("/healthz", &lines(90))).await.status, 200);
        assert!(matches!(portal.raw(get("/healthz", &lines(97))).await.status, 400 | 431));
        let endless = format!("Host: {}\r\nX-A: {}\r\n", portal.host(), "a".repeat(200 * 1024));
        assert!(matches!(portal.raw(get("/healthz", &endless)).await.status, 400 | 431));
    }

    #[tokio::test]
    async fn a_form_has_16_kib_and_64_fields() {
        let portal = Portal::start().await;
        let body = |bytes: usize| format!("a={}", "x".repeat(bytes - 2));
        // Without its token a form of the right size is refused for that.
        assert_eq!(portal.raw(form(&portal, &body(16 * 1024))).await.status, 403);
        assert_eq!(portal.raw(form(&portal, &body(16 * 1024 + 1))).await.status, 413);
        let fields =
            |count: usize| (0..count).map(|number| format!("f{number}=1")).collect::<Vec<_>>().join("&");
        assert_eq!(portal.raw(form(&portal, &fields(64))).await.status, 403);
        assert_eq!(portal.raw(form(&portal, &fields(65))).await.status, 400);
        assert_eq!(portal.raw(form(&portal, "a=1&a=2")).await.status, 400, "a repeated field (S112)");
    }

    #[tokio::test]
    async fn chunks_do_not_get_past_the_limit() {
        let portal = Portal::start().await;
        let chunk = format!("1000\r\n{}\r\n", "x".repeat(0x1000));
        let request = format!(
            "POST /sign-in HTTP/1.1\r\nHost: {}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n{}0\r\n\r\n",
            portal.host(),
            chunk.repeat(5)
        );
        assert_eq!(portal.raw(request).await.status, 413);
    }

    #[tokio::test]
    async fn a_form_is_a_form() {
        let portal = Portal::start().await;
        for kind in ["application/json", "multipart/form-data; boundary=x", "text/plain", ""] {
            let request = form(&portal, "a=1").replace("application/x-www-form-urlencoded", kind);
            assert_eq!(portal.raw(request).await.status, 400, "{kind}");
        }
    }

    #[tokio::test]
    async fn a_body_shorter_than_it_said_is_no_form() {
        let portal = Portal::start().await;
        let request = form(&portal, "csrf=a").replace("Content-Length: 6", "Content-Length: 60");
        let answer = portal.raw(request).await;
        assert!(matches!(answer.status, 0 | 400 | 408), "{answer:?}");
    }
}

mod framing {
    use super::*;

    /// S99: where two parsers could disagree, the answer is 400 and the end of the connection.
    #[tokio::test]
    async fn a_request_has_one_reading() {
        let portal = Portal::start().await;
        let host = portal.host();
        let smuggled = format!("GET /healthz HTTP/1.1\r\nHost: {host}\r\n\r\n");
        let post = format!("POST /sign-in HTTP/1.1\r\nHost: {host}\r\n");
        let with_get = |lines: &str| format!("GET /healthz HTTP/1.1\r\nHost: {host}\r\n{lines}\r\n");
        let table = [
            (
                "length and chunks",
                format!("{post}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{smuggled}"),
            ),
            (
                "chunks and length",
                format!("{post}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n{smuggled}"),
            ),
            ("two lengths", format!("{post}Content-Length: 0\r\nContent-Length: 5\r\n\r\n{smuggled}")),
            ("a list of lengths", format!("{post}Content-Length: 5, 5\r\n\r\nabcde{smuggled}")),
            ("a signed length", format!("{post}Content-Length: +5\r\n\r\nabcde{smuggled}")),
            ("a negative length", format!("{post}Content-Length: -5\r\n\r\n{smuggled}")),
            ("a length in hex", format!("{post}Content-Length: 0x5\r\n\r\nabcde{smuggled}")),
            ("an endless length", format!("{post}Content-Length: 99999999999999999999999\r\n\r\n{smuggled}")),
            ("an unknown coding", format!("{post}Transfer-Encoding: cow\r\n\r\n{smuggled}")),
            ("a hidden coding", format!("{post}Transfer-Encoding: xchunked\r\n\r\n{smuggled}")),
            (
                "a coding under chunks",
                format!("{post}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n{smuggled}"),
            ),
            (
                "a chunk of nonsense",
                format!("{post}Transfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n0\r\n\r\n{smuggled}"),
            ),
            (
                "a chunk of too much",
                format!(
                    "{post}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nab\r\n0\r\n\r\n{smuggled}"
                ),
            ),
            ("a folded line", with_get("X-A: b\r\n c\r\n")),
            ("a blank before the colon", with_get("X-A : b\r\n")),
            ("a line without a colon", with_get("nonsense\r\n")),
            ("a zero byte", with_get("X-A: a\0b\r\n")),
            ("a name of two words", with_get("X A: b\r\n")),
            ("a blank before the method", format!(" {smuggled}")),
            ("no version", format!("GET /healthz\r\nHost: {host}\r\n\r\n")),
            ("a version to come", format!("GET /healthz HTTP/2.0\r\nHost: {host}\r\n\r\n")),
            ("two blanks", format!("GET  /healthz  HTTP/1.1\r\nHost: {host}\r\n\r\n")),
            ("a tab", format!("GET\t/healthz\tHTTP/1.1\r\nHost: {host}\r\n\r\n")),
            ("a bare CR", format!("GET /healthz HTTP/1.1\rHost: {host}\r\r")),
            ("no method", format!("/healthz HTTP/1.1\r\nHost: {host}\r\n\r\n")),
            ("a preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned()),
            ("TLS", "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}\u{fc}\u{3}\u{3}".to_owned()),
        ];
        let mut wrong = Vec::new();
        for (what, request) in table {
            let answer = portal.raw(request).await;
            let is_refused = matches!(answer.status, 0 | 400 | 413 | 501 | 505);
            if !is_refused || answer.answers() > 1 {
                wrong.push(format!("{what}: {} in {} answers", answer.status, answer.answers()));
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}

mod in_production {
    use super::*;

    const HOST: &str = "account.studio.test";
    const GAME_SECRET: &str = "Zk3vQ9xT7mLw2RbN8sHd4YcF6gJp";
    const CREDENTIALS: &str =
        "studio:server:Zk3vQ9xT7mLw2RbN8sHd4YcF6gJp,studio:device:Hb8wXe5uKq1nVz6tMr3jCs9yPd2f";

    /// A portal as a studio runs it, behind its proxy, which here is the test.
    async fn production() -> Portal {
        Portal::with(|settings| {
            settings
                .set("DOVETAIL_MODE", "production")
                .set("DOVETAIL_PUBLIC_URL", &format!("https://{HOST}"))
                .set("DOVETAIL_TRUSTED_PROXIES", "127.0.0.1")
                .set("DOVETAIL_AMAZON_CLIENT_ID", "amzn1.application-oa2-client.9f3c1b7a2e6d4508")
                .set(
                    "DOVETAIL_AMAZON_CLIENT_SECRET",
                    "8f3a61c0d97b24e5f01846bd93ac7e2570bd19f4ce8632a5d7410e9fb86c3a25",
                )
                .set("DOVETAIL_SMTP_URL", "smtps://portal:hunter2@mail.studio.test")
                .set("DOVETAIL_MAIL_FROM", "Studio <no-reply@studio.test>")
                .set("DOVETAIL_GAME_CREDENTIALS", CREDENTIALS);
            settings.0.remove("DOVETAIL_SIMULATOR_LISTEN");
        })
        .await
    }

    async fn ask(
        portal: &Portal,
        target: &str,
        scheme: &str,
        host: &str,
    ) -> super::super::harness::raw::Answer {
        portal.raw(get(target, &format!("Host: {host}\r\nX-Forwarded-Proto: {scheme}\r\n"))).await
    }

    #[tokio::test]
    async fn cookies_and_transport_are_for_https_alone() {
        let portal = production().await;
        let page = ask(&portal, "/sign-in", "https", HOST).await;
        assert_eq!(page.status, 200, "{page:?}");
        let cookie = page.header("set-cookie").unwrap();
        assert!(cookie.starts_with("__Host-browser="), "{cookie}");
        assert!(cookie.contains("; Secure") && !cookie.contains("Domain"), "{cookie}");
        let transport = page.header("strict-transport-security").unwrap();
        assert_eq!(transport, "max-age=63072000; includeSubDomains");
    }

    /// A browser holds each redirect after a form against `form-action`, and Amazon passes it on between its hosts.
    #[tokio::test]
    async fn forms_may_lead_to_every_host_of_a_trip_and_others_stay_here() {
        let portal = production().await;
        let shops = "com ca com.mx com.br co.uk de fr it es nl se pl com.be ie com.tr ae sa eg in co.jp com.au sg co.za";
        let hosts = shops.split(' ').fold(String::new(), |hosts, shop| hosts + " https://*.amazon." + shop);
        for (path, sources) in [
            ("/", format!("'self' https://www.amazon.com{hosts}")),
            ("/sign-in", format!("'self' https://www.amazon.com{hosts}")),
            ("/register", format!("'self' https://www.amazon.com{hosts}")),
            ("/forgot-password", "'self'".to_owned()),
            ("/privacy", "'self'".to_owned()),
            ("/nowhere", "'self'".to_owned()),
        ] {
            let page = ask(&portal, path, "https", HOST).await;
            let policy = page.header("content-security-policy").unwrap();
            assert!(policy.contains(&format!("; form-action {sources}; ")), "{path}: {policy}");
        }
    }

    #[tokio::test]
    async fn a_plain_request_is_sent_to_https() {
        let portal = production().await;
        let answer = ask(&portal, "/sign-in?next=%2Faccount", "http", HOST).await;
        let home = format!("https://{HOST}/sign-in?next=%2Faccount");
        assert_eq!((answer.status, answer.header("location")), (308, Some(home.as_str())));
    }

    /// One request of each kind that must not come in the open, and its answer where it may come.
    fn asked_by_machines(proto: &str) -> [(&'static str, u16, String); 3] {
        let old_host = "key.live.gamesparks.net";
        [
            ("api", 401, get("/api/v1/players", &format!("Host: {HOST}\r\n{proto}"))),
            (
                "socket",
                101,
                format!(
                    "GET /ws/device/studio HTTP/1.1\r\nHost: {old_host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                     Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r\n{proto}\r\n"
                ),
            ),
            (
                "request",
                200,
                format!(
                    "POST /rs/server/{GAME_SECRET}/AccountDetailsRequest HTTP/1.1\r\nHost: {old_host}\r\n\
                     Content-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n{proto}\r\n{{}}"
                ),
            ),
        ]
    }

    #[tokio::test]
    async fn games_and_the_api_are_refused_without_tls() {
        let portal = production().await;
        for proto in
            ["http", "ws", "HTTP", "", "ftp", "https, http", "https,", "https\r\nX-Forwarded-Proto: ws"]
        {
            let proto = format!("X-Forwarded-Proto: {proto}\r\n");
            for (what, _, request) in asked_by_machines(&proto) {
                let answer = portal.raw(request).await;
                assert_eq!(answer.status, 403, "{what} {proto:?}: {answer:?}");
                assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{what}");
                assert!(answer.text.contains("tls_required"), "{what} {proto:?}: {answer:?}");
            }
        }
    }

    /// The nearest proxy's word counts, in any case; where no proxy says anything, nothing is refused.
    #[tokio::test]
    async fn games_and_the_api_come_in_by_tls() {
        let portal = production().await;
        for proto in [
            "https",
            "wss",
            "HTTPS",
            "Wss",
            "http, https",
            "http ,\twss ",
            "http\r\nX-Forwarded-Proto: https",
        ] {
            let proto = format!("X-Forwarded-Proto: {proto}\r\n");
            for (what, status, request) in asked_by_machines(&proto) {
                assert_eq!(portal.raw(request).await.status, status, "{what} {proto:?}");
            }
        }
        for (what, status, request) in asked_by_machines("") {
            assert_eq!(portal.raw(request).await.status, status, "{what} without a header");
        }
    }

    #[tokio::test]
    async fn development_refuses_nothing_for_want_of_tls() {
        let portal = Portal::with(|settings| {
            settings
                .set("DOVETAIL_PUBLIC_URL", &format!("https://{HOST}"))
                .set("DOVETAIL_TRUSTED_PROXIES", "127.0.0.1")
                .set("DOVETAIL_GAME_CREDENTIALS", CREDENTIALS);
        })
        .await;
        for (what, status, request) in asked_by_machines("X-Forwarded-Proto: http\r\n") {
            assert_eq!(portal.raw(request).await.status, status, "{what}");
        }
    }

    #[tokio::test]
    async fn a_page_is_shown_by_tls_however_the_proxy_writes_it() {
        let portal = production().await;
        for proto in ["HTTPS", "Https", "http, https", "http\r\nX-Forwarded-Proto: HTTPS"] {
            assert_eq!(ask(&portal, "/sign-in", proto, HOST).await.status, 200, "{proto:?}");
        }
        for proto in ["HTTP", "https, http", "https\r\nX-Forwarded-Proto: http"] {
            assert_eq!(ask(&portal, "/sign-in", proto, HOST).await.status, 308, "{proto:?}");
        }
    }

    /// The names are those that a neighbour cannot set; what it can set stands beside them.
    #[tokio::test]
    async fn a_neighbours_cookie_shuts_nobody_out() {
        let portal = production().await;
        let bo = portal.bo().await;
        let talk = async |start: &str, cookies: &[&[u8]], rest: &str| {
            let head = format!(
                "{start} HTTP/1.1\r\nHost: {HOST}\r\nX-Forwarded-Proto: https\r\nConnection: close\r\nCookie: "
            );
            portal.raw([head.as_bytes(), &cookies.join(&b"; "[..]), b"\r\n", rest.as_bytes()].concat()).await
        };
        for neighbour in NEIGHBOURS {
            let shown = String::from_utf8_lossy(neighbour);
            let page = talk("GET /sign-in", &[neighbour], "\r\n").await;
            let browser = format!("__Host-browser={}", page.cookie("__Host-browser").unwrap());
            let csrf =
                page.text.split("name=\"csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
            let form = url::form_urlencoded::Serializer::new(String::new())
                .append_pair("csrf", csrf.unwrap())
                .append_pair("identifier", bo.email())
                .append_pair("password", bo.password())
                .finish();
            let rest = format!(
                "Origin: https://{HOST}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
                form.len()
            );
            let answer = talk("POST /sign-in", &[neighbour, browser.as_bytes()], &rest).await;
            assert_eq!(
                (answer.status, answer.header("location")),
                (303, Some("/account")),
                "{shown}: {answer:?}"
            );
            let session = format!("__Host-session={}", answer.cookie("__Host-session").unwrap());
            let account =
                talk("GET /account", &[neighbour, session.as_bytes(), b"session=x; session=y"], "\r\n").await;
            assert_eq!(account.status, 200, "{shown}: {account:?}");
            let twice =
                talk("GET /account", &[session.as_bytes(), neighbour, b"__Host-session=x"], "\r\n").await;
            assert_eq!(twice.status, 303, "{shown}: {twice:?}");
        }
    }

    #[tokio::test]
    async fn another_host_is_misdirected() {
        let portal = production().await;
        for host in
            ["evil.example", "account.studio.test.evil.example", "account.studio.test:8443", "localhost"]
        {
            assert_eq!(ask(&portal, "/sign-in", "https", host).await.status, 421, "{host}");
        }
        assert_eq!(ask(&portal, "/healthz", "http", "10.0.0.7").await.status, 200);
    }

    /// As browsers, proxies and health checks write it.
    #[tokio::test]
    async fn the_host_may_name_the_default_port_or_end_in_a_dot() {
        let portal = production().await;
        for host in [HOST.to_owned(), format!("{HOST}:443"), format!("{HOST}."), HOST.to_uppercase()] {
            assert_eq!(ask(&portal, "/sign-in", "https", &host).await.status, 200, "{host}");
        }
        for host in [format!("{HOST}:80"), format!("{HOST}.."), format!("{HOST}:"), format!("{HOST}:x")] {
            assert_ne!(ask(&portal, "/sign-in", "https", &host).await.status, 200, "{host}");
        }
    }

    /// RFC 6797 §7.2: the promise of TLS is made over TLS only.
    #[tokio::test]
    async fn the_promise_of_tls_is_made_over_tls_only() {
        let portal = production().await;
        let promise = "strict-transport-security";
        assert!(ask(&portal, "/sign-in", "https", HOST).await.header(promise).is_some());
        assert_eq!(ask(&portal, "/sign-in", "http", HOST).await.header(promise), None);
    }

    #[tokio::test]
    async fn nothing_of_development_is_there() {
        let portal = production().await;
        for path in ["/dev/outbox", "/simulator", "/ap/oa"] {
            assert_eq!(ask(&portal, path, "https", HOST).await.status, 404, "{path}");
        }
    }
}
