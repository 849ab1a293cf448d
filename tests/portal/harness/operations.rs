//! The operations listener of a portal.

use std::net::TcpListener;
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};

use actix_web::dev::ServerHandle;
use dovetail::testing::operations::readiness::{self, ReadinessReport};
use reqwest::{Method, Response};

use super::portal::Portal;

/// A running listener, which stops when dropped.
pub struct Operations {
    pub url: String,
    pub readiness: Arc<ReadinessReport>,
    client: reqwest::Client,
    running: Option<(ServerHandle, JoinHandle<()>)>,
}

impl Portal {
    /// Starts the listener, as `dovetail serve` does beside the portal.
    pub fn operations(&self) -> Operations {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let readiness = ReadinessReport::of(Arc::clone(self.app()));
        let (app, asked) = (Arc::clone(self.app()), Arc::clone(&readiness));
        let (tell, told) = mpsc::channel();
        let thread = thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let server = readiness::start(app, asked, listener).expect("a listener");
                tell.send(server.handle()).unwrap();
                server.await.unwrap();
            });
        });
        Operations {
            url,
            readiness,
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
            running: Some((told.recv().unwrap(), thread)),
        }
    }
}

impl Operations {
    pub async fn ask(&self, method: Method, path: &str) -> Response {
        let address = format!("{}{path}", self.url);
        self.client.request(method, address).send().await.expect("an answer")
    }

    pub async fn get(&self, path: &str) -> Response {
        self.ask(Method::GET, path).await
    }

    /// Asks with this `Accept` header.
    pub async fn ask_for(&self, accept: &str, path: &str) -> Response {
        let address = format!("{}{path}", self.url);
        self.client.get(address).header("accept", accept).send().await.expect("an answer")
    }

    pub async fn is_ready(&self) -> bool {
        self.get("/readyz").await.status() == 200
    }

    /// Whether readiness becomes this within 30 seconds, several times what S92 allows for a recovery.
    pub async fn becomes(&self, wanted: bool) -> bool {
        for _ in 0..300 {
            if self.is_ready().await == wanted {
                return true;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        false
    }

    /// The lines of a scrape without comments.
    pub async fn series(&self) -> Vec<String> {
        let text = self.get("/metrics").await.text().await.unwrap();
        text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
    }

    /// The value of one series: `dovetail_sign_ins_total{outcome="wrong"}`.
    pub async fn value(&self, series: &str) -> f64 {
        let lines = self.series().await;
        let value = lines.iter().find_map(|line| line.strip_prefix(series)?.strip_prefix(' ')?.parse().ok());
        value.unwrap_or_else(|| panic!("no {series} in\n{}", lines.join("\n")))
    }
}

impl Drop for Operations {
    fn drop(&mut self) {
        let Some((server, thread)) = self.running.take() else { return };
        drop(server.stop(false));
        let _ = thread.join();
    }
}
