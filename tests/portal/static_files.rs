//! Static files: compressed as the browser accepts them, each representation under a tag of its own.

use crate::harness::Portal;
use crate::harness::raw::Answer;

/// The address of the file that the sign-in page names with this ending.
async fn address_of(portal: &Portal, ending: &str) -> String {
    let page = portal.raw(request(portal, "GET", "/sign-in", "")).await;
    let mut addresses = page.text.split('"').filter(|part| part.starts_with("/static/"));
    addresses.find(|address| address.ends_with(ending)).expect("named on the page").to_owned()
}

fn request(portal: &Portal, method: &str, path: &str, more: &str) -> String {
    format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{more}\r\n", portal.host())
}

async fn get(portal: &Portal, path: &str, more: &str) -> Answer {
    portal.raw(request(portal, "GET", path, more)).await
}

fn length(answer: &Answer) -> usize {
    answer.header("content-length").unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_file_is_sent_as_the_browser_accepts_it() {
    let portal = Portal::start().await;
    for ending in ["app.css", "app.js"] {
        let path = address_of(&portal, ending).await;
        let plain = get(&portal, &path, "").await;
        let gzip = get(&portal, &path, "Accept-Encoding: gzip\r\n").await;
        let brotli = get(&portal, &path, "Accept-Encoding: gzip, deflate, br, zstd\r\n").await;
        let mut tags = Vec::new();
        for (answer, encoding) in [(&plain, None), (&gzip, Some("gzip")), (&brotli, Some("br"))] {
            assert_eq!(answer.status, 200, "{ending}");
            assert_eq!(answer.header("content-encoding"), encoding, "{ending}");
            assert_eq!(answer.header("vary"), Some("accept-encoding"), "{ending}");
            assert_eq!(answer.header("content-type"), plain.header("content-type"));
            assert!(answer.header("cache-control").unwrap().contains("immutable"));
            let tag = answer.header("etag").unwrap();
            assert!(tag.starts_with('"') && tag.ends_with('"') && !tags.contains(&tag), "{ending}: {tag}");
            tags.push(tag);
        }
        assert!(length(&gzip) < length(&plain) && length(&brotli) < length(&plain), "{ending}");
    }
}

#[tokio::test]
async fn who_has_a_representation_is_sent_nothing_and_who_has_another_gets_it() {
    let portal = Portal::start().await;
    let path = address_of(&portal, "app.css").await;
    let brotli = get(&portal, &path, "Accept-Encoding: br\r\n").await;
    let tag = format!("If-None-Match: {}\r\n", brotli.header("etag").unwrap());
    let known = get(&portal, &path, &format!("Accept-Encoding: br\r\n{tag}")).await;
    assert_eq!((known.status, known.text.split("\r\n\r\n").nth(1)), (304, Some("")));
    assert_eq!(known.header("etag"), brotli.header("etag"));
    assert_eq!(known.header("vary"), Some("accept-encoding"));
    assert_eq!(known.header("cache-control"), brotli.header("cache-control"));
    let other = get(&portal, &path, &format!("Accept-Encoding: gzip\r\n{tag}")).await;
    assert_eq!((other.status, other.header("content-encoding")), (200, Some("gzip")));
    let head = portal.raw(request(&portal, "HEAD", &path, "Accept-Encoding: br\r\n")).await;
    assert_eq!((head.status, head.header("etag")), (200, brotli.header("etag")));
    // A page of another release asks for a file under another version.
    let stale =
        get(&portal, "/static/0123456789abcdef/app.css", &format!("Accept-Encoding: br\r\n{tag}")).await;
    assert_eq!((stale.status, stale.header("cache-control")), (304, Some("no-cache")));
}

#[tokio::test]
async fn fonts_are_named_by_the_page_and_sent_as_they_are() {
    let portal = Portal::start().await;
    for ending in ["figtree.woff2", "bricolage-grotesque.woff2"] {
        let path = address_of(&portal, ending).await;
        let font = get(&portal, &path, "Accept-Encoding: br, gzip\r\n").await;
        assert_eq!((font.status, font.header("content-type")), (200, Some("font/woff2")));
        assert_eq!((font.header("content-encoding"), font.header("vary")), (None, None));
    }
}

/// A browser asks for one script: the page names no second one, and the one names no other.
#[tokio::test]
async fn the_script_is_one_file() {
    let portal = Portal::start().await;
    let path = address_of(&portal, "app.js").await;
    let script = get(&portal, &path, "").await.text;
    assert!(script.contains("localTime") && !script.contains("\nimport ") && !script.contains("\nexport "));
}

#[tokio::test]
async fn every_page_says_what_it_is_for() {
    let portal = Portal::start().await;
    let mut said = Vec::new();
    for path in ["/", "/sign-in", "/register", "/privacy", "/forgot-password"] {
        for language in ["en", "de"] {
            let page = portal.raw(request(&portal, "GET", &format!("{path}?language={language}"), "")).await;
            let description = page.text.split("<meta name=\"description\" content=\"").nth(1);
            let description = description.unwrap().split('"').next().unwrap().to_owned();
            assert!((30..=160).contains(&description.chars().count()), "{path}: {description}");
            assert!(!said.contains(&description), "{path}: {description}");
            said.push(description);
        }
    }
}
