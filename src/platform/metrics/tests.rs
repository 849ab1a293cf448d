use super::*;

fn series(text: &str) -> usize {
    text.lines().filter(|line| !line.starts_with('#')).count()
}

#[test]
fn every_name_says_its_unit_and_is_there_once() {
    let metrics = Metrics::new();
    let mut names: Vec<&str> = metrics.described().iter().map(|it| it.name.as_str()).collect();
    for it in metrics.described() {
        assert!(it.name.starts_with("dovetail_") || it.name == "process_start_time_seconds", "{}", it.name);
        assert_eq!(it.kind == "counter", it.name.ends_with("_total"), "{}", it.name);
        assert!(it.kind != "histogram" || it.name.ends_with("_seconds"), "{}", it.name);
        assert!(it.help.len() > 10 && !it.help.contains('|'), "{}", it.name);
    }
    names.sort_unstable();
    let before = names.len();
    names.dedup();
    assert_eq!(names.len(), before);
}

#[test]
fn what_is_described_is_what_is_scraped() {
    let metrics = Metrics::new();
    metrics.request("GET", "/account", 200, Duration::from_millis(3));
    let text = metrics.text();
    assert!(text.ends_with("# EOF\n"));
    for it in metrics.described() {
        let family = it.name.trim_end_matches("_total").trim_end_matches("_info");
        let has_words = !text.contains(&format!("# TYPE {family} {}\n", it.kind));
        // A family whose label values only its callers know is empty until the first value.
        assert!(!has_words || !it.labels.is_empty() || it.kind == "histogram", "{} is not scraped", it.name);
    }
    assert!(
        text.contains("dovetail_http_requests_total{method=\"GET\",route=\"/account\",status=\"2xx\"} 1")
    );
    assert!(text.contains("dovetail_sign_ins_total{outcome=\"wrong\"} 0"), "there before the first");
}

#[test]
fn counting_adds_no_series_to_closed_lists() {
    let metrics = Metrics::new();
    let before = series(&metrics.text());
    for limit in Limit::ALL {
        metrics.throttle_refusals.add(*limit);
    }
    for outcome in SignIn::ALL {
        metrics.sign_ins.add_many(*outcome, 1_000);
    }
    metrics.circuit.set(Circuit::Open);
    assert_eq!(series(&metrics.text()), before);
    assert_eq!(metrics.sign_ins.so_far(SignIn::Wrong), 1_000);
}

#[test]
fn one_state_is_on_at_a_time() {
    let metrics = Metrics::new();
    let on = |text: &str| {
        text.lines().filter(|l| l.starts_with("dovetail_amazon_circuit{") && l.ends_with(" 1")).count()
    };
    assert_eq!(on(&metrics.text()), 1);
    metrics.circuit.set(Circuit::Open);
    assert!(metrics.text().contains("dovetail_amazon_circuit{state=\"open\"} 1"));
    assert_eq!(on(&metrics.text()), 1);
}

#[test]
fn what_is_held_counts_until_it_is_dropped() {
    let metrics = Metrics::new();
    let held = metrics.hashes_running.hold();
    assert!(metrics.text().contains("dovetail_password_hashes_running 1"));
    drop(held);
    assert!(metrics.text().contains("dovetail_password_hashes_running 0"));
}

#[test]
fn a_method_nobody_has_heard_of_is_no_new_label() {
    let metrics = Metrics::new();
    for number in 0..50 {
        metrics.request(&format!("METHOD{number}"), "none", 405, Duration::ZERO);
    }
    let lines =
        metrics.text().lines().filter(|line| line.starts_with("dovetail_http_requests_total")).count();
    assert_eq!(lines, 1);
}
