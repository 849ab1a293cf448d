//! Nothing jumps: on a slow first visit no page moves what somebody already reads.

use std::time::Duration;

use serde_json::json;
use tokio::time::sleep;

use super::visitor::Visitor;
use crate::harness::Portal;
use crate::harness::chromium::{Scheme, Window};

/// What layouts may shift in all, as browsers count it (Cumulative Layout Shift). A tenth counts as good.
const MOST: f64 = 0.02;

/// Waits for the fonts, then for what they move, and tells the sum of the shifts since the page began.
const SHIFTED: &str = "
    const done = arguments[arguments.length - 1];
    let sum = 0;
    const moved = [];
    const seen = (entries) => entries.forEach((entry) => {
        sum += entry.value;
        for (const source of entry.sources) {
            const node = source.node;
            moved.push(`${entry.value.toFixed(4)} ${node?.nodeName}.${node?.className ?? ''}`);
        }
    });
    const observer = new PerformanceObserver((list) => seen(list.getEntries()));
    observer.observe({ type: 'layout-shift', buffered: true });
    document.fonts.ready.then(() => setTimeout(() => {
        seen(observer.takeRecords());
        done([sum, moved, document.fonts.check('1rem Figtree')]);
    }, 400));
";

#[tokio::test]
async fn no_page_shifts_on_a_slow_first_visit() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    let mut wrongs = Vec::new();
    for (seat, pages) in [
        (portal.browser(), ["/", "/sign-in", "/register", "/privacy"].as_slice()),
        (
            portal.browser_of(&ann),
            ["/account", "/account/security", "/account/profile", "/link/amazon"].as_slice(),
        ),
    ] {
        for language in ["en", "de"] {
            let visitor = Visitor::open(&portal, Window { language, ..Window::default() }).await;
            visitor.sits_down_as(&seat).await;
            for width in [360, 412, 768, 1280] {
                let size = (width, 800);
                visitor.browser.show(Window { size, scheme: Scheme::Light, ..Window::default() }).await;
                for page in pages {
                    visitor.browser.is_new_and_slow().await;
                    visitor.visit(page).await;
                    let found = visitor.browser.execute_async(SHIFTED, Vec::new()).await.unwrap();
                    let (sum, has_font) = (found[0].as_f64().unwrap(), found[2] == json!(true));
                    if sum >= MOST || !has_font {
                        wrongs.push(format!("{page} at {width} in {language}: {found}"));
                    }
                }
            }
        }
    }
    assert!(wrongs.is_empty(), "{wrongs:#?}");
}

/// The measure itself: what is pushed down by something new is told.
#[tokio::test]
async fn a_shift_is_seen() {
    let portal = Portal::start().await;
    let visitor = Visitor::open(&portal, Window::default()).await;
    visitor.visit("/privacy").await;
    sleep(Duration::from_millis(600)).await;
    let push = "document.querySelector('header').style.height = '300px'";
    visitor.browser.execute(push, Vec::new()).await.unwrap();
    let found = visitor.browser.execute_async(SHIFTED, Vec::new()).await.unwrap();
    assert!(found[0].as_f64().unwrap() > MOST, "{found}");
}

/// The rows of the header keep their height however long their words are.
#[tokio::test]
async fn the_header_does_not_wrap() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    portal.run(&format!(
        "UPDATE players SET display_name = 'Featherstonehaugh-Wolverhampton' WHERE id = '{}'",
        ann.id
    ));
    let visitor = Visitor::open(&portal, Window::default()).await;
    visitor.sits_down_as(&portal.browser_of(&ann)).await;
    let heights = "return ['.top .mark', '.top nav', '.top .who'].map((part) => document.querySelector(part).getBoundingClientRect().height)";
    for (width, most) in [(320, 60.0), (360, 60.0), (412, 60.0), (768, 60.0), (840, 70.0), (1280, 70.0)] {
        visitor.browser.show(Window { size: (width, 800), ..Window::default() }).await;
        visitor.visit("/account").await;
        for language in ["en", "de"] {
            portal.run(&format!("UPDATE players SET language = '{language}' WHERE id = '{}'", ann.id));
            visitor.visit("/account").await;
            let found = visitor.browser.execute(heights, Vec::new()).await.unwrap();
            let found: Vec<f64> =
                found.as_array().unwrap().iter().map(|height| height.as_f64().unwrap()).collect();
            assert!(found.iter().all(|height| *height <= most), "{width}, {language}: {found:?}");
        }
    }
}
