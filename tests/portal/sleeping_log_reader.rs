//! S93: whoever reads the log, and stops reading, stops no request. The real program, with a pipe for its log.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::harness::ports::port_for_a_program;

/// More than a pipe takes (64 KiB) in lines of the log.
const REQUESTS: usize = 600;

#[tokio::test]
async fn a_reader_that_sleeps_stops_no_request_and_reads_on_later() {
    let folder = tempfile::tempdir().unwrap();
    let (port, ops, amazon) = (port_for_a_program(), port_for_a_program(), port_for_a_program());
    let mut child = Command::new(env!("CARGO_BIN_EXE_dovetail"))
        .arg("serve")
        .env_clear()
        .env("DOVETAIL_MODE", "development")
        .env("DOVETAIL_LISTEN", format!("127.0.0.1:{port}"))
        .env("DOVETAIL_OPS_LISTEN", format!("127.0.0.1:{ops}"))
        .env("DOVETAIL_SIMULATOR_LISTEN", format!("127.0.0.1:{amazon}"))
        .env("DOVETAIL_PUBLIC_URL", format!("http://localhost:{port}"))
        .env("DOVETAIL_DATABASE_URL", format!("sqlite:{}", folder.path().join("dovetail.db").display()))
        .env("DOVETAIL_LOG_FORMAT", "json")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(said.any(|line| line.unwrap().starts_with("Dovetail is at")), "it did not start");

    let client = reqwest::Client::builder().timeout(Duration::from_secs(10)).build().unwrap();
    for request in 0..REQUESTS {
        let answer = client.get(format!("http://localhost:{port}/sign-in")).send().await;
        assert_eq!(answer.unwrap().status(), 200, "request {request}");
    }
    let metrics = client.get(format!("http://127.0.0.1:{ops}/metrics")).send().await.unwrap();
    assert!(metrics.text().await.unwrap().contains("dovetail_log_lines_dropped_total 0\n"), "they wait");

    let mut log = child.stderr.take().unwrap();
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        log.read_to_string(&mut text).map(|_| text).unwrap()
    });
    let asked = Command::new("kill").arg(child.id().to_string()).status().unwrap();
    assert!(asked.success() && child.wait().unwrap().success());
    let log = reader.join().unwrap();
    assert!(log.matches("web.request.answered").count() >= REQUESTS, "every line came at last");
}
